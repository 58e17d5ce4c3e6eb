"""What is counted of matters, read from their rows: by the very conditions that list them (`figures`), in one query."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone

from linli.areas.codes import Numbering, lineage, numbering
from linli.events.models import Event, EventQuerySet, Part
from linli.kit.prepared import Prepared
from linli.statistics.figures import last_dispatch, standing
from linli.statistics.rules import BY_CODE, INTERVALS, hours_begun
from linli.statistics.rules.cubes import BIT, COUNTED, Facts, spot_of

#: Matters that are asked for by their keys in one question.
AT_ONCE = 1000
_TIMES = ("reported_at", "accepted_at", "dispatched_at", "handled_at", "verified_at", "ended_at")


_COLUMNS = ("pk", "area_id", "category_id", "due_at", "lon", "lat", *_TIMES, "n_bits", "n_dispatch", "n_lead")


def facts_of(events: EventQuerySet) -> Iterator[tuple[UUID, Facts]]:
    """Every matter with what is counted of it now."""
    return _read(_columns_of(events).iterator(chunk_size=2000))


def facts_by_key(keys: Sequence[UUID]) -> dict[UUID, Facts]:
    """Those of these matters that are there."""
    found: dict[UUID, Facts] = {}
    for begin in range(0, len(keys), AT_ONCE):
        found.update(_read(_columns_by_key(keys[begin : begin + AT_ONCE])))
    return found


def _columns_of(events: EventQuerySet) -> "QuerySet[Any, Any]":
    rows = events.order_by().annotate(n_bits=_bits(), n_dispatch=dispatch_limit(), n_lead=lead_of())
    return rows.values_list(*_COLUMNS)


@Prepared
def _columns_by_key(keys: Sequence[UUID]) -> "QuerySet[Any, Any]":
    return _columns_of(Event.objects.filter(pk__in=keys))


def _read(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[UUID, Facts]]:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    for row in rows:
        values = dict(zip(_COLUMNS, row, strict=True))
        yield values["pk"], _facts(values, zone)


def lead_of() -> Subquery:
    """The department that leads a matter, none: null."""
    return Subquery(Part.objects.filter(event=OuterRef("pk"), leads=True).order_by().values("department")[:1])


def kept_widths(among: Numbering | None = None) -> tuple[int, ...]:
    """The widths of the levels counted ahead: all but the grid, of which rows are few enough to be read."""
    chosen = among or numbering()
    return tuple(width for width, level in zip(chosen.widths, chosen.levels, strict=True) if level != "grid")


def counted_in(area: str, widths: Sequence[int]) -> list[str]:
    """The codes of the areas in which a matter of this area is counted, from the top down."""
    return [code for code in lineage(area) if len(code) in widths]


def _bits() -> Any:
    """All figures of a matter as one number: one condition each."""
    flags = [
        Case(When(standing(BY_CODE[code]), then=Value(BIT[code])), default=Value(0), output_field=BigIntegerField())
        if standing(BY_CODE[code])
        else Value(BIT[code], output_field=BigIntegerField())
        for code in COUNTED
    ]
    return reduce(add, flags)


def dispatch_limit() -> Subquery:
    """The last limit to dispatch a matter; none: null."""
    return Subquery(last_dispatch().values("due_at")[:1])


def _facts(row: dict[str, Any], zone: ZoneInfo) -> Facts:
    return Facts(
        area=row["area_id"],
        category=row["category_id"],
        department=row["n_lead"],
        reported_on=_day(row["reported_at"], zone),  # type: ignore[arg-type]
        due_at=row["due_at"],
        due_on=_day(row["due_at"], zone),
        dispatch_at=row["n_dispatch"],
        dispatch_on=_day(row["n_dispatch"], zone),
        ended_on=_day(row["ended_at"], zone),
        bits=row["n_bits"],
        took=tuple(_hours(row[one.begins], row[one.ends]) for one in INTERVALS),
        spot=spot_of(row["lon"], row["lat"]) if row["lon"] is not None else None,
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment is not None else None


def _hours(begun: datetime | None, ended: datetime | None) -> int | None:
    if begun is None or ended is None:
        return None
    return hours_begun((ended - begun).total_seconds())
