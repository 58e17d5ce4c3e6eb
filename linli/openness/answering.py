"""Answers that are the same for everybody: kept for a minute, told apart by a tag, and cheap for whoever asks again."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.utils.translation import get_language

from linli.openness.rules import HOLDS_S

#: How long it is remembered since when an answer has been as it is.
_REMEMBERED_S = 86_400


@dataclass(frozen=True)
class _Made:
    """An answer as it was made."""

    content: bytes
    etag: str
    #: Since when it has been just so, in seconds of the clock: looked at, not reckoned from its matters, since one that is no
    #: longer public changes it too.
    since: int


def answer(
    request: HttpRequest,
    name: str,
    make: Callable[[datetime], bytes],
    *,
    content_type: str,
    is_kept: bool = True,
) -> HttpResponseBase:
    """What `make` gives under this name, or 304. `is_kept`: many ask for it, so it is made once a minute."""
    key = f"openness-{get_language()}-{hashlib.sha256(name.encode()).hexdigest()}"
    made = cache.get(key) if is_kept else None
    if made is None:
        made = _make(key, make)
        if is_kept:
            cache.set(key, made, HOLDS_S)
    response = get_conditional_response(request, etag=made.etag, last_modified=made.since)
    if response is None:
        response = HttpResponse(made.content, content_type=content_type)
    response.headers["ETag"], response.headers["Last-Modified"] = made.etag, http_date(made.since)
    # A language that only the browser asked for is in no address: a cache between would give it to others.
    is_for_all = get_language() in (request.GET.get("language"), settings.LANGUAGE_CODE)
    patch_cache_control(response, **{"public" if is_for_all else "private": True}, max_age=HOLDS_S)
    return response


def _make(key: str, make: Callable[[datetime], bytes]) -> _Made:
    content = make(timezone.now())
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = cache.get(f"{key}-since")
    if known is None or known[0] != etag:
        # A second on: whoever asks within this one must not be told that nothing has changed.
        known = (etag, int(datetime.now(UTC).timestamp()) + 1)
        cache.set(f"{key}-since", known, _REMEMBERED_S)
    return _Made(content, *known)
