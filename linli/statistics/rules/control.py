"""Control charts: does a unit differ from all together, or a month from the others, by more than chance?

Units side by side: the p-chart with exact binomial limits (Shewhart 1931; as a funnel plot: Spiegelhalter, Statistics in
Medicine 24 (2005) 1185-1202). Months in a row: the u-chart with exact Poisson limits, and runs (Nelson, Journal of Quality
Technology 16 (1984) 237-239). Where units or months differ among themselves by more than the formula allows, limits are
widened: by the winsorised factor of Spiegelhalter (2005, section 4) for units, by the moving range of z-scores for months
(Laney, Quality Engineering 14 (2002) 531-537).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.statistics.rules.chance import (
    ALPHA,
    Range,
    binomial_outside,
    binomial_range,
    poisson_range,
    widened,
)
from linli.statistics.rules.measures import TOO_FEW

#: Of fewer units nothing can be said about how much units differ among themselves.
LEAST_UNITS = 10
#: Of fewer months nothing is said at all.
LEAST_MONTHS = 8
#: So many months in a row on one side of the mean, or steadily rising or falling, are more than chance (Nelson's rules 2, 3).
ON_ONE_SIDE, STEADILY = 9, 6
#: The mean moving range of two values is so many standard deviations (the constant d2 of control charts).
_D2 = 1.128


class Verdict(models.TextChoices):
    """What is said of a unit or a month."""

    WITHIN = "within", _("Within chance")
    ABOVE = "above", _("More than chance above")
    BELOW = "below", _("More than chance below")
    TOO_FEW = "too_few", _("Too few to say")


@dataclass(frozen=True)
class Judged:
    """A unit with what would be expected of it by chance alone: counts out of its denominator. None where too few."""

    numerator: int
    denominator: int
    expected: Range | None
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    """Units side by side. `share`: of all together, None of nothing; `factor`: by which variances were widened, 1 for not."""

    units: dict[str, Judged]
    share: float | None
    factor: float
    #: So many units would stand out by chance alone.
    by_chance: float

    @property
    def judged(self) -> int:
        """How many units something is said of."""
        return sum(one.expected is not None for one in self.units.values())

    @property
    def standing_out(self) -> int:
        """How many of them differ by more than chance."""
        return sum(one.verdict in (Verdict.ABOVE, Verdict.BELOW) for one in self.units.values())


def compare(counts: Mapping[str, tuple[int, int]]) -> Comparison:
    """Numerators and denominators of units by key, each held against the share of all together; in the order given."""
    total = sum(denominator for _numerator, denominator in counts.values())
    if not total:
        few = {key: Judged(*pair, None, Verdict.TOO_FEW) for key, pair in counts.items()}
        return Comparison(few, None, 1.0, 0.0)
    share = sum(numerator for numerator, _denominator in counts.values()) / total
    large = [pair for pair in counts.values() if pair[1] >= TOO_FEW]
    factor = dispersion_of_units(large, share)
    units = {key: _judged(*pair, share, factor) for key, pair in counts.items()}
    if factor > 1:
        by_chance = ALPHA * len(large)
    else:
        ranges = [(one.expected, one.denominator) for one in units.values() if one.expected]
        by_chance = sum(binomial_outside(inside, n, share) for inside, n in ranges)
    return Comparison(units, share, factor, by_chance)


def _judged(numerator: int, denominator: int, share: float, factor: float) -> Judged:
    if denominator < TOO_FEW:
        return Judged(numerator, denominator, None, Verdict.TOO_FEW)
    exact = binomial_range(denominator, share)
    expected = widened(exact, denominator * share, factor, denominator)
    return Judged(numerator, denominator, expected, verdict_of(numerator, expected))


def verdict_of(count: int, expected: Range) -> Verdict:
    """Where a count lies."""
    if expected.holds(count):
        return Verdict.WITHIN
    return Verdict.ABOVE if count > expected.high else Verdict.BELOW


def dispersion_of_units(pairs: Sequence[tuple[int, int]], share: float) -> float:
    """By how much the units vary more than by chance; 1 where they do not, or where they are too few to tell.

    The mean square of z-scores, of which the tenth at either end is drawn in to the next, so that the few that stand out do
    not widen the limits they stand out of. Below `1 + 2 √(2/n)` it is no more than chance itself.
    """
    if len(pairs) < LEAST_UNITS or not 0 < share < 1:
        return 1.0
    scores = sorted((k - n * share) / sqrt(n * share * (1 - share)) for k, n in pairs)
    ends = len(scores) // 10
    drawn_in = [min(max(score, scores[ends]), scores[-1 - ends]) for score in scores]
    factor = sum(score * score for score in drawn_in) / len(drawn_in)
    return factor if factor > 1 + 2 * sqrt(2 / len(drawn_in)) else 1.0


# --- months in a row ---------------------------------------------------------------------------------------------------


class Run(models.TextChoices):
    """Months that are within chance one by one, and not together."""

    HIGH = "high", _("Nine months in a row above the mean")
    LOW = "low", _("Nine months in a row below the mean")
    RISING = "rising", _("Six months in a row rising")
    FALLING = "falling", _("Six months in a row falling")


@dataclass(frozen=True)
class Month:
    """A month's count, its days, what is expected of so many days, and what is said of it."""

    count: int
    days: int
    mean: float
    expected: Range
    verdict: Verdict
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Course:
    """Months in a row. `per_day`: the mean of all; `factor`: by which the variance was widened, 1 for not."""

    months: list[Month]
    per_day: float
    factor: float


