"""Nothing personal leaves the seals: marked words go through every act, and are looked for wherever they must not be."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from linli.events.rules import State as EventState
from linli.events.testing import NOON, make_event
from linli.journal.models import Entry
from linli.kit.media.testing import voice
from linli.kit.refusal import Refused
from linli.mediation.actions import (
    assigning,
    bodies,
    clocks,
    complaining,
    ending,
    looking,
    messages,
    noting,
    own,
    parties,
    proving,
    reaching,
    registering,
    reminding_of_complaints,
    screening,
    sessions,
    sound,
)
from linli.mediation.actions.registering import Told
from linli.mediation.models import Dispute, Party
from linli.mediation.rules import (
    CompanionKind,
    Door,
    Ending,
    Entruster,
    Interest,
    Kind,
    Manner,
    NotAccepted,
    PersonKind,
    Purpose,
    Side,
    Stance,
    State,
    Suits,
    Way,
)
from linli.mediation.rules.parties import Particulars, Representative
from linli.mediation.testing import WAYS, Mediation, make_dispute, make_mediation, party_of
from linli.people.testing import FROM

pytestmark = pytest.mark.django_db
#: Every secret word holds this; so does every number, as far as a number can.
MARK, NUMBER = "密语鼠", "139876"
AT = NOON + timedelta(days=2)
HOUR = timedelta(hours=1)


def secret(what: str) -> str:
    return f"{MARK}{what}"


def told(side: str, number: int, **more: Any) -> Particulars:
    facts: dict[str, Any] = {
        "telephone": f"{NUMBER}0000{number}",
        "address": secret(f"住址{number}"),
        "mail": f"{MARK}{number}@example.org",
        **more,
    }
    return Particulars(side, secret(f"姓名{number}"), **facts)


ONE, OTHER = told(Side.APPLICANT, 1), told(Side.RESPONDENT, 2)
FIRM = replace(
    told(Side.THIRD, 3),
    kind=PersonKind.LEGAL,
    representatives=(Representative(secret("法人"), f"{NUMBER}00009", secret("职务")),),
)


def started(here: Mediation, state: str) -> Dispute:
    words = {"summary": secret("经过"), "claims": secret("请求")}
    return make_dispute(here, state, applicant=ONE, respondent=OTHER, **words)


def walk(here: Mediation) -> list[object]:
    """Every act of this room's core, with marked words; what the acts gave."""
    return [act(here) for act in _ACTS]


def _register(here: Mediation) -> object:
    facts: dict[str, Any] = {"area": here.world.grid, "at": AT}
    about = Told(secret("经过"), Kind.NEIGHBOURS, secret("请求"), secret("地点"), parties=(ONE, OTHER))
    event = make_event(here.world, EventState.IN_MEDIATION, category=here.world.quarrel)
    by = here.world.cast.desk
    entrusted = {"entruster": Entruster.COURT, "entrusted_by": secret("法庭")}
    return [
        about,
        registering.register(
            replace(about, parties=(replace(ONE, by_sms=True), OTHER)), door=Door.ONLINE, by=None, **facts
        ),
        registering.register(replace(about, risk=secret("动手")), door=Door.EVENT, by=by, event=event, **facts),
        registering.register(
            about, door=Door.TRANSFER, by=by, letter=b"%PDF-1.7 " + secret("函").encode(), **entrusted, **facts
        ),
    ]


def _screen(here: Mediation) -> object:
    dispute = started(here, State.OFFERED)
    screening.note_risk(dispute, words=secret("扬言"), by=here.head, at=AT)
    screening.end_risk(dispute, by=here.head, at=AT)
    screening.classify(dispute, kind=Kind.DAMAGES, people_count=5, by=here.head, at=AT)
    parties.find_doubles(dispute, by=here.head, at=AT)
    screening.hand_over(dispute, body=here.county, by=here.head, at=AT)
    screening.not_accept(dispute, reason=NotAccepted.REFUSED, why=secret("缘由"), ways=WAYS, by=here.county_head, at=AT)
    return dispute


