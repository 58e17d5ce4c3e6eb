"""Texts that speak of one matter in words of their own: they are like the same others.

Two people who write of one building site share few words, yet each shares some with a dozen others who do. So it is not
the words of two texts that are compared but their neighbours (shared nearest neighbours: Jarvis and Patrick, IEEE
Transactions on Computers C-22, 1973), weighed by how near each is.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from django.utils.translation import gettext as _

from linli.kit.likeness import OTHER_NUMBERS, Pair, in_order, numbers_differ, similar_pairs
from linli.kit.progress import progress
from linli.kit.weighing import Floats, Ints, Rows, candidates, grouped, weighed

#: Cosine over pairs of characters from which two texts are neighbours, and how many a text has at most.
_NEAR, _MOST = 0.06, 60
_PAIRS_OF_CHARACTERS = 2
#: The name of a place may be all that two of them share: rare runs that stand for a text, and how many must be shared.
_DRAWN, _SHARED = 96, 1
#: From here on two texts say nearly the same. What is one matter in other words is listed below.
SAME_WORDS = 0.6


def alike_pairs(texts: Sequence[str], at_least: float = SAME_WORDS) -> list[Pair]:
    """Pairs of texts on one scale, the most alike first: nearly the same words from 0.6 on, one matter below."""
    if at_least >= SAME_WORDS:
        return similar_pairs(texts, at_least)
    rows = weighed(texts)
    matters = matter_pairs(texts, at_least / SAME_WORDS, rows)
    best = {(pair.first, pair.second): replace(pair, score=round(pair.score * SAME_WORDS, 4)) for pair in matters}
    best |= {(pair.first, pair.second): pair for pair in similar_pairs(texts, SAME_WORDS, rows)}
    return in_order(best.values())


def matter_pairs(texts: Sequence[str], at_least: float = 0.3, rows: Rows | None = None) -> list[Pair]:
    """All pairs of texts whose neighbours are at least so much the same, the surest first; `score` is between 0 and 1.

    `rows` are those of the texts by fours, if the caller has weighed them already.
    """
    near, cosines = _near(texts, rows or weighed(texts))
    neighbours = _neighbours(near, cosines, len(texts))
    found = []
    for first, others in progress(grouped(near, len(texts)), label=str(_("Comparing neighbours"))):
        for second, score in zip(others, neighbours.cosines(first, others), strict=True):
            if score >= at_least:
                factor = OTHER_NUMBERS if numbers_differ(texts[first], texts[second]) else 1.0
                found.append(Pair(int(first), int(second), round(min(float(score), 1.0) * factor, 4)))
    return in_order(pair for pair in found if pair.score >= at_least)


def _near(texts: Sequence[str], rows: Rows) -> tuple[Ints, Floats]:
    """Pairs of neighbours, as `candidates` gives them, and the cosine of each."""
    number = len(texts)
    words = weighed(texts, _PAIRS_OF_CHARACTERS)
    pairs, cosines = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.float32)]
    worth_it = grouped(candidates(rows, _DRAWN, _SHARED), number)
    for first, others in progress(worth_it, label=str(_("Comparing"))):
        found = words.cosines(first, others)
        is_near = found >= _NEAR
        pairs.append(first * number + others[is_near])
        cosines.append(found[is_near])
    return np.concatenate(pairs), np.concatenate(cosines)


def _neighbours(pairs: Ints, cosines: Floats, number: int) -> Rows:
    """Every text as a row of its neighbours, itself the first, of length 1."""
    first, second = pairs // max(number, 1), pairs % max(number, 1)
    owner = np.concatenate([np.arange(number), first, second])
    other = np.concatenate([np.arange(number), second, first])
    weights = np.concatenate([np.ones(number, dtype=np.float32), cosines, cosines])
    order = np.lexsort((other, -weights, owner))
    owner, other, weights = owner[order], other[order], weights[order]
    kept = np.arange(len(owner)) - np.searchsorted(owner, owner) <= _MOST
    owner, other, weights = owner[kept], other[kept], weights[kept]
    norms = np.sqrt(np.bincount(owner, weights.astype(np.float64) ** 2, minlength=number))
    starts = np.searchsorted(owner, np.arange(number + 1))
    frequency = np.bincount(other, minlength=number).astype(np.int32)
    return Rows(starts, other.astype(np.int32), (weights / norms[owner]).astype(np.float32), frequency)
