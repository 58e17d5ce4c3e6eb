"""The pages of hot spots: `/desk/statistics/<area>/hotspots/`, and what one of them suggests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.areas.codes import within
from linli.areas.models import Area
from linli.events.models import Category, Event
from linli.kit.refusal import BadInput
from linli.people.rules import Scope
from linli.statistics import listing
from linli.statistics.figures import matters_of
from linli.statistics.hotspots import spots, suggesting
from linli.statistics.hotspots.rising import Looked, Rising, rising
from linli.statistics.hotspots.spots import CLUSTER, LOOKED_AT, READ, Spot, Spots
from linli.statistics.narrowing import NO_CATEGORY, Narrowing
from linli.statistics.rules import BY_CODE
from linli.statistics.rules.rising import LEAST_BEFORE, Sure
from linli.statistics.sheet import Number
from linli.statistics.sight import area_in_sight, path_to, scope_of

#: What may be asked for; the first is taken where nothing is.
DAYS, RADII_M, WITHIN_DAYS = (28, 7, 14), (100, 50, 200), (60, 30, 90)
#: So far back a return or a cluster may lie.
BACK_DAYS = {"returning": 90, "alike": 30}
_SHOWN, _REST, _IN_GROUP = 20, 30, 60


@dataclass(frozen=True)
class _Asked:
    days: int
    radius_m: int
    within_days: int
    below: bool

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> "_Asked":
        """Raises `BadInput`."""
        days, radius, soon = (
            _chosen(sent.get(name, ""), possible)
            for name, possible in (("days", DAYS), ("radius", RADII_M), ("within", WITHIN_DAYS))
        )
        return cls(days, radius, soon, sent.get("areas") == "below")


def _chosen(sent: str, possible: Sequence[int]) -> int:
    found = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 5 else None
    if sent and found not in possible:
        raise BadInput("not_a_choice", _("“%(value)s” is not possible here. Choose one of the list."), value=sent[:40])
    return found or possible[0]


@login_required
@require_safe
def hotspots(request: HttpRequest, code: str) -> HttpResponse:
    """What rises, what comes back, and what is reported over and over in an area."""
    area, at, problem = area_in_sight(request, code), timezone.now(), ""
    try:
        asked = _Asked.of(request.GET)
    except BadInput as refusal:
        problem, asked = refusal.message, _Asked.of({})
    looked = rising(area, asked.days, below=asked.below, at=at)
    soon = timedelta(days=asked.within_days)
    back = spots.coming_back(
        area, radius=asked.radius_m, within=soon, since=at - timedelta(days=BACK_DAYS["returning"])
    )
    same = spots.clusters(area, since=at - timedelta(days=BACK_DAYS["alike"]))
    words = _Words(looked, back, same)
    context = {
        "room": "statistics",
        "area": area,
        "path": path_to(request, code),
        "now": at,
        "problem": problem,
        "asked": asked,
        "days": sorted(DAYS),
        "radii": sorted(RADII_M),
        "withins": sorted(WITHIN_DAYS),
        "stretches": looked.stretches,
        "is_known": len(looked.stretches.before) >= LEAST_BEFORE,
        "risen": [words.risen(one, asked.days) for one in looked.found if one.rise.sure != Sure.NOT][:_SHOWN],
        "others": [words.risen(one, asked.days) for one in looked.found if one.rise.sure == Sure.NOT][:_REST],
        "back": [words.spot(area, one, "returning") for one in back.found[:_SHOWN]],
        "same": [words.spot(area, one, "alike") for one in same.found[:_SHOWN]],
        "more_back": len(back.found) - _SHOWN,
        "more_same": len(same.found) - _SHOWN,
        "back_days": BACK_DAYS,
        "back_cut": LOOKED_AT if back.was_cut else 0,
        "same_cut": READ if same.was_cut else 0,
        "least_before": LEAST_BEFORE,
        "cluster": CLUSTER,
    }
    return render(request, "statistics/hotspots.html", context, status=422 if problem else 200)


@dataclass(frozen=True)
class _Risen:
    """A line of what rises."""

    area: str
    category: Category | None
    rising: Rising
    observed: Number
    is_mediation: bool
    suggestion: str


@dataclass(frozen=True)
class _Spot:
    """A line of a place or a cluster."""

    area: str
    category: Category | None
    spot: Spot
    is_mediation: bool
    suggestion: str


class _Words:
    """Names of what is shown, each kind in one query."""

    def __init__(self, looked: Looked, *several: Spots) -> None:
        shown = [spot for one in several for spot in one.found[:_SHOWN]]
        keys = {one.category for one in looked.found} | {spot.category for spot in shown}
        self._categories = Category.objects.in_bulk([key for key in keys if key])
        codes = {one.area for one in looked.found}
        self._areas = dict(Area.objects.filter(pk__in=codes).values_list("code", "name"))
        firsts = Event.objects.filter(pk__in=[spot.keys[0] for spot in shown])
        self._places: dict[Any, str] = {
            key: f"{above or ''} {name}".strip()
            for key, above, name in firsts.values_list("pk", "area__parent__name", "area__name")
        }

    def risen(self, one: Rising, days: int) -> _Risen:
        category = self._categories.get(one.category or 0)
        narrowed = Narrowing(
            category=one.category, unclassified=one.category is None, only_category=one.category is not None
        )
        days_of = {"from": str(one.stretch.first), "to": str(one.stretch.last)}
        rows = f"{reverse('statistics:rows', args=[one.area])}?{urlencode({'figure': 'reported', **days_of, **narrowed.asked})}"
        asked = {"kind": "rising", "category": one.category or NO_CATEGORY, "days": days}
        return _Risen(
            self._areas.get(one.area, one.area),
            category,
            one,
            Number(BY_CODE["reported"], one.rise.observed, rows),
            suggesting.is_for_mediation(category),
            f"{reverse('statistics:suggestion', args=[one.area])}?{urlencode(asked)}",
        )

    def spot(self, area: Area, spot: Spot, kind: str) -> _Spot:
        category = self._categories.get(spot.category or 0)
        asked = [("kind", kind), *(("event", str(key)) for key in spot.keys[-_IN_GROUP:])]
        return _Spot(
            self._places.get(spot.keys[0], area.name),
            category,
            spot,
            suggesting.is_for_mediation(category),
            f"{reverse('statistics:suggestion', args=[area.code])}?{urlencode(asked)}",
        )


# --- what one of them suggests -----------------------------------------------------------------------------------------


@login_required
@require_safe
def suggestion(request: HttpRequest, code: str) -> HttpResponse:
    """The matters of one hot spot, and the step it suggests with words prepared for it."""
    area, at, scope = area_in_sight(request, code), timezone.now(), scope_of(request)
    if request.GET.get("kind") == "rising":
        found, suggested, rows = _of_rise(request, area, at)
    else:
        found, suggested, rows = *_of_matters(request, area, scope), ""
    page = listing.page_of(scope, found, "reported_at", at=at, after=request.GET.get("after", ""), size=_IN_GROUP)
    asked = request.GET.copy()
    asked.pop("after", None)
    here = f"{request.path}?{asked.urlencode()}"
    on = suggesting.offered((row.event for row in page.rows), suggested.step, request.user, scope, at)  # type: ignore[arg-type]
    context = {
        "room": "statistics",
        "area": area,
        "path": path_to(request, code),
        "now": at,
        "suggestion": suggested,
        "page": page,
        "offered": on,
        "first_page": here,
        "next_page": f"{here}&after={page.next_cursor}",
        "rows": rows,
    }
    return render(request, "statistics/suggestion.html", context)


def _of_rise(request: HttpRequest, area: Area, at: datetime) -> tuple[Any, suggesting.Suggestion, str]:
    """Open matters of the category that were reported in the days it rose in."""
    days, sent = _chosen(request.GET.get("days", ""), DAYS), request.GET.get("category", "")
    wanted = None if sent == NO_CATEGORY else int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else 0
    looked = rising(area, days, at=at)
    one = next((one for one in looked.found if one.category == wanted), None)
    if one is None:
        raise BadInput("no_such_spot", _("There is no such hot spot any more. Load the page of hot spots again."))
    words = _Words(Looked([one], looked.stretches)).risen(one, days)
    first, last = (timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in one.stretch)
    of_category = Q(category=one.category) if one.category else Q(category__isnull=True)
    found = (
        matters_of(area.code)
        .open()
        .filter(of_category, reported_at__gte=first, reported_at__lt=last + timedelta(days=1))
    )
    rise = one.rise
    suggested = suggesting.for_rise(words.category, area.name, rise.observed, rise.expected, days)
    return found, suggested, words.observed.address


def _of_matters(request: HttpRequest, area: Area, scope: Scope) -> tuple[Any, suggesting.Suggestion]:
    """The matters named in the address, those in sight of the area alone."""
    keys = list(_keys(request.GET.getlist("event")))[:_IN_GROUP]
    found = Event.objects.visible_to(scope).filter(within(area.code), pk__in=keys)
    several = list(found.select_related("category").order_by("reported_at", "pk"))
    if not several or request.GET.get("kind") not in BACK_DAYS:
        raise BadInput("no_such_spot", _("There is no such hot spot any more. Load the page of hot spots again."))
    numbers = [event.number for event in several]
    prepare = suggesting.for_return if request.GET["kind"] == "returning" else suggesting.for_cluster
    return found, prepare(several[0].category, numbers)


def _keys(sent: Iterable[str]) -> Iterable[UUID]:
    for one in sent:
        try:
            yield UUID(one)
        except ValueError:
            continue
