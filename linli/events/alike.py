"""Matters that are perhaps the same: near, of about the same time, in like words; each with the reasons, for a person."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import cos, radians
from typing import NamedTuple
from uuid import UUID

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
    """The most alike of these events, at most five. Three queries, and one more where the place lies near a border.

    Of all that are near only what is compared is read; of the best the whole row.
    """
    others = events if but is None else events.exclude(pk=but.pk)
    found = [one for near in _close(others, told) if (one := _compared(told, near))]
    best = sorted(found, key=lambda one: (-_strength(told, one), one.near.number))[:MOST]
    if not best:
        return []
    whole = Event.objects.select_related("category", "area").in_bulk([one.near.pk for one in best])
    pictures = _first_pictures(whole.values())
    return [
        Alike(whole[one.near.pk], one.likeness, one.distance_m, _reasons(told, one), pictures.get(one.near.pk))
        for one in best
        if one.near.pk in whole
    ]


def joinable(event: Event) -> list[Alike]:
    """Open matters of public categories that its reporter may say are the same; none for one that is no longer open.

    To be shown to a resident: of their photos only those that everybody may see.
    """
    if not event.is_open:
        return []
    found = alike(Event.objects.open().filter(category__is_public=True), Told.of(event), but=event)
    photos = public_pictures(one.event for one in found)
    return [replace(one, picture=None, public=next(iter(photos[one.event.pk]), None)) for one in found]


class _Near(NamedTuple):
    """What is compared of a matter near by. `category`: only where the matter compared with has none."""

    pk: UUID
    number: str
    text: str
    lon: float | None
    lat: float | None
    area: str
    reported_at: datetime
    category_pk: int | None
    category: Category | None = None

    @property
    def point(self) -> Point | None:
        return (self.lon, self.lat) if self.lon is not None and self.lat is not None else None


_COMPARED = ("pk", "number", "text", "lon", "lat", "area", "reported_at", "category")


@dataclass(frozen=True)
class _Found:
    near: _Near
    likeness: float
    distance_m: float | None


def _close(events: EventQuerySet, told: Told) -> list[_Near]:
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
    rows = [_Near(*row) for row in found.order_by("-reported_at", "pk").values_list(*_COMPARED)[:_LOOKED_AT]]
    if told.category:
        return rows
    # How near is near depends on the category: on that of the others where this one has none.
    categories = Category.objects.in_bulk({one.category_pk for one in rows if one.category_pk})
    return [one._replace(category=categories.get(one.category_pk or 0)) for one in rows]


def _box(point: Point, radius: float) -> Q:
    lon, lat = point
    up = radius / DEGREE_M
    aside = up / max(cos(radians(lat)), 0.01)
    return Q(lon__range=(lon - aside, lon + aside), lat__range=(lat - up, lat + up))


def _point(event: Event) -> Point | None:
    return (event.lon, event.lat) if event.lon is not None and event.lat is not None else None


def _compared(told: Told, near: _Near) -> _Found | None:
    """The two beside each other; None where they are not alike enough to be shown."""
    apart = distance_m(told.point, near.point) if told.point and near.point else None
    words = likeness(told.text, near.text)
    if numbers_differ(told.text, near.text):
        words /= 2
    is_near = apart is not None and apart <= radius_m(told.category or near.category)
    is_same_class = _is_same_class(told, near)
    least = _WITHOUT_PLACE if is_same_class or apart is None else SAME_WORDS
    if words >= least or (is_near and (is_same_class or words >= SIMILAR)):
        return _Found(near, words, apart)
    return None


def _is_same_class(told: Told, near: _Near) -> bool:
    return told.category is not None and told.category.pk == near.category_pk


def _strength(told: Told, one: _Found) -> float:
    near = 0.0 if one.distance_m is None else max(0.0, 1 - one.distance_m / radius_m(None))
    return one.likeness + near + 0.3 * _is_same_class(told, one.near)


def _reasons(told: Told, one: _Found) -> list[str]:
    """Why it is shown, in short words: where, when, what."""
    found = [_where(told, one), _when(told, one.near)]
    if _is_same_class(told, one.near):
        found.append(_("same category"))
    if one.likeness >= SIMILAR:
        found.append(_("nearly the same words") if one.likeness >= SAME_WORDS else _("similar words"))
    return [words for words in found if words]


def _where(told: Told, one: _Found) -> str:
    if one.distance_m is not None:
        return _("%(metres)s m away") % {"metres": max(10, round(one.distance_m / 10) * 10)}
    return _("in the same area") if one.near.area == told.area else ""


def _when(told: Told, near: _Near) -> str:
    days = (timezone.localdate(told.at) - timezone.localdate(near.reported_at)).days
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
