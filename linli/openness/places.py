"""Where a page of matters ended, as the following page is asked for.

The minutes in which somebody reported and in which a desk acted are nobody's business, so the place is sealed. One place is
always sealed alike: an answer that has not changed is told by its tag.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from linli.kit.cursors import cursor, read_cursor


def sealed_place(moment: datetime, key: UUID, order: str) -> str:
    """A place in an order, in words an address can carry."""
    sealed = _cipher().encrypt(cursor(moment, key).encode(), [order.encode()])
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def read_place(words: str, order: str) -> tuple[datetime, UUID] | None:
    """The place; None: these words tell of none in this order."""
    try:
        sealed = urlsafe_b64decode(words + "=" * (-len(words) % 4))
        return read_cursor(_cipher().decrypt(sealed, [order.encode()]).decode())
    except (InvalidTag, ValueError):
        return None


def _cipher() -> AESSIV:
    return AESSIV(hashlib.sha512(b"linli place in a list " + settings.SECRET_KEY.encode()).digest())
