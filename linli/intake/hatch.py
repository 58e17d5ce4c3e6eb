"""`/intake/v1/`: plain coroutines that accept reports, wait until they are on the disk, and answer."""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from linli.intake import allowance, seeing
from linli.intake.accept import (
    MAX_BATCH,
    MAX_BATCH_BYTES,
    MAX_REPORT,
    Row,
    Sender,
    accept,
    answer_with_code,
    refusal_body,
)
from linli.intake.acts.form import Act
from linli.intake.answering import Answering
from linli.intake.devices_door import Joining
from linli.intake.media import Media
from linli.intake.models import SenderKind
from linli.intake.reports import Report, not_json, schema
from linli.intake.requests import Request
from linli.intake.senders import Senders, in_pool, sent_by
from linli.intake.stores import First, Firsts
from linli.intake.turned import Turned, not_kept
from linli.intake.webhooks import door as webhooks
from linli.intake.writer import Writer
from linli.kit.refusal import Refused

PREFIX = "/intake/v1/"
#: Threads that may wait for the store, apart from those of the pages.
_THREADS = 2
_LINES = "application/x-ndjson"
_raws = msgspec.json.Decoder(list[msgspec.Raw])


class Outcome(NamedTuple):
    """Status and body of one report's answer."""

    status: int
    body: bytes


