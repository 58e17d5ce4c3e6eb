"""The rows of a figure as a table to take away: what and where and when, no words of people and no contacts."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.events.models import Event, EventQuerySet
from linli.events.rules import Rating, Severity, Source, State, Urgency
from linli.kit.tables import harmless

#: UTF-8 is told by this mark, without which Excel reads Chinese as GBK.
MARK = "\ufeff"

_FIELDS = (
    *("number", "area_id", "area__name", "category_id", "category__code", "category__name", "category__name_en"),
    *("state", "source", "severity", "urgency", "reported_at", "accepted_at", "dispatched_at", "handled_at"),
    *("verified_at", "due_at", "ended_at", "reopened", "reworked", "extensions", "rating", "is_demo"),
)
_TIMES = ("reported_at", "accepted_at", "dispatched_at", "handled_at", "verified_at", "due_at", "ended_at")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def lines_of(events: EventQuerySet, clock: str) -> Iterator[str]:
    """The table line by line, the latest first; memory does not grow with it."""
    writer = csv.writer(_Echo())
    yield MARK + writer.writerow(_header())
    rows = events.select_related("area", "category").only(*(name for name in _FIELDS if not name.endswith("_id")))
    for event in rows.order_by(f"-{clock}", "-pk").iterator(chunk_size=2000):
        yield writer.writerow([harmless(cell) for cell in _cells(event)])


def _header() -> list[str]:
    times = (
        _("Reported at"),
        _("Accepted at"),
        _("Dispatched at"),
        _("Result at"),
        _("Verified at"),
        _("Limit"),
        _("Ended at"),
    )
    return [
        *(_("Number"), _("Area code"), _("Area"), _("Category code"), _("Category"), _("State"), _("Came in by")),
        *(_("Severity"), _("Urgency"), *times, _("Reopened (times)"), _("Reworked (times)"), _("Extended (times)")),
        *(_("Answer"), _("Demonstration")),
    ]


def _cells(event: Event) -> list[Any]:
    category = event.category
    return [
        *(event.number, event.area_id, event.area.name),
        *((category.code, str(category)) if category else ("", _("Not classified"))),
        *(State(event.state).label, Source(event.source).label),
        *(Severity(event.severity).label, Urgency(event.urgency).label),
        *(_local(getattr(event, name)) for name in _TIMES),
        *(event.reopened, event.reworked, event.extensions),
        Rating(event.rating).label if event.rating else "",
        _("yes") if event.is_demo else "",
    ]


def _local(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
