"""The front: one port. Reports, health and figures by plain coroutines, everything else by Django's pages in threads."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.utils import timezone

from linli.intake import figures
from linli.intake.bridge import Pages, Wsgi
from linli.intake.hatch import PREFIX, Hatch
from linli.intake.live import PATH, Hub
from linli.intake.requests import Receive, Request, Scope, Send
from linli.intake.senders import in_pool
from linli.kit import health

#: Threads that make pages, in each front process.
THREADS = 8
_HEALTH_FRESH_S, _FIGURES_FRESH_S, _TROUBLE_FRESH_S = 1.0, 5.0, 5.0
_PLAIN = b"text/plain; charset=utf-8"


class Front:
    """The application that granian runs. Begins with the lifespan of its process, and ends with what is queued answered."""

    def __init__(self, pages: Wsgi) -> None:
        self._pages = Pages(pages, THREADS)
        self.hatch = Hatch()
        self.hub = Hub()
        self._trouble = _Remembered(_HEALTH_FRESH_S, lambda: in_pool(self.hatch.pool, health.trouble))
        self._figures = _Remembered(
            _FIGURES_FRESH_S, lambda: in_pool(self.hatch.pool, lambda: figures.lines(timezone.now()))
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            if path.startswith(PREFIX):
                await self.hatch.answer(Request(scope, receive, send))
            elif path == PATH:
                await self.hub.answer(Request(scope, receive, send))
            elif path == "/healthz":
                await self._healthz(Request(scope, receive, send))
            elif path == "/metrics":
                await self._metrics(Request(scope, receive, send))
            else:
                await self._pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.hatch.start()
                self.hub.start()
                # What is loaded now stays: looking through it for garbage took 30 ms, every second under load.
                gc.collect()
                gc.freeze()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.hub.stop()
                await self.hatch.stop()
                await self._pages.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _healthz(self, request: Request) -> None:
        """200 `ok`, or 503 with a word for the cause: `starting`, `handover` (nobody writes), `store`, `read-only`, `disk`."""
        if request.scope["method"] not in ("GET", "HEAD"):
            await request.answer(405, b"GET\n", _PLAIN, [(b"allow", b"GET, HEAD")])
            return
        writer = self.hatch.writer
        # A writer in trouble is well again with the next report it keeps. One must be sent to it for that: after a while
        # only what can be seen from here counts.
        is_sure = writer.trouble in ("starting", "stopped", "handover")
        is_fresh = time.monotonic() - writer.failed_at < _TROUBLE_FRESH_S
        trouble = writer.trouble if writer.trouble and (is_sure or is_fresh) else await self._trouble.value()
        await request.answer(503 if trouble else 200, f"{trouble or 'ok'}\n".encode(), _PLAIN)

    async def _metrics(self, request: Request) -> None:
        """Figures for Prometheus, of this process and of the home; for this machine only."""
        if not request.is_local:
            await request.answer(404, b"not found\n", _PLAIN)
            return
        lines = [f"linli_intake_{name} {value:g}" for name, value in self._counted().items()]
        lines += [f"linli_live_{name} {value}" for name, value in self.hub.counted().items()]
        lines += [f'linli_intake_answers_total{{what="{what}"}} {count}' for what, count in self.hatch.told.items()]
        lines += await self._figures.value()
        await request.answer(200, "\n".join([*lines, ""]).encode(), b"text/plain; version=0.0.4; charset=utf-8")

    def _counted(self) -> dict[str, float]:
        writer = self.hatch.writer
        return {
            "commits_total": writer.counts.commits,
            "rows_total": writer.counts.rows,
            "commits_failed_total": writer.counts.failed,
            "commit_seconds_total": writer.counts.seconds,
            "rows_of_last_commit": writer.counts.last,
            "rows_waiting": writer.waiting,
            "writer_well": not writer.trouble,
            "writer_leads": writer.leads,
            "pages_waiting": self._pages.waiting,
        }


class _Remembered:
    """An answer that is asked for anew after a while, once for all who wait."""

    def __init__(self, fresh_s: float, ask: Callable[[], Awaitable[Any]]) -> None:
        self._fresh_s, self._ask = fresh_s, ask
        self._asked_at, self._value = -1e9, None
        self._lock = asyncio.Lock()

    async def value(self) -> Any:
        async with self._lock:
            if time.monotonic() - self._asked_at > self._fresh_s:
                self._value = await self._ask()
                self._asked_at = time.monotonic()
            return self._value
