"""Places that come back, and matters reported over and over, of an area: bounded reads, then the rules."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q

from linli.areas.models import Area
from linli.events.alike import APART, SAME_WORDS, SIMILAR, radius_m
from linli.events.models import Category, EventQuerySet, Reopening
from linli.events.rules import SOLVED, State
from linli.kit.distances import Point, distance_m
from linli.kit.likeness import likeness, numbers_differ
from linli.statistics.figures import matters_of
from linli.statistics.rules.returning import Groups, Place, Seen, Squares, returning

#: So many of the newest are looked at; a page says where there were more.
LOOKED_AT, READ = 20_000, 1_500
#: So many in a row of squares are compared with each other, and so many make a cluster.
_NEIGHBOURS, CLUSTER = 20, 3
_NEVER = (State.VOIDED, State.REJECTED)
#: As far as a report may lie from another and still tell of the same.
_FARTHEST_M = 250.0


@dataclass(frozen=True)
class Spot:
    """Matters that belong together: of one category, the first reported first. `count` is what makes it a hot spot."""

    category: int | None
    keys: list[Hashable]
    count: int
    last_at: datetime


@dataclass(frozen=True)
class Spots:
    """What was found; whether there was more to look at than is looked at."""

    found: list[Spot]
    was_cut: bool


def _reported_before(until: datetime | None) -> Q:
    return Q() if until is None else Q(reported_at__lt=until)


# --- what comes back ---------------------------------------------------------------------------------------------------


def coming_back(
    area: Area, *, radius: float, within: timedelta, since: datetime, until: datetime | None = None
) -> Spots:
    """Spots where a matter was closed and another of its category came within some days; and matters reopened so soon.

    `until`: what came later is not looked at; None: until now.
    """
    of_places = matters_of(area.code).filter(lon__isnull=False, category__for_mediation=False).exclude(state__in=_NEVER)
    of_places = of_places.exclude(state=State.MERGED).filter(_reported_before(until))
    new = list(_seen(of_places.filter(reported_at__gte=since).order_by("-reported_at")))
    solved = of_places.filter(state__in=sorted(SOLVED), ended_at__gte=since - within)
    closed = list(_seen(solved.order_by("-ended_at")))
    fallen = _fallen(area, within, since, until)
    matters = {one.key: one for one in (*new, *closed)}
    places = returning([*matters.values(), *_as_closed(fallen, matters)], radius_m=radius, within=within, since=since)
    found = _with_reopened([_spot(one) for one in places], fallen)
    return Spots(found, len(new) >= LOOKED_AT or len(closed) >= LOOKED_AT)


def _seen(events: EventQuerySet) -> Iterable[Seen]:
    columns = ("pk", "category_id", "lon", "lat", "reported_at", "ended_at", "state")
    for key, category, lon, lat, reported_at, ended_at, state in events.values_list(*columns)[:LOOKED_AT]:
        yield Seen(key, category, (lon, lat), reported_at, ended_at if state in SOLVED else None)


class _Fallen(NamedTuple):
    """A closing that did not hold."""

    key: UUID
    category: int | None
    closed_at: datetime
    reopened_at: datetime


def _fallen(area: Area, within: timedelta, since: datetime, until: datetime | None) -> list[_Fallen]:
    inside = matters_of(area.code).filter(reopened__gt=0)
    rows = Reopening.objects.filter(reopened_at__gte=since, reopened_at__lte=F("closed_at") + within, event__in=inside)
    if until is not None:
        rows = rows.filter(reopened_at__lt=until)
    columns = ("event_id", "event__category_id", "closed_at", "reopened_at")
    return [_Fallen(*row) for row in rows.order_by("-reopened_at").values_list(*columns)[:LOOKED_AT]]


def _as_closed(fallen: Iterable[_Fallen], matters: dict[Hashable, Seen]) -> Iterable[Seen]:
    """A closing that did not hold was a closing all the same: what came after it at the spot came back."""
    for one in fallen:
        seen = matters.get(one.key)
        if seen is not None and seen.closed_at is None:
            yield seen._replace(closed_at=one.closed_at)


def _spot(place: Place) -> Spot:
    return Spot(place.category, list(dict.fromkeys(place.keys)), place.returns, place.last_at)


def _with_reopened(spots: list[Spot], fallen: Sequence[_Fallen]) -> list[Spot]:
    """Each reopening counts at its spot; where nothing else came, the matter is a spot by itself."""
    of_key = {key: place for place, spot in enumerate(spots) for key in spot.keys}
    found = list(spots)
    for one in fallen:
        place = of_key.get(one.key)
        if place is None:
            of_key[one.key] = len(found)
            found.append(Spot(one.category, [one.key], 1, one.reopened_at))
        else:
            spot = found[place]
            found[place] = Spot(spot.category, spot.keys, spot.count + 1, max(spot.last_at, one.reopened_at))
    return sorted(found, key=lambda spot: (-spot.count, -spot.last_at.timestamp()))


# --- what is reported over and over ------------------------------------------------------------------------------------


class _Read(NamedTuple):
    """A matter with what it is compared by."""

    key: UUID
    category: int | None
    point: Point
    reported_at: datetime
    text: str


def clusters(area: Area, *, since: datetime, until: datetime | None = None) -> Spots:
    """Matters reported since a moment that are near-duplicates of each other, or were merged: three and more.

    `until`: what came later is not looked at; None: until now.
    """
    inside = matters_of(area.code).exclude(state__in=_NEVER).filter(_reported_before(until))
    inside = inside.filter(Q(category__isnull=True) | Q(category__for_mediation=False))
    rows = (
        inside.filter(reported_at__gte=since)
        .order_by("-reported_at", "pk")
        .values_list("pk", "category_id", "lon", "lat", "reported_at", "text", "merged_into_id")
    )
    cut = list(rows[: READ + 1])
    groups = Groups()
    read: list[_Read] = []
    about: dict[Hashable, tuple[int | None, datetime]] = {}
    for key, category, lon, lat, reported_at, text, into in cut[:READ]:
        about[key] = (category, reported_at)
        if into is not None:
            groups.join(into, key)
        elif lon is not None and lat is not None:
            read.append(_Read(key, category, (lon, lat), reported_at, text))
    for first, second in _alike(read):
        groups.join(first, second)
    members = groups.members().values()
    # What others were merged into may have been reported long before. What lies elsewhere is not told of here.
    missing = {key for keys in members for key in keys if key not in about}
    for key, category, reported_at in inside.filter(pk__in=[str(key) for key in missing]).values_list(
        "pk", "category_id", "reported_at"
    ):
        about[key] = (category, reported_at)
    return Spots(_clusters(members, about), len(cut) > READ)


def _alike(read: Sequence[_Read]) -> Iterable[tuple[UUID, UUID]]:
    """Pairs that events would offer as perhaps the same, by the same measures, and in like words."""
    categories = Category.objects.in_bulk({one.category for one in read if one.category})
    squares = Squares(_FARTHEST_M, (one.point[1] for one in read))
    cells: dict[tuple[int, int], list[_Read]] = defaultdict(list)
    radius = {one.category: radius_m(categories.get(one.category or 0)) for one in read}
    for one in read:
        near = [other for square in squares.around(one.point) for other in cells[square][-_NEIGHBOURS:]]
        # Each of the two would be offered for the other as far as its own category reaches.
        reach = ((other, max(radius[one.category], radius[other.category])) for other in near)
        yield from ((other.key, one.key) for other, metres in reach if _is_same(one, other, metres))
        cells[squares.of(one.point)].append(one)


def _is_same(one: _Read, other: _Read, metres: float) -> bool:
    if distance_m(one.point, other.point) > metres or abs(one.reported_at - other.reported_at) > APART:
        return False
    words = likeness(one.text, other.text) / (2 if numbers_differ(one.text, other.text) else 1)
    return words >= (SIMILAR if one.category is not None and one.category == other.category else SAME_WORDS)


def _clusters(members: Iterable[list[Hashable]], about: dict[Hashable, tuple[int | None, datetime]]) -> list[Spot]:
    found = []
    for joined in members:
        keys = sorted((key for key in joined if key in about), key=lambda key: about[key][1])
        if len(keys) >= CLUSTER:
            found.append(Spot(about[keys[0]][0], keys, len(keys), about[keys[-1]][1]))
    return sorted(found, key=lambda spot: (-spot.count, -spot.last_at.timestamp()))
