"""Each request has an id: its answer carries it as `X-Request-Id`, and so does every line that is logged while it is made."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from linli.kit.json_logs import REQUEST

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("linli.requests")
#: What a proxy in front may have named it.
_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


def traced(get_response: Answer) -> Answer:
    """Name the request, and tell of it in a line: by the pattern of its address, since addresses may hold words and keys."""

    def answer(request: HttpRequest) -> HttpResponse:
        named = request.headers.get("X-Request-Id", "")
        number = named if _ID.fullmatch(named) else secrets.token_hex(8)
        token, begun = REQUEST.set(number), time.perf_counter()
        try:
            response = get_response(request)
            response.headers["X-Request-Id"] = number
            if log.isEnabledFor(logging.INFO):
                log.info("answered", extra={"facts": _facts(request, response, time.perf_counter() - begun)})
            return response
        finally:
            REQUEST.reset(token)

    return answer


def _facts(request: HttpRequest, response: HttpResponse, took_s: float) -> dict[str, object]:
    match = request.resolver_match
    # Asked of the cache: the person of a page that did not ask for them is not looked up for a line in a log.
    person = getattr(request, "_cached_user", None)
    facts = {
        "method": request.method,
        "route": f"/{match.route}" if match else None,
        "status": response.status_code,
        "ms": round(took_s * 1000),
        "row": match.kwargs.get("pk") if match else None,
        "person": getattr(person, "pk", None),
    }
    return {name: value for name, value in facts.items() if value is not None}
