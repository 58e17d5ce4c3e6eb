"""`linli duties`: bringing in a version of the duty list, putting it in use, looking into it, writing it out."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.areas.codes import lineage, within
from linli.events import actions, duty_files
from linli.events.actions.duties import Reader
from linli.events.models import Category, Duty, DutyList
from linli.events.rules import Line, weigh
from linli.kit.reasons import reason
from linli.kit.refusal import BadInput
from linli.kit.tables import sheets_of


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
        show = acts.add_parser("show", help=_("The lines in force; with category and area, who leads there and why."))
        show.add_argument("name", metavar="NAME", nargs="?", help=_("Without, the version in use."))
        show.add_argument("--category", help=_("Code or name of a category."))
        show.add_argument("--area", help=_("Code or name of an area."))
        show.add_argument("--csv", action="store_true", help=_("As CSV, for other programs."))
        export = acts.add_parser("export", help=_("Write a version as CSV that can be brought in again."))
        export.add_argument("name", metavar="NAME", nargs="?", help=_("Without, the version in use."))
        export.add_argument("--names", action="store_true", help=_("Names for people instead of codes."))
        export.add_argument("--to", type=Path, metavar="FILE.csv", help=_("Without, to standard output."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the chosen act."""
        getattr(self, f"_{options['act']}")(options)

    def _import(self, options: dict[str, Any]) -> None:
        """The refused rows, each with its line, end it."""
        file, sheet = options["file"], options["sheet"]
        self._say_sheet(file, sheet)
        now = timezone.now()
        with transaction.atomic():
            made = actions.load_list(
                duty_files.read_list(file, sheet), name=options["name"], source=options["source"], by=None, at=now
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
        made = _version(options["name"])
        actions.put_in_use(made, from_on=options["from_on"], by=None, at=timezone.now())
        self.stdout.write(_("In use from %(day)s on.") % {"day": options["from_on"].isoformat()})

    def _show(self, options: dict[str, Any]) -> None:
        """Lines narrowed by category and area; with both, the line that speaks there first, and why the others do not."""
        made, reader = _version(options["name"]), Reader()
        category = (
            Category.objects.select_related("parent").get(pk=reader.category(options["category"]))
            if options["category"]
            else None
        )
        area = reader.area(options["area"]) if options["area"] else ""
        rows = list(_told(made, category, area))
        if options["csv"]:
            csv.writer(self.stdout).writerows([_HEAD, *rows])
            return
        for row in rows:
            self.stdout.write("  ".join(filter(None, row)))
        if not rows:
            self.stdout.write(_("No line of this version fits."))

    def _export(self, options: dict[str, Any]) -> None:
        content = duty_files.written(_version(options["name"]), in_words=options["names"])
        if options["to"] is None:
            self.stdout.write(content, ending="")
            return
        try:
            options["to"].write_text(duty_files.MARK + content, encoding="utf-8", newline="")
        except OSError as error:
            words = _("%(file)s cannot be written: %(why)s.")
            raise BadInput("not_written", words, file=str(options["to"]), why=reason(error)) from None


_HEAD = ("category", "category_name", "area", "area_name", "lead", "lead_name", "basis", "hours", "why")


def _version(name: str | None) -> DutyList:
    """The version of this name; without one, that in force today."""
    if not name:
        in_force = DutyList.objects.in_force_on(timezone.localdate())
        if in_force is None:
            raise BadInput("no_list_in_use", _("No duty list is in use. Bring one in first."))
        return in_force
    made = DutyList.objects.filter(name=name).first()
    if made is None:
        raise BadInput("no_such_list", _("There is no duty list named “%(name)s”."), name=name)
    return made


def _told(made: DutyList, category: Category | None, area: str) -> Iterator[tuple[str, ...]]:
    duties = made.duties.select_related("category", "area", "lead")
    if category is not None:
        codes = [category.code, *([category.parent.code] if category.parent else [])]
        duties = duties.filter(category__code__in=codes)
    if area:
        duties = duties.filter(Q(area__in=lineage(area)) | within(area))
    if category is None or not area:
        yield from (_row(duty, "") for duty in duties)
        return
    by_pk = {duty.pk: duty for duty in duties}
    lines = [Line(duty.pk, duty.category.code, duty.area_id, duty.lead_id) for duty in by_pk.values()]
    closed = {duty.lead_id for duty in by_pk.values() if duty.lead.closed_on}
    present = dict.fromkeys((line.lead for line in lines), 1)
    weighed = weigh(lines, category=category.code, area=area, closed=closed, present=present)
    if weighed.line:
        yield _row(by_pk[weighed.line.pk], _("leads"))
    yield from (_row(by_pk[line.pk], str(why.label)) for line, why in weighed.others)


def _row(duty: Duty, why: str) -> tuple[str, ...]:
    category, area, lead = duty.category, duty.area, duty.lead
    return (category.code, str(category), area.code, area.name, lead.code, str(lead), duty.basis, duty.hours, why)
