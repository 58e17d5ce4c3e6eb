"""Whether a password may be taken: the rules, the list of common ones, and those the person has had."""

import secrets
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.accounts.models import FormerPassword
from linli.accounts.rules import READABLE, REMEMBERED, SHARED_PASSWORDS, Owner, faults
from linli.people.models import Person


def problems(password: str, person: Person) -> list[str]:
    """What is wrong with a new password of this person, as sentences; empty: it may be taken."""
    owner = Owner(person.username, person.name, person.telephone or "")
    found = [str(one) for one in faults(password, owner, is_production=bool(settings.HOSTS))]
    if not found and _is_common(password):
        found.append(str(_("Many people use this password, so it is tried first. Take another.")))
    if not found and _was_used(password, person):
        found.append(str(_("This is the password of now or one of the last five. Take a new one.")))
    return found


def is_shared(password: str) -> bool:
    """Whether it is a password of demonstrations and fresh installations, which everybody knows."""
    return password.casefold() in SHARED_PASSWORDS


def new_password() -> str:
    """One to be read out and typed once: four groups of four, of three kinds."""
    groups = ["".join(secrets.choice(READABLE) for _sign in range(4)) for _group in range(4)]
    # Whatever was drawn, a digit and a capital letter are in it.
    return "-".join(groups)[:-1] + secrets.choice("ABCDEFGHJKMNPQRSTUVWXYZ") + secrets.choice("23456789")


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _is_common(password: str) -> bool:
    try:
        _common().validate(password)
    except ValidationError:
        return True
    return False


def _was_used(password: str, person: Person) -> bool:
    former = FormerPassword.objects.filter(person=person)[:REMEMBERED].values_list("password", flat=True)
    return any(check_password(password, one) for one in [person.password, *former])
