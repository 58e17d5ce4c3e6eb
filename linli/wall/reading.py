"""What the wall of an area shows at one moment, read from the figures and from the open matters: frozen values.

Nothing of a person is in it but the names of those on duty; nothing of a matter but number, category, place, state and clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone

from linli.events.models import IS_OPEN, RUNS_OUT_AT, Event, EventQuerySet, Part
from linli.events.queue import TURN
from linli.events.rules import SOLVED, WITH_DEPARTMENT, State
from linli.people.rules import Held, Role, Scope
from linli.statistics.periods import Named, Period
from linli.statistics.reading import figures
from linli.wall.duty import Duty, duty_of
from linli.wall.rules import BY_URGENCY, CLOCK, DUE_SOON, MOST_WAITING, STAGES, Own


@dataclass(frozen=True)
class Number:
    """A count and the address of just the rows it counts."""

    n: int
    rows: str


@dataclass(frozen=True)
class OnTime:
    """The on-time rate of the month and what it is made of; no percentage of too few."""

    percent: float | None
    numerator: Number
    denominator: Number


@dataclass(frozen=True)
class Waiting:
    """A matter somebody has to act on. `due_at` None: it has no limit. `turn`: the department or the role whose move it is."""

    number: str
    address: str
    category: str
    place: str
    state: str
    state_name: str
    turn: str
    urgency: str
    urgency_name: str
    due_at: datetime | None


@dataclass(frozen=True)
class Hour:
    """What happened in one hour of today."""

    reported: int
    closed: int


@dataclass(frozen=True)
class Now:
    """All that changes on the wall; `as_of` is the moment for which the numbers hold, `at` the clock of the server."""

    at: datetime
    as_of: datetime
    tiles: dict[str, Number]
    on_time: OnTime
    queue: list[Waiting]
    #: How many matters need somebody, of which `queue` has the first.
    waiting: int
    stages: dict[str, Number]
    hours: list[Hour]
    duty: Duty


def now_of(area: str, at: datetime) -> Now:
    """The wall of this area, which the door has seen to lie in the person's sight."""
    scope, today = of_area(area), Period(timezone.localdate(at), timezone.localdate(at))
    month = Period.named(Named.THIS_MONTH, today.last)
    day, whole_month = figures(scope, area, today, at=at), figures(scope, area, month, at=at)
    sums = day.whole.counts
    waiting = Event.objects.visible_to(scope).open().filter(paused_at__isnull=True)
    own = {one: Number(n, reverse("wall:rows", args=[area, one])) for one, n in counts_of(area, at).items()}
    counted = {
        code: Number(sums[code] or 0, _rows(area, code, today)) for code in ("reported", "open", "overdue", "closed")
    }
    return Now(
        at=timezone.localtime(at),
        as_of=timezone.localtime(min(day.as_of, whole_month.as_of)),
        tiles=counted | {Own.DUE_SOON.value: own[Own.DUE_SOON]},
        on_time=_on_time(area, whole_month.whole.value("on_time"), month),
        queue=_queue(waiting),
        waiting=waiting.order_by().count(),
        stages={key: own.get(key) or counted[key] for key, _name in STAGES},
        hours=_hours(area, at),
        duty=duty_of(area, at),
    )


def of_area(area: str) -> Scope:
    """What somebody sees who leads just this area: the wall shows no more to anybody."""
    return Scope((Held(Role.LEADER, area),))


def _rows(area: str, figure: str, period: Period) -> str:
    return f"{reverse('statistics:rows', args=[area])}?figure={figure}&{period.query}"


def _on_time(area: str, value: Any, month: Period) -> OnTime:
    made_of = (
        Number(n or 0, _rows(area, figure, month))
        for n, figure in ((value.numerator, value.rate.numerator), (value.denominator, value.rate.denominator))
    )
    return OnTime(value.percent, *made_of)


# --- what the wall counts itself ------------------------------------------------------------------------------------------


def rows_of(what: str, area: str, at: datetime) -> EventQuerySet:
    """The matters the wall counts under this name."""
    here = _open(area).filter(_among(what, at))
    if what == Own.DUE_SOON:
        return here
    ended = _ended_today(area, at).filter(_among(what, at))
    return Event.objects.filter(pk__in=here.values("pk").union(ended.values("pk")))


