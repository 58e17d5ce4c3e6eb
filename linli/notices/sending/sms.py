"""Text messages: a port with three ways behind it: a gateway over HTTP, a cloud, and where none is set a folder of this home.

A gateway of another form is a class with `send(to, words, key, at) -> Result`, and a line in `gateway`.
"""

import hashlib
import hmac
import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote_plus

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.kit import posting
from linli.kit.refusal import BadInput
from linli.notices.course import Parcel
from linli.notices.letters import Words
from linli.notices.rules import Result, Verdict
from linli.notices.sending.answers import result_of
from linli.notices.sending.sms_clouds import CLOUDS, Account

_NUMBER = re.compile(r"\+?[0-9]{5,15}")
_PLACES = re.compile(r"\{(to|text|id)\}")


class Gateway(Protocol):
    """What takes a text message."""

    def send(self, to: str, words: Words, key: str, at: datetime) -> Result:
        """Hand it over. The same key at every attempt: whoever has it already must not send it again."""


class Folder:
    """Where no gateway is set, each message is a file in `LINLI_HOME/outbox`, for whoever sends it by hand; so none is lost."""

    def send(self, to: str, words: Words, key: str, at: datetime) -> Result:
        """Write it; the key is its name, so that a repeat replaces it."""
        folder: Path = settings.HOME / "outbox"
        folder.mkdir(mode=0o700, exist_ok=True)
        draft = folder / f".{key}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"to": to, "text": words.whole, "id": key, "at": at.isoformat()}, file, ensure_ascii=False)
        draft.replace(folder / f"{key}.json")
        return Result(Verdict.DELIVERED, "outbox")


class Http:
    """A gateway over HTTP: `LINLI_SMS_BODY` with the values put in; signed where there is a key.

    `Idempotency-Key` is the key; `X-Timestamp` seconds, `X-Signature` hex of HMAC-SHA256 over `timestamp.body`.
    """

    def __init__(self, address: str, template: str, key_file: Path) -> None:
        self._address, self._template, self._key_file = address, template, key_file

    def send(self, to: str, words: Words, key: str, at: datetime) -> Result:
        """Post it; an answer of 2xx says that it was taken."""
        is_json = self._template.lstrip().startswith("{")
        body = self._filled({"to": to, "text": words.whole, "id": key}, is_json=is_json)
        stamp = str(int(at.timestamp()))
        headers = {
            "Content-Type": "application/json" if is_json else "application/x-www-form-urlencoded",
            "Idempotency-Key": key,
            "X-Timestamp": stamp,
        }
        if self._key_file.exists():
            secret = self._key_file.read_bytes().strip()
            headers["X-Signature"] = hmac.digest(secret, f"{stamp}.{body}".encode(), hashlib.sha256).hex()
        return result_of(posting.send(self._address, headers, body.encode()))

    def _filled(self, values: dict[str, str], *, is_json: bool) -> str:
        """The template with the values as text in JSON, or of a form."""

        def put(place: re.Match[str]) -> str:
            value = values[place.group(1)]
            return json.dumps(value, ensure_ascii=False)[1:-1] if is_json else quote_plus(value)

        return _PLACES.sub(put, self._template)


def gateway() -> Gateway:
    """What is set."""
    cloud = CLOUDS.get(settings.SMS_GATEWAY.partition(":")[0].removesuffix("+http"))
    if cloud is not None:
        return cloud(Account.read(settings.SMS_GATEWAY, settings.SMS_KEY_FILE))
    if settings.SMS_GATEWAY:
        return Http(settings.SMS_GATEWAY, settings.SMS_BODY, settings.SMS_KEY_FILE)
    return Folder()


def read_number(text: str) -> dict[str, str]:
    """A number that somebody typed. Raises `BadInput`."""
    plain = re.sub(r"[ \-]", "", text)
    if not _NUMBER.fullmatch(plain):
        raise BadInput("bad_telephone", _("A telephone number has 5 to 15 digits."), field="address")
    return {"to": plain}


def send(parcel: Parcel) -> Result:
    """Hand it to the gateway."""
    return gateway().send(parcel.address["to"], parcel.words, parcel.key, parcel.at)
