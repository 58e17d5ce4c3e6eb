"""What the wall of an area shows at one moment, read from the figures and from the open matters: frozen values.

Nothing of a person is in it but the names of those on duty; nothing of a matter but number, category, place, state and clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone

from linli import __version__
from linli.areas.codes import at_level
from linli.areas.models import Area
from linli.events.models import IS_OPEN, IS_WAITING, STEPPED_AT, Event, EventQuerySet, Part
from linli.events.queue import TURN, Filters, Show, in_sight
from linli.events.rules import SOLVED, WITH_DEPARTMENT, State
from linli.people.rules import Held, Role, Scope
from linli.statistics.periods import Named, Period
from linli.statistics.reading import Asked, several
from linli.wall.duty import Duty, duty_of
from linli.wall.rules import BY_URGENCY, CLOCK, DUE_SOON, MOST_WAITING, STAGES, STEPS, Own


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
    #: Of linli: a page that runs for days loads itself anew when another one answers.
    version: str = __version__
    #: Of the screen that shows it, if nobody is signed in on it.
    ends_at: datetime | None = None


def now_of(area: str, at: datetime) -> Now:
    """The wall of this area, which the door has seen to lie in the person's sight."""
    scope, today = of_area(area), Period(timezone.localdate(at), timezone.localdate(at))
    month = Period.named(Named.THIS_MONTH, today.last)
    day, whole_month = several(scope, [Asked(area, period, "", at) for period in (today, month)])
    sums = {code: n or 0 for code, n in day.whole.counts.items()}
    counted = {code: Number(sums[code], _rows(area, code, today)) for code in ("reported", "open", "overdue", "closed")}
    hours, ended = _ended_by_hour(area, at)
    found = {step: n + ended[step] for step, n in _stepped_today(area, at).items()} | {
        Own.DUE_SOON: _due_soon(area, at)
    }
    own = {one: Number(n, reverse("wall:rows", args=[area, one])) for one, n in found.items()}
    return Now(
        at=timezone.localtime(at),
        as_of=timezone.localtime(min(day.as_of, whole_month.as_of)),
        tiles=counted | {Own.DUE_SOON.value: own[Own.DUE_SOON]},
        on_time=_on_time(area, whole_month.whole.value("on_time"), month),
        queue=_queue(scope),
        waiting=sums["open"] - sums["paused"],
        stages={key: own.get(key) or counted[key] for key, _name in STAGES},
        hours=hours,
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


def _open(area: str) -> EventQuerySet:
    return Event.objects.visible_to(of_area(area)).filter(IS_OPEN).order_by()


def _ended_today(area: str, at: datetime) -> EventQuerySet:
    """Whatever was done on it today, a matter is open or has ended today."""
    return _since_midnight("ended_at", area, at)


def _since_midnight(clock: str, area: str, at: datetime) -> EventQuerySet:
    return _inside(area).filter(**{f"{clock}__gte": _midnight(at)}).order_by()


def _inside(area: str) -> EventQuerySet:
    """For what is found by a clock: of an area's matters these are a few, and SQLite would look through all of them."""
    return Event.objects.alias(begins=Left("area_id", len(area))).filter(begins=area)


def _among(what: str, at: datetime) -> Q:
    if what == Own.DUE_SOON:
        return Q(paused_at__isnull=True, due_at__gte=at, due_at__lt=at + DUE_SOON)
    return Q(**{f"{CLOCK[what]}__gte": _midnight(at)})


def _midnight(at: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))


def _due_soon(area: str, at: datetime) -> int:
    """Of each urgency those whose limit is near: their index has no more of them."""
    return _inside(area).filter(IS_OPEN, _among(Own.DUE_SOON, at), urgency__in=BY_URGENCY).order_by().count()


