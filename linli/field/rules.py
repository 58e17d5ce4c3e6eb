"""What the app offers: which categories are likely where and when, and how coarsely the ground is drawn. Pure."""

from collections.abc import Iterable, Mapping, Sequence

#: Hours of the day from which on a block begins, and what the app calls it.
BLOCKS: tuple[str, ...] = ("0-5", "6-11", "12-17", "18-23")
_BLOCK_HOURS = 6
#: So many are offered at once: what one hand reaches.
OFFERED = 6
#: A category seen but once in a block is no habit of the place; the wider area is asked then.
LEAST_SEEN = 2

#: How far an outline may be off, in degrees (0.0001 is some ten metres); the deeper the level the finer.
TOLERANCE: dict[str, float] = {"grid": 0.00004, "village": 0.0001, "township": 0.0004}
COARSE = 0.002

Counts = Mapping[str, int]


def block_of(hour: int) -> str:
    """The block in which an hour of the local day lies."""
    return BLOCKS[hour // _BLOCK_HOURS]


def likely(levels: Iterable[Counts], order: Sequence[str]) -> list[str]:
    """Six categories: the commonest of the nearest area first, then those of each area around it, then by `order`.

    `levels`: how often each category was seen in a block, the nearest area first. Only categories in `order` are offered.
    """
    offered: list[str] = []
    place = {code: number for number, code in enumerate(order)}
    for counts in levels:
        seen = [code for code, count in counts.items() if count >= LEAST_SEEN and code in place]
        offered += sorted(set(seen) - set(offered), key=lambda code: (-counts[code], place[code]))
    return list(dict.fromkeys([*offered, *order]))[:OFFERED]


def by_turns(groups: Iterable[Sequence[str]]) -> list[str]:
    """The first of each group, then the second of each: so that nothing is known does not mean all are of one domain."""
    rows = [list(group) for group in groups]
    longest = max((len(row) for row in rows), default=0)
    return [row[turn] for turn in range(longest) for row in rows if turn < len(row)]
