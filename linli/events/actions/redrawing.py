"""Redrawing and closing areas: what is open in them is handed on, matters, places and the people who answer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas import actions as ground_actions
from linli.areas import ground
from linli.areas.geometry import area_m2, clean_outline
from linli.areas.models import ANSWERING, Area, Place
from linli.events.actions.course import people_told
from linli.events.models import Event
from linli.events.rules import TOLD
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people import actions as people_actions
from linli.people.models import Appointment, Person
from linli.people.rules import Role

#: Name and GeoJSON outline of each area that follows a redrawn one.
Outlines = list[tuple[str, Any]]


@dataclass(frozen=True)
class Planned:
    """One area that would follow a redrawn one, and how many open matters would go there."""

    piece: ground_actions.Piece
    area_m2: float
    matters: int
    is_successor: bool


def plan_redraw(area: Area, outlines: Outlines, *, crs: str = "wgs84") -> list[Planned]:
    """What `redraw` would make of these outlines; nothing is stored. Raises `BadInput`, `Refused`."""
    if not area.is_open:
        raise Refused("closed_already", _("%(area)s is closed already."), area=area.name)
    pieces = _pieces(outlines, crs)
    ground_actions.check_pieces(area, pieces)
    largest = ground_actions.largest_of(pieces)
    matters = [0] * len(pieces)
    for lon, lat in Event.objects.open().filter(area=area).order_by().values_list("lon", "lat"):
        matters[_piece_of(lon, lat, pieces, largest)] += 1
    return [
        Planned(piece, area_m2(piece.cleaned.outline), matters[number], number == largest)
        for number, piece in enumerate(pieces)
    ]


@transaction.atomic
def redraw(
    area: Area, outlines: Outlines, *, by: Person | None, at: datetime, crs: str = "wgs84", source: str = ""
) -> list[Area]:
    """Close a redrawn grid and open others in its place; what is open in it goes where it lies now.

    Matters and places without a position, or beyond all new outlines, go to the largest. Whoever answered for the old
    grid answers for all new ones, leave and deputies as they were. `by=None` is the operator of the machine.
    Raises `BadInput`, `NotYours`, `Refused`.
    """
    require_keeper(by, area.code, at)
    lock_open(area)
    pieces = _pieces(outlines, crs)
    made = ground_actions.redraw(area, pieces, on=timezone.localdate(at), source=source, source_crs=crs)
    record("area.redrawn", on=area, area=area.code, by=by, at=at, into=[one.code for one in made])
    for one in made:
        record("area.opened", on=one, area=one.code, by=by, at=at, kind=one.kind, in_place_of=area.code)
    largest = ground_actions.largest_of(pieces)
    _carry_over(area, lambda lon, lat: made[_piece_of(lon, lat, pieces, largest)], by, at)
    _hand_over_settlements(area, made)
    _hand_over_people(area, made, by, at)
    return made


def _pieces(outlines: Outlines, crs: str) -> list[ground_actions.Piece]:
    return [ground_actions.Piece(name, clean_outline(geojson, crs=crs, what=name)) for name, geojson in outlines]


def _piece_of(lon: float | None, lat: float | None, pieces: list[ground_actions.Piece], otherwise: int) -> int:
    if lon is None or lat is None:
        return otherwise
    covering = (number for number, piece in enumerate(pieces) if shapely.intersects_xy(piece.cleaned.outline, lon, lat))
    return next(covering, otherwise)


@transaction.atomic
def close_area(area: Area, *, by: Person | None, at: datetime, successor: Area | None = None) -> None:
    """The area is no more from today on; its open matters and places go to the successor, appointments in it end.

    Raises `BadInput` without a successor while matters are open, `NotYours`, `Refused`.
    """
    require_keeper(by, area.code, at)
    lock_open(area)
    if successor is not None:
        require_keeper(by, successor.code, at)
        _check_successor(area, successor)
    elif Event.objects.open().filter(area=area).exists():
        raise BadInput(
            "successor_needed",
            _("%(area)s has open matters. Choose the area that takes them over."),
            area=area.name,
            field="successor",
        )
    ground_actions.close_area(area, on=timezone.localdate(at), successor=successor)
    record("area.closed", on=area, area=area.code, by=by, at=at, successor=successor.code if successor else "")
    if successor is not None:
        heir = successor
        _carry_over(area, lambda _lon, _lat: heir, by, at)
        _hand_over_settlements(area, [heir])
    _hand_over_people(area, [], by, at)


def _check_successor(area: Area, successor: Area) -> None:
    if not successor.is_open or successor.kind not in ANSWERING or successor.code.startswith(area.code):
        raise BadInput(
            "bad_successor",
            _("%(area)s cannot take its matters over. Choose an open grid, village or township."),
            area=successor.name,
            field="successor",
        )


def lock_open(area: Area) -> None:
    """Two who redraw the same grid at once come one after the other, and the second is refused."""
    Area.objects.select_for_update().get(pk=area.pk)
    area.refresh_from_db()
    if not area.is_open:
        raise Refused("closed_already", _("%(area)s is closed already."), area=area.name)


def _carry_over(area: Area, place_of: Any, by: Person | None, at: datetime) -> None:
    for event in Event.objects.open().filter(area=area).select_for_update().order_by("pk"):
        event.area = place_of(event.lon, event.lat)
        event.save(update_fields=["area"])
        record("event.carried_over", on=event, by=by, at=at, came_from=area.code, to=event.area_id)
    places = list(Place.objects.filter(area=area, closed_on__isnull=True))
    for place in places:
        place.area = place_of(place.lon, place.lat)
    Place.objects.bulk_update(places, ["area"])


def follow_area(event: Event, *, by: Person | None, at: datetime) -> None:
    """An event taken up again in an area closed meanwhile goes to the one that answers there now, who is told."""
    came_from = event.area
    if came_from.is_open:
        return
    event.area = _answering_now(event)
    event.save(update_fields=["area"])
    told = people_told(event, TOLD["move"], at)
    record("event.carried_over", on=event, by=by, at=at, tell=told, came_from=came_from.code, to=event.area_id)


def _answering_now(event: Event) -> Area:
    """Where the point lies now, else the last of the successors, else the nearest open area above."""
    leaf = ground.locate_leaf(event.lon, event.lat) if event.lon is not None and event.lat is not None else None
    if leaf is not None and event.area.parent_id and leaf.startswith(event.area.parent_id):
        return Area.objects.get(pk=leaf)
    area = event.area
    while not area.is_open and (area.successor or area.parent):
        area = area.successor or area.parent  # type: ignore[assignment]
    return area


def _hand_over_settlements(area: Area, to: list[Area]) -> None:
    """Which part of a settlement each new grid covers nobody has said yet, so all of them cover it until a keeper does."""
    for row in area.settlements.select_related("settlement"):
        for one in to:
            if one.level == area.level:
                ground_actions.cover(one, row.settlement)


def _hand_over_people(area: Area, to: list[Area], by: Person | None, at: datetime) -> None:
    today = timezone.localdate(at)
    held = Appointment.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=today), area=area)
    for one in held.select_related("person", "department").prefetch_related("leaves"):
        last, one_ends = one.to_on, max(today, one.from_on)
        people_actions.end_appointment(one, on=one_ends)
        record("appointment.ended", on=one, by=by, at=at, to_on=one_ends, **people_actions.facts_of(one))
        for new in to:
            _appoint_again(one, new, last, by, at)


def _appoint_again(one: Appointment, area: Area, to_on: date | None, by: Person | None, at: datetime) -> None:
    fresh = people_actions.appoint(
        one.person,
        role=Role(one.role),
        area=area,
        from_on=max(timezone.localdate(at), one.from_on),
        to_on=to_on,
        department=one.department,
        is_deputy=one.is_deputy,
    )
    for leave in one.leaves.all():
        if leave.to_at > at:
            people_actions.add_leave(fresh, from_at=leave.from_at, to_at=leave.to_at)
    record("appointment.made", on=fresh, by=by, at=at, **people_actions.facts_of(fresh))


def require_keeper(by: Person | None, area: str, at: datetime) -> None:
    """Raises `NotYours` unless `by` keeps the register of the area or is the operator of the machine (`None`)."""
    if by is not None:
        people_actions.require_register(by, area, at)
