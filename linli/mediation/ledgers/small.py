"""What of a table of counts is kept back when it leaves those who see the disputes themselves. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from linli.mediation.ledgers.figures import PART_OF, WHOLES
from linli.statistics.rules import SMALL, kept_back

Place = tuple[int, int]


def places_kept_back(table: Sequence[Sequence[int]]) -> set[Place]:
    """Rows and columns of a table whose last row and last column are sums: which cells are not shown, the sums included.

    Every number from 1 to 4; and where a line has a single cell kept back, one more of it, the smallest, as it could be
    reckoned from the others. Nought tells of nobody and is shown.
    """
    back = {(row, col) for row, cells in enumerate(table) for col, n in enumerate(cells) if 0 < n < SMALL}
    lines = _lines(table)
    while found := next((one for line in lines if (one := _one_more(table, line, back))), None):
        back.add(found)
    return back


def _lines(table: Sequence[Sequence[int]]) -> list[list[Place]]:
    """Each line is an equation: its last cell is the sum of the others."""
    rows = [[(row, col) for col in range(len(cells))] for row, cells in enumerate(table)]
    width = len(table[0]) if table else 0
    return rows + [[(row, col) for row in range(len(table))] for col in range(width)]


def _one_more(table: Sequence[Sequence[int]], line: Sequence[Place], back: set[Place]) -> Place | None:
    if sum(place in back for place in line) != 1:
        return None
    # The sum last: a reader misses it most.
    others = [(place == line[-1], table[place[0]][place[1]], place) for place in line if place not in back]
    return min((one for one in others if one[1]), default=(False, 0, None))[2]


def figures_kept_back(counts: Mapping[str, int]) -> set[str]:
    """Which figures are not shown for passing on: numbers from 1 to 4, those that leave so few of a larger one that is shown,
    and one more where a part could be reckoned from the whole.
    """
    back = {code for code, n in counts.items() if _is_small(n)}
    # From the whole to its parts, so that what is hidden above is known below.
    for code in PART_OF:
        shown = [one for one in _wholes_of(code) if one not in back]
        if any(_is_small(counts[one] - counts[code]) for one in shown):
            back.add(code)
    for parts in WHOLES.values():
        if len(back.intersection(parts)) == 1:
            others = {code: counts[code] for code in parts if code not in back and counts[code]}
            back |= set(sorted(others, key=lambda code: (others[code], code))[:1])
        back |= kept_back({code: counts[code] for code in parts})
    return back


def _is_small(n: int) -> bool:
    return 0 < n < SMALL


def _wholes_of(code: str) -> Iterator[str]:
    while whole := PART_OF.get(code):
        yield whole
        code = whole
