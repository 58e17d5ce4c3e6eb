"""Redrawing a grid: a file of outlines, a preview of what would become of it, then the act. `/desk/areas/<code>/redraw`."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from linli.areas.models import Area
from linli.events.actions import register
from linli.events.models import Event
from linli.kit.refusal import NotYours, Refused
from linli.web.areas.acts import kept, path_of, say_no
from linli.web.areas.outlines import picture_of
from linli.web.areas.sight import sight_of
from linli.web.areas_forms import Redraw, RedrawAgain

#: Dots on the preview; more would be one blot.
_MOST_DOTS = 500


@login_required
@require_http_methods(["GET", "POST"])
def redraw(request: HttpRequest, code: str) -> HttpResponse:
    """The form; with a file the preview; with the preview's answer the act."""
    area = kept(request, code)
    if request.method == "GET":
        return _ask(request, area, _form(request, area, Redraw))
    if "outlines_json" in request.POST:
        return _confirmed(request, area)
    form = _form(request, area, Redraw)
    if not form.is_valid():
        return _ask(request, area, form, status=422)
    try:
        name = getattr(request.FILES["file"], "name", "")
        return _preview(request, area, form.outlines(), form.cleaned_data["crs"], str(name)[:200])
    except Refused as refusal:
        say_no(form, refusal)
        return _ask(request, area, form, status=refusal.status)


def _form(request: HttpRequest, area: Area, kind: Any) -> Any:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return kind(*sent, area=area, scope=request.scope)  # type: ignore[attr-defined]


def _ask(request: HttpRequest, area: Area, form: Any, status: int = 200) -> HttpResponse:
    context = {"room": "areas", "area": area, "form": form, "path": path_of(request, area)}
    return render(request, "web/areas/redraw.html", context, status=status)


def _confirmed(request: HttpRequest, area: Area) -> HttpResponse:
    """Do it; what is refused now (somebody was quicker, a name is missing) is said above the preview or the form."""
    form = _form(request, area, RedrawAgain)
    try:
        if not form.is_valid():
            raise forms.ValidationError(_("The preview did not come back whole. Choose the file once more."))
        outlines, crs, source = form.outlines(), form.cleaned_data["crs"], form.cleaned_data["source"]
    except forms.ValidationError as error:
        return _again(request, area, error.messages[0])
    try:
        made = register.redraw(area, outlines, by=request.user, at=timezone.now(), crs=crs, source=source)  # type: ignore[arg-type]
    except NotYours:
        raise
    except Refused as refusal:
        return _preview_again(request, area, outlines, crs, source, refusal)
    words = ngettext("%(n)s grid came in its place.", "%(n)s grids came in its place.", len(made))
    messages.success(request, words % {"n": len(made)})
    return redirect("area", area.code)


def _again(request: HttpRequest, area: Area, problem: str, status: int = 422) -> HttpResponse:
    context = {"room": "areas", "area": area, "path": path_of(request, area), "problem": problem}
    context["form"] = Redraw(area=area, scope=request.scope)  # type: ignore[attr-defined]
    return render(request, "web/areas/redraw.html", context, status=status)


def _preview_again(
    request: HttpRequest, area: Area, outlines: list[tuple[str, Any]], crs: str, source: str, refusal: Refused
) -> HttpResponse:
    try:
        return _preview(request, area, outlines, crs, source, refusal.message, refusal.status)
    except Refused:
        return _again(request, area, refusal.message, refusal.status)


def _preview(
    request: HttpRequest,
    area: Area,
    outlines: list[tuple[str, Any]],
    crs: str,
    source: str,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """What would become of it, with all that is needed to do it. Raises `Refused` if it cannot be done."""
    plan = register.plan_redraw(area, outlines, crs=crs)
    sees_matters = sight_of(request).shows_matters(area.code)
    context = {
        "room": "areas",
        "area": area,
        "path": path_of(request, area),
        "plan": plan,
        "sees_matters": sees_matters,
        "picture": picture_of(area, plan, _points(request, area) if sees_matters else []),
        "total_m2": sum(one.area_m2 for one in plan),
        "outlines_json": json.dumps([geometry for _name, geometry in outlines], separators=(",", ":")),
        "crs": crs,
        "source": source,
        "problem": problem,
    }
    return render(request, "web/areas/redraw_preview.html", context, status=status)


def _points(request: HttpRequest, area: Area) -> list[tuple[float, float]]:
    seen = Event.objects.visible_to(request.scope).open().filter(area=area, lon__isnull=False)  # type: ignore[attr-defined]
    points = seen.order_by("pk").values_list("lon", "lat")[:_MOST_DOTS]
    return [(lon, lat) for lon, lat in points if lon is not None and lat is not None]
