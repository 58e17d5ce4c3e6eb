"""`linli doctor`: looks at the home and says what to do."""

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from linli.chores.examining import Level, examine
from linli.chores.examining_around import examine_around
from linli.kit.refusal import Refused


class Command(BaseCommand):
    """One line per thing looked at, beginning with ok, warn or fail."""

    help = gettext_noop("Look at the home: journal, numbers, calendar, disk, permissions. Changes nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, and end with status 1 if something is broken."""
        failed, at = 0, timezone.now()
        for finding in chain(examine(at), examine_around(at)):
            self.stdout.write(f"{finding.level:<5} {finding.sentence}")
            failed += finding.level == Level.FAIL
        if failed:
            self.stdout.flush()
            sentence = ngettext("%(count)s thing is broken.", "%(count)s things are broken.", failed)
            raise Refused("broken", sentence % {"count": failed})
        self.stdout.write(_("Nothing is broken."))
