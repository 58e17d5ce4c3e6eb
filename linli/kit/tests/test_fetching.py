"""What is fetched comes whole and in time, or not at all."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from linli.kit import fetching
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


# --- encrypted --------------------------------------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> Path:
    """For an address of this machine, signed by itself; key and certificate in one file."""
    key, made = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signed = (
        x509.CertificateBuilder(made, made, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = folder / f"{name}.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(plain + signed.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def _trust_anew() -> Iterator[None]:
    """What a process trusts it reads once."""
    fetching._trusted.cache_clear()
    yield
    fetching._trusted.cache_clear()


@pytest.mark.usefixtures("_trust_anew")
@pytest.mark.parametrize(
    ("name", "is_trusted", "told"),
    [("127.0.0.1", True, "{'a': 1}"), ("127.0.0.1", False, "not_safe"), ("127.0.0.2", True, "not_safe")],
)
def test_over_https_the_certificate_must_be_trusted_and_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_trusted: bool, told: str
) -> None:
    file = certificate(tmp_path, name)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def say(line: socket.socket) -> None:
        with context.wrap_socket(line, server_side=True) as safe:
            safe.recv(4096)
            safe.sendall(HEAD + b'Content-Length: 8\r\n\r\n{"a": 1}')

    with speaking(say) as address:
        try:
            said = str(fetch(address.replace("http:", "https:"), timeout_s=20).said)
        except Unreachable as fault:
            said = fault.code
    assert said == told
