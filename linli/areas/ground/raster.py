"""A raster over polygons: a cell that lies wholly in one polygon answers at once, a border cell names its candidates.

Built once from the polygons by arithmetic over all their edges, stored as arrays, loaded in milliseconds. Which cells an
edge passes is found by cutting it at every grid line; which cells lie inside, by filling between the edges along the
middle of each row of cells.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Cells in all: enough that few points fall on border cells, few enough for some 16 to 64 MB.
_CELLS_PER_POLYGON = 600
_FEWEST, _MOST = 250_000, 16_000_000
#: Edges handled at a time, so that memory stays bounded whatever the size of the country.
_EDGES_AT_ONCE = 400_000
#: An edge that runs along a grid line belongs to the cells on both sides. In cells.
_TOUCH = 1e-7

NOTHING = -1


@dataclass(frozen=True)
class Grid:
    """Where the cells lie: the lower left corner and the side of a cell in degrees, and how many there are."""

    west: float
    south: float
    side: float
    columns: int
    rows: int

    @classmethod
    def over(cls, bounds: Floats, polygons: int) -> "Grid":
        """A grid over bounds `(west, south, east, north)` suited to so many polygons."""
        west, south, east, north = (float(value) for value in bounds)
        width, height = max(east - west, 1e-9), max(north - south, 1e-9)
        cells = min(max(polygons * _CELLS_PER_POLYGON, _FEWEST), _MOST)
        # Off the round numbers on which surveyed corners like to lie.
        side = float(np.sqrt(width * height / cells)) * 1.000137
        west, south = west - side * 0.7310585, south - side * 0.6681877
        return cls(west, south, side, int((east - west) / side) + 2, int((north - south) / side) + 2)


@dataclass(frozen=True)
class Raster:
    """`cells[row * columns + column]`: -1 nothing, n >= 0 polygon n, or -2 - k for the k-th border cell.

    The candidates of border cell k are `candidates[offsets[k]:offsets[k + 1]]`, in the order of the polygons.
    """

    grid: Grid
    cells: NDArray[np.int32]
    offsets: NDArray[np.int64]
    candidates: NDArray[np.int32]

    def save(self, path: Path) -> None:
        """Store it; a reader sees the whole file or none."""
        being_written = path.with_suffix(f".{np.random.default_rng().integers(1 << 62)}.tmp")
        with being_written.open("wb") as file:
            np.savez(
                file,
                grid=np.array([self.grid.west, self.grid.south, self.grid.side, self.grid.columns, self.grid.rows]),
                cells=self.cells,
                offsets=self.offsets,
                candidates=self.candidates,
            )
        being_written.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Raster":
        """Read it back. Raises `OSError`, `ValueError` or `KeyError` for a file that is not whole."""
        with np.load(path) as stored:
            west, south, side, columns, rows = stored["grid"]
            grid = Grid(float(west), float(south), float(side), int(columns), int(rows))
            return cls(grid, stored["cells"], stored["offsets"], stored["candidates"])


def build(polygons: NDArray[Any]) -> Raster:
    """The raster of an array of valid (multi)polygons in degrees. They may overlap and leave gaps."""
    grid = Grid.over(shapely.total_bounds(polygons), len(polygons))
    starts, ends, owners = _edges(polygons)
    touched: list[Ints] = []
    filled: list[Ints] = []
    for first, last in _blocks(owners):
        # To cells: everything below counts in them.
        corner = (grid.west, grid.south)
        start, end = (starts[first:last] - corner) / grid.side, (ends[first:last] - corner) / grid.side
        of = owners[first:last]
        border = _cells_passed(start, end, of, grid)
        inside = _cells_within(start, end, of, grid)
        touched.append(border)
        filled.append(np.setdiff1d(inside, border, assume_unique=True))
    return _assemble(grid, np.concatenate(touched), np.concatenate(filled))


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


def _cells_passed(start: Floats, end: Floats, owner: Ints, grid: Grid) -> Ints:
    """The cells each edge touches, as polygon-cell pairs with repetitions."""
    edge, along = _cuts(start, end)
    inner = edge[1:] == edge[:-1]
    middle, of = (along[1:][inner] + along[:-1][inner]) / 2, edge[1:][inner]
    places = np.concatenate([start[of] + (end - start)[of] * middle[:, None], start, end])
    owners = np.concatenate([owner[of], owner, owner])
    size = grid.columns * grid.rows
    pairs = []
    for right in (-_TOUCH, _TOUCH):
        for up in (-_TOUCH, _TOUCH):
            column = np.clip(np.floor(places[:, 0] + right), 0, grid.columns - 1).astype(np.int64)
            row = np.clip(np.floor(places[:, 1] + up), 0, grid.rows - 1).astype(np.int64)
            pairs.append(owners * size + row * grid.columns + column)
    # Most of the four agree; keep memory small before they are sorted.
    return np.unique(np.concatenate([np.unique(pairs[0]), *(other[other != pairs[0]] for other in pairs[1:])]))


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


def _cells_within(start: Floats, end: Floats, owner: Ints, grid: Grid) -> Ints:
    """The cells whose middle lies in a polygon, as polygon-cell pairs: between each odd and even crossing of their row."""
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    first = np.ceil(low - 0.5).astype(np.int64)
    count = np.maximum(np.ceil(high - 0.5).astype(np.int64) - first, 0)
    edge = np.repeat(np.arange(len(start)), count)
    row = first[edge] + _running(count)
    share = (row + 0.5 - start[edge, 1]) / (end[edge, 1] - start[edge, 1])
    across = start[edge, 0] + share * (end[edge, 0] - start[edge, 0])
    order = np.lexsort((across, row, owner[edge]))
    across, row, of = across[order], row[order], owner[edge][order]
    left = np.ceil(across[::2] - 0.5).astype(np.int64)
    right = np.ceil(across[1::2] - 0.5).astype(np.int64)
    width = np.maximum(right - left, 0)
    run = np.repeat(np.arange(len(width)), width)
    column = left[run] + _running(width)
    size = grid.columns * grid.rows
    return np.unique(of[::2][run] * size + row[::2][run] * grid.columns + column)


def _assemble(grid: Grid, touched: Ints, filled: Ints) -> Raster:
    size = grid.columns * grid.rows
    cell = np.concatenate([filled % size, touched % size])
    polygon = np.concatenate([filled // size, touched // size])
    on_border = np.zeros(size, bool)
    on_border[touched % size] = True
    # Two polygons over one cell: neither may answer alone.
    on_border |= np.bincount(cell, minlength=size) > 1
    cells = np.full(size, NOTHING, np.int32)
    alone = ~on_border[cell]
    cells[cell[alone]] = polygon[alone]
    cell, polygon = cell[~alone], polygon[~alone]
    order = np.lexsort((polygon, cell))
    cell, polygon = cell[order], polygon[order]
    border_cells, counts = np.unique(cell, return_counts=True)
    cells[border_cells] = -2 - np.arange(len(border_cells), dtype=np.int32)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Raster(grid, cells, offsets, polygon.astype(np.int32))
