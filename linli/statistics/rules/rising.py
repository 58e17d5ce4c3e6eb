"""What rises: a count of the last days held against the same stretches before, and how sure that is.

Counts of stretches of equal length are taken for negative binomial: chance alone, and the over-dispersion seen before. Given
the total of all stretches, the count of the last one then follows a negative hypergeometric law whatever the true mean is,
and without over-dispersion a binomial one (Przyborowski and Wilenski, Biometrika 31 (1940) 313-323); its tail is summed
exactly. Held against the stretches just before and against the same weeks of earlier years (Farrington et al., Journal of the
Royal Statistical Society A 159 (1996) 547-563), the less sure of the two answers counts. Of many categories some rise by
chance: the share of false ones is held down by Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995)
289-300.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, lgamma, log, log1p
from typing import NamedTuple, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Stretches just before that are looked at, and fewer than which nothing is said.
BEFORE, LEAST_BEFORE = 12, 4
#: Earlier years that are looked at: the same weeks, and those around them. A year is 52 weeks, so that weekdays agree.
YEARS, YEAR = 3, timedelta(days=364)
#: Of fewer matters in all stretches together nothing is said.
LEAST = 5
_NOTHING = 1e-18
_FAR_OUT = 1e4
K = TypeVar("K")


class Stretch(NamedTuple):
    """Days, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Stretches:
    """The last days, those just before, the newest first, and the same weeks of earlier years."""

    now: Stretch
    before: list[Stretch]
    years: list[Stretch]


def stretches(last: date, days: int, since: date) -> Stretches:
    """What is held against each other, as far as anything was counted `since` that day."""
    length = timedelta(days=days)

    def ending(day: date) -> Stretch:
        return Stretch(day - length + timedelta(days=1), day)

    before = [ending(last - length * place) for place in range(1, BEFORE + 1)]
    years = [ending(last - YEAR * year + length * aside) for year in range(1, YEARS + 1) for aside in (1, 0, -1)]
    whole = [one for one in before if one.first >= since]
    # A year counts if all three of its stretches are known.
    known = [year for year in (years[at : at + 3] for at in range(0, len(years), 3)) if year[-1].first >= since]
    return Stretches(ending(last), whole, [one for year in known for one in year])


class Sure(models.TextChoices):
    """How sure it is, by the share of such lines that would be false."""

    VERY = "very", _("very sure")
    SURE = "sure", _("sure")
    FAIRLY = "fairly", _("fairly sure")
    NOT = "not", _("may be chance")


#: Below which share each is said.
SURE_BELOW: tuple[tuple[float, Sure], ...] = ((0.001, Sure.VERY), (0.01, Sure.SURE), (0.05, Sure.FAIRLY))


def sure(share: float) -> Sure:
    """In words."""
    return next((word for limit, word in SURE_BELOW if share < limit), Sure.NOT)


@dataclass(frozen=True)
class Counts:
    """How many matters fell into the last days, the stretches before, and those of earlier years."""

    now: int
    before: tuple[int, ...]
    years: tuple[int, ...]


@dataclass(frozen=True)
class Rise:
    """What was observed, what was expected by either measure (None: no such years), and how probable so many are by chance.

    `false_share`: of all lines at least as sure as this one, so many are expected to be false.
    """

    observed: int
    expected: float
    expected_by_year: float | None
    chance: float
    false_share: float

    @property
    def sure(self) -> Sure:
        """How sure it is."""
        return sure(self.false_share)


def rises(counts: Mapping[K, Counts]) -> dict[K, Rise]:
    """Every key of which something can be said, the surest first."""
    of_before = dispersion(one.before for one in counts.values())
    of_years = dispersion(one.years for one in counts.values())
    chances = {
        key: max(
            chance_of(one.now, one.before, of_before), chance_of(one.now, one.years, of_years) if one.years else 0.0
        )
        for key, one in counts.items()
        if len(one.before) >= LEAST_BEFORE and one.now + sum(one.before) >= LEAST
    }
    shares = false_shares(chances)
    return {key: _rise(counts[key], chances[key], shares[key]) for key in sorted(chances, key=lambda key: chances[key])}


def _rise(one: Counts, chance: float, share: float) -> Rise:
    by_year = sum(one.years) / len(one.years) if one.years else None
    return Rise(one.now, sum(one.before) / len(one.before), by_year, chance, share)


def dispersion(several: Iterable[Sequence[int]]) -> float:
    """By how much stretches vary more than by chance, over all keys together; 1 where they do not.

    Pearson's statistic over its degrees of freedom, of those with one matter a stretch or more.
    """
    squares, freedom = 0.0, 0
    for counts in several:
        mean = sum(counts) / len(counts) if counts else 0
        if mean >= 1 and len(counts) > 1:
            squares += sum((count - mean) ** 2 for count in counts) / mean
            freedom += len(counts) - 1
    return max(1.0, squares / freedom) if freedom else 1.0


def chance_of(now: int, before: Sequence[int], pooled: float = 1.0) -> float:
    """How probable it is to count so many or more, given the total. `pooled`: the over-dispersion of all keys.

    A key's own over-dispersion counts where it is larger.
    """
    total, times = now + sum(before), len(before)
    if now == 0:
        return 1.0
    factor = max(pooled, dispersion([before]))
    if factor <= 1:
        return min(1.0, sum(_until_nothing(now, total, lambda k: _binomial(k, total, times))))
    size = total / (times + 1) / (factor - 1)
    return min(1.0, sum(_until_nothing(now, total, lambda k: _hypergeometric(k, total, times, size))))


def _until_nothing(first: int, last: int, probability: Callable[[int], float]) -> Iterator[float]:
    """The terms from `first` on, until they fall and no longer matter."""
    before = 0.0
    for k in range(first, last + 1):
        term = probability(k)
        yield term
        if term < before and term < _NOTHING:
            return
        before = term


def _binomial(k: int, total: int, times: int) -> float:
    ways = lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1)
    return exp(ways + (total - k) * log1p(times - 1) - total * log1p(times))


def _hypergeometric(k: int, total: int, times: int, size: float) -> float:
    """Of a total over one stretch and `times` others, each negative binomial of this size, just `k` in the one."""

    def ways(n: int, of: float) -> float:
        return _rising_factorial(of, n) - lgamma(n + 1)

    return exp(ways(k, size) + ways(total - k, size * times) - ways(total, size * (times + 1)))


def _rising_factorial(of: float, n: int) -> float:
    """The logarithm of `of (of + 1) … (of + n - 1)`.

    Far out as a difference of Stirling's series, since the difference of two large logarithms would lose every place.
    """
    if of < _FAR_OUT:
        return lgamma(n + of) - lgamma(of)
    return (of + n - 0.5) * log1p(n / of) + n * (log(of) - 1) + (1 / (of + n) - 1 / of) / 12


def false_shares(chances: Mapping[K, float]) -> dict[K, float]:
    """For each, the smallest share of false ones among all it would have to be called with."""
    ordered = sorted(chances, key=lambda key: chances[key], reverse=True)
    shares, least = {}, 1.0
    for place, key in enumerate(ordered):
        rank = len(ordered) - place
        least = min(least, chances[key] * len(ordered) / rank)
        shares[key] = least
    return shares
