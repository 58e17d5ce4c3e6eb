"""A request as ASGI brings it, and the answer as ASGI takes it: the few things the hatch needs of either."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any

import msgspec
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from linli.intake.accept import refusal_body
from linli.intake.turned import Turned
from linli.kit.numbers import whole_number
from linli.kit.refusal import Refused
from linli.kit.safe_headers import OF_FILES

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]
_OURSELVES = ("127.0.0.1", "::1")
#: Seconds without a byte of a body, and bytes a second on the whole after the first minute: slower than that is no phone at the
#: edge of its network, but somebody who holds connections.
IDLE_S, SLOWEST, FIRST_S = 30.0, 500, 60.0


class Request:
    """Headers, body and whereabouts of one request."""

    __slots__ = ("_receive", "_send", "headers", "scope")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        self.headers: dict[bytes, bytes] = dict(scope["headers"])

    def header(self, name: bytes) -> str:
        """A header as text; empty if it is not there."""
        return self.headers.get(name, b"").decode("latin-1")

    def cookie(self, name: str) -> str:
        """A cookie; empty if it is not there."""
        sent = self.header(b"cookie")
        if name not in sent:
            return ""
        try:
            found = SimpleCookie(sent).get(name)
        except CookieError:
            return ""
        return found.value if found else ""

    @property
    def address(self) -> str:
        """Where it came from: behind a proxy on this machine, what that proxy saw."""
        peer = str((self.scope.get("client") or ("",))[0])
        seen = self.header(b"x-forwarded-for").rpartition(",")[2].strip()
        return seen[:64] if seen and peer in _OURSELVES else peer

    @property
    def is_local(self) -> bool:
        """It comes from this machine, and for nobody else."""
        peer = str((self.scope.get("client") or ("",))[0])
        return peer in _OURSELVES and b"x-forwarded-for" not in self.headers

    @property
    def language(self) -> str:
        """What the sender chose; programs say it in `Accept-Language`."""
        known = {code for code, _name in settings.LANGUAGES}
        wish = self.cookie(settings.LANGUAGE_COOKIE_NAME)
        if wish in known:
            return wish
        asked = self.header(b"accept-language").strip().lower()[:2]
        return {"en": "en", "zh": "zh-hans"}.get(asked, settings.LANGUAGE_CODE)

    @property
    def sent_at(self) -> datetime | None:
        """When the device sent it, by its own clock (`Linli-Sent-At`). Raises `Turned`."""
        said = self.header(b"linli-sent-at")
        if not said:
            return None
        try:
            moment = datetime.fromisoformat(said)
            return moment if moment.utcoffset() is not None else _no_moment()
        except ValueError:
            return _no_moment()

    async def body(self, most: int) -> bytes:
        """The whole body. Raises `Turned` as soon as it is more than that many bytes."""
        said = self.header(b"content-length")
        if said.isdecimal() and whole_number(said, most) is None:
            raise _too_large(most)
        begun = time.monotonic()
        message = await self._part()
        if not message.get("more_body"):
            body: bytes = message.get("body", b"")
            if len(body) > most:
                raise _too_large(most)
            return body
        parts, length = [message.get("body", b"")], len(message.get("body", b""))
        while message.get("more_body"):
            message = await self._part()
            parts.append(message.get("body", b""))
            length += len(parts[-1])
            if length > most:
                raise _too_large(most)
            if time.monotonic() - begun > FIRST_S + length / SLOWEST:
                raise _too_slow()
        return b"".join(parts)

    async def _part(self) -> dict[str, Any]:
        """What comes next of the body. Raises `Turned` when nothing comes."""
        try:
            async with asyncio.timeout(IDLE_S):
                return await self._receive()
        except TimeoutError:
            raise _too_slow() from None

    async def send(self, message: dict[str, Any]) -> None:
        """Send a part of an answer that comes in parts."""
        await self._send(message)

    async def gone(self) -> None:
        """Wait until the sender has hung up."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def pieces(self, idle_s: float) -> AsyncIterator[bytes]:
        """The body as it comes. Raises `ConnectionError` when it breaks off, `TimeoutError` when nothing comes so long."""
        more = True
        while more:
            message = await asyncio.wait_for(self._receive(), idle_s)
            if message["type"] == "http.disconnect":
                raise ConnectionResetError
            yield message.get("body", b"")
            more = message.get("more_body", False)

    async def answer(self, status: int, body: bytes, kind: bytes = b"application/json", more: Headers = ()) -> None:
        """Send the answer."""
        headers: list[tuple[bytes, bytes]] = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            *OF_FILES,
        ]
        headers += more
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def refuse(self, refused: Refused, more: Headers = ()) -> None:
        """Send a refusal in the language of the sender."""
        with translation.override(self.language):
            body = msgspec.json.encode(refusal_body(refused))
        again = getattr(refused, "retry_after", None)
        later = [(b"retry-after", str(again).encode())] if again else []
        await self.answer(refused.status, body, more=[*later, *more])


def _no_moment() -> datetime:
    raise Turned(422, "sent_at", _("Linli-Sent-At is a time with its zone, e.g. 2026-11-16T12:00:00+08:00."))


def _too_slow() -> Turned:
    return Turned(
        408, "too_slow", _("It came too slowly, and nothing was kept. Send it again where the network is better.")
    )


def _too_large(most: int) -> Turned:
    return Turned(
        413,
        "too_large",
        _("That is too much at once: %(most)s kB at most. Photos are sent after the words."),
        most=most // 1024,
    )
