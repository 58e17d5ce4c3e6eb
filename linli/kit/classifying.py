"""Suggesting a label for a short text, learnt from texts whose label is known. Small, on the CPU, the same on every run.

Single characters and pairs of them, weighed by TF-IDF, and one linear support vector machine for each label. The
confidence is the softmax of what those say, scaled on texts that the machine had not seen while it learnt.
"""

import json
import os
import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: What a text is about is said before this many characters.
LONGEST = 2000
#: A run of characters in fewer texts than this teaches nothing.
_FEWEST_TEXTS = 2
_MOST_RUNS = 400_000
FOLDS = 5

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Row = tuple[NDArray[np.int32], Floats]


@dataclass(frozen=True)
class Suggestion:
    """A label and how sure the model is, 0 to 1."""

    label: str
    confidence: float


@dataclass(frozen=True)
class Model:
    """What was learnt. `vocabulary` has the place of every run in `rarity` and in the rows of `weights` (runs × labels)."""

    labels: list[str]
    vocabulary: dict[str, int]
    rarity: Floats
    weights: Floats
    #: What the machines say is multiplied by this before it becomes a confidence.
    sharpness: float = 1.0
    #: What it was learnt from, in numbers, for people.
    facts: dict[str, float] = field(default_factory=dict)

    def suggest(self, text: str, top: int = 3) -> list[Suggestion]:
        """The labels that fit best, the best first; nothing for a text without a known run of characters."""
        runs, values = _row(text, self.vocabulary, self.rarity)
        if not len(runs):
            return []
        confidence = _softmax(self.sharpness * (values @ self.weights[runs])[None])[0]
        best = np.argsort(-confidence, kind="stable")[:top]
        return [Suggestion(self.labels[one], float(confidence[one])) for one in best]


# --- texts as rows ----------------------------------------------------------------------------------------------------

_WORDS = re.compile(r"[㐀-䶿一-鿿]+|[a-z]+|0")
_MASKED = re.compile(r"[a-z]\d*(?=[省市县区])")


