"""The file of a dispute: first a door, at which one says what for; then everything in it, the next thing on top."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from linli.kit.refusal import BadInput
from linli.mediation.actions import complaining, looking, own
from linli.mediation.actions.bodies import seats_of
from linli.mediation.actions.course import who_of
from linli.mediation.forms import ANSWER, ANSWER_NAME
from linli.mediation.forms.fields import called, choice, line, put_refusal
from linli.mediation.models import Dispute
from linli.mediation.rules import Purpose, State, Who
from linli.mediation.views.coming import Link
from linli.mediation.views.reaching import is_open, person_of, sealed_page, seen
from linli.mediation.views.shown import shown


class Door(forms.Form):
    """What a file is opened for."""

    purpose = choice(
        _("What do you open this file for?"), [one for one in Purpose.choices if one[0] != Purpose.OWN], radio=True
    )
    words = line(_("In few words"), longest=200, required=False)


@login_required
@require_safe
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """The file, or its door."""
    dispute, at = seen(request, key), timezone.now()
    if not is_open(request, dispute, at):
        return _door(request, dispute, Door(initial={"purpose": _likely(request, dispute)}, label_suffix=""))
    context = shown(dispute, by=person_of(request), at=at)
    names = called(list(dispute.parties.all()))
    context["from_parties"] = own.from_parties(dispute, names=names, by=person_of(request), at=at)
    _answer_complaints(context, dispute)
    return sealed_page(render(request, "mediation/file.html", context | {"room": "mediation"}))


def _answer_complaints(context: dict[str, Any], dispute: Dispute) -> None:
    """What a party complains of waits beside what else is to be done; where that is nothing, they came for it."""
    context["reads_complaints"] = not context["who"] and bool(context["from_parties"])
    waiting = [one.complaint for one in context["from_parties"].complaints if one.waits]
    if not waiting:
        return
    context["needs"].append(_now("A party complains of whoever mediates. Read it, hear both, and answer the party."))
    # The one that waits longest: each of the others has its button beside it.
    address = reverse("mediation:act_on", args=[dispute.pk, ANSWER_NAME, waiting[0].pk])
    context["steps"].append(Link(ANSWER_NAME, ANSWER.label, ANSWER.icon, address))


@login_required
@require_POST
def look(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open it for what was said."""
    dispute = seen(request, key)
    form = Door(request.POST, label_suffix="")
    if form.is_valid():
        try:
            looking.look(dispute, **form.cleaned_data, by=person_of(request), at=timezone.now())
        except BadInput as refusal:
            put_refusal(form, refusal)
        else:
            there = request.POST.get("next", "")
            if there.startswith(f"/mediation/{key}/") and url_has_allowed_host_and_scheme(there, None):
                return redirect(there)
            return redirect("mediation:file", key)
    return _door(request, dispute, form)


def _door(request: HttpRequest, dispute: Dispute, form: Door) -> HttpResponse:
    there = request.POST.get("next", "") or request.GET.get("next", "")
    context: dict[str, Any] = {"dispute": dispute, "form": form, "room": "mediation", "next": there}
    return sealed_page(render(request, "mediation/door.html", context, status=422 if form.is_bound else 200))


def _likely(request: HttpRequest, dispute: Dispute) -> str:
    """What most who come as this come for."""
    person, at = person_of(request), timezone.now()
    who, seats = who_of(dispute, by=person, at=at), seats_of(person, at)
    if who & {Who.MEDIATOR, Who.ASKED}:
        return Purpose.MEDIATE
    if Who.KEEPER in who and dispute.state in (State.REGISTERED, State.OFFERED):
        return Purpose.SCREEN
    if any(complaining.is_for(one, by=person, seats=seats, at=at) for one in dispute.complaints.open()):
        return Purpose.COMPLAINT
    if Who.KEEPER in who:
        return Purpose.OVERSEE
    headed = {seat.body_id for seat in seats if seat.is_head}
    return Purpose.COMPLAINT if dispute.complaints_to_id in headed else Purpose.CALL_BACK
