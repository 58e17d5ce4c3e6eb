"""`linli calendars`: files of days off looked at and taken up, and a year as the home keeps it."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.events.actions import calendar
from linli.kit.dayfiles import Reading, read_days
from linli.kit.models import CalendarDay
from linli.kit.printable import printable
from linli.kit.refusal import BadInput
from linli.kit.workdays import stored_calendar, write_hours

ACCEPTED, REFUSED = "accepted", "refused"
_NONE = "-"
#: So much of what is unclear is said of one file.
_MOST_TOLD = 20


class Command(BaseCommand):
    """Calendars of days off and working days."""

    help = gettext_noop("Calendars of days off: look at files, take them up, show a year.")

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand per act."""
        acts = parser.add_subparsers(dest="act", required=True)
        look = acts.add_parser(
            "check",
            help=_(
                "One line per file: accepted or refused, file, why, days off, working days, years, first and last day,"
                " what is unclear. Stores nothing."
            ),
        )
        look.add_argument("files", nargs="+", metavar="FILE")
        take = acts.add_parser("import", help=_("Take up the days of files; the limits that run follow."))
        take.add_argument("files", nargs="+", metavar="FILE")
        take.add_argument("--overwrite", action="store_true", help=_("Also replace days which the county has entered."))
        take.add_argument("--dry-run", action="store_true", help=_("Only say what would be taken up."))
        show = acts.add_parser("show", help=_("The days of a year that differ from their weekday."))
        show.add_argument("year", metavar="YEAR", type=_year)

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the chosen act."""
        {"check": self._check, "import": self._import, "show": self._show}[options["act"]](options)

    def _check(self, options: dict[str, Any]) -> None:
        refused = 0
        for name in options["files"]:
            parts = _told(name)
            refused += parts[0] == REFUSED
            self.stdout.write("\t".join(printable(part) for part in parts))
        if refused:
            self.stdout.flush()
            raise SystemExit(1)

    def _import(self, options: dict[str, Any]) -> None:
        """All files or none: each is read before any is stored."""
        read = [(Path(name).name, read_days(Path(name))) for name in options["files"]]
        words = _("%(file)s: %(count)s days added or changed, %(moved)s limits moved.")
        if options["dry_run"]:
            words = _("%(file)s: %(count)s days would be added or changed, %(moved)s limits moved. Nothing was stored.")
        with transaction.atomic():
            for name, reading in read:
                edit = calendar.bring_in(
                    reading.days.values(), file=name, by=None, at=timezone.now(), overwrite=options["overwrite"]
                )
                count, moved = (len(edit.after), edit.moved) if edit else (0, 0)
                self.stdout.write(words % {"file": printable(name), "count": count, "moved": moved})
                for line in _unclear(reading):
                    self.stdout.write("  " + printable(line))
            if options["dry_run"]:
                transaction.set_rollback(True)

    def _show(self, options: dict[str, Any]) -> None:
        year = options["year"]
        known = stored_calendar(date(year, 1, 1))
        first = date(year, 1, 1)
        working = sum(known.is_working(first + timedelta(days=n)) for n in range((date(year + 1, 1, 1) - first).days))
        state = _("year published") if year in known.published_years else _("provisional: its notice is not there yet")
        self.stdout.write(
            _("%(year)s: %(state)s. %(working)s working days. Office hours %(hours)s.")
            % {"year": year, "state": state, "working": working, "hours": write_hours(known.office_hours)}
        )
        for row in CalendarDay.objects.filter(day__year=year):
            kind = _("Working day") if row.is_working else _("Day off")
            source = f"{row.get_origin_display()}{f' ({row.note})' if row.note else ''}"
            line = [row.day.isoformat(), date_format(row.day, "D"), kind, row.name or _NONE, source]
            self.stdout.write("\t".join(printable(str(part)) for part in line))


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 2000 <= int(text) <= 2099):
        raise ArgumentTypeError(_("A year from 2000 to 2099 is needed."))
    return int(text)


def _told(name: str) -> list[str]:
    try:
        found = read_days(Path(name))
    except BadInput as refusal:
        return [REFUSED, name, f"{refusal.code}: {refusal.message}", *[_NONE] * 5]
    days = list(found.days)
    years = ",".join(str(year) for year in found.years)
    span = f"{days[0].isoformat()}–{days[-1].isoformat()}"
    return [ACCEPTED, name, _NONE, str(found.off), str(found.working), years, span, str(len(found.unclear))]


def _unclear(found: Reading) -> Iterator[str]:
    for one in found.unclear[:_MOST_TOLD]:
        yield _("not taken: %(what)s. %(why)s") % {"what": one.what, "why": one.why}
    if len(found.unclear) > _MOST_TOLD:
        yield _("and %(count)s more that are not clear.") % {"count": len(found.unclear) - _MOST_TOLD}
