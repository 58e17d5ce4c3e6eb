"""Who walks through the house when scope is proved: every role in three places, and those who hold nothing now.

The things they ask for lie in one township. So whoever holds a role there is at home, the same roles in the township beside
it are neighbours, and those of another county are strangers.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone

from linli.accounts.models import Passkey, SignIn
from linli.areas.models import Area, Kind
from linli.briefing.models import Briefing
from linli.events import actions
from linli.events.models import Picture, PictureKind, Release, Voice
from linli.events.rules import State
from linli.events.testing import GRID, draw_boundaries, make_event, make_public
from linli.exports import actions as exporting
from linli.exports.actions import Wanted
from linli.exports.rules import FREE_ROWS
from linli.intake.models import Kept
from linli.kit.media.storing import original, store
from linli.kit.media.testing import voice
from linli.kit.testing import BuiltOnce
from linli.mediation.actions import proving, sound
from linli.mediation.actions.bodies import add_body, add_mediator
from linli.mediation.actions.looking import look
from linli.mediation.actions.parties import make_link
from linli.mediation.models import Body
from linli.mediation.rules import Level, Purpose
from linli.mediation.rules import State as DisputeState
from linli.mediation.testing import PATHS, Mediation, hold, make_dispute, make_mediation, party_of
from linli.people.actions import add_leave, add_person, appoint
from linli.people.models import Department, Person
from linli.people.rules import Role
from linli.people.testing import FROM
from linli.privacy import actions as privacy
from linli.privacy.testing import ask_at_window
from linli.statistics.counting import follow
from tests.things import HERE, Things, a_photo, set_aside, things

#: Where a role is held: around the things, in the township beside theirs, in another county.
HOME, NEIGHBOUR, STRANGER = "home", "neighbour", "stranger"
#: All roles that somebody may hold, as walkers: some at two levels, since an area holds all inside it.
ROLES: dict[str, Role] = {
    "worker": Role.GRID_WORKER,
    "deputy": Role.GRID_WORKER,
    "cadre": Role.CADRE,
    "desk": Role.DESK,
    "county": Role.DESK,
    "handler": Role.HANDLER,
    "co_handler": Role.HANDLER,
    "officer": Role.HANDLER,
    "verifier": Role.VERIFIER,
    "mediator": Role.MEDIATOR,
    "head": Role.MEDIATOR,
    "leader": Role.LEADER,
    "auditor": Role.AUDITOR,
    "security": Role.SECURITY_ADMIN,
    "system": Role.SYSTEM_ADMIN,
}
#: Of another county and of another township there is no department with a part in the matter.
_ELSEWHERE = [name for name in ROLES if name not in ("deputy", "county", "handler", "co_handler")]
AT_HOME = [f"{HOME} {name}" for name in ROLES]
NEIGHBOURS = [f"{NEIGHBOUR} {name}" for name in _ELSEWHERE]
STRANGERS = [f"{STRANGER} {name}" for name in [*_ELSEWHERE, "county"]]
#: Whoever holds nothing now: never did, no more since yesterday, not before tomorrow.
HOLDING_NOTHING = ["nobody", "ended", "tomorrow"]
#: Whoever is not signed in, and a session of somebody who may not sign in any more.
NOT_IN = ["anonymous", "deactivated"]
#: Who holds an appointment and is away: leave changes who is called, not what is seen.
AWAY = ["on leave"]
WALKERS = [*AT_HOME, *AWAY, *NEIGHBOURS, *STRANGERS, *HOLDING_NOTHING, *NOT_IN]

#: Words that stand in the matter and in the dispute of the home township, and nowhere else.
SUMMARY = "密鼠的纠纷经过"


@dataclass(frozen=True)
class Ground:
    """The things of the home township, and everybody who may come to look at them. Nobody stands for who is not signed in."""

    things: Things
    people: dict[str, Person | None]
    mediation: Mediation

    @property
    def numbers(self) -> dict[str, Any]:
        """What stands in addresses, by what it is."""
        return self.things.numbers


def _build() -> Ground:
    mediation = make_mediation()
    draw_boundaries(mediation.world)
    people = _people(mediation)
    dispute = _dispute(mediation)  # before the rest, which seats its mediator in another committee too
    of = things(mediation.world, GRID, HERE, mediation.world.cast.desk)
    more = (
        _files(of)
        | _briefing_paper(of)
        | _stopped_act(of)
        | _of_the_desk(of)
        | _exports(of)
        | _answered(of)
        | _shown_to_all(of)
    )
    made = replace(of, numbers=of.numbers | dispute | more)
    while follow(timezone.now()):
        pass
    return Ground(made, people, mediation)


#: The whole ground, in a home that holds nothing yet.
make_ground = BuiltOnce(_build)


# --- people -----------------------------------------------------------------------------------------------------------


def _people(mediation: Mediation) -> dict[str, Person | None]:
    world, cast = mediation.world, mediation.world.cast
    people: dict[str, Person | None] = {f"{HOME} {name}": getattr(cast, name) for name in ROLES if hasattr(cast, name)}
    people |= {f"{HOME} head": mediation.head, "nobody": cast.nobody, "anonymous": None}
    forest = _department("forest", world.areas["440881"])
    people[f"{HOME} officer"] = _appointed("home-officer", Role.HANDLER, world.areas["440881"], forest)
    people |= _elsewhere(NEIGHBOUR, world.areas["440881102"], world.areas["440881102201001"])
    county, township, grid = _other_county()
    people |= _elsewhere(STRANGER, township, grid)
    people[f"{STRANGER} county"] = _appointed("stranger-county", Role.DESK, county)
    for where, town, body in ((NEIGHBOUR, None, mediation.elsewhere), (STRANGER, township, None)):
        _seated(people, where, town, body)
    return people | _nothing_now(world.areas["440881"])


def _seated(people: dict[str, Person | None], where: str, town: Area | None, body: Body | None) -> None:
    """The mediator and the head of a place get their seats; a township without a committee gets one."""
    act: dict[str, Any] = {"by": people[f"{where} system"], "at": timezone.now()}
    body = body or add_body(area=town, name="外县调委会", level=Level.TOWNSHIP, prefix="外调字", **act)
    for walker in ("mediator", "head"):
        add_mediator(body, person=people[f"{where} {walker}"], from_on=FROM, is_head=walker == "head", **act)


def _elsewhere(name: str, township: Area, grid: Area) -> dict[str, Person]:
    """Every role in this township; its officer is of a department there."""
    works_in = {"worker": grid, "cadre": grid.parent}
    department = _department(f"{name}-roads", township)
    return {
        f"{name} {walker}": _appointed(
            f"{name}-{walker}",
            ROLES[walker],
            works_in.get(walker) or township,
            department if ROLES[walker] == Role.HANDLER else None,
        )
        for walker in _ELSEWHERE
    }


def _nothing_now(county: Area) -> dict[str, Person]:
    """The desk of the county, with what makes it see nothing, and one who is only away."""
    now = timezone.now()
    today = timezone.localdate(now)
    made = {name: add_person(username=name.replace(" ", "-"), name=name) for name in (*HOLDING_NOTHING[1:], *AWAY)}
    # The day may turn while these tests run: what begins the day after tomorrow has not begun then either.
    dates: dict[str, tuple[date, date | None]] = {"ended": (FROM, today), "tomorrow": (today + timedelta(days=2), None)}
    for name, person in made.items():
        from_on, to_on = dates.get(name, (FROM, None))
        held = appoint(person, role=Role.DESK, area=county, from_on=from_on, to_on=to_on)
    add_leave(held, from_at=now - timedelta(days=2), to_at=now + timedelta(days=2))
    gone = _appointed("deactivated", Role.DESK, county)
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    return made | {"deactivated": gone}


def _appointed(username: str, role: Role, area: Area, department: Department | None = None) -> Person:
    person = add_person(username=username, name=username)
    appoint(person, role=role, area=area, department=department, from_on=FROM)
    return person


def _department(code: str, area: Area) -> Department:
    return Department.objects.create(code=code, name=code, name_en=code, area=area)


def _other_county() -> tuple[Area, Area, Area]:
    """County, township and grid of another county."""
    made: list[Area] = []
    for code, name, level, kind in (
        ("440882", "雷州市", "county", Kind.COUNTY),
        ("440882101", "附城镇", "township", Kind.TOWNSHIP),
        ("440882101201", "南田村", "village", Kind.VILLAGE),
        ("440882101201001", "南田第一网格", "grid", Kind.GRID),
    ):
        above = made[-1] if made else None
        made.append(
            Area.objects.create(code=code, name=name, level=level, kind=kind, parent=above, valid_from=date(2020, 1, 1))
        )
    return made[0], made[1], made[3]


# --- what they ask for ------------------------------------------------------------------------------------------------


def _dispute(here: Mediation) -> dict[str, Any]:
    """A dispute of the township that was settled, with all that has an address in it, opened by those who may."""
    at = timezone.now() - timedelta(days=3)
    made = make_dispute(here, DisputeState.MEDIATING, at=at, summary=SUMMARY)
    later, party = at + timedelta(hours=12), party_of(made)
    act: dict[str, Any] = {"by": here.mediator, "at": later}
    evidence = proving.add_evidence(party, name="照片", words="现场", content=b"%PDF-1.7 1", **act)
    session = hold(here, made, later)
    recording = sound.keep_sound(session, content=voice(), agreed=list(made.parties.present()), **act)
    PATHS[DisputeState.SETTLED][-1](here, made, later + timedelta(hours=2), "")
    for one, purpose in ((here.head, Purpose.OVERSEE), (here.mediator, Purpose.MEDIATE)):
        look(made, by=one, purpose=purpose, at=timezone.now())
    return {
        "dispute": made.pk,
        "dispute_number": made.number,
        "county": here.world.areas["440881"].pk,
        "words": HERE,
        "party": party.pk,
        "session": session.pk,
        "recording": recording.pk,
        "version": made.agreements.get().pk,
        "evidence": evidence.pk,
        "link": make_link(party, later),
        "paper": made.agreements.get().text_sha256,
    }


def _files(of: Things) -> dict[str, Any]:
    """A voice note and a film of the matter, with what is played of them; and the photo about to be made public."""
    photo, at = Picture.objects.get(pk=of.numbers["picture"]), timezone.now()
    actions.prepare_release(photo, by=of.world.cast.desk, at=at)
    actions.make_draft(at, by_hand=True)
    drawn = Release.objects.get(pk=photo.pk).draft_sha256
    spoken, shown = voice(), b"a film as it was sent"
    names = {"draft": drawn, "voice": sha256(spoken).hexdigest(), "film": sha256(shown).hexdigest()}
    store().put(original(names["voice"]), spoken)
    store().put(f"views/{names['film'][:2]}/{names['film']}.mp4", b"a film to play")
    kept = {"event": of.event, "kind": PictureKind.REPORT}
    Voice.objects.create(
        **kept, sha256=names["voice"], media_type="audio/webm", size=len(spoken), duration_s=1.0
    )  # fmt: skip
    Picture.objects.create(
        **kept, sha256=names["film"], media_type="video/mp4", width=8, height=8, size=len(shown), duration_s=1.0
    )  # fmt: skip
    return names


def _of_the_desk(of: Things) -> dict[str, Any]:
    """Where the desk is signed in besides, and a passkey of theirs."""
    desk, at = of.world.cast.desk, timezone.now()
    signed_in = SignIn.objects.create(
        person=desk, session="elsewhere", began_at=at, seen_at=at, ends_at=at + timedelta(hours=1)
    )
    key = Passkey.objects.create(
        person=desk, name="钥匙", host="localhost", credential_id=b"1", credential=b"1", added_at=at
    )
    return {"sign_in": signed_in.pk, "passkey": key.pk}


def _exports(of: Things) -> dict[str, Any]:
    """A list that the desk has taken away, and a longer one that waits for somebody's yes."""
    desk, at, town = of.world.cast.desk, timezone.now(), of.world.areas[GRID[:9]]
    list_ = Wanted("matters", town, "/desk/statistics/", "", "清单", 3, "list.csv", "text/csv")
    made = exporting.ask(list_, reason="对账", unmasked=False, by=desk, at=at)
    exporting.make(made, list_, lambda export: [b"a list"], at=at)
    waits = exporting.ask(replace(list_, rows=FREE_ROWS + 1), reason="对账", unmasked=False, by=desk, at=at)
    return {"export": made.pk, "waiting_export": waits.pk}


