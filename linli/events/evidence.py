"""What the photos sent with a result and its verification show of place, time and earlier use: hints for whoever judges it.

Hints, never a verdict: position and time come from the photo itself, and a phone may know neither or have both wrong. Nothing is
said of people, and nothing is counted.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.events.actions.verifying import asked_for
from linli.events.gallery import Gallery, Shown
from linli.events.models import Event, Picture, PictureKind
from linli.events.rules import AT_PLACE_M, CHECKERS, SAME_WITHIN, Standing, Verification, differ
from linli.kit.distances import distance_m
from linli.people.rules import Role, Scope

#: Of pictures like one of these so many are looked at, at most.
_LOOKED_AT = 500
_KINDS = frozenset({PictureKind.AFTER, PictureKind.CHECK})
#: Who is told where and when it was taken, and who also whether it was used before.
READERS = CHECKERS | {Role.HANDLER}


@dataclass(frozen=True)
class Hint:
    """One thing to know about a photo. `is_good`: as it should be; else somebody should look twice."""

    words: str
    icon: str
    is_good: bool = False


def with_hints(gallery: Gallery, event: Event, standing: Standing, scope: Scope) -> Gallery:
    """The gallery with hints at the photos of result and verification, for those who judge or made them."""
    pictures = [one.picture for one in gallery.after if _is_proof(one.picture)]
    if not pictures or not standing.roles & READERS:
        return gallery
    asks, used = asked_for(event), {}
    if standing.roles & CHECKERS:
        used = used_before(event, pictures, scope)
    return replace(gallery, after=[_with(one, event, asks, used) for one in gallery.after])


def _is_proof(picture: Picture) -> bool:
    return picture.kind in _KINDS and not picture.is_video


def _with(shown: Shown, event: Event, asks: Verification, used: dict[Any, list[str]]) -> Shown:
    if not _is_proof(shown.picture):
        return shown
    reused = [Hint(words, "copy-check") for words in used.get(shown.picture.pk, [])]
    return replace(shown, hints=[*hints_of(event, shown.picture, asks), *reused])


def hints_of(event: Event, picture: Picture, asks: Verification) -> list[Hint]:
    """Where and when a photo was taken, measured by the matter."""
    found = [hint for hint in (_place(event, picture, asks), _time(event, picture)) if hint]
    if picture.taken_at is None and picture.lon is None:
        return [Hint(_("no time or place in the photo"), "circle-help")]
    return found


def _place(event: Event, picture: Picture, asks: Verification) -> Hint | None:
    if event.lon is None or event.lat is None:
        return None
    if picture.lon is None or picture.lat is None:
        return Hint(_("no place in the photo"), "circle-help")
    away_m = round(distance_m((picture.lon, picture.lat), (event.lon, event.lat)))
    is_near = away_m <= (asks.near_m or AT_PLACE_M)
    if away_m < 1000:
        said = _("taken %(m)s m from the place") % {"m": away_m}
    else:
        said = _("taken %(km)s km away") % {"km": f"{away_m / 1000:.1f}".removesuffix(".0")}
    return Hint(said, "map-pin-check" if is_near else "map-pin", is_near)


def _time(event: Event, picture: Picture) -> Hint | None:
    if picture.taken_at is None:
        return Hint(_("no time in the photo"), "circle-help")
    facts = {"time": _moment(picture.taken_at)}
    sent_at = picture.entry.at if picture.entry else None
    begun, words = event.dispatched_at, _("taken before it was dispatched: %(time)s")
    if begun is None:
        begun, words = event.reported_at, _("taken before it was reported: %(time)s")
    if sent_at is not None and sent_at < begun:
        # Of a round before: it came with an earlier result.
        return Hint(_("taken %(time)s, in an earlier round") % facts, "clock")
    if picture.taken_at < begun.replace(second=0, microsecond=0):
        return Hint(words % facts, "clock-alert")
    return Hint(_("taken %(time)s") % facts, "clock", is_good=True)


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    if local.date() == timezone.localdate():
        return _("today %(time)s") % {"time": local.strftime("%H:%M")}
    return date_format(local, "Y-m-d H:i")


def used_before(event: Event, pictures: Iterable[Picture], scope: Scope) -> dict[Any, list[str]]:
    """For each picture on which other matters the same photo came before, in words. Two queries, however many there are.

    The same file, or one that looks the same to `SAME_WITHIN` bits. A matter that the reader may not see has no number here.
    """
    asked = list(pictures)
    before: dict[Any, set[Any]] = defaultdict(set)
    for other in _like(event, asked):
        for one in asked:
            if other.pk < one.pk and _is_same(one, other):
                before[one.pk].add(other.event_id)
    keys = {key for found in before.values() for key in found}
    visible = Event.objects.visible_to(scope).filter(pk__in=keys)
    numbers = dict(visible.values_list("pk", "number")) if keys else {}
    return {picture: _told(sorted(numbers.get(key, "") for key in found)) for picture, found in before.items()}


def _like(event: Event, pictures: list[Picture]) -> list[Picture]:
    """Pictures of other matters that have the content or a quarter of the look of one of these, each found by an index."""
    wanted = Q(sha256__in=[one.sha256 for one in pictures])
    for place, name in enumerate(("mark_1", "mark_2", "mark_3", "mark_4")):
        if marks := [one.marks[place] for one in pictures if one.marks]:
            wanted |= Q(**{f"{name}__in": marks})
    rows = Picture.objects.filter(wanted).exclude(event=event).order_by()
    return list(rows.only("event", "sha256", "mark_1", "mark_2", "mark_3", "mark_4")[:_LOOKED_AT])


def _is_same(one: Picture, other: Picture) -> bool:
    if one.sha256 == other.sha256:
        return True
    return bool(one.marks and other.marks and differ(one.marks, other.marks) <= SAME_WITHIN)


def _told(numbers: list[str]) -> list[str]:
    known = [_("this photo was sent with %(number)s before") % {"number": number} for number in numbers if number]
    return known if all(numbers) else [*known, _("this photo was sent with another matter before")]
