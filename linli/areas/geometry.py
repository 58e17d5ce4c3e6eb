"""Outlines as they come in: read from GeoJSON, turned into WGS-84, repaired where rings cross themselves, measured."""

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from shapely import MultiPolygon
from shapely.geometry import shape

from linli.areas.codes import numbering
from linli.areas.crs import Crs, to_wgs84
from linli.kit.refusal import BadInput

#: The WGS-84 ellipsoid: half its width in metres, and its eccentricity.
_SEMI_AXIS_M, _ECCENTRICITY = 6378137.0, 0.0818191908426215
#: A shapely Polygon or MultiPolygon; shapely carries no types.
Outline: TypeAlias = Any


@dataclass(frozen=True)
class Cleaned:
    """An outline fit to be stored, and what had to be repaired, in words (empty if nothing)."""

    outline: Outline
    repaired: str


def clean_outline(geojson: Any, *, crs: str = Crs.WGS84, what: str = "") -> Cleaned:
    """Read a GeoJSON (multi)polygon. `what` names it in refusals. Raises `BadInput`."""
    raw = _read(geojson, what)
    if crs != Crs.WGS84:
        raw = shapely.transform(raw, lambda lon, lat: to_wgs84(lon, lat, crs), interleaved=False)
    _check_range(raw, what)
    if raw.is_valid:
        return Cleaned(raw, "")
    return _repair(raw, what)


def _read(geojson: Any, what: str) -> Outline:
    if not isinstance(geojson, dict) or geojson.get("type") not in ("Polygon", "MultiPolygon"):
        found = geojson.get("type") if isinstance(geojson, dict) else "null"
        raise BadInput(
            "not_an_outline",
            _("%(what)s: an outline must be a Polygon or MultiPolygon, not %(found)s."),
            what=what,
            found=str(found),
        )
    try:
        # What is not finite is told further down; numpy need not warn of it.
        with np.errstate(invalid="ignore"):
            outline = shape(geojson)
    # shapely and numpy raise many kinds for coordinates that are no rings of numbers.
    except Exception:
        raise BadInput(
            "bad_rings",
            _("%(what)s: its rings are not lists of at least four [longitude, latitude] pairs of numbers."),
            what=what,
        ) from None
    if outline.is_empty:
        raise BadInput("empty_outline", _("%(what)s: the outline is empty."), what=what)
    if outline.has_z:
        outline = shapely.force_2d(outline)
    return outline


def _check_range(outline: Outline, what: str) -> None:
    west, south, east, north = outline.bounds
    if not np.isfinite([west, south, east, north]).all() or not np.isfinite(shapely.get_coordinates(outline)).all():
        raise BadInput("not_finite", _("%(what)s: a coordinate is missing or not a number."), what=what)
    if west < -180 or east > 180 or south < -90 or north > 90:
        hint = (
            _now("Longitude and latitude look swapped.")
            if west >= -90 and east <= 90 and south >= -180 and north <= 180
            else ""
        )
        raise BadInput(
            "off_the_earth_outline",
            _(
                "%(what)s: its coordinates (%(west)s to %(east)s, %(south)s to %(north)s) are no degrees of longitude "
                "and latitude. %(hint)s",
            ),
            what=what,
            west=f"{west:g}",
            east=f"{east:g}",
            south=f"{south:g}",
            north=f"{north:g}",
            hint=hint,
        )
    if _looks_swapped(west, south, east, north):
        raise BadInput(
            "swapped",
            _("%(what)s: longitude %(lon)s, latitude %(lat)s look swapped. Longitude comes first."),
            what=what,
            lon=f"{west:g}",
            lat=f"{south:g}",
        )


def _looks_swapped(west: float, south: float, east: float, north: float) -> bool:
    """In range either way, but China only when read the other way round (latitude 3–54, longitude 73–135).

    Told only where codes are those of China: Svalbard lies there too.
    """
    return west >= 3 and east <= 54 and south >= 73 and north <= 135 and 6 in numbering().widths


def _repair(raw: Outline, what: str) -> Cleaned:
    reason = _reason(shapely.is_valid_reason(raw))
    mended = polygons_of(shapely.make_valid(raw, method="structure", keep_collapsed=False))
    if mended is None:
        raise BadInput(
            "no_area",
            _("%(what)s: the outline cannot be repaired, it encloses no area (%(why)s)."),
            what=what,
            why=reason,
        )
    change = area_m2(mended) - area_m2(raw)
    words = _now("%(why)s; repaired, area changed by %(change)s m²") % {"why": reason, "change": f"{change:+.0f}"}
    return Cleaned(mended, words[:300])


#: What GEOS says of an outline that is no outline, in words for people.
_REASONS = {
    "Self-intersection": _("the outline crosses itself"),
    "Ring Self-intersection": _("the outline touches itself"),
    "Hole lies outside shell": _("a hole lies outside"),
    "Holes are nested": _("a hole lies in a hole"),
    "Nested shells": _("one part lies in another"),
    "Duplicate Rings": _("a ring is there twice"),
    "Interior is disconnected": _("holes cut it in two"),
    "Too few points in geometry component": _("a ring has too few corners"),
}


def _reason(given: str) -> str:
    """`Self-intersection[120.26 23.33]` as a person would say it, with the place."""
    what, _bracket, place = given.partition("[")
    words = str(_REASONS.get(what, what))
    return _now("%(what)s at %(place)s") % {"what": words, "place": place.rstrip("]")} if place else words


def polygons_of(geometry: Any) -> Outline | None:
    """The polygons in a geometry as one (multi)polygon; None if it has none."""
    parts = [
        part
        for part in shapely.get_parts(shapely.get_parts([geometry]))
        if part.geom_type == "Polygon" and part.area > 0
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def joined(outlines: list[Outline]) -> Outline:
    """Several outlines of one area as one."""
    if len(outlines) == 1:
        return outlines[0]
    union = polygons_of(shapely.union_all(outlines))
    assert union is not None
    return union


def area_m2(outline: Any) -> float:
    """Area in square metres on the WGS-84 ellipsoid, with edges straight in longitude and latitude.

    Lambert's cylindrical equal-area projection: Snyder, Map Projections (USGS PP 1395, 1987), formulas 10-13 and 3-12.
    """

    def project(lon: Any, lat: Any) -> Any:
        sine = np.sin(np.radians(lat))
        e_sine = _ECCENTRICITY * sine
        authalic = sine / (1 - e_sine**2) + np.arctanh(e_sine) / _ECCENTRICITY
        return _SEMI_AXIS_M * np.radians(lon), _SEMI_AXIS_M * (1 - _ECCENTRICITY**2) / 2 * authalic

    return float(shapely.area(shapely.transform(outline, project, interleaved=False)))


def to_wkb(outline: Outline) -> bytes:
    """The outline as it is stored."""
    return bytes(shapely.to_wkb(outline))


def as_geojson(outline: Any, tolerance: float = 0.0) -> dict[str, Any]:
    """A GeoJSON geometry, simplified by `tolerance` degrees, with six decimals (0.1 m)."""
    simple = shapely.simplify(outline, tolerance, preserve_topology=True) if tolerance else outline
    found: dict[str, Any] = json.loads(shapely.to_geojson(shapely.set_precision(simple, 1e-6, mode="pointwise")))
    return found
