"""Who is on duty now: in the area itself, above it where nobody is, and where below it nobody is."""

from dataclasses import dataclass
from datetime import datetime

from linli.areas.models import ANSWERING, Area
from linli.people.actions import Turn, on_duty, roster, rosters
from linli.people.rules import Role
from linli.wall.rules import EXPECTED_BELOW, MOST_EMPTY, ON_DUTY


@dataclass(frozen=True)
class Post:
    """A role and those who answer in it; `place` names another area where it is theirs."""

    role: str
    names: list[str]
    place: str = ""


@dataclass(frozen=True)
class Duty:
    """The posts of an area; areas right below where nobody is on duty: how many, and the first by name."""

    posts: list[Post]
    empty: int
    empty_names: list[str]


def duty_of(area: str, at: datetime) -> Duty:
    """As many queries for one person as for a hundred."""
    turns = [turn for turn in roster(area, at, *ON_DUTY) if turn.is_on_duty]
    posts = [_post(role, turns) for role in ON_DUTY if any(turn.appointment.role == role for turn in turns)]
    if not any(turn.appointment.role in (Role.LEADER, Role.DESK) for turn in turns):
        posts = [*_above(area, at), *posts]
    empty = _without_anybody(area, at)
    return Duty(posts, len(empty), empty[:MOST_EMPTY])


def _post(role: Role, turns: list[Turn], place: str = "") -> Post:
    names = dict.fromkeys(turn.person.name for turn in turns if turn.appointment.role == role)
    return Post(str(role.label), list(names), place)


def _above(area: str, at: datetime) -> list[Post]:
    """The desk that answers for an area that has none."""
    turns = on_duty(area, at, Role.DESK)
    if not turns:
        return []
    return [_post(Role.DESK, turns, Area.objects.get(pk=turns[0].appointment.area_id).name)]


def _without_anybody(area: str, at: datetime) -> list[str]:
    below = list(
        Area.objects.open()
        .filter(parent=area, kind__in=ANSWERING)
        .order_by("code")
        .values_list("code", "name", "level")
    )
    expected = {EXPECTED_BELOW[level] for _code, _name, level in below if level in EXPECTED_BELOW}
    held = rosters([code for code, _name, _level in below], at, *sorted(expected)) if expected else {}
    there = {(code, turn.appointment.role) for code, turns in held.items() for turn in turns if turn.is_on_duty}
    return [
        name for code, name, level in below if level in EXPECTED_BELOW and (code, EXPECTED_BELOW[level]) not in there
    ]
