"""Django's pages behind the front: each request in a thread of a pool, its body read before, its answer sent as it comes.

A body is read by the event loop into memory, and past a quarter of a megabyte into a file: a slow sender holds no thread,
and 200 MB need no memory. Whoever sends slower than a phone at the edge of its network is hung up on, and nobody who sends
slowly takes a place from those who wait for a page. No body is ever unpacked: `Content-Encoding` is not looked at.
"""

import asyncio
import errno
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any

from linli.intake import requests
from linli.intake.requests import Receive, Scope, Send
from linli.kit.full_disk import is_full
from linli.kit.safe_headers import OF_FILES

log = logging.getLogger(__name__)
_IN_MEMORY = 256 * 1024
MAX_BODY = 200 * 1024 * 1024
#: Bytes of a body that holds no files.
MAX_WORDS = 4_000_000
_FILES = b"multipart/form-data"
#: Bytes of the disk that no body takes; and what its sender reads then, for whom no page can be made.
LEAST_FREE = 200_000_000
_FULL = (
    "服务器的磁盘已满，内容没有保存。请告知系统管理员。\n"
    "The disk of the server is full, and nothing was saved. Tell the system administrator.\n"
)
#: Requests whose body is on its way.
MOST_READING = 1024
#: How long the last pages may take when the process is told to stop.
_LAST_PAGES_S = 5.0
#: Requests that may wait for a thread; then people are asked to come back.
MOST_WAITING = 256
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class TooLarge(Exception):
    """The body is longer than anything we take."""


class NoRoom(Exception):
    """The disk on which bodies are laid is full."""


class Pages:
    """The WSGI application as one of ASGI."""

    def __init__(self, application: Wsgi, threads: int) -> None:
        self._application = application
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="linli-pages")
        self.waiting = self.reading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self.waiting >= MOST_WAITING or (self.reading >= MOST_READING and _brings_a_body(scope)):
            await _say(send, 503, b"busy\n")
            return
        body = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed below, whatever a full disk says to that
        try:
            length = await self._body(scope, receive, body)
            body.seek(0)
            await self._page(_Answer(self._application, _environ(scope, body, length), send))
        except TooLarge:
            await _say(send, 413, b"too large\n")
        except NoRoom:
            await _say(send, 507, _FULL.encode())
        except TimeoutError:
            await _say(send, 408, b"too slow\n")
        except ConnectionError:
            pass  # nobody is there any more
        finally:
            with suppress(OSError):
                body.close()

    async def _body(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int:
        kind = dict(scope["headers"]).get(b"content-type", b"")
        most = MAX_BODY if kind.lower().startswith(_FILES) else min(MAX_WORDS, MAX_BODY)
        self.reading += 1
        try:
            return await _read(receive, body, most)
        except OSError as error:
            if is_full(error):
                raise NoRoom from error
            raise
        finally:
            self.reading -= 1

    async def _page(self, answer: "_Answer") -> None:
        self.waiting += 1
        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, answer.run)
        finally:
            self.waiting -= 1

    async def close(self) -> None:
        """Let the pages that are being made be sent, for a while, and take no more."""
        give_up_at = time.monotonic() + _LAST_PAGES_S
        while (self.waiting or self.reading) and time.monotonic() < give_up_at:
            await asyncio.sleep(0.01)
        self._pool.shutdown(wait=False, cancel_futures=True)


def _brings_a_body(scope: Scope) -> bool:
    """By its head (RFC 9112 §6.3). Whoever only asks for a page waits for nobody who sends."""
    told = dict(scope["headers"])
    return b"transfer-encoding" in told or told.get(b"content-length", b"0") != b"0"


async def _read(receive: Receive, body: IO[bytes], most: int) -> int:
    """The length of the body. Raises `TooLarge`, `ConnectionError` when it breaks off, `TimeoutError` when it is too slow."""
    length, more, begun = 0, True, time.monotonic()
    while more:
        async with asyncio.timeout(requests.IDLE_S):
            message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        part = message.get("body", b"")
        length += len(part)
        if length > most:
            raise TooLarge
        if time.monotonic() - begun > requests.FIRST_S + length / requests.SLOWEST:
            raise TimeoutError
        if part:
            body.write(part)
            _keep_room(length)
        more = message.get("more_body", False)
    return length


def _keep_room(length: int) -> None:
    """What is sent to pages must not take the last of the disk from those who report. Raises `OSError`."""
    if length > _IN_MEMORY and shutil.disk_usage(tempfile.gettempdir()).free < LEAST_FREE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def _say(send: Send, status: int, words: bytes) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode()),
        *OF_FILES,
    ]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words, "more_body": False})


def _environ(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # WSGI wants the bytes of the path as latin-1.
        "PATH_INFO": scope["path"].encode("utf-8").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": _Errors(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").upper().replace("-", "_"), value.decode("latin-1")
        if key == "CONTENT_TYPE":
            environ[key] = text
        elif key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING") and b"_" not in name:
            glue = "; " if key == "COOKIE" else ","
            known = environ.get(f"HTTP_{key}")
            environ[f"HTTP_{key}"] = f"{known}{glue}{text}" if known else text
    environ["CONTENT_LENGTH"] = str(length)
    return environ


class _Errors:
    """What an application writes to `wsgi.errors` goes to the log."""

    def write(self, words: str) -> int:
        log.error("%s", words.rstrip())
        return len(words)

    def flush(self) -> None:
        """Nothing is held back."""


class _Answer:
    """One answer on its way from a thread into the loop; the thread waits until each part has been taken."""

    def __init__(self, application: Wsgi, environ: dict[str, Any], send: Send) -> None:
        self._application, self._environ, self._send = application, environ, send
        self._loop = asyncio.get_running_loop()
        self._start: dict[str, Any] | None = None
        self._begun = False

    def run(self) -> None:
        """Make the answer and send it; a fault of the application is answered with 500 while nothing was sent."""
        try:
            self._run()
        except Exception:
            log.exception("A page broke.")
            if self._start is None and self._begun:
                raise
            safe = [(name.decode(), value.decode()) for name, value in OF_FILES]
            self._start_response("500", [("Content-Type", "text/plain"), *safe])
            self._pass(b"error\n", more=False)

    def _run(self) -> None:
        parts = self._application(self._environ, self._start_response)
        try:
            pending: bytes | None = None
            for part in parts:
                if pending is not None:
                    self._pass(pending, more=True)
                pending = part
            self._pass(pending or b"", more=False)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._start = {"type": "http.response.start", "status": int(status[:3]), "headers": pairs}
        return lambda part: self._pass(part, more=True)

    def _pass(self, part: bytes, *, more: bool) -> None:
        sending = asyncio.run_coroutine_threadsafe(self._sent(part, more), self._loop)
        while True:
            try:
                return sending.result(1)
            except TimeoutError:
                if sending.done():
                    raise
                if not self._loop.is_running():  # the process ends, and nobody will take this part any more
                    raise ConnectionError from None

    async def _sent(self, part: bytes, more: bool) -> None:
        if self._start is not None:
            start, self._start, self._begun = self._start, None, True
            await self._send(start)
        await self._send({"type": "http.response.body", "body": part, "more_body": more})
