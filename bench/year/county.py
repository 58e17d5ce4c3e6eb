"""The county of the simulated year: 22 townships, 24 departments, and everybody who works there, appointed by acts."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from linli.areas.models import Area, Kind
from linli.events.models import Category, Pack
from linli.kit.holidays import load_calendar
from linli.people.actions import add_leave, appoint
from linli.people.models import Appointment, Department, Person
from linli.people.rules import Role

COUNTY = "440881"
FROM = date(2025, 1, 1)


@dataclass(frozen=True)
class Size:
    """How much of a county: the issue's is 22 townships, 24 departments, 31,000 matters."""

    townships: int = 22
    departments: int = 24
    villages: int = 4
    grids: int = 2
    matters: int = 31_000


@dataclass
class County:
    """Who and what there is. Grids by code; officers by department."""

    grids: list[Area]
    areas: dict[str, Area]
    departments: list[Department]
    categories: list[Category]
    people: list[Person] = field(default_factory=list)
    officers: dict[str, list[Person]] = field(default_factory=dict)


def make_county(size: Size) -> County:
    """Everything but the matters, and nobody on leave yet."""
    load_calendar()
    areas = _areas(size)
    departments = [
        Department(code=f"d{number:02}", name=f"第{number}局", area=areas[COUNTY])
        for number in range(1, size.departments + 1)
    ]
    Department.objects.bulk_create(departments)
    county = County(
        [area for area in areas.values() if area.level == "grid"], areas, departments, _categories(departments)
    )
    _people(county)
    return county


def _areas(size: Size) -> dict[str, Area]:
    made = {COUNTY: Area(code=COUNTY, name="廉江市", level="county", kind=Kind.COUNTY, valid_from=FROM)}
    for township in range(101, 101 + size.townships):
        town = _below(made, made[COUNTY], f"{COUNTY}{township}", f"镇{township}", "township", Kind.TOWNSHIP)
        for village in range(201, 201 + size.villages):
            seat = _below(made, town, f"{town.code}{village}", f"村{township}-{village}", "village", Kind.VILLAGE)
            for grid in range(1, 1 + size.grids):
                _below(made, seat, f"{seat.code}{grid:03}", f"网格{township}-{village}-{grid}", "grid", Kind.GRID)
    Area.objects.bulk_create(made.values())
    return made


def _below(made: dict[str, Area], parent: Area, code: str, name: str, level: str, kind: str) -> Area:
    made[code] = Area(code=code, name=name, level=level, kind=kind, parent=parent, valid_from=FROM)
    return made[code]


#: Limits as counties set them: days of three sorts, and hours.
_LIMITS: tuple[dict[str, int], ...] = (
    {"limit_working_days": 3},
    {"limit_working_days": 5},
    {"limit_working_days": 10},
    {"limit_hours": 72},
    {},
)


def _categories(departments: list[Department]) -> list[Category]:
    pack = Pack.objects.create(code="year", version="1", name="分类", in_use=True)
    made = []
    for number, department in enumerate(departments):
        limit = _LIMITS[number % len(_LIMITS)]
        made.append(Category(pack=pack, code=f"C{number:02}", name=f"事项{number}", department=department, **limit))
    Category.objects.bulk_create(made)
    return made


def _people(county: County) -> None:
    """One password for all: nobody signs in, and hashing takes longer than all the rest."""
    password = make_password(None)
    for area in county.areas.values():
        for role, count in _STAFF[area.level]:
            for number in range(count):
                person = Person.objects.create(
                    username=f"{role}-{area.code}-{number}", name=f"{role.label}{number}", password=password
                )
                appoint(person, role=role, area=area, from_on=FROM)
                county.people.append(person)
    for department in county.departments:
        county.officers[department.pk] = []
        for number in range(3):
            person = Person.objects.create(
                username=f"{department.pk}-{number}", name=f"{department.name}{number}", password=password
            )
            appoint(person, role=Role.HANDLER, area=county.areas[COUNTY], department=department, from_on=FROM)
            county.officers[department.pk].append(person)
            county.people.append(person)


_STAFF: dict[str, list[tuple[Role, int]]] = {
    "county": [(Role.DESK, 3), (Role.LEADER, 2), (Role.VERIFIER, 2)],
    "township": [(Role.DESK, 2), (Role.VERIFIER, 2)],
    "village": [(Role.CADRE, 1)],
    "grid": [(Role.GRID_WORKER, 1)],
}


def send_on_leave(county: County, rng: Random, year: int) -> int:
    """Everybody is away for a week or two once or twice; at a department sometimes all at once."""
    count = 0
    for appointment in Appointment.objects.select_related("person"):
        for _each in range(rng.choice((0, 1, 1, 2))):
            away = datetime(year, rng.randint(1, 12), rng.randint(1, 28), 1, tzinfo=timezone.get_current_timezone())
            add_leave(appointment, from_at=away, to_at=away + timedelta(days=rng.randint(2, 15)))
            count += 1
    return count
