"""`linli work`: does what nobody asks for, by the clock."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.chores import running
from linli.kit.refusal import Refused

log = logging.getLogger(__name__)
_PAUSE_S = 1.0
_PAUSE_AFTER_TROUBLE_S = 5.0


class Command(BaseCommand):
    """Runs the table of chores until it is told to stop."""

    help = gettext_noop("Do the chores: search index, reminders, limits. Runs until stopped; several may run at once.")

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument("--once", action="store_true", help=_("Do every chore once, now, and end."))

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        """Work."""
        if once:
            _once()
        else:
            _until_stopped()


def _once() -> None:
    failed = running.run_once()
    if failed:
        raise Refused(
            "chores_failed", _("These chores failed: %(names)s. The lines above say why."), names=", ".join(failed)
        )


def _until_stopped() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        stop.wait(_slice())


def _slice() -> float:
    """Do what is due; how long to rest afterwards, in seconds."""
    try:
        close_old_connections()
        return 0.05 if running.run_due() else _PAUSE_S
    except (DatabaseError, InterfaceError) as error:
        # The store is away or full: this process outlives that.
        log.error("The store cannot be used now: %s", str(error).strip().split("\n")[0])
        return _PAUSE_AFTER_TROUBLE_S