def _answered(of: Things) -> dict[str, Any]:
    """A request of a person that was answered, so that there is a letter."""
    by, at = of.world.cast.security, timezone.now()
    asked = ask_at_window(by, "explain", reach="13900139000")
    privacy.answer(asked, words="见公示", by=by, at=at)
    return {"answered": asked.pk}


def _shown_to_all(of: Things) -> dict[str, Any]:
    """A photo of another matter that everybody may see."""
    world, at = of.world, timezone.now()
    event = make_event(world, State.HANDLING, text="公开了照片的一件", at=at - timedelta(hours=1))
    actions.supplement(event, text="补充", photos=[a_photo("公开")], by=world.cast.desk, at=at)
    return {"public": make_public(event.pictures.get(), by=world.cast.desk, at=at)}


def _briefing_paper(of: Things) -> dict[str, Any]:
    content = b"%PDF-1.7 a briefing"
    name = sha256(content).hexdigest()
    store().put(original(name), content)
    Briefing.objects.filter(pk=of.numbers["briefing"]).update(pdf_sha256=name)
    return {}


def _stopped_act(of: Things) -> dict[str, Any]:
    """An act of a phone on the matter that a fault has stopped."""
    row = set_aside(GRID, "act")
    told = {"id": str(row.device_id), "kind": "act", "about": {"event": str(of.event.pk)}, "step": "note"}
    Kept.objects.filter(pk=row.pk).update(kind="act", content=json.dumps(told).encode())
    return {"kept_act": row.pk}