def _runs(text: str) -> Iterator[str]:
    """Characters and pairs of them within each stretch of Chinese; Latin words whole; all numbers are one."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    plain = re.sub(r"\d+(?:\.\d+)?", "0", _MASKED.sub("", plain))
    for word in _WORDS.findall(plain):
        if word[0] < "㐀":
            yield word
            continue
        yield from word
        for at in range(len(word) - 1):
            yield word[at : at + 2]


def _row(text: str, vocabulary: dict[str, int], rarity: Floats) -> Row:
    counted: dict[int, int] = {}
    for run in _runs(text):
        place = vocabulary.get(run)
        if place is not None:
            counted[place] = counted.get(place, 0) + 1
    runs = np.fromiter(counted, dtype=np.int32, count=len(counted))
    values = np.log(np.fromiter(counted.values(), dtype=np.float32, count=len(counted))) + np.float32(1)
    values *= rarity[runs]
    length = float(np.sqrt(values @ values))
    return runs, values / np.float32(length or 1)


def _vocabulary(texts: Sequence[str]) -> tuple[dict[str, int], Floats]:
    """The runs worth keeping, the commonest first, and how rare each is."""
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(set(_runs(text)))
    kept = [(run, count) for run, count in seen.items() if count >= _FEWEST_TEXTS]
    kept = sorted(kept, key=lambda one: (-one[1], one[0]))[:_MOST_RUNS]
    counts = np.array([count for _run, count in kept], dtype=np.float32)
    rarity = np.log((1 + len(texts)) / (1 + counts)) + 1
    return {run: place for place, (run, _count) in enumerate(kept)}, rarity.astype(np.float32)


# --- learning ---------------------------------------------------------------------------------------------------------


def learn(
    texts: Sequence[str], labels: Sequence[str], *, sharpness: float = 1.0, facts: dict[str, float] | None = None
) -> Model:
    """A model of these texts; their labels are at least two. `sharpness` comes from a `Trial`."""
    names = sorted(set(labels))
    vocabulary, rarity = _vocabulary(texts)
    rows = [_row(text, vocabulary, rarity) for text in texts]
    weights = _machines(rows, _places(labels, names), len(names), len(rarity))
    return Model(names, vocabulary, rarity, weights, sharpness, facts or {})


def _places(labels: Sequence[str], names: list[str]) -> Ints:
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[label] for label in labels], dtype=np.int64)


def _telling(rows: list[Row], wanted: Ints, labels: int, width: int) -> Floats:
    """How much each run tells about each label (runs × labels), 0 for nothing.

    Half the logarithm of how much commoner it is with the label than without (Wang and Manning, ACL 2012), and half
    the greatest such among all labels, so that what tells other labels apart is not lost.
    """
    within = np.ones((width, labels))
    for (runs, _values), label in zip(rows, wanted, strict=True):
        within[runs, label] += 1
    without = within.sum(axis=1, keepdims=True) - within - (labels - 2)
    ratio = np.abs(np.log(within / within.sum(axis=0)) - np.log(without / without.sum(axis=0)))
    return np.asarray((ratio + ratio.max(axis=1, keepdims=True)) / 2, dtype=np.float32)


def _machines(rows: list[Row], wanted: Ints, labels: int, width: int) -> Floats:
    """One L2-loss linear SVM for each label, all at once, by dual coordinate descent (Hsieh et al., ICML 2008).

    Texts of rare labels count more, so that every label has the same say.
    """
    telling = _telling(rows, wanted, labels, width)
    signs = np.where(wanted[:, None] == np.arange(labels), 1, -1).astype(np.float32)
    shares = np.maximum(np.bincount(wanted, minlength=labels) / len(wanted), 1e-9)
    slack = np.where(signs > 0, shares, np.maximum(1 - shares, 1e-9)).astype(np.float32) / _COST
    weights = np.zeros((width, labels), dtype=np.float32)
    duals = np.zeros((len(rows), labels), dtype=np.float32)
    dice = np.random.default_rng(0)
    for _round in range(_ROUNDS):
        farthest = 0.0
        for one in dice.permutation(len(rows)):
            runs, values = rows[one]
            features = values[:, None] * telling[runs]
            slope = signs[one] * (features * weights[runs]).sum(axis=0) - 1 + slack[one] * duals[one]
            before = duals[one].copy()
            np.maximum(before - slope / ((features * features).sum(axis=0) + slack[one] + _TINY), 0, out=duals[one])
            step = (duals[one] - before) * signs[one]
            farthest = max(farthest, float(np.abs(step).max()))
            weights[runs] += features * step
        if farthest < _STILL:
            break
    return np.asarray(weights * telling, dtype=np.float32)


_COST, _ROUNDS, _STILL, _TINY = 1.0, 20, 0.02, np.float32(1e-9)


# --- trying out -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """What models said of texts they had not learnt: a row of `said` for each text, a column for each of `names`."""

    names: list[str]
    wanted: Ints
    said: Floats

    @property
    def report(self) -> "Report":
        """How often they were right."""
        return Report.of([self.names[one] for one in self.wanted], [self.names[one] for one in self.said.argmax(1)])

    @property
    def sharpness(self) -> float:
        """The factor under which the softmax of what was said is as sure as it is right (least logarithmic loss)."""
        tried = [0.25 * 1.1**step for step in range(50)]
        losses = [-np.log(_softmax(self.said * factor)[self._rows, self.wanted] + 1e-9).mean() for factor in tried]
        return float(tried[int(np.argmin(losses))])

    @property
    def _rows(self) -> Ints:
        return np.arange(len(self.wanted))


def try_out(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    groups: Sequence[int] | None = None,
    seed: int = 0,
    folds: Iterable[int] = range(FOLDS),
) -> Trial:
    """Cross-validation: learn from four fifths, ask about the fifth, for each of the fifths named.

    `groups` are numbers; texts of one number (near-duplicates) are never learnt from and asked about at once.
    """
    names = sorted(set(labels))
    wanted = _places(labels, names)
    fold_of = _dealt(wanted, np.asarray(groups if groups is not None else range(len(texts))), seed)
    said = np.zeros((len(texts), len(names)), dtype=np.float32)
    tried = []
    for fold in folds:
        tried.append(fold)
        known = np.flatnonzero(fold_of != fold).tolist()
        vocabulary, rarity = _vocabulary([texts[one] for one in known])
        rows = [_row(texts[one], vocabulary, rarity) for one in known]
        weights = _machines(rows, wanted[known], len(names), len(rarity))
        for one in np.flatnonzero(fold_of == fold).tolist():
            runs, values = _row(texts[one], vocabulary, rarity)
            said[one] = values @ weights[runs]
    asked = np.flatnonzero(np.isin(fold_of, tried))
    return Trial(names, wanted[asked], said[asked])


def _dealt(wanted: Ints, groups: NDArray[Any], seed: int) -> Ints:
    """A fold for each text: groups are shuffled and dealt out label by label, so that folds hold like shares of each."""
    first_of = {group: place for place, group in reversed(list(enumerate(groups.tolist())))}
    shuffled = np.random.default_rng(seed).permutation(len(first_of))
    heads = np.array(list(first_of.values()), dtype=np.int64)[shuffled]
    heads = heads[np.argsort(wanted[heads], kind="stable")]
    fold = {int(groups[head]): place % FOLDS for place, head in enumerate(heads)}
    return np.array([fold[int(group)] for group in groups], dtype=np.int64)


@dataclass(frozen=True)
class LabelFigures:
    """Of one label: how many of those said were right, how many of those there were found, both in one, how many."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Report:
    """How right the answers are. `mistaken` counts (what it is, what was said), the commonest first."""

    accuracy: float
    macro_f1: float
    labels: dict[str, LabelFigures]
    mistaken: list[tuple[str, str, int]]

    @classmethod
    def of(cls, wanted: Sequence[str], said: Sequence[str]) -> "Report":
        """Of texts whose labels are `wanted`; macro-F1 is over the labels that occur there."""
        pairs = Counter(zip(wanted, said, strict=True))
        labels = {name: _figures(pairs, name) for name in sorted(set(wanted))}
        right = sum(count for (one, other), count in pairs.items() if one == other)
        mistaken = [(*pair, count) for pair, count in pairs.items() if pair[0] != pair[1]]
        return cls(
            right / len(wanted),
            sum(one.f1 for one in labels.values()) / len(labels),
            labels,
            sorted(mistaken, key=lambda one: (-one[2], one)),
        )


