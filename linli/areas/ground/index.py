"""Point → area over the polygons of one moment: the raster answers, polygons decide on borders, an STRtree is the oracle."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.areas.ground.raster import NOTHING, Raster, build

Floats = NDArray[np.float64]
#: Metres in a degree of latitude.
_METRES = 111_320.0


@dataclass(frozen=True)
class Index:
    """Polygons with their codes, in the order in which they win where several cover a point, and the raster over them."""

    codes: list[str]
    polygons: NDArray[Any]
    raster: Raster
    _cells: Any = field(init=False, repr=False)
    _code_of: NDArray[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shapely.prepare(self.polygons)
        # A flat view of Python's own is read faster one by one than a numpy array.
        object.__setattr__(self, "_cells", np.ascontiguousarray(self.raster.cells).data)
        object.__setattr__(self, "_code_of", np.array([*self.codes, None], object))

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
        cell: int = self._cells[int(row) * grid.columns + int(column)]
        if cell >= 0:
            return self.codes[cell]
        return None if cell == NOTHING else self._decide(-2 - cell, lon, lat)

    def _decide(self, border_cell: int, lon: float, lat: float) -> str | None:
        first, last = self.raster.offsets[border_cell], self.raster.offsets[border_cell + 1]
        for polygon in self.raster.candidates[first:last].tolist():
            if shapely.intersects_xy(self.polygons[polygon], lon, lat):
                return self.codes[int(polygon)]
        return None

    def locate_many(self, lons: Floats, lats: Floats) -> list[str | None]:
        """The same for many points at once."""
        found: list[str | None] = self._code_of[
            self._positions(np.asarray(lons, float), np.asarray(lats, float))
        ].tolist()
        return found

    def _positions(self, lons: Floats, lats: Floats) -> NDArray[np.int64]:
        grid = self.raster.grid
        column, row = (lons - grid.west) / grid.side, (lats - grid.south) / grid.side
        inside = (column >= 0) & (column < grid.columns) & (row >= 0) & (row < grid.rows)
        found = np.full(len(lons), NOTHING, np.int64)
        at = row[inside].astype(np.int64) * grid.columns + column[inside].astype(np.int64)
        found[inside] = self.raster.cells[at]
        border = np.flatnonzero(found < NOTHING)
        found[border] = self._decide_many(-2 - found[border], lons[border], lats[border])
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
        answers: list[str | None] = self._code_of[found].tolist()
        return answers

    def near(self, lon: float, lat: float, radius_m: float) -> list[str]:
        """The codes of all polygons within so many metres of the point, the nearest first."""
        stretch = max(np.cos(np.radians(lat)), 0.01)
        reach = radius_m / _METRES
        box = shapely.box(lon - reach / stretch, lat - reach, lon + reach / stretch, lat + reach)
        found = []
        for polygon in self.tree.query(box, predicate="intersects").tolist():
            # Metres to the nearest point of the outline, with a degree of longitude as long as it is here.
            line = shapely.get_coordinates(shapely.shortest_line(self.polygons[polygon], shapely.Point(lon, lat)))
            east, north = (line[1] - line[0]) * (stretch, 1.0) * _METRES if len(line) else (0.0, 0.0)
            distance_m = float(np.hypot(east, north))
            if distance_m <= radius_m:
                found.append((distance_m, polygon))
        return [self.codes[polygon] for _distance, polygon in sorted(found)]
