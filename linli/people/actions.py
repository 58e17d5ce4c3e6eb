"""Persons and what they hold: appointing, leave, and the two questions everybody asks: what may they see, who is on duty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput
from linli.people.models import Appointment, AppointmentQuerySet, Department, Leave, Person
from linli.people.rules import ADMINISTRATORS, KEEPS_APPOINTMENTS, KEEPS_REGISTER, Held, Role, Scope, clash, not_yours
from linli.people.signing_in import spelled

#: Characters of a name, and of a user name.
LONGEST_NAME = 60


def scope_of(person: Person | AnonymousUser | None, at: datetime) -> Scope:
    """What a person may see and do at a moment; nobody and people who left see nothing."""
    if not isinstance(person, Person) or not person.is_active:
        return Scope()
    return scopes_of([person.pk], at)[person.pk]


def scopes_of(persons: Iterable[int], at: datetime) -> dict[int, Scope]:
    """The scopes of these people by their keys, by one query however many; not asked whether they are still here."""
    held: dict[int, list[Held]] = {person: [] for person in persons}
    for person, role, area, department in _held_by(list(held), _day(at)):
        held[person].append(Held(Role(role), area, department))
    return {person: Scope(tuple(roles)) for person, roles in held.items()}


@Prepared
def _held_by(persons: list[int], day: date) -> QuerySet[Any, Any]:
    rows = Appointment.objects.filter(person__in=persons).valid_on(day)
    return rows.values_list("person", "role", "area", "department")


@dataclass(frozen=True)
class Turn:
    """One appointment as it stands at a moment."""

    appointment: Appointment
    is_away: bool
    is_on_duty: bool

    @property
    def person(self) -> Person:
        """Who holds it."""
        return self.appointment.person


def roster(area: str, at: datetime, *roles: Role) -> list[Turn]:
    """Everybody who holds one of these roles (none given: any) in just this area, and who of them is on duty.

    Holders are on duty unless they are on leave; deputies are while no holder of that role is.
    """
    return _turns(_held([area], at, roles))


def on_duty(area: str, at: datetime, role: Role = Role.GRID_WORKER) -> list[Turn]:
    """Who answers in this role for an area at a moment: there, or in the nearest area above where anybody does."""
    return Posts(area, at, role).on_duty(role)


def rosters(areas: Iterable[str], at: datetime, *roles: Role) -> dict[str, list[Turn]]:
    """As `roster`, for many areas by one query; areas where nobody holds one of these roles are left out."""
    held: dict[str, list[Appointment]] = {}
    for one in _held(list(areas), at, roles):
        held.setdefault(one.area_id, []).append(one)
    return {area: _turns(of_area) for area, of_area in held.items()}


class Posts:
    """Who holds some roles in an area and in those above it at a moment: read at once, for an act that asks for several."""

    def __init__(self, area: str, at: datetime, *roles: Role) -> None:
        self.area = area
        self._held = _held(lineage(area), at, roles)

    def on_duty(self, role: Role, area: str | None = None) -> list[Turn]:
        """As the function of that name, for the area or one above it."""
        for code in reversed(lineage(area or self.area)):
            turns = _turns([one for one in self._held if one.area_id == code and one.role == role])
            present = [turn for turn in turns if turn.is_on_duty]
            if present:
                return present
        return []


def _held(areas: Sequence[str], at: datetime, roles: Sequence[Role]) -> list[Appointment]:
    """The appointments in these areas, each with `is_away`: one query, as this is asked at every step of every event."""
    return _in_roles(areas, roles, at, _day(at)) if roles else _in_any_role(areas, at, _day(at))


@Prepared
def _in_roles(areas: Sequence[str], roles: Sequence[Role], at: datetime, day: date) -> QuerySet[Appointment]:
    return _standing(Appointment.objects.filter(area__in=areas, role__in=roles), at, day).select_related("department")


@Prepared
def _in_any_role(areas: Sequence[str], at: datetime, day: date) -> QuerySet[Appointment]:
    return _standing(Appointment.objects.filter(area__in=areas), at, day).select_related("department")


@Prepared
def _officers(departments: Sequence[str], at: datetime, day: date) -> QuerySet[Appointment]:
    return _standing(Appointment.objects.filter(department__in=departments, role=Role.HANDLER), at, day)


def _standing(rows: AppointmentQuerySet, at: datetime, day: date) -> QuerySet[Appointment]:
    """Those held by somebody who is still here, with `is_away`."""
    away = Leave.objects.filter(appointment=OuterRef("pk"), from_at__lte=at, to_at__gt=at)
    return rows.filter(person__is_active=True).valid_on(day).annotate(is_away=Exists(away)).select_related("person")


def _turns(held: Sequence[Appointment]) -> list[Turn]:
    away = {one.pk for one in held if one.is_away}  # type: ignore[attr-defined]
    covered = {one.role for one in held if not one.is_deputy and one.pk not in away}
    return [
        Turn(one, one.pk in away, one.pk not in away and (not one.is_deputy or one.role not in covered)) for one in held
    ]


def officers_of(departments: Iterable[str], at: datetime) -> list[Person]:
    """The officers of these departments who are not on leave; all of them if every one is away."""
    held = _officers(list(departments), at, _day(at))
    present = [one for one in held if not one.is_away] or held  # type: ignore[attr-defined]
    return list({one.person_id: one.person for one in present}.values())


def add_person(*, username: str, name: str, password: str | None = None, telephone: str = "") -> Person:
    """A new person. Raises `BadInput` for a user name or telephone number already taken or not usable."""
    digits = "".join(str(int(sign)) for sign in telephone if sign.isdecimal())
    if telephone and not 5 <= len(digits) <= 15:
        raise BadInput("bad_telephone", _("A telephone number has 5 to 15 digits."), field="telephone")
    # As whoever signs in types it; otherwise nobody would ever be found by it.
    username, name = spelled(username), name.strip()
    if not username or username.isdecimal() or not username.isprintable():
        raise BadInput(
            "bad_username",
            _("A user name is needed, and not digits alone: those are telephone numbers."),
            field="username",
        )
    if len(username) > LONGEST_NAME or len(name) > LONGEST_NAME:
        field = "username" if len(username) > LONGEST_NAME else "name"
        raise BadInput("text_too_long", _("At most %(longest)s characters."), longest=LONGEST_NAME, field=field)
    _refuse_taken(username, digits)
    try:
        with transaction.atomic():
            return Person.objects.create_user(username, name, password, digits or None)
    except IntegrityError:  # somebody was quicker
        _refuse_taken(username, digits)
        raise


def _refuse_taken(username: str, digits: str) -> None:
    if Person.objects.filter(username=username).exists():
        words = _("The user name %(username)s is taken. Choose another.")
        raise BadInput("username_taken", words, username=username, field="username")
    if digits and Person.objects.filter(telephone=digits).exists():
        raise BadInput("telephone_taken", _("This telephone number belongs to another person."), field="telephone")


def speak(person: Person, language: str) -> None:
    """The language their pages speak wherever they sign in."""
    Person.objects.filter(pk=person.pk).update(language=language)


@transaction.atomic
def appoint(
    person: Person,
    *,
    role: Role,
    area: Area,
    from_on: date,
    to_on: date | None = None,
    department: Department | None = None,
    is_deputy: bool = False,
) -> Appointment:
    """Give a person a role in an area. Raises `BadInput`."""
    if role == Role.RESIDENT:
        raise BadInput("nobody_is_resident", _("The role of resident is not given: whoever holds a receipt has it."))
    if role == Role.HANDLER and department is None:
        raise BadInput("handler_needs_department", _("A department officer needs a department. Choose one."))
    if to_on is not None and to_on < from_on:
        raise BadInput("ends_before_start", _("The last day lies before the first. Correct the dates."))
    if not area.is_open:
        raise BadInput("area_closed", _("%(area)s is closed. Appoint in the area that follows it."), area=area.name)
    if not person.is_active:
        raise BadInput("account_closed", _("This account is closed. Open it first, or appoint somebody else."))
    _keep_apart(person, role, from_on, to_on)
    return Appointment.objects.create(
        person=person, role=role, area=area, from_on=from_on, to_on=to_on, department=department, is_deputy=is_deputy
    )


def _keep_apart(person: Person, role: Role, from_on: date, to_on: date | None) -> None:
    """Three separate people, who read no matter (GB/T 22239-2019 8.1.5): on no day does an administrator hold another role.

    Days that overlap are no plain constraint of a table on both stores: so the person is locked meanwhile, and `doctor`
    and the start ask `held_together`.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    until = Q() if to_on is None else Q(from_on__lt=to_on)
    held = Appointment.objects.filter(until, Q(to_on__isnull=True) | Q(to_on__gt=from_on), person=person)
    others = {Role(one) for one in held.values_list("role", flat=True)} - {role}
    if role in ADMINISTRATORS and others & ADMINISTRATORS:
        raise BadInput(
            "three_apart",
            _(
                "Auditor, security administrator and system administrator are three separate people. Appoint somebody else."
            ),
            field="role",
        )
    if clash(role, others):
        raise BadInput(
            "administrators_see_nothing",
            _(
                "An administrator holds no other role on the same day. End that appointment first, or appoint somebody else."
            ),
            field="role",
        )


