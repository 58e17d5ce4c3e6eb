"""Texts that say nearly the same: their characters by fours, weighed by rarity and compared by cosine; numbers apart.

`similar_pairs` looks through many texts at once, `likeness` compares two. Both give the same answer on every run.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from linli.kit.progress import progress

#: Further on, a text tells the same again; and no text may take the time of a thousand others.
LONGEST = 3000
#: A text is compared with at most so many others on account of one rare run of characters.
REACH = 50
#: Pairs looked at for so many texts at most, however alike all of them are: what bounds the time.
_MOST_CANDIDATES = 12_000_000
_BITS = 22
_WIDTH = 4
#: So many of its rare runs, drawn by their hash, stand for a text when candidates are looked for.
_DRAWN = 48
_CHUNK = 4000

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Pair:
    """Two texts by their places in the order given, the earlier first; `score` is between 0 and 1."""

    first: int
    second: int
    score: float


def plain(text: str) -> str:
    """Letters, digits and Chinese characters alone: punctuation, space, width and case do not tell two texts apart."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


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


def similar_pairs(texts: Sequence[str], at_least: float = 0.6) -> list[Pair]:
    """All pairs of texts that are at least so alike, the most alike first.

    Cosine over runs of four characters, weighed by logarithm of count and rarity; halved where numbers differ. Every
    text is compared with those that share two of its rare runs, with 50 for each run at most.
    """
    rows = _weighed(texts)
    found = []
    groups = _grouped(_candidates(rows), len(texts))
    for first, others in progress(groups, label=str(_("Comparing"))):
        for second, score in zip(others, rows.cosines(first, others), strict=True):
            if score >= at_least:
                found.append(_scored(texts, int(first), int(second), float(score)))
    alike = [pair for pair in found if pair.score >= at_least]
    return sorted(alike, key=lambda pair: (-pair.score, pair.first, pair.second))


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


@dataclass(frozen=True)
class _Rows:
    """Texts as sparse rows of length 1: `starts` says where each begins in `runs` (hashed) and `weights`, rare ones first."""

    starts: Ints
    runs: NDArray[np.int32]
    weights: Floats
    #: How many texts have each run.
    frequency: NDArray[np.int32]
    _scratch: Floats = field(default_factory=lambda: np.zeros(1 << _BITS, dtype=np.float32))

    def cosines(self, one: int, others: Ints) -> Floats:
        """The cosine of one row with each of the others, none of which is empty."""
        mine = slice(self.starts[one], self.starts[one + 1])
        spans = [slice(self.starts[other], self.starts[other + 1]) for other in others]
        self._scratch[self.runs[mine]] = self.weights[mine]
        shared = self._scratch[np.concatenate([self.runs[span] for span in spans])]
        self._scratch[self.runs[mine]] = 0
        shared *= np.concatenate([self.weights[span] for span in spans])
        begins = np.cumsum([0, *(span.stop - span.start for span in spans[:-1])])
        return np.asarray(np.add.reduceat(shared, begins), dtype=np.float32)


def _weighed(texts: Sequence[str]) -> _Rows:
    chunks = progress(range(0, len(texts), _CHUNK), total=-(-len(texts) // _CHUNK), label=str(_("Weighing")))
    counted = [_counted(texts[at : at + _CHUNK]) for at in chunks]
    frequency = np.zeros(1 << _BITS, dtype=np.int32)
    for part in counted:
        frequency += np.bincount(part.runs, minlength=1 << _BITS).astype(np.int32)
    rarity = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
    starts = np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *(part.lengths for part in counted)]))
    runs, weights = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1], dtype=np.float32)
    at = 0
    for part in counted:
        span = slice(at, at + len(part.runs))
        runs[span], weights[span] = _ordered(part, frequency, rarity)
        at = span.stop
    return _Rows(starts, runs, weights, frequency)


@dataclass(frozen=True)
class _Counted:
    """How many different runs each of some texts has, which (hashed), and how often."""

    lengths: Ints
    runs: NDArray[np.int32]
    counts: NDArray[np.uint8]


def _counted(texts: Sequence[str]) -> _Counted:
    plains = [plain(text[:LONGEST]) for text in texts]
    signs = np.frombuffer("".join(plains).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    sizes = np.array([len(one) for one in plains], dtype=np.int64)
    if not len(signs):
        none = np.zeros(0, dtype=np.int64)
        return _Counted(np.zeros(len(texts), dtype=np.int64), none.astype(np.int32), none.astype(np.uint8))
    owner = np.repeat(np.arange(len(texts), dtype=np.uint64), sizes)
    left = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(signs))
    # A text shorter than a run is one run; else those that would reach beyond its end are left out.
    whole = (left >= _WIDTH) | (left == np.repeat(sizes, sizes))
    keys = (owner << np.uint64(32)) | _hashed(signs, left)
    keys, counts = np.unique(keys[whole], return_counts=True)
    lengths = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(texts))
    runs = (keys & np.uint64(0xFFFFFFFF)).astype(np.int32)
    return _Counted(lengths.astype(np.int64), runs, np.minimum(counts, 255).astype(np.uint8))