class Hatch:
    """Everything that accepts reports in one process."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="linli-hatch")
        self.writer = Writer()
        self.answering = Answering()
        self.senders = Senders(self.pool)
        self.hooks = webhooks.Hooks(self)
        self.joining = Joining(self.senders)
        #: Answers by code of what happened, for `/metrics`.
        self.told: Counter[str] = Counter()
        self.media = Media(self.senders, self.told)
        self._renewing: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """Begin to accept."""
        self.writer.start()

    async def stop(self) -> None:
        """Answer what is queued, then end."""
        await self.writer.stop()
        await asyncio.to_thread(self.media.stop)
        await self.senders.noting.write()
        await asyncio.to_thread(self._leave)

    def _leave(self) -> None:
        """Each thread of the pool lets go of its connection: all wait for the last, so that none does it twice."""
        all_here = threading.Barrier(_THREADS)

        def let_go() -> None:
            all_here.wait(5)
            connections.close_all()

        for _each in range(_THREADS):
            self.pool.submit(let_go)
        self.pool.shutdown(wait=True)

    async def answer(self, request: Request) -> None:
        """Whatever lies under `/intake/v1/`."""
        path, method = request.scope["path"][len(PREFIX) :], request.scope["method"]
        try:
            try:
                await self._door(path, method)(request)
            except (DatabaseError, InterfaceError) as away:
                # Who sends was looked up in a store that is away: as if the report itself could not be kept.
                raise not_kept("store_away") from away
        except Refused as refused:
            self.told[refused.code] += 1
            await request.refuse(refused)

    def _door(self, path: str, method: str) -> Callable[[Request], Awaitable[None]]:
        first = next((door.path for door in DOORS if door.is_at(path)), None)
        here = [door for door in DOORS if door.path == first]
        if not here:
            raise Turned(404, "no_such_address", _("There is nothing at this address. See docs/intake.md."))
        ours = next((door for door in here if door.takes(method)), None)
        if ours is None:
            raise Turned(405, "wrong_method", _("This address takes %(method)s."), method=here[0].method)
        return ours.of(self, path)

    async def _schema(self, request: Request) -> None:
        await request.answer(200, schema(Report, Act), b"application/schema+json")

    async def _report(self, request: Request) -> None:
        sender, received_at = await self._prepared(request)
        body = await request.body(MAX_REPORT)
        row = accept(body, sender, self.answering, received_at=received_at, sent_at=request.sent_at)
        (first,) = await self._kept((row,), sender)
        await request.answer(*self._outcome(row, first, request))

    async def _batch(self, request: Request) -> None:
        """Every report is answered by itself: a list for a list, a line for a line."""
        sender, received_at = await self._prepared(request)
        body = await request.body(MAX_BATCH_BYTES)
        by_line = request.header(b"content-type").startswith(_LINES)
        sent = _parted(body, by_line=by_line)
        self.writer.require_room(len(sent))
        sent_at = request.sent_at
        accepted = [self._accepted(one, sender, received_at, sent_at) for one in sent]
        rows = [one for one in accepted if isinstance(one, Row)]
        firsts = iter(await self._kept(rows, sender) if rows else [])
        outcomes = [
            self._outcome(one, next(firsts), request) if isinstance(one, Row) else self._refused(one, request)
            for one in accepted
        ]
        parts = [b'{"status":%d,%s' % (outcome.status, outcome.body[1:]) for outcome in outcomes]
        if by_line:
            await request.answer(200, b"\n".join([*parts, b""]), _LINES.encode())
        else:
            await request.answer(200, b"[%s]" % b",".join(parts))

    async def keep_pushed(
        self, make: Callable[[Answering], Row], request: Request
    ) -> tuple[Row, First | None, Outcome]:
        """Keep a row that another door makes of a request; with it what was kept before under its id, and the answer."""
        if self.answering.is_old():
            await self._renew()
        row = make(self.answering)
        (first,) = await self.writer.keep((row,))
        return row, first, self._outcome(row, first, request)

    def _accepted(
        self, sent: msgspec.Raw | bytes, sender: Sender, received_at: datetime, sent_at: datetime | None
    ) -> Row | Refused:
        try:
            return accept(bytes(sent), sender, self.answering, received_at=received_at, sent_at=sent_at)
        except Refused as refused:
            return refused

    async def _kept(self, rows: Sequence[Row], sender: Sender) -> Firsts:
        """As the writer tells. Nothing that could not be kept is counted against its sender."""
        try:
            return await self.writer.keep(rows)
        except Turned:
            for row in rows:
                if sender.kind == SenderKind.PUBLIC:
                    allowance.give_back(token=sender.token, address=sender.address, area=row.area)
                elif sender.kind == SenderKind.PERSON:
                    allowance.give_back_of_staff(sender.key)
                elif sender.kind == SenderKind.KEY:
                    allowance.give_back_of_system(f"key {sender.key}")
            raise

    async def _prepared(self, request: Request) -> tuple[Sender, datetime]:
        """Who sends, with the copy of the ground as new as it must be, and the time."""
        if self.answering.is_old():
            # Beside the stream of reports: those that arrive meanwhile do not wait for it, one after a pause does.
            if self._renewing is None:
                self._renewing = asyncio.ensure_future(self._renew())
            if self.answering.is_too_old():
                await asyncio.shield(self._renewing)
        return await self.senders.of(request), datetime.now(UTC)

    async def _renew(self) -> None:
        """While the store is away the old copy goes on."""
        try:
            await in_pool(self.pool, self.answering.renew)
        except Exception:
            if self.answering.drawn is None:
                raise not_kept("store_away") from None
        finally:
            self._renewing = None

    def _outcome(self, row: Row, first: First | None, request: Request) -> Outcome:
        if first is None:
            self.told["kept"] += 1
            return Outcome(201, answer_with_code(row.id, row.sender, row.kind, row.answer))
        if bytes(first.digest) == row.digest:
            self.told["repeated"] += 1
            return Outcome(200, answer_with_code(first.id, row.sender, row.kind, bytes(first.answer)))
        conflict = Turned(
            409,
            "other_content",
            _("Another report was kept under this id, at %(received_at)s. Give this one an id of its own."),
            received_at=first.received_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        )
        return self._refused(conflict, request)

    def _refused(self, refused: Refused, request: Request) -> Outcome:
        self.told[refused.code] += 1
        with translation.override(request.language):
            return Outcome(refused.status, msgspec.json.encode(refusal_body(refused)))

    async def _status(self, request: Request) -> None:
        """How far a report of this sender has come, and the number of its matter."""
        sender = await self.senders.of(request)
        try:
            device_id = UUID(request.scope["path"].rpartition("/")[2])
        except ValueError:
            raise _unknown() from None

        def ask() -> dict[str, Any] | None:
            with translation.override(request.language):
                return _status_of(device_id, sender)

        found = await in_pool(self.pool, ask)
        if found is None:
            raise _unknown()
        await request.answer(200, msgspec.json.encode(found))


def _parted(body: bytes, *, by_line: bool) -> list[Any]:
    """The reports of a batch, unread. Raises `Turned`."""
    if by_line:
        parts: list[Any] = [line for line in body.splitlines() if line.strip()]
    else:
        try:
            parts = _raws.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise not_json() from None
    if len(parts) > MAX_BATCH:
        raise Turned(
            413,
            "too_many_at_once",
            _("A batch holds %(most)s reports at most. Send the rest after it."),
            most=MAX_BATCH,
        )
    return parts


def _unknown() -> Turned:
    return Turned(404, "no_such_report", _("No report of yours was kept under this id."))


def _status_of(device_id: UUID, sender: Sender) -> dict[str, Any] | None:
    kept = sent_by(sender, device_id).first()
    return seeing.told(kept, sender, timezone.now()) if kept else None


class Way(NamedTuple):
    """One address of the hatch: its method (none: the door itself looks), and who answers."""

    method: str
    #: Below the prefix: the address, or its beginning or middle where a slash stands at its end.
    path: str
    of: Callable[[Hatch, str], Callable[[Request], Awaitable[None]]]

    def is_at(self, path: str) -> bool:
        """Whether this is the address asked for."""
        if self.path.startswith("/"):
            return self.path in path
        return path.startswith(self.path) if self.path.endswith("/") else path == self.path

    def takes(self, method: str) -> bool:
        """Whether it is asked as it must be."""
        return not self.method or method == self.method or (method == "HEAD" and self.method == "GET")


#: Every address, the first that fits. Each has its row in `tests/test_scope_hatch.py` of this room: who gets what there.
DOORS = (
    Way("GET", "schema.json", lambda hatch, path: hatch._schema),
    Way("POST", webhooks.PREFIX, lambda hatch, path: hatch.hooks.take),
    Way("", "/media/", lambda hatch, path: partial(hatch.media.answer, path=path)),
    Way("GET", "reports/", lambda hatch, path: hatch._status),
    Way("POST", "reports", lambda hatch, path: hatch._report),
    Way("POST", "batch", lambda hatch, path: hatch._batch),
    Way("POST", "devices", lambda hatch, path: hatch.joining.register),
    Way("DELETE", "devices", lambda hatch, path: hatch.joining.leave),
    Way("POST", "tokens", lambda hatch, path: hatch.joining.mint),
)
