"""Who gets in where: a row for every address, and who opens it at home, beside it, and in another county.

`docs/scope.md` says how to add one. A walker that a reach does not name is told that there is nothing: 404.
"""

from dataclasses import dataclass

from tests.addresses import OPEN_DATA
from tests.walkers import AT_HOME, AWAY, HOME, NEIGHBOUR, NOT_IN, STRANGER, WALKERS

#: Roles whose area opens its matters, `away` being the desk of the county on leave; and with the departments that have a part.
LINE = "worker deputy cadre desk county verifier leader away"
MATTER = f"{LINE} handler co_handler"
#: At the desks, and whoever keeps the register of areas beside them.
DESK, KEEPER = "desk county away", "desk county away system"
#: Who lets a screen show the wall of their area.
SCREENS = f"{DESK} cadre leader"
EVERYBODY = "everybody"


@dataclass(frozen=True)
class Reach:
    """Who opens an address, and who is told that it is there and not theirs (403)."""

    opens: frozenset[str]
    refused: frozenset[str] = frozenset()

    @property
    def is_public(self) -> bool:
        """Whether whoever is not signed in gets the same answer."""
        return set(NOT_IN) <= self.opens | self.refused


def reach(home: str = "", elsewhere: str = "", *, neighbour: str = "", among: str = "", unseen: str = "") -> Reach:
    """The roles that open it at home, those that do in other places too, and among whom all others are refused.

    `unseen`: of those among whom others are refused, who is told 404 all the same.
    """
    opens = _at(HOME, home) | _at(NEIGHBOUR, f"{elsewhere} {neighbour}") | _at(STRANGER, elsewhere)
    known = set(WALKERS) - set(NOT_IN) if among == EVERYBODY else _at(HOME, among)
    return Reach(frozenset(opens), frozenset(known - opens - set(unseen.split(", "))))


def _at(place: str, names: str) -> set[str]:
    found = {f"{place} {name}" for name in names.split()} & set(WALKERS)
    return found | ({*AWAY} if place == HOME and "away" in names.split() else set())


_HERE = " ".join(one.partition(" ")[2] for one in AT_HOME) + " away"
#: All who hold an appointment around the matter; a head of a committee needs none.
APPOINTED = _HERE.replace("head ", "")