def _parties(here: Mediation) -> object:
    dispute = started(here, State.ACCEPTED)
    one = party_of(dispute)
    firm = parties.add_party(dispute, FIRM, by=here.head, at=AT)
    parties.correct_party(firm, replace(FIRM, address=secret("新址")), by=here.head, at=AT)
    parties.want_confirmation(dispute, wanted=True, by=here.head, at=AT)
    parties.keep_id_number(one, id_number="11010519491231002X", by=here.head, at=AT)
    reaching.note_try(firm, way=Way.IN_PERSON, tried_at=AT, words=secret("家中无人"), by=here.head, at=AT)
    messages.note_messages(firm, agrees=False, way=Way.PHONE, by=here.head, at=AT)
    link = parties.give_link(firm, by=here.head, at=AT)
    assert parties.party_of_link(link) == firm
    parties.withdraw_link(firm, by=here.head, at=AT)
    helper = parties.add_companion(
        dispute,
        kind=CompanionKind.AGENT,
        name=secret("代理"),
        telephone=f"{NUMBER}00008",
        tie=secret("关系"),
        powers=secret("权限"),
        party=one,
        agreed_by=[one],
        by=here.head,
        at=AT,
    )
    parties.end_companion(helper, by=here.head, at=AT)
    parties.remove_party(firm, by=here.head, at=AT)
    looking.look(dispute, by=here.head, purpose=Purpose.OVERSEE, words=secret("用途"), at=AT)
    looking.reveal(one, reason=secret("事由"), by=here.head, at=AT, with_id_number=True)
    looking.look_as_party(one, at=AT)
    return [dispute, firm, helper, looking.who_looked(dispute), parties.particulars_of(one)]


def _assign(here: Mediation) -> object:
    dispute = started(here, State.MEDIATING)
    assigning.give_back(dispute, why=secret("交回"), by=here.mediator, at=AT)
    _ask(here, dispute)
    assigning.decline(dispute, why=secret("推辞"), by=here.mediator, at=AT)
    one, seat = party_of(dispute), here.seat(here.third)
    named = assigning.choose(dispute, mediator=seat, by=None, at=AT, party=one)
    assigning.take_name_back(one, at=AT)
    proposed = assigning.propose(dispute, by=here.head, at=AT)
    assigning.choose(dispute, mediator=here.seat(here.second), by=here.head, at=AT, named_by=[one], way=Way.PHONE)
    assigning.object_to_mediator(party_of(dispute), by=None, at=AT, own=True)
    assigning.choose(dispute, mediator=here.seat(here.third), by=here.head, at=AT)
    assigning.declare_interest(dispute, interest=Interest.RELATIVE, by=here.third, at=AT)
    return [proposed, named, list(Suits)]


def _ask(here: Mediation, dispute: Dispute) -> None:
    assigning.choose(dispute, mediator=here.seat(here.mediator), by=here.head, at=AT)


def _hear(here: Mediation) -> object:
    dispute = started(here, State.MEDIATING)
    by: dict[str, Any] = {"by": here.mediator, "at": AT}
    planned = sessions.plan_session(
        dispute, planned_at=AT + HOUR, place=secret("地点"), link=secret("链接"), is_remote=True, **by
    )
    sessions.move_session(planned, planned_at=AT + 2 * HOUR, why=secret("改期"), **by)
    sessions.cancel_session(planned, why=secret("取消"), **by)
    held = sessions.hold_unplanned(
        dispute,
        began_at=AT - HOUR,
        ended_at=AT,
        place=secret("现场"),
        present=list(dispute.parties.all()),
        manner=Manner.TOGETHER,
        **by,
    )
    written = sessions.write_record(
        held, text=secret("笔录"), undisputed=secret("无争议"), concessions=secret("让步"), **by
    )
    sessions.agree_to_record(written, party=party_of(dispute), by=None, at=AT, own=True)
    recording = sound.keep_sound(held, content=voice(), agreed=list(dispute.parties.all()), **by)
    looking.look(dispute, purpose=Purpose.MEDIATE, **by)
    looking.look_to_hear(recording, purpose=Purpose.MEDIATE, **by)
    assert sound.open_sound(recording, **by) == voice()
    sound.end_consent(held, who=party_of(dispute), by=None, at=AT, own=True)
    return [planned, held, written, recording, noting.write_note(dispute, text=secret("私记"), session=held, **by)]


