"""Sending one request to another machine: ten seconds in all, no redirects, and no more of the answer than people read."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli import __version__
from linli.kit.addresses import Forbidden, Target, read_address, resolve
from linli.kit.refusal import BadInput

TIMEOUT_S = 10.0
#: Bytes of the answer that are read, and characters of it that are kept.
_READ, _KEPT = 4096, 1000
#: What goes wrong between the first byte sent and the last one read. The watch below may pull the socket away.
_BROKEN = (OSError, http.client.HTTPException, ValueError, AttributeError)


class Outcome(models.TextChoices):
    """What came of one attempt."""

    UNKNOWN = "unknown", _("no answer known")
    ANSWERED = "answered", _("answered")
    NOT_REACHED = "not_reached", _("not reached")
    NO_NAME = "no_name", _("the name of the host is not known")
    FORBIDDEN = "forbidden", _("an address that may not be reached from here")
    NOT_SAFE = "not_safe", _("no trusted certificate")
    GARBLED = "garbled", _("answered with no HTTP")


@dataclass(frozen=True)
class Answer:
    """What came of sending: `status` and `words` of the receiver if it answered, `retry_after_s` if it asked for that."""

    outcome: Outcome
    status: int | None = None
    words: str = ""
    took_ms: int = 0
    retry_after_s: int | None = None


def send(address: str, headers: Mapping[str, str], body: bytes, timeout_s: float = TIMEOUT_S) -> Answer:
    """Post it and wait for the answer. Raises nothing."""
    begun = time.monotonic()
    answer = _send(address, headers, body, begun + timeout_s)
    took_ms = int((time.monotonic() - begun) * 1000)
    return Answer(answer.outcome, answer.status, answer.words, took_ms, answer.retry_after_s)


def _send(address: str, headers: Mapping[str, str], body: bytes, until: float) -> Answer:
    try:
        target = read_address(address)
        reached = resolve(target)
    except Forbidden as forbidden:
        return Answer(Outcome.FORBIDDEN, words=str(forbidden))
    except BadInput as refused:
        return Answer(Outcome.FORBIDDEN, words=refused.code)
    except (OSError, UnicodeError) as error:
        return Answer(Outcome.NO_NAME, words=_said(error))
    try:
        connection = _connect(target, reached, until)
    except OSError as error:
        return Answer(Outcome.NOT_REACHED, words=_said(error))
    # A receiver that sends a byte now and then never lets a wait for the next one run out: the whole has an end.
    watch = threading.Timer(_left(until), _hang_up, [connection.sock])
    watch.daemon = True
    watch.start()
    try:
        return _exchange(connection, target, headers, body)
    finally:
        watch.cancel()
        with suppress(*_BROKEN):
            connection.close()


def _connect(target: Target, address: str, until: float) -> http.client.HTTPConnection:
    """A connection to the address that was looked at, under the name that was asked for; not yet a word was said."""
    raw = socket.create_connection((address, target.port), timeout=_left(until))
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = raw
    if not target.is_plain:
        connection.sock = _trusted().wrap_socket(raw, server_hostname=target.host, do_handshake_on_connect=False)
    return connection


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates this machine trusts; `SSL_CERT_FILE` names others, those of an intranet."""
    return ssl.create_default_context()


def _exchange(
    connection: http.client.HTTPConnection, target: Target, headers: Mapping[str, str], body: bytes
) -> Answer:
    try:
        if isinstance(connection.sock, ssl.SSLSocket):
            connection.sock.do_handshake()
    except ssl.SSLError as error:
        return Answer(Outcome.NOT_SAFE, words=_said(error))
    except _BROKEN as error:
        return Answer(Outcome.NOT_REACHED, words=_said(error))
    try:
        return _ask(connection, target, headers, body)
    except (http.client.BadStatusLine, http.client.UnknownProtocol, http.client.LineTooLong) as error:
        is_silence = isinstance(error, http.client.RemoteDisconnected)
        return Answer(Outcome.UNKNOWN if is_silence else Outcome.GARBLED, words=_said(error))
    except _BROKEN as error:
        # It may have arrived, or not.
        return Answer(Outcome.UNKNOWN, words=_said(error))


def _ask(connection: http.client.HTTPConnection, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
    sent = {
        "Host": target.authority,
        "User-Agent": f"linli/{__version__}",
        "Content-Type": "application/json",
        "Connection": "close",
        **headers,
    }
    connection.request("POST", target.path, body, sent)
    answer = connection.getresponse()
    words = b""
    with suppress(*_BROKEN):  # the status is what counts
        words = answer.read(_READ)
    return Answer(
        Outcome.ANSWERED,
        answer.status,
        words.decode(errors="replace").replace("\0", "")[:_KEPT],
        retry_after_s=_retry_after(answer.headers.get("Retry-After", "")),
    )


def _retry_after(said: str) -> int | None:
    """Seconds, or a date; None if neither."""
    if said.strip().isdecimal():
        return min(int(said.strip()[:9]), 10**6)
    try:
        moment = parsedate_to_datetime(said)
        return max(0, int(moment.timestamp() - time.time()))
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _hang_up(raw: Any) -> None:
    with suppress(OSError):
        socket.socket.shutdown(raw, socket.SHUT_RDWR)


def _left(until: float) -> float:
    return max(0.01, until - time.monotonic())


def _said(error: Exception) -> str:
    return " ".join(str(error).replace("\0", "").split())[:_KEPT]
