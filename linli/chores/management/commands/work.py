"""`linli work`: does what nobody asks for, by the clock."""

import gc
import logging
import signal
import threading
import time
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli import checks
from linli.chores import running
from linli.chores.table import CHORES, Work
from linli.kit.refusal import Refused

log = logging.getLogger(__name__)
#: Chores by the clock are looked at once a second; what people wait for, five times.
_ROUND_S, _PAUSE_S = 1.0, 0.2
_IMPATIENT = tuple(work for work in CHORES if not work.every_s)
_PAUSE_AFTER_TROUBLE_S = 5.0


class Command(BaseCommand):
    """Runs the table of chores until it is told to stop."""

    help = gettext_noop(
        "Do the chores: take in reports, search index, reminders, limits. Runs until stopped; several may run at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument("--once", action="store_true", help=_("Do every chore once, now, and end."))

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        """Work, unless the start is one that `linli up` and `serve` would refuse too: chores send, delete and back up."""
        checks.refuse_unsafe_start()
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
    # What is loaded now stays: it need not be looked through for garbage again and again.
    gc.collect()
    gc.freeze()
    next_round = 0.0
    while not stop.is_set():
        is_round = time.monotonic() >= next_round
        done, rest = _slice(CHORES if is_round else _IMPATIENT)
        if is_round and not done:
            next_round = time.monotonic() + _ROUND_S
        stop.wait(rest)


def _slice(works: Iterable[Work]) -> tuple[bool, float]:
    """Do what is due of these; whether anything was, and how long to rest afterwards, in seconds."""
    try:
        close_old_connections()
        return (True, 0.02) if running.run_due(works=works) else (False, _PAUSE_S)
    except (DatabaseError, InterfaceError) as error:
        # The store is away or full: this process outlives that.
        log.error("The store cannot be used now: %s", str(error).strip().split("\n")[0])
        return False, _PAUSE_AFTER_TROUBLE_S
