"""The doors: finding an area, its page, its map and its files. Anybody may look; nothing here asks who."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from linli.areas.actions import boundaries_geojson
from linli.areas.models import Area
from linli.kit.refusal import BadInput
from linli.openness import feeds, finding, letters, rules
from linli.openness.answering import answer
from linli.openness.figures import OpenFigures, figures_of
from linli.openness.reading import Asked, cells_of, page_of, public_categories
from linli.openness.rules import Pace

#: Outlines are simplified to what a screen shows of an area of this depth. Degrees.
_TOLERANCES = (0.0008, 0.0003, 0.0001)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Find one's area: by the list, by a name (`?q=`), by the map, or by where the phone is."""
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:40]
    tops = finding.tops()
    context = {
        "words": words,
        "found": finding.by_name(words),
        "tops": [{"area": one, "below": finding.below(one.code)} for one in tops],
        "languages": languages(request.path, urlencode({"q": words}) if words else ""),
        "language_query": feeds.in_language(),
        "most": rules.MOST_FOUND,
    }
    return render(request, "openness/index.html", context)


@csrf_exempt
@require_POST
def at(request: HttpRequest) -> JsonResponse:
    """The page of the area of a point (`lon`, `lat`). Asked in the body, so that no address or log holds where somebody is."""
    try:
        lon, lat = float(request.POST.get("lon", "")), float(request.POST.get("lat", ""))
    except ValueError:
        raise BadInput("bad_position", _("A position needs both coordinates in degrees.")) from None
    is_on_earth = -180 <= lon <= 180 and -90 <= lat <= 90
    area = finding.by_point(lon, lat) if is_on_earth else None
    if area is None:
        return JsonResponse({"words": _("This place lies outside the area served here.")}, status=404)
    return JsonResponse({"address": feeds.asked_of(reverse("openness:area", args=[area.code])), "name": area.name})


# --- the page of an area ------------------------------------------------------------------------------------------------


@require_safe
def area(request: HttpRequest, code: str) -> HttpResponseBase:
    """Its open figures, the map, the latest matters, and how to follow it."""
    found = area_or_404(code)
    asked = _asked(request, found, size=rules.A_PAGE)
    make = lambda at: render_to_string("openness/area.html", _context(request, found, asked, at), request).encode()  # noqa: E731
    name = f"page {code} {asked.query}"
    return answer(request, name, make, content_type="text/html; charset=utf-8", is_kept=asked.is_plain)


def _context(request: HttpRequest, found: Area, asked: Asked, at: datetime) -> dict[str, Any]:
    page = page_of(asked, at)
    categories = list(public_categories().filter(closed_on__isnull=True, pack__in_use=True).order_by("code"))
    names = {one.code: str(one) for one in categories}
    return {
        "area": found,
        "path": finding.path_to(found),
        "below": finding.below(found.code),
        "figures": (figures := _figures(found, at)),
        "which": feeds.which_matters(figures),
        "page": page,
        "next_page": feeds.asked_of(request.path, page.following.query) if page.following else "",
        "first_page": feeds.asked_of(request.path, replace(asked, after="").query) if asked.after else "",
        "categories": categories,
        "chosen": asked.categories[0] if asked.categories else "",
        "chosen_name": names.get(asked.categories[0], "") if asked.categories else "",
        "files": _files(found.code),
        "here": feeds.address("area", found.code),
        "licence": feeds.licence(),
        "coordinates": feeds.coordinates(),
        "languages": languages(request.path, asked.query),
        "tianditu": settings.TIANDITU_KEY,
        "now": at,
        "language_query": feeds.in_language(),
        "has_letters": letters.are_sent(),
        "paces": Pace.choices,
    }


def _figures(found: Area, at: datetime) -> OpenFigures:
    """Read once a minute, however the list beside them is narrowed."""
    key = f"openness-figures-{translation.get_language()}-{found.code}"
    read: OpenFigures | None = cache.get(key)
    if read is None:
        read = figures_of(found, at)
        cache.set(key, read, rules.HOLDS_S)
    return read


def _files(code: str) -> list[dict[str, str]]:
    kinds = (
        ("feed", "application/atom+xml", _("News feed (Atom)")),
        ("geojson", "application/geo+json", _("Matters with their places (GeoJSON)")),
        ("csv", "text/csv", _("Matters as a table (CSV)")),
        ("figures", "text/csv", _("Open figures with their definitions (CSV)")),
    )
    return [{"href": feeds.address(name, code), "type": kind, "title": title} for name, kind, title in kinds]


def languages(path: str, query: str) -> list[dict[str, str]]:
    """The same page in each other language: a link, for nothing of whoever reads is kept here."""
    others = [one for one in (("zh-hans", "中文"), ("en", "English")) if one[0] != translation.get_language()]
    asked = f"{query}&" if query else ""
    return [{"code": code, "name": name, "href": f"{path}?{asked}language={code}"} for code, name in others]


