"""A raster over polygons: a cell that lies wholly in one polygon answers at once, a border cell is looked at more closely.

Built once from the polygons by arithmetic over all their edges, stored as arrays, loaded in milliseconds. Which cells an
edge passes is found by cutting it at every grid line; which cells lie inside, by counting the edges along the middle of
each row of cells. A border cell is cut into fine ones, so that villages of a town need no finer cells in the mountains.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Cells in all: enough that few points fall on border cells, few enough for some 10 to 30 MB.
_CELLS_PER_POLYGON = 400
_FEWEST, _MOST = 100_000, 8_000_000
#: Cells in a row or column at most: a river's strip of land needs no more.
_LONGEST = 10_000
#: Border cells, each with its fine ones, take the most room: about so many.
_BORDER_CELLS_PER_POLYGON, _FEWEST_BORDER_CELLS = 25, 100_000
#: A border cell is cut into this many fine ones each way. A power of two keeps the arithmetic exact.
SPLIT = 4
#: Edges handled at a time, so that memory stays bounded whatever the size of the country.
_EDGES_AT_ONCE = 100_000
#: An edge that runs along a grid line belongs to the cells on both sides. In cells.
_TOUCH = 1e-7

NOTHING = -1
#: Changes when the arrays come to mean something else, so that no older file is read.
FORM = "2"


@dataclass(frozen=True)
class Grid:
    """Where the cells lie: the lower left corner and the side of a cell in degrees, and how many there are."""

    west: float
    south: float
    side: float
    columns: int
    rows: int

    @classmethod
    def over(cls, polygons: NDArray[Any]) -> "Grid":
        """A grid suited to these polygons: to how many they are, how far they reach, and how long their borders are."""
        west, south, east, north = (float(value) for value in shapely.total_bounds(polygons))
        width, height = max(east - west, 1e-9), max(north - south, 1e-9)
        cells = min(max(len(polygons) * _CELLS_PER_POLYGON, _FEWEST), _MOST)
        border_cells = max(len(polygons) * _BORDER_CELLS_PER_POLYGON, _FEWEST_BORDER_CELLS)
        length = float(shapely.length(polygons).sum())
        side = max(float(np.sqrt(width * height / cells)), max(width, height) / _LONGEST, length / border_cells)
        # Off the round numbers on which surveyed corners like to lie.
        side *= 1.000137
        west, south = west - side * 0.7310585, south - side * 0.6681877
        return cls(west, south, side, int((east - west) / side) + 2, int((north - south) / side) + 2)


@dataclass(frozen=True)
class Raster:
    """`cells[row * columns + column]`: -1 nothing, n >= 0 polygon n, or -2 - k for the k-th border cell.

    Border cell k is cut up in `fine[k * SPLIT² + up * SPLIT + right]`, which says the same, or -2 - j for the j-th fine
    border cell. Its candidates are `candidates[offsets[j]:offsets[j + 1]]`, in the order of the polygons.
    """

    grid: Grid
    cells: NDArray[np.int32]
    fine: NDArray[np.int32]
    offsets: NDArray[np.int32]
    candidates: NDArray[np.int32]

    def save(self, path: Path) -> None:
        """Store it; a reader sees the whole file or none."""
        being_written = path.with_suffix(f".{np.random.default_rng().integers(1 << 62)}.tmp")
        try:
            with being_written.open("wb") as file:
                np.savez(
                    file,
                    grid=np.array([self.grid.west, self.grid.south, self.grid.side, self.grid.columns, self.grid.rows]),
                    cells=self.cells,
                    fine=self.fine,
                    offsets=self.offsets,
                    candidates=self.candidates,
                )
            being_written.replace(path)
        finally:
            being_written.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> "Raster":
        """Read it back. Raises `OSError`, `ValueError`, `KeyError` or `BadZipFile` for a file that is not whole."""
        with np.load(path) as stored:
            west, south, side, columns, rows = stored["grid"]
            grid = Grid(float(west), float(south), float(side), int(columns), int(rows))
            return cls(grid, *(stored[name] for name in ("cells", "fine", "offsets", "candidates")))


@dataclass(frozen=True)
class _Pairs:
    """Polygons over cells: one lies wholly in the other, or the outline passes through. Columns of equal length."""

    cell: Ints
    polygon: Ints
    whole: NDArray[np.bool_]

    @classmethod
    def joined(cls, parts: "list[_Pairs]") -> "_Pairs":
        return cls(
            np.concatenate([part.cell for part in parts]),
            np.concatenate([part.polygon for part in parts]),
            np.concatenate([part.whole for part in parts]),
        )

    def where(self, chosen: Any) -> "_Pairs":
        return _Pairs(self.cell[chosen], self.polygon[chosen], self.whole[chosen])


def build(polygons: NDArray[Any]) -> Raster:
    """The raster of an array of valid (multi)polygons in degrees. They may overlap and leave gaps."""
    grid = Grid.over(polygons)
    starts, ends, owners = _edges(polygons)
    coarse, fine = [], []
    for first, last in _blocks(owners):
        # To fine cells: everything below counts in them.
        corner = (grid.west, grid.south)
        start, end = ((ends_of[first:last] - corner) / grid.side * SPLIT for ends_of in (starts, ends))
        in_cells, in_fine = _over_cells(start, end, owners[first:last], grid)
        coarse.append(in_cells)
        fine.append(in_fine)
    return _assemble(grid, _Pairs.joined(coarse), _Pairs.joined(fine))


def _edges(polygons: NDArray[Any]) -> tuple[Floats, Floats, Ints]:
    """All edges of all rings: from, to, and the polygon each belongs to, in the order of the polygons."""
    parts, of_part = shapely.get_parts(polygons, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, of_point = shapely.get_coordinates(rings, return_index=True)
    same_ring = of_point[1:] == of_point[:-1]
    owners = of_part[of_ring][of_point[:-1][same_ring]]
    return points[:-1][same_ring], points[1:][same_ring], owners.astype(np.int64)


def _blocks(owners: Ints) -> list[tuple[int, int]]:
    """Ranges of edges that never part a polygon."""
    breaks = np.flatnonzero(np.diff(owners)) + 1
    cuts, last = [0], 0
    for place in breaks:
        if place - last >= _EDGES_AT_ONCE:
            cuts.append(int(place))
            last = int(place)
    return list(zip(cuts, [*cuts[1:], len(owners)], strict=True))


def _over_cells(start: Floats, end: Floats, owner: Ints, grid: Grid) -> tuple[_Pairs, _Pairs]:
    """The polygons of these edges over cells, and over the fine cells of those cells their outlines pass."""
    columns, rows = grid.columns * SPLIT, grid.rows * SPLIT
    of, place = np.divmod(_cells_passed(start, end, owner, columns, rows), columns * rows)
    up, right = np.divmod(place, columns)
    size = grid.columns * grid.rows
    passed = _distinct(of * size + up // SPLIT * grid.columns + right // SPLIT)
    filled = np.setdiff1d(_cells_within(start / SPLIT, end / SPLIT, owner, grid), passed, assume_unique=True)
    in_cells = np.concatenate([filled, passed])
    coarse = _Pairs(in_cells % size, in_cells // size, np.arange(len(in_cells)) < len(filled))
    touched = _Pairs(_fine_place(up, right, grid), of, np.zeros(len(of), bool))
    return coarse, _Pairs.joined([touched, _fine_within(start, end, owner, grid, passed, touched)])


def _fine_place(up: Ints, right: Ints, grid: Grid) -> Ints:
    """Fine cells numbered so that those of one cell follow each other."""
    return (up // SPLIT * grid.columns + right // SPLIT) * SPLIT**2 + up % SPLIT * SPLIT + right % SPLIT


def _fine_within(start: Floats, end: Floats, owner: Ints, grid: Grid, passed: Ints, touched: _Pairs) -> _Pairs:
    """Of the cells an outline passes, the fine ones which it leaves untouched and inside."""
    size = grid.columns * grid.rows
    place = (passed % size)[:, None] * SPLIT**2 + np.arange(SPLIT**2)
    pair = (passed // size)[:, None] * (size * SPLIT**2) + place
    pair = np.setdiff1d(pair.ravel(), touched.polygon * (size * SPLIT**2) + touched.cell, assume_unique=True)
    of, place = np.divmod(pair, size * SPLIT**2)
    cell, within_cell = np.divmod(place, SPLIT**2)
    up = cell // grid.columns * SPLIT + within_cell // SPLIT
    right = cell % grid.columns * SPLIT + within_cell % SPLIT
    edge, row, across = _crossings(start, end)
    # Polygon, row and place in the row as one number; the middle of an untouched cell is far from every crossing.
    first, lines, length = owner[0], grid.rows * SPLIT, grid.columns * SPLIT + 1
    crossings = np.sort(((owner[edge] - first) * lines + row) * float(length) + across)
    line = ((of - first) * lines + up) * float(length)
    passed_by = np.searchsorted(crossings, line + right + 0.5) - np.searchsorted(crossings, line)
    inside = passed_by % 2 == 1
    return _Pairs(place[inside], of[inside], np.ones(int(inside.sum()), bool))


def _cells_passed(start: Floats, end: Floats, owner: Ints, columns: int, rows: int) -> Ints:
    """The cells each edge touches, each polygon and cell once, as `polygon * columns * rows + row * columns + column`."""
    edge, along = _cuts(start, end)
    inner = edge[1:] == edge[:-1]
    middle, of = (along[1:][inner] + along[:-1][inner]) / 2, edge[1:][inner]
    places = np.concatenate([start[of] + (end - start)[of] * middle[:, None], start, end])
    owners = np.concatenate([owner[of], owner, owner])
    pairs = []
    for right in (-_TOUCH, _TOUCH):
        for up in (-_TOUCH, _TOUCH):
            column = np.clip(np.floor(places[:, 0] + right), 0, columns - 1).astype(np.int64)
            row = np.clip(np.floor(places[:, 1] + up), 0, rows - 1).astype(np.int64)
            pairs.append(owners * (columns * rows) + row * columns + column)
    # Most of the four agree; keep memory small before they are sorted.
    return _distinct(np.concatenate([_distinct(pairs[0]), *(other[other != pairs[0]] for other in pairs[1:])]))


def _distinct(numbers: Ints) -> Ints:
    """Sorted, each once. numpy's own goes by hashing, which takes ten times as long here."""
    numbers = np.sort(numbers)
    kept: Ints = numbers[np.diff(numbers, prepend=-1) != 0]
    return kept


