"""Signatures of webhooks, as the specification Standard Webhooks 1.0.0 has them, and as GitHub makes them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

PREFIX = "whsec_"
#: How far the time of a message may lie from ours, either way: what is older may have been caught and sent again.
TOLERANCE = timedelta(minutes=5)
_BYTES = 32


def new_secret() -> str:
    """A new secret as it is shown, once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the signature of one message."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()


def headers(secrets_now: Iterable[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message, signed with every secret that holds now."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, message_id, timestamp, body) for one in secrets_now),
    }


def is_signed(secrets_now: Iterable[str], message_id: str, timestamp: int, body: bytes, said: str) -> bool:
    """Whether one of the signatures in the header is one of ours. Takes as long whatever is wrong."""
    given = said.split(" ")[:10]
    right = [signature(one, message_id, timestamp, body) for one in secrets_now]
    return sum(hmac.compare_digest(one.encode(), other.encode()) for one in right for other in given) > 0


def is_signed_as_github(secrets_now: Iterable[str], body: bytes, said: str) -> bool:
    """Whether `sha256=…` is the HMAC of the body; the secret is taken as the text it is, `whsec_` included."""
    right = ["sha256=" + hmac.digest(one.encode(), body, hashlib.sha256).hex() for one in secrets_now]
    return sum(hmac.compare_digest(one.encode(), said.strip().encode()) for one in right) > 0


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