def area_or_404(code: str) -> Area:
    """The area of this code, if it is one with a page."""
    if not finding.has_page(code):
        raise Http404
    return get_object_or_404(finding.areas_with_pages(), pk=code)


def _asked(request: HttpRequest, found: Area, *, size: int, most: int = 0) -> Asked:
    # No store can be asked for a NUL.
    sent = QueryDict(request.META.get("QUERY_STRING", "").replace("%00", ""))
    categories = [code[:20] for code in sent.getlist("category")[: rules.MOST_CATEGORIES] if code]
    asked = Asked(
        found.code,
        tuple(sorted(set(categories))),
        since=_since(sent.get("since", "")),
        after=sent.get("after", "")[:120],
        size=size,
        usual=size,
    )
    limit = sent.get("limit", "")
    if most and limit.isascii() and limit.isdigit() and len(limit) < 6:
        return replace(asked, size=min(max(int(limit), 1), most))
    return asked


def _since(sent: str) -> datetime | None:
    if not sent:
        return None
    try:
        # A `+` of the zone that arrives as a blank is understood; a day alone begins at midnight.
        given = sent.strip()[:40].replace(" ", "+")
        moment = parse_datetime(given if "T" in given else f"{given}T00:00:00")
    except ValueError:
        moment = None
    if moment is None or not 1970 <= moment.year <= 2200:
        raise BadInput(
            "bad_moment", _("“%(value)s” is no moment. Write it as 2026-11-16T08:00:00+08:00."), value=sent[:40]
        )
    aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    # Asked minute by minute, it would tell the minute of a change.
    return timezone.localtime(aware).replace(hour=0, minute=0, second=0, microsecond=0)


# --- files --------------------------------------------------------------------------------------------------------------


def _file(
    name: str,
    content_type: str,
    make: Callable[[HttpRequest, Area, Asked, datetime], bytes],
    *,
    size: int = 0,
) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """A door to a file: in the language its address names or that of the home, whoever asks; other sites may read it too.

    `size`: of a page of it, which may be narrowed and turned; 0: it is one and the same, whatever else is asked.
    """

    @require_safe
    def door(request: HttpRequest, code: str) -> HttpResponseBase:
        known = dict(settings.LANGUAGES)
        spoken = request.GET.get("language", "")
        with translation.override(spoken if spoken in known else settings.LANGUAGE_CODE):
            found = area_or_404(code)
            try:
                asked = _asked(request, found, size=size, most=rules.MOST_IN_FILE) if size else Asked(code)
            except BadInput as refusal:
                response: HttpResponseBase = HttpResponse(
                    refusal.message, status=400, content_type="text/plain; charset=utf-8"
                )
            else:
                response = answer(
                    *(request, f"{name} {code} {asked.query}", lambda at: make(request, found, asked, at)),
                    content_type=content_type,
                    is_kept=asked.is_plain,
                )
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Content-Language"] = translation.get_language() or ""
        return response

    return door


feed = _file(
    *(
        "feed",
        "application/atom+xml; charset=utf-8",
        lambda _request, found, asked, at: feeds.atom(found, asked, page_of(asked, at), at),
    ),
    size=rules.IN_FEED,
)
geojson = _file(
    "geojson",
    "application/geo+json",
    lambda _request, found, asked, at: feeds.geojson(found, page_of(asked, at)),
    size=rules.IN_FILE,
)
matters_csv = _file(
    "csv",
    "text/csv; charset=utf-8",
    lambda _request, found, asked, at: feeds.matters_csv(found, page_of(asked, at)),
    size=rules.IN_FILE,
)
figures_csv = _file(
    "figures",
    "text/csv; charset=utf-8",
    lambda _request, found, _asked, at: feeds.figures_csv(found, _figures(found, at)),
)


def _map(_request: HttpRequest, found: Area, _asked: Asked, at: datetime) -> bytes:
    cells = [
        {
            "lon": cell.spot.lon,
            "lat": cell.spot.lat,
            "size": cell.spot.size,
            "open": cell.open,
            "ended": cell.ended,
            "categories": sorted(cell.categories.items(), key=lambda one: (-one[1], one[0]))[:6],
        }
        for cell in cells_of(found.code, at)
    ]
    return json.dumps({"cells": cells}, ensure_ascii=False, separators=(",", ":")).encode()


map_json = _file("map", "application/json", _map)


def _outlines(_request: HttpRequest, found: Area, _asked: Asked, _at: datetime) -> bytes:
    depth = len(finding.path_to(found))
    codes = [found.code, *(one.code for one in finding.below(found.code))]
    content = boundaries_geojson(codes, _TOLERANCES[min(depth, len(_TOLERANCES) - 1)])
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


outlines = _file("outlines", "application/json", _outlines)
