"""The vault: sealing words so that the store, its backups and lists hold nothing readable.

    "lv1" | 1 byte: method | 8 bytes: which key | 12 bytes of nonce | ciphertext and tag

A seal is bound to its place (model, column) and row: copied elsewhere it does not open. What was sealed before there was a ring
of keys has no head, only nonce and ciphertext under a key made of the home's secret key; it opens until it is sealed anew, and
what passes through a session goes on like that.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.kit import key_ring
from linli.kit.key_ring import ID_BYTES, Key
from linli.kit.refusal import Refused

_NONCE = 12
#: How everything begins that a key of the ring has sealed.
SIGN = b"lv1"
#: Sign, method and key.
HEAD = len(SIGN) + 1 + ID_BYTES


def seal(words: str, *, bound_to: bytes, place: str = "") -> bytes:
    """Encrypt `words`; they open only with the same `bound_to` (the key of their row) and place (`app.model.column`)."""
    return seal_bytes(words.encode(), bound_to=bound_to, place=place)


def unseal(sealed: bytes, *, bound_to: bytes, place: str = "") -> str:
    """Raises `Refused` when it was sealed for another row or place, was damaged, or this home has not the key."""
    return unseal_bytes(sealed, bound_to=bound_to, place=place).decode()


def seal_bytes(content: bytes, *, bound_to: bytes, place: str = "") -> bytes:
    """The same for a file, whole in memory. Two seals of one content differ."""
    key, nonce = key_ring.ring().current, os.urandom(_NONCE)
    head = head_of(key)
    return head + nonce + key.method.encrypt(key.secret, nonce, content, _bound(head, place, bound_to))


def unseal_bytes(sealed: bytes, *, bound_to: bytes, place: str = "") -> bytes:
    """As `unseal`."""
    head, has_head = sealed[:HEAD], sealed.startswith(SIGN)
    key = key_ring.ring().find(head[len(SIGN) :]) if has_head else None
    if key is not None:
        nonce, content = sealed[HEAD : HEAD + _NONCE], sealed[HEAD + _NONCE :]
        try:
            return key.method.decrypt(key.secret, nonce, content, _bound(head, place, bound_to))
        except (InvalidTag, ValueError):
            pass  # once in 16 million, what is older begins like a head by chance
    try:
        return AESGCM(_oldest_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)
    except (InvalidTag, ValueError):
        raise _key_missing(head) if has_head and key is None else _broken() from None


def seal_for_session(words: str, *, bound_to: bytes) -> str:
    """Words that live no longer than a session, under the secret key as the session itself: no key of the ring waits for them."""
    nonce = os.urandom(_NONCE)
    return (nonce + AESGCM(_oldest_key()).encrypt(nonce, words.encode(), bound_to)).hex()


def unseal_from_session(sealed: str, *, bound_to: bytes) -> str:
    """As `unseal`."""
    return unseal(bytes.fromhex(sealed), bound_to=bound_to)


def head_of(key: Key) -> bytes:
    """How everything begins that is sealed with this key."""
    return SIGN + key.mark


def key_named_by(sealed: bytes) -> str:
    """The number of the key a sealed value names; empty for what was sealed with the secret key."""
    return sealed[len(SIGN) + 1 : HEAD].hex() if sealed.startswith(SIGN) else ""


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A column of sealed words. `bound_to` gives of a row what its seal is bound to; so any row can be sealed anew."""

    def __init__(self, *args: Any, bound_to: Callable[[Any], bytes] | None = None, **kwargs: Any) -> None:
        self._bound_to = bound_to
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """For migrations it is a column of bytes."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs

    @property
    def place(self) -> str:
        """What seals of this column are bound to besides their row."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def bound_to(self, row: Any) -> bytes:
        """What the seal of this row is bound to."""
        assert self._bound_to is not None
        return self._bound_to(row)

    def open(self, row: Any) -> bytes:
        """What is sealed in this column of a row. Raises `Refused`."""
        return unseal_bytes(bytes(getattr(row, self.attname)), bound_to=self.bound_to(row), place=self.place)

    def seal(self, row: Any, content: bytes) -> bytes:
        """Sealed for this column of a row; nothing is stored."""
        return seal_bytes(content, bound_to=self.bound_to(row), place=self.place)


def sealed_columns() -> Iterator[SealedField]:
    """Every sealed column of every model."""
    for model in apps.get_models():
        yield from (field for field in model._meta.concrete_fields if isinstance(field, SealedField))


def by_key(row: Any) -> bytes:
    """Bound to the column `key`."""
    return bytes(row.key.bytes)


def by_pk(row: Any) -> bytes:
    """Bound to a primary key that is a UUID."""
    return bytes(row.pk.bytes)


def _bound(head: bytes, place: str, bound_to: bytes) -> bytes:
    return head + place.encode() + b"\0" + bound_to


def _broken() -> Refused:
    words = _(
        "This sealed text cannot be opened with this home's keys. Restore vault_keys and secret_key from the backup."
    )
    return Refused("seal_broken", words)


def _key_missing(head: bytes) -> Refused:
    words = _("This was sealed with the key %(key)s, which is not in this home. Bring it back: linli vault take FILE.")
    return Refused("seal_key_missing", words, key=key_named_by(head)[:8])


def _oldest_key() -> bytes:
    return hashlib.sha256(b"linli sealing " + settings.SECRET_KEY.encode()).digest()
