"""`/desk/webhooks/`: the systems that are told, each with its log; kept by the system administrator."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.codes import lineage, numbering, within
from linli.areas.models import ANSWERING, Area
from linli.intake.webhooks import actions, log, telling
from linli.intake.webhooks.forms import NewSubscriptionForm, SubscriptionForm
from linli.intake.webhooks.models import Delivery, Pusher, Standing, Subscription
from linli.intake.webhooks.rules import Group, State
from linli.kit.refusal import BadInput, Refused
from linli.people.rules import Role


def keeper_only(request: HttpRequest) -> None:
    """Raises `Http404` for whoever keeps no webhooks."""
    if not request.scope.holds(Role.SYSTEM_ADMIN):  # type: ignore[attr-defined]
        raise Http404


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Who is told and who pushes, each with how it stands in words."""
    keeper_only(request)
    at = timezone.now()
    subscriptions = list(Subscription.objects.visible_to(request.scope).select_related("area"))  # type: ignore[attr-defined]
    counts = _counts(subscriptions)
    lines = [
        {
            "row": one,
            "words": telling.standing_words(one, counts.get((one.pk, State.WAITING), 0), at),
            "mark": mark_of(one),
            "waiting": counts.get((one.pk, State.WAITING), 0),
            "given_up": counts.get((one.pk, State.GIVEN_UP), 0),
        }
        for one in sorted(subscriptions, key=lambda one: (one.standing == Standing.CLOSED, one.name))
    ]
    pushers = Pusher.objects.visible_to(request.scope).select_related("area")  # type: ignore[attr-defined]
    context = {"room": "webhooks", "lines": lines, "pushers": log.last_arrivals(list(pushers))}
    return render(request, "intake/webhooks/index.html", context)


def _counts(subscriptions: list[Subscription]) -> dict[tuple[int, str], int]:
    """What waits (answered or not) and what was given up, by subscription and state."""
    rows = Delivery.objects.filter(subscription__in=subscriptions).exclude(state=State.DELIVERED).order_by()
    found: dict[tuple[int, str], int] = {}
    for pk, state, count in rows.values_list("subscription", "state").annotate(Count("pk")):
        name = State.GIVEN_UP if state == State.GIVEN_UP else State.WAITING
        found[pk, name] = found.get((pk, name), 0) + count
    return found


