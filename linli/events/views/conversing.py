"""The conversation of a matter: `/desk/events/<pk>/conversation`. It stands on the matter's page and on the shared one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from linli.events import actions, sections
from linli.events.models import Event, Message
from linli.events.rules import HeardBy
from linli.events.views import joint, show
from linli.kit.refusal import BadInput
from linli.people.models import Person

_OFFERED = 12
#: The pages it stands on, as its form names them: where one comes back to, with what is wrong if something is.
_PAGES: dict[str, Callable[..., HttpResponse]] = {"show": show.page, "joint": joint.page}


@login_required
@require_POST
def say(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say something. What was typed is kept whatever is wrong."""
    event = show.seen(request, pk)
    words, heard_by = request.POST.get("words", ""), request.POST.get("heard_by", HeardBy.EVERYONE)
    try:
        actions.say(event, words=words, heard_by=heard_by, by=_person(request), at=timezone.now())
    except BadInput as refusal:
        return _section(request, event, talk_problem=refusal.message, talk_typed=words, talk_for=heard_by)
    return _back(request, event)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: UUID, message: int) -> HttpResponse:
    """Take one's own words back."""
    event = show.seen(request, pk)
    heard = event.messages.heard_by(request.scope, event.area_id)  # type: ignore[attr-defined]
    chosen: Message = get_object_or_404(heard, pk=message)
    actions.take_back(chosen, by=_person(request), at=timezone.now())
    return _back(request, event)


def _back(request: HttpRequest, event: Event) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _section(request, event)
    return redirect(reverse(f"events:{_page(request)}", args=[event.pk]) + "#conversation")


def _page(request: HttpRequest) -> str:
    """The page it was sent from."""
    named = request.POST.get("page", "")
    return named if named in _PAGES else "show"


def _section(request: HttpRequest, event: Event, **more: Any) -> HttpResponse:
    status = 422 if "talk_problem" in more else 200
    if not request.headers.get("HX-Request"):
        return _PAGES[_page(request)](request, event.pk, status=status, **more)
    talk = sections.conversation(request, event, talk_page=_page(request), **more)
    return render(request, "events/_conversation.html", {"event": event, **talk}, status=status)


@login_required
@require_safe
def people(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Names to call on: of those who see this matter, or who hear one's own unit; the first dozen with these letters."""
    event, at = show.seen(request, pk), timezone.now()
    wanted = request.GET.get("q", "")[:20]
    is_unit = request.GET.get("heard_by") == HeardBy.UNIT
    unit = actions.unit_of(event, request.scope) if is_unit else None  # type: ignore[attr-defined]
    names = dict.fromkeys(one.name for one in actions.people_in_sight(event, at, unit) if wanted in one.name)
    first = sorted(names, key=lambda name: not name.startswith(wanted))
    response = JsonResponse({"people": first[:_OFFERED]})
    patch_cache_control(response, no_store=True)
    return response


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user
