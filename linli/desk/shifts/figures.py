"""What a note shows by itself: matters of an area that the next shift will meet, each figure with the rows it counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import within
from linli.events.models import Event, Objection, Supervision, Whistle
from linli.people.rules import Scope


class Figure(models.TextChoices):
    """What is counted: matters, never people."""

    DUE = "due", _("Due in the next shift")
    OVERDUE = "overdue", _("Overdue")
    NEW = "new", _("Newly come since the last hand-over")
    SUPERVISED = "supervised", _("Supervised")
    WHISTLES = "whistles", _("Departments called to the spot")
    OBJECTIONS = "objections", _("Objections to answer")
    OPEN = "open", _("All open")


@dataclass(frozen=True)
class Times:
    """Of the shift that ends now: since when it has lasted; and until when the next one will."""

    since: datetime
    at: datetime
    next_until: datetime


#: So many matters of a figure are kept with a note; the figure itself counts all.
KEPT = 200


def counted(scope: Scope, area: str, times: Times) -> dict[str, dict[str, Any]]:
    """Per figure how many, and the keys of the first. Two queries a figure."""
    found = {}
    for figure in Figure:
        rows = rows_of(figure, scope, area, times)
        keys = [str(key) for key in rows.values_list("pk", flat=True)[:KEPT]]
        found[figure.value] = {"count": rows.count() if len(keys) == KEPT else len(keys), "keys": keys}
    return found


def rows_of(figure: Figure, scope: Scope, area: str, times: Times) -> QuerySet[Event]:
    """The matters a figure counts, the most pressing first."""
    sight = Event.objects.visible_to(scope).open().filter(within(area))
    return _ROWS[figure](sight, times).order_by(models.F("due_at").asc(nulls_last=True), "pk")


def _beside(rows: Any) -> Any:
    return Exists(rows.filter(event=OuterRef("pk")))


_ROWS: dict[str, Any] = {
    Figure.DUE: lambda sight, times: sight.filter(
        due_at__gte=times.at, due_at__lt=times.next_until, paused_at__isnull=True
    ),
    Figure.OVERDUE: lambda sight, times: sight.filter(due_at__lt=times.at, paused_at__isnull=True),
    Figure.NEW: lambda sight, times: sight.filter(received_at__gte=times.since),
    Figure.SUPERVISED: lambda sight, times: sight.filter(_beside(Supervision.objects.filter(ended_at__isnull=True))),
    Figure.WHISTLES: lambda sight, times: sight.filter(_beside(Whistle.objects.filter(ended_at__isnull=True))),
    Figure.OBJECTIONS: lambda sight, times: sight.filter(_beside(Objection.objects.filter(answered_at__isnull=True))),
    Figure.OPEN: lambda sight, times: sight,
}