REACHES: dict[str, Reach] = {
    "public": Reach(frozenset(WALKERS)),
    "shut": Reach(frozenset(), frozenset(WALKERS)),
    "signed-in": Reach(frozenset(WALKERS) - set(NOT_IN)),
    #: By the token of a phone alone, never by a session.
    "token": reach(),
    #: Of these the ground holds none that could be opened.
    "nothing": reach(),
    # A matter, its area, its department.
    "matter": reach(MATTER),
    "matter-desk": reach(DESK, among=MATTER),
    "matter-release": reach(f"{DESK} leader", among=MATTER),
    "matter-original": reach(f"{DESK} handler co_handler", among=MATTER),
    "matter-parts": reach(f"{DESK} handler", among=MATTER),
    "matter-writers": reach(f"{LINE} handler co_handler".replace("leader ", ""), among=MATTER),
    "matter-author": reach("desk", among=MATTER),
    "area": reach(LINE),
    "area-desk": reach(DESK, among=LINE),
    "area-screens": reach(SCREENS),
    "screens": reach(f"{SCREENS} system", f"{SCREENS} system"),
    "screen-keepers": reach(f"{SCREENS} system"),
    "screen-renewers": reach(SCREENS, among="system"),
    "area-ground": reach(f"{LINE} system"),
    "area-keeper": reach(KEEPER, among=LINE),
    "area-appointer": reach(f"{DESK} security", among=f"{LINE} system"),
    "area-leave": reach(f"{DESK} security worker", among=f"{LINE} system"),
    "draw": reach("county leader away"),
    "approvers": reach("county leader away"),
    "department": reach(f"{LINE} handler", neighbour=LINE),
    "home-department": reach(f"{LINE} handler"),
    "set-aside": reach(DESK),
    "briefing": reach(f"{DESK} verifier leader"),
    "briefing-desk": reach(DESK, among=f"{DESK} verifier leader"),
    "shift": reach(f"{DESK} leader"),
    "shift-taker": reach("desk", among=f"{DESK} leader"),
    "shift-giver": reach("county", among=f"{DESK} leader"),
    # What belongs to one person: here the desk, and once its leader.
    "own": reach("desk"),
    "own-leader": reach("leader"),
    "own-or-system": reach("desk system", "system"),
    # Doors of an office, wherever it is held: what stands behind them is of its own place.
    "reporters": reach(LINE, LINE, among=EVERYBODY),
    "desks": reach(DESK, DESK, among=EVERYBODY),
    "desks-only": reach(DESK, DESK),
    "text-keepers": reach(KEEPER, KEEPER, among=EVERYBODY),
    "keepers": reach(KEEPER, KEEPER),
    "robots": reach(f"{KEEPER} handler co_handler officer", f"{KEEPER} officer"),
    "auditors": reach("auditor", "auditor"),
    "systems": reach("system", "system"),
    # What the whole home shares: categories, calendar, limits, duties. A county changes it, no township.
    "shared": reach("county away system", "county", among=EVERYBODY),
    # Texts and rules of verification hold for all inside an area: whoever is appointed there reads them.
    "appointed": reach(APPOINTED),
    "appointed-keeper": reach(KEEPER, among=APPOINTED),
    "system": reach("system"),
    "import": reach("county away system", among=EVERYBODY, unseen="stranger county"),
    "no-import": reach(among=EVERYBODY, unseen="home county, home system, on leave, stranger county"),
    # The three administrators, and access lent in an emergency: who asked, who grants, who looks on.
    "security": reach("security"),
    "securities": reach("security", "security"),
    "accounts": reach("security system"),
    "accounts-office": reach("security system", "security system"),
    "overseers": reach("auditor security", "auditor security"),
    "home-auditor": reach("auditor"),
    "home-overseers": reach("auditor security"),
    "emergency-end": reach("county leader verifier security away", among="auditor"),
    "emergency-enter": reach("county leader verifier security away auditor"),
    "emergency-grant": reach("county leader security away", among="auditor verifier"),
    # Disputes: no appointment opens a file.
    "file": reach("mediator head"),
    "heads": reach("head", "head"),
    "head": reach("head"),
    "committees": reach(f"{LINE} mediator head system", f"{LINE} mediator head system"),
    "keeper": reach(KEEPER),
    "applicants": reach(
        "worker deputy cadre desk county away mediator head", "worker cadre desk county mediator head", among=EVERYBODY
    ),
    "ledger": reach(f"{LINE} mediator head"),
    "ledger-figures": reach(f"{DESK} cadre mediator head leader"),
}