def _stepped_today(area: str, at: datetime) -> dict[str, int]:
    """How many open matters came to each step today, by an index that holds just the open ones by their last step."""
    today = _inside(area).filter(IS_OPEN).alias(stepped_at=STEPPED_AT).filter(stepped_at__gte=_midnight(at))
    found: dict[str, int] = today.order_by().aggregate(**_each_step(at))
    return found


def _ended_by_hour(area: str, at: datetime) -> tuple[list[Hour], dict[str, int]]:
    """The hours of today, and how many of the matters that ended in them came to each step today."""
    reported = _by_hour(_since_midnight("reported_at", area, at), "reported_at", at, n=Count("pk"))
    solved = Count("pk", filter=Q(state__in=sorted(SOLVED)))
    ended = _by_hour(_since_midnight("ended_at", area, at), "ended_at", at, n=solved, **_each_step(at))
    hours = [Hour(reported.get(hour, {}).get("n", 0), ended.get(hour, {}).get("n", 0)) for hour in range(24)]
    return hours, {step: sum(row[step] for row in ended.values()) for step in STEPS}


def _each_step(at: datetime) -> dict[str, Count]:
    return {step: Count(CLOCK[step], filter=_among(step, at)) for step in STEPS}


def _by_hour(events: EventQuerySet, clock: str, at: datetime, **counted: Count) -> dict[int, dict[str, int]]:
    """Told apart by where the hours so far begin: to take the hour out of each moment, SQLite would ask Python."""
    today, latest = timezone.localdate(at), timezone.localtime(at).hour
    begins = [timezone.make_aware(datetime.combine(today, time(hour))) for hour in range(1, latest + 1)]
    hours = (When(**{f"{clock}__lt": begin}, then=Value(hour)) for hour, begin in enumerate(begins))
    hour_of = Case(*hours, default=Value(latest), output_field=IntegerField())
    rows: Iterable[dict[str, int]] = events.values(hour=hour_of).annotate(**counted).values("hour", *counted)
    return {row["hour"]: row for row in rows}


# --- the queue ------------------------------------------------------------------------------------------------------------


def _queue(scope: Scope) -> list[Waiting]:
    """Keys first, the most urgent first, each urgency from an index alone until there are enough; then the rows of these."""
    waiting = in_sight(scope, Filters(show=Show.OPEN)).filter(IS_WAITING)
    keys: list[UUID] = []
    for urgency in BY_URGENCY:
        by_clock = waiting.filter(urgency=urgency).order_by(F("due_at").asc(nulls_last=True), "pk")
        keys += by_clock.values_list("pk", flat=True)[: MOST_WAITING - len(keys)]
    return [line for _event, line in lines_of(Event.objects.filter(IS_WAITING), keys)]


def lines_of(events: EventQuerySet, keys: Sequence[UUID]) -> list[tuple[Event, Waiting]]:
    """The matters with these keys, in that order, each with its line; those that ended meanwhile are left out."""
    rows = events.filter(pk__in=keys).order_by().select_related("area", "category").in_bulk()
    leads = Part.objects.filter(event__in=keys, leads=True).select_related("department")
    names = {part.event_id: str(part.department) for part in leads}
    places = _places(rows.values())
    return [(rows[key], _line(rows[key], names.get(key, ""), places[key])) for key in keys if key in rows]


def _places(events: Iterable[Event]) -> dict[UUID, str]:
    """What the wall calls the area of each matter: of a quarrel between people the village, as for everybody outside its file."""
    named = {one.pk: one.area.name for one in events}
    villages = {
        one.pk: village
        for one in events
        if one.category and one.category.for_mediation and (village := at_level(one.area_id, "village"))
    }
    known = dict(Area.objects.filter(code__in=villages.values()).values_list("code", "name")) if villages else {}
    return named | {key: known[village] for key, village in villages.items()}


def _line(event: Event, lead: str, place: str) -> Waiting:
    """In the language of the page. `lead`: the name of the department that leads; empty: none does."""
    return Waiting(
        number=event.number,
        address=reverse("events:show", args=[event.pk]),
        category=str(event.category or ""),
        place=place,
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