def counts_of(area: str, at: datetime) -> dict[str, int]:
    """How many these are, by name: the open ones of all in one look at the index that holds only those; then the others."""
    found = _open(area).aggregate(**{f"n_{one}": Count("pk", filter=_among(one, at)) for one in Own.values})
    others = [one for one in Own.values if one != Own.DUE_SOON]
    ended = _ended_today(area, at).aggregate(**{f"n_{one}": Count("pk", filter=_among(one, at)) for one in others})
    return {one: found[f"n_{one}"] + ended.get(f"n_{one}", 0) for one in Own.values}


def _open(area: str) -> EventQuerySet:
    return Event.objects.visible_to(of_area(area)).filter(IS_OPEN).order_by()


def _ended_today(area: str, at: datetime) -> EventQuerySet:
    """Whatever was done on it today, a matter is open or has ended today."""
    return _since_midnight("ended_at", area, at)


def _since_midnight(clock: str, area: str, at: datetime) -> EventQuerySet:
    """Found by the clock: of an area's matters these are a few, and SQLite would look through all of them."""
    inside = Event.objects.alias(begins=Left("area_id", len(area))).filter(begins=area)
    return inside.filter(**{f"{clock}__gte": _midnight(at)}).order_by()


def _among(what: str, at: datetime) -> Q:
    if what == Own.DUE_SOON:
        return Q(paused_at__isnull=True, due_at__gte=at, due_at__lt=at + DUE_SOON)
    return Q(**{f"{CLOCK[what]}__gte": _midnight(at)})


def _midnight(at: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))


def _hours(area: str, at: datetime) -> list[Hour]:
    reported = _by_hour(_since_midnight("reported_at", area, at), "reported_at", at)
    closed = _by_hour(_ended_today(area, at).filter(state__in=sorted(SOLVED)), "ended_at", at)
    return [Hour(reported.get(hour, 0), closed.get(hour, 0)) for hour in range(24)]


def _by_hour(events: EventQuerySet, clock: str, at: datetime) -> Mapping[int, int]:
    """Told apart by where the hours begin: to take the hour out of each moment, SQLite would ask Python."""
    begins = [timezone.make_aware(datetime.combine(timezone.localdate(at), time(hour))) for hour in range(1, 24)]
    hours = (When(**{f"{clock}__lt": begin}, then=Value(hour)) for hour, begin in enumerate(begins))
    hour_of = Case(*hours, default=Value(23), output_field=IntegerField())
    rows = events.values(hour=hour_of).annotate(n=Count("pk"))
    return {row["hour"]: row["n"] for row in rows}


# --- the queue ------------------------------------------------------------------------------------------------------------

_RANK = Case(
    *(When(urgency=urgency, then=Value(rank)) for rank, urgency in enumerate(BY_URGENCY)),
    default=Value(len(BY_URGENCY)),
    output_field=IntegerField(),
)


def _queue(waiting: EventQuerySet) -> list[Waiting]:
    """Keys first, then the rows of these."""
    keys = list(
        waiting.order_by(_RANK, RUNS_OUT_AT.asc(nulls_last=True), "pk").values_list("pk", flat=True)[:MOST_WAITING]
    )
    return [line for _event, line in lines_of(waiting, keys)]


def lines_of(events: EventQuerySet, keys: Sequence[UUID]) -> list[tuple[Event, Waiting]]:
    """The matters with these keys, in that order, each with its line; those that ended meanwhile are left out."""
    rows = events.filter(pk__in=keys).order_by().select_related("area", "category").in_bulk()
    leads = Part.objects.filter(event__in=keys, leads=True).select_related("department")
    names = {part.event_id: str(part.department) for part in leads}
    return [(rows[key], _line(rows[key], names.get(key, ""))) for key in keys if key in rows]


def _line(event: Event, lead: str) -> Waiting:
    """In the language of the page. `lead`: the name of the department that leads; empty: none does."""
    return Waiting(
        number=event.number,
        address=reverse("events:show", args=[event.pk]),
        category=str(event.category or ""),
        place=event.area.name,
        state=event.state,
        state_name=event.get_state_display(),
        turn=_turn(event, lead),
        urgency=event.urgency,
        urgency_name=event.get_urgency_display(),
        due_at=timezone.localtime(event.due_at) if event.due_at and not event.paused_at else None,
    )


def _turn(event: Event, lead: str) -> str:
    """The department that has it; else the role the state waits for, of several the one furthest from the ground."""
    state = State(event.state)
    if state in WITH_DEPARTMENT:
        return lead
    return next((str(role.label) for role in reversed(Role) if role in TURN.get(state, ())), "")
