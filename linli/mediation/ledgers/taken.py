"""How many disputes took how many hours, kept so that the quantiles of many such are found without adding them up."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from math import ceil

from linli.mediation.ledgers.reading import MEDIAN, NINETIETH, Length, in_days

#: The hours in their order; how many took no more than as many of these as stand before: none, one, and so on.
Taken = list[list[int]]


def taken_by(counts: Mapping[int, int]) -> Taken:
    """From how many took how many hours."""
    hours = sorted(hour for hour, n in counts.items() if n)
    return [hours, list(accumulate((counts[hour] for hour in hours), initial=0))]


def counts_in(taken: Taken) -> dict[int, int]:
    """How many took how many hours."""
    hours, sums = taken
    return {hour: after - before for hour, (before, after) in zip(hours, pairwise(sums), strict=True)}


def length_of_all(several: Sequence[Taken], more: Mapping[int, int]) -> Length:
    """Of all these together, with those that are added and taken off (-1) besides."""
    total = sum(sums[-1] for _hours, sums in several) + sum(more.values())
    if total <= 0:
        return Length(0, None, None)
    longest = max([*(hours[-1] for hours, _sums in several if hours), *more], default=0)

    def within(limit: int) -> int:
        """How many took no more than so many hours."""
        added = sum(n for hour, n in more.items() if hour <= limit)
        return sum(sums[bisect_right(hours, limit)] for hours, sums in several) + added

    median, ninetieth = (_first(within, max(ceil(share * total), 1), longest) for share in (MEDIAN, NINETIETH))
    return Length(total, in_days(median), in_days(ninetieth))


def _first(within: Callable[[int], int], rank: int, longest: int) -> int:
    """The fewest hours that so many did not exceed."""
    low, high = 0, longest
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if within(middle) >= rank else (middle + 1, high)
    return low
