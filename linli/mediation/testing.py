"""A small legal world of mediation for tests, and disputes that got where they are by acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linli.events.testing import NOON, World
from linli.events.testing import make_world as make_world_of_events
from linli.kit.testing import BuiltOnce
from linli.mediation.actions import assigning, ending, parties, registering, screening, sessions
from linli.mediation.actions.agreeing import Story, register_oral
from linli.mediation.actions.bodies import add_body, add_mediator
from linli.mediation.models import Body, Dispute, Mediator, Party, Session
from linli.mediation.rules import BodyKind, Door, Ending, Kind, Language, Level, NextWay, NotAccepted, Side, State, Way
from linli.mediation.rules.parties import Particulars
from linli.people.actions import add_person
from linli.people.models import Person
from linli.people.testing import FROM

APPLICANT = Particulars(Side.APPLICANT, "王小明", telephone="13900000001", address="上县村一队3号")
RESPONDENT = Particulars(Side.RESPONDENT, "李大力", telephone="13900000002", address="上县村二队8号")
SUMMARY, CLAIMS = "两家为排水沟改道争执", "请求恢复原来的水沟"
WAYS = (NextWay.ARBITRATION, NextWay.COURT)


@dataclass(frozen=True)
class Mediation:
    """What a test finds: bodies of the village, township and county around the worker's grid, and who mediates there.

    `head` heads the township's; `mediator`, `second`, `third` mediate in it. `village_head` and
    `county_head` head theirs. `stranger` heads the body of the next township.
    """

    world: World
    village: Body
    township: Body
    county: Body
    elsewhere: Body
    head: Person
    mediator: Person
    second: Person
    third: Person
    village_head: Person
    county_head: Person
    stranger: Person

    def seat(self, person: Person) -> Mediator:
        """The row by which a person mediates."""
        return Mediator.objects.get(person=person)


def _build() -> Mediation:
    world = make_world_of_events()
    by, areas = world.cast.system, world.areas

    def body(code: str, name: str, level: str, prefix: str, kind: str = BodyKind.PEOPLE) -> Body:
        return add_body(
            area=areas[code],
            name=name,
            level=level,
            prefix=prefix,
            kind=kind,
            court_name="廉江市人民法院",
            by=by,
            at=NOON,
        )

    def person(username: str, name: str) -> Person:
        return add_person(username=username, name=name)

    township = body("440881101", "石城镇人民调解委员会", Level.TOWNSHIP, "石人调字")
    made = Mediation(
        world=world,
        village=body("440881101201", "上县村人民调解委员会", Level.VILLAGE, "上县调字"),
        township=township,
        county=body("440881", "廉江市行业性专业性调解委员会", Level.COUNTY, "廉专调字", BodyKind.SPECIALIST),
        elsewhere=body("440881102", "新民镇人民调解委员会", Level.TOWNSHIP, "新人调字"),
        head=person("head", "黄主任"),
        mediator=world.cast.mediator,
        second=person("second", "梁二调"),
        third=person("third", "陈三调"),
        village_head=person("village_head", "村调主任"),
        county_head=person("county_head", "县调主任"),
        stranger=person("stranger", "邻镇主任"),
    )
    local = (Language.MANDARIN, Language.CANTONESE)
    for seat, who, facts in (
        (township, made.head, {"is_head": True}),
        (township, made.mediator, {"skills": [Kind.NEIGHBOURS], "languages": local}),
        (township, made.second, {"languages": local}),
        (township, made.third, {"skills": [Kind.LABOUR]}),
        (made.village, made.village_head, {"is_head": True}),
        (made.county, made.county_head, {"is_head": True}),
        (made.elsewhere, made.stranger, {"is_head": True}),
    ):
        add_mediator(seat, person=who, from_on=FROM, by=by, at=NOON, **facts)  # type: ignore[arg-type]
    return made


#: The world, in a home that holds nothing yet.
make_mediation = BuiltOnce(_build)


def make_dispute(
    here: Mediation,
    state: str = State.REGISTERED,
    *,
    at: datetime = NOON,
    applicant: Particulars = APPLICANT,
    respondent: Particulars = RESPONDENT,
    kind: str = Kind.NEIGHBOURS,
    summary: str = SUMMARY,
    claims: str = CLAIMS,
    due_on: str = "",
) -> Dispute:
    """A dispute in this state, brought there by the acts of those who may do them, an hour apart from `at` on.

    It is the township's, and `mediator` mediates it. `due_on`: the agreement is a payment of 1.2 万元 by that day; without
    it nothing is owed afterwards.
    """
    told = registering.Told(summary, kind, claims=claims, parties=(applicant, respondent))
    dispute = registering.register(
        told, area=here.world.grid, door=Door.WINDOW, by=here.world.cast.desk, at=at, body=here.township
    ).dispute
    for hour, act in enumerate(PATHS[state], 1):
        act(here, dispute, at + timedelta(hours=hour), due_on)
    dispute.refresh_from_db()
    return dispute


def party_of(dispute: Dispute, side: str = Side.APPLICANT) -> Party:
    """Its first party on that side."""
    return dispute.parties.present().filter(side=side)[0]


def hold(here: Mediation, dispute: Dispute, at: datetime) -> Session:
    """A session of half an hour with everybody, just over."""
    return sessions.hold_unplanned(
        dispute,
        began_at=at - timedelta(minutes=30),
        ended_at=at,
        present=list(dispute.parties.present()),
        place="石城镇综治中心",
        by=here.mediator,
        at=at,
    )


Act = Callable[[Mediation, Dispute, datetime, str], object]


def _offer(here: Mediation, dispute: Dispute, at: datetime, due_on: str) -> None:
    screening.offer(dispute, by=here.head, at=at)


def _accept(here: Mediation, dispute: Dispute, at: datetime, due_on: str) -> None:
    for party in dispute.parties.present():
        parties.note_consent(party, agrees=True, way=Way.PHONE, by=here.head, at=at)
        parties.tell_rights(party, by=here.head, at=at)
        parties.see_identity(party, by=here.head, at=at)
    screening.accept(dispute, by=here.head, at=at)


def _take_on(here: Mediation, dispute: Dispute, at: datetime, due_on: str) -> None:
    assigning.propose(dispute, by=here.head, at=at)
    assigning.choose(dispute, mediator=here.seat(here.mediator), by=here.head, at=at)
    assigning.take_on(dispute, declares_none=True, by=here.mediator, at=at)


def _settle(here: Mediation, dispute: Dispute, at: datetime, due_on: str) -> None:
    written = hold(here, dispute, at)
    sessions.write_record(
        written, text="双方各自陈述，同意协商。", undisputed="水沟于去年改道。", by=here.mediator, at=at
    )
    owed_by, owed_to = party_of(dispute, Side.RESPONDENT), party_of(dispute)
    clause: dict[str, Any] = {"code": "end_of_matter", "values": {}}
    if due_on:
        values = {"owed_by": str(owed_by.pk), "owed_to": str(owed_to.pk), "reason": "修沟费用", "amount": "1.2万元"}
        clause = {"code": "pay_once", "values": {**values, "due_on": due_on}}
    register_oral(
        dispute,
        clauses=[clause],
        story=Story(facts="水沟改道后积水。", place="石城镇综治中心"),
        agreed_by=[owed_by.pk, owed_to.pk],
        by=here.mediator,
        at=at,
    )


def _fail(here: Mediation, dispute: Dispute, at: datetime, due_on: str) -> None:
    ending.fail(dispute, ending=Ending.TOO_FAR_APART, why="金额相差太大", ways=WAYS, by=here.mediator, at=at)


def _terminate(here: Mediation, dispute: Dispute, at: datetime, due_on: str) -> None:
    ending.terminate(dispute, ending=Ending.UNREACHABLE, why="多次联系不上", ways=WAYS, by=here.mediator, at=at)


def _withdraw(here: Mediation, dispute: Dispute, at: datetime, due_on: str) -> None:
    ending.withdraw(dispute, ending=Ending.OWN_SETTLEMENT, why="两家自行和好", by=here.head, at=at)


def _not_accept(here: Mediation, dispute: Dispute, at: datetime, due_on: str) -> None:
    screening.not_accept(dispute, reason=NotAccepted.REFUSED, why="对方明确拒绝", ways=WAYS, by=here.head, at=at)


def _close(here: Mediation, dispute: Dispute, at: datetime, due_on: str) -> None:
    ending.close(dispute, by=here.mediator, at=at)


_TO_MEDIATING: tuple[Act, ...] = (_offer, _accept, _take_on)
PATHS: dict[str, tuple[Act, ...]] = {
    State.REGISTERED: (),
    State.OFFERED: (_offer,),
    State.ACCEPTED: (_offer, _accept),
    State.MEDIATING: _TO_MEDIATING,
    State.SETTLED: (*_TO_MEDIATING, _settle),
    State.NOT_ACCEPTED: (_offer, _not_accept),
    State.FAILED: (*_TO_MEDIATING, _fail),
    State.WITHDRAWN: (_offer, _withdraw),
    State.TERMINATED: (*_TO_MEDIATING, _terminate),
    State.CLOSED: (*_TO_MEDIATING, _settle, _close),
}