#: What stands in an address beside what `tests.addresses` says, so that there is something to open.
GIVEN: dict[str, dict[str, str]] = {
    "briefing:end_schedule": {"code": "town"},
    "account_other": {"pk": "person"},
    "account_passkey_remove": {"pk": "passkey"},
    "account_sign_out_other": {"pk": "sign_in"},
    "exports:answer": {"key": "waiting_export"},
    "exports:file": {"key": "export"},
    "privacy:letter": {"key": "answered"},
    "public_photo": {"sha256": "public"},
    "mediation_public:verify": {"sha256": "paper"},
    "account_help": {"pk": "person"},
    "voice": {"sha256": "voice"},
    "film": {"sha256": "film"},
    "events:release_draft": {"sha256": "draft"},
    **{f"intake:{name}_act": {"pk": "kept_act"} for name in ("retry", "settle")},
    "mediation:act_on": {"of": "party"},
    "mediation:reveal": {"party": "party"},
    "mediation:kept_file": {"of": "evidence"},
    **{f"mediation:session{name}": {"session": "session"} for name in ("", "_calendar")},
    "mediation:session_sound": {"session": "session", "recording": "recording"},
    **{f"mediation:agreement{name}": {"version": "version"} for name in ("", "_text", "_sign")},
    **{
        f"mediation_public:party{name}": {"token": "link"}
        for name in ("", "_agreement", "_papers", "_paper", "_language", "_act")
    },
    "mediation_public:party_evidence": {"token": "link", "key": "evidence"},
    "mediation_public:party_proof": {"token": "link"},
    "mediation_public:party_session": {"token": "link", "key": "session"},
    "mediation_public:party_sound": {"token": "link", "key": "recording"},
}
#: What is asked; addresses with several are asked each time.
QUERIES: dict[str, tuple[str, ...]] = {
    "desk": ("", "?q={number}", "?q=水沟", "?q=石城&state=all"),
    "map": ("", "?q=水沟"),
    "mediation:list": ("", "?q={dispute_number}", "?show=all"),
    "tools:reading": ("?q={number} 催", "?event={event}&q=催"),
    "tools:offers": ("?q=水沟", "?event={event}&q="),
    "tools:commands": ("", "?event={event}"),
    "events:map_events": ("?in={county}",),
    "events:map_areas": ("", "?in={county}"),
    "notices": ("", "?show=all"),
    "notices:log": ("", "?all=1"),
    "audit:search": ("?search=1",),
    "statistics:rows_csv": ("?figure=open",),
    "statistics:department_rows_csv": ("?figure=open",),
    **{name: ("?extensions=true&jurisdiction_id={county}",) for name in OPEN_DATA if name.startswith("open311")},
    **{f"open311:{name}": ("?jurisdiction_id={county}",) for name in ("services", "service", "token")},
}
#: What is sent besides some words.
SENT: dict[str, dict[str, str]] = {
    "tools:macro_run": {"event": "event"},
    "tools:texts_start": {"area": "town"},
    "events:release": {"act": "=cover"},
    "events:known": {"text": "words"},
    "events:questions": {"text": "words"},
}

