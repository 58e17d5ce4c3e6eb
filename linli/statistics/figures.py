"""The rows of every figure, and their numbers: one condition both counts and lists, so that they cannot differ.

The numbers of a page come from a handful of grouped queries, one for each cohort, whatever the number of figures.

Which index? A small area is read by its area; of a large one the rows of the period by their time. PostgreSQL decides
by itself; SQLite keeps no figures of the table to go by and must be told, so the matters of the area are counted up to
`FEW` first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Left

from linli.areas.codes import numbering, within
from linli.events.models import IS_OPEN, Clock, Event, EventQuerySet, Reinspection, Reopening
from linli.events.rules import OPEN, SOLVED, ClockKind, Finding, Rating, State
from linli.statistics.periods import Period
from linli.statistics.rules import FIGURES, OTHERWISE, STANDING_AT, Cohort, Figure

FEW = 20_000

#: The time by which a cohort's matters fall into the period, and by which they are listed.
CLOCK: dict[Cohort, str] = {
    Cohort.REPORTED: "reported_at",
    Cohort.DUE: "due_at",
    # The limit to dispatch stands on another table.
    Cohort.TO_DISPATCH: "reported_at",
    Cohort.ENDED: "ended_at",
    Cohort.CLOSED: "reported_at",
    Cohort.NOW: "reported_at",
    # The time of the look stands on another table; the matters are listed as they came.
    Cohort.INSPECTED: "reported_at",
}

_SOLVED = Q(state__in=sorted(SOLVED))
_RATED = _SOLVED & ~Q(rating="")
_ANSWERED = _SOLVED & Q(rating__in=[Rating.SATISFIED, Rating.PARTLY, Rating.NOT_SATISFIED])
_SENT = Q(dispatched_at__isnull=False) | Q(bounces__gt=0)
_TO_HANDLE = Q(dispatched_at__isnull=False)
_HANDLED = Q(handled_at__isnull=False)

#: Which matters of its cohort a figure counts; the words to each are in `rules.FIGURES`.
_AMONG: dict[str, Q] = {
    "reported": Q(),
    "accepted": Q(accepted_at__isnull=False),
    "reopened": Q(reopened__gt=0),
    "reworked": Q(reworked__gt=0),
    "bounced": Q(bounces__gt=0),
    "bounced_again": Q(bounces__gt=1),
    "without_limit": Q(due_at__isnull=True),
    "due": Q(),
    "in_time": _SOLVED & Q(ended_at__lte=F("due_at")),
    "late": _SOLVED & Q(ended_at__gt=F("due_at")),
    "due_closed": _SOLVED,
    "due_open": Q(state__in=sorted(OPEN)),
    "due_otherwise": Q(state__in=sorted(OTHERWISE)),
    "extended": Q(extensions__gt=0),
    "closed": _SOLVED,
    "closed_in_time": _SOLVED & Q(ended_at__lte=F("due_at")),
    **{state.value: Q(state=state) for state in OTHERWISE},
    "voided": Q(state=State.VOIDED, taken_back_at__isnull=True),
    "taken_back": Q(state=State.VOIDED, taken_back_at__isnull=False),
    "asked": _RATED,
    "answered": _ANSWERED,
    "satisfied": _SOLVED & Q(rating=Rating.SATISFIED),
    "partly": _SOLVED & Q(rating=Rating.PARTLY),
    "not_satisfied": _SOLVED & Q(rating=Rating.NOT_SATISFIED),
    "unknown": _SOLVED & Q(rating__in=["", Rating.UNREACHED]),
    "no_answer": _SOLVED & Q(rating=Rating.NO_ANSWER),
    "closings": Q(),
    "open": Q(),
    "paused": Q(paused_at__isnull=False),
    "valid": ~Q(state__in=[State.REJECTED, State.VOIDED, State.MERGED]),
    "turned_away": Q(state=State.REJECTED),
    "withdrawn": Q(state=State.VOIDED),
    "duplicate": Q(state=State.MERGED),
    "passed_on": Q(state__in=[State.REFERRED_OUT, State.IN_MEDIATION]),
    "filed": Q(accepted_at__isnull=False) & (_SENT | _SOLVED),
    "sent": _SENT,
    "ended_once": Q(ended_at__isnull=False) | Q(reopened__gt=0),
    "to_dispatch": Q(),
    "to_handle": _TO_HANDLE,
    "handled": _TO_HANDLE & _HANDLED,
    "handled_in_time": _TO_HANDLE & _HANDLED & Q(handled_at__lte=F("due_at")),
    "unhandled": _TO_HANDLE & ~_HANDLED & Q(state__in=sorted(OPEN)),
    "handle_extended": _TO_HANDLE & Q(extensions__gt=0),
    "due_reworked": Q(reworked__gt=0),
    **{code: Q(state=state) for state, code in STANDING_AT.items()},
}
#: A clock that stood still before its limit never reached it.
_RAN_OUT = Q(paused_at__isnull=True) | Q(paused_at__gte=F("due_at"))


#: What figures of closings count, given the matters whose closing fell.
_BY_FALLEN: dict[str, Callable[[Q], Q]] = {
    "held": lambda fell: ~fell,
    "held_in_time": lambda fell: ~fell & _SOLVED & Q(ended_at__lte=F("due_at")),
    "fell": lambda fell: fell,
}


@dataclass(frozen=True)
class Moment:
    """The period asked about and the moment of asking: what is still to come has no figures."""

    period: Period
    at: datetime

    def cohort(self, cohort: Cohort) -> Q:
        """The condition of a cohort."""
        start, end = self.period.start, self.period.end
        match cohort:
            case Cohort.REPORTED:
                return Q(reported_at__gte=start, reported_at__lt=end)
            case Cohort.DUE:
                return Q(due_at__gte=start, due_at__lt=min(end, self.at)) & _RAN_OUT
            case Cohort.TO_DISPATCH:
                fell = Q(due_at__gte=start, due_at__lt=min(end, self.at))
                # The first condition finds the few; the second looks whether the limit is their last.
                some = Clock.objects.filter(fell, kind=ClockKind.DISPATCH).order_by()
                return Q(pk__in=some.values("event")) & Q(Exists(last_dispatch().filter(fell)))
            case Cohort.ENDED:
                return Q(ended_at__gte=start, ended_at__lt=end)
            case Cohort.CLOSED:
                # Closings that stand are read from the matter; of those that fell a row is kept. Each by its own index.
                stand = Event.objects.filter(_SOLVED, ended_at__gte=start, ended_at__lt=end).order_by()
                return Q(pk__in=stand.values("pk").union(self._fallen().values("event")))
            case Cohort.NOW:
                return IS_OPEN
            case Cohort.INSPECTED:
                return self.found(*Finding.values)

    def _fallen(self) -> Any:
        """Closings of the period that did not hold."""
        start, end = self.period.start, self.period.end
        return Reopening.objects.filter(closed_at__gte=start, closed_at__lt=end).order_by()

    def among(self, figure: Figure) -> Q:
        """Which matters of its cohort a figure counts."""
        if figure.code == "overdue":
            return Q(due_at__lt=self.at, paused_at__isnull=True)
        if figure.code in _BY_FALLEN:
            return _BY_FALLEN[figure.code](Q(pk__in=self._fallen().values("event")))
        if figure.cohort == Cohort.INSPECTED:
            return _INSPECTED[figure.code](self)
        return among(figure.code)

    def found(self, *findings: str) -> Q:
        """Matters of which one of these was found in the period. By their keys: a matter drawn twice is counted once."""
        seen = Reinspection.objects.filter(found_at__gte=self.period.start, found_at__lt=self.period.end)
        return Q(pk__in=seen.filter(finding__in=findings).order_by().values("event"))


def among(code: str) -> Q:
    """Which matters of its cohort a figure counts, of those that depend on no period."""
    if code == "dispatched_in_time":
        in_time = Q(event__dispatched_at__gte=F("started_at"), event__dispatched_at__lte=F("due_at"))
        return Q(Exists(last_dispatch().filter(in_time)))
    return _AMONG[code]


def last_dispatch() -> Any:
    """The last clock to dispatch of the matter around it, if it reached its limit or still runs towards it."""
    clocks = Clock.objects.filter(event=OuterRef("pk"), kind=ClockKind.DISPATCH, part__isnull=True).order_by()
    later = Clock.objects.filter(
        event=OuterRef("event"), kind=ClockKind.DISPATCH, part__isnull=True, pk__gt=OuterRef("pk")
    )
    return clocks.filter(_RAN_OUT).exclude(Exists(later))


#: A matter as it stands belongs to a cohort, whichever period is asked about and whatever the hour.
STANDING: dict[Cohort, Callable[[], Q]] = {
    Cohort.REPORTED: Q,
    Cohort.DUE: lambda: Q(due_at__isnull=False) & _RAN_OUT,
    Cohort.TO_DISPATCH: lambda: Q(Exists(last_dispatch())),
    Cohort.ENDED: lambda: Q(ended_at__isnull=False),
    Cohort.NOW: lambda: IS_OPEN,
}


def standing(figure: Figure) -> Q:
    """Which matters a figure counts in some period: that period, and limits still to come, are told apart afterwards."""
    if figure.code == "overdue":
        return IS_OPEN & Q(due_at__isnull=False, paused_at__isnull=True)
    return STANDING[figure.cohort]() & among(figure.code)


#: What a look of the period has to have found; together the first and the last are the cohort.
_INSPECTED: dict[str, Callable[[Moment], Q]] = {
    "lots_looked_at": lambda moment: moment.found(Finding.HELD, Finding.NOT_HELD),
    "lot_held": lambda moment: moment.found(Finding.HELD) & ~moment.found(Finding.NOT_HELD),
    "lot_not_held": lambda moment: moment.found(Finding.NOT_HELD),
    "lot_not_seen": lambda moment: ~moment.found(Finding.HELD, Finding.NOT_HELD),
}


def matters_of(code: str) -> EventQuerySet:
    """The matters of an area and all inside it. The door has seen that the area lies in the person's sight."""
    inside = Event.objects.filter(within(code)).order_by()
    if connection.vendor != "sqlite" or inside[: FEW + 1].count() <= FEW:
        return inside
    return Event.objects.alias(begins=Left("area_id", len(code))).filter(begins=code).order_by()


