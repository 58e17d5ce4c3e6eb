"""Starting the web server, and keeping it and a worker running side by side."""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from linli.kit.reasons import reason
from linli.kit.refusal import Refused

HOST = "127.0.0.1"
_STOP_WITHIN_S = 15
_READY_WITHIN_S = 120
#: A part that ran this long before it died starts again at once.
_STEADY_S = 30
_LONGEST_PAUSE_S = 30


def web_command() -> list[str]:
    """The front: as many processes as set. By itself one on SQLite, where one writes for all; on PostgreSQL one per two cores."""
    by_itself = 1 if connection.vendor == "sqlite" else max(1, (os.cpu_count() or 2) // 2)
    processes = settings.FRONTS if settings.FRONTS > 0 else by_itself
    return [
        *(sys.executable, "-m", "granian", "linli.asgi:application", "--interface", "asgi"),
        *("--host", HOST, "--port", str(settings.PORT), "--workers", str(processes)),
        # Streams of `/live` are requests that last: the server must not count them among those that wait.
        *("--backlog", "4096", "--backpressure", "12000"),
        # Without a limit it may wait forever for a request when it is told to stop.
        *("--workers-kill-timeout", "10", "--respawn-failed-workers", "--no-ws", "--log-level", "warning"),
    ]


def work_command() -> list[str]:
    """The worker."""
    return [sys.executable, "-m", "linli.command", "work"]


def refuse_taken_port() -> None:
    """Raises `Refused` when something else answers on our port, or it is not ours to take."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.PORT))
        except OverflowError:
            raise Refused(
                "bad_port", _("There is no port %(port)s. Set LINLI_PORT to 1024 to 65535."), port=settings.PORT
            ) from None
        except OSError as error:
            raise _refusal(error) from None


def _refusal(error: OSError) -> Refused:
    if error.errno == errno.EADDRINUSE:
        return Refused(
            "port_taken",
            _("Port %(port)s is taken, perhaps by another linli. Stop that one, or set LINLI_PORT to another port."),
            port=settings.PORT,
        )
    return Refused(
        "port_refused",
        _("Port %(port)s cannot be used: %(reason)s. Set LINLI_PORT to another port."),
        port=settings.PORT,
        reason=reason(error),
    )


@dataclass
class _Part:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    again_at: float = 0.0


class Supervisor:
    """Runs its parts until it is told to stop; a part that dies is started again, later each time."""

    def __init__(self, parts: dict[str, list[str]], say: Callable[[str], None]) -> None:
        self._parts = [_Part(name, command) for name, command in parts.items()]
        self._say = say
        self._stop = threading.Event()

    def run(self, ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Start everything, call `when_ready` once `ready` says so, and watch. Raises `Refused` if it never is."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: self._stop.set())
        try:
            for part in self._parts:
                self._start(part)
            if self._wait_for(ready):
                when_ready()
            while not self._stop.wait(0.2):
                self._look_after()
        finally:
            self._end()

    def _start(self, part: _Part) -> None:
        part.process = subprocess.Popen(part.command, start_new_session=True, preexec_fn=_die_with_parent)
        part.started_at = time.monotonic()

    def _wait_for(self, ready: Callable[[], bool]) -> bool:
        give_up_at = time.monotonic() + _READY_WITHIN_S
        pause = 0.05
        while not ready():
            if self._stop.wait(pause):
                return False
            pause = min(1.0, pause * 1.2)
            dead = next((part for part in self._parts if part.process and part.process.poll() is not None), None)
            if dead or time.monotonic() > give_up_at:
                name = dead.name if dead else self._parts[0].name
                raise Refused("no_start", _("%(part)s did not start. The lines above say why."), part=name)
        return True

    def _look_after(self) -> None:
        now = time.monotonic()
        for part in self._parts:
            if part.process is not None and part.process.poll() is not None:
                part.failures = 0 if now - part.started_at > _STEADY_S else part.failures + 1
                pause = min(_LONGEST_PAUSE_S, 2**part.failures - 1)
                part.process, part.again_at = None, now + pause
                self._say(
                    _("%(part)s ended unexpectedly; it starts again in %(pause)s s.")
                    % {"part": part.name, "pause": pause}
                )
            if part.process is None and now >= part.again_at:
                self._start(part)

    def _end(self) -> None:
        running = [part.process for part in self._parts if part.process is not None]
        for process in running:
            process.terminate()
        give_up_at = time.monotonic() + _STOP_WITHIN_S
        for process in running:
            try:
                process.wait(max(0.1, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """In the child: end when the supervisor is killed, so that the port is free for the next start (Linux)."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(address: str = "") -> bool:
    """Whether the web server answers, here or at an address, and does not say that it cannot do its work."""
    address = address or f"http://{HOST}:{settings.PORT}/healthz"
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=5) as answer:
            return bool(answer.status < 500)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