def held_together(at: datetime) -> list[Person]:
    """Those who hold the role of an administrator and another one at this moment; there should be nobody."""
    held: dict[int, set[Role]] = {}
    three = Appointment.objects.filter(role__in=ADMINISTRATORS).valid_on(_day(at)).values("person")
    for person, role in Appointment.objects.filter(person__in=three).valid_on(_day(at)).values_list("person", "role"):
        held.setdefault(person, set()).add(Role(role))
    wrong = [pk for pk, roles in held.items() if any(clash(role, roles - {role}) for role in roles)]
    return list(Person.objects.filter(pk__in=wrong, is_active=True).order_by("username"))


def end_appointment(appointment: Appointment, *, on: date) -> None:
    """The appointment is held until the day before `on`."""
    if on < appointment.from_on:
        raise BadInput("ends_before_start", _("The last day lies before the first. Correct the dates."))
    appointment.to_on = on
    appointment.save(update_fields=["to_on"])


def add_leave(appointment: Appointment, *, from_at: datetime, to_at: datetime) -> Leave:
    """The holder is away from `from_at` until `to_at`."""
    if to_at <= from_at:
        raise BadInput("ends_before_start", _("The last day lies before the first. Correct the dates."))
    return Leave.objects.create(appointment=appointment, from_at=from_at, to_at=to_at)


def require_register(by: Person, area: str, at: datetime) -> None:
    """Raises `NotYours` unless the person keeps the register of this area."""
    if not scope_of(by, at).roles_in(area) & KEEPS_REGISTER:
        raise not_yours()


def require_appointer(by: Person, area: str, at: datetime) -> None:
    """Raises `NotYours` unless the person appoints people in this area."""
    if not scope_of(by, at).roles_in(area) & KEEPS_APPOINTMENTS:
        raise not_yours()


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def facts_of(appointment: Appointment) -> dict[str, Any]:
    """What the journal keeps of an appointment: codes and keys only."""
    return {"person": appointment.person_id, "role": appointment.role, "department": appointment.department_id or ""}


def require_open_department(department: Department, field: str) -> None:
    """Raises `BadInput` for a department that no longer exists; `field` is where it was chosen."""
    if department.closed_on is not None:
        raise BadInput(
            "department_closed",
            _("%(department)s no longer exists. Choose another."),
            department=department.name,
            field=field,
        )
