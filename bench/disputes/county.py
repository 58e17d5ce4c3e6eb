"""The county in which the year of disputes is lived: that of the year of matters, with its committees and who mediates there."""

from dataclasses import dataclass, field
from datetime import time

from bench.disputes.days import moment
from bench.disputes.plan import COUNTY, Ground, prefix
from bench.year import county as year
from linli.areas.models import Area
from linli.mediation.actions.bodies import add_body, add_mediator
from linli.mediation.models import Body, Mediator
from linli.mediation.rules import BodyKind, Level
from linli.people.actions import add_person
from linli.people.models import Person

_LEVELS = {6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}
#: How many mediate in a body, beside its head. Those of a township mediate in its villages, too.
MEDIATORS = 3
_FOUNDED = moment(year.FROM, time(10))


@dataclass
class County:
    """Areas, bodies, heads and mediators by code; whoever sits at a desk or works in a grid by the code of their area."""

    areas: dict[str, Area]
    desks: dict[str, Person]
    cadres: dict[str, Person]
    workers: dict[str, Person]
    leader: Person
    bodies: dict[str, Body] = field(default_factory=dict)
    heads: dict[str, Person] = field(default_factory=dict)
    mediators: dict[str, list[Mediator]] = field(default_factory=dict)


def make_county(ground: Ground) -> County:
    """Everybody, from the first day of the year on."""
    areas = year.make_county(year.Size(ground.townships, 1, ground.villages, ground.grids, 0)).areas
    people = {person.username: person for person in Person.objects.all()}
    found = County(
        areas,
        desks={code: people[f"desk-{code}-0"] for code in areas if len(code) in (6, 9)},
        cadres={code: people[f"cadre-{code}-0"] for code in areas if len(code) == 12},
        workers={code: people[f"grid_worker-{code}-0"] for code in areas if len(code) == 15},
        leader=people[f"leader-{COUNTY}-0"],
    )
    for code in sorted((code for code in areas if len(code) in _LEVELS), key=len):
        _add_body(found, code)
    return found


def _add_body(county: County, code: str) -> None:
    by, level = county.desks[COUNTY], _LEVELS[len(code)]
    body = county.bodies[code] = add_body(
        area=county.areas[code],
        name=f"{county.areas[code].name}人民调解委员会",
        level=level,
        prefix=prefix(code),
        kind=BodyKind.SPECIALIST if level == Level.COUNTY else BodyKind.PEOPLE,
        court_name="廉江市人民法院",
        by=by,
        at=_FOUNDED,
    )
    head = county.heads[code] = add_person(username=f"head-{code}", name=f"主任{code}")
    add_mediator(body, person=head, from_on=year.FROM, is_head=True, by=by, at=_FOUNDED)
    county.mediators[code] = [
        add_mediator(body, person=person, from_on=year.FROM, by=by, at=_FOUNDED) for person in _people(county, code)
    ]


def _people(county: County, code: str) -> list[Person]:
    if len(code) == 12:
        return [one.person for one in county.mediators[code[:9]]]
    return [add_person(username=f"mediator-{code}-{one}", name=f"调解员{code}{one}") for one in range(MEDIATORS)]