def course(counts: Sequence[tuple[int, int]]) -> Course | None:
    """Counts and days of months in a row, from the first; None of too few months or too few matters."""
    total = sum(count for count, _days in counts)
    if len(counts) < LEAST_MONTHS or total < TOO_FEW:
        return None
    per_day = total / sum(days for _count, days in counts)
    factor = dispersion_of_months(counts, per_day)
    runs = runs_of([count / days - per_day for count, days in counts])
    months = [_month(count, days, per_day, factor, runs[place]) for place, (count, days) in enumerate(counts)]
    return Course(months, per_day, factor)


def _month(count: int, days: int, per_day: float, factor: float, runs: tuple[Run, ...]) -> Month:
    mean = per_day * days
    expected = widened(poisson_range(mean), mean, factor)
    return Month(count, days, mean, expected, verdict_of(count, expected), runs)


def dispersion_of_months(counts: Sequence[tuple[int, int]], per_day: float) -> float:
    """By how much a month differs from the next more than by chance; 1 where it does not."""
    scores = [(count - per_day * days) / sqrt(per_day * days) for count, days in counts]
    moves = [abs(later - earlier) for earlier, later in zip(scores, scores[1:], strict=False)]
    return max(1.0, (sum(moves) / len(moves) / _D2) ** 2)


def runs_of(differences: Sequence[float]) -> list[tuple[Run, ...]]:
    """Which runs each of some values, given as differences from the mean, is the last of or goes on with."""
    found: list[tuple[Run, ...]] = []
    above = below = rising = falling = 0
    for place, value in enumerate(differences):
        before = differences[place - 1] if place else None
        above, below = above + 1 if value > 0 else 0, below + 1 if value < 0 else 0
        rising = rising + 1 if before is not None and value > before else 1
        falling = falling + 1 if before is not None and value < before else 1
        lengths = {Run.HIGH: above, Run.LOW: below, Run.RISING: rising, Run.FALLING: falling}
        least = {Run.HIGH: ON_ONE_SIDE, Run.LOW: ON_ONE_SIDE, Run.RISING: STEADILY, Run.FALLING: STEADILY}
        found.append(tuple(run for run, length in lengths.items() if length >= least[run]))
    return found
