"""Who works in the demo county: a grid worker for every grid, cadres, desks, officers, and a login per role."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from linli.demo.land import COUNTY, HOME_TOWN, OPENED, Land
from linli.demo.words import person_name
from linli.people.models import Appointment, Department, Leave, Person
from linli.people.rules import Role

PASSWORD = "linli-demo"
#: Usernames that sign in, one or more per role, with the telephone numbers of a range given to nobody.
LOGINS: tuple[tuple[str, Role], ...] = (
    ("worker", Role.GRID_WORKER),
    ("cadre", Role.CADRE),
    ("desk", Role.DESK),
    ("county", Role.DESK),
    ("handler", Role.HANDLER),
    ("handler2", Role.HANDLER),
    ("verifier", Role.VERIFIER),
    ("mediator", Role.MEDIATOR),
    ("mediators", Role.MEDIATOR),
    ("leader", Role.LEADER),
    ("auditor", Role.AUDITOR),
    ("security", Role.SECURITY_ADMIN),
    ("system", Role.SYSTEM_ADMIN),
)
#: The departments of the two officers who sign in; they get a good part of all matters.
HANDLERS = {"handler": "urban-management", "handler2": "water"}
_AWAY = 0.06


@dataclass
class Cast:
    """Who does what where, by code of area or department."""

    workers: dict[str, Person] = field(default_factory=dict)
    deputies: dict[str, Person] = field(default_factory=dict)
    cadres: dict[str, Person] = field(default_factory=dict)
    desks: dict[str, Person] = field(default_factory=dict)
    verifiers: dict[str, Person] = field(default_factory=dict)
    #: Of each area with a mediation committee: who mediates there, and who heads it.
    mediators: dict[str, list[tuple[Person, bool]]] = field(default_factory=dict)
    officers: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    departments: dict[str, Department] = field(default_factory=dict)
    at_county: dict[str, Person] = field(default_factory=dict)
    away: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)

    def in_field(self, grid: str, at: datetime) -> Person:
        """The grid's worker, or the deputy while the worker is on leave."""
        away = self.away.get(grid)
        return self.deputies[grid] if away and away[0] <= at < away[1] else self.workers[grid]


def make_cast(land: Land, rng: Random, now: datetime) -> Cast:
    """Everybody, appointed; called after the categories (and so the departments) were loaded."""
    people = _People(land, rng)
    cast = Cast(departments={one.code: one for one in Department.objects.all()})
    home = min(code for code in land.grids if code.startswith(HOME_TOWN))
    for town in land.towns:
        mine = town == HOME_TOWN
        cast.desks[town] = people.add("desk" if mine else f"desk{town}", Role.DESK, town)
        cast.verifiers[town] = people.add("verifier" if mine else f"verifier{town}", Role.VERIFIER, town)
        cast.mediators[town] = [
            (people.add("mediator" if mine else f"mediator{town}", Role.MEDIATOR, town), False),
            (people.add(f"mediator{town}b", Role.MEDIATOR, town), False),
            (people.add("mediators" if mine else f"mediators{town}", Role.MEDIATOR, town), True),
        ]
    for village in land.villages:
        cast.cadres[village] = people.add("cadre" if home.startswith(village) else f"c{village}", Role.CADRE, village)
        if village.startswith(HOME_TOWN):
            cast.mediators[village] = [(cast.cadres[village], True)]
    cast.mediators[COUNTY] = [
        (people.add(f"mediator{COUNTY}{sign}", Role.MEDIATOR, COUNTY), sign == "a") for sign in "abc"
    ]
    for grid in land.grids:
        cast.workers[grid] = people.add("worker" if grid == home else f"w{grid}", Role.GRID_WORKER, grid)
    for code in cast.departments:
        names = [name for name, department in HANDLERS.items() if department == code] or [f"{code}1"]
        cast.officers[code] = [people.add(name, Role.HANDLER, COUNTY, code) for name in [*names, f"{code}2"]]
    for name in ("county", "leader", "auditor", "security", "system"):
        cast.at_county[name] = people.add(name, dict(LOGINS)[name], COUNTY)
    people.keep()
    _stand_in(cast, land, people)
    _send_on_leave(cast, rng, now)
    return cast


class _People:
    """Collects persons with their appointments, so that thousands are stored at once."""

    def __init__(self, land: Land, rng: Random) -> None:
        self.land, self.rng = land, rng
        self.persons: list[Person] = []
        self.appointments: list[Appointment] = []
        self.logins = [name for name, _role in LOGINS]
        self.password = make_password(PASSWORD)

    def add(self, username: str, role: Role, area: str, department: str | None = None) -> Person:
        """A person with one appointment. Only those who sign in have a password and a telephone number."""
        person = Person(username=username, name=person_name(self.rng), password=self.password)
        if username in self.logins:
            person.telephone = f"19900000{self.logins.index(username) + 1:03d}"
        else:
            person.set_unusable_password()
        self.persons.append(person)
        self.appointments.append(
            Appointment(person=person, role=role, area_id=area, department_id=department, from_on=OPENED)
        )
        return person

    def keep(self) -> None:
        """Store them all."""
        Person.objects.bulk_create(self.persons)
        for one in self.appointments:
            one.person_id = one.person.pk
        Appointment.objects.bulk_create(self.appointments)


def _stand_in(cast: Cast, land: Land, people: _People) -> None:
    """The worker of the next grid in the village stands in for each grid's worker."""
    rows = []
    for village in land.villages:
        grids = [code for code in land.grids if code.startswith(village)]
        for grid, other in zip(grids, grids[1:] + grids[:1], strict=True):
            cast.deputies[grid] = cast.workers[other]
            rows.append(
                Appointment(
                    person=cast.workers[other], role=Role.GRID_WORKER, area_id=grid, from_on=OPENED, is_deputy=True
                )
            )
    Appointment.objects.bulk_create(rows)


def _send_on_leave(cast: Cast, rng: Random, now: datetime) -> None:
    """Some workers are away for some days in the past year; a few are away now."""
    held = {
        one.area_id: one
        for one in Appointment.objects.filter(role=Role.GRID_WORKER, is_deputy=False).select_related("person")
    }
    chosen = [grid for grid in sorted(held) if rng.random() < _AWAY]
    for number, grid in enumerate(chosen):
        first = _midnight(now) - timedelta(days=2 if number % 8 == 0 else rng.randint(10, 350))
        cast.away[grid] = (first, first + timedelta(days=rng.randint(4, 9)))
    Leave.objects.bulk_create(
        Leave(appointment=held[grid], from_at=from_at, to_at=to_at) for grid, (from_at, to_at) in cast.away.items()
    )


def _midnight(now: datetime) -> datetime:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


@dataclass(frozen=True)
class Login:
    """One line of the table of logins."""

    role: Role
    name: str
    area: str
    username: str


def logins() -> list[Login]:
    """The logins of a demo home, in the order of their roles; none in any other home."""
    rows = Appointment.objects.filter(person__username__in=[name for name, _role in LOGINS], is_deputy=False)
    by_name = {one.person.username: one for one in rows.select_related("person", "area", "department")}
    return [_login(by_name[name]) for name, role in LOGINS if name in by_name and by_name[name].role == role]


def keep_logins() -> None:
    """Leave the logins in the home, for the page on which one signs in."""
    rows = [
        {"role": one.role.value, "name": one.name, "area": one.area, "username": one.username, "password": PASSWORD}
        for one in logins()
    ]
    (settings.HOME / "demo_logins.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


def _login(one: Appointment) -> Login:
    where = one.department.name if one.department else one.area.name
    return Login(Role(one.role), one.person.name, where, one.person.username)
