"""From where a request came."""

from django.http import HttpRequest

_OURSELVES = ("127.0.0.1", "::1")


def sender(request: HttpRequest) -> str:
    """The address a request came from: behind a proxy on this machine, the one that proxy saw."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return seen[:64] if seen and address in _OURSELVES else address
