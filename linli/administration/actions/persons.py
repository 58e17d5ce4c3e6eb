"""Persons as the security administrator keeps them: added with a password for one sign-in, closed, opened again.

Appointing them and ending appointments is in `events.actions.register`, where areas and what is open in them are known.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.accounts.actions import end_sessions, give_password, persons_helped
from linli.accounts.actions.links import forget_links
from linli.accounts.actions.passwords import end_password
from linli.accounts.actions.signing import area_of
from linli.areas.codes import lineage
from linli.journal.actions import record
from linli.kit.refusal import NotYours, Refused
from linli.people import actions as people_actions
from linli.people.models import Person
from linli.people.rules import ADMINISTERED, Scope

KEEPER = ADMINISTERED["persons"]


def may_add(scope: Scope) -> bool:
    """Whether somebody adds persons: who is appointed nowhere yet belongs to the whole county."""
    return any(one.role == KEEPER and lineage(one.area) == [one.area] for one in scope.held)


@transaction.atomic
def add(*, username: str, name: str, telephone: str = "", by: Person, at: datetime) -> tuple[Person, str]:
    """A new person, who holds nothing yet, and the password for the first sign-in, which nobody can read again.

    Raises `BadInput`, `NotYours`.
    """
    if not may_add(people_actions.scope_of(by, at)):
        raise NotYours("not_yours", _("Persons are added by the security administrator of the county. Ask there."))
    person = people_actions.add_person(username=username, name=name, telephone=telephone)
    record("person.added", on=person, by=by, at=at)
    return person, give_password(person, by=by, at=at)


@transaction.atomic
def close(person: Person, *, by: Person, at: datetime) -> None:
    """They sign in no more, and every sign-in ends now; what they did stays theirs. Raises `NotYours`, `Refused`."""
    _require_keeper(person, by, at)
    if not Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        raise Refused("closed_already", _("This account is closed already. Refresh the page."))
    end_sessions(person, at=at, by=by)
    record("person.closed", on=person, by=by, at=at, area=area_of(person, at))


@transaction.atomic
def reopen(person: Person, *, by: Person, at: datetime) -> None:
    """They may sign in again, with a new password alone: whoever knows the one before, or holds the account at the provider,
    may be why it was closed. Raises `NotYours`, `Refused`.
    """
    _require_keeper(person, by, at)
    if not Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        raise Refused("open_already", _("This account is open already. Refresh the page."))
    end_password(person, at=at)
    forget_links(person)
    record("person.reopened", on=person, by=by, at=at, area=area_of(person, at))


def _require_keeper(person: Person, by: Person, at: datetime) -> None:
    if not persons_helped(by, at, KEEPER).filter(pk=person.pk).exists():
        raise NotYours("not_yours", _("None of your appointments includes this act. Ask another administrator."))
