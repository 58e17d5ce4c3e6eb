"""What is open in somebody's grids, who is on duty there now, and what they were told: a page of the phone."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.areas.codes import outermost
from linli.events import queue, telling
from linli.events.models import Event
from linli.events.queue import Filters, Show
from linli.field.reference import on_duty_in
from linli.field.tasks import Beside, short
from linli.journal.models import Notice
from linli.people.models import Person
from linli.people.rules import Scope

MOST_OPEN = 200
_NOTICES = 30


def grid_for(person: Person, scope: Scope, at: datetime) -> dict[str, Any]:
    """The open matters of the areas a person answers for, the most pressing first, and their last notices."""
    places = queue.places_of(scope, Filters(show=Show.OPEN), at=at, size=MOST_OPEN + 1)
    keys = [key for _moment, key in places]
    rows = Event.objects.visible_to(scope).filter(pk__in=keys[:MOST_OPEN]).select_related("area", "category")
    by_key = {event.pk: event for event in rows.order_by()}
    events = [by_key[key] for key in keys if key in by_key]
    beside = Beside([event.pk for event in events], scope, at, whole=False)
    return {
        "open": [short(event, beside) for event in events],
        "is_cut": len(keys) > MOST_OPEN,
        "open_by_area": dict(Counter(event.area_id for event in events)),
        "on_duty": on_duty_in(outermost(one.area for one in scope.held), at),
        "notices": notices_of(person, scope),
    }


def notices_of(person: Person, scope: Scope) -> list[dict[str, Any]]:
    """The latest, unread and read, of matters still in sight; words and a number, as the desk's inbox has them."""
    rows = Notice.objects.filter(person=person, entry__on_kind="event").select_related("entry__by")
    found = list(rows.order_by("-entry")[:_NOTICES])
    keys = {UUID(one.entry.on_key) for one in found}
    seen = Event.objects.visible_to(scope).filter(pk__in=keys).order_by().values_list("pk", "number")
    numbers = {str(key): number for key, number in seen}
    return [
        {
            "id": one.entry_id,
            "event": one.entry.on_key,
            "words": f"{numbers[one.entry.on_key]} {telling.who(one.entry, knows_reporter=False)} {telling.told(one.entry)}",
            "at": one.entry.at,
            "read": one.read_at is not None,
        }
        for one in found
        if one.entry.on_key in numbers
    ]
