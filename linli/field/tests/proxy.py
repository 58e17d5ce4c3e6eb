"""The line between a phone and the server, and what may happen on it: a small real proxy, one request a connection."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Takes a request; returns what happens to it.
Fault = Callable[["Asked"], "Action"]


@dataclass(frozen=True)
class Asked:
    """One request that came to the proxy."""

    #: Counts from 1, of those below `/intake/` alone.
    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Action:
    """What becomes of a request; as it is made it passes."""

    #: The line breaks before anything has passed.
    drops: bool = False
    #: The request passes, and its answer is lost.
    loses_answer: bool = False
    #: Only so many bytes of the body pass, then the line breaks.
    cut_after: int | None = None
    #: Somebody else answers: status, kind of content, content, more headers.
    answer: tuple[int, str, bytes, dict[str, str]] | None = None
    #: The answer waits until this is set.
    holds: threading.Event | None = None


PASS, DROP, LOSE = Action(), Action(drops=True), Action(loses_answer=True)
PORTAL = Action(answer=(200, "text/html", "<h1>欢迎使用免费无线网络</h1>".encode(), {}))


def said(status: int, body: bytes = b"", kind: str = "text/html", **headers: str) -> Action:
    """Somebody answers in place of the server; `_` in names of headers is `-`."""
    return Action(answer=(status, kind, body, {name.replace("_", "-"): value for name, value in headers.items()}))


@dataclass
class Proxy:
    """Listens on a port of its own and passes on to `port` what `fault` lets pass."""

    port: int
    fault: Fault = lambda _asked: PASS
    #: All requests below `/intake/` so far.
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                proxy._handle(self)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _answer

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """What the phone takes for the server."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def posts(self) -> list[Asked]:
        """Sendings of words so far."""
        return [one for one in self.asked if one.path in ("/intake/v1/reports", "/intake/v1/batch")]

    def close(self) -> None:
        """Nobody is there any more."""
        self._server.shutdown()
        self._server.server_close()

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        with suppress(OSError):
            body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
            action = PASS
            if request.path.startswith("/intake/"):
                with self._lock:
                    headers = {name.lower(): value for name, value in request.headers.items()}
                    asked = Asked(len(self.asked) + 1, request.command, request.path, headers, body)
                    self.asked.append(asked)
                    action = self.fault(asked)
            self._do(action, request, body)

    def _do(self, action: Action, request: BaseHTTPRequestHandler, body: bytes) -> None:
        if action.drops:
            return
        if action.answer:
            status, kind, content, more = action.answer
            request.wfile.write(_answer(status, {"Content-Type": kind, **more}, content))
            return
        answer = self._passed(request, body if action.cut_after is None else body[: action.cut_after], action)
        if action.holds:
            action.holds.wait(60)
        if not action.loses_answer and action.cut_after is None:
            request.wfile.write(answer)

    def _passed(self, request: BaseHTTPRequestHandler, body: bytes, action: Action) -> bytes:
        lines = [f"{request.command} {request.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in request.headers.items() if name.lower() != "connection"]
        with socket.create_connection(("127.0.0.1", self.port)) as server:
            server.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)
            if action.cut_after is not None:
                return b""
            return b"".join(iter(lambda: server.recv(65536), b""))


def _answer(status: int, headers: dict[str, str], content: bytes) -> bytes:
    head = [f"HTTP/1.1 {status} -", f"Content-Length: {len(content)}", f"Date: {formatdate(usegmt=True)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode() + content
