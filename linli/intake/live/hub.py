"""The hub: takes in who wants to listen, asks twice a second what has happened while anybody does, and tells them."""

import asyncio
import logging
import os
import random
import resource
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import numbering
from linli.intake.live import listeners, news
from linli.intake.live.audience import Audience
from linli.intake.live.listeners import Asked, Listener
from linli.intake.live.news import Change, News
from linli.intake.live.streams import Stream
from linli.intake.requests import Request
from linli.intake.senders import in_pool
from linli.intake.turned import Turned
from linli.journal import following
from linli.journal.following import Place
from linli.kit.refusal import Refused
from linli.wall.watching import COOKIE

log = logging.getLogger(__name__)
PATH = "/live"
#: At most two messages a second and scope; while nothing happens it is asked more often, so that the first is told soon.
EVERY_S, QUIET_S = 0.5, 0.25
#: A sign of life; and how often it is asked of each who may still listen.
BEAT_S, CHECK_S = 15.0, 5.0
_CHECKED_AT_ONCE = 500
#: Streams of a process, and of one session.
MOST, MOST_OF_A_SESSION = 10_000, 16
#: Files kept free for everything but streams.
_OTHER_FILES = 256
_AGAIN_AFTER_S, _SAID_AGAIN_AFTER_S = 2.0, 0.5
#: A browser that lost its stream comes again after so long; not all of them at once.
_RETRY_MS = (1000, 4000)
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class _Arrival:
    """Somebody at the door."""

    __slots__ = ("after", "asked", "let_in", "stream")

    def __init__(self, stream: Stream, asked: Asked, after: Place | None) -> None:
        self.stream, self.asked, self.after = stream, asked, after
        self.let_in: asyncio.Future[bool] = asyncio.get_running_loop().create_future()


