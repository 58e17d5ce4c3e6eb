"""Whose ledgers a person may open, and how much of a row they see.

All rows: whoever sees the area as cadre, desk or leader, and who serves in a body whose area contains it. Whoever sees the
area otherwise (a grid worker, a verifier) has the outline alone: number, kind, village and state (china.md §3.4).
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from linli.areas.codes import contains, outermost
from linli.areas.models import Area
from linli.mediation.models import Mediator
from linli.people.models import Person
from linli.people.rules import SEES_AREA, Role
from linli.statistics.sight import above, scope_of

LEDGER_ROLES = frozenset({Role.CADRE, Role.DESK, Role.LEADER})


@dataclass(frozen=True)
class Sight:
    """The outermost areas whose ledgers a person may open: with all rows, or as an outline."""

    ledgers: tuple[str, ...]
    outlines: tuple[str, ...]

    def has_ledger(self, code: str) -> bool:
        """All of it."""
        return any(contains(mine, code) for mine in self.ledgers)

    def has_outline(self, code: str) -> bool:
        """At least number, kind, village and state."""
        return self.has_ledger(code) or any(contains(mine, code) for mine in self.outlines)


def sight_of(request: HttpRequest, at: datetime) -> Sight:
    """What this person may open now: one question beside their appointments."""
    held = scope_of(request).held
    serves = _areas_of_bodies(request, at)
    return Sight(
        tuple(outermost([*(one.area for one in held if one.role in LEDGER_ROLES), *serves])),
        tuple(outermost(one.area for one in held if one.role in SEES_AREA)),
    )


def _areas_of_bodies(request: HttpRequest, at: datetime) -> list[str]:
    if not isinstance(request.user, Person):
        return []
    serving = Mediator.objects.serving_on(timezone.localdate(at)).filter(person=request.user)
    return list(serving.order_by().values_list("body__area", flat=True))


def ledger_area(request: HttpRequest, code: str, at: datetime) -> tuple[Area, Sight]:
    """The area whose whole ledger the person may open; else 404, whether it exists or not."""
    place, sight = outline_area(request, code, at)
    if not sight.has_ledger(code):
        raise Http404
    return place, sight


def outline_area(request: HttpRequest, code: str, at: datetime) -> tuple[Area, Sight]:
    """The area of which the person may see the outline, or more; else 404."""
    sight = sight_of(request, at)
    if not (code.isascii() and code.isdigit()) or not sight.has_outline(code):
        raise Http404
    return get_object_or_404(Area, pk=code), sight


def path_to(sight: Sight, code: str) -> list[Area]:
    """The areas above this one whose ledgers the person may open, from the top down."""
    return above(code, sight.ledgers or sight.outlines)
