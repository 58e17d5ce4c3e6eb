"""`linli retention`: what the schedule would let go now, without doing it; and doing it at once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from linli.privacy.retention import Planned, plan, run
from linli.privacy.saying import kept_for


class Command(BaseCommand):
    """One subcommand per act."""

    help = gettext_noop("The retention schedule: show what would go now, or let it go.")

    def add_arguments(self, parser: CommandParser) -> None:
        """The acts."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser(
            "plan", help=_("How many rows of each kind are due and held. Nothing is changed, nobody named.")
        )
        acts.add_parser("run", help=_("Let go what is due by the terms the county has approved, as the worker does."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")()

    def _plan(self) -> None:
        for one in plan(timezone.now()):
            self.stdout.write(
                f"{one.keeping.what}: {kept_for(one.keeping, one.days, is_decided=not one.waits_for_approval)}. {_said(one)}"
            )

    def _run(self) -> None:
        gone, step = 0, run(timezone.now())
        while step:
            gone, step = gone + step, run(timezone.now())
        self.stdout.write(ngettext("%(n)s row went.", "%(n)s rows went.", gone) % {"n": gone})


def _said(one: Planned) -> str:
    if one.waits_for_approval:
        return _("Due: %(due)s. A proposal: nothing goes until the county approves it.") % {"due": one.due}
    if not one.is_counted:
        return str(one.keeping.then.label)
    said = _("Due: %(due)s, held: %(held)s, goes: %(goes)s.")
    return said % {"due": one.due, "held": one.held, "goes": one.goes}
