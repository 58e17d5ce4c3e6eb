"""The three administrators: naming them from the machine itself, who is missing, and who holds more than one thing."""

from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.accounts.actions import give_password
from linli.areas.models import Area
from linli.journal.actions import record
from linli.kit.refusal import BadInput
from linli.people import actions as people_actions
from linli.people.actions import held_together
from linli.people.models import Appointment, Person
from linli.people.rules import ADMINISTRATORS, Role


def holders(at: datetime) -> QuerySet[Appointment]:
    """Who holds one of the three roles now, accounts that are closed left out."""
    rows = Appointment.objects.filter(role__in=ADMINISTRATORS, person__is_active=True)
    return rows.valid_on(timezone.localdate(at)).select_related("person", "area").order_by("role", "area", "person")


def missing(at: datetime) -> list[Role]:
    """Of the three roles those that nobody holds now."""
    held = set(holders(at).values_list("role", flat=True))
    return [role for role in Role if role in ADMINISTRATORS and role not in held]


@transaction.atomic
def name_one(*, username: str, name: str, role: Role, area: str, at: datetime) -> tuple[Person, str]:
    """Let somebody hold one of the three roles from today, as the operator of the machine: of a new home there is nobody to ask.

    An account there is not yet is made; then, and only then, its first password comes too. `area` empty: the only one at the
    top. Raises `BadInput`.
    """
    if role not in ADMINISTRATORS:
        raise BadInput("not_an_administrator", _("From here only the three administrators are named."))
    person, password = Person.objects.filter(username=username.strip()).first(), ""
    if person is None:
        if not name.strip():
            raise BadInput(
                "name_missing", _("There is no account of this name. To make it, give the name of the person.")
            )
        person = people_actions.add_person(username=username, name=name)
        record("person.added", on=person, by=None, at=at)
        password = give_password(person, by=None, at=at)
    made = people_actions.appoint(person, role=role, area=_area(area), from_on=timezone.localdate(at))
    record("appointment.made", on=made, by=None, at=at, **people_actions.facts_of(made))
    return person, password


def _area(code: str) -> Area:
    found = Area.objects.open().filter(pk=code) if code else Area.objects.open().filter(parent__isnull=True)
    areas = list(found[:2])
    if len(areas) != 1:
        raise BadInput("which_area", _("Name the area by its code: --area 440881"))
    return areas[0]


def not_apart() -> Iterator[tuple[str, str]]:
    """Code and sentence where somebody holds an administrator's role beside another; nothing where there is no store yet."""
    try:
        names = [person.username for person in held_together(timezone.now())]
    except DatabaseError:
        return
    if names:
        words = _(
            "These accounts hold the role of an administrator and another one: %(names)s. End one of the two appointments."
        )
        yield "three_apart", str(words) % {"names": ", ".join(names[:10])}
