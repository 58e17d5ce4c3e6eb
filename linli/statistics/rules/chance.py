"""Chance, exactly: sums of binomial and Poisson probabilities, and the range within which a count stays by chance alone.

The probabilities are summed one by one from their formulas; there is no approximation by a normal curve. A sum begins and
ends where what is left out is below 1e-20.
"""

from collections.abc import Callable, Iterator
from math import ceil, exp, floor, lgamma, log, log1p, sqrt
from typing import NamedTuple

#: A point outside is passed by chance about once in 500: what the three standard deviations of a control chart stand for,
#: written as a probability (Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202, draws 95 % and 99.8 %).
ALPHA = 0.002


class Range(NamedTuple):
    """The counts from `low` to `high`, both inside it."""

    low: int
    high: int

    def holds(self, count: int) -> bool:
        """Whether a count lies inside."""
        return self.low <= count <= self.high


def binomial(k: int, n: int, p: float) -> float:
    """The probability of just `k` of `n`, each with the probability `p`."""
    if p <= 0 or p >= 1:
        return float(k == (n if p >= 1 else 0))
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p))


def poisson(k: int, expected: float) -> float:
    """The probability of just `k` where `expected` are expected."""
    return exp(k * log(expected) - expected - lgamma(k + 1)) if expected > 0 else float(k == 0)


def binomial_range(n: int, p: float, alpha: float = ALPHA) -> Range:
    """Within which `k` of `n` stays: on either side no more than half of `alpha` lies outside."""
    reach = _reach(n * p, n * p * (1 - p))
    return _range(lambda k: binomial(k, n, p), max(reach.low, 0), min(reach.high, n), alpha)


def poisson_range(expected: float, alpha: float = ALPHA) -> Range:
    """Within which a count stays where `expected` are expected: on either side no more than half of `alpha` lies outside."""
    reach = _reach(expected, expected)
    return _range(lambda k: poisson(k, expected), max(reach.low, 0), reach.high, alpha)


def binomial_outside(inside: Range, n: int, p: float) -> float:
    """How probable it is that `k` of `n` lies outside a range by chance alone."""
    reach = _reach(n * p, n * p * (1 - p))
    below = sum(binomial(k, n, p) for k in range(max(reach.low, 0), inside.low))
    return below + sum(binomial(k, n, p) for k in range(inside.high + 1, min(reach.high, n) + 1))


def widened(inside: Range, expected: float, factor: float, most: int | None = None) -> Range:
    """The range with its distances from what is expected stretched by the root of an over-dispersion factor."""
    if factor <= 1:
        return inside
    stretch = sqrt(factor)
    high = floor(expected + stretch * (inside.high - expected))
    low = max(ceil(expected - stretch * (expected - inside.low)), 0)
    return Range(low, high if most is None else min(high, most))


def _reach(expected: float, variance: float) -> Range:
    """Beyond it less than 1e-20 is left (Bernstein's inequality)."""
    wide = 47 + sqrt(47 * 47 / 9 + 2 * 47 * variance)
    return Range(floor(expected - wide), ceil(expected + wide))


def _range(probability: Callable[[int], float], first: int, last: int, alpha: float) -> Range:
    """From the two ends inwards, as far as what lies outside stays within half of `alpha`."""
    low = _inwards(probability, iter(range(first, last + 1)), alpha)
    high = _inwards(probability, iter(range(last, first - 1, -1)), alpha)
    return Range(low, max(low, high))


def _inwards(probability: Callable[[int], float], places: Iterator[int], alpha: float) -> int:
    outside, place = 0.0, next(places)
    while (outside := outside + probability(place)) <= alpha / 2:
        following = next(places, None)
        if following is None:
            return place
        place = following
    return place
