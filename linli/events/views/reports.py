"""A new report taken down by staff: `/desk/new`."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.models import ANSWERING, Area
from linli.events import actions, alike, once, placing, suggesting
from linli.events.forms import NewReport
from linli.events.models import Event
from linli.events.rules import MAX_TEXT, Source
from linli.kit.refusal import BadInput, Refused
from linli.people.rules import Role, Scope, not_yours

#: Whoever works in an area may take down what they see or hear.
MAY_REPORT = (Role.GRID_WORKER, Role.CADRE, Role.DESK, Role.VERIFIER, Role.LEADER)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form, and taking it in."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.holds(*MAY_REPORT):
        raise not_yours()
    form = NewReport(request.POST or None, request.FILES or None, initial={"area": own_area(scope)})
    if request.method == "GET" or not form.is_valid():
        return _page(request, form, 422 if form.is_bound else 200)
    try:
        placed = _place(form)
        if placed.sides and not request.POST.get("side"):
            return _page(request, form, 422, sides=placed.sides)
        key = _report(request, form, placed.chosen(request.POST.get("side", "")))
    except BadInput as refusal:
        field = refusal.facts.get("field")
        form.add_error(field if field in form.fields else None, refusal.message)
        return _page(request, form, 422)
    in_sight = Event.objects.visible_to(scope).filter(pk=key).exists()
    return redirect("events:show", key) if in_sight else redirect("desk")


@login_required
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """The extra questions of the category just chosen, as a fragment; nothing for none."""
    form = NewReport({"category": request.GET.get("category", "")})
    form.is_valid()
    return render(request, "events/_questions.html", {"category": form.chosen(), "answers": {}, "problems": {}})


@login_required
@require_POST
def known(request: HttpRequest) -> HttpResponse:
    """What is known of the words just typed, as a fragment: likely categories, and matters that are perhaps the same."""
    form = NewReport(request.POST)
    form.is_valid()
    clean = form.cleaned_data
    # Where somebody writes for another, the other's own words come first.
    text, category = clean.get("text") or request.POST.get("words", "")[:MAX_TEXT], clean.get("category")
    context = {
        "likely": [] if category else suggesting.suggest(text),
        "chosen_in": "id_category",
        "alike": _alike(request, text, clean) if text else [],
        "now": timezone.now(),
    }
    return render(request, "events/_known.html", context)


def _alike(request: HttpRequest, text: str, clean: dict[str, Any]) -> list[alike.Alike]:
    """The matters in sight that are like the one being typed; none before it has a place."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    try:
        area = placing.place(clean.get("area", ""), clean.get("lon"), clean.get("lat")).area
    except BadInput:
        return []
    point = (clean["lon"], clean["lat"]) if clean.get("lon") is not None and clean.get("lat") is not None else None
    told = alike.Told(text, area.code, timezone.now(), clean.get("category"), point)
    return alike.alike(Event.objects.visible_to(scope), told)


def _page(request: HttpRequest, form: NewReport, status: int, **more: Any) -> HttpResponse:
    context = {
        "room": "new",
        "form": form,
        "form_key": once.form_key(request.POST.get("form", "")),
        "areas": areas_below(request.scope),  # type: ignore[attr-defined]
        "sides": [],
        "category": form.chosen(),
        "answers": form.answers(),
        "problems": form.problems,
    }
    return render(request, "events/new.html", context | more, status=status)


def _place(form: NewReport) -> placing.Placed:
    clean = form.cleaned_data
    return placing.place(clean["area"], clean["lon"], clean["lat"], clean["accuracy_m"])


def _report(request: HttpRequest, form: NewReport, area: Area) -> UUID:
    """Take it in, unless this form was taken in before. The key of the event."""
    key = once.key_of(request.POST.get("form", ""))
    try:
        event = _taken_in(request, form, area, key)
    except Refused as refusal:
        if key is None or refusal.code != "reported_already":
            raise
        return key
    messages.success(request, _("Reported as %(number)s.") % {"number": event.number})
    return event.pk


def _taken_in(request: HttpRequest, form: NewReport, area: Area, key: UUID | None) -> Event:
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
        answers=form.answers(),
        urgency=clean["urgency"] or None,
        photos=clean["photos"],
        contact=clean["contact"],
        key=key,
        suggested=[one.category.code for one in suggesting.suggest(clean["text"])],
    ).event


def own_area(scope: Scope) -> str:
    """The code of the one area they work in; empty for several."""
    codes = scope.area_codes
    return codes[0] if len(codes) == 1 else ""


def areas_below(scope: Scope) -> list[Area]:
    """The areas of the person and two levels below, to choose from."""
    found = Area.objects.none()
    for code in scope.area_codes[:10]:
        found = found | Area.objects.open().filter(pk=code) | Area.objects.open().filter(parent=code)
        found = found | Area.objects.open().filter(parent__parent=code)
    return list(found.filter(kind__in=ANSWERING).order_by("code").distinct()[:800])
