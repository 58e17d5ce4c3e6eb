"""Disputes of the demo county: committees with mediators, and what became of matters that went to mediation."""

import heapq
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from linli.areas.codes import within
from linli.areas.models import Area
from linli.demo.cast import Cast
from linli.demo.land import COUNTY, HOME_TOWN, OPENED, Land
from linli.demo.words import person_name
from linli.events.models import Event
from linli.events.rules import State as EventState
from linli.kit.refusal import Refused
from linli.kit.workdays import stored_calendar
from linli.mediation.actions import (
    assigning,
    complaining,
    ending,
    own,
    parties,
    performing,
    registering,
    screening,
    sessions,
    visiting,
)
from linli.mediation.actions.agreeing import Story, register_oral
from linli.mediation.actions.bodies import add_body, add_mediator
from linli.mediation.models import Body, Dispute, FollowUp, Mediator, Obligation, Party
from linli.mediation.rules import (
    BodyKind,
    Door,
    Ending,
    Kind,
    Language,
    Level,
    NextWay,
    NotAccepted,
    ObligationState,
    Side,
    State,
    Way,
)
from linli.mediation.rules.parties import Particulars
from linli.people.models import Person

#: What a category of events is as a dispute.
_KINDS = {
    "A01": Kind.NEIGHBOURS,
    "A02": Kind.FAMILY,
    "A03": Kind.HOUSING,
    "A04": Kind.FOREST_LAND,
    "A05": Kind.LABOUR,
    "A06": Kind.PROPERTY_MANAGEMENT,
    "A07": Kind.DAMAGES,
    "A08": Kind.CONSUMER,
    "A09": Kind.CONTRACT,
    "A10": Kind.NEIGHBOURS,
    "A11": Kind.MEDICAL,
    "A12": Kind.DEMOLITION,
}
#: Those kinds the county's specialist committee knows best.
_SPECIAL = (Kind.LABOUR, Kind.MEDICAL, Kind.PROPERTY_MANAGEMENT, Kind.ROAD)
#: How often a dispute ends so; the rest is settled.
_REFUSED, _FAILED, _WITHDRAWN = 0.08, 0.09, 0.05
_WAYS = (NextWay.ARBITRATION, NextWay.COURT)
_CLAIMS = "希望对方停止影响，把事情说清楚，能当面谈妥最好。"
_RECORD = "双方各自陈述经过和想法，调解员说明有关法律规定，逐项核对，双方同意按本次商定的办法处理。"
_PLACE = "综治中心调解室"
#: What is promised, and why.
_PROMISES: tuple[tuple[str, dict[str, str]], ...] = (
    ("pay_once", {"reason": "修缮费用"}),
    ("pay_once", {"reason": "医疗费和误工费"}),
    ("repair", {"thing": "两家之间的水沟"}),
    ("remove", {"thing": "伸到对方屋顶的树枝"}),
    ("do", {"matter": "每晚十点以后不再挪动家具"}),
)

#: What is complained of, and what was answered.
_COMPLAINTS: tuple[tuple[str, ...], ...] = (
    (
        "约好九点，调解员十点半才到，也没有提前说。",
        "已向调解员核实：当天临时下村，没有提前告知，情况属实。调解员已道歉，下次会议提前一天电话确认。",
    ),
    ("笔录里有两句话不是我的意思，要求改了再签。",),
)

#: Applied for at the window of the home town so many days ago, so that whoever signs in there finds something to do.
_FRESH = (
    (0.4, Kind.NEIGHBOURS),
    (1.6, Kind.HOUSING),
    (3.5, Kind.LABOUR),
    (6, Kind.DAMAGES),
    (11, Kind.NEIGHBOURS),
    (19, Kind.CONTRACT),
    (26, Kind.DAMAGES),
    (33, Kind.HOUSING),
)
_FRESH_WORDS = "{place}附近两家起了争执，来窗口说了经过，希望调委会出面主持公道，双方坐下来谈。"

#: A course: the moment of its next act each time, which then is done.
Course = Iterator[datetime]


