"""Files sealed for storage elsewhere: AES-256-GCM in pieces, so that neither size nor memory sets a limit.

    magic line | 8 bytes: which key | 32 bytes of salt | pieces of 1 MiB and 16 bytes, the last one shorter

Each file has a key of its own, HKDF-SHA256 of the key, the salt and the name of the file; the nonce of a piece is its number
(11 bytes) and whether it is the last (1 byte). So a changed, missing, moved or added piece, a file cut short and a file under
another's name do not open. Construction: Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015 (STREAM), as in age.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused

#: The cipher is named in the file: another one gets another line.
MAGIC = b"linli sealed 1 aes-256-gcm\n"
PIECE = 1 << 20
_TAG, _SALT, _WHICH = 16, 32, 8
_HEAD = len(MAGIC) + _WHICH + _SALT


def which(key: bytes) -> bytes:
    """Tells a key from others and says nothing about it."""
    return hashlib.sha256(b"linli which key " + key).digest()[:_WHICH]


def sealed_size(size: int) -> int:
    """Bytes of a sealed file whose content has `size`."""
    return _HEAD + size + _TAG * max(1, -(-size // PIECE))


class SealedWriter(io.RawIOBase):
    """Seals what is written to it; nothing opens before `finish`. Counts the content and its SHA-256."""

    def __init__(self, file: IO[bytes], key: bytes, name: str) -> None:
        self._file = file
        self._salt = os.urandom(_SALT)
        self._cipher = _cipher(key, self._salt, name)
        self._waiting = bytearray()
        self._pieces = 0
        self._digest = hashlib.sha256()
        self.size = 0
        file.write(MAGIC + which(key) + self._salt)

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, content: Any) -> int:
        """Take all of it; what fills a piece goes to the file."""
        self._digest.update(content)
        self._waiting += content
        self.size += len(content)
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(content)

    def finish(self) -> None:
        """Write the last piece."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    @property
    def sha256(self) -> str:
        """Of the content so far."""
        return self._digest.hexdigest()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._pieces, last), piece, None))
        self._pieces += 1


class SealedReader(io.RawIOBase):
    """Opens a sealed file piece by piece. Raises `Refused`: `wrong_key`, `sealed_damaged`.

    What was read is certain; that it is all is certain once the end was read.
    """

    def __init__(self, file: IO[bytes], key: bytes, name: str, path: str = "") -> None:
        self._file, self._path = file, path or name
        head = file.read(_HEAD)
        if len(head) < _HEAD or not head.startswith(MAGIC):
            raise self._damaged()
        if head[len(MAGIC) : -_SALT] != which(key):
            raise Refused(
                "wrong_key",
                _("This key does not open %(file)s. Use the key with which it was made."),
                file=self._path,
            )
        self._cipher = _cipher(key, head[-_SALT:], name)
        self._pieces = 0
        self._digest = hashlib.sha256()
        #: Bytes opened so far.
        self.size = 0
        self._opened = memoryview(b"")
        self._next: bytes | None = file.read(PIECE + _TAG)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As files do; 0 at the end."""
        while not self._opened and self._next is not None:
            self._open_next()
        count = min(len(buffer), len(self._opened))
        buffer[:count] = self._opened[:count]
        self._opened = self._opened[count:]
        return count

    @property
    def sha256(self) -> str:
        """Of the content opened so far."""
        return self._digest.hexdigest()

    def _open_next(self) -> None:
        piece, after = self._next or b"", self._file.read(PIECE + _TAG)
        try:
            self._opened = memoryview(self._cipher.decrypt(_nonce(self._pieces, not after), piece, None))
        except (InvalidTag, ValueError):
            raise self._damaged() from None
        self._digest.update(self._opened)
        self.size += len(self._opened)
        self._pieces += 1
        self._next = after or None

    def _damaged(self) -> Refused:
        return Refused(
            "sealed_damaged",
            _("%(file)s is damaged or cut short: it is not as it was written. Use another backup."),
            file=self._path,
        )


@contextmanager
def writing(path: Path, key: bytes, name: str) -> Iterator[SealedWriter]:
    """A new sealed file, whole and on the disk afterwards. When something goes wrong it is left behind, unfinished."""
    with path.open("xb") as file:
        sealed = SealedWriter(file, key, name)
        yield sealed
        sealed.finish()
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def reading(path: Path, key: bytes, name: str) -> Iterator[SealedReader]:
    """The content of a sealed file."""
    with path.open("rb") as file:
        yield SealedReader(file, key, name, str(path))


def _cipher(key: bytes, salt: bytes, name: str) -> AESGCM:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"linli sealed " + name.encode())
    return AESGCM(derived.derive(key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
