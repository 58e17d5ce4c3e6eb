"""The fixed cast for tests: who they are is in their user name, what they may do in their appointments."""

from dataclasses import dataclass
from datetime import date

from linli.areas.models import Area
from linli.people.actions import add_person, appoint
from linli.people.models import Department, Person
from linli.people.rules import Role

FROM = date(2025, 1, 1)
PASSWORD = "linli-demo"


@dataclass(frozen=True)
class Cast:
    """`worker` grid 005, `cadre` its village, `desk` its township, `handler` lead department, `co_handler` another one,
    `verifier` the township, `neighbour` a grid of the next township, `nobody` no appointment.
    """

    worker: Person
    deputy: Person
    cadre: Person
    desk: Person
    county: Person
    handler: Person
    co_handler: Person
    verifier: Person
    mediator: Person
    leader: Person
    auditor: Person
    security: Person
    system: Person
    neighbour: Person
    nobody: Person


def make_cast(*, grid: Area, other_grid: Area, lead: Department, other: Department) -> Cast:
    """Everybody, appointed around one grid; `other_grid` lies in another township."""
    village, township, county = _above(grid)
    people = {name: add_person(username=name, name=_NAMES[name], password=PASSWORD) for name in _NAMES}
    people["worker"].telephone = "19900000001"
    people["worker"].save(update_fields=["telephone"])
    for name, role, area, department in (
        ("worker", Role.GRID_WORKER, grid, None),
        ("cadre", Role.CADRE, village, None),
        ("desk", Role.DESK, township, None),
        ("county", Role.DESK, county, None),
        ("handler", Role.HANDLER, county, lead),
        ("co_handler", Role.HANDLER, county, other),
        ("verifier", Role.VERIFIER, township, None),
        ("mediator", Role.MEDIATOR, township, None),
        ("leader", Role.LEADER, county, None),
        ("auditor", Role.AUDITOR, county, None),
        ("security", Role.SECURITY_ADMIN, county, None),
        ("system", Role.SYSTEM_ADMIN, county, None),
        ("neighbour", Role.GRID_WORKER, other_grid, None),
    ):
        appoint(people[name], role=role, area=area, department=department, from_on=FROM)
    appoint(people["deputy"], role=Role.GRID_WORKER, area=grid, from_on=FROM, is_deputy=True)
    return Cast(**people)


def _above(grid: Area) -> tuple[Area, Area, Area]:
    village = grid.parent
    assert village is not None and village.parent is not None and village.parent.parent is not None
    return village, village.parent, village.parent.parent


_NAMES = {
    "worker": "陈小禾",
    "deputy": "林代班",
    "cadre": "黄村长",
    "desk": "李分拨",
    "county": "周县办",
    "handler": "吴水务",
    "co_handler": "郑住建",
    "verifier": "许核查",
    "mediator": "何调解",
    "leader": "梁值班",
    "auditor": "罗审计",
    "security": "谢安全",
    "system": "邓系统",
    "neighbour": "邻村人",
    "nobody": "无任职",
}
