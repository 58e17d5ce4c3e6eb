"""How long the steps of matters took: medians and ninetieth percentiles, from counts of hours kept beside the sums.

Each cell holds how many matters took how many hours begun. The nearest rank of rounded values is the rounded value of that
rank, so the quantiles are exact in hours begun, whatever the number of matters.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from linli.statistics.adding import cell_key, cells_of, spelled
from linli.statistics.facts import facts_of
from linli.statistics.figures import Moment, rows_of
from linli.statistics.models import Follower
from linli.statistics.periods import Period
from linli.statistics.reading import Asked, consistently, rows_asked, tail_of
from linli.statistics.rules import BY_CODE, INTERVALS, quantile_of_counts
from linli.statistics.rules.cubes import Facts, Slot
from linli.statistics.summing import Cells, Span, hours_of

MEDIAN, NINETIETH = 0.5, 0.9
Hours = dict[str, Counter[int]]


@dataclass(frozen=True)
class Length:
    """Of how many closed matters it is known, and the hours begun that half and nine tenths of them did not exceed."""

    n: int
    median_h: int | None
    ninetieth_h: int | None


def lengths(area: str, period: Period, *, by: str = "", at: datetime, led_by: str = "") -> dict[str, dict[str, Length]]:
    """By row (as `reading.figures` has them) and code of the interval, of the matters closed in the period."""
    found = spread_of(area, period, by=by, at=at, led_by=led_by)
    return {key: {one.code: _length(hours[one.code]) for one in INTERVALS} for key, hours in found.items()}


def spread_of(area: str, period: Period, *, by: str = "", at: datetime, led_by: str = "") -> dict[str, Hours]:
    """The same before the quantiles are taken: how many matters took how many hours begun. Rows can be added up."""
    asked = Asked(area, period, by, at, led_by=led_by)
    read = consistently(lambda follower: _from_sums(asked, follower)) if asked.is_kept else None
    found = read if read is not None else _from_rows(asked)
    return {key: hours for key, hours in sorted(found.items()) if any(hours[one.code] for one in INTERVALS)}


def _length(hours: Counter[int]) -> Length:
    return Length(sum(hours.values()), quantile_of_counts(hours, MEDIAN), quantile_of_counts(hours, NINETIETH))


def _nothing() -> Hours:
    return defaultdict(Counter)


def _from_sums(asked: Asked, follower: Follower) -> dict[str, Hours]:
    sums: dict[str, Hours] = defaultdict(_nothing)
    if asked.months:
        _add(asked, sums, "m", [asked.months])
    if asked.days and asked.keeps_days:
        _add(asked, sums, "d", asked.days)
    elif asked.days:
        for first, last in asked.days:
            for key, by_interval in _from_rows(replace(asked, period=Period(first, last))).items():
                for interval, counts in by_interval.items():
                    sums[key][interval].update(counts)
    tail, _is_whole = tail_of(follower)
    for was, now in tail:
        if was is not None:
            _add_facts(asked, sums, was, -1)
        _add_facts(asked, sums, now, 1)
    for hours in sums.values():
        for code in hours:
            # Only what is there: a matter that was taken off leaves a nought behind.
            hours[code] = +hours[code]
    return dict(sums)


def _add(asked: Asked, sums: dict[str, Hours], grain: str, spans: Sequence[Span]) -> None:
    """Add the cells of these days. Of a level that does not hold all, the rest stands under the area's own code."""
    rest = sums[asked.area] if asked.is_level and asked.width != len(asked.area) else None
    for key, interval, hours in hours_of(cells_of(asked, grain, spans), cell_key(asked)):
        _add_hours(sums[spelled(asked, key)][interval], hours, 1)
        if rest is not None:
            _add_hours(rest[interval], hours, -1)
    if rest is not None:
        own = Cells(f"{grain}{len(asked.area)}{asked.facet}", asked.area, True, spans, asked.led_by)
        for _key, interval, hours in hours_of(own):
            _add_hours(rest[interval], hours, 1)


def _add_hours(counts: Counter[int], hours: str, times: int) -> None:
    for one, n in json.loads(hours).items():
        counts[int(one)] += n * times


def _add_facts(asked: Asked, sums: dict[str, Hours], facts: Facts, times: int) -> None:
    if facts.ended_on is not None and asked.has(Slot.ENDED, facts.ended_on, None):
        _add_matter(asked, sums, facts, facts.ended_on, times)


def _add_matter(asked: Asked, sums: dict[str, Hours], facts: Facts, ended_on: date, times: int) -> None:
    key = asked.key_of(facts, ended_on, Slot.ENDED)
    if key is not None:
        for code, hours in facts.hours().items():
            sums[key][code][hours] += times


def _from_rows(asked: Asked) -> dict[str, Hours]:
    """Matter by matter, those closed in the period."""
    sums: dict[str, Hours] = defaultdict(_nothing)
    closed = rows_of(rows_asked(asked), BY_CODE["closed"], Moment(asked.period, asked.at))
    for _key, facts in facts_of(closed):
        if facts.ended_on is not None:
            _add_matter(asked, sums, facts, facts.ended_on, 1)
    return dict(sums)
