"""Telling the holders of receipts of the turning points of their matter, and of the one that theirs goes with."""

import re
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from linli.events.models import Contact, Event, Receipt, ReporterMessage, Support
from linli.events.offices import held_by
from linli.events.rules import FOLLOWED, PAUSED, TURNING_POINTS, MessageState, Promise
from linli.journal.models import Entry
from linli.kit.prepared import Prepared
from linli.kit.sealing import unseal

#: Of a matter merged into one that was merged again; deeper than this nobody merges.
_DEEPEST = 5


def tell_reporters(event: Event, entry: Entry) -> None:
    """Keep what the reporter and those who follow are told of this act; part of its transaction. No harm if told before."""
    point = TURNING_POINTS.get(entry.verb)
    if point is None or not point.is_told:
        return
    told = [event.pk, *(followers_of(event) if entry.verb in FOLLOWED else [])]
    receipts = dict(_receipts(told))
    if not receipts:
        return
    # The parts of a dispatch are stored after its entry.
    sent_to = [code for code in (entry.facts.get("lead"), *entry.facts.get("co_handlers", [])) if code]
    office = held_by(event, point.holder, sent_to)
    promised = _promised(event) if point.promise == Promise.LIMIT else None
    ReporterMessage.objects.bulk_create(
        [
            ReporterMessage(
                event_id=pk,
                entry=entry,
                made_at=entry.at,
                office=office,
                promised_at=promised,
                state=MessageState.WAITING if contact else MessageState.NONE,
            )
            for pk, contact in sorted(receipts.items())
        ],
        ignore_conflicts=True,
    )


@Prepared
def _receipts(events: list[UUID]) -> QuerySet[Any, tuple[UUID, UUID | None]]:
    """Those of these that somebody holds a receipt of, and once more where they left a contact."""
    return Receipt.objects.filter(event__in=events).values_list("event", "event__contact")


def _promised(event: Event) -> datetime | None:
    leading = event.merged_into or event
    return leading.due_at if leading.is_open and leading.state not in PAUSED else None


def followers_of(event: Event) -> list[UUID]:
    """Keys of the matters whose reporters follow this one: said to be the same, or merged into it, directly or in turn."""
    found: list[UUID] = []
    level: list[UUID] = [event.pk]
    for _turn in range(_DEEPEST):
        seen = {event.pk, *found}
        level = [pk for pk in _following(level) if pk not in seen]
        found += level
        if not level:
            break
    return found


@Prepared
def _following(level: list[UUID]) -> QuerySet[Any, UUID]:
    # Not `support__of`: for an OR over a join, every matter there is would be read.
    supporting = Support.objects.filter(of__in=level).values("event")
    wanted = Event.objects.filter(Q(merged_into__in=level) | Q(pk__in=supporting))
    return wanted.order_by().values_list("pk", flat=True)


def mark_told(event: Event, *, at: datetime) -> int:
    """The status page is open: what it shows need not be sent any more."""
    return ReporterMessage.objects.filter(event=event, read_at__isnull=True).update(read_at=at)


class Reach(NamedTuple):
    """A way to reach a reporter. `kind` is `telephone` or `email`; `to` never goes into a log."""

    kind: str
    to: str


_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def reach(message: ReporterMessage) -> Reach | None:
    """Where a message goes: what the machine alone reads behind the seal. None without a mobile number or an address."""
    contact = Contact.objects.filter(event=message.event_id).first()
    if contact is None:
        return None
    words = unseal(bytes(contact.sealed), bound_to=message.event_id.bytes, place="events.contact.sealed")
    plain = re.sub(r"(?<=\d)[ \-](?=\d)", "", words)
    for kind, pattern in (("telephone", _MOBILE), ("email", _EMAIL)):
        if found := pattern.search(plain):
            return Reach(kind, found.group())
    return None


@transaction.atomic
def note_sent(message: ReporterMessage, state: str, *, at: datetime) -> bool:
    """What came of sending it; whether this changed anything. What was read or sent before stays as it is."""
    open_still = (MessageState.WAITING, MessageState.UNKNOWN, MessageState.FAILED)
    still = ReporterMessage.objects.filter(pk=message.pk, state__in=open_still)
    return bool(still.update(state=state, sent_at=at if state == MessageState.SENT else None))