def _figures(pairs: "Counter[tuple[str, str]]", name: str) -> LabelFigures:
    right = pairs[name, name]
    there = sum(count for (wanted, _said), count in pairs.items() if wanted == name)
    told = sum(count for (_wanted, said), count in pairs.items() if said == name)
    return LabelFigures(right / told if told else 0.0, right / there, 2 * right / (there + told), there)


def _softmax(scores: Floats) -> Floats:
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True), dtype=np.float32)


# --- in a file --------------------------------------------------------------------------------------------------------

_FORM = 1


def save(model: Model, path: Path) -> None:
    """Write it as one .npz of plain arrays, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"form": _FORM, "labels": model.labels, "sharpness": model.sharpness, "facts": model.facts}
    draft = path.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as file:
        np.savez_compressed(
            file,
            told=_as_bytes(json.dumps(told, ensure_ascii=False)),
            runs=_as_bytes("\n".join(model.vocabulary)),
            rarity=model.rarity,
            weights=model.weights.astype(np.float16),
        )
    draft.replace(path)


def load(path: Path) -> Model:
    """The model of a file. Raises `FileNotFoundError`, and `ValueError` for a file that is none or damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            told = json.loads(file["told"].tobytes())
            runs = file["runs"].tobytes().decode().split("\n")
            rarity, weights = file["rarity"], file["weights"].astype(np.float32)
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} holds no model") from error
    if told["form"] != _FORM or weights.shape != (len(runs), len(told["labels"])) or len(rarity) != len(runs):
        raise ValueError(f"{path} holds no model")
    vocabulary = {run: place for place, run in enumerate(runs)}
    return Model(told["labels"], vocabulary, rarity, weights, told["sharpness"], told["facts"])


def _as_bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)
