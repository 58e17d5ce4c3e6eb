"""`linli keys`: the keys by which other systems come in."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.intake import keys
from linli.intake.models import ApiKey, Purpose


class Command(BaseCommand):
    """One subcommand per act."""

    help = gettext_noop("Keys of other systems: make one, list them, revoke one.")

    def add_arguments(self, parser: CommandParser) -> None:
        """The acts and what each takes."""
        acts = parser.add_subparsers(dest="act", required=True)
        create = acts.add_parser("create", help=_("A new key for a system; it is printed this once."))
        create.add_argument("name", metavar="NAME", help=_("Of the system that will hold it."))
        create.add_argument(
            "--for", dest="purpose", choices=Purpose.values, required=True, help=_("The door it opens.")
        )
        create.add_argument(
            "--area", default="", metavar="CODE", help=_("Only for this area and all inside it; without, for all.")
        )
        acts.add_parser("list", help=_("All keys, without what they say."))
        revoke = acts.add_parser("revoke", help=_("The key of this name opens nothing any more."))
        revoke.add_argument("name", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")(options, timezone.now())

    def _create(self, options: dict[str, Any], at: datetime) -> None:
        _key, text = keys.create(options["name"], purpose=options["purpose"], area=options["area"], at=at)
        # The key alone on standard output, so that a script can keep it.
        self.stdout.write(text)
        self.stderr.write(_("This is shown once. Give it to nobody but the system it is for."))

    def _list(self, options: dict[str, Any], at: datetime) -> None:
        for key in ApiKey.objects.order_by("name", "pk"):
            self.stdout.write("  ".join([key.name, key.purpose, key.area_id or "-", _state(key)]))

    def _revoke(self, options: dict[str, Any], at: datetime) -> None:
        key = keys.revoke(options["name"], at=at)
        self.stdout.write(_("%(name)s is revoked: it opens nothing any more.") % {"name": key.name})


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return _("revoked %(day)s") % {"day": timezone.localdate(key.revoked_at)}
    if key.last_used_on is None:
        return _("never used")
    return _("last used %(day)s") % {"day": key.last_used_on}
