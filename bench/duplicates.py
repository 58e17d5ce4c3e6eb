"""Near-duplicates: precision and recall on the hot-spot messages, and the time 100,000 messages take.

The messages lie beside the checkout, in `shared`; where they are absent, only the time is measured, on made texts.
`near_dup_group` was reckoned by machine from nearly the same measure; `hot_issue` is what at least two of five teams of
people called one matter, mostly in words of its own: of the pairs they did not name, many are one matter too, so their
precision says less than it seems. `LINLI_BENCH_MESSAGES` cuts the 100,000.
"""

import csv
import gzip
import os
import random
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

MESSAGES = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "messages"
MANY = int(os.environ.get("LINLI_BENCH_MESSAGES", "100000"))
_LIKENESSES = (0.15, 0.2, 0.3, 0.6, 0.7)


def run(say: Callable[[str], None]) -> None:
    """Both, each line with the likeness from which pairs were listed."""
    hotspot = MESSAGES / "tipdm2020_hotspot.csv.gz"
    if hotspot.exists():
        _right(say, _rows(hotspot))
    else:
        say("The hot-spot messages are not there; only the time is measured.")
    _fast(say, _many())


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _right(say: Callable[[str], None], rows: list[dict[str, str]]) -> None:
    from linli.kit.matters import alike_pairs

    pairs = alike_pairs([row["text"] for row in rows], min(_LIKENESSES))
    for column in ("near_dup_group", "hot_issue"):
        wanted = _pairs_of(rows, column)
        for least in _LIKENESSES:
            found = {(pair.first, pair.second) for pair in pairs if pair.score >= least}
            right = len(found & wanted)
            say(
                f"{column} from {least}: precision {right / max(1, len(found)):.3f}, "
                f"recall {right / max(1, len(wanted)):.3f} ({len(found)} pairs found, {len(wanted)} there)"
            )


def _pairs_of(rows: list[dict[str, str]], column: str) -> set[tuple[int, int]]:
    groups = defaultdict(list)
    for number, row in enumerate(rows):
        if row[column]:
            groups[row[column]].append(number)
    return {pair for group in groups.values() for pair in combinations(group, 2)}


def _fast(say: Callable[[str], None], texts: list[str]) -> None:
    from linli.kit.matters import alike_pairs

    length = sum(map(len, texts)) / len(texts)
    for least in (0.6, 0.2):
        start, cpu = time.perf_counter(), time.process_time()
        pairs = alike_pairs(texts, least)
        seconds, spent = time.perf_counter() - start, time.process_time() - cpu
        say(
            f"{len(texts):,} messages of {length:.0f} characters, from {least}: "
            f"{seconds:.1f} s, {spent:.1f} s CPU, {len(pairs):,} pairs"
        )
    say(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at most in this process")


def _many() -> list[str]:
    """Messages made of sentences of real ones, or of made words; one in ten is a copy of another with a few changes."""
    dice = random.Random(7)
    sentences = _sentences() or [
        "".join(chr(0x4E00 + int(dice.expovariate(1 / 400))) for _sign in range(dice.randrange(8, 40)))
        for _number in range(60_000)
    ]
    texts: list[str] = []
    for _number in range(MANY):
        if texts and dice.random() < 0.1:
            texts.append(_changed(dice.choice(texts), dice))
        else:
            texts.append("。".join(dice.choice(sentences) for _part in range(dice.randrange(3, 10))))
    return texts


def _sentences() -> list[str]:
    found = []
    for path in sorted(MESSAGES.glob("tipdm2020_*.csv.gz")):
        found += [one for row in _rows(path) for one in row["text"].split("。") if 8 < len(one) < 80]
    return found


def _changed(text: str, dice: random.Random) -> str:
    signs = list(text)
    for _change in range(max(1, len(signs) // 50)):
        signs[dice.randrange(len(signs))] = dice.choice("的一是在不了有和人这中大")
    return "".join(signs)
