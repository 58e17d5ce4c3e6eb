"""Sealing short words so that the store, its backups and lists hold nothing readable (AES-256-GCM)."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused

_NONCE = 12


def seal(words: str, *, bound_to: bytes) -> bytes:
    """Encrypt `words`; they open only together with the same `bound_to` (the key of the row they belong to)."""
    return seal_bytes(words.encode(), bound_to=bound_to)


def unseal(sealed: bytes, *, bound_to: bytes) -> str:
    """Raises `Refused` when the seal was made with another home's key, for another row, or was damaged."""
    return unseal_bytes(sealed, bound_to=bound_to).decode()


def seal_bytes(content: bytes, *, bound_to: bytes) -> bytes:
    """The same for a file, whole in memory. Two seals of one content differ."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, content, bound_to)


def unseal_bytes(sealed: bytes, *, bound_to: bytes) -> bytes:
    """As `unseal`."""
    try:
        return AESGCM(_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)
    except InvalidTag:
        raise Refused(
            "seal_broken",
            _("This sealed text cannot be opened with this home's key. Restore the file secret_key from the backup."),
        ) from None


def _key() -> bytes:
    return hashlib.sha256(b"linli sealing " + settings.SECRET_KEY.encode()).digest()
