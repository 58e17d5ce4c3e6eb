"""Acts on the register of areas and appointments, written into the journal; a redrawn grid hands its open events on."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.utils import timezone

from linli.areas import actions as ground_actions
from linli.areas.geometry import clean_outline
from linli.areas.models import Area, Place
from linli.events.models import Event
from linli.journal.actions import record
from linli.people import actions as people_actions
from linli.people.models import Appointment, Department, Leave, Person
from linli.people.rules import Role


@transaction.atomic
def redraw(
    area: Area, outlines: list[tuple[str, Any]], *, by: Person | None, at: datetime, crs: str = "wgs84"
) -> list[Area]:
    """Close a redrawn grid and open others (name, GeoJSON outline) in its place; its open events go where they lie now.

    Events without a position, or beyond all new outlines, go to the largest. `by=None` is the operator of the machine.
    Raises `BadInput`, `NotYours`, `Refused`.
    """
    _require(by, area.code, at)
    pieces = [ground_actions.Piece(name, clean_outline(geojson, crs=crs, what=name)) for name, geojson in outlines]
    made = ground_actions.redraw(area, pieces, on=timezone.localdate(at))
    codes = [one.code for one in made]
    record("area.redrawn", on=area, area=area.code, by=by, at=at, into=codes)
    assert area.successor is not None
    for event in Event.objects.open().filter(area=area).select_for_update().order_by("pk"):
        _carry_over(event, list(zip(made, pieces, strict=True)), area.successor, by, at)
    return made


def _carry_over(
    event: Event, pieces: list[tuple[Area, ground_actions.Piece]], otherwise: Area, by: Person | None, at: datetime
) -> None:
    came_from = event.area_id
    event.area = otherwise
    if event.lon is not None and event.lat is not None:
        covering = (one for one, piece in pieces if shapely.intersects_xy(piece.cleaned.outline, event.lon, event.lat))
        event.area = next(covering, otherwise)
    event.save(update_fields=["area"])
    record("event.carried_over", on=event, by=by, at=at, came_from=came_from, to=event.area_id)


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
    """Give a person a role in an area. Raises `BadInput`, `NotYours`."""
    _require(by, area.code, at)
    appointment = people_actions.appoint(
        person, role=role, area=area, from_on=from_on, to_on=to_on, department=department, is_deputy=is_deputy
    )
    record("appointment.made", on=appointment, by=by, at=at, **people_actions.facts_of(appointment))
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, on: date, by: Person, at: datetime) -> None:
    """The appointment is held until the day before `on`. Raises `BadInput`, `NotYours`."""
    _require(by, appointment.area_id, at)
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
    """A place people know. Raises `BadInput`, `NotYours`."""
    _require(by, area.code, at)
    place = ground_actions.add_place(area, name, kind, lon=lon, lat=lat)
    record("place.added", on=place, by=by, at=at, kind=kind)
    return place


@transaction.atomic
def close_place(place: Place, *, by: Person, at: datetime) -> None:
    """The place is no more. Raises `NotYours`."""
    _require(by, place.area_id, at)
    ground_actions.close_place(place, on=timezone.localdate(at))
    record("place.closed", on=place, by=by, at=at)