def _hashed(signs: NDArray[np.uint64], left: Ints) -> NDArray[np.uint64]:
    """The run that begins at each sign, as a number of 22 bits; signs beyond the end of its text count as none."""
    mixed = np.zeros(len(signs), dtype=np.uint64)
    for step in range(_WIDTH):
        ahead = np.zeros(len(signs), dtype=np.uint64)
        ahead[: max(len(signs) - step, 0)] = signs[step:]
        ahead[left <= step] = 0
        mixed = (mixed ^ ahead) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed >> np.uint64(64 - _BITS)


def _ordered(part: _Counted, frequency: NDArray[np.int32], rarity: Floats) -> tuple[NDArray[np.int32], Floats]:
    """Runs and weights of these texts, each text's rare ones first, its weights of length 1 together."""
    owner = np.repeat(np.arange(len(part.lengths)), part.lengths)
    weights = (1 + np.log(part.counts.astype(np.float32))) * rarity[part.runs]
    norms = np.sqrt(np.bincount(owner, weights.astype(np.float64) ** 2, minlength=len(part.lengths)))
    weights = (weights / norms[owner]).astype(np.float32)
    order = np.argsort(2 * owner + (frequency[part.runs] > REACH), kind="stable")
    return part.runs[order], weights[order]


def _candidates(rows: _Rows) -> Ints:
    """Pairs worth comparing, as first × number of texts + second, in order: those that share two of the runs drawn."""
    number = len(rows.starts) - 1
    posted_runs, posted_texts = _posted(rows)
    found = [np.zeros(0, dtype=np.int64)]
    looked_at = 0
    for step in range(1, REACH + 1):
        near = np.flatnonzero(posted_runs[:-step] == posted_runs[step:])
        if not len(near) or looked_at > _MOST_CANDIDATES:
            break
        looked_at += len(near)
        found.append(posted_texts[near] * number + posted_texts[near + step])
    pairs, shared = np.unique(np.concatenate(found), return_counts=True)
    lengths = np.diff(rows.starts)
    few = np.minimum(lengths[pairs // max(number, 1)], lengths[pairs % max(number, 1)]) <= _FEW_RUNS
    return np.asarray(pairs[(shared >= _SHARED) | few])


#: Two texts that share but one rare run are hardly ever alike, unless one of them has few runs at all.
_SHARED, _FEW_RUNS = 2, 12


def _posted(rows: _Rows) -> tuple[NDArray[np.int32], Ints]:
    """Rare runs of every text that another text has too, sorted by run, and whose they are.

    Drawn by hash, so that two texts that share most of their runs draw mostly the same.
    """
    number = len(rows.starts) - 1
    drawn = [_drawn(rows, at, min(at + _CHUNK, number)) for at in range(0, number, _CHUNK)]
    runs = np.concatenate([np.zeros(0, dtype=np.int32), *(one for one, _owner in drawn)])
    owner = np.concatenate([np.zeros(0, dtype=np.int64), *(one for _runs, one in drawn)])
    order = np.lexsort((owner, runs))
    return runs[order], owner[order]


def _drawn(rows: _Rows, first: int, last: int) -> tuple[NDArray[np.int32], Ints]:
    """What `_posted` takes of the texts from `first` to before `last`."""
    runs = rows.runs[rows.starts[first] : rows.starts[last]]
    owner = np.repeat(np.arange(first, last), np.diff(rows.starts[first : last + 1]))
    is_shared = rows.frequency[runs] > 1
    runs, owner = runs[is_shared], owner[is_shared]
    is_drawn = np.arange(len(owner)) - np.searchsorted(owner, owner) < _DRAWN
    return runs[is_drawn], owner[is_drawn]


def _grouped(pairs: Ints, number: int) -> Iterator[tuple[int, Ints]]:
    """The pairs by their first text."""
    first, second = pairs // max(number, 1), pairs % max(number, 1)
    starts = np.flatnonzero(np.diff(first, prepend=-1))
    for start, stop in zip(starts, np.append(starts, len(first))[1:], strict=True):
        yield int(first[start]), second[start:stop]
