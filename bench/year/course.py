"""The year itself: what comes in, whose turn it is, what they do, and the worker between two acts."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from bench.year import laws
from bench.year.county import County, Size, make_county, send_on_leave
from bench.year.telling import Outside, Telling, give_channels
from bench.year.values import entered, entered_for_part
from bench.year.worker import Worker
from linli.events import actions
from linli.events.models import Event, Part
from linli.events.pressing import running
from linli.events.queue.pages import TURN
from linli.events.rules import ENDED, Source, State
from linli.kit.prepared import Prepared
from linli.kit.refusal import Refused
from linli.people.actions import Posts, officers_of, on_duty, scope_of
from linli.people.models import Person
from linli.people.rules import Role, Scope

#: The first of January 2026 in Shanghai; Spring Festival is in February, the published calendar ends with the year.
BEGIN = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
END = BEGIN + timedelta(days=365)
#: How often a step is taken when it is open, against the others; what is not named: as `_OTHERWISE`.
_WEIGHT = {
    "accept": 40,
    "dispatch": 40,
    "sign_for": 40,
    "handle": 20,
    "submit_result": 30,
    "verify": 30,
    "close": 40,
    "object": 6,
    "uphold_objection": 20,
    "dismiss_objection": 20,
    "settle": 20,
    "hand_back": 2,
    "rework": 5,
    "ask_extension": 4,
    "extend": 15,
    "refuse_extension": 8,
    "resume": 20,
    "supplement": 0.2,
    "self_handle": 4,
    "reject": 1,
    "follow_up": 2,
    "defer": 0.5,
    "void": 0.3,
    "refer_out": 0.5,
    "to_mediation": 1,
    "ask_check": 3,
    "check_truth": 3,
    "reopen": 1,
    "whistle": 1,
    "end_whistle": 10,
    "add_part": 1,
    "remind": 0.3,
    "supervise": 0.3,
    "end_supervision": 3,
    "escalate": 0.2,
}
_OTHERWISE = 0.5
#: Asked for other words than the form has; told in tests of their own.
_LEFT_OUT = frozenset({"merge", "split", "separate"})
#: Who has to do with a matter where it lies.
_NEAR = (Role.GRID_WORKER, Role.CADRE, Role.DESK, Role.VERIFIER, Role.LEADER)


@dataclass(order=True)
class Turn:
    """Somebody looks at a matter, or a report comes in."""

    at: datetime
    order: int
    event: UUID | None = field(compare=False, default=None)


class Year:
    """One year of one county. The same seed gives the same year."""

    def __init__(self, size: Size, seed: int, outside: Outside) -> None:
        self.rng = Random(seed)
        self.size = size
        self.county: County = make_county(size)
        self.leaves = send_on_leave(self.county, self.rng, 2026)
        self.worker = Worker(Random(seed + 1))
        self.taken: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.broken: list[str] = []
        self._order = count()
        self._duty: dict[tuple[str, datetime], Posts] = {}
        self._scopes: dict[int, Scope] = {}
        self._turns: list[Turn] = []
        self._day: date | None = None
        #: The moment that was lived through last.
        self._reached = BEGIN
        self.channels = give_channels(self.county, BEGIN)
        self.telling = Telling(Random(seed + 2), outside, BEGIN)
        for at in self._reports():
            self._put(at)

    def live(self, each_day: Callable[[date], None] = lambda day: None) -> None:
        """From the first report, or where it was left, to the last act of the year, and to the laws at its end.

        `each_day` is called at the beginning of each day after the laws were looked at, between two acts.
        """
        while self._turns and self._turns[0].at < END:
            at = self._turns[0].at
            self._go_to(at)
            if (day := timezone.localtime(at).date()) != self._day:
                self._begin(day, at)
                each_day(day)
            turn = heapq.heappop(self._turns)
            self._report(at) if turn.event is None else self._take(turn.event, at)
            self.telling.acted(at)
        self._go_to(END)
        self.broken += [*laws.broken(END), *laws.fired_twice()]
        self.telling.end(END)

    @property
    def faults(self) -> list[str]:
        """Every law that did not hold, in words."""
        return [*self.broken, *self.worker.broken, *self.telling.broken]

    def _go_to(self, at: datetime) -> None:
        """The worker's turns up to a moment, in their order with those of the teller of notices.

        What an act has put into the past is due now: nobody goes back to it.
        """
        while (due := self.worker.next_turn(at)) is not None:
            turn = self._reached = max(due, self._reached)
            self.telling.until(turn)
            self.worker.wake(turn)
            self.telling.acted(turn)
        self._reached = at
        self.telling.until(at)

    def _begin(self, day: date, at: datetime) -> None:
        """The laws of matters and clocks: where somebody is named, once a week, as it asks for each open matter."""
        self._day = day
        self.broken += laws.broken(at, names=day.weekday() == 0)

    def told(self) -> list[str]:
        """What the year was, in lines."""
        states = Counter(Event.objects.values_list("state", flat=True))
        open_now = sum(number for state, number in states.items() if state not in ENDED)
        size = (
            f"{self.taken['report']:,} matters, {sum(self.taken.values()):,} acts of {len(self.county.people):,} people"
        )
        lines = [
            f"{size}, {self.leaves:,} leaves; {open_now:,} open at the end of the year",
            "acts: " + ", ".join(f"{name} {number:,}" for name, number in self.taken.most_common()),
            "refused: " + ", ".join(f"{name} {number:,}" for name, number in self.refused.most_common()),
            *self.worker.told(),
            f"{self.channels} channels",
            *self.telling.told(),
        ]
        return lines + (self.faults[:20] or [f"laws: {', '.join(laws.NAMES)} held"])

    # --- what comes in ------------------------------------------------------------------------------------------------

    def _reports(self) -> Iterator[datetime]:
        """Evenly through the first eleven and a half months, by day three times as often as by night."""
        minutes = 350 * 24 * 60
        for _each in range(self.size.matters):
            at = BEGIN + timedelta(minutes=self.rng.randrange(minutes), seconds=self.rng.randrange(60))
            yield at if 7 <= timezone.localtime(at).hour < 21 or self.rng.random() < 0.4 else at + timedelta(hours=9)

    def _report(self, at: datetime) -> None:
        rng = self.rng
        reported = actions.report(
            text=f"第{self.taken['report']}件：水沟堵塞，路面积水",
            area=rng.choice(self.county.grids),
            category=rng.choice(self.county.categories),
            urgency=rng.choices(("normal", "urgent", "immediate"), (85, 12, 3))[0],
            source=Source.RESIDENT,
            at=at,
            by=None,
        )
        self.taken["report"] += 1
        self._put(at + self._pause(0.3), reported.event.pk)

    def _put(self, at: datetime, event: UUID | None = None) -> None:
        heapq.heappush(self._turns, Turn(at, next(self._order), event))

    def _pause(self, days: float) -> timedelta:
        """Until the next look: mostly soon; one in fifty lies so long that only the ladder brings it back."""
        return timedelta(days=self.rng.expovariate(1 / days) * (30 if self.rng.random() < 0.02 else 1), minutes=1)

    # --- whose turn it is ---------------------------------------------------------------------------------------------

    def _take(self, key: UUID, at: datetime) -> None:
        event = Event.objects.select_related("category", "area").prefetch_related("parts").get(pk=key)
        if not self._take_part(event, at):
            by, step = self._choose(event, at)
            if step:
                self._step(event, step, by, at)
        (state,) = _state_of(key)
        if state not in ENDED or (state in (State.CLOSED, State.SELF_HANDLED) and self.rng.random() < 0.1):
            self._put(at + self._pause(1.2), key)

    def _choose(self, event: Event, at: datetime) -> tuple[Person | None, str]:
        """Somebody whose turn it may be, and one of the steps open to them."""
        people = self._near(event, at)
        self.rng.shuffle(people)
        for by in people[:3]:
            steps = [name for name in actions.steps_for(event, by, at, self._scope(by, at)) if name not in _LEFT_OUT]
            if steps:
                return by, self.rng.choices(steps, [_WEIGHT.get(name, _OTHERWISE) for name in steps])[0]
        return None, ""

    def _near(self, event: Event, at: datetime) -> list[Person | None]:
        """Those whose turn it is, often; else anybody who has to do with it, the reporter (None) too."""
        on_duty = self._on_duty
        if event.state in TURN and self.rng.random() < 0.8:
            return [*whose_turn(event, at, on_duty)]
        return [*(person for role in _NEAR for person in on_duty(event.area_id, at, role)), *_officers(event, at), None]

    def _on_duty(self, area: str, at: datetime, role: Role) -> list[Person]:
        """As `duty`, all roles asked at once for an hour: leaves begin and end on the hour here."""
        key = (area, at.replace(minute=0, second=0, microsecond=0))
        if key not in self._duty:
            if len(self._duty) > 2000:
                self._duty.clear()
            self._duty[key] = Posts(area, at, *_NEAR)
        return [turn.person for turn in self._duty[key].on_duty(role)]

    def _scope(self, by: Person | None, at: datetime) -> Scope:
        """Appointments do not change in this year."""
        if by is None:
            return Scope()
        if by.pk not in self._scopes:
            self._scopes[by.pk] = scope_of(by, at)
        return self._scopes[by.pk]

    # --- what they do -------------------------------------------------------------------------------------------------

    def _step(self, event: Event, step: str, by: Person | None, at: datetime) -> None:
        form = entered(step, event, at, self.rng)
        if not form.is_valid():
            self.refused["form"] += 1
            return
        self._act(step, partial(getattr(actions, step), event, **form.values(), by=by, at=at))

    def _step_of_part(self, event: Event, part: Part, name: str, by: Person, at: datetime) -> None:
        form = entered_for_part(name, part, event, at, self.rng)
        if not form.is_valid():
            self.refused["form"] += 1
            return
        self._act(name, partial(actions.PART_ACTS[name], part, **form.cleaned_data, by=by, at=at))

    def _act(self, name: str, act: Callable[[], object]) -> None:
        try:
            act()
        except Refused as refusal:
            self.refused[refusal.code] += 1
        else:
            self.taken[name] += 1

    def _take_part(self, event: Event, at: datetime) -> bool:
        """Of a matter several handle, often an act on one of the parts; whether there was one."""
        if len(event.parts.all()) < 2 or self.rng.random() < 0.4:
            return False
        parts = list(event.parts.select_related("under").prefetch_related("calls__whistle"))
        part = self.rng.choice(parts)
        people = [
            *officers_of([one.department_id for one in parts], at),
            *self._on_duty(event.area_id, at, Role.VERIFIER),
        ]
        for by in self.rng.sample(people, min(3, len(people))):
            scope = self._scope(by, at)
            standing = actions.standing_of(event, by, at, scope)
            steps = actions.steps_of_parts(event, [part], by, scope, standing, running(event)).get(part.pk)
            if steps:
                self._step_of_part(event, part, self.rng.choice(steps), by, at)
                return True
        return False


@Prepared
def _state_of(event: UUID) -> QuerySet[Any, str]:
    return Event.objects.filter(pk=event).values_list("state", flat=True)


def duty(area: str, at: datetime, role: Role) -> list[Person]:
    """Who answers in this role for an area."""
    return [turn.person for turn in on_duty(area, at, role)]


OnDuty = Callable[[str, datetime, Role], list[Person]]


def whose_turn(event: Event, at: datetime, asked: OnDuty = duty) -> list[Person]:
    """The people by name who have to act on it now."""
    people: list[Person] = []
    for role in sorted(TURN.get(State(event.state), ())):
        people += _officers(event, at) if role == Role.HANDLER else asked(event.area_id, at, role)
    return people


def _officers(event: Event, at: datetime) -> list[Person]:
    departments = [part.department_id for part in event.parts.all()]
    return officers_of(departments, at) if departments else []
