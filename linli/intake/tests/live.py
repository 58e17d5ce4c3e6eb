"""Listening in tests: a stream of `/live` inside this process, read message by message."""

import asyncio
import json
import queue
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client

from linli.intake.testing import Door


def session_of(person: Any) -> str:
    """The cookie of somebody who has just signed in."""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@dataclass(frozen=True)
class Told:
    """One message; heartbeats have no name."""

    name: str
    told: Any
    id: str


class Listening:
    """One reader. What it was sent is waited for, never slept for."""

    def __init__(self, door: Door, session: str, query: str = "", **headers: str) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self._door, self._parts = door, queue.SimpleQueue[bytes | None]()
        self._rest, self.last_id = b"", ""
        self._hung_up = asyncio.Event()
        #: While it is not set, nothing is taken from the server.
        self.reads = asyncio.Event()
        self.reads.set()
        given = {"host": "testserver", "cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} | headers
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/live",
            "query_string": query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
            "client": ("127.0.0.1", 1),
        }
        self._running = asyncio.run_coroutine_threadsafe(self._run(scope), door.loop)
        first = self._parts.get(timeout=20)
        assert first is not None
        if self.status == 200:
            self._parts.put(first)
        else:
            self.refusal = json.loads(first)["error"]["code"]

    async def _run(self, scope: dict[str, Any]) -> None:
        asked = False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._hung_up.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
                return
            await self.reads.wait()
            self._parts.put(message["body"])

        try:
            await self._door.front(scope, receive, send)
        finally:
            self._parts.put(None)

    def next(self, name: str = "") -> Told:
        """The next message, or the next of this name. Raises `EOFError` when the stream has ended."""
        while True:
            while b"\n\n" not in self._rest:
                part = self._parts.get(timeout=20)
                if part is None:
                    raise EOFError
                self._rest += part
            block, _gap, self._rest = self._rest.partition(b"\n\n")
            fields = dict(line.split(": ", 1) for line in block.decode().splitlines())
            self.last_id = fields.get("id", self.last_id)
            if "event" in fields and name in ("", fields["event"]):
                return Told(fields["event"], json.loads(fields["data"]), self.last_id)

    def is_over(self) -> bool:
        """Wait for the end, passing over what is still told."""
        try:
            while True:
                self.next()
        except EOFError:
            return True

    def hang_up(self) -> None:
        """The reader goes."""
        self._door.loop.call_soon_threadsafe(self._hung_up.set)
        self._running.result(20)
