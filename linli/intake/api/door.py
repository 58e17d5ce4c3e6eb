"""What happens around every call: the key, how often it may ask, the language, and every refusal in the one form."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt

from linli.intake import keys
from linli.intake.api.answers import Problem, Refusal
from linli.intake.api.declaring import Asking, NotThere, Operation, given_of
from linli.intake.models import ApiKey, Purpose
from linli.kit import throttle
from linli.kit.addresses import own_address
from linli.kit.refusal import BadInput, Refused, TooOften
from linli.kit.senders import sender

View = Callable[..., HttpResponseBase]
#: Calls within a minute: of one key, and of one address before it is known whose key it brings. A county's systems may share one.
OF_KEY, OF_ADDRESS, WITHIN_S = 600, 1800, 60
JSON = "application/json"


class NoKey(Refused):
    """Whoever asks has brought no key that opens this door (HTTP 401)."""

    status = 401


class NotTaken(Refused):
    """The address takes other methods (HTTP 405)."""

    status = 405


def door(operation: Operation) -> View:
    """The Django view of an operation."""

    def ask(request: HttpRequest, named: dict[str, str]) -> HttpResponseBase:
        at = timezone.now()
        key = key_of(request, at)
        given = given_of(operation, request, named)
        answer = operation.ask(Asking(key, at, given, own_address))
        return told(request, msgspec.json.encode(answer), operation.content_type)

    return guarded(ask)


def guarded(ask: Callable[[HttpRequest, dict[str, str]], HttpResponseBase]) -> View:
    """A view whose refusals are JSON, in the language that is asked for."""

    @csrf_exempt
    def answer(request: HttpRequest, **named: str) -> HttpResponseBase:
        language = language_of(request)
        with translation.override(language):
            try:
                response = _answered(ask, request, named)
            except Refused as refusal:
                response = refused(refusal)
            except SuspiciousOperation:
                words = _("What was asked cannot be read. Ask for less at once.")
                response = refused(BadInput("unreadable", words))
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Language, Authorization"
        return response

    return answer


def _answered(ask: Callable[..., HttpResponseBase], request: HttpRequest, named: dict[str, str]) -> HttpResponseBase:
    if throttle.too_many(f"api from {sender(request)}", most=OF_ADDRESS, within_s=WITHIN_S):
        raise TooOften("too_often", _("Too many calls from this address within a minute. Ask again a minute later."))
    if request.method not in ("GET", "HEAD"):
        raise NotTaken(
            "only_reads", _("This interface is read with GET alone. Reports are sent to /intake/v1/reports.")
        )
    return ask(request, named)


def key_of(request: HttpRequest, at: datetime) -> ApiKey:
    """The key of a call. Raises `NoKey`; `TooOften` for too many calls with it."""
    scheme, _blank, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise NoKey("no_key", _("Send a key: “Authorization: Bearer linli_…”. The security administrator makes one."))
    key = keys.find(text.strip(), purpose=Purpose.API, at=at)
    if key is None:
        words = _("This key opens nothing here: it is wrong, has ended, or is for another door. Ask for a new one.")
        raise NoKey("bad_key", words)
    if throttle.too_many(f"api {key.pk}", most=OF_KEY, within_s=WITHIN_S):
        raise TooOften("too_often", _("Too many calls with this key within a minute. Ask again a minute later."))
    return key


def told(request: HttpRequest, content: bytes, content_type: str) -> HttpResponseBase:
    """An answer, or 304 where whoever asks has it already."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(content, content_type=content_type)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def refused(refusal: Refused) -> HttpResponse:
    """A refusal in the one form."""
    field: Any = refusal.facts.get("field") if isinstance(refusal, BadInput | NotThere) else None
    told = Refusal(Problem(refusal.code, refusal.message, str(field) if field else None))
    response = HttpResponse(msgspec.json.encode(told), content_type=JSON, status=refusal.status)
    response.headers["Cache-Control"] = "no-store"
    for name, value in _BESIDE.get(refusal.status, {}).items():
        response.headers[name] = value
    if refusal.code == "bad_key":
        response.headers["WWW-Authenticate"] += ', error="invalid_token"'
    return response


_BESIDE = {
    401: {"WWW-Authenticate": 'Bearer realm="linli"'},
    405: {"Allow": "GET, HEAD"},
    429: {"Retry-After": str(WITHIN_S)},
}


def language_of(request: HttpRequest) -> str:
    """The first language of `Accept-Language` that we speak; Chinese if there is none."""
    known = {code.partition("-")[0]: code for code, _name in settings.LANGUAGES}
    for wish, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if weight and (code := wish.partition("-")[0]) in known:
            return known[code]
    return settings.LANGUAGE_CODE


def _no_such_address(_request: HttpRequest, _named: dict[str, str]) -> HttpResponseBase:
    raise NotThere("no_such_address", _("There is nothing at this address. The page /api/v1/docs lists what there is."))


nothing_here = guarded(_no_such_address)
