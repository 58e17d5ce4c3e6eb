"""`linli ledgers`: count the figures of ledgers anew from the rows, or compare what was counted with them now."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.kit.progress import progress
from linli.kit.refusal import Refused
from linli.mediation.ledgers.comparing import compare_all
from linli.mediation.ledgers.counting import STRIDE, begin_anew, follow
from linli.mediation.models import CountedDispute, Dispute


class Command(BaseCommand):
    """One subcommand per act."""

    help = gettext_noop("Figures of ledgers that were counted ahead: count all anew from the rows, or compare them.")

    def add_arguments(self, parser: CommandParser) -> None:
        """The acts."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser(
            "rebuild", help=_("Forget every sum and count all disputes anew. Pages read the rows meanwhile.")
        )
        acts.add_parser("compare", help=_("Compare every sum with the rows, as the worker does every night."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")(timezone.now())

    def _rebuild(self, at: datetime) -> None:
        begin_anew(at)
        strides = Dispute.objects.count() // STRIDE + 1
        for _each in progress(_until_counted(at), total=strides, label=str(_("Counting all disputes"))):
            pass
        self.stdout.write(_("Counted anew: %(count)s disputes.") % {"count": CountedDispute.objects.count()})

    def _compare(self, at: datetime) -> None:
        for _each in _until_counted(at):
            pass
        differing = 0
        for place, stored, recounted in compare_all(at):
            self.stdout.write(f"{' '.join(filter(None, place))}\t{stored}\t{recounted}")
            differing += 1
        if differing:
            raise Refused(
                "ledgers_differ",
                _("%(count)s numbers differ from the rows. “linli ledgers rebuild” counts all anew."),
                count=differing,
            )
        self.stdout.write(_("Every sum is what the rows say."))


def _until_counted(at: datetime) -> Iterator[int]:
    while follow(at):
        yield 1
