"""What happens around every page: safe headers, the language, what the person may see, and saying no in one place."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from linli.kit import safe_headers
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import scope_of

Answer = Callable[[HttpRequest], HttpResponse]
_FIELD = "/m/"
#: Addresses that may name their language: what a phone keeps, and what is the same for everybody.
_NAMES_LANGUAGE = (_FIELD, "/area/", "/follow/")


def security_headers(get_response: Answer) -> Answer:
    """What every answer carries, a refusal, a file and a fault too: a page may load from here, all else nothing."""
    of_pages = safe_headers.page_policy(with_tiles=bool(settings.TIANDITU_KEY))

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        policy = safe_headers.policy_of(response.headers.get("Content-Type", ""), of_pages)
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in safe_headers.ALWAYS.items():
            response.headers.setdefault(name, value)
        # Voice notes are recorded in the field app, and nowhere else.
        microphone = "(self)" if request.path.startswith(_FIELD) else "()"
        allowed = f"geolocation=(self), camera=(self), microphone={microphone}"
        response.headers.setdefault("Permissions-Policy", allowed)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # Every page is for one person: it holds the token of their forms, and what only they may see.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        elif "public" in response.headers.get("Cache-Control", ""):
            # The same for everybody, whatever else was looked at on the way: a cache needs no cookie to know it again.
            del response.headers["Vary"]
        return response

    return answer


def addresses(get_response: Answer) -> Answer:
    """No address holds a NUL, and no store can be asked for one. With another mark in its place each door finds nothing there,
    and says so in its own form.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        request.path = request.path.replace("\0", "\ufffd")
        request.path_info = request.path_info.replace("\0", "\ufffd")
        return get_response(request)

    return answer


def language(get_response: Answer) -> Answer:
    """Chinese, unless this person or this browser has chosen English. What the browser sends of itself is not asked.

    Some addresses may name their language: a phone keeps those of the field app in both, and those of areas are passed on.
    """
    known = {code for code, _name in settings.LANGUAGES}

    def answer(request: HttpRequest) -> HttpResponse:
        named = request.GET.get("language", "") if request.path.startswith(_NAMES_LANGUAGE) else ""
        wish = (
            (named if named in known else "")
            or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
            or getattr(request.user, "language", "")
        )
        chosen = wish if wish in known else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
        with translation.override(chosen):
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return answer


def scope(get_response: Answer) -> Answer:
    """Put what the person may see on the request, read when it is first asked for."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.scope = SimpleLazyObject(lambda: scope_of(_person(request), timezone.now()))  # type: ignore[attr-defined]
        return get_response(request)

    return answer


def _person(request: HttpRequest) -> Any:
    # The lazy user of the session is a wrapper; whoever asks for its class needs the person inside.
    return (
        request.user._wrapped if request.user.is_authenticated and hasattr(request.user, "_wrapped") else request.user
    )


class refusals:
    """Turn `Refused` into a page, a fragment or JSON; in one place, so that every door says no alike."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as usual."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; let everything else surface."""
        if isinstance(error, DataError) and "NUL" in str(error):  # PostgreSQL takes none, wherever it stands in a text
            words = _(
                "What was typed holds a sign that cannot be kept (NUL). Go back, type it anew, and send it again."
            )
            error = BadInput("bad_sign", words)
        return refusal_page(request, error) if isinstance(error, Refused) else None


def refusal_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal in the form that was asked for."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": {"code": refusal.code, "message": refusal.message}}, status=refusal.status)
    page = "web/_refused.html" if request.headers.get("HX-Request") else "web/refused.html"
    return render(request, page, {"refusal": refusal, "as_it_is": _where_it_shows(request)}, status=refusal.status)


def _where_it_shows(request: HttpRequest) -> str:
    """The page of what was refused an act: the address of the act itself would only refuse again."""
    match = request.resolver_match
    if match is not None and match.view_name in ("events:act", "events:contact"):
        return reverse("events:show", args=[match.kwargs["pk"]])
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
    return came_from if request.method == "POST" and is_ours else request.get_full_path()
