"""A new report taken down by staff: `/desk/new`."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.areas.models import ANSWERING, Area
from linli.events import actions, placing
from linli.events.forms import NewReport
from linli.events.rules import Source
from linli.kit.refusal import BadInput, NotYours
from linli.people.rules import Role, Scope

#: Whoever works in an area may take down what they see or hear.
_MAY_REPORT = (Role.GRID_WORKER, Role.CADRE, Role.DESK, Role.VERIFIER, Role.LEADER)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form, and taking it in."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.holds(*_MAY_REPORT):
        raise NotYours("not_yours", _("None of your appointments includes this act. Ask the desk that has the matter."))
    form = NewReport(request.POST or None, request.FILES or None, initial={"area": _own_area(scope)})
    context: dict[str, Any] = {"room": "new", "form": form, "areas": _areas(scope), "sides": []}
    if request.method == "GET" or not form.is_valid():
        return render(request, "events/new.html", context, status=422 if form.is_bound else 200)
    try:
        placed = placing.place(
            form.cleaned_data["area"],
            form.cleaned_data["lon"],
            form.cleaned_data["lat"],
            form.cleaned_data["accuracy_m"],
        )
        if placed.sides and not request.POST.get("side"):
            return render(request, "events/new.html", context | {"sides": placed.sides}, status=422)
        event = _report(request, form, placed.chosen(request.POST.get("side", "")))
    except BadInput as refusal:
        field = refusal.facts.get("field")
        form.add_error(field if field in form.fields else None, refusal.message)
        return render(request, "events/new.html", context, status=422)
    messages.success(request, _("Reported as %(number)s.") % {"number": event.number})
    in_sight = type(event).objects.visible_to(scope).filter(pk=event.pk).exists()
    return redirect("events:show", event.pk) if in_sight else redirect("desk")


def _report(request: HttpRequest, form: NewReport, area: Area) -> Any:
    clean = form.cleaned_data
    scope: Scope = request.scope  # type: ignore[attr-defined]
    on_the_round = scope.holds(Role.GRID_WORKER) and not scope.holds(Role.DESK)
    return actions.report(
        text=clean["text"],
        area=area,
        at=timezone.now(),
        by=request.user,  # type: ignore[arg-type]
        source=Source.GRID if on_the_round else Source.DESK,
        place=clean["place"],
        lon=clean["lon"],
        lat=clean["lat"],
        accuracy_m=clean["accuracy_m"],
        category=clean["category"],
        urgency=clean["urgency"] or None,
        photos=clean["photos"],
        contact=clean["contact"],
    ).event


def _own_area(scope: Scope) -> str:
    codes = scope.area_codes
    return codes[0] if len(codes) == 1 else ""


def _areas(scope: Scope) -> list[Area]:
    """The areas of the person and two levels below, to choose from."""
    found = Area.objects.none()
    for code in scope.area_codes[:10]:
        found = found | Area.objects.open().filter(pk=code) | Area.objects.open().filter(parent=code)
        found = found | Area.objects.open().filter(parent__parent=code)
    return list(found.filter(kind__in=ANSWERING).order_by("code").distinct()[:800])
