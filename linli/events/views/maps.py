"""The map: our own boundaries, and the open matters as points. `/desk/map/`."""

from typing import Any

import msgspec
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.areas.actions import boundaries_geojson
from linli.areas.codes import numbering, within
from linli.areas.models import ANSWERING, Area
from linli.events.models import RUNS_OUT_AT, Event
from linli.kit.refusal import BadInput

#: More points than this are no help to anybody; the list has them all.
_MOST_POINTS = 5000
#: Outlines are simplified to what a screen can show at each level. Degrees.
_TOLERANCE = {0: 0.0008, 1: 0.0003, 2: 0.0001}


@login_required
@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The map with the list beside it."""
    scope = request.scope  # type: ignore[attr-defined]
    at = timezone.now()
    events = _points(request).select_related("area", "category")[:60]
    context = {
        "room": "map",
        "tianditu": settings.TIANDITU_KEY,
        "events": [{"event": event, "is_overdue": _is_overdue(event, at)} for event in events],
        "tops": list(Area.objects.filter(pk__in=scope.area_codes)),
        "now": at,
    }
    return render(request, "events/map.html", context)


def _points(request: HttpRequest) -> Any:
    visible = Event.objects.visible_to(request.scope).open()  # type: ignore[attr-defined]
    if inside := request.GET.get("in", ""):
        visible = visible.filter(area__in=[]) if numbering().level(inside) is None else visible.filter(within(inside))
    return visible.filter(lon__isnull=False).order_by(RUNS_OUT_AT.asc(nulls_last=True), "pk")


@login_required
@require_safe
def events_json(request: HttpRequest) -> HttpResponse:
    """The open matters in sight that have a position, or of them those `?in=CODE`."""
    at = timezone.now()
    rows = _points(request).select_related("category")[:_MOST_POINTS]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(row.lon, 6), round(row.lat, 6)]},
            "properties": {
                "id": str(row.pk),
                "title": (row.title or row.text)[:40],
                "state": row.get_state_display(),
                "category": str(row.category or ""),
                "late": _is_overdue(row, at),
            },
        }
        for row in rows
    ]
    return _json({"type": "FeatureCollection", "features": features})


@login_required
@require_safe
def areas_json(request: HttpRequest) -> HttpResponse:
    """Outlines: those in sight with the levels above as frame, or `?in=CODE` with what lies in it."""
    inside = request.GET.get("in", "")
    if inside:
        if numbering().level(inside) is None:
            raise BadInput("unknown_area", _("There is no area %(code)s. Choose one of the list."), code=inside[:30])
        return outlines_in(inside)
    codes: list[str] = []
    for code in request.scope.area_codes[:20]:  # type: ignore[attr-defined]
        codes += [code, *_below(code)]
    if not codes:
        codes = list(Area.objects.open().filter(parent__isnull=True).values_list("pk", flat=True)[:20])
        codes += [below for code in codes for below in _below(code)]
    return outlines(codes)


def outlines_in(code: str) -> HttpResponse:
    """The outlines of an area and of those right below it."""
    return outlines([code, *_below(code)])


def _below(code: str) -> list[str]:
    return list(Area.objects.open().filter(parent=code, kind__in=ANSWERING).values_list("pk", flat=True))


def outlines(codes: list[str]) -> HttpResponse:
    """The outlines of these areas, as simple as their highest level allows."""
    if not codes:
        return _json({"type": "FeatureCollection", "features": []})
    depth = numbering().widths.index(min(map(len, codes))) if min(map(len, codes)) in numbering().widths else 0
    return _json(boundaries_geojson(sorted(set(codes)), _TOLERANCE.get(depth, 0.00002)))


def _json(content: Any) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(content), content_type="application/json")
    response.headers["Cache-Control"] = "private, max-age=30"
    return response


def _is_overdue(event: Event, at: Any) -> bool:
    return bool(event.due_at and event.paused_at is None and event.due_at < at)
