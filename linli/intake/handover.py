"""Several front processes in one SQLite home: one writes, and listens at a socket there; the others hand it their rows.

A frame is its length in four bytes and msgpack. Rows go one way; what was kept under their ids before, or why nothing was
kept, comes back after the commit. One frame of a process is under way at a time: what arrives meanwhile makes the next.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from linli.intake.accept import Row
from linli.intake.stores import Firsts
from linli.intake.turned import Turned, not_kept

log = logging.getLogger(__name__)
#: How long an answer is waited for: longer than the writer waits for the store before it says so.
_ANSWER_WITHIN_S = 8.0
_LONGEST_FRAME = 256 * 1024 * 1024
#: What the address of a socket may have (`sun_path`), with its end.
_LONGEST_PATH = 108
_LAST_ANSWERS_S = 2.0


class WriterGone(Exception):
    """The process that writes does not answer: whether it has kept what it was handed is not known."""


class Answer(msgspec.Struct, array_like=True):
    """What comes back for a frame of rows."""

    firsts: Firsts = []
    #: Code of the refusal when nothing was kept.
    refused: str = ""


_encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
_rows = msgspec.msgpack.Decoder(list[Row])
_answer = msgspec.msgpack.Decoder(Answer)


def _frame(content: object) -> bytes:
    packed = _encode(content)
    return len(packed).to_bytes(4, "big") + packed


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """The path as a socket takes it. One too long is reached through its folder, as Linux shows it to the process."""
    if len(os.fsencode(path)) < _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class HandedOver:
    """The store as a process knows it that does not write. Raises `WriterGone` when nobody listens, or no longer."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_ANSWER_WITHIN_S)
        try:
            with _address(path) as address:
                self._socket.connect(address)
        except OSError as error:
            self._socket.close()
            raise WriterGone(str(error)) from None

    def keep(self, rows: Sequence[Row]) -> Firsts:
        """Hand the rows over and wait until they are on the disk. Raises `Turned` as the writer says, and `WriterGone`."""
        try:
            self._socket.sendall(_frame(rows))
            answer = _answer.decode(self._received(int.from_bytes(self._received(4), "big")))
        except (OSError, EOFError, msgspec.MsgspecError) as error:
            raise WriterGone(str(error)) from None
        if answer.refused:
            raise not_kept(answer.refused)
        return answer.firsts

    def _received(self, length: int) -> bytearray:
        content = bytearray(length)
        got = 0
        while got < length:
            more = self._socket.recv_into(memoryview(content)[got:])
            if not more:
                raise EOFError("hung up")
            got += more
        return content

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class Listener:
    """The socket of the process that writes. Lives in its event loop; `keep` is how rows come to its writer."""

    def __init__(self, path: Path, keep: Callable[[Sequence[Row]], Awaitable[Firsts]]) -> None:
        self._path, self._keep = path, keep
        self._server: asyncio.Server | None = None
        self._peers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Listen. Whoever calls this holds the lock of the home: a socket that lies there was left by a process killed."""
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _address(self._path) as address:
                listening.bind(address)
            self._path.chmod(0o600)  # before anybody can connect
            self._server = await asyncio.start_unix_server(self._serve, sock=listening)
        except BaseException:
            listening.close()
            raise

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One process that hands over: a frame in, its answer out, until it hangs up."""
        self._peers.add(writer)
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(4), "big")
                if length > _LONGEST_FRAME:
                    raise msgspec.DecodeError(f"a frame of {length} bytes")
                writer.write(_frame(await self._answered(_rows.decode(await reader.readexactly(length)))))
                await writer.drain()
        except msgspec.MsgspecError as error:
            log.error("A process of this home handed over what cannot be read; is it of another version? %s", error)
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # it has gone, or we are going
        finally:
            self._peers.discard(writer)
            writer.close()

    async def _answered(self, rows: list[Row]) -> Answer:
        try:
            return Answer(await self._keep(rows))
        except Turned as turned:
            if turned.code == "not_ready":  # we are going: they are to ask whoever writes next
                raise EOFError from None
            return Answer(refused=turned.code)

    async def close(self) -> None:
        """Send the answers that are ready and hang up; the others hand over to whoever writes next."""
        if self._server is not None:
            self._server.close()
        for peer in list(self._peers):
            peer.close()
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(peer.wait_closed(), _LAST_ANSWERS_S)
