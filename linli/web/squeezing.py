"""What everybody gets alike goes over the wire squeezed (gzip): styles, scripts and icons, and what a phone keeps of the app.

Pages of one person are not: beside secrets of theirs they hold what others have written, and squeezing would let a watcher of
the line guess the one by the other (BREACH).
"""

import gzip
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

Answer = Callable[[HttpRequest], HttpResponseBase]
#: Static files, the app with what it keeps at hand, and the pages and files of areas: they hold no secret of a session.
_WHERE = ("/static/", "/m/", "/area/")
_WHAT = (
    *("text/html", "text/css", "text/javascript", "application/javascript"),
    *("application/json", "application/manifest+json", "image/svg+xml"),
    *("application/atom+xml", "application/geo+json", "text/csv"),
)
#: Below that the head weighs more than what is saved.
_LEAST = 500
#: All files of the app and the map, squeezed, are some 700 kB.
_KEPT = 200


def squeezed(get_response: Answer) -> Answer:
    """Squeeze what may be, for browsers that can read it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not (request.path.startswith(_WHERE) and _is_text(response)):
            return response
        # Whether squeezed or not: a cache between us must not give the one for the other.
        patch_vary_headers(response, ("Accept-Encoding",))
        if request.method != "GET" or "gzip" not in request.headers.get("Accept-Encoding", ""):
            return response
        return _squeezed(request, response)

    return answer


def _is_text(response: HttpResponseBase) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    return response.status_code == 200 and kind in _WHAT and "Content-Encoding" not in response.headers


def _squeezed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    content = b"".join(response)  # type: ignore[call-overload]
    if response.streaming:
        response.close()
    small = _small(content) if request.path.startswith("/static/") else gzip.compress(content, 6, mtime=0)
    is_worth_it = len(content) >= _LEAST and len(small) < len(content)
    sent = HttpResponse(small if is_worth_it else content, headers=dict(response.headers))
    sent.cookies = response.cookies
    sent.headers["Content-Length"] = str(len(sent.content))
    if is_worth_it:
        sent.headers["Content-Encoding"] = "gzip"
        # The same content in another form: the mark must not say it is byte for byte the same.
        if (mark := sent.headers.get("ETag", "")) and not mark.startswith("W/"):
            sent.headers["ETag"] = f"W/{mark}"
    return sent


@lru_cache(maxsize=_KEPT)
def _small(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
