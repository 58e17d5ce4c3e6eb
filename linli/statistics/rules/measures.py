"""Arithmetic of figures: shares, quantiles, changes, and what is not shown because too few stand behind it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

#: Below this many a percentage says more than is known.
TOO_FEW = 20
#: From 1 to below this a number may tell of somebody: not shown to who does not see the matters themselves.
SMALL = 5


def percent(numerator: int, denominator: int) -> float | None:
    """The share in percent with one decimal, rounded down so that only all is 100; None below `TOO_FEW`."""
    return None if denominator < TOO_FEW else 1000 * numerator // denominator / 10


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest-rank quantile of ordered values: the smallest one that so large a share does not exceed. None of none."""
    if not ordered:
        return None
    return ordered[max(ceil(share * len(ordered)), 1) - 1]


def hours_begun(seconds: float) -> int | None:
    """Whole hours, each begun one counted; None of less than nothing: a later round has overtaken the step."""
    return ceil(seconds / 3600) if seconds >= 0 else None


def quantile_of_counts(counts: Mapping[int, int], share: float) -> int | None:
    """The nearest-rank quantile of values that occur so often each; just `quantile` of them written out."""
    total = sum(counts.values())
    if total <= 0:
        return None
    rank = max(ceil(share * total), 1)
    for value in sorted(counts):
        rank -= counts[value]
        if rank <= 0:
            return value
    raise AssertionError("unreachable")


def change(now: int, before: int) -> Decimal | None:
    """By how many percent it is more (or less: negative) than before, two decimals, halves away from nought; None of nought.

    As county reports state it: 31,307 after 56,177 is −44.27.
    """
    if not before:
        return None
    return (Decimal(100) * (now - before) / before).quantize(Decimal("0.01"), ROUND_HALF_UP)


def signed(percent: Decimal | None) -> str:
    """A change with its sign, `+3.10 %` or `−44.27 %`; a nought has none; a dash where there was nothing before."""
    if percent is None:
        return "—"
    sign = "+" if percent > 0 else "−" if percent < 0 else ""
    return f"{sign}{abs(percent):.2f} %"


def kept_back(counts: Mapping[str, int]) -> set[str]:
    """Which of some siblings are not shown outside scope: the small ones, and always the next smallest beside them (all that are
    as small as that); where all are below five, noughts too.

    So no small number follows from the others and their sum, not even for who knows this rule: unless all that are kept back
    are alike, they could be each other's; and if all are alike, one more here and one less there would be kept back alike.
    """
    if not any(0 < n < SMALL for n in counts.values()):
        return set()
    next_smallest = min((n for n in counts.values() if n >= SMALL), default=None)
    return {key for key, n in counts.items() if next_smallest is None or 0 < n <= next_smallest}


def follow_from_sum(small: Sequence[int]) -> bool:
    """Whether small numbers follow from their sum: a single one, and several that are all 1 or all as large as they can be."""
    return bool(small) and (len(small) == 1 or sum(small) in (len(small), len(small) * (SMALL - 1)))


def may_show_share(numerator: int, denominator: int) -> bool:
    """Whether a rate tells of nobody outside scope: neither those counted nor the others are a few."""
    return not any(0 < n < SMALL for n in (numerator, denominator - numerator, denominator))


def over_counts(several: Sequence[Mapping[int, int]]) -> Counter[int]:
    """The sum of such counts."""
    total: Counter[int] = Counter()
    for one in several:
        total.update(one)
    return total
