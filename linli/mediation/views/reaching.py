"""How a view comes to a dispute: what this person may see, and only after they have said what they open it for."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from linli.kit.refusal import Refused
from linli.mediation.actions.looking import require_look
from linli.mediation.models import Dispute
from linli.people.models import Person
from linli.people.rules import Scope

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)


def person_of(request: HttpRequest) -> Person:
    """Who asks. Only behind `login_required`."""
    return cast(Person, request.user)


def scope_of(request: HttpRequest) -> Scope:
    """What their appointments let them see."""
    return cast(Scope, request.scope)  # type: ignore[attr-defined]


def seen(request: HttpRequest, key: UUID) -> Dispute:
    """The dispute whose file this person may open; 404 for any other."""
    mine = Dispute.objects.visible_to(person_of(request), timezone.now())
    return get_object_or_404(mine.select_related("area", "body", "event"), pk=key)


def is_open(request: HttpRequest, dispute: Dispute, at: datetime) -> bool:
    """Whether they have said lately what they open it for."""
    try:
        require_look(dispute, by=person_of(request), at=at)
    except Refused:
        return False
    return True


def file_page(
    view: Callable[Concatenate[HttpRequest, Dispute, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, UUID, P], HttpResponseBase]:
    """A page behind the door of a file: whoever has not said what for is led to the door. Nothing of it is kept by browsers."""

    @login_required
    @wraps(view)
    def answer(request: HttpRequest, key: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        dispute = seen(request, key)
        if not is_open(request, dispute, timezone.now()):
            here = {"next": request.get_full_path()} if request.method == "GET" else {}
            return redirect(f"{reverse('mediation:file', args=[key])}{'?' if here else ''}{urlencode(here)}")
        return sealed_page(view(request, dispute, *args, **kwargs))

    return cast(Any, answer)


def sealed_page(response: Answer) -> Answer:
    """Kept by no cache, and by no browser for its button “back”."""
    patch_cache_control(response, private=True, no_store=True)
    return response


def back_to(dispute: Dispute, section: str = "") -> HttpResponse:
    """The file, at this section."""
    return redirect(f"{reverse('mediation:file', args=[dispute.pk])}{'#' if section else ''}{section}")
