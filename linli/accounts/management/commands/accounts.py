"""`linli accounts`: from the machine itself, when no administrator can sign in any more."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.accounts.actions import close_account, give_password, remove_link, reset_factors
from linli.accounts.rules import HelpReason
from linli.kit.refusal import BadInput
from linli.people.models import Person


class Command(BaseCommand):
    """Acts, each on one account."""

    help = gettext_noop("Help somebody to sign in again, from the machine itself.")

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, for whom and why."""
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        for name, words in (
            ("password", _("give a password for one sign-in, and print it once")),
            ("reset-factors", _("take all second factors of an account away")),
            ("unlink", _("remove the single sign-on from an account")),
            ("close", _("let nobody sign in with an account any more")),
        ):
            act = acts.add_parser(name, help=words)
            act.add_argument("username", help=_("the user name"))
            act.add_argument("--reason", choices=HelpReason.values, default=HelpReason.LOST.value, help=_("why"))

    def handle(self, *args: Any, act: str, username: str, reason: str, **options: Any) -> None:
        """Do it; the journal says that it was done here."""
        person = Person.objects.filter(username=username).first()
        if person is None:
            raise BadInput("no_such_account", _("There is no account of this name."))
        self.stdout.write(ACTS[act](person, reason, timezone.now()))


def _password(person: Person, reason: str, at: datetime) -> str:
    return give_password(person, by=None, reason=reason, at=at)


def _reset_factors(person: Person, reason: str, at: datetime) -> str:
    reset_factors(person, by=None, reason=reason, at=at)
    return _("The second factors are gone. The next sign-in asks for a new one where it is needed.")


def _unlink(person: Person, reason: str, at: datetime) -> str:
    remove_link(person, by=None, reason=reason, at=at)
    return _("The link is removed. Whoever signed in by it is signed out.")


def _close(person: Person, reason: str, at: datetime) -> str:
    close_account(person, reason=reason, at=at)
    return _("The account is closed. What was done with it stays in the journal.")


#: What each act does; it answers with the line to print.
ACTS: dict[str, Callable[[Person, str, datetime], str]] = {
    "password": _password,
    "reset-factors": _reset_factors,
    "unlink": _unlink,
    "close": _close,
}
