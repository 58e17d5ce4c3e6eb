"""Suggesting categories: how often it is right about texts it has not seen, and how long it takes.

The labelled messages lie beside the checkout, in `shared`; where they are absent, nothing is measured. Near-duplicates
are never learnt from and asked about at once (`near_dup_group`); beside it the plain way, which takes no care of that.
"""

import csv
import gzip
import statistics
import time
from collections.abc import Callable
from pathlib import Path

MESSAGES = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "messages"
SEEDS = (0, 1, 2)


def run(say: Callable[[str], None]) -> None:
    """Accuracy and macro-F1 by five-fold cross-validation under several seeds, per label, and the time of one text."""
    path = MESSAGES / "tipdm2020_labelled.csv.gz"
    if not path.exists():
        say("The labelled messages are not there; nothing to measure on.")
        return
    rows = _rows(path)
    texts, labels = [row["text"] for row in rows], [row["label_l1"] for row in rows]
    say(f"{len(rows):,} messages, {len(set(labels))} labels; five folds, seeds {', '.join(map(str, SEEDS))}")
    _try(say, "near-duplicates kept together", texts, labels, _groups(rows))
    _try(say, "plain folds", texts, labels, None)
    _time(say, texts, labels)


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _groups(rows: list[dict[str, str]]) -> list[int]:
    known: dict[str, int] = {}
    return [known.setdefault(row["near_dup_group"] or f"alone {number}", len(known)) for number, row in enumerate(rows)]


def _try(say: Callable[[str], None], name: str, texts: list[str], labels: list[str], groups: list[int] | None) -> None:
    from linli.kit.classifying import try_out

    reports = [try_out(texts, labels, groups=groups, seed=seed).report for seed in SEEDS]
    say(
        f"{name}: accuracy {_mean([one.accuracy for one in reports])}, macro-F1 {_mean([one.macro_f1 for one in reports])}"
    )
    for label in reports[0].labels:
        say(f"  F1 {_mean([one.labels[label].f1 for one in reports])}  {label}")


def _mean(values: list[float]) -> str:
    return f"{statistics.mean(values):.4f} ± {statistics.stdev(values):.4f}"


def _time(say: Callable[[str], None], texts: list[str], labels: list[str]) -> None:
    from linli.kit.classifying import learn

    start = time.process_time()
    model = learn(texts, labels)
    learnt = time.process_time()
    for text in texts:
        model.suggest(text)
    asked = time.process_time() - learnt
    say(
        f"to learn from all of them: {learnt - start:.1f} s CPU; to suggest: {asked / len(texts) * 1000:.2f} ms CPU a message"
    )
