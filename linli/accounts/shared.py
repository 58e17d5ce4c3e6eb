"""Accounts that belong to nobody in particular: those of a demonstration, of an installation, with a password everybody knows."""

from collections.abc import Iterator

from django.contrib.auth.hashers import check_password
from django.db import DatabaseError
from django.utils.translation import gettext as _

from linli.accounts.rules import DEMO_PASSWORD, SHARED_NAMES
from linli.areas.models import Area
from linli.people.models import Person

#: To try a password costs a twentieth of a second: the oldest accounts whose password was never changed here. All others are
#: told when they sign in.
_TRIED = 40


def shared_accounts() -> Iterator[tuple[str, str]]:
    """Code and sentence of what must not be before others reach this home; nothing where there is no store yet."""
    try:
        yield from list(_found())
    except DatabaseError:
        return


def _found() -> Iterator[tuple[str, str]]:
    if Area.objects.filter(parent__isnull=True, is_demo=True).exists():
        yield (
            "demo_in_production",
            _("This home holds the demonstration, whose logins everybody knows. Set LINLI_HOME to an empty folder."),
        )
    names = _named()
    if names:
        words = _(
            "These accounts are named for nobody: %(names)s. Give people their own; then: linli accounts close NAME"
        )
        yield "shared_accounts", words % {"names": ", ".join(names)}
    names = _with_demo_password()
    if names:
        words = _("These accounts have a password that everybody knows: %(names)s. Run: linli accounts password NAME")
        yield "known_passwords", words % {"names": ", ".join(names)}


def _named() -> list[str]:
    rows = Person.objects.filter(is_active=True).values_list("username", flat=True)
    return sorted(name for name in rows.iterator() if name.casefold() in SHARED_NAMES)[:10]


def _with_demo_password() -> list[str]:
    rows = Person.objects.filter(is_active=True, account__isnull=True).exclude(password__startswith="!")
    oldest = rows.order_by("pk").values_list("username", "password")[:_TRIED]
    return [name for name, password in oldest if check_password(DEMO_PASSWORD, password)]