def _cuts(start: Floats, end: Floats) -> tuple[Ints, Floats]:
    """Where each edge crosses a grid line, as (edge, share of its length), with its two ends, in order along each edge."""
    edges, shares = [np.arange(len(start)), np.arange(len(start))], [np.zeros(len(start)), np.ones(len(start))]
    for axis in (0, 1):
        low, high = np.minimum(start[:, axis], end[:, axis]), np.maximum(start[:, axis], end[:, axis])
        first = np.floor(low).astype(np.int64) + 1
        count = np.maximum(np.ceil(high).astype(np.int64) - first, 0)
        edge = np.repeat(np.arange(len(start)), count)
        line = first[edge] + _running(count)
        edges.append(edge)
        shares.append((line - start[edge, axis]) / (end[edge, axis] - start[edge, axis]))
    edge, share = np.concatenate(edges), np.concatenate(shares)
    order = np.lexsort((share, edge))
    return edge[order], share[order]


def _running(count: Ints) -> Ints:
    """0, 1, … count - 1 for each count in turn."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _crossings(start: Floats, end: Floats) -> tuple[Ints, Ints, Floats]:
    """Where edges cross the middle of rows of cells: edge, row, and how far along the row."""
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    first = np.ceil(low - 0.5).astype(np.int64)
    count = np.maximum(np.ceil(high - 0.5).astype(np.int64) - first, 0)
    edge = np.repeat(np.arange(len(start)), count)
    row = first[edge] + _running(count)
    share = (row + 0.5 - start[edge, 1]) / (end[edge, 1] - start[edge, 1])
    return edge, row, start[edge, 0] + share * (end[edge, 0] - start[edge, 0])


def _cells_within(start: Floats, end: Floats, owner: Ints, grid: Grid) -> Ints:
    """The cells whose middle lies in a polygon: between each odd and even crossing of their row."""
    edge, row, across = _crossings(start, end)
    order = np.lexsort((across, row, owner[edge]))
    across, row, of = across[order], row[order], owner[edge][order]
    left = np.ceil(across[::2] - 0.5).astype(np.int64)
    right = np.ceil(across[1::2] - 0.5).astype(np.int64)
    width = np.maximum(right - left, 0)
    run = np.repeat(np.arange(len(width)), width)
    column = left[run] + _running(width)
    size = grid.columns * grid.rows
    return of[::2][run] * size + row[::2][run] * grid.columns + column


def _assemble(grid: Grid, coarse: _Pairs, fine: _Pairs) -> Raster:
    cells, border, on_border = _settled(grid.columns * grid.rows, coarse)
    # What is known of the fine cells in border cells, numbered anew by border cell.
    number = np.full(len(cells), -1, np.int64)
    number[border] = np.arange(len(border))
    whole = on_border.where(on_border.whole)
    everywhere = np.repeat(number[whole.cell] * SPLIT**2, SPLIT**2) + np.tile(np.arange(SPLIT**2), len(whole.cell))
    filled = _Pairs(everywhere, np.repeat(whole.polygon, SPLIT**2), np.ones(len(everywhere), bool))
    of_cell = number[fine.cell // SPLIT**2]
    passed = _Pairs(of_cell * SPLIT**2 + fine.cell % SPLIT**2, fine.polygon, fine.whole).where(of_cell >= 0)
    in_fine, fine_border, candidates = _settled(len(border) * SPLIT**2, _Pairs.joined([filled, passed]))
    offsets = np.append(np.searchsorted(candidates.cell, fine_border), len(candidates.cell))
    return Raster(grid, cells, in_fine, offsets.astype(np.int32), candidates.polygon.astype(np.int32))


def _settled(count: int, pairs: _Pairs) -> tuple[NDArray[np.int32], Ints, _Pairs]:
    """What each of `count` cells says, the border cells in order, and the pairs over those by cell and polygon.

    Where the first polygon of a cell covers it whole, nothing that lies beneath matters.
    """
    pairs = pairs.where(np.lexsort((pairs.polygon, pairs.cell)))
    first = pairs.where(np.flatnonzero(np.diff(pairs.cell, prepend=-1)))
    cells = np.full(count, NOTHING, np.int32)
    cells[first.cell] = first.polygon
    border = first.cell[~first.whole]
    cells[border] = -2 - np.arange(len(border), dtype=np.int32)
    return cells, border, pairs.where(cells[pairs.cell] < NOTHING)
