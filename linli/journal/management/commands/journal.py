"""`linli journal`: prove that it is as it was written, anchor it in a file outside the database, cut it up by month."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from linli.journal import months, parting
from linli.journal.anchors import anchor, anchors_path
from linli.journal.models import ChainHead
from linli.journal.proving import STEP, Break, Course
from linli.journal.saying import said
from linli.journal.verifying import KEPT, keep_result
from linli.kit.progress import progress
from linli.kit.refusal import BadInput, Refused

#: Places told one by one.
_TOLD = 1000


class Command(BaseCommand):
    """One subcommand per act."""

    help = gettext_noop(
        "The journal: verify that it is as it was written, anchor it outside the database, cut it up by month."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The acts."""
        acts = parser.add_subparsers(dest="act", required=True)
        verify = acts.add_parser("verify", help=_("Prove every entry, and compare the chains with their anchors."))
        verify.add_argument("--chain", metavar="CHAIN", help=_("Only this chain: the code of a county, or -."))
        verify.add_argument(
            "--since",
            metavar="DAY",
            type=date.fromisoformat,
            help=_("Only from the last anchor before this day, e.g. 2026-11-01."),
        )
        partition = acts.add_parser(
            "partition", help=_("On PostgreSQL: cut the journal up into a partition for each month.")
        )
        partition.add_argument("--undo", action="store_true", help=_("Make it one table again."))
        partition.add_argument(
            "--wait",
            metavar="SECONDS",
            type=float,
            default=10,
            help=_("How long to try for a moment without anybody else at the journal; 10 if not given."),
        )
        acts.add_parser("anchor", help=_("Append the ends of all chains to the anchors, as the worker does every day."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")(options)

    def _anchor(self, _options: dict[str, Any]) -> None:
        count = anchor(timezone.now())
        words = ngettext("%(n)s chain anchored in %(file)s.", "%(n)s chains anchored in %(file)s.", count)
        self.stdout.write(words % {"n": count, "file": anchors_path()})

    def _partition(self, options: dict[str, Any]) -> None:
        if options["undo"]:
            self._put_together(options["wait"])
        elif months.is_parted() and (count := parting.prove_references()):
            words = _("%(n)s references to the journal are proved, which a run that was broken off had left.")
            self.stdout.write(words % {"n": count})
        else:
            self._cut_up(options["wait"])

    def _cut_up(self, wait_s: float) -> None:
        parting.refuse_as_it_is()
        self.stdout.write(_("The table as it lies becomes the first partition; nothing is copied, and others work on."))
        done = parting.cut_up(timezone.now(), wait_s)
        facts = {"n": len(months.parts()), "seconds": f"{done.waited_s:.2f}"}
        words = _("The journal lies in %(n)s partitions. Everybody else waited for %(seconds)s seconds.")
        self.stdout.write(words % facts)
        self.stdout.write(_("The worker begins the partition of this month, and makes that of each month to come."))

    def _put_together(self, wait_s: float) -> None:
        done = parting.put_together(wait_s)
        facts = {"n": f"{done.copied:,}", "seconds": f"{done.waited_s:.2f}"}
        words = _(
            "The journal is one table again. %(n)s entries were copied; everybody else waited for %(seconds)s seconds."
        )
        self.stdout.write(words % facts)

    def _verify(self, options: dict[str, Any]) -> None:
        """Exit status 1 if anything does not hold."""
        chain, since, at = options["chain"] or "", options["since"], timezone.now()
        if chain and not ChainHead.objects.filter(pk=chain).exists():
            raise BadInput("no_such_chain", _("There is no chain “%(chain)s” in this journal."), chain=chain)
        course = Course(only=chain, since=since.isoformat() if since else "")
        kept, found = list[Break](), 0
        for one in _breaks(course):
            found += 1
            kept += [one] if len(kept) < KEPT else []
            if found <= _TOLD:
                self.stdout.write(said(one))
        if not chain and not since:
            keep_result(course, kept, found, at)
        facts = {"n": f"{course.read:,}", "anchors": len(course.anchors.lines)}
        if found:
            words = _("The journal does not hold at %(found)s places. Leave everything as it is; see docs/audit.md.")
            raise Refused("journal_broken", words, found=found)
        self.stdout.write(_("The journal is whole: %(n)s entries, %(anchors)s lines of anchors.") % facts)


def _breaks(course: Course) -> Iterator[Break]:
    """What does not hold, with a line that tells how far it is."""
    chains = ChainHead.objects.filter(**({"pk": course.only} if course.only else {}))
    total = int(chains.aggregate(all=Sum("length"))["all"] or 0)
    steps = progress(_steps(course), total=total // STEP + 2 * chains.count() + 1, label=str(_("Verifying")))
    for found in steps:
        yield from found


def _steps(course: Course) -> Iterator[list[Break]]:
    while not course.is_over:
        yield course.step()
