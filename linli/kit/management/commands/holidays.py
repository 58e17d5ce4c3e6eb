"""`linli holidays`: the calendar of working days."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.kit.holidays import SHIPPED, load_calendar
from linli.kit.workdays import stored_calendar


class Command(BaseCommand):
    """Take up published holidays and made-up working days."""

    help = gettext_noop(
        "Take up the published holidays that come with linli, or those of a CSV file (day,is_working,name)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """A file, or none."""
        parser.add_argument("file", metavar="FILE.csv", nargs="?", default=str(SHIPPED))
        parser.add_argument(
            "--overwrite", action="store_true", help=_("Also replace days which the county has entered.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say up to which year holidays are known."""
        count = load_calendar(options["file"], overwrite=options["overwrite"])
        known = max(stored_calendar().published_years, default=None)
        self.stdout.write(
            _("%(count)s days added or changed. Holidays are known up to %(year)s.")
            % {"count": count, "year": known or "-"}
        )
