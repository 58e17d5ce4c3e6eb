"""Acts on the register of areas and appointments, written into the journal.

A grid that is redrawn or closed hands on what is open in it: its matters, its places, and the people who answer.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas import actions as ground_actions
from linli.areas.geometry import area_m2, clean_outline
from linli.areas.models import ANSWERING, SETTLEMENTS, Area, Boundary, Place
from linli.events.models import Event
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people import actions as people_actions
from linli.people.models import Appointment, Department, Leave, Person
from linli.people.rules import Role, roles_to_give

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
    _require(by, area.code, at)
    _lock_open(area)
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
    _require(by, area.code, at)
    _lock_open(area)
    if successor is not None:
        _require(by, successor.code, at)
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


def _lock_open(area: Area) -> None:
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


@transaction.atomic
def open_area(
    parent: Area,
    name: str,
    *,
    kind: str,
    by: Person,
    at: datetime,
    national_code: str = "",
    outline: Any = None,
    crs: str = "wgs84",
    source: str = "",
) -> Area:
    """Open an area in another from today on, with the next free code of its kind. Raises `BadInput`, `NotYours`."""
    _require(by, parent.code, at)
    if kind not in ground_actions.kinds_below(parent):
        raise BadInput(
            "bad_kind", _("No area of this kind lies in %(area)s. Choose another kind."), area=parent.name, field="kind"
        )
    today = timezone.localdate(at)
    code = ground_actions.next_code(parent, kind)
    area = ground_actions.add_area(code, name, kind=kind, valid_from=today, national_code=national_code)
    if outline is not None:
        cleaned = clean_outline(outline, crs=crs, what=name)
        ground_actions.set_boundary(area, cleaned, on=today, source=source, source_crs=crs)
    record("area.opened", on=area, area=code, by=by, at=at, kind=kind)
    return area


@transaction.atomic
def rename_area(area: Area, name: str, *, by: Person, at: datetime) -> None:
    """Another name; the code stays. Raises `BadInput`, `NotYours`."""
    _require(by, area.code, at)
    ground_actions.rename_area(area, name)
    record("area.renamed", on=area, area=area.code, by=by, at=at)


@transaction.atomic
def draw(
    area: Area, outline: Any, *, by: Person, at: datetime, crs: str = "wgs84", source: str = ""
) -> Boundary | None:
    """The outline from today on of an area that is no grid with an outline: those are redrawn. None if it is the same.

    Raises `BadInput`, `NotYours`, `Refused`.
    """
    _require(by, area.code, at)
    _lock_open(area)
    if needs_redraw(area):
        raise Refused("redraw_it", _("%(area)s has an outline and answers for matters. Redraw it."), area=area.name)
    cleaned = clean_outline(outline, crs=crs, what=area.name)
    today = timezone.localdate(at)
    boundary = ground_actions.set_boundary(area, cleaned, on=today, source=source, source_crs=crs)
    if boundary is not None:
        record("area.drawn", on=area, area=area.code, by=by, at=at)
    return boundary


def needs_redraw(area: Area) -> bool:
    """Whether another outline means another area: it has one, answers for matters, and nothing lies in it."""
    return (
        area.kind not in SETTLEMENTS
        and area.parent_id is not None
        and not area.children.exists()
        and area.boundaries.filter(valid_to__isnull=True).exists()
    )


@transaction.atomic
def cover(grid: Area, settlement: Area, *, by: Person, at: datetime) -> None:
    """The grid covers (part of) a natural village or villagers' group. Raises `BadInput`, `NotYours`."""
    _require(by, grid.code, at)
    ground_actions.cover(grid, settlement)
    record("settlement.covered", on=grid, area=grid.code, by=by, at=at, settlement=settlement.code)


@transaction.atomic
def uncover(grid: Area, settlement: Area, *, by: Person, at: datetime) -> None:
    """The grid covers it no longer. Raises `NotYours`."""
    _require(by, grid.code, at)
    ground_actions.uncover(grid, settlement)
    record("settlement.uncovered", on=grid, area=grid.code, by=by, at=at, settlement=settlement.code)


def _require(by: Person | None, area: str, at: datetime) -> None:
    if by is not None:
        people_actions.require_register(by, area, at)


@transaction.atomic
def import_divisions(files: list[Path], county: str, *, at: datetime) -> ground_actions.Imported:
    """Bring in national divisions; see `areas.actions`."""
    report = ground_actions.import_divisions(files, county)
    if report.areas_made or report.areas_renamed:
        top = Area.objects.get(pk=county)
        record(
            "area.divisions_imported",
            on=top,
            area=county,
            by=None,
            at=at,
            made=report.areas_made,
            renamed=report.areas_renamed,
        )
    return report


