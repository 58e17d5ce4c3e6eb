"""Categories that rise in an area: counts of the last whole days and of the stretches they are held against."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, Sum, Value, When
from django.utils import timezone

from linli.areas.codes import contains, numbering, within
from linli.areas.models import Area
from linli.statistics.facts import kept_widths
from linli.statistics.figures import matters_of
from linli.statistics.models import Cell, Follower
from linli.statistics.reading import consistently, tail_of
from linli.statistics.rules.cubes import BY_CATEGORY, NONE, Facts, keeps_days
from linli.statistics.rules.rising import Counts, Rise, Stretch, Stretches, rises, stretches

#: An area and the key of a category as text, `-` for none.
Key = tuple[str, str]
Sums = dict[Key, list[int]]


@dataclass(frozen=True)
class Rising:
    """A category in an area with what was found; `stretch` are the days it rose in."""

    area: str
    category: int | None
    rise: Rise
    stretch: Stretch


@dataclass(frozen=True)
class Looked:
    """All that something can be said of, the surest first, and what they were held against."""

    found: list[Rising]
    stretches: Stretches


def rising(area: Area, days: int, *, below: bool = False, at: datetime) -> Looked:
    """The categories of an area, or of each of the areas below it; the last day counted is yesterday."""
    last = timezone.localdate(at) - timedelta(days=1)
    held = stretches(last, days, _since(area.code, last))
    width = _width_below(area.code) if below else len(area.code)
    now_and_before = _counted(area.code, width, [held.now, *held.before])
    years = _counted(area.code, width, held.years) if held.years else {}
    nought = [0] * len(held.years)
    counts = {
        key: Counts(found[0], tuple(found[1:]), tuple(years.get(key, nought))) for key, found in now_and_before.items()
    }
    found = [
        Rising(code, None if category == NONE else int(category), rise, held.now)
        for (code, category), rise in rises(counts).items()
    ]
    return Looked(found, held)


def _since(code: str, last: date) -> date:
    """The first day from which matters are known here."""
    first = matters_of(code).order_by("reported_at").values_list("reported_at", flat=True).first()
    return timezone.localdate(first) if first else last


def _width_below(code: str) -> int:
    return next((width for width in numbering().widths if width > len(code)), len(code))


def _counted(code: str, width: int, several: Sequence[Stretch]) -> Sums:
    """How many matters of each category were reported in each stretch; none of them overlap."""
    widths = kept_widths()
    if width in widths and keeps_days(BY_CATEGORY, width, widths[-1]):
        found = consistently(lambda follower: _from_sums(code, width, several, follower))
        if found is not None:
            return found
    return _from_rows(code, width, several)


def _from_sums(code: str, width: int, several: Sequence[Stretch], follower: Follower) -> Sums:
    sums: Sums = defaultdict(lambda: [0] * len(several))
    inside = Q(area=code) if width == len(code) else within(code)
    cells = Cell.objects.filter(inside, _days(several, "day"), kind=f"d{width}{BY_CATEGORY}", reported__gt=0).order_by()
    for key, facet, place, n in (
        cells.values("area", "facet")
        .annotate(place=_place(several), n=Sum("reported"))
        .values_list("area", "facet", "place", "n")
    ):
        sums[key, facet][place] += n
    for was, now in tail_of(follower)[0]:
        if was is not None:
            _add(sums, code, width, several, was, -1)
        _add(sums, code, width, several, now, 1)
    return sums


def _add(sums: Sums, code: str, width: int, several: Sequence[Stretch], facts: Facts, times: int) -> None:
    place = _place_of(several, facts.reported_on)
    if place is not None and contains(code, facts.area) and len(facts.area) >= width:
        sums[facts.area[:width], facts.facet(BY_CATEGORY)][place] += times


def _from_rows(code: str, width: int, several: Sequence[Stretch]) -> Sums:
    sums: Sums = defaultdict(lambda: [0] * len(several))
    earliest = min(one.first for one in several)
    begins = timezone.make_aware(datetime.combine(earliest, datetime.min.time()))
    rows = matters_of(code).filter(reported_at__gte=begins).values_list("area_id", "category_id", "reported_at")
    for area, category, reported_at in rows.iterator(chunk_size=2000):
        place = _place_of(several, timezone.localdate(reported_at))
        if place is not None and len(area) >= width:
            sums[area[:width], NONE if category is None else str(category)][place] += 1
    return sums


def _place_of(several: Iterable[Stretch], day: date) -> int | None:
    return next((place for place, one in enumerate(several) if one.first <= day <= one.last), None)


def _days(several: Sequence[Stretch], column: str) -> Q:
    """The days from the first to the last; those between that are in none have no place."""
    return Q(
        **{f"{column}__gte": min(one.first for one in several), f"{column}__lte": max(one.last for one in several)}
    ) & _some(several, column)


def _some(several: Sequence[Stretch], column: str) -> Q:
    found = Q(pk__in=[])
    for one in several:
        found |= Q(**{f"{column}__gte": one.first, f"{column}__lte": one.last})
    return found


def _place(several: Sequence[Stretch]) -> Any:
    whens = [When(day__gte=one.first, day__lte=one.last, then=Value(place)) for place, one in enumerate(several)]
    return Case(*whens, output_field=IntegerField())
