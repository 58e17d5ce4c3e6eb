"""What of a matter is public at every door, and when the public saw it change last. Open311 and the pages of areas ask here."""

import re
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from linli.areas.codes import lineage, numbering
from linli.events.models import Event
from linli.events.rules import PublicPlace, Source, Spot, shown_at
from linli.journal.models import Entry
from linli.kit.keys import KeyText

#: A photo became public or is so no more; the course of the matter does not change by it.
PHOTO_ACTS = ("event.picture_released", "event.release_withdrawn")
#: The acts the public may know of, and what sort of note each is (Chicago's words).
NOTES: dict[str, str] = {
    **dict.fromkeys(("event.reported", "event.imported", "event.split_off"), "submitted"),
    **dict.fromkeys(("event.accepted", "event.reopened", "event.separated"), "opened"),
    **dict.fromkeys(
        (
            *("event.dispatched", "event.signed_for", "event.handling_begun", "event.result_submitted"),
            *("event.rework_asked", "event.verified", "event.supplement_asked", "event.supplemented"),
            *("event.extended", "event.deferred", "event.resumed", "event.classified", "event.moved"),
            *("event.place_corrected", "event.answered"),
            *PHOTO_ACTS,
        ),
        "activity",
    ),
    **dict.fromkeys(
        (
            *("event.closed", "event.self_handled", "event.rejected", "event.voided", "event.referred_out"),
            *("event.sent_to_mediation", "event.merged", "event.taken_back"),
        ),
        "closed",
    ),
}
_LAST_ACT = Entry.objects.filter(on_key=KeyText(OuterRef("pk")), verb__in=NOTES).order_by("-id").values("at")[:1]
#: When a matter changed last as far as the public knows: once it is closed, when it was.
UPDATED = Coalesce(F("ended_at"), Subquery(_LAST_ACT), F("reported_at"))
#: Seven digits or more, however they are parted. Both stores understand it.
LONG_NUMBER = "[0-9０-９]([ -]?[0-9０-９]){6,}"
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){6,}[xX]?")
#: How finely an area is named, by how closely the place is shown. A grid is named where the very place is.
_NAMED_TO: dict[str, str] = {
    PublicPlace.EXACT: "grid",
    PublicPlace.NEAR: "village",
    PublicPlace.WIDE: "village",
    PublicPlace.VILLAGE: "village",
    PublicPlace.NONE: "township",
}


def speaks(event: Event) -> bool:
    """Whether the words of this matter were written for the public."""
    return event.source == Source.OPEN311


def blotted(words: str) -> str:
    """Words without telephone, identity and other long numbers."""
    return _LONG_NUMBER.sub("***", words)


def spot_of(event: Event) -> Spot | None:
    """Where the public sees it. The category is fetched with it."""
    return shown_at(event.category.public_place, event.lon, event.lat) if event.category else None


def area_shown(event: Event) -> str:
    """The code of the area in which the public sees it: no finer than its place."""
    place = event.category.public_place if event.category else PublicPlace.NONE
    return cut(event.area_id, _NAMED_TO[place])


def cut(code: str, level: str) -> str:
    """A code cut at a level; where the numbering has no such level, at the top."""
    levels = numbering().levels
    if level == "grid" and level not in levels:
        return code
    return code[: numbering().width(level)] if level in levels else lineage(code)[0]


def touched_since(events: QuerySet[Event], start: datetime, ended_until: datetime | None = None) -> QuerySet[Event]:
    """Those that can have changed since: no ended one changes. An index serves each half; of an OR they serve none."""
    open_now: Any = Event.objects.open().order_by().values("pk")
    ended = Event.objects.filter(ended_at__gte=start).order_by().values("pk")
    if ended_until is not None:
        ended = ended.filter(ended_at__lte=ended_until)
    return events.filter(pk__in=open_now.union(ended, all=True))
