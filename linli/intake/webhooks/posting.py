"""One attempt of a delivery, and sending it."""

from collections.abc import Mapping
from dataclasses import dataclass

from linli.kit.posting import TIMEOUT_S, Answer, send


@dataclass(frozen=True)
class Parcel:
    """Everything needed to send one attempt, without asking the store."""

    subscription: int
    delivery: int
    attempt: int
    address: str
    headers: Mapping[str, str]
    body: bytes


def post(parcel: Parcel, timeout_s: float = TIMEOUT_S) -> Answer:
    """Send it and wait for the answer. Raises nothing."""
    return send(parcel.address, parcel.headers, parcel.body, timeout_s)
