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

    help = gettext_noop("Keys of other systems: make one, list them, rotate or revoke one.")

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
        _add_days(create)
        acts.add_parser("list", help=_("All keys, without what they say."))
        rotate = acts.add_parser(
            "rotate", help=_("Another key for the same system, printed this once; the old one is taken for a week.")
        )
        rotate.add_argument("name", metavar="NAME")
        _add_days(rotate)
        rotate.add_argument(
            "--at-once", action="store_true", help=_("The old key ends now: somebody else may have it.")
        )
        revoke = acts.add_parser("revoke", help=_("The key of this name opens nothing any more."))
        revoke.add_argument("name", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the act named."""
        getattr(self, f"_{options['act']}")(options, timezone.now())

    def _create(self, options: dict[str, Any], at: datetime) -> None:
        _key, text = keys.create(
            options["name"], purpose=options["purpose"], area=options["area"], days=options["days"], at=at
        )
        self._print(text)

    def _rotate(self, options: dict[str, Any], at: datetime) -> None:
        _key, text = keys.rotate(options["name"], days=options["days"], at_once=options["at_once"], at=at)
        self._print(text)

    def _print(self, text: str) -> None:
        # The key alone on standard output, so that a script can keep it.
        self.stdout.write(text)
        self.stderr.write(_("This is shown once. Give it to nobody but the system it is for."))

    def _list(self, options: dict[str, Any], at: datetime) -> None:
        for key in ApiKey.objects.order_by("name", "pk"):
            facts = [key.name, key.purpose, key.area_id or "-", _state(key)]
            self.stdout.write("  ".join(facts if key.revoked_at else [*facts, _end(key, at)]))

    def _revoke(self, options: dict[str, Any], at: datetime) -> None:
        key = keys.revoke(options["name"], at=at)
        self.stdout.write(_("%(name)s is revoked: it opens nothing any more.") % {"name": key.name})


def _add_days(parser: CommandParser) -> None:
    parser.add_argument(
        "--days",
        type=int,
        default=keys.LASTS_DAYS,
        metavar="N",
        help=_("It opens nothing after so many days; %(most)s at most.") % {"most": keys.MOST_DAYS},
    )


def _end(key: ApiKey, at: datetime) -> str:
    if key.ends_on is None:
        return _("has no end: rotate it")
    if key.ends_on <= timezone.localdate(at):
        return _("ended %(day)s") % {"day": key.ends_on}
    return _("ends %(day)s") % {"day": key.ends_on}


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return _("revoked %(day)s") % {"day": timezone.localdate(key.revoked_at)}
    if key.last_used_on is None:
        return _("never used")
    return _("last used %(day)s") % {"day": key.last_used_on}
