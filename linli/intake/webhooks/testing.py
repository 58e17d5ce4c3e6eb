"""For tests of webhooks: a real receiver on this machine that answers as it is told, and keeps what it got."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.utils import timezone

from linli.intake.webhooks import actions, making, sending
from linli.intake.webhooks.models import Subscription
from linli.intake.webhooks.posting import post
from linli.intake.webhooks.rules import Group

LOOPBACK = ["127.0.0.0/8"]


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What answers: (status, headers, body) each time, the last one for ever; None hangs up without an answer."""

    address: str = ""
    got: list[Got] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes] | None] = field(default_factory=lambda: [(200, {}, b"ok")])
    #: Wait for it before answering: a receiver that does not answer.
    go_on: threading.Event = field(default_factory=threading.Event)

    def answer(self, *answers: int | None) -> None:
        """From now on these, in their order, the last one for ever."""
        self.answers = [None if one is None else (one, {}, b"") for one in answers]

    def next(self) -> tuple[int, dict[str, str], bytes] | None:
        """The next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def ids(self) -> list[str]:
        """The ids of all messages, in the order of arrival."""
        return [one.headers["webhook-id"] for one in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port of this machine, until the end of the block."""
    one = Receiver()
    one.go_on.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.got.append(Got({name.lower(): value for name, value in self.headers.items()}, body))
            one.go_on.wait(20)
            answer = one.next()
            if answer is None:
                self.close_connection = True
                return
            status, headers, words = answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(words)), **headers}.items():
                self.send_header(name, value)
            with suppress(OSError):  # the sender has gone
                self.end_headers()
                self.wfile.write(words)

        def log_message(self, *args: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one.address = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield one
    finally:
        one.go_on.set()
        server.shutdown()
        server.server_close()


def a_subscription(world: Any, address: str, **more: Any) -> tuple[Subscription, str]:
    """A subscription to everything in the county, made by its system administrator; and its secret."""
    given = {"name": "市热线平台", "groups": Group.values, "area": world.areas["440881"], "at": timezone.now()} | more
    return actions.subscribe(address=address, by=world.cast.system, **given)


def work(at: Any) -> int:
    """What a worker does: follow the journal, then send everything due until nothing is; how many attempts."""
    while making.make_deliveries(at):
        pass
    count = 0
    while parcels := [
        parcel
        for subscription in sending.ready(at)
        for delivery in sending.due(subscription, at, subscription.lanes)
        if (parcel := sending.claim(delivery, at))
    ]:
        for parcel in parcels:
            sending.settle(parcel, post(parcel), at)
        count += len(parcels)
    return count
