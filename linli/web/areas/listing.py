"""The tree of areas from the person's own ones down, level by level, and finding one by name or code: `/desk/areas/`."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.areas.codes import within
from linli.areas.models import Area
from linli.events.models import Event
from linli.web.areas.sight import Sight, clean, seen, sight_of

#: Rows of one level, and of what was found, before a further page.
PAGE = 100


@dataclass(frozen=True)
class Line:
    """One area in a list. The figures are None where matters are not theirs to see."""

    area: Area
    has_below: bool
    open: int | None
    overdue: int | None


@login_required
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """The tree; `?q=` finds, `?in=CODE` answers one level alone, `?after=CODE` goes on."""
    sight, at = sight_of(request), timezone.now()
    words, inside = (request.GET.get(name, "").strip() for name in ("q", "in"))
    after = clean(request.GET.get("after", ""))
    if inside:
        top: Area | None = seen(request, inside)
        rows = Area.objects.children_of(inside).open()
    else:
        top, rows = None, _found(sight, words) if words else Area.objects.filter(pk__in=sight.codes)
    page = list(rows.filter(code__gt=after).select_related("parent").order_by("code")[: PAGE + 1])
    context: dict[str, Any] = {
        "room": "areas",
        "words": words,
        "top": top,
        "lines": lines(sight, page[:PAGE], at),
        "next_after": page[PAGE - 1].code if len(page) > PAGE else "",
        "is_first": not after,
        "sees_nothing": not sight.codes,
        "tianditu": settings.TIANDITU_KEY,
        "map_events": reverse("events:map_events") if sight.scope.area_codes else "",
        "map_areas": _map_areas(sight),
    }
    if inside:
        return render(request, "web/areas/_level.html", context)
    if not words and not inside and len(page) == 1:
        context |= _opened(sight, page[0], at)
    return render(request, "web/areas/index.html", context)


def _map_areas(sight: Sight) -> str:
    """The outlines beside the tree; the map's own choice leaves out what is only kept."""
    only = sight.codes[0] if len(sight.codes) == 1 else ""
    return reverse("events:map_areas") + (f"?in={only}" if only else "")


def _opened(sight: Sight, top: Area, at: datetime) -> dict[str, Any]:
    """The first level below, for those who have one area: the tree begins open."""
    below = list(Area.objects.children_of(top.code).open().order_by("code")[: PAGE + 1])
    return {
        "below": lines(sight, below[:PAGE], at),
        "top": top,
        "next_below": below[PAGE - 1].code if len(below) > PAGE else "",
    }


def _found(sight: Sight, words: str) -> Any:
    plain = unicodedata.normalize("NFKC", words).replace("\0", "")[:100]
    by_code = Q(code__startswith=plain) | Q(national_code__startswith=plain) if plain.isdigit() else Q()
    return sight.areas().filter(Q(name__icontains=plain) | by_code)


def lines(sight: Sight, areas: list[Area], at: datetime) -> list[Line]:
    """These areas with what is open in each; three queries at most, however many there are."""
    figures = open_figures(sight, [area.code for area in areas], at)
    below = Area.objects.filter(parent=OuterRef("pk"))
    parents = set(
        Area.objects.filter(pk__in=[area.code for area in areas])
        .filter(Exists(below))
        .order_by()
        .values_list("pk", flat=True)
    )
    nothing = (0, 0)
    return [
        Line(
            area,
            area.code in parents,
            *(figures.get(area.code, nothing) if sight.shows_matters(area.code) else (None, None)),
        )
        for area in areas
    ]


def open_figures(sight: Sight, codes: Iterable[str], at: datetime) -> dict[str, tuple[int, int]]:
    """How many matters are open and how many overdue in each of these areas of one parent or level: one query a width."""
    figures: dict[str, tuple[int, int]] = {}
    by_width: dict[int, list[str]] = {}
    for code in codes:
        by_width.setdefault(len(code), []).append(code)
    late = Q(due_at__lt=at, paused_at__isnull=True)
    for width, some in sorted(by_width.items()):
        rows = Event.objects.visible_to(sight.scope).open().filter(within(*_spans(some)))
        counted = (
            rows.order_by().values(unit=Left("area_id", width)).annotate(n=Count("pk"), late=Count("pk", filter=late))
        )
        figures |= {row["unit"]: (row["n"], row["late"]) for row in counted}
    return figures


def _spans(codes: list[str]) -> list[str]:
    """The codes, or what they have in common at the front if they are many: one range instead of a hundred."""
    if len(codes) <= 10:
        return codes
    first, last = min(codes), max(codes)
    same = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return [first[:same]] if same else codes
