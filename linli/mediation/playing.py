"""A sound recording for a player, which asks for it piece by piece. It is opened for each answer and lies unsealed nowhere."""

import io

from django.http import HttpRequest, HttpResponseBase

from linli.kit.ranges import ranged


def played(request: HttpRequest, content: bytes, kind: str) -> HttpResponseBase:
    """The sound, or the range asked for, as what it was recognised to be."""
    response = ranged(request, io.BytesIO(content), kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; media-src 'self'; sandbox"
    return response
