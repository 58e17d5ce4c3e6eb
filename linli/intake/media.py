"""`PUT /intake/v1/reports/<id>/media/<sha256>`: photos and videos follow the words, in one piece or in parts.

The headers are those of draft-ietf-httpbis-resumable-upload (`Upload-Offset`, `Upload-Complete`, `Upload-Length`); the address is
known before, so nothing has to be made first. What arrived before a connection broke is kept. Bodies go to the disk in
pieces, in threads of their own: reports are answered meanwhile.
"""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import InterfaceError, OperationalError, connections
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from linli.intake import media_parts, media_uploads
from linli.intake.accept import Sender
from linli.intake.media_parts import DiskFull, Gone, Part
from linli.intake.models import SenderKind, Upload, UploadState
from linli.intake.requests import Headers, Request
from linli.intake.senders import Senders, in_pool
from linli.intake.turned import Turned
from linli.kit.numbers import whole_number
from linli.kit.throttle import too_many

#: Uploads at a time in one process, and of one address without an account.
MOST_AT_ONCE, MOST_OF_ADDRESS = 8, 3
#: Of residents, begun pieces of so many bytes an hour: of one phone with a token 1 GB, of one address without one 2 GB, and of
#: one address altogether 6 GB, for a whole village may share it.
PIECE, PER_PHONE, PER_ADDRESS_BARE, PER_ADDRESS = 5_000_000, 200, 400, 1200
#: Seconds without a byte, and of one request altogether; the phone goes on from where it was.
IDLE_S, LONGEST_S = 30.0, 600.0
_THREADS = 4
#: Bytes gathered before a thread is asked to write them.
_GATHERED = 256 * 1024
#: The disk is asked to take this much at a time: a flush of 200 MB would keep the reports waiting.
_SYNCED = 8 * 1024 * 1024
#: More bytes than any file has.
_LONGEST = 2**50
_WHERE = re.compile(r"reports/([0-9a-fA-F-]{32,36})/media/([0-9a-f]{64})")
_STORE_AWAY = (OperationalError, InterfaceError)


class Media:
    """Everything that takes in photos and videos in one process."""

    def __init__(self, senders: Senders, told: Counter[str]) -> None:
        self.pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="linli-media")
        self._senders, self._told = senders, told
        self._running: Counter[str] = Counter()

    def stop(self) -> None:
        """Let what is being written or checked come to its end, and let go of the store."""
        all_here = threading.Barrier(_THREADS)

        def let_go() -> None:
            all_here.wait(60)
            connections.close_all()

        for _each in range(_THREADS):
            self.pool.submit(let_go)
        self.pool.shutdown(wait=True)

    async def answer(self, request: Request, path: str) -> None:
        """One request for `path` below `/intake/v1/`. Raises `Turned`."""
        method = request.scope["method"]
        if method not in ("PUT", "PATCH", "GET", "HEAD"):
            raise Turned(405, "wrong_method", _("This address takes %(method)s."), method="PUT, GET, HEAD")
        sender = await self._senders.of(request)
        report, sha256 = _where(path)
        try:
            upload = await self._ask(media_uploads.upload_of, report, sha256, sender)
            if method in ("GET", "HEAD"):
                await self._tell(request, 200, upload)
                return
            is_public = sender.kind == SenderKind.PUBLIC
            if is_public and upload.state == UploadState.COMING:
                _limit_public(sender, upload.size)
            with self._place(request.address if is_public else ""):
                await self._put(request, upload)
        except DiskFull:
            raise _disk_full() from None
        except _STORE_AWAY as error:
            raise _disk_full() if "full" in str(error) else _store_away() from None

    async def _put(self, request: Request, upload: Upload) -> None:
        if upload.state != UploadState.RECEIVED:
            await self._ask(media_uploads.begin, upload, _now())
        if upload.state != UploadState.COMING:
            await _pass_over(request, upload.size)
            await self._say_end(request, upload, 200)
            return
        part = Part(upload.kept.pk, upload.sha256)
        here = await self._ask(part.length)
        try:
            offset = _offset(request, here)
            _require_fitting(request, offset, upload.size)
            await self._ask(media_parts.require_room, upload.size - here)
            await self._take(request, upload, part, offset)
        except Gone:
            await self._ask(media_uploads.look_again, upload)
            if upload.state != UploadState.COMING:  # another connection was quicker
                await self._say_end(request, upload, 200)
                return
            self._told["wrong_offset"] += 1
            await request.refuse(_wrong_offset(), more=_headers(await self._ask(part.length), upload))

    async def _take(self, request: Request, upload: Upload, part: Part, offset: int) -> None:
        """What the request brings goes to the part; if that is whole then, it is checked, kept and given to the event."""
        try:
            await self._gather(request, upload, part, offset)
        except ConnectionError:
            return
        except TimeoutError:
            here = await self._ask(part.length)
            await request.refuse(_too_slow(), more=_headers(here, upload))
            return
        here = await self._ask(part.length)
        if here == upload.size:
            await self._ask(media_uploads.finish, upload, _now())
        else:
            # Another connection may have brought the rest, and finished it.
            await self._ask(media_uploads.look_again, upload)
        if upload.state == UploadState.COMING and here < upload.size and _is_all(request):
            await self._ask(part.drop)
            raise _size_differs(upload.size, here)
        await self._say_end(request, upload, 201)

    async def _gather(self, request: Request, upload: Upload, part: Part, offset: int) -> None:
        """Write what comes; whatever ends it, what has arrived is kept."""
        gathered = bytearray()
        try:
            async with asyncio.timeout(LONGEST_S):
                async for piece in request.pieces(IDLE_S):
                    gathered += piece
                    if offset + len(gathered) > upload.size:
                        gathered.clear()
                        await self._ask(part.drop)
                        raise _size_differs(upload.size, offset + len(gathered))
                    if len(gathered) >= _GATHERED:
                        written, gathered = bytes(gathered), bytearray()
                        await self._ask(part.append, offset, written)
                        offset += len(written)
                        if offset % _SYNCED < len(written):
                            await self._ask(part.sync)
        finally:
            if gathered:
                await self._ask(part.append, offset, bytes(gathered))
            here = await self._ask(part.sync)
            await self._ask(media_uploads.note, upload, here, _now())

    async def _say_end(self, request: Request, upload: Upload, status: int) -> None:
        """How it stands at the end of a request. Raises the `Turned` that is remembered for what was refused."""
        if upload.state == UploadState.REFUSED:
            await self._ask(media_uploads.settle, upload.pk, _now())
            raise media_uploads.refusal(upload)
        self._told["media" if upload.state == UploadState.RECEIVED else "media_part"] += 1
        await self._tell(request, status if upload.state == UploadState.RECEIVED else 202, upload)

    async def _tell(self, request: Request, status: int, upload: Upload) -> None:
        def told() -> dict[str, Any]:
            with translation.override(request.language):
                return media_uploads.told(upload)

        answer = await self._ask(told)
        body = msgspec.json.encode({"id": str(upload.kept.device_id), **answer})
        headers = _headers(answer["received"], upload)
        if request.scope["method"] == "HEAD":
            await request.answer(200, b"", more=headers)
        else:
            await request.answer(status, body, more=headers)

    @contextmanager
    def _place(self, address: str) -> Iterator[None]:
        """A place among those that may send now; `address` of those without an account. Raises `Turned`."""
        if self._running.total() >= MOST_AT_ONCE or (address and self._running[address] >= MOST_OF_ADDRESS):
            raise Turned(
                503,
                "uploads_full",
                _("Many photos are arriving at this moment. Keep this one and send it again soon."),
                retry_after=5,
            )
        self._running[address] += 1
        try:
            yield
        finally:
            self._running[address] -= 1

    async def _ask(self, do: Callable[..., Any], *given: Any) -> Any:
        return await in_pool(self.pool, lambda: do(*given))


