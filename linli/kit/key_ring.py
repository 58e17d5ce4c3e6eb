"""The keys of the vault: a ring in the home, beside the secret key. One is current and seals; the others still open.

A file of its own, readable by its owner alone, JSON: `{"current": id, "keys": [{"id", "method", "made_at", "secret"}]}`.
It goes along in every backup, as all in the home does. Processes see a change at once: each use asks for the file's stamp.
"""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput, Refused

_TAG = 16
ID_BYTES = 8
#: Encrypt or decrypt with key, nonce, content and what it is bound to. Decrypting raises `InvalidTag`.
Turn = Callable[[bytes, bytes, bytes, bytes], bytes]


@dataclass(frozen=True)
class Method:
    """A way to seal. `mark` stands in every sealed value; `key_bytes` is the length of its keys."""

    name: str
    mark: bytes
    key_bytes: int
    encrypt: Turn
    decrypt: Turn


def _aes_encrypt(key: bytes, nonce: bytes, content: bytes, bound_to: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, content, bound_to)


def _aes_decrypt(key: bytes, nonce: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, sealed, bound_to)


def _sm4_encrypt(key: bytes, nonce: bytes, content: bytes, bound_to: bytes) -> bytes:
    turning = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    turning.authenticate_additional_data(bound_to)
    return turning.update(content) + turning.finalize() + turning.tag