class Hub:
    """All streams of one process."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="linli-live")
        self._audience = Audience()
        self._arrivals: list[_Arrival] = []
        self._somebody_came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._place: Place = {}
        self._stopping = False
        self.most = MOST
        #: For `/metrics`: messages sent, streams taken up, turned away and let go of.
        self.counts: Counter[str] = Counter(messages=0, opened=0, refused=0, dropped=0)

    @property
    def listening(self) -> int:
        """How many listen now."""
        return len(self._audience.streams)

    def counted(self) -> dict[str, int]:
        """Figures for `/metrics`."""
        return {"clients": self.listening} | {f"{name}_total": count for name, count in self.counts.items()}

    # --- the life of the process --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Make room for many connections, and end all streams as soon as the process is told to stop."""
        self.most = min(MOST, _files() - _OTHER_FILES)
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        # Thousands of connections fill the pipe through which the loop is woken; that is no news.
        signal.set_wakeup_fd(signal.set_wakeup_fd(-1), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            # Beside the server's own handler, which waits for all answers to end before it ends the lifespan.
            before = signal.getsignal(number)

            def told(signum: int, frame: Any, before: Any = before) -> None:
                loop.call_soon_threadsafe(self._told_to_stop, loop, signum)
                if callable(before):
                    before(signum, frame)

            signal.signal(number, told)

    def _told_to_stop(self, loop: asyncio.AbstractEventLoop, signum: int) -> None:
        """End all streams, and say it again: with thousands of them the loop may have lost the signal for the server."""
        self.end_all()
        loop.call_later(_SAID_AGAIN_AFTER_S, os.kill, os.getpid(), signum)

    def end_all(self) -> None:
        """End every stream, and begin none any more."""
        self._stopping = True
        for stream in list(self._audience.streams):
            stream.end()

    async def stop(self) -> None:
        """End, with the connection to the store."""
        self.end_all()
        self._somebody_came.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(self._pool, connections.close_all)
        self._pool.shutdown(wait=True)

    # --- one stream ---------------------------------------------------------------------------------------------------

    async def answer(self, request: Request) -> None:
        """`GET /live`: listen for as long as the reader stays.

        `?number=` listens to one matter by its receipt, `?screen=1` to the area of the screen that the browser is.
        """
        stream = Stream(request.send)
        try:
            await self._enter(stream, *self._asked(request))
            self.counts["opened"] += 1
            await stream.begin(_HEADERS)
            await request.gone()
        except Refused as refused:
            self.counts["refused"] += 1
            await request.refuse(refused)
        except asyncio.CancelledError:
            if not stream.is_over:
                raise
            if not stream.has_begun:
                await request.refuse(_full(5))
        finally:
            self._audience.remove(stream)
            await stream.close()

    def _asked(self, request: Request) -> tuple[Asked, Place | None]:
        if request.scope["method"] != "GET":
            raise Turned(405, "wrong_method", _("This address takes %(method)s."), method="GET")
        asked = parse_qs(request.scope["query_string"].decode("latin-1"))
        number = asked.get("number", [""])[0][:40].replace("\0", "")
        screen = request.cookie(COOKIE) if "screen" in asked else ""
        session = screen or request.cookie(settings.SESSION_COOKIE_NAME)
        if not session:
            raise _not_yours(number)
        if self._stopping or self.listening + len(self._arrivals) >= self.most:
            raise _full(30)
        if self._audience.open_for(session) >= MOST_OF_A_SESSION:
            raise _full(60)
        where = request.header(b"last-event-id") or asked.get("after", [""])[0]
        return Asked(session[:100], number, bool(screen)), following.read(where[:4000])

    async def _enter(self, stream: Stream, asked: Asked, after: Place | None) -> None:
        arrival = _Arrival(stream, asked, after)
        self._arrivals.append(arrival)
        self._somebody_came.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        if not await arrival.let_in:
            raise _not_yours(asked.number)

    # --- the one task -------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        """As long as somebody listens or wants to."""
        now = time.monotonic()
        due: dict[Callable[[], Awaitable[float]], float] = {
            self._tell_news: now,
            self._check: now,
            self._beat: now + BEAT_S,
        }
        try:
            while self._audience.streams or self._arrivals:
                await self._let_in()
                for act, at in due.items():
                    if at <= time.monotonic():
                        due[act] = await self._done(act) + time.monotonic()
                await self._wait(min(due.values()))
        finally:
            self._task = None

    async def _wait(self, until: float) -> None:
        """Until then, or until somebody comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                await self._somebody_came.wait()
        self._somebody_came.clear()

    async def _done(self, act: Callable[[], Awaitable[float]]) -> float:
        """Do it; how long to wait until it is done again."""
        try:
            return await act()
        except Exception as error:
            log.error(
                "What has happened cannot be told: %s", str(error).strip().split("\n")[0], exc_info=not _is_away(error)
            )
            if not _is_away(error):
                # Those who listen are not left with a dead stream: they come again, and are told what they missed.
                for stream in list(self._audience.streams):
                    stream.end()
            return _AGAIN_AFTER_S

    async def _let_in(self) -> None:
        """All who have come meanwhile, together."""
        arrivals, self._arrivals = self._arrivals, []
        if not arrivals:
            return
        is_first = not self._audience.streams
        try:
            place, admitted = await in_pool(self._pool, lambda: _admitted(arrivals, None if is_first else self._place))
            self._place = place
            for one, found in zip(arrivals, admitted, strict=True):
                self._settle(one, *found)
        except Exception as error:
            # Whatever it was, nobody is left standing at the door.
            log.error(
                "Nobody can be let in to listen: %s", str(error).strip().split("\n")[0], exc_info=not _is_away(error)
            )
            for one in arrivals:
                if not one.let_in.done():
                    one.let_in.set_exception(_full(5))

    def _settle(self, one: _Arrival, listener: Listener | None, missed: News | None, unread: int) -> None:
        if one.let_in.done():  # gone while they waited
            return
        if self._stopping:
            one.let_in.set_exception(_full(5))
            return
        if listener is not None:
            self._welcome(one.stream, listener, missed, unread)
        one.let_in.set_result(listener is not None)

    def _welcome(self, stream: Stream, listener: Listener, missed: News | None, unread: int) -> None:
        where = following.spelled(self._place)
        stream.listener, stream.checked_at = listener, time.monotonic()
        self._audience.add(stream)
        stream.tell(b"retry: %d\nid: %s\n\n" % (random.randint(*_RETRY_MS), where.encode()))
        if listener.person:
            self._tell_unread(stream, unread, where)
        if missed is not None:
            self._tell_missed(stream, missed, where)

    def _tell_missed(self, stream: Stream, missed: News, where: str) -> None:
        """What has happened between the place it came from and now, as far as it concerns this one."""
        if missed.place != self._place:
            self._tell([stream], news.much("matter" if stream.listener and stream.listener.watched else "queue", where))
            return
        seen = [
            one for one in missed.changes if any(stream in circle.streams for circle in self._audience.who_sees(one))
        ]
        lost = sum(any(stream in circle.streams for circle in self._audience.who_lost(one)) for one in missed.changes)
        if seen or lost:
            self._tell([stream], news.of_queue(seen, where, left=lost))
        for one in missed.changes:
            if stream in self._audience.who_watches(one):
                self._tell([stream], news.of_matter(one, where))

    async def _tell_news(self) -> float:
        """What has happened since the last time."""
        if not self._audience.streams:
            return QUIET_S
        after = self._place
        found = await in_pool(self._pool, lambda: news.read(after))
        self._place = found.place
        where = following.spelled(found.place)
        self._tell_circles(found.changes, where)
        for change in found.changes:
            self._tell(list(self._audience.who_watches(change)), news.of_matter(change, where))
        told = found.told & self._audience.by_person.keys()
        if told:
            self._tell_all_unread(await in_pool(self._pool, lambda: news.unread(told)), where)
        return EVERY_S if found.changes or told else QUIET_S

    def _tell_circles(self, changes: Sequence[Change], where: str) -> None:
        seen: dict[Any, list[Change]] = defaultdict(list)
        lost: Counter[Any] = Counter()
        for change in changes:
            for circle in self._audience.who_sees(change):
                seen[circle].append(change)
            lost.update(self._audience.who_lost(change))
        for circle in seen.keys() | lost.keys():
            self._tell(list(circle.streams), news.of_queue(seen.get(circle, []), where, left=lost[circle]))

    async def _check(self) -> float:
        """End the streams of those who may not listen any more or see something else now; tell what was read elsewhere.

        Those whose turn it is, and not very many at a time: meanwhile nothing can be told.
        """
        now = time.monotonic()
        turn = [stream for stream in self._audience.streams if stream.checked_at <= now - CHECK_S][:_CHECKED_AT_ONCE]
        held = {stream: stream.listener for stream in turn if stream.listener is not None}
        if not held:
            return CHECK_S / 5
        doubtful, unread = await in_pool(self._pool, lambda: _looked_at(list(held.values())))
        for stream, before in held.items():
            stream.checked_at = now
            if before in doubtful:
                if listeners.is_same(before, doubtful[before]):
                    stream.listener = doubtful[before]
                else:
                    stream.end()
        self._tell_all_unread(unread, following.spelled(self._place))
        return CHECK_S / 50 if len(turn) == _CHECKED_AT_ONCE else CHECK_S / 5

    async def _beat(self) -> float:
        """A sign of life, with the place up to which there was nothing to tell."""
        words = b"id: %s\n\n" % following.spelled(self._place).encode()
        self._tell(list(self._audience.streams), words, is_message=False)
        return BEAT_S

    # --- telling ------------------------------------------------------------------------------------------------------

    def _tell_all_unread(self, unread: dict[int, int], where: str) -> None:
        for person, count in unread.items():
            for stream in list(self._audience.by_person.get(person, ())):
                self._tell_unread(stream, count, where)

    def _tell_unread(self, stream: Stream, count: int, where: str) -> None:
        if stream.told_unread != count:
            stream.told_unread = count
            self._tell([stream], news.of_notices(count, where))

    def _tell(self, streams: Iterable[Stream], words: bytes, *, is_message: bool = True) -> None:
        for stream in streams:
            if stream.tell(words):
                self.counts["messages"] += is_message
            else:
                self.counts["dropped"] += 1
                stream.end()


Admitted = tuple[Listener | None, News | None, int]


def _admitted(arrivals: Sequence[_Arrival], place: Place | None) -> tuple[Place, list[Admitted]]:
    """In the pool: who they are, what they have missed, and how many notices they have not read."""
    numbering()  # read once in a process, here where one may wait for the store
    now = following.place() if place is None else place
    admitted = listeners.admit([one.asked for one in arrivals])
    unread = news.unread({one.person for one in admitted if one is not None and one.person})
    missed: dict[str, News] = {}
    found: list[Admitted] = []
    for one, listener in zip(arrivals, admitted, strict=True):
        since: News | None = None
        if listener is not None and one.after is not None and one.after != now:
            word = following.spelled(one.after)
            since = missed[word] = missed.get(word) or news.read(one.after, now)
        found.append((listener, since, unread.get(listener.person, 0) if listener else 0))
    return now, found


def _looked_at(held: Sequence[Listener]) -> tuple[dict[Listener, Listener | None], dict[int, int]]:
    """In the pool: who no longer stands as they did, and how many notices they have not read."""
    return listeners.changed(held), news.unread({one.person for one in held if one.person})


def _is_away(error: Exception) -> bool:
    """The store is away: that is no fault of ours."""
    return isinstance(error, DatabaseError | InterfaceError)


def _files() -> int:
    """How many files this process may hold open, raised as far as it is allowed to."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + _OTHER_FILES
    reachable = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < reachable:
        resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
        return reachable
    return wanted if soft == resource.RLIM_INFINITY else soft


def _not_yours(number: str) -> Turned:
    if number:
        return Turned(404, "no_such_receipt", _("Number and code do not belong together. Check both on your receipt."))
    return Turned(401, "sign_in", _("Sign in first."))


def _full(retry_after: int) -> Turned:
    return Turned(
        503,
        "many_listen",
        _(
            "Very many are listening, or the server is just starting or stopping. The page works without it; it tries again."
        ),
        retry_after=retry_after,
    )
