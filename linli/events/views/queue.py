"""The queue of the desk: `/desk/`."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.areas.models import Area
from linli.events import queue
from linli.events.actions import views as saved
from linli.events.models import Category, SavedView
from linli.events.queue import Filters, Order, Show
from linli.events.rules import Severity, Source, State, Urgency
from linli.journal import following
from linli.kit.refusal import BadInput
from linli.people.models import Department

#: The tabs in their order; the rest of `Show` is reached by the filter.
_TABS = (
    *(Show.MINE, Show.OPEN, Show.NEW, Show.WITH_DEPARTMENTS, Show.TO_VERIFY, Show.OVERDUE, Show.PAUSED),
    *(Show.ENDED_TODAY, Show.ENDED, Show.ALL),
)

#: What is answered alone: the rows, and the rows with the figures of the tabs for a page that listens.
_PARTS = {"queue": "events/_queue.html", "live": "events/_live.html"}


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The matters this person sees, a page at a time."""
    at, scope, me = timezone.now(), request.scope, request.user.pk  # type: ignore[attr-defined]
    # Before anything is read: from there on the page listens to what happens.
    place, problem = following.spelled(following.place()), ""
    try:
        filters = Filters.parse(request.GET)
        page = queue.page_of(scope, filters, at=at, after=request.GET.get("after", ""), person=me)
    except BadInput as refusal:
        problem, filters = refusal.message, Filters()
        page = queue.page_of(scope, filters, at=at, person=me)
    context = {
        "room": "queue",
        "problem": problem,
        "filters": filters,
        "page": page,
        "now": at,
        "tabs": _tabs(filters, queue.counts(scope, filters, at=at)),
        "next_page": _address(filters) + ("&" if filters.query() else "?") + f"after={page.next_cursor}",
        "first_page": _address(filters),
        "newest": _address(filters, order=Order.NEWEST),
        "live_after": place,
        "nothing_in_sight": not (scope.area_codes or scope.departments or scope.lent_matters),
    }
    part = _PARTS.get(request.headers.get("HX-Target", ""))
    if part:
        return render(request, part, context)
    return render(request, "events/queue.html", context | _choices(request, filters))


def _address(filters: Filters, **changes: Any) -> str:
    query = filters.query(**changes)
    return reverse("desk") + (f"?{query}" if query else "")


def _tabs(filters: Filters, counts: dict[Show, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": show.label,
            "address": _address(filters, show=show, state=""),
            "count": counts.get(show),
            "is_shown": filters.show == show,
            "alarms": show == Show.OVERDUE and counts.get(show),
        }
        for show in _TABS
    ]


def _choices(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    """What the filters offer, and those set now as chips that take themselves away."""
    scope = request.scope  # type: ignore[attr-defined]
    areas = _areas(scope.area_codes, filters.area)
    categories = list(Category.objects.filter(pack__in_use=True, closed_on__isnull=True).order_by("code"))
    departments = list(Department.objects.filter(closed_on__isnull=True))
    return {
        "areas": areas,
        "categories": categories,
        "departments": departments,
        "states": State.choices,
        "severities": Severity.choices,
        "urgencies": Urgency.choices,
        "sources": Source.choices,
        "orders": Order.choices,
        "chips": _chips(filters, areas, categories, departments),
        "saved_views": list(SavedView.objects.filter(person=request.user)),  # type: ignore[misc]
        "query": filters.query(),
    }


def _areas(codes: list[str], chosen: str) -> list[Area]:
    """The areas in sight and one level below, with the chosen one and its neighbours wherever it lies."""
    near = Area.objects.open().filter(pk__in=codes) | Area.objects.open().filter(parent__in=codes)
    if chosen:
        near = near | Area.objects.open().filter(pk=chosen) | Area.objects.open().filter(parent=chosen)
    return list(near.order_by("code").distinct()[:400])


def _chips(
    filters: Filters, areas: list[Area], categories: list[Category], departments: list[Department]
) -> list[dict[str, str]]:
    named: dict[str, dict[Any, str]] = {
        "area": {area.code: area.name for area in areas},
        "category": {one.pk: str(one) for one in categories},
        "department": {one.pk: one.name for one in departments},
        "state": {value: str(label) for value, label in State.choices},
        "severity": {value: str(label) for value, label in Severity.choices},
        "urgency": {value: str(label) for value, label in Urgency.choices},
        "source": {value: str(label) for value, label in Source.choices},
    }
    empty = Filters()
    chips = []
    for name in (
        "words",
        "area",
        "category",
        "state",
        "severity",
        "urgency",
        "department",
        "source",
        "from_on",
        "to_on",
    ):
        value = getattr(filters, name)
        if value != getattr(empty, name):
            words = str(named.get(name, {}).get(value, value))
            chips.append({"words": words, "without": _address(replace(filters, **{name: getattr(empty, name)}))})
    return chips


@login_required
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filters under a name."""
    filters = Filters.parse(request.POST)
    saved.save_view(request.user, name=request.POST.get("name", ""), query=filters.query())  # type: ignore[arg-type]
    messages.success(request, _("The view is saved."))
    return redirect(_address(filters))


@login_required
@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a saved view away."""
    view = get_object_or_404(SavedView, pk=pk, person_id=request.user.pk)
    saved.delete_view(view)
    messages.success(request, _("The view is deleted."))
    return redirect("desk")