def _sm4_decrypt(key: bytes, nonce: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    if len(sealed) < _TAG:
        raise InvalidTag
    turning = Cipher(algorithms.SM4(key), modes.GCM(nonce, sealed[-_TAG:])).decryptor()
    turning.authenticate_additional_data(bound_to)
    return turning.update(sealed[:-_TAG]) + turning.finalize()


#: AES: NIST SP 800-38D; SM4: GB/T 32907, with GCM as in RFC 8998.
METHODS = {
    one.name: one
    for one in (
        Method("aes-256-gcm", b"A", 32, _aes_encrypt, _aes_decrypt),
        Method("sm4-gcm", b"S", 16, _sm4_encrypt, _sm4_decrypt),
    )
}


@dataclass(frozen=True)
class Key:
    """One key: its number in hex digits, how it seals, since when it is there."""

    id: str
    method: Method
    made_at: datetime
    secret: bytes

    @property
    def mark(self) -> bytes:
        """By what a sealed value names this key: method and number."""
        return self.method.mark + bytes.fromhex(self.id)


@dataclass(frozen=True)
class Ring:
    """All keys of a home, the oldest first."""

    current: Key
    keys: tuple[Key, ...]

    def find(self, mark: bytes) -> Key | None:
        """The key that a sealed value names."""
        return next((one for one in self.keys if one.mark == mark), None)


_read: tuple[tuple[Path, int, int, int], Ring] | None = None


def path() -> Path:
    """The file of the ring."""
    return Path(settings.HOME) / "vault_keys"


def ring() -> Ring:
    """The keys of this home. The first use makes them. Raises `Refused` if the file cannot be read as a ring."""
    global _read
    file = path()
    try:
        stamp = _stamp(file)
    except FileNotFoundError:
        _make_first(file)
        stamp = _stamp(file)
    if _read is None or _read[0] != stamp:
        _read = stamp, read(file)
    return _read[1]


def exists() -> bool:
    """Whether this home has a ring of its own yet."""
    return path().exists()


def _stamp(file: Path) -> tuple[Path, int, int, int]:
    found = os.stat(file)
    return file, found.st_ino, found.st_mtime_ns, found.st_size


def read(file: Path) -> Ring:
    """A ring from a file. Raises `Refused`."""
    try:
        kept = json.loads(file.read_text("utf-8"))
        keys = tuple(_key(one) for one in kept["keys"])
        current = next(one for one in keys if one.id == kept["current"])
    except (ValueError, KeyError, TypeError, StopIteration):
        words = _("%(file)s is no ring of keys, or is damaged. Restore it from a backup.")
        raise Refused("bad_key_ring", words, file=str(file)) from None
    except OSError as error:
        words = _("%(file)s cannot be read: %(why)s.")
        raise Refused("key_ring_unread", words, file=str(file), why=error.strerror or "") from error
    return Ring(current, keys)


def _key(kept: dict[str, str]) -> Key:
    method = METHODS[kept["method"]]
    secret = base64.b64decode(kept["secret"], validate=True)
    if len(secret) != method.key_bytes or len(bytes.fromhex(kept["id"])) != ID_BYTES:
        raise ValueError("a key has another length")
    return Key(kept["id"], method, datetime.fromisoformat(kept["made_at"]), secret)


def rotate(method: str, *, at: datetime) -> Key:
    """A new key becomes the current one; those before go on opening. Raises `BadInput`, `Refused`."""
    made = _new(method, at)
    with _changing() as old:
        _write(Ring(made, (*old.keys, made)))
    return made


def take(file: Path) -> list[Key]:
    """Add the keys of another ring, out of a backup; which were new. The current one stays. Raises `Refused`."""
    brought = read(file)
    with _changing() as old:
        known = {one.id for one in old.keys}
        fresh = [one for one in brought.keys if one.id not in known]
        if fresh:
            _write(Ring(old.current, tuple(sorted((*old.keys, *fresh), key=lambda one: one.made_at))))
    return fresh


def drop(key_id: str) -> None:
    """Forget a key for good. Whether anything hangs on it was asked before. Raises `BadInput`, `Refused`."""
    with _changing() as old:
        key = named(old, key_id)
        if key == old.current:
            words = _("This key seals just now. Make a new one first: linli vault rotate.")
            raise Refused("key_is_current", words)
        _write(Ring(old.current, tuple(one for one in old.keys if one != key)))


def named(kept: Ring, key_id: str) -> Key:
    """The key with this number, or the only one that begins so. Raises `BadInput`."""
    found = [one for one in kept.keys if key_id and one.id.startswith(key_id.lower())]
    if len(found) != 1:
        words = _("No key, or more than one, has the number %(key)s. “linli vault status” shows all.")
        raise BadInput("no_such_key", words, key=key_id[:20])
    return found[0]


def _new(method: str, at: datetime) -> Key:
    if method not in METHODS:
        words = _("LINLI_SEALING is one of: %(names)s.")
        raise BadInput("no_such_method", words, names=", ".join(METHODS))
    chosen = METHODS[method]
    made = Key(secrets.token_hex(ID_BYTES), chosen, at, secrets.token_bytes(chosen.key_bytes))
    try:
        chosen.encrypt(made.secret, bytes(12), b"", b"")
    except UnsupportedAlgorithm:
        words = _("The cryptography of this machine has no %(name)s. Choose another LINLI_SEALING.")
        raise Refused("method_missing", words, name=method) from None
    return made


def _make_first(file: Path) -> None:
    """The name appears with the whole ring behind it, and only for the first of several processes."""
    made = _new(settings.SEALING, timezone.now())
    draft = _draft(Ring(made, (made,)))
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


@contextmanager
def _changing() -> Iterator[Ring]:
    """The ring as it is, while nobody else changes it."""
    ring()
    with open(path().with_name("vault_keys.lock"), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield read(path())


def _write(changed: Ring) -> None:
    os.replace(_draft(changed), path())
    folder = os.open(path().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _draft(content: Ring) -> Path:
    draft = path().with_name(f".vault_keys.{os.getpid()}.{secrets.token_hex(4)}")
    text = json.dumps({"current": content.current.id, "keys": [_plain(one) for one in content.keys]}, indent=1)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return draft


def _plain(key: Key) -> dict[str, Any]:
    secret = base64.b64encode(key.secret).decode()
    return {"id": key.id, "method": key.method.name, "made_at": key.made_at.isoformat(), "secret": secret}
