"""The rows of a figure, a page at a time: keys first, and a page begins where the one before ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from linli.events.models import Event, EventQuerySet, Part
from linli.events.queue import PAGE, Row
from linli.kit.cursors import cursor, read_cursor
from linli.kit.refusal import BadInput
from linli.people.rules import Scope


@dataclass(frozen=True)
class Listed:
    """One page; `next_cursor` is the `after` of the following one, empty on the last."""

    rows: list[Row]
    next_cursor: str
    is_first: bool


def page_of(
    scope: Scope,
    events: EventQuerySet,
    clock: str,
    *,
    at: datetime,
    after: str = "",
    size: int = PAGE,
    earliest: bool = False,
) -> Listed:
    """The events by this time of theirs, the latest first, or the `earliest`.

    Raises `BadInput` for an `after` that no page gave.
    """
    sign, side = ("", "gt") if earliest else ("-", "lt")
    if after:
        events = events.filter(_beyond(clock, side, *_read(after)))
    places = list(events.order_by(f"{sign}{clock}", f"{sign}pk").values_list(clock, "pk")[: size + 1])
    rows = _rows(scope, [key for _moment, key in places[:size]], at)
    return Listed(rows, cursor(*places[size - 1]) if len(places) > size else "", not after)


def _beyond(clock: str, side: str, moment: datetime, key: UUID) -> Q:
    further = Q(**{f"{clock}__{side}": moment}) | Q(**{f"pk__{side}": key})
    return Q(**{f"{clock}__{side}e": moment}) & further


def _read(after: str) -> tuple[datetime, UUID]:
    try:
        return read_cursor(after)
    except ValueError:
        raise BadInput(
            "bad_page", _("There is no such page of the list. Start again from the first."), field="after"
        ) from None


def _rows(scope: Scope, keys: list[UUID], at: datetime) -> list[Row]:
    """The events of these keys in this order, asked through `visible_to`, the one way to a row."""
    parts = Prefetch("parts", Part.objects.select_related("department"))
    events = Event.objects.visible_to(scope).filter(pk__in=keys).select_related("area__parent", "category")
    by_key = {event.pk: event for event in events.order_by().prefetch_related(parts)}
    return [Row(event, _is_overdue(event, at)) for key in keys if (event := by_key.get(key))]


def _is_overdue(event: Event, at: datetime) -> bool:
    return event.is_open and event.paused_at is None and event.due_at is not None and event.due_at < at
