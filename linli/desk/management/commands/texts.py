"""`linli texts`: the ready texts that come with linli."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.areas.models import Area
from linli.desk.texts.actions import load_starting_texts
from linli.kit.refusal import BadInput


class Command(BaseCommand):
    """Ready texts of an area."""

    help = gettext_noop("Ready texts: words that are offered where a step asks for some.")

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand per act."""
        acts = parser.add_subparsers(dest="act", required=True)
        load = acts.add_parser("load", help=_("Add the texts that come with linli to an area."))
        load.add_argument("area", metavar="CODE", help=_("Code of the county or township."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Load them; those the area has had are left as they are."""
        area = Area.objects.open().filter(pk=options["area"]).first()
        if area is None:
            raise BadInput("no_area", _("There is no area %(code)s. Choose one of the list."), code=options["area"])
        count = load_starting_texts(area, by=None, at=timezone.now())
        self.stdout.write(_("Texts added: %(count)s.") % {"count": count})
