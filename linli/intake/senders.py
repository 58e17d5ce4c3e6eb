"""Who sends: somebody signed in, another system with a key, or anybody. Looked up, and known for seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.intake import keys
from linli.intake.accept import Sender
from linli.intake.models import Purpose, SenderKind
from linli.intake.requests import Request
from linli.intake.turned import Turned

_KNOWN_FOR_S = 5.0
_MOST_KNOWN = 10_000

#: The number of a person or key, and the area a key is limited to.
Known = tuple[int, str]


class Senders:
    """Those seen lately. A sign-out or a revoked key is noticed within five seconds."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._known: dict[str, tuple[float, Known | None]] = {}

    async def of(self, request: Request) -> Sender:
        """Who sends this. Raises `Turned`."""
        said = request.header(b"authorization")
        if said:
            return await self._with_key(said)
        session = request.cookie(settings.SESSION_COOKIE_NAME)
        if session:
            person = await self._look_up(f"s {session}", lambda: _person_of(session))
            if person is not None:
                _require_own_page(request)
                return Sender(SenderKind.PERSON, person[0])
        return Sender(SenderKind.PUBLIC, address=request.address)

    def forget(self) -> None:
        """Look everybody up anew."""
        self._known.clear()

    async def _with_key(self, said: str) -> Sender:
        scheme, _space, secret = said.partition(" ")
        secret = secret.strip()
        if scheme.lower() == "bearer" and secret:
            key = await self._look_up(f"k {secret}", lambda: _key_of(secret))
            if key is not None:
                return Sender(SenderKind.KEY, key[0], only_in=key[1])
        raise Turned(401, "bad_key", _("This key opens nothing here. Ask the system administrator for one for intake."))

    async def _look_up(self, name: str, ask: Callable[[], Known | None]) -> Known | None:
        known = self._known.get(name)
        if known is not None and time.monotonic() - known[0] < _KNOWN_FOR_S:
            return known[1]
        found = await in_pool(self._pool, ask)
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        self._known[name] = (time.monotonic(), found)
        return found


def in_pool(pool: Executor, ask: Callable[[], Any]) -> Awaitable[Any]:
    """Ask the store in a thread that may wait; its connection is looked after as that of a request is."""

    def asked() -> Any:
        close_old_connections()
        try:
            return ask()
        finally:
            close_old_connections()

    return asyncio.get_running_loop().run_in_executor(pool, asked)


def _require_own_page(request: Request) -> None:
    """A browser adds its cookie to whatever any page sends: only our own pages may send for somebody signed in."""
    if request.scope["method"] in ("GET", "HEAD"):
        return
    kind = request.header(b"content-type").partition(";")[0].strip().lower()
    origin = urlsplit(request.header(b"origin")).netloc
    same = origin == request.header(b"host") if origin else request.header(b"sec-fetch-site") == "same-origin"
    if kind not in ("application/json", "application/x-ndjson") or not same:
        raise Turned(
            403, "foreign_page", _("Reports of somebody signed in are taken from linli's own pages only, as JSON.")
        )


def _person_of(session: str) -> Known | None:
    # Just what Django asks of a request to tell whose session it is, password changes included.
    user = get_user(SimpleNamespace(session=SessionStore(session)))  # type: ignore[arg-type]
    return (int(user.pk), "") if user.is_authenticated else None


def _key_of(secret: str) -> Known | None:
    key = keys.find(secret, purpose=Purpose.INTAKE, at=timezone.now())
    return (key.pk, key.area.code if key.area else "") if key else None
