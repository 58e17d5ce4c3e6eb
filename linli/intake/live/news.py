"""What has happened since, read from the journal, and the messages that say so: ids and codes, never words or names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Count

from linli.events.models import Event, Part
from linli.journal import following
from linli.journal.following import Place, Written
from linli.journal.models import Notice

#: Entries of a chain read at a time; the rest half a second later.
MOST_AT_ONCE = 2000
#: Matters and areas named in one message; beyond them it says that there is more.
_MOST_NAMED = 50
#: With these a matter begins.
_BEGINNINGS = frozenset({"event.reported", "event.imported", "event.split_off"})


@dataclass(frozen=True, slots=True)
class Change:
    """Something was done on a matter; where it stands now, and who may see it now."""

    key: str
    number: str
    state: str
    area: str
    departments: tuple[str, ...]
    is_new: bool = False
    #: The area it has left.
    came_from: str = ""


@dataclass(frozen=True)
class News:
    """All that was read at once. `told` are persons with new notices."""

    changes: list[Change]
    told: frozenset[int]
    place: Place = field(default_factory=dict)


def read(after: Mapping[str, int], until: Place | None = None) -> News:
    """What has happened since a place; a few queries, however much it is."""
    entries, reached = following.since(after, MOST_AT_ONCE, until)
    told = Notice.objects.filter(entry__in=[one.pk for one in entries]) if entries else Notice.objects.none()
    return News(_changes(entries), frozenset(told.values_list("person", flat=True)), reached)


def _changes(entries: Sequence[Written]) -> list[Change]:
    done: dict[str, list[Written]] = defaultdict(list)
    for entry in entries:
        if entry.on_kind == "event":
            done[entry.on_key].append(entry)
    keys = [UUID(key) for key in done]
    departments: dict[UUID, list[str]] = defaultdict(list)
    for key, department in Part.objects.seen().filter(event__in=keys).order_by().values_list("event", "department"):
        departments[key].append(department)
    rows = Event.objects.filter(pk__in=keys).order_by().values_list("pk", "number", "state", "area_id")
    return [
        Change(
            *(str(key), number, state, area, tuple(departments[key])),
            is_new=any(one.verb in _BEGINNINGS for one in done[str(key)]),
            came_from=next((str(one.facts["came_from"]) for one in done[str(key)] if "came_from" in one.facts), ""),
        )
        for key, number, state, area in rows
    ]


def unread(persons: Iterable[int]) -> dict[int, int]:
    """How many notices these people have not read."""
    asked = list(persons)
    rows = Notice.objects.filter(person__in=asked, read_at__isnull=True).order_by()
    return dict.fromkeys(asked, 0) | dict(rows.values_list("person").annotate(Count("pk")))


# --- messages ---------------------------------------------------------------------------------------------------------


def message(name: str, told: dict[str, Any], where: str) -> bytes:
    """One message as it goes over the wire; `where` is the place from which to go on after it."""
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (where.encode(), name.encode(), msgspec.json.encode(told))


def of_queue(changes: Sequence[Change], where: str, *, left: int = 0) -> bytes:
    """The lists have changed: how many matters, how many of them new, where, and which of the old ones.

    `left` are matters that have gone where these readers see them no more: counted, and not named.
    """
    areas = sorted({one.area for one in changes})
    known = [one for one in changes if not one.is_new]
    told: dict[str, Any] = {
        "n": len(changes) + left,
        "new": len(changes) - len(known),
        "areas": areas[:_MOST_NAMED],
        "events": {one.key: one.state for one in known[:_MOST_NAMED]},
    }
    if len(areas) > _MOST_NAMED or len(known) > _MOST_NAMED:
        told["more"] = True
    return message("queue", told, where)


def much(name: str, where: str) -> bytes:
    """So much has happened since that it is not told: ask for everything anew."""
    return message(name, {"more": True}, where)


def of_matter(change: Change, where: str) -> bytes:
    """For whoever holds its receipt."""
    return message("matter", {"number": change.number, "state": change.state}, where)


def of_notices(count: int, where: str) -> bytes:
    """How many notices this person has not read."""
    return message("notices", {"unread": count}, where)
