"""What is fetched comes whole and in time, or not at all."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from linli.kit.fetching import MOST, Unreachable, fetch

HEAD = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def speaking(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """A machine that takes one line, and says what it is told to; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            with suppress(OSError):
                line, _where = server.accept()
                with line, suppress(OSError):
                    say(line)

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/document"


def why(say: Callable[[socket.socket], None], timeout_s: float = 20) -> str:
    with speaking(say) as address, pytest.raises(Unreachable) as caught:
        fetch(address, timeout_s=timeout_s)
    return caught.value.code


def drip(line: socket.socket) -> None:
    """A byte now and then, so that no wait for the next one runs out."""
    line.sendall(HEAD + b"\r\n")
    pause = threading.Event()
    while True:
        line.sendall(b" ")
        pause.wait(0.01)


def flood(line: socket.socket) -> None:
    line.sendall(HEAD + b"\r\n")
    while True:
        line.sendall(b" " * 65536)


def test_whoever_drips_is_cut_off_when_the_time_is_over() -> None:
    assert why(drip, timeout_s=0.3) == "slow"


def test_whoever_says_nothing_is_cut_off_too() -> None:
    assert why(lambda line: line.recv(1) and threading.Event().wait(2), timeout_s=0.2) == "slow"  # type: ignore[arg-type, return-value]


def test_whoever_floods_is_read_no_further_than_the_limit() -> None:
    assert why(flood) == "too_large"


@pytest.mark.parametrize("said", [b"", b"no HTTP\r\n\r\n", HEAD + b"Content-Length: 10\r\n\r\n{}"])
def test_what_is_no_whole_answer_is_none(said: bytes) -> None:
    def say(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(said)

    with speaking(say) as address:
        try:
            assert fetch(address, timeout_s=20).said == {}
        except Unreachable as fault:
            assert fault.code == "broken"


def test_an_object_of_the_largest_size_is_read() -> None:
    body = b'{"a": "' + b"x" * (MOST - 9) + b'"}'

    def say(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(HEAD + b"\r\n" + body)

    with speaking(say) as address:
        answer = fetch(address, timeout_s=20)
    assert (answer.status, len(answer.said["a"])) == (200, MOST - 9)


@pytest.mark.parametrize("address", ["", "ftp://127.0.0.1/", "http://user@127.0.0.1/", "http://127.0.0.1/#part", "\0"])
def test_what_is_no_address_is_asked_nothing(address: str) -> None:
    with pytest.raises(Unreachable, match="bad_address"):
        fetch(address)
