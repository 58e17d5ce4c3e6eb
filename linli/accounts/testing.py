"""For tests: a real small identity provider on this machine, with keys of its own, that lies as it is told."""

import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from html import escape
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

CLIENT_ID, SECRET = "linli", "a secret: of tests/+"
Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Signer:
    """A key pair of the provider."""

    number: str
    algorithm: str
    private: Any

    def published(self) -> dict[str, Any]:
        """Its public half, as a row of a JWK set."""
        row = json.loads(get_default_algorithms()[self.algorithm].to_jwk(self.private.public_key()))
        return {**row, "kid": self.number, "use": "sig", "alg": self.algorithm}


@cache
def signer(algorithm: str, number: str = "") -> Signer:
    """A key pair for this algorithm, made once in a process: for RSA that takes a while."""
    make: dict[str, Callable[[], Any]] = {
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }
    private = make.get(algorithm, lambda: rsa.generate_private_key(65537, 2048))()
    return Signer(number or f"of-{algorithm}", algorithm, private)


@dataclass
class Provider:
    """What it says and signs. All of it can be changed between two requests."""

    issuer: str = ""
    #: Who has signed in there.
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "w-1", "preferred_username": "worker.at.county"})
    signs: Signer = field(default_factory=lambda: signer("ES256"))
    #: The rows of its JWK set; those of the key it signs with, unless something else is laid here.
    rows: list[dict[str, Any]] | None = None
    #: Instead of what it would say by itself; None leaves it out.
    document: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    #: Signs the claims in another way.
    forge: Callable[[dict[str, Any]], str] | None = None
    #: Whole answers instead of its own, by path.
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    #: What it tells of whoever has signed in to those who bring the access token.
    told: dict[str, Any] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)

    def agree(self, place: str) -> str:
        """Somebody whom a page sent to `place` signs in there; the address to which they are sent back."""
        return self._asked_to_agree(place)[1]

    def _asked_to_agree(self, place: str) -> tuple[int, str]:
        parts = urlsplit(place)
        line = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        line.request("POST", f"{parts.path}?{parts.query}", headers={"Content-Length": "0"})
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status, answer.headers["Location"]

    def answer(self, method: str, path: str, form: dict[str, str], authorization: str) -> Answer:
        """The answer to one request."""
        where, _mark, query = path.partition("?")
        self.asked.append(where)
        if where in self.answers:
            return self.answers[where]
        if where == "/authorize":
            return self._page(query) if method == "GET" else self._back(dict(parse_qsl(query)))
        if where == "/token":
            return self._token(form, authorization)
        if where == "/person":
            return _json(self.told) if authorization == "Bearer of-this-person" else _json({}, 401)
        said = {
            "/.well-known/openid-configuration": self._document,
            "/keys": lambda: {"keys": [self.signs.published()] if self.rows is None else self.rows},
        }.get(where)
        return _json(said()) if said else (404, {}, b"")

    def _document(self) -> dict[str, Any]:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "authorization_response_iss_parameter_supported": True,
        }
        return _changed(said, self.document)

    def _page(self, query: str) -> Answer:
        """Where people sign in."""
        words = (
            '<!doctype html><html lang="en"><title>County</title><link rel="icon" href="data:,"><h1>County sign-on</h1>'
            f'<form method="post" action="/authorize?{escape(query)}">'
            '<label>Name <input name="name"></label><button>Go on</button></form>'
        )
        return 200, {"Content-Type": "text/html; charset=utf-8"}, words.encode()

    def _back(self, asked: dict[str, str]) -> Answer:
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return 302, {"Location": f"{asked['redirect_uri']}?{back}"}, b""

    def _token(self, form: dict[str, str], authorization: str) -> Answer:
        """Good once, for whoever knows the secret and what the challenge was made of."""
        self.forms.append(form)
        given = b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        known = f"{CLIENT_ID}:{urlencode({'': SECRET})[1:]}"
        if given != known and (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, SECRET):
            return _json({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or (form["redirect_uri"], challenge, "S256", "authorization_code") != (
            *(asked["redirect_uri"], asked["code_challenge"], asked["code_challenge_method"], form["grant_type"]),
        ):
            return _json({"error": "invalid_grant"}, 400)
        return _json({"access_token": "of-this-person", "token_type": "Bearer", "id_token": self.sign(asked["nonce"])})

    def sign(self, nonce: str) -> str:
        """An ID token of now."""
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 600, "nonce": nonce, **self.person}
        said = _changed(said, self.claims)
        if self.forge:
            return self.forge(said)
        header = _changed({"kid": self.signs.number}, self.header)
        return jwt.encode(said, self.signs.private, self.signs.algorithm, headers=header)


def _changed(said: dict[str, Any], by: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**said, **by}.items() if value is not None}


def _json(said: Any, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(said).encode()


@contextmanager
def running() -> Iterator[Provider]:
    """A provider on a free port of this machine, until the end of the block."""
    one = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", {})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer("POST", {name: values[0] for name, values in parse_qs(sent).items()})

        def _answer(self, method: str, form: dict[str, str]) -> None:
            status, headers, body = one.answer(method, self.path, form, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            with suppress(OSError):  # whoever asked has gone
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()


def use(one: Provider, settings: Any, folder: Path) -> None:
    """Let this home know it."""
    file = folder / "oidc_secret"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_SECRET_FILE = one.issuer, CLIENT_ID, file
    settings.OIDC_NAME, settings.OIDC_NAME_CLAIM, settings.OIDC_SECOND_FACTOR = "County sign-on", "", []
