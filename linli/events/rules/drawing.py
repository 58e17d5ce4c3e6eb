"""Drawing lots that anybody can draw again 双随机: which closed matters are looked at once more, and by whom.

The order of the lots is that of SHA-256(seed, number). The seed comes from a secret whose SHA-256 stood in the journal
before the matters were closed, and from the list of these matters: who sets the list cannot know the secret, who knows
the secret (nobody but the machine) cannot change the list afterwards. docs/decisions/0011-lots.md says what this proves.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from django.db import models
from django.utils.translation import gettext_lazy as _

#: A share of 5 % of a week's closings, but no more than people can go and see.
USUAL_SHARE_PERCENT, USUAL_AT_MOST, USUAL_WORKING_DAYS = 5, 20, 5
#: A list longer than this is drawn in shorter periods.
LONGEST_LIST = 100_000


class Finding(models.TextChoices):
    """What was found on the spot."""

    HELD = "held", _("It holds")
    NOT_HELD = "not_held", _("It does not hold")
    NOT_SEEN = "not_seen", _("Could not be seen")


def commitment(secret: bytes) -> str:
    """What is published of a secret beforehand: its SHA-256, in hexadecimal."""
    return hashlib.sha256(secret).hexdigest()


def fingerprint(numbers: Iterable[str]) -> str:
    """The SHA-256 of a list of numbers as it was frozen: sorted, one a line, UTF-8."""
    return hashlib.sha256("".join(f"{number}\n" for number in sorted(numbers)).encode()).hexdigest()


def seed_of(secret: bytes, frozen: str) -> str:
    """The seed of a draw: HMAC-SHA-256 of the list's fingerprint, keyed by the secret."""
    return hmac.new(secret, frozen.encode(), hashlib.sha256).hexdigest()


def lots(numbers: Iterable[str], seed: str) -> list[str]:
    """The numbers in the order in which they are drawn. One more in the list leaves the order of the others."""
    return sorted(numbers, key=lambda number: (_lot(seed, number), number))


def how_many(count: int, share_percent: int, at_most: int) -> int:
    """How many of `count` are drawn: the share, rounded up, but `at_most`; of any at all, one at the least."""
    return min(count, at_most, ceil(Fraction(count * share_percent, 100)))


def drawn(numbers: Sequence[str], seed: str, share_percent: int, at_most: int) -> list[str]:
    """The numbers that are drawn, first lot first."""
    return lots(numbers, seed)[: how_many(len(numbers), share_percent, at_most)]


def inspector_of(number: str, seed: str, candidates: Iterable[int]) -> int | None:
    """Who looks, of the keys of those who may; None if nobody may."""
    return min(candidates, key=lambda person: (_lot(seed, f"{number} {person}"), person), default=None)


def overlap(first: tuple[date, date], second: tuple[date, date]) -> bool:
    """Whether two periods, both ends included, have a day in common."""
    return first[0] <= second[1] and second[0] <= first[1]


def left_of(period: tuple[date, date], drawn_of: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """What is left of a period, both ends included, after these were drawn of: its stretches in order."""
    left, begins = [], period[0]
    for first, last in sorted(drawn_of):
        if first > period[1]:
            break
        if begins < first:
            left.append((begins, first - timedelta(days=1)))
        begins = max(begins, last + timedelta(days=1))
    return left + ([(begins, period[1])] if begins <= period[1] else [])


def _lot(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()
