"""How much more or less than before: the figures of the same area in the year and in the months before a period."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from linli.statistics.periods import Period
from linli.statistics.reading import Asked, Row
from linli.statistics.rules import TOO_FEW, Comparison, change
from linli.statistics.rules.comparisons import MONTH, YEAR


@dataclass(frozen=True)
class Earlier:
    """A period before, and what it is to the one that is shown."""

    comparison: Comparison
    period: Period


@dataclass(frozen=True)
class Change:
    """By how many percent a number is more (or less: negative) than it was."""

    comparison: Comparison
    percent: Decimal


def earlier_than(period: Period) -> list[Earlier]:
    """The periods it is compared with. Of twelve months the year before and the months before are the same."""
    year, before = period.year_before, period.one_before
    found = [Earlier(YEAR, year)] if year else []
    return found if before == year else [*found, Earlier(MONTH, before)]


def asked_earlier(asked: Asked, earlier: Sequence[Earlier]) -> list[Asked]:
    """The same question about these periods, without what is open now."""
    return [replace(asked, period=one.period, with_now=False) for one in earlier]


def changes_of(code: str, n: int, earlier: Sequence[tuple[Earlier, Row]]) -> tuple[Change, ...]:
    """The changes of a figure; none where there were too few before."""
    return tuple(
        Change(one.comparison, percent)
        for one, row in earlier
        if (before := row.counts.get(code) or 0) >= TOO_FEW and (percent := change(n, before)) is not None
    )
