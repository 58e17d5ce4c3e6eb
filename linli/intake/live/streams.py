"""One open answer: what it is told goes out in the background, and whoever does not read is let go of."""

import asyncio
import types
from collections.abc import Awaitable, Coroutine, Generator
from contextlib import suppress
from typing import Any

from linli.intake.live.listeners import Listener
from linli.intake.requests import Send

#: Bytes that may wait in the process for one reader, behind all that the network has taken from us.
MOST_UNREAD = 64 * 1024


class Stream:
    """Told by the hub, sent by itself."""

    __slots__ = (
        "_owner",
        "_send",
        "_sending",
        "_waiting",
        "checked_at",
        "has_begun",
        "is_over",
        "listener",
        "told_unread",
    )

    def __init__(self, send: Send) -> None:
        self._send = send
        self._owner = asyncio.current_task()
        self._sending: asyncio.Task[None] | None = None
        self._waiting = b""
        self.has_begun = self.is_over = False
        self.listener: Listener | None = None
        #: When it was last asked whether they may still listen, by the clock that runs on.
        self.checked_at = 0.0
        #: The number of unread notices told last.
        self.told_unread = -1

    def tell(self, words: bytes) -> bool:
        """Send this as soon as the reader has taken what went before; False when too much is waiting for that."""
        self._waiting += words
        if len(self._waiting) > MOST_UNREAD:
            return False
        self._go_on()
        return True

    async def begin(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Send the head, then what was told meanwhile."""
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        self.has_begun = True
        self._go_on()

    def end(self) -> None:
        """Wake the coroutine that answers, so that it ends."""
        if not self.is_over and self._owner is not None:
            self.is_over = True
            self._owner.cancel()

    async def close(self) -> None:
        """Leave the reader with a whole answer, unless they do not read."""
        self.is_over = True
        if self._sending is not None:
            self._sending.cancel()
        elif self.has_begun:
            with suppress(Exception):
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def _go_on(self) -> None:
        if not self.has_begun or not self._waiting or self._sending is not None or self.is_over:
            return
        sending = self._sent()
        try:
            # The network takes nearly everything at once: only for what it does not a task is made.
            waits_for = sending.send(None)
        except StopIteration:
            return
        self._sending = asyncio.get_running_loop().create_task(self._slowly(_rest(sending, waits_for)))

    async def _sent(self) -> None:
        while self._waiting:
            words, self._waiting = self._waiting, b""
            part: dict[str, Any] = {"type": "http.response.body", "body": words, "more_body": True}
            await self._send(part)

    async def _slowly(self, rest: Awaitable[None]) -> None:
        try:
            await rest
        finally:
            self._sending = None


@types.coroutine
def _rest(begun: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """What remains of a coroutine that has come as far as to wait."""
    try:
        while True:
            try:
                answer = yield waits_for
            except BaseException as error:
                waits_for = begun.throw(error)
            else:
                waits_for = begun.send(answer)
    except StopIteration:
        return
