"""Two versions of a text, compared: what stayed, what was taken out, what came in. Chinese by characters, the rest by words.

Shortest edit script after Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), first over
sentences and then within those that changed, and given up where little would be alike: so that it stays fast.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Span:
    """Words that stand together and share a fate."""

    change: Change
    words: str


#: So many pieces may be taken out and put in before the rest counts as written anew.
_MOST_EDITS = 600
#: What stays between two changes is shown as changed too where it is shorter: single characters that agree by chance.
_SHORTEST_SAME = 2
_SENTENCE = re.compile(r"[^。；，！？\n]*[。；，！？\n]|[^。；，！？\n]+")
_TOKEN = re.compile(r"[A-Za-z]+|\d[\d,.]*|\s+|.", re.DOTALL)


def compare(old: str, new: str) -> list[Span]:
    """The spans in the order of reading; what was removed stands before what came in its place.

    Those that are the same or removed make up the old text, those that are the same or added the new one.
    """
    spans: list[Span] = []
    for change, removed, added in _runs(_SENTENCE.findall(old), _SENTENCE.findall(new)):
        if change == Change.SAME:
            spans.append(Span(Change.SAME, removed))
        else:
            spans += _within(removed, added)
    return _tidied(spans)


def is_changed(spans: Sequence[Span]) -> bool:
    """Whether anything is not the same."""
    return any(span.change != Change.SAME for span in spans)


def _within(old: str, new: str) -> Iterator[Span]:
    for change, removed, added in _runs(_TOKEN.findall(old), _TOKEN.findall(new)):
        if change == Change.SAME:
            yield Span(Change.SAME, removed)
        else:
            yield from _replaced(removed, added)


def _replaced(removed: str, added: str) -> Iterator[Span]:
    if removed:
        yield Span(Change.REMOVED, removed)
    if added:
        yield Span(Change.ADDED, added)


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Change, str, str]]:
    """Runs that are the same (told twice), and between them what was removed and what was added."""
    at_old = at_new = 0
    for start_old, start_new, length in (*_matches(old, new), (len(old), len(new), 0)):
        if start_old > at_old or start_new > at_new:
            yield Change.REMOVED, "".join(old[at_old:start_old]), "".join(new[at_new:start_new])
        at_old, at_new = start_old + length, start_new + length
        if length:
            same = "".join(old[start_old:at_old])
            yield Change.SAME, same, same


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Runs that are the same: where in the old, where in the new, how long. Common ends are cut off first."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    middle = _shortest(old[head : len(old) - tail], new[head : len(new) - tail])
    found = [(0, 0, head), *((one + head, other + head, length) for one, other, length in middle)]
    found.append((len(old) - tail, len(new) - tail, tail))
    return [match for match in found if match[2]]


def _shortest(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """What stays under the shortest edit script; nothing where that is longer than `_MOST_EDITS`."""
    furthest, trace = {1: 0}, []
    for edits in range(min(len(old) + len(new), _MOST_EDITS) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            x = _step(furthest, diagonal, edits)
            y = x - diagonal
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x, y = x + 1, y + 1
            furthest[diagonal] = x
            if x >= len(old) and y >= len(new):
                return _walked_back(trace, len(old), len(new))
    return []


def _step(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    """Where a diagonal is entered: from above by putting in, from the left by taking out, whichever leads further."""
    if diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]):
        return furthest[diagonal + 1]
    return furthest[diagonal - 1] + 1


def _walked_back(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int, int]]:
    matches = []
    for edits in range(len(trace) - 1, -1, -1):
        entered = _step(trace[edits], x - y, edits)
        if length := x - entered:
            matches.append((entered, entered - (x - y), length))
        diagonal = x - y
        came_down = diagonal == -edits or (
            diagonal != edits and trace[edits][diagonal - 1] < trace[edits][diagonal + 1]
        )
        before = diagonal + 1 if came_down else diagonal - 1
        x = trace[edits][before]
        y = x - before
    return matches[::-1]


def _tidied(spans: Sequence[Span]) -> list[Span]:
    """Neighbours of one fate joined; between two changes, what stays is shown as changed where it is too short to read."""
    tidy: list[Span] = []
    removed = added = ""
    for place, span in enumerate(spans):
        between = bool(removed or added) and place + 1 < len(spans)
        if span.change == Change.SAME and not (between and len(span.words) < _SHORTEST_SAME and span.words != "\n"):
            tidy += [*_replaced(removed, added), span]
            removed = added = ""
            continue
        removed += span.words if span.change != Change.ADDED else ""
        added += span.words if span.change != Change.REMOVED else ""
    return _joined([*tidy, *_replaced(removed, added)])


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].change == span.change:
            joined[-1] = Span(span.change, joined[-1].words + span.words)
        else:
            joined.append(span)
    return joined
