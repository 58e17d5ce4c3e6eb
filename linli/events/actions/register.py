"""Acts on the register of areas and appointments, written into the journal."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas import actions as ground_actions
from linli.areas.geometry import clean_outline
from linli.areas.models import SETTLEMENTS, Area, Boundary, Place
from linli.events.actions.redrawing import Planned, close_area, lock_open, plan_redraw, redraw, require_keeper
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people import actions as people_actions
from linli.people.models import Appointment, Department, Leave, Person
from linli.people.rules import Role, roles_to_give

__all__ = [
    "Planned",
    "add_leave",
    "add_place",
    "appoint",
    "close_area",
    "close_place",
    "cover",
    "draw",
    "end_appointment",
    "import_divisions",
    "import_geojson",
    "needs_redraw",
    "open_area",
    "plan_redraw",
    "redraw",
    "rename_area",
    "uncover",
]


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
    require_keeper(by, parent.code, at)
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
    require_keeper(by, area.code, at)
    ground_actions.rename_area(area, name)
    record("area.renamed", on=area, area=area.code, by=by, at=at)


@transaction.atomic
def draw(
    area: Area, outline: Any, *, by: Person, at: datetime, crs: str = "wgs84", source: str = ""
) -> Boundary | None:
    """The outline from today on of an area that is no grid with an outline: those are redrawn. None if it is the same.

    Raises `BadInput`, `NotYours`, `Refused`.
    """
    require_keeper(by, area.code, at)
    lock_open(area)
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
    require_keeper(by, grid.code, at)
    ground_actions.cover(grid, settlement)
    record("settlement.covered", on=grid, area=grid.code, by=by, at=at, settlement=settlement.code)


@transaction.atomic
def uncover(grid: Area, settlement: Area, *, by: Person, at: datetime) -> None:
    """The grid covers it no longer. Raises `NotYours`."""
    require_keeper(by, grid.code, at)
    ground_actions.uncover(grid, settlement)
    record("settlement.uncovered", on=grid, area=grid.code, by=by, at=at, settlement=settlement.code)


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
    people_actions.require_appointer(by, area.code, at)
    _require_to_give(by, person, role, area.code, at)
    appointment = people_actions.appoint(
        person, role=role, area=area, from_on=from_on, to_on=to_on, department=department, is_deputy=is_deputy
    )
    record("appointment.made", on=appointment, by=by, at=at, **people_actions.facts_of(appointment))
    return appointment


def _require_to_give(by: Person, person: Person, role: Role, area: str, at: datetime) -> None:
    if by.pk == person.pk:
        raise NotYours("own_appointment", _("Nobody appoints themselves. Ask another who appoints people here."))
    if role not in roles_to_give(people_actions.scope_of(by, at).roles_in(area)):
        raise NotYours("role_not_yours", _("Administrators and auditors are appointed by a security administrator."))


def _require_over(by: Person, appointment: Appointment, at: datetime) -> None:
    """Whoever may end an appointment may have made it: a desk none of an administrator."""
    people_actions.require_appointer(by, appointment.area_id, at)
    if appointment.role not in roles_to_give(people_actions.scope_of(by, at).roles_in(appointment.area_id)):
        raise NotYours("role_not_yours", _("Administrators and auditors are appointed by a security administrator."))


@transaction.atomic
def end_appointment(appointment: Appointment, *, on: date, by: Person, at: datetime) -> None:
    """The appointment is held until the day before `on`. Raises `BadInput`, `NotYours`."""
    _require_over(by, appointment, at)
    if appointment.to_on is not None and appointment.to_on <= timezone.localdate(at):
        raise Refused("ended_already", _("This appointment has ended. Make a new one if it is needed."))
    people_actions.end_appointment(appointment, on=on)
    record("appointment.ended", on=appointment, by=by, at=at, to_on=on, **people_actions.facts_of(appointment))


@transaction.atomic
def add_leave(appointment: Appointment, *, from_at: datetime, to_at: datetime, by: Person, at: datetime) -> Leave:
    """The holder is away for a time. They may say so themselves. Raises `BadInput`, `NotYours`."""
    if appointment.person_id != by.pk:
        _require_over(by, appointment, at)
    leave = people_actions.add_leave(appointment, from_at=from_at, to_at=to_at)
    record("appointment.leave_added", on=appointment, by=by, at=at, from_at=from_at, to_at=to_at)
    return leave


@transaction.atomic
def add_place(
    area: Area, name: str, kind: str, *, by: Person, at: datetime, lon: float | None = None, lat: float | None = None
) -> Place:
    """A place people know, inside the area if that has an outline. Raises `BadInput`, `NotYours`."""
    require_keeper(by, area.code, at)
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
    require_keeper(by, place.area_id, at)
    ground_actions.close_place(place, on=timezone.localdate(at))
    record("place.closed", on=place, by=by, at=at)
