"""`linli vault`: the keys that seal contacts and files, how far sealing anew is, and what hangs on each."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.chores import resealing
from linli.chores.models import Resealing
from linli.kit import key_ring


class Command(BaseCommand):
    """One subcommand per act."""

    help = gettext_noop("The vault's keys: see them, make a new one, bring one back, retire an old one.")

    def add_arguments(self, parser: CommandParser) -> None:
        """The acts and what each takes."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("status", help=_("All keys, what hangs on each, and how far sealing anew is."))
        acts.add_parser("rotate", help=_("A new key seals from now on; the worker moves everything under it."))
        take = acts.add_parser("take", help=_("Add the keys of a file vault_keys out of a backup."))
        take.add_argument("file", metavar="FILE")
        retire = acts.add_parser("retire", help=_("Delete an old key on which nothing hangs any more."))
        retire.add_argument("key", metavar="KEY", help=_("Its number, or how it begins."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        getattr(self, f"_{options['act']}")(options)

    def _status(self, options: dict[str, Any]) -> None:
        ring, hanging = key_ring.ring(), resealing.all_hanging()
        for key in ring.keys:
            facts = {
                "key": key.id,
                "method": key.method.name,
                "day": f"{timezone.localtime(key.made_at):%Y-%m-%d}",
                "count": hanging.pop(key.id, 0),
                "current": _(", current") if key == ring.current else "",
            }
            self.stdout.write(_("%(key)s %(method)s since %(day)s: %(count)s seals%(current)s") % facts)
        if before := hanging.pop("", 0):
            self.stdout.write(
                _("With the secret key, from before there were keys: %(count)s seals") % {"count": before}
            )
        for key_id, count in sorted(hanging.items()):
            self.stdout.write(_("%(key)s is not here: %(count)s seals") % {"key": key_id, "count": count})
        self._tell_progress(ring.current.id)

    def _tell_progress(self, current: str) -> None:
        places, rows = resealing.places(), list(Resealing.objects.filter(key_id=current))
        facts = {
            "done": sum(one.done_at is not None for one in rows),
            "places": len(places),
            "seen": sum(one.seen for one in rows),
            "moved": sum(one.moved for one in rows),
        }
        words = _("Sealed anew: %(done)s of %(places)s places done, %(seen)s rows looked at, %(moved)s moved.")
        self.stdout.write(words % facts)
        if broken := sum(one.broken for one in rows):
            self.stdout.write(_("Not opened by any key, left as they are: %(count)s") % {"count": broken})

    def _rotate(self, options: dict[str, Any]) -> None:
        made = resealing.rotate(at=timezone.now())
        words = _(
            "%(key)s seals from now on. The worker moves what is older; “linli vault status” shows how far it is."
        )
        self.stdout.write(words % {"key": made.id})
        self.stdout.write(_("Make a backup now: it takes the new key along."))

    def _take(self, options: dict[str, Any]) -> None:
        fresh = resealing.take(Path(options["file"]), at=timezone.now())
        for key in fresh:
            self.stdout.write(_("Added: %(key)s") % {"key": key.id})
        if not fresh:
            self.stdout.write(_("All keys of this file are here already."))

    def _retire(self, options: dict[str, Any]) -> None:
        key = resealing.retire(options["key"], at=timezone.now())
        words = _("%(key)s is deleted. It is still in older backups, which need it.")
        self.stdout.write(words % {"key": key.id})
