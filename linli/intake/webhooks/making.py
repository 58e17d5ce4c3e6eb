"""From the journal to deliveries: each subscription follows its chain of entries, and makes one delivery an act.

The mark how far it has come and the deliveries are written in one transaction: a crash leaves both or neither. Positions in
a chain are given under a lock held until the commit, so that none appears behind the mark later, as ids may on PostgreSQL.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from linli.events.models import Event
from linli.intake.webhooks.models import Delivery, Standing, Subscription, key_of
from linli.intake.webhooks.rules import TEST, moment
from linli.journal.following import place
from linli.journal.models import Entry
from linli.kit.addresses import own_address
from linli.kit.keys import new_key
from linli.kit.prepared import Prepared

#: Entries followed in one transaction.
SLICE = 500
#: The times of a matter that go out.
_TIMES = ("reported_at", "accepted_at", "dispatched_at", "handled_at", "verified_at", "ended_at", "due_at")
_FOLLOWING = (Standing.ACTIVE, Standing.PAUSED)


def make_deliveries(at: datetime, slice_size: int = SLICE) -> bool:
    """Follow the journal a slice further for every subscription; whether any has more to follow.

    A paused one follows too: what waits can be seen, and goes out when it is taken up again.
    """
    return sum(follow(key, at, slice_size) for key in behind()) > 0


def behind() -> list[int]:
    """The keys of subscriptions for which the journal goes on."""
    lengths = place()
    return [one.pk for one in _following() if one.position < lengths.get(one.chain, 0)]


@Prepared
def _following() -> QuerySet[Subscription]:
    return Subscription.objects.filter(standing__in=_FOLLOWING)


@transaction.atomic
def follow(pk: int, at: datetime, slice_size: int = SLICE) -> bool:
    """Make the next deliveries of one subscription; whether there may be more. The lock keeps two workers apart."""
    subscription = Subscription.objects.select_for_update().filter(pk=pk, standing__in=_FOLLOWING).first()
    if subscription is None:
        return False
    after = Entry.objects.filter(chain=subscription.chain, position__gt=subscription.position)
    entries = list(after.order_by("position")[:slice_size])
    if not entries:
        return False
    deliveries_for(subscription, [one for one in entries if subscription.wants(one)], at)
    subscription.position = entries[-1].position
    subscription.save(update_fields=["position"])
    return len(entries) == slice_size


def deliveries_for(subscription: Subscription, entries: Iterable[Entry], at: datetime) -> None:
    """A delivery for each of these acts, in their order."""
    wanted = list(entries)
    keys = {UUID(one.on_key) for one in wanted}
    found = Event.objects.filter(pk__in=keys).select_related("category", "merged_into").prefetch_related("parts")
    events = {str(one.pk): one for one in found}
    Delivery.objects.bulk_create(
        Delivery(
            message_id=key_of(subscription, entry),
            subscription=subscription,
            entry=entry,
            verb=entry.verb,
            on_key=entry.on_key,
            number=event.number,
            body=_json(body_of(entry, event)),
            made_at=at,
            wanted_since=at,
            due_at=at,
        )
        for entry in wanted
        if (event := events.get(entry.on_key)) is not None
    )


def body_of(entry: Entry, event: Event) -> dict[str, Any]:
    """What another system is told: ids, codes, times, addresses. Never words, names, contacts or positions.

    docs/webhooks.md lists the fields. State and times are those at the moment of making: a later act may be in them.
    """
    return {
        "type": entry.verb,
        "timestamp": moment(entry.at.astimezone(UTC)),
        "data": {
            "event": str(event.pk),
            "number": event.number,
            "chain": entry.chain,
            "position": entry.position,
            "area": event.area_id,
            "category": event.category.code if event.category else None,
            "state": event.state,
            "severity": event.severity,
            "urgency": event.urgency,
            "departments": [part.department_id for part in event.parts.all()],
            "into": event.merged_into.number if event.merged_into else None,
            **{name: moment(_utc(getattr(event, name))) for name in _TIMES},
            "page": own_address(reverse("events:show", args=[event.pk])),
            "ask": own_address(reverse("open311:request", kwargs={"number": event.number, "suffix": "json"})),
        },
    }


def trial_delivery(subscription: Subscription, at: datetime) -> Delivery:
    """A delivery about nothing, to try the address out."""
    body = {"type": TEST, "timestamp": moment(at.astimezone(UTC)), "data": {"area": subscription.area_id}}
    return Delivery.objects.create(
        message_id=new_key(),
        subscription=subscription,
        verb=TEST,
        body=_json(body),
        made_at=at,
        wanted_since=at,
        due_at=at,
    )


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
