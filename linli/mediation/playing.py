"""A sound recording for a player, which asks for it piece by piece. It is opened for each answer and lies unsealed nowhere."""

import io

from django.http import HttpRequest, HttpResponseBase

from linli.kit.ranges import ranged


def length_of(seconds: int) -> str:
    """35:12, and 1:05:00 beyond an hour."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def played(request: HttpRequest, content: bytes, kind: str) -> HttpResponseBase:
    """The sound, or the range asked for, as what it was recognised to be."""
    return ranged(request, io.BytesIO(content), kind)
