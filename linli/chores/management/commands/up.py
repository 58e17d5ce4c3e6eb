"""`linli up`: all of linli in one terminal."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli import checks
from linli.chores import serving


class Command(BaseCommand):
    """Runs the web server and a worker until stopped."""

    help = gettext_noop("Start the web server and the worker in this terminal; Ctrl-C stops both.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, say where, watch."""
        checks.refuse_unsafe_start()
        serving.refuse_taken_port()
        connections.close_all()
        parts = {_("The web server"): serving.web_command(), _("The worker"): serving.work_command()}
        serving.Supervisor(parts, self._tell).run(serving.answers, self._say_where)

    def _say_where(self) -> None:
        address = f"http://{serving.HOST}:{settings.PORT}/"
        self._tell(_("linli is ready at %(address)s (Ctrl-C stops it)") % {"address": address})

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
