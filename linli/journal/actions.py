"""Writing the journal: one entry per act, chained by hashes, with the notices of that act. `proving` shows it untouched."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import models, router, transaction
from django.utils import timezone

from linli.areas.codes import lineage
from linli.journal.digests import digest_of, moment
from linli.journal.models import ChainHead, Entry, Notice
from linli.kit.bulk import insert, insert_one
from linli.kit.prepared import Prepared, PreparedUpdate
from linli.people.models import Person

#: The chain of acts that belong to no area.
NOWHERE = "-"


@dataclass(frozen=True)
class Act:
    """What is written of one act. `area` is a code; `by` the key of a person, None for a receipt holder or the system."""

    verb: str
    on_kind: str
    on_key: str
    area: str | None
    by: int | None
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def chain(self) -> str:
        """Each county has a chain of its own, so that counties never wait for each other."""
        return lineage(self.area)[0] if self.area else NOWHERE


def record(
    verb: str,
    *,
    on: models.Model,
    by: Person | None,
    at: datetime,
    area: str | None = None,
    tell: Iterable[Person] = (),
    **facts: Any,
) -> Entry:
    """Write one act and its notices. Facts are ids, codes and short words, never names, numbers to call or addresses.

    `area` is taken from `on` if it has one. Whoever acts is not told of it.
    """
    where = area or getattr(on, "area_id", None)
    act = Act(verb, str(on._meta.model_name), str(on.pk), where, by.pk if by else None, at, plain_facts(facts))
    entry = _record_one(act)
    others = {person.pk for person in tell} - {act.by}
    insert(Notice, [{"entry_id": entry.pk, "person_id": pk} for pk in sorted(others)])
    return entry


@transaction.atomic
def record_many(acts: Iterable[Act]) -> None:
    """Write many acts, in their order within each chain."""
    recorded_at = timezone.now()
    # Chains in one order everywhere, so that two writers never wait for each other crosswise.
    for chain, of_chain in groupby(sorted(acts, key=lambda act: act.chain), key=lambda act: act.chain):
        head = _head(chain)
        entries = [_next(head, act, recorded_at) for act in of_chain]
        insert(Entry, [{name: getattr(entry, name) for name in _WRITTEN} for entry in entries])
        _lengthen(head.pk, head.length, bytes(head.digest))


@transaction.atomic(savepoint=False)
def _record_one(act: Act) -> Entry:
    head = _head(act.chain)
    entry = _next(head, act, timezone.now())
    entry.pk = insert_one(Entry, {name: getattr(entry, name) for name in _WRITTEN})
    entry._state.adding, entry._state.db = False, router.db_for_write(Entry)
    _lengthen(head.pk, head.length, bytes(head.digest))
    return entry


@PreparedUpdate
def _lengthen(chain: str, length: int, digest: bytes) -> tuple[models.QuerySet[ChainHead], dict[str, Any]]:
    return ChainHead.objects.filter(pk=chain), {"length": length, "digest": digest}


#: All but the key, which the store gives.
_WRITTEN = [field.attname for field in Entry._meta.concrete_fields if not field.primary_key]


def _next(head: ChainHead, act: Act, recorded_at: datetime) -> Entry:
    """The entry of an act at the end of a chain, which it lengthens; neither is stored yet."""
    head.length += 1
    entry = Entry(
        chain=head.chain,
        position=head.length,
        verb=act.verb,
        on_kind=act.on_kind,
        on_key=act.on_key,
        area_id=act.area,
        by_id=act.by,
        at=act.at,
        recorded_at=recorded_at,
        facts=act.facts,
    )
    entry.digest = head.digest = digest_of(entry, bytes(head.digest))
    return entry


def _head(chain: str) -> ChainHead:
    head = _locked_head.one(chain)
    if head is None:
        ChainHead.objects.bulk_create([ChainHead(chain=chain)], ignore_conflicts=True)
        head = ChainHead.objects.select_for_update().get(pk=chain)
    return head


@Prepared
def _locked_head(chain: str) -> models.QuerySet[ChainHead]:
    return ChainHead.objects.select_for_update().filter(pk=chain)


def plain_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON keeps them on both stores: no floats (their text differs), keys and times as text, no empty ones."""
    return {name: _plain_value(value) for name, value in facts.items() if value not in (None, "")}


def _plain_value(value: Any) -> Any:
    match value:
        case bool() | int():
            return value
        case list() | tuple():
            return [_plain_value(one) for one in value]
        case datetime():
            return moment(value)
        case models.Model():
            return str(value.pk)
        case float():
            raise TypeError("journal facts hold no floats")
        case _:
            return str(value)


@transaction.atomic
def mark_read(person: Person, *, at: datetime, entries: Iterable[int] | None = None) -> int:
    """Mark a person's notices as read, all or those of some entries; how many were unread."""
    unread = Notice.objects.filter(person=person, read_at__isnull=True)
    if entries is not None:
        unread = unread.filter(entry__in=list(entries))
    return unread.update(read_at=at)


@transaction.atomic
def mark_unread(person: Person, *, marked_at: datetime) -> int:
    """Take back what was marked as read at just this moment; how many."""
    return Notice.objects.filter(person=person, read_at=marked_at).update(read_at=None)


@transaction.atomic
def forget_read_notices(before: datetime, limit: int = 5000) -> int:
    """Delete notices read before a moment, at most `limit` of them; how many. What was done stays in the entries."""
    old = list(Notice.objects.filter(read_at__lt=before).order_by("pk").values_list("pk", flat=True)[:limit])
    return Notice.objects.filter(pk__in=old).delete()[0]
