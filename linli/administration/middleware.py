"""While somebody looks under an emergency access they see what it opens and nothing of their own, and change nothing.

One place for all doors that pages have: the scope is that of the access alone, every address that is not named in the rules is
closed, and so is every method that could change something. What is opened is written down.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from linli.administration.actions import emergencies
from linli.administration.models import Access
from linli.administration.rules import AS_ALWAYS, LOOKS, OPENS
from linli.events.models import Event
from linli.people.models import Person
from linli.people.rules import Scope

#: In the session: the number of the access under which it looks.
SESSION = "emergency"
Answer = Callable[[HttpRequest], HttpResponse]


class emergency:
    """Put the open access on the request, if its session has entered one, and keep to it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer under the access, and write down what was seen."""
        access = _entered(request)
        request.emergency = access  # type: ignore[attr-defined]
        if access is None:
            return self.get_response(request)
        request.scope = Scope(lent=access.lent)  # type: ignore[attr-defined]
        response = self.get_response(request)
        _note(request, response, access)
        patch_cache_control(response, no_store=True, private=True)
        return response

    def process_view(self, request: HttpRequest, view: object, args: Any, named: Any) -> HttpResponse | None:
        """Close what it does not open."""
        access, match = request.emergency, request.resolver_match  # type: ignore[attr-defined]
        name = match.view_name if match else ""
        if access is None or name in AS_ALWAYS or (name in OPENS and request.method in ("GET", "HEAD")):
            return None
        return render(request, "administration/closed.html", {"room": ""}, status=403)


def _entered(request: HttpRequest) -> Access | None:
    pk = request.session.get(SESSION)
    if pk is None:
        return None
    person: Person | None = getattr(request.user, "_wrapped", request.user) if request.user.is_authenticated else None  # type: ignore[assignment]
    access = emergencies.opened(pk, person, timezone.now()) if person else None
    if access is None:
        # Its time has passed, or somebody ended it: from here on it is their own sight again.
        del request.session[SESSION]
    return access


def _note(request: HttpRequest, response: HttpResponse, access: Access) -> None:
    match = request.resolver_match
    # A player asks for films and voices by parts.
    if match is None or match.view_name not in LOOKS or response.status_code not in (200, 206):
        return
    pk = match.kwargs.get("pk")
    event = Event.objects.filter(pk=pk).first() if isinstance(pk, UUID) else None
    key = str(match.kwargs.get("sha256", ""))
    emergencies.note_look(access, page=match.view_name, event=event, key=key, by=access.person, at=timezone.now())