def _prove(here: Mediation) -> object:
    dispute = started(here, State.MEDIATING)
    by: dict[str, Any] = {"by": here.mediator, "at": AT}
    content = b"%PDF-1.7 " + secret("收据").encode()
    item = proving.add_evidence(party_of(dispute), name=secret("证据"), words=secret("证明"), content=content, **by)
    proving.see_original(item, **by)
    proving.take_stance(item, party=party_of(dispute, Side.RESPONDENT), stance=Stance.DISPUTES, **by)
    looking.look(dispute, purpose=Purpose.MEDIATE, **by)
    assert proving.open_evidence(item, **by) == content
    return item


def _end(here: Mediation) -> object:
    failed, over, back, closed = (started(here, State.MEDIATING) for _n in range(4))
    by: dict[str, Any] = {"by": here.mediator, "at": AT}
    ending.fail(failed, ending=Ending.TOO_FAR_APART, why=secret("不成"), ways=WAYS, **by)
    ending.terminate(over, ending=Ending.UNREACHABLE, why=secret("终止"), ways=WAYS, **by)
    ending.withdraw(back, why=secret("撤回"), **by)
    ending.reopen(back, why=secret("重开"), **by)
    closed = started(here, State.CLOSED)
    ending.archive(closed, by=here.head, at=AT)
    return [failed, over, back, closed]


def _extend(here: Mediation) -> object:
    dispute = started(here, State.MEDIATING)
    clock = clocks.ask_extension(dispute, until=date(2027, 1, 20), by=here.mediator, at=AT)
    for party in dispute.parties.present():
        clocks.agree_to_extension(party, by=here.mediator, at=AT)
    clocks.climb(AT + timedelta(days=90))
    return clock


def _complain(here: Mediation) -> object:
    dispute = started(here, State.MEDIATING)
    own.complain(party_of(dispute), words=secret("投诉"), at=AT)
    complaint = dispute.complaints.get()
    reminding_of_complaints.remind(complaint.due_at - timedelta(days=2))
    reminding_of_complaints.remind(complaint.due_at)
    complaining.answer(complaint, words=secret("答复"), by=here.head, at=complaint.due_at)
    return complaint


def _keep_register(here: Mediation) -> object:
    by: dict[str, Any] = {"by": here.world.cast.system, "at": AT}
    county = here.world.areas["440881"]
    rule = clocks.set_term(
        "mediation", area=county, unit="day", amount=30, source="县规定", valid_from=date(2027, 1, 1), **by
    )
    body = bodies.add_body(area=county, name="临时调解委员会", level="county", prefix="临调字", **by)
    seat = bodies.add_mediator(body, person=here.world.cast.nobody, from_on=FROM, **by)
    bodies.end_mediator(seat, on=date(2026, 12, 1), **by)
    bodies.close_body(body, on=date(2026, 12, 1), **by)
    return [rule, body, seat]


# --- what was left behind ------------------------------------------------------------------------------------------------

_ACTS = (_register, _screen, _parties, _assign, _hear, _prove, _end, _extend, _complain, _keep_register)
ACTIONS = Path(registering.__file__).parent
OWN = (
    *(assigning, bodies, clocks, complaining, ending, looking, messages, noting, parties, reminding_of_complaints),
    *(proving, reaching, registering, screening, sessions, sound),
)


def verbs_of_own() -> set[str]:
    """Every verb that the core writes, read from its source."""
    source = "".join(Path(module.__file__ or "").read_text() for module in OWN)
    found = set(re.findall(r'"((?:dispute|mediation)\.[a-z_]+)"', source))
    return found | {f"dispute.{past}" for past in ending.ENDED_AS.values()}


def marked(words: object) -> bool:
    return MARK in str(words) or NUMBER in str(words) or "11010519491231002" in str(words)


