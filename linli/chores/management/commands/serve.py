"""`linli serve`: the web server alone, for a service manager."""

import os
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections
from django.utils.translation import gettext_noop

from linli import checks
from linli.chores import serving


class Command(BaseCommand):
    """Becomes the web server."""

    help = gettext_noop("Start the web server alone; for a service manager, beside “linli work”.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace this process, so that signals reach the server itself."""
        checks.refuse_unsafe_start()
        serving.refuse_taken_port()
        connections.close_all()
        command = serving.web_command()
        os.execv(command[0], command)
