"""The bounded processes in which files of strangers are opened: warm, killed in time, replaced when they die.

A decoder that crashes, hangs or eats memory ends one of these and no more; the file is refused with a reason.
"""

import atexit
import json
import os
import queue
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

import linli
from linli.kit.media.why import refused

#: How many files are looked at at once; others wait.
MOST = 2
CHECK_S, DRAW_S, FILM_S = 5, 10, 60
#: An hour of Opus has 180,000 packets, each looked at.
LISTEN_S = 30
#: Starting one takes a fraction of a second; on a loaded machine some.
_START_S = 20
_CODE = (
    "import socket, sys; sys.path.insert(0, sys.argv[1]); from linli.kit.media.inside.serving import serve; "
    "serve(socket.socket(fileno=int(sys.argv[2])))"
)


class _Died(Exception):
    """The process is gone; `begun` says whether it had begun with the file."""

    def __init__(self, *, begun: bool) -> None:
        super().__init__()
        self.begun = begun


class _Process:
    """One bounded process and the socket to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        folder = str(Path(linli.__file__).resolve().parent.parent)
        with theirs:
            # Nothing of our environment, keys and addresses included, and no signal of our terminal reaches it.
            self.running = subprocess.Popen(
                [sys.executable, "-I", "-c", _CODE, folder, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},
                start_new_session=True,
            )
        self.channel = ours

    def ask(self, task: dict[str, Any], files: list[int]) -> dict[str, Any]:
        """Its answer. Raises `_Died`, or `TimeoutError` when the seconds of the task are over."""
        begun = False
        try:
            self.channel.settimeout(_START_S)
            socket.send_fds(self.channel, [json.dumps(task).encode()], files)
            if not self.channel.recv(16):
                raise _Died(begun=False)
            begun = True
            self.channel.settimeout(task["seconds"])
            words = self.channel.recv(65_536)
        except TimeoutError:
            raise
        except OSError:
            raise _Died(begun=begun) from None
        if not words:
            raise _Died(begun=True)
        answer: dict[str, Any] = json.loads(words)
        return answer

    def end(self) -> None:
        """Kill it and wait until it is gone."""
        self.channel.close()
        self.running.kill()
        self.running.wait()


class _Pool:
    """Those that wait for work."""

    def __init__(self) -> None:
        self.idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        self.places = threading.BoundedSemaphore(MOST)

    def ask(self, task: dict[str, Any], files: list[int]) -> dict[str, Any]:
        with self.places:
            while True:
                process = self._taken()
                try:
                    answer = process.ask(task, files)
                except TimeoutError:
                    process.end()
                    return {"bad": "media_too_slow", "facts": {}}
                except _Died as death:
                    process.end()
                    if death.begun:
                        return {"bad": "media_crashes", "facts": {}}
                    # It had left for want of work, just now; another is asked.
                    continue
                except BaseException:
                    process.end()
                    raise
                self.idle.put(process)
                return answer

    def _taken(self) -> _Process:
        try:
            return self.idle.get_nowait()
        except queue.Empty:
            return _Process()

    def end(self) -> None:
        while True:
            try:
                self.idle.get_nowait().end()
            except queue.Empty:
                return


_pool = _Pool()


def ask(name: str, source: IO[bytes], out: IO[bytes] | None = None, *, seconds: int, **more: int) -> dict[str, Any]:
    """Have `source` looked at, or drawn into `out`. Raises `BadInput`; any thread may ask."""
    files = [source.fileno()] if out is None else [source.fileno(), out.fileno()]
    answer = _pool.ask({"name": name, "seconds": seconds, **more}, files)
    if "bad" in answer:
        raise refused(answer["bad"], **answer["facts"])
    found: dict[str, Any] = answer["found"]
    return found


def forget() -> None:
    """End those that wait; the next question starts new ones."""
    _pool.end()


def _after_fork() -> None:
    """The processes belong to the parent."""
    global _pool
    _pool = _Pool()


atexit.register(forget)
os.register_at_fork(after_in_child=_after_fork)
