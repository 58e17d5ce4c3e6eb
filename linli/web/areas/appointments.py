"""Appointments one by one: ending them, leave, one's own; and taking a place away."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.models import Place
from linli.events.actions import register
from linli.kit.refusal import NotYours, Refused
from linli.people.actions import require_appointer
from linli.people.models import Appointment, Leave
from linli.people.rules import ADMINISTERED
from linli.web.areas.acts import say_no
from linli.web.areas.sight import sight_of
from linli.web.areas_forms import AddLeave, EndAppointment


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own appointments, held now or later, with leave that is not over."""
    at, sight = timezone.now(), sight_of(request)
    coming = Prefetch("leaves", Leave.objects.filter(to_at__gt=at).order_by("from_at"), to_attr="coming")
    rows = Appointment.objects.filter(person=request.user).select_related("area", "department")  # type: ignore[misc]
    held = [one for one in rows.prefetch_related(coming).order_by("area", "pk") if not _is_over(one, at)]
    context = {"room": "", "now": at, "held": [{"one": one, "is_in_sight": sight.covers(one.area_id)} for one in held]}
    return render(request, "web/areas/mine.html", context)


def _is_over(one: Appointment, at: datetime) -> bool:
    return one.to_on is not None and one.to_on <= timezone.localdate(at)


def _found(request: HttpRequest, pk: int) -> Appointment:
    """One's own, or one in an area in sight or where they appoint; else 404."""
    one, sight = (
        Appointment.objects.filter(pk=pk).select_related("person", "area", "department").first(),
        sight_of(request),
    )
    if one is None:
        raise Http404
    if one.person_id != request.user.pk and not (sight.covers(one.area_id) or sight.appoints(one.area_id)):
        raise Http404
    return one


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter days away: everybody their own, keepers of the register those of others."""
    one, at = _found(request, pk), timezone.now()
    if one.person_id != request.user.pk:
        require_appointer(request.user, one.area_id, at)  # type: ignore[arg-type]
    form = AddLeave(request.POST or None, label_suffix="")
    if not form.is_valid():
        return _page(request, one, "leave", form, status=422 if form.is_bound else 200)
    from_at, to_at = _midnight(form.cleaned_data["first_on"]), _midnight(form.cleaned_data["last_on"], later=1)
    try:
        register.add_leave(one, from_at=from_at, to_at=to_at, by=request.user, at=at)  # type: ignore[arg-type]
    except NotYours:
        raise
    except Refused as refusal:
        say_no(form, refusal)
        return _page(request, one, "leave", form, status=refusal.status)
    messages.success(request, _("The leave is entered. Deputies stand in for that time."))
    return _back(request, one)


def _midnight(day: Any, later: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=later), time.min))


@login_required
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an appointment from a day on."""
    one, at = _found(request, pk), timezone.now()
    require_appointer(request.user, one.area_id, at)  # type: ignore[arg-type]
    form = EndAppointment(request.POST or None, label_suffix="")
    if not form.is_valid():
        return _page(request, one, "end", form, status=422 if form.is_bound else 200)
    try:
        register.end_appointment(one, on=form.cleaned_data["on"], by=request.user, at=at)  # type: ignore[arg-type]
    except NotYours:
        raise
    except Refused as refusal:
        say_no(form, refusal)
        return _page(request, one, "end", form, status=refusal.status)
    messages.success(request, _("The appointment is ended."))
    return _back(request, one)


def _page(request: HttpRequest, one: Appointment, act: str, form: Any, status: int) -> HttpResponse:
    context = {"room": "areas", "one": one, "act": act, "form": form, "is_own": one.person_id == request.user.pk}
    context["back"] = _back_to(request, one)
    context["is_in_sight"] = sight_of(request).covers(one.area_id)
    return render(request, "web/areas/appointment.html", context, status=status)


def _back(request: HttpRequest, one: Appointment) -> HttpResponse:
    return redirect(_back_to(request, one))


def _back_to(request: HttpRequest, one: Appointment) -> str:
    """The page it was reached from: of the area, of the person for whoever keeps persons, or one's own."""
    if sight_of(request).covers(one.area_id):
        return reverse("area", args=[one.area_id])
    if one.person_id != request.user.pk and request.scope.holds(ADMINISTERED["persons"]):  # type: ignore[attr-defined]
        return reverse("administration:person", args=[one.person_id])
    return reverse("my_appointments")


@login_required
@require_POST
def close_place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The place is no more."""
    place = Place.objects.filter(pk=pk, closed_on__isnull=True).first()
    if place is None or not sight_of(request).covers(place.area_id):
        raise Http404
    register.close_place(place, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("%(place)s is taken away.") % {"place": place.name})
    return redirect("area", place.area_id)
