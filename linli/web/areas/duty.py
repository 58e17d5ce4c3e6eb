"""Who answers for an area: on duty now with deputies and leave, departments with their officers, all appointments."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from linli.areas.models import SETTLEMENTS, Area
from linli.people.actions import Turn, on_duty, roster
from linli.people.models import Appointment, Department, Leave
from linli.people.rules import Role

#: Roles that somebody should hold at each level; where nobody does, the page says who answers instead.
EXPECTED: dict[str, tuple[Role, ...]] = {
    "grid": (Role.GRID_WORKER,),
    "village": (Role.CADRE,),
    "township": (Role.DESK, Role.VERIFIER),
    "county": (Role.DESK, Role.LEADER),
}
#: More appointments than these are looked up in the areas below.
_MOST = 300


@dataclass(frozen=True)
class Holder:
    """One holder of a role, with the leave they are on and the next one to come."""

    turn: Turn
    leave: Leave | None
    coming: Leave | None


@dataclass(frozen=True)
class Post:
    """One role in an area: who holds it, and, if none of them is there, who answers above."""

    role: Role
    holders: list[Holder]
    above: list[Turn] = field(default_factory=list)

    @property
    def is_covered(self) -> bool:
        """Somebody is on duty here."""
        return any(one.turn.is_on_duty for one in self.holders)


@dataclass(frozen=True)
class Office:
    """A department with its officers in this area."""

    department: Department
    officers: list[Holder]


def duty_of(area: Area, at: datetime) -> dict[str, Any]:
    """Posts and offices of an open area; as many queries for one appointment as for a hundred."""
    turns = roster(area.code, at)
    leaves = _leaves(turns, at)
    holders = [_holder(turn, leaves, at) for turn in turns]
    posts = [_post(area, role, holders, at) for role in _roles(area, turns)]
    return {"posts": posts, "offices": _offices(area, holders), "leaves": leaves}


def _roles(area: Area, turns: list[Turn]) -> list[Role]:
    expected = () if area.kind in SETTLEMENTS else EXPECTED.get(area.level, ())
    held = {turn.appointment.role for turn in turns}
    return [role for role in Role if role != Role.HANDLER and (role in held or role in expected)]


def _post(area: Area, role: Role, holders: list[Holder], at: datetime) -> Post:
    mine = [one for one in holders if one.turn.appointment.role == role]
    post = Post(role, mine)
    # Asked for the one or two roles a level expects, and only where nobody is there.
    if post.is_covered or role not in EXPECTED.get(area.level, ()):
        return post
    return Post(role, mine, on_duty(area.code, at, role))


def _holder(turn: Turn, leaves: dict[int, list[Leave]], at: datetime) -> Holder:
    mine = leaves.get(turn.appointment.pk, [])
    now = next((one for one in mine if one.from_at <= at), None)
    return Holder(turn, now, next((one for one in mine if one.from_at > at), None))


def _leaves(turns: list[Turn], at: datetime) -> dict[int, list[Leave]]:
    """Leave that is not over, by appointment, the earliest first."""
    found: dict[int, list[Leave]] = {}
    keys = [turn.appointment.pk for turn in turns]
    for leave in Leave.objects.filter(appointment__in=keys, to_at__gt=at).order_by("from_at"):
        found.setdefault(leave.appointment_id, []).append(leave)
    return found


def _offices(area: Area, holders: list[Holder]) -> list[Office]:
    officers: dict[str, list[Holder]] = {}
    for one in holders:
        if one.turn.appointment.role == Role.HANDLER and one.turn.appointment.department_id:
            officers.setdefault(one.turn.appointment.department_id, []).append(one)
    here = Department.objects.filter(closed_on__isnull=True).filter(Q(area=area) | Q(pk__in=list(officers)))
    return [Office(department, officers.get(department.pk, [])) for department in here]


def appointments_of(area: Area, at: datetime) -> list[Appointment]:
    """The appointments in just this area held now or later, in the order of the roles."""
    today = timezone.localdate(at)
    rows = Appointment.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=today), area=area)
    order = list(Role)
    held = rows.select_related("person", "department").order_by("is_deputy", "from_on", "pk")[:_MOST]
    return sorted(held, key=lambda one: order.index(Role(one.role)))