def mark_of(one: Subscription) -> str:
    """The colour beside the words: of a state of matters that means the like."""
    if one.standing == Standing.CLOSED:
        return "voided"
    if one.standing != Standing.ACTIVE:
        return "deferred"
    if one.failures:
        return "failing"
    return "closed" if one.last_success_at else "reported"


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One subscription, and its log: `?show=waiting|delivered|given_up`, `?before=` the number of a delivery."""
    one, at = _subscription(request, pk), timezone.now()
    counts = _counts([one])
    waiting = counts.get((one.pk, State.WAITING), 0)
    context = {
        "room": "webhooks",
        "one": one,
        "words": telling.standing_words(one, waiting, at),
        "mark": mark_of(one),
        "groups": [label for value, label in Group.choices if value in one.groups],
        "given_up": counts.get((one.pk, State.GIVEN_UP), 0),
        "page": log.page_of(one, request.GET, at),
        "tabs": log.tabs(request.GET.get("show", ""), waiting, counts.get((one.pk, State.GIVEN_UP), 0)),
        "both_until": one.old_until if one.old_until and one.old_until > at else None,
    }
    return render(request, "intake/webhooks/show.html", context)


def _subscription(request: HttpRequest, pk: int) -> Subscription:
    keeper_only(request)
    rows = Subscription.objects.visible_to(request.scope).select_related("area")  # type: ignore[attr-defined]
    found: Subscription = get_object_or_404(rows, pk=pk)
    return found


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Subscribe another system; the secret is on the page that answers, and nowhere afterwards."""
    keeper_only(request)
    first = {"area": areas_kept(request)[0].code if areas_kept(request) else "", "groups": [Group.CLOSED]}
    form = NewSubscriptionForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            one, secret = actions.subscribe(**form.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
            return secret_page(request, one, secret, is_new=True)
        except (BadInput, Refused) as refused:
            form.refuse(refused)
    return form_page(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what it is called, where it is, what it is told."""
    one = _subscription(request, pk)
    first = {"name": one.name, "address": one.address, "groups": one.groups}
    form = SubscriptionForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(one, **form.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("Saved."))
            return redirect("webhooks:show", pk)
        except (BadInput, Refused) as refused:
            form.refuse(refused)
    return form_page(request, form, one)


def form_page(request: HttpRequest, form: Any, one: Subscription | None) -> HttpResponse:
    """The form, with what is wrong in it."""
    context = {"room": "webhooks", "form": form, "one": one, "areas": areas_kept(request)}
    return render(request, "intake/webhooks/form.html", context, status=422 if form.errors else 200)


def areas_kept(request: HttpRequest) -> list[Area]:
    """The areas where this person is system administrator, with those one level below."""
    held = [one.area for one in request.scope.held if one.role == Role.SYSTEM_ADMIN]  # type: ignore[attr-defined]
    depth = min((len(lineage(code)) for code in held), default=0) + 1
    rows = Area.objects.open().filter(within(*held, field="code"), kind__in=sorted(ANSWERING))
    return list(rows.filter(level__in=numbering().levels[:depth]).order_by("code"))


def secret_page(request: HttpRequest, one: Any, secret: str, *, is_new: bool) -> HttpResponse:
    """The one page that shows a secret. No browser and no proxy keeps it."""
    context = {"room": "webhooks", "one": one, "secret": secret, "is_new": is_new, "is_pusher": isinstance(one, Pusher)}
    response = render(request, "intake/webhooks/secret.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


#: The acts that are asked about once more: the question, and what they do.
_ASKED: dict[str, tuple[Any, Any]] = {
    "pause": (actions.pause, gettext_lazy("Paused. What is done meanwhile waits.")),
    "resume": (actions.resume, gettext_lazy("Taken up again.")),
    "close": (actions.close, gettext_lazy("Closed. Its log stays for ninety days.")),
}


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Ask once more, then do it: pause, resume, rotate (the secret), close."""
    one = _subscription(request, pk)
    if request.method == "GET":
        return render(request, "intake/webhooks/ask.html", {"room": "webhooks", "one": one, "act": name})
    given: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    if name == "rotate":
        return secret_page(request, one, actions.rotate(one, **given), is_new=False)
    do, words = _ASKED[name]
    do(one, **given)
    messages.success(request, str(words))
    return redirect("webhooks:show", pk)


@login_required
@require_POST
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a delivery about nothing."""
    one = _subscription(request, pk)
    actions.try_out(one, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("A test is on its way. Refresh the page to see what came of it."))
    return redirect("webhooks:show", pk)


@login_required
@require_POST
def again(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    """Send one delivery again."""
    one = _subscription(request, pk)
    row = get_object_or_404(Delivery.objects.select_related("subscription"), pk=delivery, subscription=one)
    actions.send_again(row, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("It is sent again, under the same id."))
    return redirect("webhooks:show", pk)


@login_required
@require_POST
def all_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send everything again that was given up since a moment."""
    one = _subscription(request, pk)
    since = _since(request.POST.get("since", ""))
    count = actions.send_given_up_again(one, since=since, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    words = ngettext("%(n)s delivery is sent again.", "%(n)s deliveries are sent again.", count) % {"n": count}
    messages.success(request, words)
    return redirect("webhooks:show", pk)


def _since(text: str) -> datetime:
    try:
        moment = parse_datetime(text.strip()[:30])
        if moment is not None:
            return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except (ValueError, OverflowError):
        pass
    raise BadInput("bad_time", _("Say since when, as day and time."), field="since")
