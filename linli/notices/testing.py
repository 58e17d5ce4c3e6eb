"""For tests of notices: real stand-ins on this machine for what lies outside, and a worker that may be killed anywhere."""

import json
import random
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from linli.notices import actions, course, making
from linli.notices.course import Parcel
from linli.notices.models import Channel
from linli.notices.rules import Kind, Result, Verdict
from linli.notices.sending import carry
from linli.people.models import Person

LOOPBACK = ["127.0.0.0/8"]


class Killed(BaseException):
    """The worker is gone, as after SIGKILL: nothing that would catch an error catches this."""


_CODES = {
    Verdict.DELIVERED: "200",
    Verdict.AGAIN: "503",
    Verdict.REFUSED: "403",
    Verdict.GONE: "410",
    Verdict.UNKNOWN: "no_answer",
}


@dataclass
class Outside:
    """The world outside as a stand-in: takes parcels, refuses, is busy, or never answers, by a seed."""

    chance: random.Random
    verdicts: tuple[Verdict, ...] = (
        *(Verdict.DELIVERED,) * 6,
        *(Verdict.AGAIN,) * 2,
        Verdict.REFUSED,
        Verdict.UNKNOWN,
    )
    #: What arrived, by key: how often.
    arrived: dict[str, int] = field(default_factory=dict)

    def send(self, parcel: Parcel) -> Result:
        """What comes of one attempt; half of those without an answer arrived."""
        verdict = self.chance.choice(self.verdicts)
        if verdict == Verdict.DELIVERED or (verdict == Verdict.UNKNOWN and self.chance.random() < 0.5):
            self.arrived[parcel.key] = self.arrived.get(parcel.key, 0) + 1
        return Result(verdict, _CODES[verdict])


def _goes_on(_point: str) -> None:
    """The worker lives."""


def work(
    at: datetime, send: Callable[[Parcel], Result] = carry, *, crash: Callable[[str], None] = _goes_on
) -> list[Parcel]:
    """One turn of a worker: follow, bundle, and send everything due. `crash` is called at each point where it may die."""
    crash("before following")
    while making.follow(at):
        pass
    crash("after following")
    while making.bundle(at):
        pass
    crash("after bundling")
    course.give_up_lost(at)
    carried = []
    for kind in course.kinds_due(at):
        for delivery in course.due(kind, at, 100):
            parcel = course.claim(delivery, at)
            if parcel is None:
                continue
            crash("after claiming")
            result = send(parcel)
            crash("after sending")
            course.settle(parcel.delivery, parcel.tries, result, at)
            crash("after settling")
            carried.append(parcel)
    return carried


def a_channel(person: Person, kind: str = Kind.MAIL, *, at: datetime, **rules: Any) -> Channel:
    """A confirmed channel of this person, with these rules (`groups`, `bundle_minutes`, `most_an_hour`)."""
    addresses = {Kind.MAIL: f"{person.username}@county.example", Kind.SMS: "19900000042"}
    channel = actions.add_channel(person, kind=kind, address=addresses.get(Kind(kind), "robot-token-0001"), at=at)
    channel.deliveries.all().delete()
    Channel.objects.filter(pk=channel.pk).update(verified_at=at, code_asked_at=None, **rules)
    channel.refresh_from_db()
    return channel


# --- a receiver over HTTP ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """What answers: (status, body) each time, the last one for ever; None hangs up without an answer."""

    address: str = ""
    got: list[Got] = field(default_factory=list)
    answers: list[tuple[int, str] | None] = field(default_factory=lambda: [(200, '{"errcode": 0, "code": 0}')])

    def next(self) -> tuple[int, str] | None:
        """The next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port of this machine, until the end of the block."""
    one = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            answer = one.next()
            if answer is None:
                self.close_connection = True
                return
            words = answer[1].encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *args: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.address = f"http://127.0.0.1:{server.server_port}"
    with _served(server):
        yield one


@contextmanager
def _served(server: Any) -> Iterator[None]:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


# --- a mail server -------------------------------------------------------------------------------------------------------


@dataclass
class MailServer:
    """What was handed in; `answers` to it in their order, the last one for ever; None hangs up."""

    port: int = 0
    got: list[str] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=lambda: ["250 ok"])

    def next(self) -> str | None:
        """The next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server on a free port of this machine that speaks as much SMTP as is spoken to it."""
    one = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 stand-in")
            is_open = True
            while is_open and (word := self.rfile.readline().decode().strip().upper()):
                if word.startswith("DATA"):
                    is_open = self.take()
                elif word.startswith("QUIT"):
                    self.say("221 bye")
                    is_open = False
                else:
                    self.say("250 ok")

        def take(self) -> bool:
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.decode())
            one.got.append("".join(lines))
            answer = one.next()
            if answer is not None:
                self.say(answer)
            return answer is not None

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    one.port = server.server_address[1]
    with _served(server):
        yield one
