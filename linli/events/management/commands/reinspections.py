"""`linli reinspections`: drawing closed matters by lot, listing the draws, and proving them."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.areas.models import Area
from linli.events import actions
from linli.events.models import Draw
from linli.kit.refusal import BadInput


class Command(BaseCommand):
    """Re-inspections drawn by lot."""

    help = gettext_noop("Re-inspections drawn by lot: plan, draw, list, verify.")

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand per act."""
        acts = parser.add_subparsers(dest="act", required=True)
        plan = acts.add_parser("plan", help=_("Have an area draw each week, 5 percent of what was closed."))
        plan.add_argument("--area", required=True, metavar="CODE", help=_("Code of the area."))
        draw = acts.add_parser("draw", help=_("Draw of what was closed from one day to another."))
        draw.add_argument("--area", required=True, metavar="CODE", help=_("Code of the area."))
        draw.add_argument("--from", dest="from_on", required=True, type=date.fromisoformat, help=_("The first day."))
        draw.add_argument("--to", dest="to_on", required=True, type=date.fromisoformat, help=_("The last day."))
        acts.add_parser("list", help=_("The draws there were."))
        verify = acts.add_parser("verify", help=_("Draw again, and say of each draw whether it is as it was."))
        verify.add_argument("draws", nargs="*", type=int, metavar="DRAW", help=_("Without, all of them."))

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the chosen act."""
        acts = {"plan": self._plan, "draw": self._draw, "list": self._list, "verify": self._verify}
        acts[options["act"]](options)

    def _plan(self, options: dict[str, Any]) -> None:
        plan = actions.plan_draws(_area(options["area"]), by=None, at=timezone.now())
        self.stdout.write(_("Fixed for the next draw: %(hash)s") % {"hash": plan.commitment})

    def _draw(self, options: dict[str, Any]) -> None:
        days = {"from_on": options["from_on"], "to_on": options["to_on"]}
        draw = actions.draw_lots(_area(options["area"]), **days, by=None, at=timezone.now())
        told = {"draw": draw.pk, "drawn": draw.reinspections.count(), "count": len(draw.population)}
        self.stdout.write(_("Draw %(draw)s: %(drawn)s of %(count)s closed matters.") % told)
        for number in draw.reinspections.order_by("lot").values_list("event__number", flat=True):
            self.stdout.write(number)

    def _list(self, options: dict[str, Any]) -> None:
        for draw in Draw.objects.select_related("area"):
            self.stdout.write(f"{draw.pk}\t{draw.area_id}\t{draw.from_on}\t{draw.to_on}\t{draw.reinspections.count()}")

    def _verify(self, options: dict[str, Any]) -> None:
        """Exit status 1 if one is not as it was drawn."""
        draws = Draw.objects.order_by("pk")
        if options["draws"]:
            draws = draws.filter(pk__in=options["draws"])
            if missing := set(options["draws"]) - set(draws.values_list("pk", flat=True)):
                raise BadInput("no_such_draw", _("There is no draw %(draw)s."), draw=min(missing))
        lost = [] if options["draws"] else actions.lost_draws()
        gone = _("The journal knows it, but it is gone.")
        for key in lost:
            self.stdout.write(f"{key}\t{gone}")
        changed = len(lost)
        for draw in draws.iterator():
            wrong = actions.wrong_with(draw)
            changed += bool(wrong)
            told = " ".join(map(str, wrong)) or _("as it was drawn")
            self.stdout.write(f"{draw.pk}\t{told}")
        if changed:
            raise BadInput("draws_changed", _("Draws that are not as they were drawn: %(count)s."), count=changed)


def _area(code: str) -> Area:
    area = Area.objects.filter(pk=code).first()
    if area is None:
        raise BadInput("no_such_area", _("There is no area %(code)s."), code=code)
    return area
