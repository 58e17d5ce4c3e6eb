"""`linli restore`: a backup into an empty home."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.chores.backup import folders, keys
from linli.chores.backup.checking import check
from linli.chores.backup.restoring import Wanted, restore, restore_files
from linli.chores.management.commands.backup import in_words


class Command(BaseCommand):
    """Restores all of a backup, or nothing."""

    help = gettext_noop("Restore a backup into an empty home (and an empty database): all of it or nothing.")

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, and where to."""
        parser.add_argument("backup", help=_("A backup, or the folder in which they lie: then the last one."))
        parser.add_argument("--into", default=str(settings.HOME), help=_("The empty home; by default LINLI_HOME."))
        parser.add_argument(
            "--database-url",
            default=os.environ.get("LINLI_DATABASE_URL", ""),
            help=_("An empty PostgreSQL database, for a backup made of one."),
        )
        parser.add_argument(
            "--key-file", default=str(settings.BACKUP_KEY_FILE), help=_("File with the key that seals it.")
        )
        parser.add_argument(
            "--files-only",
            action="store_true",
            help=_("No database and no photos: the secret key and what lies beside."),
        )
        parser.add_argument("--dry-run", action="store_true", help=_("Only look whether all of it can be restored."))

    def handle(self, *args: Any, backup: str, into: str, database_url: str, key_file: str, **options: Any) -> None:
        """Do it and say what was done."""
        key, chosen = keys.read(Path(key_file)), folders.chosen(Path(backup))
        wanted = Wanted(chosen, Path(into).resolve(), key, database_url)
        if options["files_only"]:
            restore_files(wanted)
            self.stdout.write(_("The files of %(backup)s are in %(home)s.") % {"backup": chosen.name, "home": into})
            return
        if options["dry_run"]:
            with tempfile.TemporaryDirectory(prefix="linli-") as scratch:
                checked = check(chosen, key, Path(scratch))
        else:
            checked = restore(wanted)
        self.stdout.write(in_words(checked))
        if not options["dry_run"]:
            facts = {"backup": chosen.name, "home": into}
            self.stdout.write(_("%(backup)s is restored in %(home)s. Start linli with LINLI_HOME set to it.") % facts)
