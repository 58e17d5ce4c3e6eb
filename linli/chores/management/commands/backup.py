"""`linli backup`: everything of this home, sealed, while it runs."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.chores.backup import keys
from linli.chores.backup.checking import Checked
from linli.chores.backup.making import Made, Wanted, make


class Command(BaseCommand):
    """Makes a backup, or the key for them."""

    help = gettext_noop("Save database, photos and keys into a folder, sealed and proved, while linli runs.")

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and how."""
        parser.add_argument("to", nargs="?", default=settings.BACKUP_TO, help=_("Folder in which the backups lie."))
        parser.add_argument(
            "--key-file", default=str(settings.BACKUP_KEY_FILE), help=_("File with the key that seals it.")
        )
        parser.add_argument("--new-key", metavar="FILE", help=_("Make a new key in this file, and no backup."))
        parser.add_argument("--keep", type=int, default=0, help=_("Keep so many and delete older ones; 0 keeps all."))
        parser.add_argument(
            "--no-verify", action="store_true", help=_("Do not restore it into a scratch place to prove it.")
        )
        parser.add_argument(
            "--anew", action="store_true", help=_("Write all photos anew; take none over from the last.")
        )

    def handle(self, *args: Any, to: str, key_file: str, new_key: str, keep: int, **options: Any) -> None:
        """Do it and say what was done."""
        if new_key:
            self._make_key(Path(new_key))
            return
        if not to:
            raise CommandError(_("Name the folder for the backups, or set LINLI_BACKUP_TO."))
        verify, anew = not options["no_verify"], options["anew"]
        wanted = Wanted(Path(to), keys.read(Path(key_file)), Path(key_file), keep, verify, anew)
        self._tell(make(wanted, timezone.now()))

    def _make_key(self, path: Path) -> None:
        keys.make(path)
        self.stdout.write(path.read_text("utf-8").strip().splitlines()[-1])
        self.stdout.write(
            _("Written to %(file)s. Copy this line on paper: without it no backup opens.") % {"file": path}
        )

    def _tell(self, made: Made) -> None:
        store, photos = made.manifest.store, made.manifest.photos
        facts = {"path": made.path, "rows": store.rows, "tables": len(store.counts), "photos": photos.files}
        self.stdout.write(_("%(path)s: %(rows)s rows in %(tables)s tables, %(photos)s photos and files.") % facts)
        if photos.where == "bucket":
            self.stdout.write(_("Photos lie in a bucket and are not in the backup: copy the bucket by its own means."))
        if photos.gone:
            self.stdout.write(_("Deleted meanwhile: %(names)s") % {"names": ", ".join(photos.gone)})
        self.stdout.write(in_words(made.checked) if made.checked else _("It was not verified."))
        if made.has_shrunk:
            words = _(
                "The journal is shorter than in the backup before: was something lost? No older backup is deleted."
            )
            self.stdout.write(words)
        for path in made.forgotten:
            self.stdout.write(_("Deleted, beyond --keep: %(path)s") % {"path": path})
        if made.others:
            words = _(
                "Sealed with another key or of another home, so left as they are: %(names)s. Delete them yourself once "
                "nobody needs them."
            )
            self.stdout.write(words % {"names": ", ".join(path.name for path in made.others)})


def in_words(checked: Checked) -> str:
    """What was seen when it was proved."""
    if checked.proof is None:
        return _(
            "Verified as far as possible: the dump is whole. To have it restored for a check, let the role create databases."
        )
    facts = {"entries": checked.proof.entries, "photos": checked.photos_read}
    if checked.is_whole:
        return _("Verified: restored, the journal whole (%(entries)s entries), %(photos)s photos read.") % facts
    broken = ", ".join(f"{chain} {position}" for chain, position in checked.proof.breaks)
    return _("Verified: restored as it was, but the journal does not hold: %(broken)s. Run “linli doctor”.") % {
        "broken": broken
    }