def make_disputes(land: Land, cast: Cast, now: datetime, rng: Random) -> int:
    """Committees for the county, the towns and the villages of the demo's own town, and a dispute from every matter that
    went to mediation; how many there are.
    """
    bodies = _make_bodies(land, cast, now, rng)
    events = Event.objects.filter(state=EventState.IN_MEDIATION).select_related("area", "category").order_by("ended_at")
    making = _Making(bodies, cast, now, rng)
    _live([*(making.of_event(event) for event in events), *making.fresh(land)], now)
    _complain(now)
    return Dispute.objects.count()


def _complain(now: datetime) -> None:
    """Two parties of the home town complain of their mediation: one was answered, the other waits."""
    mediated = Dispute.objects.filter(
        area__in=Area.objects.filter(within(HOME_TOWN, field="code")), accepted_at__lt=now - timedelta(days=4)
    )
    at = now - timedelta(days=3)
    heard = (dispute for dispute in mediated.order_by("accepted_at", "pk") if _is_heard(dispute, at))
    for words, dispute in zip(_COMPLAINTS, heard, strict=False):
        party = dispute.parties.present().order_by("position")[0]
        own.complain(party, words=words[0], at=at)
        complaint = dispute.complaints.get()
        for answer in words[1:]:
            by = complaining.readers_of(complaint, at)[0]
            complaining.answer(complaint, words=answer, by=by, at=at + timedelta(days=1))


def _is_heard(dispute: Dispute, at: datetime) -> bool:
    """Whether there is a head to read a complaint: there is none where whoever mediates heads the highest committee."""
    try:
        return bool(complaining.addressed(dispute, at).readers)
    except Refused:
        return False


def _live(courses: list[Course], now: datetime) -> None:
    """All acts of all courses in the order of time, as far as it is not the future yet."""
    waiting = [(next(course), place, course) for place, course in enumerate(courses)]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] < now:
        _at, place, course = heapq.heappop(waiting)
        try:
            heapq.heappush(waiting, (next(course), place, course))
        # A dispute whose next act the rules refuse stays where it is, as matters do.
        except (StopIteration, Refused):
            continue


# --- who mediates ------------------------------------------------------------------------------------------------------


def _make_bodies(land: Land, cast: Cast, now: datetime, rng: Random) -> dict[str, Body]:
    """By area: the towns', those of the home town's villages, and the county's specialist committee."""
    by = cast.at_county["system"]
    found = {}
    for code in [COUNTY, *land.towns, *(one for one in land.villages if one.startswith(HOME_TOWN))]:
        area = land.areas[code]
        level, name = (
            (Level.COUNTY, "行业性专业性人民调解委员会") if code == COUNTY else (Level.TOWNSHIP, "人民调解委员会")
        )
        if len(code) > len(HOME_TOWN):
            level, name = Level.VILLAGE, "人民调解委员会"
        facts: dict[str, Any] = {"kind": BodyKind.SPECIALIST if code == COUNTY else BodyKind.PEOPLE}
        found[code] = add_body(
            area=area, name=area.name + name, level=level, prefix=f"{area.name}调字", by=by, at=now,
            court_name="廉江市人民法院", **facts,
        )  # fmt: skip
        for person, is_head in cast.mediators[code]:
            skills = rng.sample(list(Kind.values), 4) if code != COUNTY else list(_SPECIAL)
            languages = [Language.MANDARIN, rng.choice([Language.CANTONESE, Language.LEIZHOU, Language.HAKKA])]
            add_mediator(
                found[code], person=person, from_on=OPENED, is_head=is_head, skills=skills, languages=languages,
                by=by, at=now,
            )  # fmt: skip
    return found


# --- what becomes of a dispute -----------------------------------------------------------------------------------------


