"""Small pieces of ground for tests: squares in 廉江, files that hold them, and meshes of many odd polygons."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from linli.areas.actions import add_area, set_boundary
from linli.areas.actions.register import EVER
from linli.areas.geometry import clean_outline
from linli.areas.models import Area

#: Lower left corner of the first square, degrees.
WEST, SOUTH = 110.25, 21.5
SIDE = 0.01


def square(column: float, row: float, side: float = 1.0) -> list[list[float]]:
    """A ring, counted in squares of `SIDE` from the corner."""
    west, south, size = WEST + column * SIDE, SOUTH + row * SIDE, side * SIDE
    return [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    """A GeoJSON polygon: the outer ring, then the holes."""
    return {"type": "Polygon", "coordinates": list(rings)}


def middle(column: float, row: float) -> tuple[float, float]:
    """The middle of a square, longitude and latitude."""
    return WEST + (column + 0.5) * SIDE, SOUTH + (row + 0.5) * SIDE


def draw(code: str, geometry: dict[str, Any], *, kind: str | None = None, name: str = "") -> Area:
    """An area with this outline; those above it are added without one."""
    from linli.areas.codes import lineage

    for above in lineage(code)[:-1]:
        if not Area.objects.filter(pk=above).exists():
            add_area(above, f"第{above}号")
    area = add_area(code, name or f"第{code}号", kind=kind)
    set_boundary(area, clean_outline(geometry), on=EVER)
    return area


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_geojson(folder: Path, *features: dict[str, Any], name: str = "areas.geojson") -> Path:
    """A file with these features."""
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def mesh(columns: int, rows: int, *, seed: int, corners: int = 6) -> NDArray[Any]:
    """A plain divided into odd polygons that share every corner, as surveyed villages do. About one degree wide."""
    dice = np.random.default_rng(seed)
    step = 1.0 / columns
    nodes = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1)), axis=-1) * step
    nodes = nodes + dice.uniform(-0.3, 0.3, nodes.shape) * step + (WEST, SOUTH)
    across = [
        [_edge(nodes[row, at], nodes[row, at + 1], corners, dice) for at in range(columns)] for row in range(rows + 1)
    ]
    upward = [
        [_edge(nodes[row, at], nodes[row + 1, at], corners, dice) for at in range(columns + 1)] for row in range(rows)
    ]
    cells = []
    for row in range(rows):
        for at in range(columns):
            ring = [*across[row][at], *upward[row][at + 1], *across[row + 1][at][::-1], *upward[row][at][::-1]]
            cells.append(Polygon(ring))
    valid: NDArray[Any] = shapely.make_valid(np.array(cells, object))
    return valid


def _edge(one: Any, other: Any, corners: int, dice: np.random.Generator) -> list[tuple[float, float]]:
    along = np.linspace(0, 1, corners + 1)[:, None]
    points = one + (other - one) * along
    points[1:-1] += dice.uniform(-0.12, 0.12, (corners - 1, 2)) * np.linalg.norm(other - one)
    return [(float(x), float(y)) for x, y in points]


def scattered(polygons: NDArray[Any], count: int, *, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points where they are hard to place: in the boxes of polygons, on their corners, and in the whole plain."""
    dice = np.random.default_rng(seed)
    box = shapely.bounds(polygons)[dice.integers(len(polygons), size=count)]
    corners = shapely.get_coordinates(polygons)
    whole = shapely.total_bounds(polygons)
    share = dice.random((count, 2))
    points = np.concatenate(
        [
            box[:, :2] + (box[:, 2:] - box[:, :2]) * share,
            corners[dice.integers(len(corners), size=count // 10)],
            whole[:2] - 0.1 + (whole[2:] - whole[:2] + 0.2) * dice.random((count // 10, 2)),
        ]
    )
    return points[:, 0], points[:, 1]
