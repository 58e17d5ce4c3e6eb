"""Re-inspections drawn by lot: `/desk/reinspections/`, and one draw with all that is needed to draw it again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.models import Area
from linli.events import actions
from linli.events.forms.reinspections import DrawByHand, Plan
from linli.events.models import Draw, DrawPlan, Reinspection
from linli.events.rules import Finding
from linli.kit.refusal import Refused
from linli.people.rules import Role

_A_PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def reinspections(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at, the draws there were, and, for a desk, how its area draws."""
    areas = _areas_of_desk(request)
    chosen = {"plan": Plan, "draw": DrawByHand}
    bound: dict[str, forms.Form] = {}
    if request.method == "POST" and areas and (do := request.POST.get("do", "")) in chosen:
        form = bound[do] = chosen[do](request.POST, areas=areas, prefix=do)
        if form.is_valid() and _done(request, do, form):
            return redirect("events:reinspections")
    return render(request, "events/reinspections.html", _context(request, areas, bound), status=422 if bound else 200)


@login_required
@require_safe
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: the list, the secret, the seed, the lots, and whether it is as it was drawn."""
    found = get_object_or_404(Draw.objects.visible_to(request.scope).select_related("area"), pk=pk)  # type: ignore[attr-defined]
    rows = found.reinspections.select_related("event__area", "event__category", "inspector", "found_by").order_by("lot")
    context = {
        "room": "reinspections",
        "draw": found,
        "count": len(found.population),
        "page": Paginator(rows, _A_PAGE).get_page(request.GET.get("page")),
        "wrong": actions.wrong_with(found),
        "now": timezone.now(),
    }
    return render(request, "events/draw.html", context)


@login_required
@require_safe
def population(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen list as it was hashed: one number a line."""
    found = get_object_or_404(Draw.objects.visible_to(request.scope), pk=pk)  # type: ignore[attr-defined]
    answer = HttpResponse(
        "".join(f"{number}\n" for number in found.population), content_type="text/plain; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="draw-{found.pk}.txt"'
    return answer


def _context(request: HttpRequest, areas: list[Area], bound: dict[str, forms.Form]) -> dict[str, Any]:
    scope, today = request.scope, timezone.localdate()  # type: ignore[attr-defined]
    waiting = Reinspection.objects.visible_to(scope).waiting()
    draws = (
        Draw.objects.visible_to(scope)
        .select_related("area")
        .annotate(
            lots=Count("reinspections"),
            held=Count("reinspections", filter=Q(reinspections__finding=Finding.HELD)),
            not_held=Count("reinspections", filter=Q(reinspections__finding=Finding.NOT_HELD)),
            not_seen=Count("reinspections", filter=Q(reinspections__finding=Finding.NOT_SEEN)),
        )
    )
    last_monday = today - timedelta(days=today.weekday())
    days = {"from_on": last_monday - timedelta(days=7), "to_on": last_monday - timedelta(days=1)}
    rows = waiting.select_related("event__area", "event__category", "inspector").order_by("due_at", "id")
    return {
        "room": "reinspections",
        "page": Paginator(rows, _A_PAGE).get_page(request.GET.get("page")),
        "draws": Paginator(draws.defer("population").order_by("-to_on", "-id"), 20).get_page(request.GET.get("draws")),
        "plans": list(DrawPlan.objects.filter(pk__in=[area.pk for area in areas]).select_related("area")),
        "plan_form": bound.get("plan") or (Plan(areas=areas, prefix="plan") if areas else None),
        "draw_form": bound.get("draw") or (DrawByHand(areas=areas, prefix="draw", initial=days) if areas else None),
        "now": timezone.now(),
    }


def _areas_of_desk(request: HttpRequest) -> list[Area]:
    """The areas whose desk this person is: there they set the plan and draw."""
    held = request.scope.held  # type: ignore[attr-defined]
    return list(Area.objects.open().filter(pk__in={one.area for one in held if one.role == Role.DESK}).order_by("code"))


def _plan(request: HttpRequest, values: dict[str, Any]) -> str:
    actions.plan_draws(**values, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return _("The plan is kept.")


def _draw(request: HttpRequest, values: dict[str, Any]) -> str:
    made = actions.draw_lots(**values, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    told = {"drawn": made.reinspections.count(), "count": len(made.population)}
    return _("Drawn: %(drawn)s of %(count)s closed matters.") % told


_DO: dict[str, Callable[[HttpRequest, dict[str, Any]], str]] = {"plan": _plan, "draw": _draw}


def _done(request: HttpRequest, do: str, form: forms.Form) -> bool:
    """Whether it was done; a refusal is written beside its field."""
    try:
        messages.success(request, _DO[do](request, form.cleaned_data))
    except Refused as refusal:
        field = refusal.facts.get("field")
        form.add_error(field if field in form.fields else None, refusal.message)
        return False
    return True
