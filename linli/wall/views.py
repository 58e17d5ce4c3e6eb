"""The doors of the wall: the page, what changes on it, its map, and the rows behind what it counts itself.

All but the rows open for a screen too, on which nobody is signed in.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.areas.models import Area
from linli.events.views.maps import outlines_in
from linli.journal import following
from linli.kit.refusal import BadInput
from linli.statistics import listing
from linli.statistics.map_cells import Window
from linli.statistics.rules.cubes import ZOOMS
from linli.statistics.sight import area_in_sight, scope_of
from linli.wall import rules
from linli.wall.ground import clusters, near
from linli.wall.reading import Now, now_of, rows_of
from linli.wall.screens import may_answer
from linli.wall.watching import Watched, for_watchers, screen_of


def mine(request: HttpRequest) -> HttpResponse:
    """To the wall of a screen, or of the person's own area; a choice where they have several, a word where they have none."""
    if request.user.is_authenticated:
        return _of_person(request)
    screen = screen_of(request)
    return redirect("wall:wall", screen.area_id) if screen else redirect_to_login(request.get_full_path())


@require_safe
def _of_person(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request)
    if len(scope.area_codes) == 1:
        return redirect("wall:wall", scope.area_codes[0])
    context = {
        "room": "wall",
        "areas": Area.objects.filter(pk__in=scope.area_codes),
        "keeps_screens": scope.holds(*rules.ANSWERS_FOR, *rules.ENDS_TOO),
    }
    return render(request, "wall/mine.html", context)


@for_watchers
@require_safe
def wall(request: HttpRequest, watched: Watched) -> HttpResponse:
    """The page. It holds the numbers already, so that it says something before any script runs."""
    # Before anything is read: from there on the page listens to what happens.
    place, area, at = following.spelled(following.place()), watched.area, timezone.now()
    now = _now(watched, at)
    context = {
        "room": "wall",
        "area": area,
        "now": now,
        "tiles": [(tile, now.tiles.get(tile.key)) for tile in rules.TILES],
        "stages": [(key, name, now.stages[key]) for key, name in rules.STAGES],
        "first": msgspec.to_builtins(now),
        "stale_after_s": rules.STALE_AFTER_S,
        "asks_every_s": rules.ASKS_EVERY_S,
        "coalesced_s": rules.COALESCED_S,
        "tianditu": settings.TIANDITU_KEY,
        "live_after": place,
        "screen": watched.screen,
        "warned_before_s": int(rules.WARNED_BEFORE.total_seconds()),
        "may_stay": watched.screen is None and may_answer(scope_of(request), area.code),
    }
    return render(request, "wall/wall.html", context)


@for_watchers
@require_safe
def now_json(request: HttpRequest, watched: Watched) -> HttpResponse:
    """All that changes on the wall, in the language of the reader; 304 while nothing has happened."""
    return _told(request, lambda at: _now(watched, at))


@for_watchers
@require_safe
def areas_json(request: HttpRequest, watched: Watched) -> HttpResponse:
    """The outlines of the area and of those in it."""
    return outlines_in(watched.area.code)


@for_watchers
@require_safe
def map_json(request: HttpRequest, watched: Watched) -> HttpResponse:
    """What is open in a window, `?box=west,south,east,north`: by cell of a `zoom` (0 to 4), one by one without."""
    code = watched.area.code
    window, zoom = _window(request.GET.get("box", "")), request.GET.get("zoom", "")
    if not zoom:
        return _told(request, lambda at: {"matters": near(code, window)})
    if zoom not in map(str, range(len(ZOOMS))):
        raise BadInput("not_a_choice", _("“%(value)s” is not possible here. Choose one of the list."), value=zoom[:40])
    return _told(request, lambda at: {"clusters": clusters(code, window, int(zoom))})


@login_required
@require_safe
def rows(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """The matters behind a number that the wall counts itself."""
    area, at = area_in_sight(request, code), timezone.now()
    if what not in rules.Own.values:
        raise Http404
    events = rows_of(what, code, at)
    page = listing.page_of(
        *(scope_of(request), events, rules.CLOCK[what]),
        at=at,
        after=request.GET.get("after", ""),
        earliest=what == rules.Own.DUE_SOON,
    )
    context = {
        "room": "wall",
        "area": area,
        "name": rules.Own(what).label,
        "meaning": rules.MEANING[what],
        "count": events.order_by().count(),
        "page": page,
        "now": at,
        "first_page": request.path,
        "next_page": f"{request.path}?after={page.next_cursor}",
        "wall": reverse("wall:wall", args=[code]),
    }
    return render(request, "wall/rows.html", context)


def _now(watched: Watched, at: datetime) -> Now:
    ends_at = watched.screen.ends_at if watched.screen else None
    return replace(now_of(watched.area.code, at), ends_at=ends_at)


def _window(sent: str) -> Window:
    try:
        west, south, east, north = (float(side) for side in sent[:100].split(","))
    except ValueError:
        raise _no_window(sent) from None
    # Also not where a side is no number at all.
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise _no_window(sent)
    return Window(west, south, east, north)


def _no_window(sent: str) -> BadInput:
    return BadInput(
        "bad_window", _("“%(value)s” is no window: west, south, east, north in degrees."), value=sent[:40], field="box"
    )


def _told(request: HttpRequest, read: Callable[[datetime], Any]) -> HttpResponse:
    """As JSON with a tag: the same tag means that nothing was done since, and that no more than `HOLDS_S` have passed."""
    at = timezone.now()
    # Asked for before anything is read: what is done meanwhile makes another tag.
    held = f"{following.spelled(following.place())} {rules.slot(at)} {request.get_full_path()} {get_language()}"
    tag = f'"{hashlib.sha256(held.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(msgspec.json.encode(read(at)), content_type="application/json")
    answer.headers["ETag"], answer.headers["Cache-Control"] = tag, "private, no-cache"
    return answer
