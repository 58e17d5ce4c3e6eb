"""Taking in many reports together: what `report` does for each, in a handful of statements for all of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.areas.codes import padded_township
from linli.events.actions import clocks
from linli.events.actions.course import people_told, write_beside
from linli.events.actions.reporting import (
    Draft,
    allot_numbers,
    clean_contact,
    facts_of,
    format_number,
    month_of,
    receipt_for,
)
from linli.events.models import AwaitedPicture, Contact, Event, PictureKind, Receipt
from linli.events.rules import TOLD
from linli.journal.actions import Act, plain_facts, record_many
from linli.journal.models import Entry, Notice
from linli.kit.bulk import insert
from linli.kit.sealing import seal

#: Keys of people by the code of an area.
Told = dict[str, set[int]]


@transaction.atomic
def store_reports(drafts: Sequence[Draft], events: Sequence[Event], told: Told | None = None) -> None:
    """Store checked reports (see `checked`) in their order. Raises `IntegrityError` if one of them is here already.

    `told` says who is told by area, where that was asked before (`told_of`).
    """
    _number(events)
    insert(Event, [{name: getattr(event, name) for name in _WRITTEN} for event in events])
    clocks.first_clocks(events)
    record_many(
        Act(
            "event.reported",
            "event",
            str(event.pk),
            event.area_id,
            event.reported_by_id,
            event.reported_at,
            plain_facts(facts_of(event) | draft.came),
        )
        for draft, event in zip(drafts, events, strict=True)
    )
    _tell(events, told_of(events) if told is None else told)
    pairs = list(zip(drafts, events, strict=True))
    Contact.objects.bulk_create(
        Contact(event=event, sealed=seal(contact, bound_to=event.pk.bytes, place="events.contact.sealed"))
        for draft, event in pairs
        if (contact := clean_contact(draft))
    )
    AwaitedPicture.objects.bulk_create(
        AwaitedPicture(event=event, **one._asdict()) for draft, event in pairs for one in draft.awaited
    )
    Receipt.objects.bulk_create(receipt_for(event, draft.secret) for draft, event in pairs if draft.secret)


@transaction.atomic
def keep_beside(event: Event, *, words: str, photos: Sequence[Any]) -> None:
    """Words for the desk and photos that belong to a report just stored."""
    entry = Entry.objects.get(on_kind="event", on_key=str(event.pk), verb="event.reported")
    write_beside(event, entry, words=words, for_reporter=False, photos=photos, kind=PictureKind.REPORT)


#: Every column: the key is ours, not the store's.
_WRITTEN = [field.attname for field in Event._meta.concrete_fields]


def _tell(events: Sequence[Event], told: Told) -> None:
    ours = Entry.objects.filter(on_key__in=[str(event.pk) for event in events], verb="event.reported").order_by()
    entries = dict(ours.values_list("on_key", "pk"))
    insert(
        Notice,
        [
            {"entry_id": entries[str(event.pk)], "person_id": person}
            for event in events
            for person in sorted(told[event.area_id])
            if person != event.reported_by_id
        ],
    )


def _number(events: Sequence[Event]) -> None:
    """The next numbers of each township and month; always taken in one order of series."""
    series: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        series[padded_township(event.area_id), month_of(event.reported_at)].append(event)
    for (township, month), members in sorted(series.items(), key=lambda item: item[0]):
        for running, event in enumerate(members, allot_numbers(township, month, len(members))):
            event.number = format_number(township, month, running)


def told_of(events: Sequence[Event]) -> Told:
    """The keys of the people to tell, by area: asked once an area, at the time of its latest report, who can act on it now."""
    latest: dict[str, Event] = {}
    for event in events:
        if event.area_id not in latest or event.reported_at > latest[event.area_id].reported_at:
            latest[event.area_id] = event
    return {area: _people(event, event.reported_at) for area, event in latest.items()}


def _people(event: Event, at: datetime) -> set[int]:
    return {person.pk for person in people_told(event, TOLD["report"], at)}
