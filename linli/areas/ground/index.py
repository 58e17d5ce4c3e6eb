"""Point → area over the polygons of one moment: the raster answers, polygons decide on borders, an STRtree is the oracle."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.areas.ground.raster import NOTHING, SPLIT, Raster, build

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Index:
    """Polygons with their codes, in the order in which they win where several cover a point, and the raster over them."""

    codes: list[str]
    polygons: NDArray[Any]
    raster: Raster
    _cells: Any = field(init=False, repr=False)
    _fine: Any = field(init=False, repr=False)
    _answers: list[str | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shapely.prepare(self.polygons)
        # GEOS finishes a prepared polygon at the first question, which two threads must not ask it at once.
        west, south, east, north = shapely.bounds(self.polygons).T
        shapely.intersects_xy(self.polygons, (west + east) / 2, (south + north) / 2)
        # Flat views of Python's own are read faster one by one than numpy arrays.
        object.__setattr__(self, "_cells", np.ascontiguousarray(self.raster.cells).data)
        object.__setattr__(self, "_fine", np.ascontiguousarray(self.raster.fine).data)
        # NOTHING is -1: the last of the list.
        object.__setattr__(self, "_answers", [*self.codes, None])

    @classmethod
    def over(cls, codes: list[str], polygons: NDArray[Any]) -> "Index":
        """Build the raster, which takes a second or two for 10,000 polygons."""
        return cls(codes, polygons, build(polygons))

    def locate(self, lon: float, lat: float) -> str | None:
        """The code of the first polygon that covers the point, border included; None if none does."""
        grid = self.raster.grid
        column, row = (lon - grid.west) / grid.side, (lat - grid.south) / grid.side
        # Also false for what is not a number.
        if not (0 <= column < grid.columns and 0 <= row < grid.rows):
            return None
        left, bottom = int(column), int(row)
        cell: int = self._cells[bottom * grid.columns + left]
        if cell < NOTHING:
            up, right = int((row - bottom) * SPLIT), int((column - left) * SPLIT)
            cell = self._fine[((-2 - cell) * SPLIT + up) * SPLIT + right]
            if cell < NOTHING:
                cell = self._decide(-2 - cell, lon, lat)
        return self._answers[cell]

    def _decide(self, border_cell: int, lon: float, lat: float) -> int:
        first, last = self.raster.offsets[border_cell], self.raster.offsets[border_cell + 1]
        candidates: list[int] = self.raster.candidates[first:last].tolist()
        return next((one for one in candidates if shapely.intersects_xy(self.polygons[one], lon, lat)), NOTHING)

    def locate_many(self, lons: Floats, lats: Floats) -> list[str | None]:
        """The same for many points at once."""
        return self._named(self._positions(np.asarray(lons, float), np.asarray(lats, float)))

    def _named(self, positions: NDArray[np.int64]) -> list[str | None]:
        return [self._answers[position] for position in positions.tolist()]

    def _positions(self, lons: Floats, lats: Floats) -> NDArray[np.int64]:
        grid = self.raster.grid
        column, row = (lons - grid.west) / grid.side, (lats - grid.south) / grid.side
        inside = np.flatnonzero((column >= 0) & (column < grid.columns) & (row >= 0) & (row < grid.rows))
        column, row = column[inside], row[inside]
        left, bottom = column.astype(np.int64), row.astype(np.int64)
        said = self.raster.cells[bottom * grid.columns + left].astype(np.int64)
        border = np.flatnonzero(said < NOTHING)
        up, right = ((row - bottom)[border] * SPLIT).astype(int), ((column - left)[border] * SPLIT).astype(int)
        said[border] = self.raster.fine[((-2 - said[border]) * SPLIT + up) * SPLIT + right]
        border = border[said[border] < NOTHING]
        said[border] = self._decide_many(-2 - said[border], lons[inside[border]], lats[inside[border]])
        found = np.full(len(lons), NOTHING, np.int64)
        found[inside] = said
        return found

    def _decide_many(self, cells: NDArray[np.int64], lons: Floats, lats: Floats) -> NDArray[np.int64]:
        first = self.raster.offsets[cells]
        count = self.raster.offsets[cells + 1] - first
        found = np.full(len(cells), NOTHING, np.int64)
        waiting = np.arange(len(cells))
        nth = 0
        # Round by round: each point asks its next candidate until one covers it or none is left.
        while len(waiting):
            polygon = self.raster.candidates[first[waiting] + nth]
            covered = shapely.intersects_xy(self.polygons[polygon], lons[waiting], lats[waiting])
            found[waiting[covered]] = polygon[covered]
            nth += 1
            waiting = waiting[~covered]
            waiting = waiting[count[waiting] > nth]
        return found

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The oracle: every polygon whose box holds the point is asked."""
        return shapely.STRtree(self.polygons)

    def locate_exactly(self, lon: float, lat: float) -> str | None:
        """The same answer as `locate`, from the tree alone: slower, and independent of the raster."""
        found = self.tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self.codes[int(found.min())] if len(found) else None

    def locate_many_exactly(self, lons: Floats, lats: Floats) -> list[str | None]:
        """The same answers as `locate_many`, from the tree alone."""
        point, polygon = self.tree.query(shapely.points(lons, lats), predicate="intersects")
        found = np.full(len(lons), len(self.codes), np.int64)
        np.minimum.at(found, point, polygon)
        return self._named(found)

    def near(self, lon: float, lat: float, radius_m: float) -> list[str]:
        """The codes of all polygons within so many metres of the point, the nearest first."""
        east_m, north_m = metres_per_degree(lat)
        reach = np.array([radius_m / east_m, radius_m / north_m])
        found: dict[int, float] = {}
        # Beyond 180° the count begins again at -180°.
        for here in [turned for turned in (lon - 360, lon, lon + 360) if abs(turned) <= 180 + reach[0]]:
            box = (here - reach[0], lat - reach[1], here + reach[0], lat + reach[1])
            for polygon in self.tree.query(shapely.box(*box)).tolist():
                # Only what lies in the box, in metres from the point: degrees are not of one length.
                part = shapely.clip_by_rect(self.polygons[polygon], *box)
                plane = shapely.transform(part, lambda at, here=here: (at - (here, lat)) * (east_m, north_m))
                distance_m = float(shapely.distance(plane, shapely.Point(0, 0)))
                if distance_m <= radius_m:
                    found[polygon] = min(distance_m, found.get(polygon, distance_m))
        return [self.codes[polygon] for polygon in sorted(found, key=lambda polygon: (found[polygon], polygon))]


def metres_per_degree(lat: float) -> tuple[float, float]:
    """How long a degree of longitude and one of latitude are at this latitude on WGS-84, never less than a kilometre.

    Series for the radii of curvature; error below 0.1 m.
    """
    phi = np.radians(lat)
    east = 111412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi) + 0.118 * np.cos(5 * phi)
    north = 111132.92 - 559.82 * np.cos(2 * phi) + 1.175 * np.cos(4 * phi) - 0.0023 * np.cos(6 * phi)
    return max(float(east), 1000.0), float(north)
