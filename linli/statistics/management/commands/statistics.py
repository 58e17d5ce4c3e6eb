"""`linli statistics`: count all anew from the rows, compare what was counted with them now, bring in official figures."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.areas.models import Area
from linli.events.models import Event
from linli.kit.progress import progress
from linli.kit.refusal import BadInput, Refused
from linli.statistics.comparing import compare_all
from linli.statistics.counting import STRIDE, begin_anew, follow
from linli.statistics.models import Counted, Difference
from linli.statistics.official import files
from linli.statistics.official.actions import import_rows


class Command(BaseCommand):
    """One subcommand per act."""

    help = gettext_noop("Figures that were counted ahead: count all anew from the rows, or compare them with the rows.")

    def add_arguments(self, parser: CommandParser) -> None:
        """The acts."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser(
            "rebuild", help=_("Forget every sum and count all matters anew. Pages read the rows meanwhile.")
        )
        acts.add_parser("compare", help=_("Compare every sum with the rows, as the worker does every night."))
        official = acts.add_parser("official", help=_("Bring in official figures from a table: all of it or nothing."))
        official.add_argument("file", metavar="FILE.csv|FILE.xlsx")
        official.add_argument("--area", required=True, help=_("Code of the area they are of."))
        official.add_argument("--sheet", help=_("Which sheet of a spreadsheet; without, the first that is filled."))
        official.add_argument("--dry-run", action="store_true", help=_("Only say which rows are not possible."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")(timezone.now(), options)

    def _rebuild(self, at: datetime, _options: dict[str, Any]) -> None:
        begin_anew(at)
        strides = Event.objects.count() // STRIDE + 1
        for _each in progress(_until_counted(at), total=strides, label=str(_("Counting all matters"))):
            pass
        self.stdout.write(_("Counted anew: %(count)s matters.") % {"count": Counted.objects.count()})

    def _compare(self, at: datetime, _options: dict[str, Any]) -> None:
        while follow(at):
            pass
        differing = compare_all(at)
        for one in Difference.objects.filter(found_at=at):
            place = " ".join(filter(None, (one.kind, one.area, one.facet, one.day, one.column)))
            self.stdout.write(f"{place}\t{one.stored}\t{one.recounted}")
        if differing:
            raise Refused(
                "figures_differ",
                _("%(count)s numbers differ from the rows. “linli statistics rebuild” counts all anew."),
                count=differing,
            )
        self.stdout.write(_("Every sum is what the rows say."))

    def _official(self, at: datetime, options: dict[str, Any]) -> None:
        """The refused rows, each with its line, end it."""
        area = Area.objects.filter(pk=options["area"]).first()
        if area is None:
            raise BadInput("no_such_area", _("There is no area with the code “%(code)s”."), code=options["area"])
        with transaction.atomic():
            done = import_rows(files.read_table(options["file"], options["sheet"]), area=area, by=None, at=at)
            if options["dry_run"]:
                transaction.set_rollback(True)
        words = _("New: %(new)s. Corrected: %(corrected)s. Known already: %(known)s.")
        self.stdout.write(words % {"new": done.new, "corrected": done.corrected, "known": done.known})
        if options["dry_run"]:
            self.stdout.write(_("Nothing was brought in: this was a trial."))


def _until_counted(at: datetime) -> Any:
    while follow(at):
        yield 1
