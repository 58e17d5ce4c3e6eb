"""Outlines that the map of today does not have: former ones and those around a settlement; and a redrawing as a picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import shapely
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.areas.actions import boundaries_geojson, feature_of, outline_of
from linli.areas.models import ANSWERING, SETTLEMENTS, Area, Boundary
from linli.events.actions.register import Planned
from linli.web.areas.sight import seen
from linli.web.templatetags.ground import day_before
from linli.web.templatetags.page import day


@login_required
@require_safe
def outline(request: HttpRequest, code: str) -> HttpResponse:
    """The outline `?outline=KEY` of this area or one before it, else its last; the areas around it as frame."""
    area = seen(request, code)
    frame = _frame(area)
    former = _asked(area, request.GET["outline"]) if request.GET.get("outline") else _last(area)
    features = [*boundaries_geojson(frame)["features"], *([_named(former)] if former else [])]
    content = msgspec.json.encode({"type": "FeatureCollection", "features": features})
    response = HttpResponse(content, content_type="application/json")
    response.headers["Cache-Control"] = "private, max-age=30"
    return response


def _frame(area: Area) -> list[str]:
    """What is drawn around it: the grids that cover a settlement, what lies in an area, or what lies beside it."""
    if area.kind in SETTLEMENTS:
        covering = list(area.covered_by.filter(grid__valid_to__isnull=True).values_list("grid", flat=True))
        return covering or [code for code in [area.parent_id] if code]
    below = list(Area.objects.open().filter(parent=area, kind__in=ANSWERING).values_list("pk", flat=True))
    if below or area.parent_id is None:
        return below
    return list(Area.objects.open().filter(parent=area.parent_id, kind__in=ANSWERING).values_list("pk", flat=True))


def _asked(area: Area, key: str) -> Boundary:
    """The outline with this key, if it was this area's or that of one it followed."""
    try:
        wanted = UUID(key)
    except ValueError:
        raise Http404 from None
    row = Boundary.objects.select_related("area").filter(pk=wanted).first()
    if row is None or row.area.parent_id != area.parent_id:
        raise Http404
    return row


def _last(area: Area) -> Boundary | None:
    rows = area.boundaries.select_related("area")
    return rows.order_by(F("valid_to").desc(nulls_first=True), "-id").first()


def _named(row: Boundary) -> dict[str, Any]:
    feature = feature_of(row)
    if row.valid_to:
        feature["properties"]["former"] = True
        feature["properties"]["name"] = _("%(name)s until %(day)s") % {
            "name": row.area.name,
            "day": day(day_before(row.valid_to)),
        }
    return feature


@dataclass(frozen=True)
class Shape:
    """One outline as the path of a picture; `x`, `y` is where its name goes; `number` from 1 on chooses its look."""

    path: str
    x: float
    y: float
    name: str
    number: int


@dataclass(frozen=True)
class Picture:
    """A redrawing seen from above, north at the top, `width` × `height` units; `former` is None if it had no outline."""

    width: float
    height: float
    pieces: list[Shape]
    former: Shape | None
    #: Where open matters lie.
    dots: list[tuple[float, float]]


_WIDTH = 640.0
_MARGIN = 16.0


def picture_of(area: Area, plan: list[Planned], points: Iterable[tuple[float, float]]) -> Picture:
    """The old outline with the new ones in it, and the open matters as dots (longitude, latitude)."""
    former = outline_of(area)
    shapes = [one.piece.cleaned.outline for one in plan]
    west, south, east, north = shapely.total_bounds([*shapes, *([former] if former is not None else [])])
    narrowing = float(np.cos(np.radians((south + north) / 2)))
    scale = (_WIDTH - 2 * _MARGIN) / max((east - west) * narrowing, (north - south), 1e-9)

    def onto(coordinates: Any) -> Any:
        lon, lat = coordinates[:, 0], coordinates[:, 1]
        return np.column_stack([_MARGIN + (lon - west) * narrowing * scale, _MARGIN + (north - lat) * scale])

    dots = [(round(x, 1), round(y, 1)) for x, y in onto(np.array(list(points) or np.empty((0, 2))).reshape(-1, 2))]
    return Picture(
        round((east - west) * narrowing * scale + 2 * _MARGIN, 1),
        round((north - south) * scale + 2 * _MARGIN, 1),
        [
            _shape(shapely.transform(one, onto), plan[number].piece.name, number + 1)
            for number, one in enumerate(shapes)
        ],
        None if former is None else _shape(shapely.transform(former, onto), area.name, 0),
        dots,
    )


def _shape(flat: Any, name: str, number: int) -> Shape:
    rings = [ring for part in shapely.get_parts(flat) for ring in (part.exterior, *part.interiors)]
    path = "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1]) + "Z" for ring in rings
    )
    label = shapely.point_on_surface(flat)
    return Shape(path, round(label.x, 1), round(label.y, 1), name, number)
