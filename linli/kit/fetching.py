"""Asking another machine for JSON: a whole time-out, a limit of size, no redirects, no proxies.

Its address is one that the operator of this home set, never one that people type into a page: any network may be reached, that
of the county too. What people type goes through `posting`.
"""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from linli import __version__
from linli.kit.addresses import Target, read_address
from linli.kit.refusal import BadInput

TIMEOUT_S = 5.0
#: Bytes of an answer: the keys of a large provider are some twenty thousand.
MOST = 262_144
#: The watch below may pull the socket away while something is read.
_BROKEN = (OSError, http.client.HTTPException, ValueError, AttributeError)


class Unreachable(Exception):
    """No whole answer came. `code`: why, for whoever keeps this home."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Fetched:
    """An answer: its status, and the object in it; empty where it was no JSON object."""

    status: int
    said: dict[str, Any]


def fetch(
    address: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Fetched:
    """Get it, or post a form there. Raises `Unreachable`."""
    until = time.monotonic() + timeout_s
    try:
        target = read_address(address)
    except BadInput:
        raise Unreachable("bad_address") from None
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = _connected(target, until)
    # Whoever sends a byte now and then never lets a wait for the next one run out: the whole has an end.
    watch = threading.Timer(_left(until), _hang_up, [connection.sock])
    watch.daemon = True
    watch.start()
    try:
        return _exchange(connection, target, form, headers or {}, until)
    finally:
        watch.cancel()
        with suppress(*_BROKEN):
            connection.close()


def _connected(target: Target, until: float) -> socket.socket:
    """A line to the first of its addresses that takes one; not yet a word was said."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("no_name") from None
    for one in found:
        with suppress(OSError):
            raw = socket.create_connection((str(one[4][0]), target.port), timeout=_left(until))
            if target.is_plain:
                return raw
            return _trusted().wrap_socket(raw, server_hostname=target.host, do_handshake_on_connect=False)
    raise Unreachable("not_reached")


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates this machine trusts; `SSL_CERT_FILE` names others, those of an intranet."""
    return ssl.create_default_context()


def _exchange(
    connection: http.client.HTTPConnection,
    target: Target,
    form: Mapping[str, str] | None,
    headers: Mapping[str, str],
    until: float,
) -> Fetched:
    sent = {
        "Host": target.authority,
        "User-Agent": f"linli/{__version__}",
        "Accept": "application/json",
        "Connection": "close",
        **({} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}),
        **headers,
    }
    body = None if form is None else urlencode(form)
    try:
        if isinstance(connection.sock, ssl.SSLSocket):
            connection.sock.do_handshake()
        connection.request("GET" if form is None else "POST", target.path, body, sent)
        answer = connection.getresponse()
        content = answer.read(MOST + 1)
    except _BROKEN as error:
        if time.monotonic() >= until:
            raise Unreachable("slow") from None
        raise Unreachable("not_safe" if isinstance(error, ssl.SSLError) else "broken") from None
    if time.monotonic() >= until:  # what was read may be a part
        raise Unreachable("slow")
    if len(content) > MOST:
        raise Unreachable("too_large")
    return Fetched(answer.status, _object(content))


def _object(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _hang_up(raw: Any) -> None:
    with suppress(OSError):
        socket.socket.shutdown(raw, socket.SHUT_RDWR)


def _left(until: float) -> float:
    return max(0.01, until - time.monotonic())
