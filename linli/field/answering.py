"""How the JSON of the app is answered: only to whom it is for, in its own shape, and not again while it is the same."""

import gzip
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from linli.kit.refusal import Refused
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Scope

#: Below this many bytes packing costs more than it saves.
_WORTH_PACKING = 1024
View = Callable[[HttpRequest], HttpResponse]
ForSomebody = Callable[[HttpRequest, Person, Scope], HttpResponse]


def for_staff(view: ForSomebody) -> View:
    """Of the holder of the phone whose token came along, else of whoever is signed in; anybody else gets 401 in JSON.

    It speaks as the phone does, and where that has chosen nothing, as its holder does.
    """

    @wraps(view)
    def asked(request: HttpRequest) -> HttpResponse:
        try:
            person: Person = request.who_asks()  # type: ignore[attr-defined]
        except Refused as refused:
            return refusal(refused)
        chosen = request.GET.get("language") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _name in settings.LANGUAGES}
        spoken = person.language if chosen not in known and person.language in known else translation.get_language()
        with translation.override(spoken):
            return view(request, person, scope_of(person, timezone.now()))

    return asked


def refusal(refused: Refused) -> HttpResponse:
    """A refusal as the hatch tells it."""
    content = msgspec.json.encode({"error": {"code": refused.code, "message": refused.message}})
    answer = HttpResponse(content, status=refused.status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def told(request: HttpRequest, content: dict[str, Any]) -> HttpResponse:
    """The content with its `version`; 304 if that is what the phone has. Packed where the phone can unpack it."""
    plain = msgspec.json.encode(content, enc_hook=str)  # words that wait for the language
    version = hashlib.sha256(plain).hexdigest()[:20]
    # Weak: packed and unpacked it is the same.
    tag = f'W/"{version}"'
    if _has(request, version):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(b'{"version":"%s",%s' % (version.encode(), plain[1:]), content_type="application/json")
        _pack(request, answer)
    answer.headers["ETag"] = tag
    # A copy for this phone alone, asked about every time.
    answer.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(answer, ("Accept-Encoding", "Authorization", "Cookie"))
    return answer


def _has(request: HttpRequest, version: str) -> bool:
    said = request.headers.get("If-None-Match", "")
    return any(one.strip().removeprefix("W/").strip('"') == version for one in said.split(","))


def _pack(request: HttpRequest, answer: HttpResponse) -> None:
    # Nothing in it comes from the request, so its length tells nothing of what is in it.
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(answer.content) >= _WORTH_PACKING:
        answer.content = gzip.compress(answer.content, 6, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
