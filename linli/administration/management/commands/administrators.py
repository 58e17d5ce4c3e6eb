"""`linli administrators`: who the three are; and naming them, in a home where nobody can be asked yet."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.administration.actions import administrators
from linli.people.rules import ADMINISTRATORS, Role


class Command(BaseCommand):
    """One subcommand per act."""

    help = gettext_noop("The system administrator, the security administrator and the auditor: list them, name one.")

    def add_arguments(self, parser: CommandParser) -> None:
        """The acts and what each takes."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help=_("Who holds one of the three roles, and which of them nobody holds."))
        name = acts.add_parser(
            "name", help=_("Give one of the three roles to an account; a new account's password is printed once.")
        )
        name.add_argument("username", metavar="USERNAME")
        name.add_argument("--role", choices=sorted(ADMINISTRATORS), required=True, help=_("One of the three roles."))
        name.add_argument("--name", default="", help=_("The name of the person, for an account that is not there yet."))
        name.add_argument("--area", default="", metavar="CODE", help=_("In this area; without, in the one at the top."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")(options, timezone.now())

    def _list(self, options: dict[str, Any], at: datetime) -> None:
        for one in administrators.holders(at):
            self.stdout.write("  ".join([one.role, one.area_id, one.person.username, one.person.name]))
        for role in administrators.missing(at):
            self.stdout.write("  ".join([role.value, _("nobody")]))

    def _name(self, options: dict[str, Any], at: datetime) -> None:
        person, password = administrators.name_one(
            username=options["username"],
            name=options["name"],
            role=Role(options["role"]),
            area=options["area"],
            at=at,
        )
        if password:
            # The password alone on standard output, so that a script can hand it on.
            self.stdout.write(password)
        role = Role(options["role"]).label
        self.stderr.write(_("%(name)s is %(role)s from today.") % {"name": person.name, "role": role})