#: The rows: who reads (GET), who acts (POST), and the addresses of which it holds. `-`: the address does not take that.
TABLE = """
- public: language openness:at privacy:leave privacy:type sign_out
public -: api:docs api:openapi field:manifest field:public field:push field:reference_public field:shell
    field:worker healthz home live look_up mediation_public:applied mediation_public:party mediation_public:party_evidence
    mediation_public:party_language mediation_public:party_papers mediation_public:party_sound
    mediation_public:verify mediation_public:verify_ask open311:discovery open311:request open311:root
    open311:service open311:services
    openness:area openness:csv openness:feed openness:figures openness:geojson openness:index openness:map
    openness:outlines public_photo privacy:about privacy:accessibility receipt report_areas report_villages sign_in_on
public public: mediation_public:apply mediation_public:party_act mediation_public:party_agreement
    mediation_public:party_paper opinions:leave opinions:status privacy:answer privacy:prove privacy:request report
    second_factor sign_in status
public shut: open311:requests open311:updates
- signed-in: account_authenticator_remove account_sign_out_others administration:emergency_leave events:known
    events:save_view notices:add notices:browser notices:quiet notices:read notices:unread
signed-in -: account account_set_up areas briefing:mine calendar categories category desk duties duty duty_compare
    duty_matrix duty_overruled duty_table duty_template duty_versions events:deferred events:map_areas
    events:map_events events:questions events:supervised events:verification exports:list field:grid field:reference
    field:tasks intake:devices ledgers:definitions ledgers:mine limits map mediation:list my_appointments notices
    notices:log notices:settings opinions:list pack_file packs statistics:definitions statistics:mine tools:commands
    tools:macros tools:offers tools:reading tools:texts wall:mine
signed-in signed-in: account_authenticator account_codes account_confirm account_passkey_add account_password
    administration:emergencies events:add_verification events:reinspections tools:bulk
- token: field:push_act
token -: api:area api:areas api:calendar api:categories api:changes api:codes api:course api:definitions
    api:departments api:figures api:matter api:matters api:outline
- approvers: exports:answer
- nothing: account_unlink openness:follow privacy:copy
nothing -: account_link_begin api:nothing_here events:slip mediation_public:party_proof
    mediation_public:party_session open311:token sign_in_back sign_in_provider status_film status_photo status_thumb status_voice
nothing nothing: account_link open311:nothing_here openness:letter
- matter: events:ask_reveal events:check_words events:contact events:milestone_note events:say
matter -: events:joint events:milestones events:people events:show events:work_order film photo thumb
    tools:texts_for voice
matter matter-parts: events:part_act
- matter-desk: events:answer_reveal events:shield
matter-desk matter-desk: events:act
matter-release -: events:release_draft
matter-release matter-desk: events:release
- matter-original: events:original
- matter-writers: events:write_to_reporter
- matter-author: events:take_back
- area: briefing:make_now
area -: briefing:index briefing:template_file statistics:area statistics:compare statistics:hotspots
    statistics:official statistics:official_template statistics:rows statistics:suggestion statistics:table
    wall:areas wall:map wall:now wall:rows wall:wall
area-screens area-screens: wall:screen
- screen-renewers: wall:screen_renew
- screen-keepers: wall:screen_end
screens -: wall:screens
area area: statistics:rows_csv
- area-desk: briefing:end_template
area-desk area-desk: briefing:schedule briefing:template statistics:official_bring
area-ground -: area area_outline
- area-keeper: area_uncover place_close
area-keeper area-keeper: area_act area_redraw
area-appointer area-appointer: appointment_end
area-leave area-leave: appointment_leave
draw -: events:draw events:draw_population
department -: statistics:department statistics:department_rows statistics:department_table
department department: statistics:department_rows_csv
- set-aside: intake:retake intake:retry_act intake:settle intake:settle_act
briefing -: briefing:paper briefing:show
- briefing-desk: briefing:end_schedule briefing:make_again
shift -: tools:shift tools:shift_rows
- shift-taker: tools:shift_answer tools:shift_ask tools:shift_take_over
- shift-giver: tools:shift_take_back
- own: account_passkey_remove account_sign_out_other intake:sign_out_device notices:confirm notices:remove
    notices:rules notices:test tools:bulk_do tools:bulk_look tools:macro_close tools:macro_run tools:texts_start
own -: exports:file tools:bulk_run
own own: tools:macro_edit
- own-leader: events:delete_view
- own-or-system: notices:again
own-or-system own-or-system: opinions:show
reporters -: events:find_areas events:order
reporters reporters: events:call events:new
desks -: tools:shift_rows_now
desks desks: tools:macro_new tools:shifts
desks-only -: intake:index
text-keepers text-keepers: tools:text_add
keepers keepers: mediation:body_add mediation:term_set
robots robots: notices:robots
- auditors: audit:verify
auditors -: audit:anchors audit:chains audit:search
auditors auditors: audit:export
systems -: intake:all_devices webhooks:index
systems systems: webhooks:add webhooks:pusher_add
- shared: duty_discard duty_draft duty_follow duty_remove duty_take_back pack_load pack_use
shared shared: bulk:index calendar_bring_in calendar_day calendar_hours calendar_take_back category_add
    category_close category_edit duty_add duty_bring duty_edit duty_use limit_edit
appointed -: tools:text
appointed appointed: events:verification_rule
- appointed-keeper: events:put_back_verification events:remove_verification tools:text_close tools:text_reopen
appointed-keeper appointed-keeper: tools:text_edit
- system: webhooks:again webhooks:all_again webhooks:test
system -: webhooks:pusher webhooks:show
system system: intake:revoke_device webhooks:act webhooks:edit webhooks:pusher_act webhooks:pusher_edit
- import: bulk:begin bulk:cancel
import -: bulk:run
- no-import: bulk:look
no-import -: bulk:refused
- security: administration:person_close administration:person_reopen intake:key_revoke intake:key_rotate
    privacy:hold_end
security -: administration:person privacy:letter
security security: administration:person_appoint privacy:one
securities -: administration:persons privacy:filing privacy:filing_file privacy:register privacy:requests
    privacy:sheet privacy:sheet_file privacy:sheets
securities securities: administration:person_add intake:keys privacy:holds privacy:schedule privacy:sheet_edit
    privacy:sheet_new privacy:window
- accounts: account_help
accounts -: account_other
accounts-office accounts-office: account_others
overseers -: administration:emergencies_all
- emergency-end: administration:emergency_end
- emergency-enter: administration:emergency_enter
- emergency-grant: administration:emergency_grant administration:emergency_refuse
- file: mediation:look
file -: mediation:agreement mediation:file mediation:kept_file mediation:session mediation:session_calendar
file file: mediation:act mediation:act_on mediation:agreement_sign mediation:agreement_text mediation:draft
    mediation:oral mediation:papers mediation:reveal mediation:session_sound
heads heads: mediation:draws
head -: mediation:draw mediation:draw_population
committees -: mediation:bodies mediation:terms
keeper keeper: mediation:body_close mediation:body_correct mediation:mediator_add mediation:mediator_correct
    mediation:mediator_end
applicants applicants: mediation:new
ledger -: ledgers:area
ledger-figures -: ledgers:figures ledgers:figures_file ledgers:matrix_file
ledger-figures ledger-figures: ledgers:file
"""


