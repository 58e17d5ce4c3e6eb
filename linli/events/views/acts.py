"""Taking a step: one address for all of them, drawn from the same table that checks them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from linli.events import actions, evidence, suggesting, undoing
from linli.events.actions.course import questions_of, standing_of
from linli.events.forms import ACTS, StepForm
from linli.events.gallery import gallery_of
from linli.events.models import Event
from linli.events.rules import ADVICE, MAX_TEXT, MUST_MEND, SAID_WHILE_WRITING, require, review
from linli.events.views.show import seen
from linli.kit.refusal import BadInput


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """The form of a step, and taking it. Raises `Refused` and its kinds, which become a page elsewhere."""
    if step not in ACTS:
        raise Http404
    event, at = seen(request, pk), timezone.now()
    standing = standing_of(event, request.user, at, request.scope)  # type: ignore[arg-type, attr-defined]
    require(step, event.state, standing, questions=questions_of(event))
    form = _form(request, event, step)
    if not form.is_bound or not form.is_valid():
        return _page(request, event, step, form)
    try:
        noted = _offered(event, step) | form.sent_as_it_is()
        getattr(actions, step)(event, **form.values(), **noted, by=request.user, at=at)
    except BadInput as refusal:
        field = refusal.facts.get("field")
        form.add_error(field if field in form.fields else None, refusal.message)
        return _page(request, event, step, form)
    messages.success(request, undoing.done(event, step, request.user, at, request.scope))  # type: ignore[arg-type, attr-defined]
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    if not Event.objects.visible_to(request.scope).filter(pk=event.pk).exists():  # type: ignore[attr-defined]
        return redirect("desk")
    return redirect("events:show", event.pk)


def _form(request: HttpRequest, event: Event, step: str) -> StepForm:
    kind = ACTS[step].form
    more: dict[str, Any] = {"step": step, "scope": request.scope}  # type: ignore[attr-defined]
    if request.method == "POST" and "only_fill" not in request.POST:
        return kind(request.POST, request.FILES, event=event, **more)
    form = kind(event=event, given=request.GET, **more)
    if request.method == "POST" and "text" in form.fields:
        # A ready text chosen on a page of its own: words are sent, not written into an address.
        form.initial["text"] = request.POST.get("text", "")[:MAX_TEXT]
    return form


@login_required
@require_POST
def check_words(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """What is wrong already with words that are still being written; nothing is kept of them."""
    seen(request, pk)
    found = [one for one in review(step, request.POST.get("text", "")[:MAX_TEXT]) if one in SAID_WHILE_WRITING]
    context = {"found": [{"words": ADVICE[one], "must": one in MUST_MEND} for one in found]}
    return render(request, "events/_found.html", context)


#: The steps on which a category is chosen.
_CHOOSING = frozenset({"accept", "classify"})


def _likely(event: Event, step: str) -> list[suggesting.Likely]:
    return suggesting.suggest(f"{event.title}\n{event.text}") if step in _CHOOSING else []


def _offered(event: Event, step: str) -> dict[str, Any]:
    """What was suggested goes into the journal beside what was chosen: that is the label the next model learns from."""
    codes = [one.category.code for one in _likely(event, step)]
    return {"suggested": codes} if codes else {}


#: The steps that judge a result, for which its photos stand beside the form.
_JUDGING = frozenset({"verify", "rework", "close"})


def _evidence(request: HttpRequest, event: Event, step: str) -> dict[str, Any]:
    if step not in _JUDGING:
        return {}
    scope = request.scope  # type: ignore[attr-defined]
    standing = standing_of(event, request.user, timezone.now(), scope)  # type: ignore[arg-type]
    return {"evidence": evidence.with_hints(gallery_of(event), event, standing, scope).after}


def _page(request: HttpRequest, event: Event, step: str, form: StepForm) -> HttpResponse:
    fragment = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    page = "events/_act.html" if fragment else "events/act.html"
    context = {"event": event, "step": step, "act": ACTS[step], "form": form, "room": "queue"}
    context |= _evidence(request, event, step)
    context |= {"likely": _likely(event, step), "chosen_in": "step-category"}
    return render(request, page, context, status=422 if form.is_bound else 200)
