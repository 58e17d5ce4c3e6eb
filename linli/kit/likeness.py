"""Texts that say nearly the same: their characters by fours, weighed by rarity and compared by cosine; numbers apart.

`similar_pairs` looks through many texts at once, `likeness` compares two. Both give the same answer on every run.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.kit.progress import progress
from linli.kit.weighing import LONGEST, Rows, candidates, grouped, plain, weighed


@dataclass(frozen=True)
class Pair:
    """Two texts by their places in the order given, the earlier first; `score` is between 0 and 1."""

    first: int
    second: int
    score: float


# --- two texts --------------------------------------------------------------------------------------------------------


def likeness(one: str, other: str) -> float:
    """How much two short texts share, 0 to 1: pairs of characters, by Dice. 0 where one has none."""
    first, second = _twos(plain(one[:LONGEST])), _twos(plain(other[:LONGEST]))
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _twos(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or ({text} if text else set())


_DIGITS = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")} | {"两": "2", "〇": "0"}
#: A number that says which one: house, block, entrance, flat, road, line, group.
_NUMBERED = re.compile(
    r"(\d+|[零〇一二两三四五六七八九十百]+)\s*(号楼|号院|号线|号|栋|幢|座|单元|室|弄|巷|组|队|路|国道|省道|县道)"
)


def numbers_of(text: str) -> dict[str, set[int]]:
    """Numbers that say which one, by what they count: {"号楼": {23}}. 三号楼 is 3号楼, and 一栋 is 1幢."""
    found: dict[str, set[int]] = {}
    for number, unit in _NUMBERED.findall(unicodedata.normalize("NFKC", text[:LONGEST])):
        found.setdefault(_SAME_UNIT.get(unit, unit), set()).add(_value(number))
    return found


_SAME_UNIT = {"栋": "号楼", "幢": "号楼", "座": "号楼"}


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number[-9:])
    if "十" not in number and "百" not in number:
        return int("".join(_DIGITS[sign] for sign in number)[-9:])
    hundreds, _mark, rest = number.rpartition("百") if "百" in number else ("", "", number)
    tens, ten, ones = rest.rpartition("十")
    count = int(_DIGITS.get(hundreds[-1:], "0")) * 100
    return count + (int(_DIGITS.get(tens[-1:], "1")) * 10 if ten else 0) + int(_DIGITS.get(ones[-1:], "0"))


def numbers_differ(one: str, other: str) -> bool:
    """Both name numbers of one kind, and not one of them is the same: 23号楼 is not 3号楼, whatever the words."""
    first, second = numbers_of(one), numbers_of(other)
    return any(not first[unit] & second[unit] for unit in first.keys() & second.keys())


#: What the words count for where the numbers say that it is another place.
OTHER_NUMBERS = 0.5


# --- many texts -------------------------------------------------------------------------------------------------------


def similar_pairs(texts: Sequence[str], at_least: float = 0.6, rows: Rows | None = None) -> list[Pair]:
    """All pairs of texts that are at least so alike, the most alike first.

    Cosine over runs of four characters, weighed by logarithm of count and rarity; halved where numbers differ. Every
    text is compared with those that share two of its rare runs, with 50 for each run at most. `rows` are those of the
    texts, if the caller has weighed them already.
    """
    rows = rows or weighed(texts)
    found = []
    groups = grouped(candidates(rows), len(texts))
    for first, others in progress(groups, label=str(_("Comparing"))):
        for second, score in zip(others, rows.cosines(first, others), strict=True):
            if score >= at_least:
                found.append(_scored(texts, int(first), int(second), float(score)))
    return in_order(pair for pair in found if pair.score >= at_least)


def in_order(pairs: Iterable[Pair]) -> list[Pair]:
    """The most alike first; those as alike, in the order of their texts."""
    return sorted(pairs, key=lambda pair: (-pair.score, pair.first, pair.second))


def groups_of(texts: Sequence[str], at_least: float = 0.6) -> list[int]:
    """A number for each text; texts that are alike, or alike to one that is, have the same."""
    head = list(range(len(texts)))

    def top(one: int) -> int:
        while head[one] != one:
            head[one] = one = head[head[one]]
        return one

    for pair in similar_pairs(texts, at_least):
        first, second = sorted((top(pair.first), top(pair.second)))
        head[second] = first
    return [top(one) for one in range(len(texts))]


def _scored(texts: Sequence[str], first: int, second: int, score: float) -> Pair:
    factor = OTHER_NUMBERS if numbers_differ(texts[first], texts[second]) else 1.0
    return Pair(first, second, round(min(score, 1.0) * factor, 4))
