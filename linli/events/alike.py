"""Matters that are perhaps the same: near, of about the same time, in like words; each with the reasons, for a person."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import cos, radians

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.areas import ground
from linli.areas.codes import at_level, within
from linli.events.models import Category, Event, EventQuerySet, Picture, PictureKind, Release
from linli.events.released import public_pictures
from linli.events.rules import State, Urgency
from linli.kit.distances import DEGREE_M, Point, distance_m
from linli.kit.likeness import likeness, numbers_differ

#: So many are shown, of so many that are looked at.
MOST, _LOOKED_AT = 5, 200
#: Matters reported further apart than this are not offered as the same.
APART = timedelta(days=45)
#: Words from which two matters are called similar, and nearly the same.
SIMILAR, SAME_WORDS = 0.3, 0.65
_WITHOUT_PLACE = 0.45
_NEVER = (State.VOIDED, State.REJECTED, State.MERGED)


def radius_m(category: Category | None) -> float:
    """How far apart two reports of one matter of this category may lie, in metres.

    A quarrel is at one door. What is urgent, a fire or a flood, is seen from afar. The rest lies between, and so does
    a matter nobody has classified, with some allowance.
    """
    if category is None:
        return 120
    if category.for_mediation:
        return 40
    return 80 if category.urgency == Urgency.NORMAL else 250


@dataclass(frozen=True)
class Told:
    """What is known of the matter that others are compared with. `at`: when it was reported."""

    text: str
    area: str
    at: datetime
    category: Category | None = None
    point: Point | None = None

    @classmethod
    def of(cls, event: Event) -> "Told":
        """Of a matter that is in the list already."""
        return cls(event.text, event.area_id, event.reported_at, event.category, _point(event))


@dataclass(frozen=True)
class Alike:
    """A matter that is perhaps the same. `distance_m` is None where one of the two has no position."""

    event: Event
    likeness: float
    distance_m: float | None
    reasons: list[str]
    picture: Picture | None = None
    #: The photo that everybody may see, only asked for by `joinable`.
    public: Release | None = None


def alike(events: EventQuerySet, told: Told, *, but: Event | None = None) -> list[Alike]:
    """The most alike of these events, at most five. Two queries, and one more where the place lies near a border."""
    others = events if but is None else events.exclude(pk=but.pk)
    found = [one for event in _close(others, told) if (one := _compared(told, event))]
    best = sorted(found, key=lambda one: (-_strength(told, one), one.event.number))[:MOST]
    pictures = _first_pictures(one.event for one in best)
    return [Alike(one.event, one.likeness, one.distance_m, one.reasons, pictures.get(one.event.pk)) for one in best]


def joinable(event: Event) -> list[Alike]:
    """Open matters of public categories that its reporter may say are the same; none for one that is no longer open.

    To be shown to a resident: of their photos only those that everybody may see.
    """
    if not event.is_open:
        return []
    found = alike(Event.objects.open().filter(category__is_public=True), Told.of(event), but=event)
    photos = public_pictures(one.event for one in found)
    return [replace(one, picture=None, public=next(iter(photos[one.event.pk]), None)) for one in found]


def _close(events: EventQuerySet, told: Told) -> EventQuerySet:
    """Those near in place and time, the newest first."""
    village = at_level(told.area, "village") or told.area
    townships = {at_level(told.area, "township") or told.area}
    near = Q(lon__isnull=True) & within(village) if told.point else within(village)
    if told.point:
        radius = radius_m(told.category)
        townships |= {at_level(code, "township") or code for code in ground.near_border(*told.point, radius)}
        near |= _box(told.point, max(radius, radius_m(None)))
    times = Q(reported_at__range=(told.at - APART, told.at + APART))
    found = events.filter(within(*sorted(townships)), times, near).exclude(state__in=_NEVER)
    return found.select_related("category", "area").order_by("-reported_at", "pk")[:_LOOKED_AT]


def _box(point: Point, radius: float) -> Q:
    lon, lat = point
    up = radius / DEGREE_M
    aside = up / max(cos(radians(lat)), 0.01)
    return Q(lon__range=(lon - aside, lon + aside), lat__range=(lat - up, lat + up))


def _point(event: Event) -> Point | None:
    return (event.lon, event.lat) if event.lon is not None and event.lat is not None else None


def _compared(told: Told, event: Event) -> Alike | None:
    """The two beside each other; None where they are not alike enough to be shown."""
    theirs = _point(event)
    apart = distance_m(told.point, theirs) if told.point and theirs else None
    words = likeness(told.text, event.text)
    if numbers_differ(told.text, event.text):
        words /= 2
    is_near = apart is not None and apart <= radius_m(told.category or event.category)
    is_same_class = _is_same_class(told, event)
    if is_near and (is_same_class or words >= SIMILAR):
        return Alike(event, words, apart, _reasons(told, event, apart, words))
    least = _WITHOUT_PLACE if is_same_class or apart is None else SAME_WORDS
    if words >= least:
        return Alike(event, words, apart, _reasons(told, event, apart, words))
    return None


def _is_same_class(told: Told, event: Event) -> bool:
    return told.category is not None and told.category.pk == event.category_id


def _strength(told: Told, one: Alike) -> float:
    near = 0.0 if one.distance_m is None else max(0.0, 1 - one.distance_m / radius_m(None))
    return one.likeness + near + 0.3 * _is_same_class(told, one.event)


def _reasons(told: Told, event: Event, apart: float | None, words: float) -> list[str]:
    """Why it is shown, in short words: where, when, what."""
    found = [_where(told, event, apart), _when(told, event)]
    if _is_same_class(told, event):
        found.append(_("same category"))
    if words >= SIMILAR:
        found.append(_("nearly the same words") if words >= SAME_WORDS else _("similar words"))
    return [one for one in found if one]


def _where(told: Told, event: Event, apart: float | None) -> str:
    if apart is not None:
        return _("%(metres)s m away") % {"metres": max(10, round(apart / 10) * 10)}
    return _("in the same area") if event.area_id == told.area else ""


def _when(told: Told, event: Event) -> str:
    days = (timezone.localdate(told.at) - timezone.localdate(event.reported_at)).days
    if days == 0:
        return _("reported on the same day")
    if days > 0:
        return ngettext("reported %(days)s day earlier", "reported %(days)s days earlier", days) % {"days": days}
    return ngettext("reported %(days)s day later", "reported %(days)s days later", -days) % {"days": -days}


def _first_pictures(events: Iterable[Event]) -> dict[object, Picture]:
    """The first photo of each as it was reported."""
    kinds = (PictureKind.REPORT, PictureKind.BEFORE)
    found: dict[object, Picture] = {}
    for picture in Picture.objects.filter(event__in=list(events), kind__in=kinds).order_by("pk"):
        found.setdefault(picture.event_id, picture)
    return found
