"""The loop of the bounded process: one task at a time, handed over as open files through a socket.

It sets its own limits before it reads the first byte: memory, time on the processor, no core files, no new processes.
"""

import array
import json
import mmap
import os
import resource
import select
import signal
import socket
from typing import IO, Any

from linli.kit.media.inside.bad import Bad

_LIMITS = {
    resource.RLIMIT_AS: 1_100_000_000,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 300_000_000,
    resource.RLIMIT_NOFILE: 64,
}
#: A process that nobody asks leaves, so that a quiet home pays nothing for it.
IDLE_S = 120


def serve(channel: socket.socket) -> None:
    """Answer until the other side goes, or has nothing to ask for two minutes."""
    _bound()
    while select.select([channel], [], [], IDLE_S)[0]:
        words, files = _received(channel)
        if not words:
            return
        channel.send(b"{}")  # begun: whoever sees nothing after this knows that the file was the end of us
        channel.send(json.dumps(_answer(json.loads(words), files)).encode())


def _bound() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for which, most in _LIMITS.items():
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def _received(channel: socket.socket) -> tuple[bytes, list[int]]:
    words, ancillary, _flags, _address = channel.recvmsg(4096, socket.CMSG_SPACE(2 * array.array("i").itemsize))
    files = array.array("i")
    for level, kind, body in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            files.frombytes(body[: len(body) - len(body) % files.itemsize])
    return words, list(files)


def _answer(task: dict[str, Any], files: list[int]) -> dict[str, Any]:
    _allow_seconds(int(task["seconds"]))
    try:
        source = os.fdopen(files[0], "rb")
        out = os.fdopen(files[1], "r+b") if len(files) > 1 else None
        try:
            return {"found": _do(task, source, out)}
        finally:
            source.close()
            if out is not None:
                out.close()
    except Bad as bad:
        return {"bad": bad.code, "facts": bad.facts}
    except MemoryError:
        return {"bad": "media_bomb", "facts": {}}
    # A reader that trips over a file has said that the file is broken.
    except Exception as error:
        return {"bad": "media_broken", "facts": {}, "error": repr(error)[:500]}


def _allow_seconds(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, hard))


def _do(task: dict[str, Any], source: IO[bytes], out: IO[bytes] | None) -> dict[str, Any]:
    if os.fstat(source.fileno()).st_size == 0:
        raise Bad("media_empty")
    with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if task["name"] == "listen":
            from linli.kit.media.inside import voices

            limits = {name: task[name] for name in ("most_bytes", "most_s") if name in task}
            return voices.read(content, **limits).plain()
        from linli.kit.media.inside import drawing, look

        found = look.look(content, source, is_known=task["name"] != "look")
        if out is not None:
            drawing.draw(task, found, source, out)
            out.flush()
        return found.plain()
