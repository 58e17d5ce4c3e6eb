"""`linli duties`: bringing in a version of the duty list, and putting it in use."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.events import actions
from linli.events.actions.duties import COLUMNS, NEEDED
from linli.events.models import DutyList
from linli.kit.forbidden import why_forbidden
from linli.kit.refusal import BadInput
from linli.kit.tables import columns_of, read_rows, sheets_of


class Command(BaseCommand):
    """Versions of the duty list."""

    help = gettext_noop("The duty list: who leads what, where, and on what basis.")

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand per act."""
        acts = parser.add_subparsers(dest="act", required=True)
        bring = acts.add_parser("import", help=_("Bring in a version from a table: all of it or nothing."))
        bring.add_argument("file", metavar="FILE.csv|FILE.xlsx")
        bring.add_argument("--sheet", help=_("Which sheet of a spreadsheet; without, the first that is filled."))
        bring.add_argument("--name", required=True, help=_("What this version is called."))
        bring.add_argument("--source", default="", help=_("Where it was published."))
        bring.add_argument("--from", dest="from_on", type=date.fromisoformat, help=_("Use it from this day on."))
        bring.add_argument("--dry-run", action="store_true", help=_("Only say which rows are not possible."))
        use = acts.add_parser("use", help=_("Put a version in use that was brought in before."))
        use.add_argument("name", metavar="NAME", help=_("What this version is called."))
        use.add_argument(
            "--from", dest="from_on", required=True, type=date.fromisoformat, help=_("Use it from this day on.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the chosen act."""
        {"import": self._import, "use": self._use}[options["act"]](options)

    def _import(self, options: dict[str, Any]) -> None:
        """The refused rows, each with its line, end it."""
        file, sheet = options["file"], options["sheet"]
        _refuse_columns(columns_of(file, sheet=sheet))
        self._say_sheet(file, sheet)
        now = timezone.now()
        with transaction.atomic():
            made = actions.load_list(
                read_rows(file, sheet=sheet), name=options["name"], source=options["source"], by=None, at=now
            )
            if options["from_on"]:
                actions.put_in_use(made, from_on=options["from_on"], by=None, at=now)
            count = made.duties.count()
            if options["dry_run"]:
                transaction.set_rollback(True)
        tried, done = _("Rows that are good: %(count)s. Nothing was brought in."), _("Rows brought in: %(count)s.")
        self.stdout.write((tried if options["dry_run"] else done) % {"count": count})

    def _say_sheet(self, file: str, sheet: str | None) -> None:
        """Of several filled sheets but one is read."""
        names = sheets_of(file)
        if len(names) > 1:
            read = sheet or names[0]
            others = ", ".join(name for name in names if name != read)
            words = _("Read is the sheet “%(read)s”, not: %(others)s.")
            self.stdout.write(words % {"read": read, "others": others})

    def _use(self, options: dict[str, Any]) -> None:
        made = DutyList.objects.filter(name=options["name"]).first()
        if made is None:
            raise BadInput("no_such_list", _("There is no duty list named “%(name)s”."), name=options["name"])
        actions.put_in_use(made, from_on=options["from_on"], by=None, at=timezone.now())
        self.stdout.write(_("In use from %(day)s on.") % {"day": options["from_on"].isoformat()})


def _refuse_columns(columns: list[str]) -> None:
    """Raises `BadInput` for columns that are missing, that name persons, or that nobody knows: perhaps one is misspelt."""
    known = ", ".join(COLUMNS)
    for name in columns:
        if why := why_forbidden(name):
            raise BadInput("column_forbidden", _("The column “%(column)s” is not read: %(why)s"), column=name, why=why)
        if name not in COLUMNS:
            words = _("There is no column “%(column)s”. The columns are: %(columns)s.")
            raise BadInput("column_unknown", words, column=name, columns=known)
    if missing := sorted(NEEDED - set(columns)):
        words = _("The column %(column)s is missing. The columns are: %(columns)s.")
        raise BadInput("column_missing", words, column=missing[0], columns=known)
