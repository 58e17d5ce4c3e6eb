"""Changing a password, and whether the next sign-in asks for it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from linli.accounts.actions.signing import area_of, end_sessions
from linli.accounts.models import Account, FormerPassword
from linli.accounts.passwords import problems
from linli.accounts.rules import GIVEN_FOR, REMEMBERED
from linli.journal.actions import record
from linli.kit.refusal import BadInput
from linli.people.models import Person


@transaction.atomic
def change_password(person: Person, password: str, *, session: str = "", at: datetime) -> int:
    """A password of the person's own choice; all sessions but this one end, and how many is told. Raises `BadInput`."""
    # Two changes at once are one after the other, so that each knows the history.
    locked = Person.objects.select_for_update().get(pk=person.pk)
    found = problems(password, locked)
    if found:
        raise BadInput("weak_password", found[0], field="password")
    set_password(locked, password, must_change=False, at=at)
    person.password = locked.password
    ended = end_sessions(person, at=at, by=person, but=session)
    record("account.password_changed", on=person, by=person, at=at, area=area_of(person, at), sessions=ended)
    return ended


def has_to_change(person: Person, at: datetime) -> bool:
    """Whether somebody gave them this password, or it is older than this county allows (`LINLI_PASSWORD_DAYS`)."""
    account = Account.objects.filter(person=person).first()
    if account is None:
        return False
    return account.must_change or _is_too_old(account, at)


def has_lapsed(person: Person, at: datetime) -> bool:
    """Whether somebody gave them this password and they did not use it in time."""
    given = Account.objects.filter(person=person, must_change=True, password_set_at__lt=at - GIVEN_FOR)
    return given.exists()


def _is_too_old(account: Account, at: datetime) -> bool:
    days = settings.PASSWORD_DAYS
    return bool(days and account.password_set_at and account.password_set_at < at - timedelta(days=days))


def set_password(person: Person, password: str, *, must_change: bool, at: datetime) -> None:
    """Store a password and remember the one before it."""
    _remember(person, at)
    person.set_password(password)
    person.save(update_fields=["password"])
    Account.objects.update_or_create(person=person, defaults={"password_set_at": at, "must_change": must_change})


def end_password(person: Person, *, at: datetime) -> None:
    """The password of now opens nothing any more, and is not taken again; until another is given there is none."""
    _remember(person, at)
    person.set_unusable_password()
    person.save(update_fields=["password"])


def _remember(person: Person, at: datetime) -> None:
    if person.has_usable_password():
        FormerPassword.objects.create(person=person, password=person.password, until_at=at)
        kept = FormerPassword.objects.filter(person=person).order_by("-id").values_list("pk", flat=True)
        FormerPassword.objects.filter(person=person).exclude(pk__in=list(kept[:REMEMBERED])).delete()
