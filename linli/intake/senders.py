"""Who sends: somebody signed in, another system with a key, or anybody. Looked up, and known for seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.intake import devices, keys, tokens
from linli.intake.accept import Sender
from linli.intake.devices_noting import Noting
from linli.intake.devices_told import told_by
from linli.intake.models import Kept, KeptQuerySet, Purpose, SenderKind
from linli.intake.requests import Request
from linli.intake.turned import Turned

_KNOWN_FOR_S = 5.0
_MOST_KNOWN = 10_000


class Known(NamedTuple):
    """Who was found, and by which device of theirs if by one."""

    sender: Sender
    device: int = 0


class Senders:
    """Those seen lately. A sign-out or a revoked key is noticed within five seconds."""

    def __init__(self, pool: Executor) -> None:
        #: Asks the store in a thread that may wait.
        self.ask = partial(in_pool, pool)
        self.noting = Noting(self.ask)
        self._known: dict[str, tuple[float, Known | None]] = {}
        self._asking: dict[str, asyncio.Future[Known | None]] = {}

    async def of(self, request: Request) -> Sender:
        """Who sends this. Raises `Turned`."""
        said = request.header(b"authorization")
        if said:
            return await self._with_bearer(said, request)
        session = request.cookie(settings.SESSION_COOKIE_NAME)
        if session:
            person = await self._look_up(f"s {session}", lambda: _person_of(session))
            if person is not None:
                _require_own_page(request)
                return person.sender
        return Sender(SenderKind.PUBLIC, address=request.address)

    async def signed_in(self, request: Request) -> Sender:
        """Somebody signed in with a session, from our own page; a token does not do. Raises `Turned`."""
        sender = await self.of(request)
        if sender.kind != SenderKind.PERSON or request.header(b"authorization"):
            raise Turned(401, "sign_in_again", _("Sign in first. What is on this phone stays on it."))
        return sender

    def forget(self) -> None:
        """Look everybody up anew."""
        self._known.clear()

    async def _with_bearer(self, said: str, request: Request) -> Sender:
        scheme, _space, secret = said.partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer":
            raise _bad_key()
        if secret.startswith(tokens.PREFIX):
            return _with_token(secret, request.address)
        if secret.startswith(devices.PREFIX):
            return await self._with_device(secret, request)
        key = await self._look_up(f"k {secret}", lambda: _key_of(secret)) if secret else None
        if key is None:
            raise _bad_key()
        return key.sender

    async def _with_device(self, secret: str, request: Request) -> Sender:
        found = await self._look_up(f"d {secret}", lambda: _device_of(secret))
        if found is None:
            raise signed_out()
        self.noting.note(found.device, told_by(lambda name: request.header(name.encode())))
        return found.sender

    async def _look_up(self, name: str, ask: Callable[[], Known | None]) -> Known | None:
        known = self._known.get(name)
        if known is not None and time.monotonic() - known[0] < _KNOWN_FOR_S:
            return known[1]
        # One asks for all who send at once with the same: hundreds of connections may have one key.
        if name not in self._asking:
            self._asking[name] = asyncio.ensure_future(self.ask(ask))
            self._asking[name].add_done_callback(lambda _done: self._asking.pop(name, None))
        found = await asyncio.shield(self._asking[name])
        # The oldest makes room: whoever makes up keys must not have everybody else looked up anew.
        self._known.pop(name, None)
        if len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[name] = (time.monotonic(), found)
        return found


def sent_by(sender: Sender, report: UUID) -> KeptQuerySet:
    """What was kept under this id of this very sender: one row, or none.

    Somebody without an account is the same with the same token alone; without one, whoever knows the id.
    """
    return Kept.objects.filter(device_id=report, sender=sender.kind, sender_key=sender.key_for(report))


def signed_out() -> Turned:
    """The token of a phone is taken no more."""
    return Turned(
        401,
        "sign_in_again",
        _("The sign-in on this phone has ended. Sign in again; until then your reports stay on the phone."),
    )


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
    # Of other methods than POST a browser asks first, and is not answered.
    is_plain = request.scope["method"] == "POST" and kind not in ("application/json", "application/x-ndjson")
    if is_plain or not same:
        raise Turned(
            403, "foreign_page", _("Reports of somebody signed in are taken from linli's own pages only, as JSON.")
        )


def _with_token(secret: str, address: str) -> Sender:
    token = tokens.read(secret)
    if token is None:
        raise Turned(
            401, "bad_token", _("This token was not made here. Ask for a new one, or send the report without.")
        )
    return Sender(SenderKind.PUBLIC, address=address, token=token)


def _bad_key() -> Turned:
    return Turned(401, "bad_key", _("This key opens nothing here. Ask the security administrator for one for intake."))


def _person_of(session: str) -> Known | None:
    # Just what Django asks of a request to tell whose session it is, password changes included.
    user = get_user(SimpleNamespace(session=SessionStore(session)))  # type: ignore[arg-type]
    return Known(Sender(SenderKind.PERSON, int(user.pk))) if user.is_authenticated else None


def _device_of(secret: str) -> Known | None:
    device = devices.find(secret, timezone.now())
    return Known(Sender(SenderKind.PERSON, device.person_id), device.pk) if device else None


def _key_of(secret: str) -> Known | None:
    key = keys.find(secret, purpose=Purpose.INTAKE, at=timezone.now())
    return Known(Sender(SenderKind.KEY, key.pk, only_in=key.area.code if key.area else "")) if key else None
