"""Calls and visits taken down for somebody else: `/desk/new/call`, and the slip that is read to them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.codes import lineage, within
from linli.areas.models import ANSWERING, Area
from linli.events import actions, once, placing, suggesting
from linli.events.calls import TakenDown
from linli.events.models import Event
from linli.events.rules import Source
from linli.events.views.reports import MAY_REPORT, areas_below, own_area
from linli.kit.refusal import BadInput, Refused
from linli.people.rules import Scope, not_yours

#: So long the slip can be shown again to whoever wrote it.
_SLIP_SHOWN = timedelta(hours=12)
_FOUND = 12


@login_required
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """The form, and taking it in."""
    scope = _required_scope(request)
    asked = request.GET
    initial = {"area": asked.get("area", own_area(scope))[:30], "door": asked.get("door", "telephone")}
    form = TakenDown(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "GET" or not form.is_valid():
        return _page(request, form, 422 if form.is_bound else 200)
    clean = form.cleaned_data
    try:
        placed = placing.place(clean["area"], clean["lon"], clean["lat"], clean["accuracy_m"])
        if placed.sides and not request.POST.get("side"):
            return _page(request, form, 422, sides=placed.sides)
        return _kept(request, form, placed.chosen(request.POST.get("side", "")))
    except Refused as refusal:
        return _said_no(request, form, refusal)


@login_required
@require_safe
def order(request: HttpRequest) -> HttpResponse:
    """Whether this order of the hotline was entered already, as a fragment."""
    scope = _required_scope(request)
    try:
        known = actions.entered_order(request.GET.get("order_no", ""))
    except BadInput:
        known = None
    return render(request, "events/_order.html", {"known": known, "is_seen": known and _sees(scope, known)})


@login_required
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """Areas in sight whose name or code has these signs, as a fragment to choose from."""
    scope = _required_scope(request)
    signs = request.GET.get("find", "").replace("\0", "").strip()[:40]
    found = Area.objects.open().filter(within(*scope.area_codes, field="code"), kind__in=ANSWERING)
    found = found.filter(code__startswith=signs) if signs.isdigit() else found.filter(name__contains=signs)
    rows = list(found.select_related("parent__parent").order_by("code")[:_FOUND]) if signs else []
    return render(request, "events/_found_areas.html", {"signs": signs, "found": rows})


@login_required
@require_safe
def slip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Number and code to read to the caller, for whoever entered it, on the same day."""
    rows = Event.objects.select_related("area", "statement", "receipt")
    since = timezone.now() - _SLIP_SHOWN
    event = get_object_or_404(rows, pk=pk, statement__entered_by=request.user.pk, reported_at__gte=since)
    if not hasattr(event, "receipt"):
        raise Http404
    names = Area.objects.filter(pk__in=lineage(event.area_id)[:2]).order_by("-code").values_list("name", flat=True)
    context = {
        "room": "call",
        "event": event,
        "code": actions.code_of(event),
        "office": names.first() or event.area.name,
        "is_seen": _sees(request.scope, event),  # type: ignore[attr-defined]
        "status": request.build_absolute_uri(reverse("look_up")),
    }
    response = render(request, "events/slip.html", context)
    patch_cache_control(response, no_store=True)
    return response


def _required_scope(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.holds(*MAY_REPORT):
        raise not_yours()
    return scope


def _sees(scope: Scope, event: Event) -> bool:
    return Event.objects.visible_to(scope).filter(pk=event.pk).exists()


def _page(request: HttpRequest, form: TakenDown, status: int, **more: Any) -> HttpResponse:
    areas = areas_below(request.scope)  # type: ignore[attr-defined]
    chosen = str(form["area"].value() or "")
    if chosen and chosen not in {area.code for area in areas}:
        areas += Area.objects.open().filter(pk=chosen, kind__in=ANSWERING)
    context = {
        "room": "call",
        "form": form,
        "form_key": once.form_key(request.POST.get("form", "")),
        "areas": areas,
        "sides": [],
        "category": form.chosen(),
        "answers": form.answers(),
        "problems": form.problems,
    }
    return render(request, "events/call.html", context | more, status=status)


def _kept(request: HttpRequest, form: TakenDown, area: Area) -> HttpResponse:
    """Take it in, unless this form was taken in before with the same words."""
    key = once.key_of(request.POST.get("form", ""))
    before = Event.objects.filter(pk=key).first() if key else None
    if before is not None:
        if before.text != form.summary().replace("\r\n", "\n").strip():
            return _other_words(request, form, before)
        return redirect("events:slip", before.pk)
    clean = form.cleaned_data
    event = actions.report(
        text=form.summary(),
        area=area,
        at=timezone.now(),
        by=request.user,  # type: ignore[arg-type]
        source=Source.DESK,
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
        suggested=[one.category.code for one in suggesting.suggest(form.summary())],
        taken=form.taken(),
    ).event
    return redirect("events:slip", event.pk)


def _other_words(request: HttpRequest, form: TakenDown, before: Event) -> HttpResponse:
    """A form brought back by the browser and filled for the next caller must not vanish into the first one's matter."""
    form.add_error(
        None,
        _("This form has become %(number)s already, with other words. If this is another call, send it once more.")
        % {"number": before.number},
    )
    return _page(request, form, 422, form_key=once.form_key())


def _said_no(request: HttpRequest, form: TakenDown, refusal: Refused) -> HttpResponse:
    field = refusal.facts.get("field")
    message: Any = refusal.message
    if refusal.code == "order_entered":
        known = actions.entered_order(form.cleaned_data["order_no"])
        if known is not None and _sees(request.scope, known):  # type: ignore[attr-defined]
            link = reverse("events:show", args=[known.pk])
            message = format_html('{} <a href="{}">{}</a>', message, link, _("Open it"))
    form.add_error(field if field in form.fields else None, message)
    return _page(request, form, 422 if isinstance(refusal, BadInput) else refusal.status)