def test_no_act_leaves_anything_of_a_person_outside_the_seals() -> None:
    here = make_mediation()
    given = walk(here)
    entries = list(Entry.objects.all())
    assert verbs_of_own() - {entry.verb for entry in entries} == set()
    assert [entry.verb for entry in entries if marked(entry.facts) or marked(entry.on_key)] == []
    assert not marked(repr(given))
    assert _tables_that_hold_it() == []
    assert _files_that_hold_it() == []
    # And it is there, behind the seals.
    assert {party.words["name"] for party in Party.objects.all()} >= {ONE.name, OTHER.name, FIRM.name}


def test_the_search_would_find_it() -> None:
    here = make_mediation()
    make_event(here.world, text=secret("事件"))
    assert "Event" in _tables_that_hold_it()


def _tables_that_hold_it() -> list[str]:
    found = []
    signs = [MARK.encode(), NUMBER.encode(), b"11010519491231002", MARK.encode("unicode_escape")]
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            for row in cursor.fetchall():
                cells = [bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row]
                if any(sign in cell for sign in signs for cell in cells):
                    found.append(model.__name__)
    return found


def _files_that_hold_it() -> list[str]:
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return [path.name for path in files if MARK.encode() in path.read_bytes()]


REFUSED: list[Callable[[Mediation, Dispute], object]] = [
    lambda here, d: parties.add_party(d, replace(ONE, side=Side.RESPONDENT), by=here.head, at=AT),
    lambda here, d: parties.add_party(d, ONE, by=here.head, at=AT),
    lambda here, d: parties.add_party(d, told(Side.THIRD, 4, telephone=f"{NUMBER}x" * 9), by=here.head, at=AT),
    lambda here, d: parties.add_party(d, told(Side.THIRD, 4, mail=secret("信箱")), by=here.head, at=AT),
    lambda here, d: parties.add_party(d, told(Side.THIRD, 4, address=MARK * 90), by=here.head, at=AT),
    lambda here, d: parties.add_party(d, Particulars(Side.THIRD, MARK * 90), by=here.head, at=AT),
    lambda here, d: parties.add_party(d, Particulars(secret("方"), MARK), by=here.head, at=AT),
    lambda here, d: parties.add_party(d, told(Side.THIRD, 4, department=MARK), by=here.head, at=AT),
    lambda here, d: parties.add_party(d, replace(FIRM, representatives=()), by=here.head, at=AT),
    lambda here, d: parties.keep_id_number(party_of(d), id_number="11010519491231002X", by=here.mediator, at=AT),
    lambda here, d: parties.note_consent(party_of(d), agrees=True, way=Way.PHONE, by=here.head, at=AT),
    lambda here, d: looking.reveal(party_of(d), reason=MARK * 90, by=here.mediator, at=AT),
    lambda here, d: looking.look(d, purpose=MARK, by=here.mediator, at=AT),
    lambda here, d: noting.write_note(d, text=MARK * 9000, by=here.mediator, at=AT),
    lambda here, d: ending.fail(d, ending=MARK, why=MARK, ways=WAYS, by=here.mediator, at=AT),
    lambda here, d: ending.fail(d, ending=Ending.DECLINED, why=MARK, ways=[MARK], by=here.mediator, at=AT),
    lambda here, d: screening.note_risk(d, words=MARK, by=here.stranger, at=AT),
    lambda here, d: proving.add_evidence(party_of(d), name=MARK, content=MARK.encode(), by=here.mediator, at=AT),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_a_refusal_never_repeats_what_was_typed(number: int) -> None:
    here = make_mediation()
    dispute = started(here, State.MEDIATING)
    with pytest.raises(Refused) as refusal:
        REFUSED[number](here, dispute)
    said = refusal.value
    assert not marked((said.message, said.args, repr(said), said.code, said.facts))
    assert said.message


def test_told_things_show_nothing_of_themselves() -> None:
    about = Told(secret("经过"), Kind.NEIGHBOURS, parties=(ONE, FIRM))
    assert not marked(repr([about, ONE, FIRM, FIRM.representatives, registering.Registered(Dispute(number="1"), MARK)]))
