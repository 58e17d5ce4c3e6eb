"""What may be sent to the hatch: its form, its schema, and reading it without believing it."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from linli.events.rules import MAX_PHOTOS, MAX_TEXT, MAX_VOICES
from linli.intake.turned import Turned
from linli.kit.media.checking import VOICE

Moment = Annotated[datetime, Meta(tz=True)]
Code = Annotated[str, Meta(max_length=40)]
#: What a phone says of a photo that was there before.
ALBUM = "album"


class ExpectedPhoto(msgspec.Struct, frozen=True):
    """A photo or video that will follow; a voice note where its type begins with `audio/`."""

    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    size: Annotated[int, Meta(ge=1, le=2**40)]
    type: Annotated[str, Meta(max_length=60)] = ""
    #: `album` where its sender chose it among the photos of the phone; else it was taken for this.
    source: Annotated[str, Meta(max_length=20)] = ""


class Report(msgspec.Struct, frozen=True):
    """A report. Fields not named here are kept too, and read by nobody: the form may be newer than this server."""

    #: Made once on the device (UUID version 4), with the draft.
    id: UUID
    kind: Annotated[str, Meta(max_length=20)] = "report"
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    title: Annotated[str, Meta(max_length=200)] = ""
    place: Annotated[str, Meta(max_length=300)] = ""
    area: Annotated[str, Meta(max_length=30)] = ""
    lon: float | None = None
    lat: float | None = None
    accuracy_m: Annotated[float, Meta(ge=0, le=1e6)] | None = None
    crs: Annotated[str, Meta(max_length=10)] = "wgs84"
    category: Code = ""
    urgency: Annotated[str, Meta(max_length=20)] = ""
    answers: dict[Code, Annotated[str, Meta(max_length=500)]] = {}
    contact: Annotated[str, Meta(max_length=200)] = ""
    #: When it happened, and when the report was made by the clock of the device.
    occurred_at: Moment | None = None
    made_at: Moment | None = None
    photos: Annotated[list[ExpectedPhoto], Meta(max_length=MAX_PHOTOS + MAX_VOICES)] = []
    form_version: Annotated[str, Meta(max_length=40)] = ""
    #: The installation of the app, for its rate limit; and the number of the person it is sent for.
    device: UUID | None = None
    by: int | None = None


_decoder = msgspec.json.Decoder(Report)
_anything = msgspec.json.Decoder()
#: Everything that is not a fault of the form but of the JSON.
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_WHERE = re.compile(r" - at `\$\.?(.*)`$")


def read(body: bytes | memoryview) -> tuple[Report, dict[str, Any]]:
    """The report, and all that was sent as plain values. Raises `Turned`."""
    report, sent = decoded(_decoder, body), decoded(_anything, body)
    if b"\\u0000" in bytes(body) and _holds_nul(sent):
        raise Turned(422, "nul_in_text", _("The text holds a character that cannot be stored (NUL). Type it again."))
    return report, sent


def decoded(decoder: msgspec.json.Decoder[Any], body: bytes | memoryview) -> Any:
    """What a decoder reads in a body. Raises `Turned`."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _misshapen(str(error)) from None
    except _NOT_JSON:
        raise not_json() from None


def require_few(named: Sequence[ExpectedPhoto]) -> None:
    """Raises `Turned` for more than nine photos and videos, or more than one voice note."""
    voices = sum(one.type.startswith(VOICE) for one in named)
    if voices > MAX_VOICES:
        raise Turned(
            422, "too_many_voices", _("One voice note at most. Keep the one that says it best."), field="photos"
        )
    if len(named) - voices > MAX_PHOTOS:
        raise Turned(
            422, "too_many_photos", _("Nine photos at most. Choose the ones that show it best."), field="photos"
        )


def not_json() -> Turned:
    """What was sent is no JSON at all."""
    return Turned(422, "not_json", _("What was sent is no JSON in UTF-8. See /intake/v1/schema.json."))


def _misshapen(error: str) -> Turned:
    if "missing required field `id`" in error:
        return Turned(
            400,
            "id_missing",
            _(
                "The report has no id. Make one (UUID) with the draft, and send the same one whenever you send it again."
            ),
        )
    where = _WHERE.search(error)
    field = where[1] if where and where[1] else "-"
    code = "text_too_long" if "length <=" in error and field == "text" else "wrong_form"
    return Turned(
        422,
        code,
        _(
            "The field %(field)s cannot be read: it is of another kind, too long or out of range. See /intake/v1/schema.json."
        ),
        field=field[:60],
    )


def _holds_nul(value: Any) -> bool:
    match value:
        case str():
            return "\0" in value
        case dict():
            return any("\0" in name or _holds_nul(one) for name, one in value.items())
        case list():
            return any(_holds_nul(one) for one in value)
    return False


_encoder = msgspec.json.Encoder(order="sorted")


def canonical(sent: dict[str, Any]) -> bytes:
    """The content in one spelling: fields in order, no spaces."""
    return _encoder.encode(sent)


def digest_of(content: bytes) -> bytes:
    """What says whether two sendings are the same. Keyed: nobody can search it for a telephone number.

    BLAKE2b, for short contents without giving up the interpreter: HMAC waited ten times as long to get it back.
    """
    return hashlib.blake2b(content, key=_key(), digest_size=32).digest()


@cache
def _key() -> bytes:
    return hashlib.sha256(b"linli intake " + settings.SECRET_KEY.encode()).digest()


@cache
def schema(*forms: type[msgspec.Struct]) -> bytes:
    """What may be sent as JSON Schema: one of these forms."""
    one_of, definitions = msgspec.json.schema_components(forms, ref_template="#/$defs/{name}")
    return json.dumps({"anyOf": list(one_of), "$defs": definitions}, ensure_ascii=False, indent=1).encode()
