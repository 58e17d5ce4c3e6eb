"""For tests and measurements of the hatch: reports to send, and a sender with one connection that asks and waits."""

import asyncio
import json
import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID


def a_report(dice: random.Random, **more: Any) -> dict[str, Any]:
    """A report nobody else has, as a device sends it."""
    report = {
        "id": str(UUID(int=dice.getrandbits(128), version=4)),
        "text": "村口水沟堵了，污水流到路上，孩子上学要绕行。" + str(dice.randrange(10**6)),
        "place": "村口小卖部旁",
        "category": "C01",
        "made_at": "2026-11-16T11:58:00+08:00",
        "form_version": "3",
    }
    return report | more


def request_bytes(path: str, body: bytes, *, key: str = "", more: str = "") -> bytes:
    """A POST as it goes over the wire."""
    authorization = f"authorization: Bearer {key}\r\n" if key else ""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{authorization}{more}"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Door:
    """The front of a process of its own, as far as that goes within this one: asked by name, without a socket."""

    def __init__(self, pages: Any = None) -> None:
        from linli.intake.front import Front

        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.front = self._run(self._made(Front, pages))

    def post(self, path: str, sent: Any, **headers: str) -> tuple[int, Any]:
        """Status and what came back. `sent` goes as JSON unless it is bytes; `_` in names of headers is `-`."""
        body = sent if isinstance(sent, bytes) else json.dumps(sent, ensure_ascii=False).encode()
        return self.ask("POST", path, body, **{"content_type": "application/json"} | headers)

    def put(self, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
        """Status and what came back."""
        return self.ask("PUT", path, body, **headers)

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        """Status and what came back."""
        return self.ask("GET", path, b"", **headers)

    def ask(self, method: str, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
        """Status and what came back, JSON as values."""
        status, more, answer = self._run(self._asked(method, path, body, headers))
        self.headers = more
        is_json = more.get("content-type", "").endswith("json") and not more["content-type"].endswith("ndjson")
        return status, json.loads(answer) if is_json and answer else answer.decode()

    def break_off(self, path: str, body: bytes, *, after: int, **headers: str) -> None:
        """A PUT of `body` whose connection breaks after so many bytes."""
        self._run(self._asked("PUT", path, body, headers, break_after=after))

    def settle(self) -> None:
        """Write down what phones have told, as it is done by itself after some seconds."""
        self._run(self.front.hatch.senders.noting.write())

    def close(self) -> None:
        """Answer what is queued and end."""
        self._run(self.front.hatch.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)

    def wait_until_ready(self) -> "Door":
        """Wait for the writer, which begins by opening the store."""
        self._run(self._ready())
        return self

    async def _made(self, front: Any, pages: Any) -> Any:
        made = front(pages)
        await made.hatch.start()
        return made

    async def _ready(self) -> None:
        while self.front.hatch.writer.trouble:
            await asyncio.sleep(0.005)

    async def _asked(
        self, method: str, path: str, body: bytes, headers: dict[str, str], break_after: int | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        given = {"host": "testserver", "content-length": str(len(body))} | headers
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path.partition("?")[0],
            "query_string": path.partition("?")[2].encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        # In two parts, as the network brings it.
        parts = [body[: len(body) // 2], body[len(body) // 2 :]]
        if break_after is not None:
            parts = [body[:break_after]]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if break_after is not None and not parts:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts) or break_after is not None}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.front(scope, receive, send)
        if not sent:  # nobody is there any more
            return 0, {}, b""
        more = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], more, b"".join(message["body"] for message in sent[1:])

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)


class Wire(asyncio.Protocol):
    """One connection: a request out, its answer in. Raises `ConnectionError` when it ends before."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Gather until the answer is whole."""
        self._buffer += data
        head, gap, rest = self._buffer.partition(b"\r\n\r\n")
        if not gap:
            return
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        if len(rest) >= length and self._waiting is not None and not self._waiting.done():
            self._buffer = rest[length:]
            self._waiting.set_result((int(head[9:12]), rest[:length]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError())

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


@asynccontextmanager
async def wire(port: int) -> AsyncIterator[Wire]:
    """A connection to this machine."""
    _transport, protocol = await asyncio.get_running_loop().create_connection(Wire, "127.0.0.1", port)
    try:
        yield protocol
    finally:
        protocol.close()


async def load(port: int, connections: int, seconds: float, next_request: Callable[[], bytes]) -> list[float]:
    """Send over so many connections for so long, each when it has its answer; how long each answer took."""
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def send() -> None:
        async with wire(port) as one:
            while (begun := time.perf_counter()) < end:
                status, body = await one.ask(next_request())
                if status >= 300:
                    raise AssertionError((status, body))
                took.append(time.perf_counter() - begun)

    await asyncio.gather(*(send() for _each in range(connections)))
    return took


def bodies(count: int, **more: Any) -> list[bytes]:
    """Reports ready to be sent."""
    dice = random.Random(time.time_ns())
    return [json.dumps(a_report(dice, **more), ensure_ascii=False).encode() for _each in range(count)]