@transaction.atomic
def import_geojson(path: Path, *, at: datetime, **how: Any) -> ground_actions.Imported:
    """Bring in boundaries; see `areas.actions`. A boundary that takes the place of another is drawn from today."""
    report = ground_actions.import_geojson(
        path, on=timezone.localdate(at) if Area.objects.exists() else ground_actions.EVER, **how
    )
    first = Area.objects.order_by("code").first()
    if first is not None and (report.areas_made or report.areas_renamed or report.boundaries_drawn):
        counts: dict[str, Any] = {
            "made": report.areas_made,
            "renamed": report.areas_renamed,
            "drawn": report.boundaries_drawn,
        }
        record("area.boundaries_imported", on=first, area=first.code, by=None, at=at, **counts)
    return report


@transaction.atomic
def appoint(
    person: Person,
    *,
    role: Role,
    area: Area,
    from_on: date,
    by: Person,
    at: datetime,
    to_on: date | None = None,
    department: Department | None = None,
    is_deputy: bool = False,
) -> Appointment:
    """Give a person a role in an area; nobody gives one to themselves. Raises `BadInput`, `NotYours`."""
    _require(by, area.code, at)
    _require_to_give(by, person, role, area.code, at)
    appointment = people_actions.appoint(
        person, role=role, area=area, from_on=from_on, to_on=to_on, department=department, is_deputy=is_deputy
    )
    record("appointment.made", on=appointment, by=by, at=at, **people_actions.facts_of(appointment))
    return appointment


def _require_to_give(by: Person, person: Person, role: Role, area: str, at: datetime) -> None:
    if by.pk == person.pk:
        raise NotYours("own_appointment", _("Nobody appoints themselves. Ask another keeper of the register."))
    if role not in roles_to_give(people_actions.scope_of(by, at).roles_in(area)):
        raise NotYours("role_not_yours", _("Administrators and auditors are appointed by a system administrator."))


@transaction.atomic
def end_appointment(appointment: Appointment, *, on: date, by: Person, at: datetime) -> None:
    """The appointment is held until the day before `on`. Raises `BadInput`, `NotYours`."""
    _require(by, appointment.area_id, at)
    if appointment.to_on is not None and appointment.to_on <= timezone.localdate(at):
        raise Refused("ended_already", _("This appointment has ended. Make a new one if it is needed."))
    people_actions.end_appointment(appointment, on=on)
    record("appointment.ended", on=appointment, by=by, at=at, to_on=on, **people_actions.facts_of(appointment))


@transaction.atomic
def add_leave(appointment: Appointment, *, from_at: datetime, to_at: datetime, by: Person, at: datetime) -> Leave:
    """The holder is away for a time. They may say so themselves. Raises `BadInput`, `NotYours`."""
    if appointment.person_id != by.pk:
        _require(by, appointment.area_id, at)
    leave = people_actions.add_leave(appointment, from_at=from_at, to_at=to_at)
    record("appointment.leave_added", on=appointment, by=by, at=at, from_at=from_at, to_at=to_at)
    return leave


@transaction.atomic
def add_place(
    area: Area, name: str, kind: str, *, by: Person, at: datetime, lon: float | None = None, lat: float | None = None
) -> Place:
    """A place people know, inside the area if that has an outline. Raises `BadInput`, `NotYours`."""
    _require(by, area.code, at)
    _check_inside(area, lon, lat)
    place = ground_actions.add_place(area, name, kind, lon=lon, lat=lat)
    record("place.added", on=place, by=by, at=at, kind=kind)
    return place


def _check_inside(area: Area, lon: float | None, lat: float | None) -> None:
    outline = ground_actions.outline_of(area)
    if lon is None or lat is None or outline is None or shapely.intersects_xy(outline, lon, lat):
        return
    words = _("The point %(lon)s, %(lat)s lies outside %(area)s. Longitude comes first; choose a point inside.")
    if shapely.intersects_xy(outline, lat, lon):
        words = _("Longitude and latitude are swapped: %(lon)s is the latitude here. Longitude comes first.")
    raise BadInput("place_outside", words, lon=f"{lon:g}", lat=f"{lat:g}", area=area.name, field="lon")


@transaction.atomic
def close_place(place: Place, *, by: Person, at: datetime) -> None:
    """The place is no more. Raises `NotYours`."""
    _require(by, place.area_id, at)
    ground_actions.close_place(place, on=timezone.localdate(at))
    record("place.closed", on=place, by=by, at=at)