def _rows() -> dict[str, tuple[str, str]]:
    """The reaches of reading and acting, by address. Raises `ValueError` where one stands twice or a reach is not there."""
    rows: dict[str, tuple[str, str]] = {}
    reads, acts = "", ""
    for line in TABLE.strip("\n").split("\n"):
        if not line.startswith(" "):
            head, _colon, line = line.partition(":")
            reads, acts = head.split()
        for name in line.split():
            if name in rows or not {reads, acts} <= {"-", *REACHES}:
                raise ValueError(f"{name} stands twice, or there is no such reach: {reads}, {acts}")
            rows[name] = reads, acts
    return rows


ROWS = _rows()
#: Rows that are the same for everybody who comes in: outside of home one desk and one administrator walk them for all.
FOR_EVERYBODY = {"public", "signed-in"}
#: Opened by the link of a party, which is a look of its own, whether or not there is what it asks for.
LOOKS = {f"mediation_public:party_{name}" for name in ("proof", "session")}

#: Pages that try out an act and take it back, so that nothing of it is left.
TRIALS = {"tools:bulk_run", "tools:reading"}

#: Pages on which the words of the matter stand, and for whom: those who open one of the others see it for other reasons.
SHOWS: dict[str, str] = {
    "desk": "matter",
    "field:grid": "matter",
    **{f"events:{name}": "matter" for name in ("show", "joint", "milestones", "work_order")},
    "events:draw": "draw",
    "events:act": "matter-desk",
    "statistics:rows": "area",
    "statistics:department_rows": "home-department",
    "intake:index": "set-aside",
    "tools:shift": "shift",
    "tools:bulk_run": "own",
    "area": "area",
}

WORDS, NUMBER, KEYS = (
    "the words of the matter",
    "the number of the matter",
    ("the key of the matter", "the key of a dispute"),
)
#: What administrators are told of a matter that they do not see: its key or number, or words of their own that a test
#: borrowed from it.
TOLD: dict[str, tuple[str, tuple[str, ...]]] = {
    **{f"audit:{name}": ("home-auditor", (NUMBER, *KEYS)) for name in ("search", "export")},
    **{f"administration:emergencies{name}": ("home-overseers", (NUMBER,)) for name in ("", "_all")},
    "privacy:holds": ("security", (NUMBER, WORDS)),
    # Impact assessments are of the home, not of an area.
    **{f"privacy:sheet{name}": ("securities", (WORDS,)) for name in ("", "s", "_edit")},
}
