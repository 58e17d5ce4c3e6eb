"""`/desk/webhooks/in/`: the systems that push, how they are read, and what came lately."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.intake.webhooks import actions, mapping, telling
from linli.intake.webhooks.forms import NewPusherForm, PusherForm
from linli.intake.webhooks.models import Pusher
from linli.intake.webhooks.views import areas_kept, keeper_only, secret_page
from linli.kit.addresses import own_address
from linli.kit.refusal import BadInput, Refused

_SHOWN = 50
#: Our fields as the preview names them.
_FIELDS = {
    "text": gettext_lazy("Words"),
    "title": gettext_lazy("Title"),
    "place": gettext_lazy("Place"),
    "area": gettext_lazy("Area"),
    "lon": gettext_lazy("Longitude"),
    "lat": gettext_lazy("Latitude"),
    "category": gettext_lazy("Category"),
    "urgency": gettext_lazy("Urgency"),
    "occurred_at": gettext_lazy("When it happened"),
    "contact": gettext_lazy("Contact (sealed)"),
}


def _pusher(request: HttpRequest, pk: int) -> Pusher:
    keeper_only(request)
    rows = Pusher.objects.visible_to(request.scope).select_related("area")  # type: ignore[attr-defined]
    found: Pusher = get_object_or_404(rows, pk=pk)
    return found


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One system that pushes, its address, and what came lately."""
    one, at = _pusher(request, pk), timezone.now()
    arrivals = [(row, telling.arrival_words(row)) for row in one.arrivals.order_by("-pk")[:_SHOWN]]  # type: ignore[attr-defined]
    context = {
        "room": "webhooks",
        "one": one,
        "address": own_address(f"/intake/v1/hooks/{one.name}"),
        "arrivals": arrivals,
        "both_until": one.old_until if one.old_until and one.old_until > at else None,
    }
    return render(request, "intake/webhooks/pusher.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Let another system push."""
    keeper_only(request)
    kept = areas_kept(request)
    first = {"area": kept[0].code if kept else "", "mapping": mapping.EXAMPLE}
    form = NewPusherForm(request.POST or None, initial=first)
    if request.method == "POST" and "try" not in request.POST and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("name", "title", "area", "scheme")}
        act: dict[str, Any] = {"by": request.user, "at": timezone.now()}
        try:
            one, secret = actions.let_push(**given, text=form.cleaned_data["mapping"], **act)
            return secret_page(request, one, secret, is_new=True)
        except (BadInput, Refused) as refused:
            form.refuse(refused)
    return _form_page(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what it is called, how it signs and how it is read."""
    one = _pusher(request, pk)
    form = PusherForm(request.POST or None, initial={"title": one.title, "scheme": one.scheme, "mapping": one.mapping})
    if request.method == "POST" and "try" not in request.POST and form.is_valid():
        act: dict[str, Any] = {"by": request.user, "at": timezone.now()}
        clean = form.cleaned_data
        try:
            actions.edit_pusher(one, title=clean["title"], scheme=clean["scheme"], text=clean["mapping"], **act)
            messages.success(request, _("Saved. It holds within five seconds."))
            return redirect("webhooks:pusher", pk)
        except (BadInput, Refused) as refused:
            form.refuse(refused)
    return _form_page(request, form, one)


def _form_page(request: HttpRequest, form: Any, one: Pusher | None) -> HttpResponse:
    is_trial = "try" in request.POST
    context = {"room": "webhooks", "form": form, "one": one, "areas": areas_kept(request)}
    if is_trial:
        context["trial"] = _trial(request.POST.get("mapping", ""), request.POST.get("example", ""))
    return render(
        request, "intake/webhooks/pusher_form.html", context, status=422 if form.errors and not is_trial else 200
    )


def _trial(text: str, example: str) -> dict[str, Any]:
    """What a mapping makes of an example, or what is wrong with either."""
    try:
        reading = mapping.read_mapping(text)
    except BadInput as refused:
        return {"wrong": refused.message}
    try:
        message = json.loads(example)
    except (ValueError, RecursionError):
        return {"wrong": _("The example is no JSON. Paste one whole message.")}
    found = mapping.apply(reading, message)
    fields = [(_FIELDS[name], value) for name, value in found.report.items() if name in _FIELDS]
    return {"fields": fields, "problems": found.problems, "says_nothing": not found.report.get("text")}


#: The acts, and what is said afterwards.
_ACTS: dict[str, tuple[Any, Any]] = {
    "pause": (actions.pause_pusher, gettext_lazy("Paused. What it pushes is turned away.")),
    "resume": (actions.resume_pusher, gettext_lazy("Taken up again.")),
    "close": (actions.close_pusher, gettext_lazy("Closed. Its name is free again.")),
}


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Ask once more, then do it: pause, resume, rotate (the secret), close."""
    one = _pusher(request, pk)
    if request.method == "GET":
        context = {"room": "webhooks", "one": one, "act": name, "is_pusher": True}
        return render(request, "intake/webhooks/ask.html", context)
    given: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    if name == "rotate":
        return secret_page(request, one, actions.rotate(one, **given), is_new=False)
    do, words = _ACTS[name]
    do(one, **given)
    messages.success(request, str(words))
    return redirect("webhooks:pusher", pk)
