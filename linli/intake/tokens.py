"""Tokens for those who need no account: an installation of the app is known again by one, and nobody behind it is.

A number drawn by lot and the hour, signed with the secret of this home. Nothing is stored: asking for tokens fills no table,
a report with one asks the store nothing, and there is no list of phones for anybody to read. No other home takes it.
"""

import hashlib
import secrets
from base64 import b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime
from functools import cache
from hmac import compare_digest
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

#: So that it is taken neither for a key of another system nor for the token of a phone of staff.
PREFIX = "linlip_"
_NUMBER, _HOUR, _MARK = 8, 3, 16
_LENGTH = len(PREFIX) + (_NUMBER + _HOUR + _MARK) * 4 // 3


class Token(NamedTuple):
    """What a token says."""

    number: bytes
    #: Whole hours since 1970: who asked for it just now is not known yet.
    made_in_hour: int

    def key_for(self, report: UUID) -> int:
        """The sender's number with this report: the same whenever it is sent again, another with every other report.

        So the store says of no two reports that they came from one phone.
        """
        noise = hashlib.blake2b(self.number + report.bytes, key=_key(b"sender"), digest_size=8).digest()
        return (int.from_bytes(noise, "big") >> 1) or 1


def mint(at: datetime) -> str:
    """A new token, which cannot be guessed."""
    said = secrets.token_bytes(_NUMBER) + int(at.timestamp() // 3600).to_bytes(_HOUR, "big")
    return PREFIX + urlsafe_b64encode(said + _mark(said)).decode()


def read(text: str) -> Token | None:
    """What it says, if this home has signed it."""
    if len(text) != _LENGTH:
        return None
    try:
        signed = b64decode(text[len(PREFIX) :], b"-_", validate=True)
    except (Error, ValueError):
        return None
    said, mark = signed[:-_MARK], signed[-_MARK:]
    if not compare_digest(mark, _mark(said)):
        return None
    return Token(said[:_NUMBER], int.from_bytes(said[_NUMBER:], "big"))


def _mark(said: bytes) -> bytes:
    # BLAKE2b with a key, as in `reports`: HMAC gives up the interpreter and waits for it.
    return hashlib.blake2b(said, key=_key(b"token"), digest_size=_MARK).digest()


@cache
def _key(use: bytes) -> bytes:
    return hashlib.sha256(b"linli public " + use + b" " + settings.SECRET_KEY.encode()).digest()