def _where(path: str) -> tuple[UUID, str]:
    found = _WHERE.fullmatch(path)
    try:
        return UUID(found[1] if found else ""), found[2] if found else ""
    except ValueError:
        raise Turned(404, "no_such_address", _("There is nothing at this address. See docs/intake.md.")) from None


def _offset(request: Request, here: int) -> int:
    """Where the body begins. Raises `Gone` unless it goes on from what is here; without the header it is all of it."""
    said = request.header(b"upload-offset")
    if not said:
        return 0
    if whole_number(said, _LONGEST) != here:
        raise Gone
    return here


def _require_fitting(request: Request, offset: int, size: int) -> None:
    """Raises `Turned` before the body is read when its length cannot be right."""
    length = request.header(b"content-length")
    told = whole_number(length, _LONGEST)
    more = size - offset if told is None else told
    if offset + more > size or (length and _is_all(request) and offset + more != size):
        raise _size_differs(size, offset + more)


def _is_all(request: Request) -> bool:
    """The sender says that nothing follows this body."""
    return not request.header(b"upload-offset") or request.header(b"upload-complete") == "?1"


def _limit_public(sender: Sender, size: int) -> None:
    """Raises `Turned` when a resident's phone or address sends more than people can take pictures of."""
    limits = {f"media address {sender.address}": PER_ADDRESS if sender.token else PER_ADDRESS_BARE}
    if sender.token:
        limits[f"media phone {sender.token.number.hex()}"] = PER_PHONE
    for _piece in range(1 + size // PIECE):
        if any(too_many(key, most=most, within_s=3600) for key, most in limits.items()):
            raise Turned(
                429,
                "too_many",
                _("Many photos and videos have come from here within the hour. Wait a little, then send it again."),
                retry_after=300,
            )


async def _pass_over(request: Request, most: int) -> None:
    """Read what nobody needs: not every sender hears an answer while it is still talking."""
    length = 0
    try:
        async with asyncio.timeout(LONGEST_S):
            async for piece in request.pieces(IDLE_S):
                length += len(piece)
                if length > most:
                    return
    except (TimeoutError, ConnectionError):
        return


def _headers(here: int, upload: Upload) -> Headers:
    is_whole = upload.state == UploadState.RECEIVED
    return [
        (b"upload-offset", str(here).encode()),
        (b"upload-length", str(upload.size).encode()),
        (b"upload-complete", b"?1" if is_whole else b"?0"),
    ]


def _now() -> datetime:
    return datetime.now(UTC)


def _wrong_offset() -> Turned:
    return Turned(409, "wrong_offset", _("Another part of it is here than was thought. Go on from Upload-Offset."))


def _size_differs(size: int, came: int) -> Turned:
    return Turned(
        422,
        "size_differs",
        _("The report named %(size)s bytes, %(came)s came. Send the file that was named, from its beginning."),
        size=size,
        came=came,
    )


def _too_slow() -> Turned:
    return Turned(408, "too_slow", _("Nothing more came for a while. What arrived is kept; go on from Upload-Offset."))


def _disk_full() -> Turned:
    return Turned(
        507,
        "disk_full",
        _("There is no room for photos now. What arrived is kept; keep yours and send the rest later."),
        retry_after=60,
    )


def _store_away() -> Turned:
    return Turned(
        503,
        "store_away",
        _("The store cannot be written now. Yours was not kept; keep it and send it again soon."),
        retry_after=2,
    )
