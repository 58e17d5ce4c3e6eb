"""Boundaries over time: drawing one, redrawing grids, and showing them on maps."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import shapely
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from linli.areas import ground
from linli.areas.actions.register import add_area, close_area, ground_changed, next_code
from linli.areas.geometry import Cleaned, area_m2, as_geojson, to_wkb
from linli.areas.models import Area, Boundary
from linli.kit.refusal import BadInput

#: Of the old grid's area a redrawing may leave out or add: borders are drawn by hand.
_MAY_DIFFER = 0.02


@transaction.atomic
def set_boundary(
    area: Area, cleaned: Cleaned, *, on: date, source: str = "", source_crs: str = "wgs84"
) -> Boundary | None:
    """Draw the outline of an area from a day on; the former one is kept as history. None if it is the same outline."""
    geometry = to_wkb(cleaned.outline)
    former = area.boundaries.filter(valid_to__isnull=True).first()
    if former is not None:
        if bytes(former.geometry) == geometry:
            return None
        former.valid_to = max(on, former.valid_from)
        former.save(update_fields=["valid_to"])
    boundary = new_boundary(area, cleaned, on=on, source=source, source_crs=source_crs)
    boundary.save(force_insert=True)
    ground_changed()
    return boundary


def new_boundary(area: Area, cleaned: Cleaned, *, on: date, source: str, source_crs: str) -> Boundary:
    """The row of a boundary, not stored yet."""
    west, south, east, north = cleaned.outline.bounds
    return Boundary(
        area=area,
        geometry=to_wkb(cleaned.outline),
        west=west,
        south=south,
        east=east,
        north=north,
        area_m2=area_m2(cleaned.outline),
        valid_from=on,
        source=source[:200],
        source_crs=source_crs,
        repaired=cleaned.repaired,
    )


@dataclass(frozen=True)
class Piece:
    """One of the areas that follow a redrawn one."""

    name: str
    cleaned: Cleaned


@transaction.atomic
def redraw(area: Area, pieces: list[Piece], *, on: date, source: str = "", source_crs: str = "wgs84") -> list[Area]:
    """Close a redrawn area and open others with fresh codes in its place; the largest is named as its successor.

    Raises what `check_pieces` raises, and `Refused` for an area closed already.
    """
    check_pieces(area, pieces)
    assert area.parent is not None
    made = []
    for piece in pieces:
        code = next_code(area.parent, area.kind)
        opened = add_area(code, piece.name, kind=area.kind, valid_from=on, is_demo=area.is_demo)
        set_boundary(opened, piece.cleaned, on=on, source=source, source_crs=source_crs)
        made.append(opened)
    close_area(area, on=on, successor=made[largest_of(pieces)])
    ground_changed()
    return made


def largest_of(pieces: list[Piece]) -> int:
    """Which of the pieces is named as successor."""
    return max(range(len(pieces)), key=lambda number: pieces[number].cleaned.outline.area)


def check_pieces(area: Area, pieces: list[Piece]) -> None:
    """Raises `BadInput` if the pieces overlap or do not cover what the old outline did, within two per cent of its area."""
    if not pieces:
        raise BadInput("no_pieces", _("Draw at least one area in the place of the old one."))
    if area.parent is None or area.children.exists():
        raise BadInput("not_a_leaf", _("%(area)s has areas in it. Redraw those."), area=area.name)
    _check_cover(area, pieces)


def _check_cover(area: Area, pieces: list[Piece]) -> None:
    outlines = [piece.cleaned.outline for piece in pieces]
    union = shapely.union_all(outlines)
    doubled_m2 = sum(area_m2(outline) for outline in outlines) - area_m2(union)
    former = outline_of(area)
    whole_m2 = area_m2(former if former is not None else union)
    if doubled_m2 > _MAY_DIFFER * whole_m2:
        raise BadInput(
            "pieces_overlap",
            _("The new outlines overlap by %(size)s m². Draw them side by side."),
            size=f"{doubled_m2:.0f}",
        )
    if former is None:
        return
    differs_m2 = area_m2(shapely.symmetric_difference(former, union))
    if differs_m2 > _MAY_DIFFER * whole_m2:
        raise BadInput(
            "pieces_differ",
            _("The new outlines and the old one differ by %(size)s m². Together they must cover what the old one did."),
            size=f"{differs_m2:.0f}",
        )


def outline_of(area: Area) -> Any:
    """The current outline as a shapely geometry in degrees, the last one of a closed area; None if it never had one."""
    row = area.boundaries.order_by(F("valid_to").desc(nulls_first=True), "-id").first()
    return None if row is None else shapely.from_wkb(bytes(row.geometry))


def boundaries_geojson(codes: list[str], tolerance: float = 0.0) -> dict[str, Any]:
    """The current outlines of these areas as a GeoJSON FeatureCollection, simplified by `tolerance` degrees."""
    return _collection(ground.current().version, tuple(sorted(codes)), tolerance)


@lru_cache(maxsize=64)
def _collection(_version: int, codes: tuple[str, ...], tolerance: float) -> dict[str, Any]:
    features = []
    for start in range(0, len(codes), 500):
        rows = Boundary.objects.filter(valid_to__isnull=True, area__in=codes[start : start + 500])
        features += [feature_of(row, tolerance) for row in rows.select_related("area").order_by("area")]
    return {"type": "FeatureCollection", "features": features}


def feature_of(row: Boundary, tolerance: float = 0.0) -> dict[str, Any]:
    """One outline, of today or of former days, as a GeoJSON feature with its area's code and name and where its label goes."""
    outline = shapely.from_wkb(bytes(row.geometry))
    label = shapely.point_on_surface(outline)
    properties = {
        "code": row.area_id,
        "name": row.area.name,
        "level": row.area.level,
        "label": [round(label.x, 6), round(label.y, 6)],
    }
    return {"type": "Feature", "id": row.area_id, "properties": properties, "geometry": as_geojson(outline, tolerance)}
