"""`linli demo`: fills an empty home with the demo county and prints the logins."""

from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.demo.build import Built, build, is_demo_home, is_empty_home
from linli.demo.cast import PASSWORD, keep_logins, logins

_MOST = 100_000


class Command(BaseCommand):
    """Make the demo county, or say who signs in there."""

    help = gettext_noop(
        "Fill an empty home with a demo county and a year of invented matters, and print a login for each role."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How much, by which chance, and what to do in a home that is not empty."""
        parser.add_argument("--events", type=int, metavar="N", help=_("How many matters; 3000 unless told."))
        parser.add_argument("--seed", type=int, default=1, metavar="N", help=_("Another number gives another county."))
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help=_("Do nothing in a home that holds anything; print the logins if it is a demo."),
        )
        parser.add_argument("--small", action="store_true", help=_("Two townships and 60 matters, for a quick look."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Build unless told otherwise, then print the logins."""
        if not options["if_empty"] or is_empty_home():
            count = options["events"] if options["events"] is not None else 60 if options["small"] else 3000
            if not 1 <= count <= _MOST:
                self.stderr.write(_("--events takes a number from 1 to %(most)s.") % {"most": _MOST})
                raise SystemExit(2)
            if is_empty_home():
                self.stdout.write(_("Making the demo county. This takes a minute or two."))
            self._tell(build(now=timezone.now(), seed=options["seed"], events=count, small=options["small"]))
        if is_demo_home():
            keep_logins()
            self._print_logins()

    def _tell(self, built: Built) -> None:
        words = _(
            "Made %(grids)s grids and %(events)s matters with %(acts)s steps. All of it is invented and marked as demo."
        )
        self.stdout.write(words % {"grids": built.grids, "events": built.events, "acts": built.acts})

    def _print_logins(self) -> None:
        head = (_("Role"), _("Person"), _("Area or department"), _("User name"), _("Password"))
        rows = [head, *((str(one.role.label), one.name, one.area, one.username, PASSWORD) for one in logins())]
        widths = [max(_width(row[column]) for row in rows) for column in range(len(head))]
        for row in rows:
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Columns a text takes at a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
