"""What is the same for all public pages: where a request came from, and the door of a party's secret link.

The secret in the address takes the place of a sign-in and of the token of a form: whoever does not have the link cannot make
up the address of an act. So these pages tell their address to nobody, are kept by nobody, and need no token besides.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, TypeVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from linli.kit.refusal import Refused
from linli.kit.senders import sender
from linli.kit.throttle import too_many
from linli.mediation.actions.looking import look_as_party
from linli.mediation.actions.parties import party_of_link
from linli.mediation.models import Party

#: Wrong links tried an hour and address. Right ones always open: a village may be behind one address.
_WRONG = 60
Answer = TypeVar("Answer", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, Party, str, ...], HttpResponseBase]


def by_link(view: View) -> Callable[..., HttpResponseBase]:
    """Open the page of the party whose secret stands in the address; 404 where it is nobody's."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, token: str, **named: Any) -> HttpResponseBase:
        party = party_of_link(token)
        if party is None:
            return secret(_leads_nowhere(request))
        look_as_party(party, at=timezone.now())
        try:
            return secret(view(request, party, token, **named))
        except Http404:
            return secret(_refused(request, token, 404))
        except Refused as refusal:
            return secret(_refused(request, token, refusal.status, refusal.message))

    return answer


def _leads_nowhere(request: HttpRequest) -> HttpResponse:
    if too_many(f"dispute link {sender(request)}", most=_WRONG, within_s=3600):
        return render(request, "mediation/public/no_link.html", {"too_many": True}, status=429)
    return render(request, "mediation/public/no_link.html", status=404)


def _refused(request: HttpRequest, token: str, status: int, problem: str = "") -> HttpResponse:
    """Said here: the page for refusals everywhere else links to others and would take the address along."""
    context = {"token": token, "problem": problem, "languages": other_languages()}
    return render(request, "mediation/public/refused.html", context, status=status)


def secret(response: Answer) -> Answer:
    """For the holder of the link alone: no copy is kept, and no other page learns the address."""
    patch_cache_control(response, no_store=True, private=True)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def unstored(response: HttpResponse) -> HttpResponse:
    """No copy is kept."""
    patch_cache_control(response, no_store=True)
    return response


def other_languages() -> list[dict[str, str]]:
    """The languages this page is not in."""
    names = {"zh-hans": "中文", "en": "English"}
    return [{"code": code, "name": names[code]} for code, _name in settings.LANGUAGES if code != get_language()]
