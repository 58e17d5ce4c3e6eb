"""A small sketch of where a matter is: the outline of its area as stored and the point as reported, drawn to scale as SVG.

No street and no ground is drawn, since none is stored; the scale is that of the drawing, in metres.
"""

from dataclasses import dataclass
from math import cos, radians
from typing import Any

from linli.areas.actions import outline_of
from linli.events.models import Event

#: The drawing in its own units, with a margin around the outline.
WIDTH, HEIGHT, MARGIN = 300, 200, 12
#: Metres in a degree of latitude, and finer than which nothing is drawn on paper.
_DEGREE_M, _SMALLEST = 111_320.0, 0.4
_BARS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)


@dataclass(frozen=True)
class Sketch:
    """`path`: the outline. `x`, `y`: the point, None where none was reported. `bar`: length of the scale drawn, of `bar_m`."""

    path: str
    x: float | None
    y: float | None
    bar: float
    bar_m: int


def sketch_of(event: Event) -> Sketch | None:
    """The sketch of a matter, or None where its area never had an outline."""
    outline = outline_of(event.area)
    if outline is None or outline.is_empty:
        return None
    west, south, east, north = _extent(outline, event)
    along = _DEGREE_M * cos(radians((south + north) / 2))
    wide, high = max((east - west) * along, 1.0), max((north - south) * _DEGREE_M, 1.0)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2

    def at(lon: float, lat: float) -> tuple[float, float]:
        return left + (lon - west) * along * scale, top + (north - lat) * _DEGREE_M * scale

    x, y = at(event.lon, event.lat) if event.lon is not None and event.lat is not None else (None, None)
    bar_m = max((metres for metres in _BARS if metres * scale <= WIDTH / 4), default=_BARS[0])
    return Sketch(_path(outline, at, along * scale), x, y, round(bar_m * scale, 1), bar_m)


def _extent(outline: Any, event: Event) -> tuple[float, float, float, float]:
    """Of the outline, and of a point that lies outside of it."""
    west, south, east, north = outline.bounds
    if event.lon is None or event.lat is None:
        return west, south, east, north
    return min(west, event.lon), min(south, event.lat), max(east, event.lon), max(north, event.lat)


def _path(outline: Any, at: Any, units_per_degree: float) -> str:
    simple = outline.simplify(_SMALLEST / units_per_degree)
    rings = [ring for one in getattr(simple, "geoms", [simple]) for ring in (one.exterior, *one.interiors)]
    corners = ([at(*corner[:2]) for corner in ring.coords] for ring in rings)
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in corners)
