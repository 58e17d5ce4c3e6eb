"""Many texts as sparse rows of weights: which are worth comparing, and how alike two of them are."""

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
#: Characters in a run, for texts that say nearly the same.
WIDTH = 4
#: Rare runs that stand for a text when candidates are looked for, and how many of them two must share: texts that share
#: but one are hardly ever nearly the same, unless one of them has few runs at all.
DRAWN, SHARED, _FEW_RUNS = 48, 2, 12
_CHUNK = 4000

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


def plain(text: str) -> str:
    """Letters, digits and Chinese characters alone: punctuation, space, width and case do not tell two texts apart."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


@dataclass(frozen=True)
class Rows:
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


def weighed(texts: Sequence[str], width: int = WIDTH) -> Rows:
    """Runs of `width` characters, each weighed by logarithm of count and rarity; every row of length 1."""
    chunks = progress(range(0, len(texts), _CHUNK), total=-(-len(texts) // _CHUNK), label=str(_("Weighing")))
    counted = [_counted(texts[at : at + _CHUNK], width) for at in chunks]
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
    return Rows(starts, runs, weights, frequency)


@dataclass(frozen=True)
class _Counted:
    """How many different runs each of some texts has, which (hashed), and how often."""

    lengths: Ints
    runs: NDArray[np.int32]
    counts: NDArray[np.uint8]


def _counted(texts: Sequence[str], width: int) -> _Counted:
    plains = [plain(text[:LONGEST]) for text in texts]
    signs = np.frombuffer("".join(plains).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    sizes = np.array([len(one) for one in plains], dtype=np.int64)
    if not len(signs):
        none = np.zeros(0, dtype=np.int64)
        return _Counted(np.zeros(len(texts), dtype=np.int64), none.astype(np.int32), none.astype(np.uint8))
    owner = np.repeat(np.arange(len(texts), dtype=np.uint64), sizes)
    left = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(signs))
    # A text shorter than a run is one run; else those that would reach beyond its end are left out.
    whole = (left >= width) | (left == np.repeat(sizes, sizes))
    keys = (owner << np.uint64(32)) | _hashed(signs, left, width)
    keys, counts = np.unique(keys[whole], return_counts=True)
    lengths = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(texts))
    runs = (keys & np.uint64(0xFFFFFFFF)).astype(np.int32)
    return _Counted(lengths.astype(np.int64), runs, np.minimum(counts, 255).astype(np.uint8))


def _hashed(signs: NDArray[np.uint64], left: Ints, width: int) -> NDArray[np.uint64]:
    """The run that begins at each sign, as a number of 22 bits; signs beyond the end of its text count as none."""
    mixed = np.zeros(len(signs), dtype=np.uint64)
    for step in range(width):
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


def candidates(rows: Rows, drawn: int = DRAWN, shared: int = SHARED) -> Ints:
    """Pairs worth comparing, as first × number of texts + second, in order: those that share so many of the runs drawn.

    So many of its rare runs, drawn by their hash, stand for a text: two texts that share most of their runs draw mostly
    the same.
    """
    number = len(rows.starts) - 1
    posted_runs, posted_texts = _posted(rows, drawn)
    found = [np.zeros(0, dtype=np.int64)]
    looked_at = 0
    for step in range(1, REACH + 1):
        near = np.flatnonzero(posted_runs[:-step] == posted_runs[step:])
        if not len(near) or looked_at > _MOST_CANDIDATES:
            break
        looked_at += len(near)
        found.append(posted_texts[near] * number + posted_texts[near + step])
    pairs, times = np.unique(np.concatenate(found), return_counts=True)
    lengths = np.diff(rows.starts)
    few = np.minimum(lengths[pairs // max(number, 1)], lengths[pairs % max(number, 1)]) <= _FEW_RUNS
    return np.asarray(pairs[(times >= shared) | few])


def _posted(rows: Rows, most: int) -> tuple[NDArray[np.int32], Ints]:
    """Rare runs of every text that another text has too, sorted by run, and whose they are."""
    number = len(rows.starts) - 1
    parts = [_drawn(rows, at, min(at + _CHUNK, number), most) for at in range(0, number, _CHUNK)]
    runs = np.concatenate([np.zeros(0, dtype=np.int32), *(one for one, _owner in parts)])
    owner = np.concatenate([np.zeros(0, dtype=np.int64), *(one for _runs, one in parts)])
    order = np.lexsort((owner, runs))
    return runs[order], owner[order]


def _drawn(rows: Rows, first: int, last: int, most: int) -> tuple[NDArray[np.int32], Ints]:
    """What `_posted` takes of the texts from `first` to before `last`."""
    runs = rows.runs[rows.starts[first] : rows.starts[last]]
    owner = np.repeat(np.arange(first, last), np.diff(rows.starts[first : last + 1]))
    is_shared = rows.frequency[runs] > 1
    runs, owner = runs[is_shared], owner[is_shared]
    is_drawn = np.arange(len(owner)) - np.searchsorted(owner, owner) < most
    return runs[is_drawn], owner[is_drawn]


def grouped(pairs: Ints, number: int) -> Iterator[tuple[int, Ints]]:
    """The pairs by their first text."""
    first, second = pairs // max(number, 1), pairs % max(number, 1)
    starts = np.flatnonzero(np.diff(first, prepend=-1))
    for start, stop in zip(starts, np.append(starts, len(first))[1:], strict=True):
        yield int(first[start]), second[start:stop]
