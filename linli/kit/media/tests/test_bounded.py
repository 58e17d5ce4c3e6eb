"""The bounded process: a file that crashes, hangs or eats memory ends it, is refused, and the next one is served."""

import os
import resource
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from linli.kit.media import bounded
from linli.kit.media.checking import inspect_bytes
from linli.kit.media.testing import picture
from linli.kit.refusal import BadInput

#: Stands in for our own loop: says that it has begun, then does what a decoder does with an evil file.
_STAND_IN = "import os, socket, sys, time; it = socket.socket(fileno=int(sys.argv[2])); it.recv(4096); it.send(b'{}'); "


@pytest.fixture(autouse=True)
def _new_ones() -> Any:
    bounded.forget()
    yield
    bounded.forget()


def code_of(content: bytes, **more: Any) -> str:
    with pytest.raises(BadInput) as refusal:
        inspect_bytes(content)
    return refusal.value.code


def running() -> bounded._Process:
    """The one that waits for work."""
    process = bounded._pool.idle.get_nowait()
    bounded._pool.idle.put(process)
    return process


def test_one_process_serves_many_files() -> None:
    inspect_bytes(picture())
    first = running().running.pid
    inspect_bytes(picture("PNG"))
    assert running().running.pid == first


@pytest.mark.parametrize(
    ("deed", "code"),
    [("os.abort()", "media_crashes"), ("sys.exit()", "media_crashes"), ("time.sleep(60)", "media_too_slow")],
)
def test_what_ends_the_process_is_refused_and_the_next_is_served(
    deed: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "CHECK_S", 0.3)
    with monkeypatch.context() as patch:
        patch.setattr(bounded, "_CODE", _STAND_IN + deed)
        assert code_of(picture()) == code
    monkeypatch.undo()
    assert inspect_bytes(picture()).width == 60


def test_one_that_died_while_it_waited_is_replaced_and_nobody_notices() -> None:
    inspect_bytes(picture())
    process = running().running
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert inspect_bytes(picture()).width == 60


def test_its_memory_and_files_are_bounded() -> None:
    inspect_bytes(picture())
    pid = running().running.pid
    assert resource.prlimit(pid, resource.RLIMIT_AS)[0] <= 1_200_000_000
    assert resource.prlimit(pid, resource.RLIMIT_NOFILE)[0] <= 64
    assert resource.prlimit(pid, resource.RLIMIT_CORE)[0] == 0
    assert 0 < resource.prlimit(pid, resource.RLIMIT_CPU)[0] < 60


def test_a_file_for_which_there_is_no_memory_is_refused() -> None:
    inspect_bytes(picture())
    pid = running().running.pid
    used = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (used + 30_000_000,) * 2)
    assert code_of(picture("PNG", (7000, 7000))) == "media_bomb"


def test_nothing_of_our_environment_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET_OF_OURS", "secret")
    inspect_bytes(picture())
    assert b"secret" not in Path(f"/proc/{running().running.pid}/environ").read_bytes()


def test_many_threads_may_ask_at_once() -> None:
    found: list[int] = []
    asking = [threading.Thread(target=lambda: found.append(inspect_bytes(picture()).width)) for _one in range(12)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert found == [60] * 12


def test_a_process_forked_off_starts_its_own() -> None:
    inspect_bytes(picture())
    child = os.fork()
    if child == 0:
        os._exit(0 if bounded._pool.idle.empty() and inspect_bytes(picture()).width == 60 else 1)
    assert os.waitpid(child, 0)[1] == 0