class _Making:
    def __init__(self, bodies: dict[str, Body], cast: Cast, now: datetime, rng: Random) -> None:
        self.bodies, self.cast, self.now, self.rng = bodies, cast, now, rng
        self.zone, self.calendar = ZoneInfo(timezone.get_current_timezone_name()), stored_calendar()

    def later(self, at: datetime, least: float, most: float) -> datetime:
        """So many days later, while offices work."""
        local = (at + timedelta(days=self.rng.uniform(least, most))).astimezone(self.zone)
        day = local.date()
        while not self.calendar.is_working(day):
            day += timedelta(days=1)
        hour = self.rng.choice((9, 10, 11, 15, 16))
        return max(datetime.combine(day, time(hour, self.rng.randrange(60)), self.zone), at + timedelta(hours=1))

    def of_event(self, event: Event) -> Course:
        """From a matter to as far as its dispute comes."""
        assert event.ended_at is not None
        kind = _KINDS.get(event.category.code if event.category else "", Kind.OTHER)
        is_special = kind in _SPECIAL and self.rng.random() < 0.5
        about = {"area": event.area, "door": Door.EVENT, "event": event}
        told = self._told(kind, event.text, event.place)
        at = self.later(event.ended_at, 0.1, 2)
        return self._course(
            told, self.bodies[COUNTY if is_special else event.area_id[:9]], about, at, self.rng.random()
        )

    def fresh(self, land: Land) -> list[Course]:
        """Those of the last days, none of which is refused or fails."""
        found = []
        for days, kind in _FRESH:
            grid = self.rng.choice([code for code in land.grids if code.startswith(HOME_TOWN)])
            place = self.rng.choice(land.spots[grid]).name
            about = {"area": land.areas[grid], "door": Door.WINDOW}
            told = self._told(kind, _FRESH_WORDS.format(place=place), place)
            found.append(self._course(told, self.bodies[HOME_TOWN], about, self.now - timedelta(days=days), 1.0))
        return found

    def _told(self, kind: Kind, text: str, place: str) -> registering.Told:
        both = (self._party(Side.APPLICANT), self._party(Side.RESPONDENT))
        return registering.Told(text, kind, claims=_CLAIMS, place=place, parties=both)

    def _course(self, told: registering.Told, body: Body, about: dict[str, Any], at: datetime, fate: float) -> Course:
        """`fate`: how it ends, between 0 and 1."""
        head = next(one.person for one in body.mediators.all() if one.is_head)
        yield at
        desk = self.cast.desks[about["area"].code[:9]]
        dispute = registering.register(told, **about, body=body, by=desk, at=at, is_demo=True).dispute
        at = self.later(at, 0.1, 2)
        yield at
        screening.offer(dispute, by=head, at=at)
        for party in dispute.parties.present():
            at = self.later(at, 0.1, 1.5)
            yield at
            refuses = fate < _REFUSED and party.side == Side.RESPONDENT
            parties.note_consent(party, agrees=not refuses, way=Way.PHONE, by=head, at=at)
        at = self.later(at, 0.1, 1)
        yield at
        if fate < _REFUSED:
            screening.not_accept(
                dispute, reason=NotAccepted.REFUSED, why="被申请人明确表示不愿调解", ways=_WAYS, by=head, at=at
            )
            return
        screening.accept(dispute, by=head, at=at)
        yield from self._mediate(dispute, head, at, fate)

    def _party(self, side: Side) -> Particulars:
        telephone = f"19900000{self.rng.randrange(1000):03d}"
        return Particulars(side, person_name(self.rng), telephone=telephone, language=Language.CANTONESE)

    def _mediate(self, dispute: Dispute, head: Person, at: datetime, fate: float) -> Course:
        at = self.later(at, 0.1, 1)
        yield at
        proposed = assigning.propose(dispute, by=head, at=at)
        chosen = self._chosen([one.mediator for one in proposed])
        assigning.choose(dispute, mediator=chosen, by=head, at=at + timedelta(minutes=20))
        mediator, at = chosen.person, self.later(at, 0.1, 1)
        yield at
        assigning.take_on(dispute, declares_none=True, by=mediator, at=at)
        for party in dispute.parties.present():
            parties.tell_rights(party, by=mediator, at=at + timedelta(minutes=5))
        held_at = self.later(at, 2, 9)
        sessions.plan_session(
            dispute, planned_at=held_at, by=mediator, at=at + timedelta(minutes=10), place=self._place(dispute)
        )
        at = held_at + timedelta(minutes=self.rng.choice((70, 95, 130)))
        yield at
        self._hold(dispute, mediator, held_at, at)
        if fate < _REFUSED + _FAILED:
            at = self.later(at, 3, 12)
            yield at
            ending.fail(dispute, ending=Ending.TOO_FAR_APART, why="双方对金额分歧太大", ways=_WAYS, by=mediator, at=at)
            return
        if fate < _REFUSED + _FAILED + _WITHDRAWN:
            at = self.later(at, 1, 6)
            yield at
            ending.withdraw(dispute, ending=Ending.OWN_SETTLEMENT, why="双方自行和好，申请人撤回", by=mediator, at=at)
            return
        at = self.later(at, 0.1, 8)
        yield at
        yield from self._settle(dispute, mediator, at)

    def _chosen(self, proposed: list[Mediator]) -> Mediator:
        """The mediator who signs in, where they are proposed."""
        return next((one for one in proposed if one.person.username == "mediator"), None) or self.rng.choice(proposed)

    def _place(self, dispute: Dispute) -> str:
        return f"{self.bodies[dispute.area_id[:9]].area.name}{_PLACE}"

    def _hold(self, dispute: Dispute, mediator: Person, began_at: datetime, at: datetime) -> None:
        session = dispute.sessions.get()
        present = list(dispute.parties.present())
        for party in present:
            parties.see_identity(party, by=mediator, at=at)
        sessions.hold_session(session, began_at=began_at, ended_at=at, present=present, by=mediator, at=at)
        undisputed = "双方对起因和经过没有争议。"
        sessions.write_record(session, text=_RECORD, undisputed=undisputed, by=mediator, at=at + timedelta(minutes=30))

    def _settle(self, dispute: Dispute, mediator: Person, at: datetime) -> Course:
        applicant, respondent = dispute.parties.present().order_by("position")
        days = self.rng.choice((0, 7, 15, 30, 60))
        clauses = self._clauses(applicant, respondent, at, days)
        register_oral(
            dispute,
            clauses=clauses,
            story=Story(facts="双方对事情经过没有争议。", place=self._place(dispute)),
            agreed_by=[applicant.pk, respondent.pk],
            by=mediator,
            at=at,
        )
        at = self.later(at, max(days - 8, 0.2), days + 3)
        yield at
        for obligation in Obligation.objects.filter(agreement__dispute=dispute, state=ObligationState.OWED):
            proof = performing.claim(obligation, party=respondent, at=at)
            performing.confirm(proof, party=applicant, at=at + timedelta(hours=3))
        at = self.later(at, 1, 12)
        yield at
        visit = FollowUp.objects.filter(dispute=dispute, done_at__isnull=True).first()
        if visit is not None:
            visiting.visit(
                visit, by=mediator, at=at, performed=True, satisfied=True, new_risk=False, words="双方都说已经做到"
            )
        dispute.refresh_from_db()
        if dispute.state == State.SETTLED:
            ending.close(dispute, by=mediator, at=at + timedelta(minutes=15))
        yield from self._look_again(dispute, mediator)

    def _look_again(self, dispute: Dispute, mediator: Person) -> Course:
        """After 90 and 180 days."""
        for planned in list(FollowUp.objects.filter(dispute=dispute, done_at__isnull=True).order_by("due_on")):
            at = datetime.combine(planned.due_on, time(10, 30), self.zone)
            yield at
            visiting.visit(
                planned, by=mediator, at=at, performed=True, satisfied=True, new_risk=False, words="双方相处正常"
            )

    def _clauses(self, owed_to: Party, owed_by: Party, at: datetime, days: int) -> list[dict[str, Any]]:
        code, words = self.rng.choice(_PROMISES)
        values = {"owed_by": str(owed_by.pk), "owed_to": str(owed_to.pk), **words}
        if code == "pay_once":
            values["amount"] = str(self.rng.choice((800, 1500, 3200, 6000, 12000)))
        if days:
            values["due_on"] = f"{(at + timedelta(days=days)).astimezone(self.zone):%Y-%m-%d}"
        return [{"code": code, "values": values}, {"code": "end_of_matter", "values": {}}]