def rows_of(events: EventQuerySet, figure: Figure, moment: Moment) -> EventQuerySet:
    """Just those of the matters that the figure counts."""
    return events.filter(moment.cohort(figure.cohort)).filter(moment.among(figure))


def counted(events: EventQuerySet, cohort: Cohort, moment: Moment, **keys: Any) -> Iterable[dict[str, Any]]:
    """All figures of a cohort, by these keys: rows of the keys and of a count by each figure's code. One query."""
    figures = [figure for figure in FIGURES if figure.cohort == cohort]
    wanted = {f"n_{figure.code}": Count("pk", filter=moment.among(figure) or None) for figure in figures}
    rows = events.filter(moment.cohort(cohort)).values(**keys).annotate(**wanted)
    for row in rows:
        yield {name.removeprefix("n_"): value for name, value in row.items()}


def unit_of(code: str) -> Left:
    """The key by which the matters of an area are told apart by the area below; its own code for those of no child."""
    below = [width for width in numbering().widths if width > len(code)]
    return Left("area_id", below[0] if below else len(code))


def step_of(steps: list[Period], clock: str) -> Case:
    """The key by which matters are told apart by step: its place in the list."""
    reached = [When(**{f"{clock}__lt": step.end}, then=Value(place)) for place, step in enumerate(steps)]
    return Case(*reached, output_field=IntegerField())
