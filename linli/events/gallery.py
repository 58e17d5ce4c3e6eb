"""What the photos, videos and voice notes of a matter are to whoever reads it: sides, words for each, and what is to come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.events.models import AwaitedPicture, Event, Picture, PictureKind, Voice
from linli.kit.distances import distance_m
from linli.kit.refusal import in_words

_FIRST_SIDE = (PictureKind.REPORT, PictureKind.BEFORE)


@dataclass(frozen=True)
class Shown:
    """A photo or video, and its words for whoever does not see it."""

    picture: Picture
    words: str
    #: How far from the place of the matter it was taken, by its hidden data; empty where that is not known.
    away: str
    #: What is to be known of a photo of the result or its verification (`evidence`), each with `words`, `icon`, `is_good`.
    hints: Sequence[Any] = ()


@dataclass(frozen=True)
class Heard:
    """A voice note, its words for whoever does not see where it stands, and how long it plays, as `0:23`."""

    voice: Voice
    words: str
    length: str


@dataclass(frozen=True)
class Coming:
    """What a report named and has not brought. `here`: bytes; `why` it was refused, if it was."""

    is_video: bool
    is_voice: bool
    size: int
    here: int
    why: str


@dataclass(frozen=True)
class Gallery:
    """As reported, after handling, to be heard, and to come. Of photos and videos, `named` is what reports announced, and
    `arrived` what of that is here.
    """

    reported: list[Shown]
    after: list[Shown]
    voices: list[Heard]
    coming: list[Coming]
    named: int
    arrived: int

    @property
    def is_empty(self) -> bool:
        """Neither here nor to come."""
        return not (self.reported or self.after or self.voices or self.coming)

    @property
    def sides(self) -> list[dict[str, Any]]:
        """Both sides under their names."""
        return [
            {"name": _("As reported"), "shown": self.reported},
            {"name": _("After handling"), "shown": self.after},
        ]

    @property
    def is_waiting(self) -> bool:
        """Something may still come."""
        return any(not one.why for one in self.coming)


def gallery_of(event: Event, kinds: Iterable[str] = tuple(PictureKind)) -> Gallery:
    """Everything of these kinds, in three queries."""
    pictures = list(event.pictures.filter(kind__in=list(kinds)).select_related("entry").order_by("pk"))
    awaited = list(AwaitedPicture.objects.filter(event=event))
    arrived = sum(one.entry is not None and one.entry.verb == "event.photo_received" for one in pictures)
    return Gallery(
        _side(event, (one for one in pictures if one.kind in _FIRST_SIDE)),
        _side(event, (one for one in pictures if one.kind not in _FIRST_SIDE)),
        [_heard(one) for one in event.voices.filter(kind__in=list(kinds)).order_by("pk")],
        [_coming(one) for one in awaited],
        named=arrived + sum(not one.is_voice for one in awaited),
        arrived=arrived,
    )


def _side(event: Event, pictures: Iterable[Picture]) -> list[Shown]:
    return [Shown(one, _words(one, number), _away(event, one)) for number, one in enumerate(pictures, 1)]


def _words(picture: Picture, number: int) -> str:
    after = picture.kind not in _FIRST_SIDE
    facts: dict[str, Any] = {"n": number, "time": _time(picture)}
    if picture.is_video:
        said = _("Video %(n)s after handling") if after else _("Video %(n)s of the report")
    else:
        said = _("Photo %(n)s after handling") if after else _("Photo %(n)s of the report")
    return said % facts + (_(", taken at %(time)s") % facts if picture.taken_at else "")


def _time(picture: Picture) -> str:
    return date_format(timezone.localtime(picture.taken_at), "Y-m-d H:i") if picture.taken_at else ""


def _away(event: Event, picture: Picture) -> str:
    if picture.lon is None or picture.lat is None or event.lon is None or event.lat is None:
        return ""
    away_m = round(distance_m((picture.lon, picture.lat), (event.lon, event.lat)))
    if away_m < 10_000:
        return _("%(m)s m from the place") % {"m": away_m}
    return _("%(km)s km from the place") % {"km": away_m // 1000}


def _heard(voice: Voice) -> Heard:
    seconds = max(1, round(voice.duration_s))
    length = f"{seconds // 60}:{seconds % 60:02}"
    is_of_report = voice.kind == PictureKind.REPORT
    said = _("Voice note with the report, %(length)s") if is_of_report else _("Voice note of an act, %(length)s")
    return Heard(voice, said % {"length": length}, length)


def _coming(awaited: AwaitedPicture) -> Coming:
    return Coming(
        awaited.media_type.startswith("video/"),
        awaited.is_voice,
        awaited.size,
        min(awaited.received, awaited.size),
        in_words(awaited.refusal),
    )
