"""A small IMAP server (RFC 3501 over TLS, with MOVE and UIDPLUS where wanted): the mailbox of a county, for tests."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "report@lianjiang.example", 'pass word"'


@dataclass
class Message:
    content: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class Mailbox:
    """What the server holds, and how it behaves. `hang_up_before`: a command at which the line is cut, once."""

    folders: dict[str, dict[int, Message]] = field(default_factory=lambda: {"INBOX": {}})
    capabilities: tuple[str, ...] = ("IMAP4REV1", "MOVE", "UIDPLUS")
    hang_up_before: str = ""
    refuses: tuple[str, ...] = ()
    conversations: int = 0
    _next: int = 1

    def put(self, content: bytes, folder: str = "INBOX") -> None:
        self.folders[folder][self._next] = Message(content)
        self._next += 1

    def contents(self, folder: str) -> list[bytes]:
        return [one.content for one in self.folders.get(folder, {}).values()]

    def move(self, number: int, there: str, here: str) -> None:
        self.folders[there][self._next] = self.folders[here].pop(number)
        self._next += 1


@contextmanager
def serving(mailbox: Mailbox, folder: Path) -> Iterator[tuple[int, Path]]:
    """The port on 127.0.0.1, and the certificate to trust."""
    certificate = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def get_request(self):  # type: ignore[no-untyped-def]
            plain, address = super().get_request()
            return context.wrap_socket(plain, server_side=True), address

        def handle_error(self, request, client_address):  # type: ignore[no-untyped-def]
            """A client that does not trust us hangs up."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            mailbox.conversations += 1
            _Conversation(mailbox, self.rfile, self.wfile).hold()

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1], certificate
        server.shutdown()


class _HungUp(Exception):
    pass


class _Conversation:
    def __init__(self, mailbox: Mailbox, lines, out) -> None:  # type: ignore[no-untyped-def]
        self._box, self._lines, self._out = mailbox, lines, out
        self._folder, self._known = "", False

    def hold(self) -> None:
        self._say("* OK ready")
        try:
            for line in self._lines:
                if not self._answer(line.decode().rstrip("\r\n")):
                    return
        except (_HungUp, OSError):
            return

    def _say(self, line: str | bytes) -> None:
        self._out.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        self._out.flush()

    def _answer(self, line: str) -> bool:
        tag, _space, rest = line.partition(" ")
        words = [
            quoted.replace('\\"', '"') if quoted else bare
            for quoted, bare in re.findall(r'"((?:\\.|[^"])*)"|(\([^)]*\)|\S+)', rest)
        ]
        command = words.pop(0).upper()
        if command == "UID":
            command = words.pop(0).upper()
        if command == self._box.hang_up_before:
            self._box.hang_up_before = ""
            raise _HungUp
        if command in self._box.refuses:
            self._say(f"{tag} NO not here")
            return True
        verdict = getattr(self, f"_{command.lower()}", lambda *_words: "BAD unknown")(*words)
        self._say(f"{tag} {verdict} done")
        return command != "LOGOUT"

    @property
    def _messages(self) -> dict[int, Message]:
        return self._box.folders[self._folder]

    def _capability(self) -> str:
        self._say("* CAPABILITY " + " ".join(self._box.capabilities if self._known else ("IMAP4REV1",)))
        return "OK"

    def _login(self, user: str, password: str) -> str:
        self._known = (user, password) == (USER, PASSWORD)
        return "OK" if self._known else "NO wrong"

    def _select(self, folder: str) -> str:
        if not self._known or folder not in self._box.folders:
            return "NO none"
        self._folder = folder
        self._say(f"* {len(self._messages)} EXISTS")
        return "OK [READ-WRITE]"

    def _create(self, folder: str) -> str:
        if folder in self._box.folders:
            return "NO exists"
        self._box.folders[folder] = {}
        return "OK"

    def _search(self, *asked: str) -> str:
        assert asked == ("UNDELETED", "UNKEYWORD", "$LinliTaken")
        found = [number for number, one in self._messages.items() if not one.flags & {"\\Deleted", "$LinliTaken"}]
        self._say("* SEARCH " + " ".join(map(str, found)))
        return "OK"

    def _fetch(self, numbers: str, what: str) -> str:
        for place, number in enumerate(map(int, numbers.split(",")), 1):
            one = self._messages.get(number)
            if one is None:
                continue
            if "SIZE" in what:
                self._say(f"* {place} FETCH (UID {number} RFC822.SIZE {len(one.content)})")
            else:
                head = f"* {place} FETCH (UID {number} BODY[] {{{len(one.content)}}}\r\n".encode()
                self._say(head + one.content + b")")
        return "OK"

    def _move(self, number: str, folder: str) -> str:
        if "MOVE" not in self._box.capabilities:
            return "BAD unknown"
        self._box.move(int(number), folder, self._folder)
        return "OK"

    def _copy(self, number: str, folder: str) -> str:
        self._box.put(self._messages[int(number)].content, folder)
        return "OK"

    def _store(self, number: str, _how: str, flags: str) -> str:
        self._messages[int(number)].flags |= set(flags.strip("()").split())
        return "OK"

    def _expunge(self, number: str) -> str:
        self._messages.pop(int(number))
        return "OK"

    def _logout(self) -> str:
        self._say("* BYE")
        return "OK"


def _certificate(folder: Path) -> Path:
    """For 127.0.0.1 alone, signed by itself; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(private + made.public_bytes(pem))
    return path
