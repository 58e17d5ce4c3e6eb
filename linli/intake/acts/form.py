"""What an act looks like as a phone sends it, and reading it without believing it."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from linli.events.rules import MAX_PHOTOS, MAX_TEXT, MAX_VOICES
from linli.intake.reports import Code, ExpectedPhoto, Moment, decoded, require_few
from linli.intake.turned import Turned

KIND = "act"
#: What stands in the field of a form: words, a number, a tick; several where several may be chosen.
Plain = Annotated[str, Meta(max_length=MAX_TEXT)] | int | float | bool | None
Value = Plain | Annotated[list[Plain], Meta(max_length=200)]
#: Where we keep, beside what was sent, by which number its sender is known with the report that it is about.
OWN = "own"


class About(msgspec.Struct, frozen=True):
    """What an act is about: a report of the same sender by the id the device made, or a matter by its key. One of the two."""

    report: UUID | None = None
    event: UUID | None = None


class Act(msgspec.Struct, frozen=True):
    """An act. Fields not named here are kept too, and read by nobody."""

    #: Made once on the device (UUID version 4), with the act.
    id: UUID
    about: About
    #: A step of the course, an act on a part, or a doing of the reporter's own (`take_back`, `place`, `answers`, `join`, `note`).
    step: Annotated[str, Meta(pattern="^[a-z_]{1,40}$")]
    kind: Annotated[str, Meta(max_length=20)] = KIND
    #: The fields of the step's own form.
    values: dict[Code, Value] = {}
    photos: Annotated[list[ExpectedPhoto], Meta(max_length=MAX_PHOTOS + MAX_VOICES)] = []
    #: Where the matter stood as the phone knew it.
    expected_state: Annotated[str, Meta(max_length=20)] = ""
    made_at: Moment | None = None
    by: int | None = None


_decoder = msgspec.json.Decoder(Act)


def read(body: bytes | memoryview) -> Act:
    """The act. Raises `Turned`."""
    act: Act = decoded(_decoder, body)
    if (act.about.report is None) == (act.about.event is None):
        raise Turned(
            422, "about_what", _("Say what the act is about: one report of yours, or one matter."), field="about"
        )
    require_few(act.photos)
    return act


def own_key(sent: Mapping[str, Any]) -> int:
    """By which number its sender is known with the report it is about; 0 where that is no resident's."""
    key = sent.get(OWN)
    return key if isinstance(key, int) else 0
