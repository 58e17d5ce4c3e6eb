"""One life of a dispute as it is planned: what is done when, what the ledgers must say from then on, and who must be warned.

The pen keeps books of its own, after the law and the words of the ledgers, and asks nothing of the product: neither its store
nor its rules of time.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from bench.disputes.courses import Course
from bench.disputes.days import DAY, Days, day_of, drawn, midnight_after, moment, month_on, tick_from
from linli.mediation.rules import ClockKind, VisitWhy

SOON, OVER = "dispute.term_ends_soon", "dispute.term_over"
#: By clock: so long before its end somebody is warned, and how that is called.
WARNINGS: dict[str, tuple[tuple[int, str], ...]] = {
    ClockKind.SCREENING: ((1, SOON), (0, OVER)),
    ClockKind.TERM: ((7, SOON), (2, SOON), (0, OVER)),
    ClockKind.CONFIRMATION: ((10, SOON), (3, SOON), (0, OVER)),
}
#: Promises: a week and a day before, and the morning after.
REMINDED = (-7, -1, 1)


@dataclass(frozen=True)
class Act:
    """One act of one person. `refused`: the code with which it is refused; empty: it is done."""

    at: datetime
    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True)
class Told:
    """Somebody is told of something at a moment: the verb of the journal, and of what."""

    at: datetime
    verb: str
    of: str = ""


@dataclass
class Life:
    """A dispute of the plan. `changes`: from which moment on what is known of it: name and value."""

    place: int
    course: Course
    area: str
    kind: str
    door: str
    level: str
    people: int
    acts: list[Act] = field(default_factory=list)
    changes: list[tuple[datetime, str, Any]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    #: From when until when each agreement binds; None: still.
    in_force: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    @property
    def town(self) -> str:
        """Code of its township."""
        return self.area[:9]


@dataclass
class _Clock:
    """From when until when a clock runs with one end; `started` is when its term began."""

    kind: str
    started: datetime
    since: datetime
    due: datetime
    stopped: datetime | None = None


@dataclass
class _Visit:
    why: str
    due_on: date
    until: datetime | None = None


@dataclass
class Owed:
    """One promise, and what becomes of it; `settled` from when on nothing is expected."""

    due_on: date | None
    state: str = "owed"
    state_at: datetime | None = None
    settled: datetime | None = None
    #: What it is from which moment on.
    since: list[tuple[datetime, str]] = field(default_factory=list)

    def was(self, at: datetime) -> str:
        """What it is just before a moment."""
        return next((state for moment, state in reversed(self.since) if moment < at), "owed")


class Pen:
    """Writes one life, act by act, with the time of the act before it."""

    def __init__(self, life: Life, draw: Random, days: Days, begins: datetime, slots: set[tuple[Any, ...]]) -> None:
        self.life, self.draw, self.days, self.at, self.slots = life, draw, days, begins, slots
        #: Key of the body that has it; which mediator of it, by place.
        self.body, self.mediator = "", 0
        self.parties, self.agreed = 2, set[int]()
        self.state, self.is_settled = "", False
        self.known: dict[str, Any] = {}
        self.owed: list[Owed] = []
        self.agreement_at: datetime | None = None
        self._clocks: list[_Clock] = []
        self._visits: list[_Visit] = []
        self._promises_told: list[Told] = []

    # --- what is done, and when ---------------------------------------------------------------------------------------

    def act(self, name: str, *, refused: str = "", **facts: Any) -> None:
        """Done at this moment."""
        self.life.acts.append(Act(self.at, name, facts, refused))

    def soon(self) -> None:
        """Some minutes later."""
        self.at += timedelta(minutes=self.draw.randrange(3, 12))

    def later(self, least: int, most: int) -> None:
        """So many working days later, while offices work."""
        count = self.draw.randint(least, most)
        if count == 0:
            self.soon()
        else:
            self.at = drawn(self.draw, self.days.after(day_of(self.at), count))

    def on(self, day: date) -> None:
        """On that day, or the next working one, while offices work; not before now."""
        found = drawn(self.draw, self.days.from_(day))
        self.at = found if found > self.at else self.at + timedelta(minutes=5)

    def hour(self, hour: int) -> time:
        """Some time within that hour, never that at which the worker comes."""
        return time(hour, self.draw.randrange(1, 59), self.draw.randrange(1, 59))

    def chance(self, of_hundred: float) -> bool:
        """So often."""
        return self.draw.random() * 100 < of_hundred

    def know(self, **changes: Any) -> None:
        """What the ledgers must say from this moment on."""
        for name, value in changes.items():
            self.known[name] = value
            self.life.changes.append((self.at, name, value))
        self.state = self.known.get("state", "")

    # --- clocks -------------------------------------------------------------------------------------------------------

    def start(self, kind: str) -> None:
        """A clock begins."""
        self.stop(kind)
        clock = _Clock(kind, self.at, self.at, self._end_of(kind))
        self._clocks.append(clock)
        if kind != ClockKind.CONFIRMATION:
            self.know(due_at=clock.due)

    def _end_of(self, kind: str) -> datetime:
        began = day_of(self.at)
        if kind == ClockKind.SCREENING:
            return self.days.closing(self.days.after(began, 3))
        return self.days.closing(month_on(began) if kind == ClockKind.TERM else began + 30 * DAY)

    def stop(self, *kinds: str) -> None:
        """Clocks end; all, if none is named."""
        for clock in self._clocks:
            if clock.stopped is None and (not kinds or clock.kind in kinds):
                clock.stopped = self.at

    def running(self, kind: str) -> _Clock:
        """The clock of that kind that runs."""
        return next(clock for clock in self._clocks if clock.kind == kind and clock.stopped is None)

    def extend(self, until: date) -> None:
        """The term ends later: its warnings begin anew."""
        clock = self.running(ClockKind.TERM)
        clock.stopped = self.at
        self._clocks.append(_Clock(clock.kind, clock.started, self.at, self.days.closing(until)))
        self.know(due_at=self._clocks[-1].due)

    # --- promises and visits ------------------------------------------------------------------------------------------

    def promise(self, dues: list[tuple[str, date | None]]) -> None:
        """What is owed from now on, in place of what was: `(kind, day)` each; no day: at once, or never where it is `refrain`."""
        for one in self.owed:
            one.settled = one.settled or self.at
        days = [None if kind == "refrain" else due or day_of(self.at) for kind, due in dues]
        self.owed = [Owed(due, state_at=self.at) for due in days]
        self.agreement_at = self.at
        self.know(promises=[(midnight_after(due) if due else None, self.at) for due in days])

    def mornings(self, one: Owed) -> list[tuple[int, datetime]]:
        """When the worker looks at a promise: those mornings that lie after the agreement."""
        assert self.agreement_at is not None
        if one.due_on is None:
            return []
        found = [(days, moment(one.due_on + days * DAY, time(9))) for days in REMINDED]
        return [(days, at) for days, at in found if at > self.agreement_at]

    def become(self, place: int, state: str, at: datetime | None = None) -> None:
        """What became of a promise; `at`: since when that counts, if not since now."""
        self.pass_mornings(self.at)
        one = self.owed[place]
        one.state, one.state_at = state, at or self.at
        one.since.append((self.at, state))
        if state in ("performed", "waived"):
            one.settled = self.at
        self.know(promise=(place, state, one.state_at))

    def pass_mornings(self, until: datetime) -> None:
        """What is still owed on the morning after its day is broken from then on."""
        for place, one in enumerate(self.owed):
            for days, at in self.mornings(one):
                if days == 1 and at < until and one.settled is None and one.was(at) == "owed" and one.state == "owed":
                    one.state, one.state_at = "breached", at
                    one.since.append((at, "breached"))
                    self.life.changes.append((at, "promise", (place, "breached", at)))

    def plan_visit(self, why: str, due_on: date) -> None:
        """Somebody is to ask how it went."""
        self._visits.append(_Visit(why, due_on))

    def drop_visits(self, *whys: str) -> None:
        """Visits still to come are no longer planned; all, if none is named."""
        for one in self._visits:
            if one.until is None and (not whys or one.why in whys):
                one.until = self.at

    def next_visit(self, *whys: str) -> "_Visit | None":
        """The first to come, of these if any are named."""
        found = [one for one in self._visits if one.until is None and (not whys or one.why in whys)]
        return min(found, key=lambda one: one.due_on, default=None)

    def visited(self, why: str) -> None:
        """The visit was made."""
        one = self.next_visit(why)
        assert one is not None
        one.until = self.at

    # --- what the worker says -----------------------------------------------------------------------------------------

    def note_promises_told(self) -> None:
        """What was said of the promises of an agreement, as it is replaced, or at the end."""
        for one in self.owed:
            for days, at in self.mornings(one):
                if one.settled and one.settled <= at:
                    continue
                said = {"owed": "breached", "claimed": "performance_unanswered"}.get(one.was(at), "")
                said = "performance_due" if days < 0 else said
                if said:
                    self._promises_told.append(Told(at, f"dispute.{said}"))

    def finish(self, until: datetime) -> None:
        """All that somebody must have been told by then."""
        self.pass_mornings(until)
        self.note_promises_told()
        states = [(at, value) for at, name, value in self.life.changes if name == "state"]

        def settled(at: datetime) -> bool:
            return next((state for since, state in reversed(states) if since < at), "") in ("settled", "closed")

        # A promise of a dispute that was opened again, or is closed, reminds nobody.
        promises = [
            one
            for one in self._promises_told
            if next((state for since, state in reversed(states) if since < one.at), "") == "settled"
        ]
        visits = [
            Told(at, "dispute.visit_due", str(one.why))
            for one in self._visits
            if (at := moment(one.due_on, time(9))) and (one.until is None or at < one.until) and settled(at)
        ]
        told = [*promises, *visits, *(said for clock in self._clocks for said in _said_of(clock))]
        self.life.told = sorted((one for one in told if one.at < until), key=lambda one: (one.at, one.verb, one.of))


def _said_of(clock: _Clock) -> list[Told]:
    """The warnings of a clock: each at the first coming of the worker; of several at once the last alone."""
    at_tick: dict[datetime, Told] = {}
    for rung, (days, verb) in enumerate(WARNINGS[clock.kind], 1):
        at = tick_from(max(clock.due - days * DAY, clock.since))
        if clock.stopped is None or at < clock.stopped:
            at_tick[at] = Told(at, verb, f"{clock.kind} {rung}")
    return list(at_tick.values())


def by_day(told: list[Told]) -> Counter[tuple[date, str, str]]:
    """How often what is said on which day."""
    return Counter((day_of(one.at), one.verb, one.of) for one in told)


LOOKS = {VisitWhy.FIRST_LOOK: 90, VisitWhy.LAST_LOOK: 180}
