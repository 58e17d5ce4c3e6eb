"""One area of any level: its outline, who answers, its places, its matters and its history. `/desk/areas/<code>`."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.areas.codes import lineage, within
from linli.areas.models import ANSWERING, SETTLEMENTS, Area, Boundary, Place, PlaceKind
from linli.events import queue
from linli.events.queue import Filters, Show
from linli.web.areas import duty, history
from linli.web.areas.acts import acts_on
from linli.web.areas.listing import PAGE, lines
from linli.web.areas.sight import Sight, clean, seen, sight_of

#: Matters shown before the link to all of them.
_MATTERS = 10
_PLACES = 60
_CLOSED = 100


@login_required
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """The page of an area, as much of it as this person may see."""
    found, sight, at = seen(request, code), sight_of(request), timezone.now()
    journal = history.journal_of(found)
    predecessors = _predecessors(found, journal)
    path = {one.code: one for one in Area.objects.filter(pk__in=lineage(code)).order_by("code")}
    context: dict[str, Any] = {
        "room": "areas",
        "area": found,
        "now": at,
        "path": [{"area": one, "is_open_to_them": sight.covers(one.code)} for one in path.values()],
        "areas_by_code": path,
        "is_settlement": found.kind in SETTLEMENTS,
        "followers": journal.followers or ([found.successor] if found.successor else []),
        "predecessors": predecessors,
        "outlines": history.outlines_of(found, predecessors),
        "journal": journal.lines,
        "keeps": sight.keeps(code),
        "appoints": sight.appoints(code),
        "acts": acts_on(found, request.scope) if sight.keeps(code) else [],  # type: ignore[attr-defined]
        "mine": request.user.pk,
    }
    context |= _map(request, found, sight)
    context |= _ground(found)
    context |= _below(found, sight, at, clean(request.GET.get("after", "")))
    if found.is_open:
        context |= duty.duty_of(found, at) | {"appointments": duty.appointments_of(found, at)}
    # A settlement answers for nothing: its matters are with the grid that covers it.
    if sight.shows_matters(code) and not context["is_settlement"]:
        context |= _matters(found, sight, at)
    return render(request, "web/areas/show.html", context)


def _predecessors(area: Area, journal: history.Journal) -> list[Area]:
    """Those that name it as successor, and the one its opening names: it may be one of several pieces."""
    named = {one.code: one for one in area.predecessors.all()} | {one.code: one for one in journal.predecessors}
    return [named[code] for code in sorted(named)]


def _map(request: HttpRequest, area: Area, sight: Sight) -> dict[str, Any]:
    """Which outlines the map draws: today's with what lies in it, or by our own address a former one or a settlement's."""
    asked = request.GET.get("outline", "")
    current = Boundary.objects.filter(area=area, valid_to__isnull=True).defer("geometry").first()
    if current and not asked:
        address = f"{reverse('events:map_areas')}?in={area.code}"
    else:
        address = reverse("area_outline", args=[area.code]) + (f"?outline={asked}" if asked else "")
    events = f"{reverse('events:map_events')}?in={area.code}" if sight.shows_matters(area.code) else ""
    return {
        "current": current,
        "map_areas": address,
        "map_events": events if area.is_open and not asked else "",
        "asked_outline": asked,
        "tianditu": settings.TIANDITU_KEY,
    }


def _ground(area: Area) -> dict[str, Any]:
    """Places by kind, and what covers what."""
    places = Place.objects.filter(within(area.code), closed_on__isnull=True)
    kinds = dict(places.order_by().values_list("kind").annotate(n=Count("pk")))
    labels = dict(PlaceKind.choices)
    # Many are no list anybody reads: then their numbers alone, and the names further down.
    shown = list(places.select_related("area").order_by("kind", "name", "id")) if sum(kinds.values()) <= _PLACES else []
    return {
        "places": [
            {
                "kind": kind,
                "label": labels.get(kind, kind),
                "count": kinds[kind],
                "places": [one for one in shown if one.kind == kind],
            }
            for kind in PlaceKind.values
            if kind in kinds
        ],
        "covers": list(area.settlements.select_related("settlement").order_by("settlement")),
        "covered_by": list(area.covered_by.select_related("grid__parent").order_by("grid")),
    }


def _below(area: Area, sight: Sight, at: datetime, after: str) -> dict[str, Any]:
    """The areas one level below: those that answer with their figures, settlements, and closed ones."""
    children = Area.objects.children_of(area.code).order_by("code")
    answering = list(children.open().filter(kind__in=ANSWERING, code__gt=after)[: PAGE + 1])
    counts = children.order_by().aggregate(
        open=Count("pk", filter=Q(valid_to__isnull=True, kind__in=ANSWERING)),
        closed=Count("pk", filter=Q(valid_to__isnull=False)),
    )
    return {
        "children": lines(sight, answering[:PAGE], at),
        "next_after": answering[PAGE - 1].code if len(answering) > PAGE else "",
        "top": area,
        "settlements": list(children.open().filter(kind__in=SETTLEMENTS)),
        "closed_children": list(children.filter(valid_to__isnull=False).select_related("successor")[:_CLOSED]),
        "child_counts": counts,
    }


def _matters(area: Area, sight: Sight, at: datetime) -> dict[str, Any]:
    """Figures that open their rows, the first open matters due first, and those ended last."""
    asked = Filters(area=area.code)
    counts = queue.counts(sight.scope, asked, at=at)
    desk = reverse("desk")
    tiles = (Show.OPEN, Show.OVERDUE, Show.NEW, Show.WITH_DEPARTMENTS, Show.TO_VERIFY, Show.ENDED_TODAY)
    return {
        "sees_matters": True,
        "tiles": [
            {"show": show, "count": counts[show], "address": f"{desk}?{asked.query(show=show)}"} for show in tiles
        ],
        "open_count": counts[Show.OPEN],
        "all_open": f"{desk}?{asked.query()}",
        "all_ended": f"{desk}?{asked.query(show=Show.ENDED)}",
        "open_matters": _few(sight, asked, at),
        "ended_matters": _few(sight, replace(asked, show=Show.ENDED), at),
    }


def _few(sight: Sight, asked: Filters, at: datetime) -> queue.QueuePage:
    """The first rows as a page of the queue that has no other."""
    page = queue.page_of(sight.scope, asked, at=at, size=_MATTERS)
    return replace(page, next_cursor="", is_first=True)
