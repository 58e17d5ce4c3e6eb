"""Counting the ledgers' figures ahead: the worker follows the journal and moves the sums by what became of each dispute.

As the statistics do (docs/decisions/0012): an act pays nothing for it, what a dispute was counted as is kept, and the
difference to what its rows say now goes into the sums, in one transaction with the place in the journal. A dispute also
changes by time alone, when its agreement is 90 days old or a promise falls due: it is counted again at that moment.
Whatever happens to a worker, a dispute is in the sums exactly once, and counted twice it changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from linli.journal import following
from linli.journal.models import Entry
from linli.kit.bulk import put
from linli.kit.flags import spread
from linli.kit.prepared import Prepared
from linli.mediation.ledgers.facts import (
    AT_ONCE,
    KEPT,
    CellKey,
    Facts,
    HoursKey,
    Sums,
    edition,
    facts_by_key,
    facts_in,
)
from linli.mediation.ledgers.taken import Taken, counts_in, taken_by
from linli.mediation.models import (
    COUNTED_FIGURES,
    CountedDispute,
    Dispute,
    LedgerCell,
    LedgerFollower,
    LedgerHours,
)

#: Entries of a chain followed, and disputes walked over, in one transaction.
SLICE, STRIDE = 500, 2000


def has_news() -> bool:
    """Whether there is something to count."""
    seen = LedgerFollower.objects.filter(pk=1).values_list("place", "is_walking", "edition").first()
    if seen is None or seen[1] or seen[2] != edition() or seen[0] != following.place():
        return True
    return bool(changed_by_time(timezone.now()))


@transaction.atomic
def follow(at: datetime, slice_size: int = SLICE, stride: int = STRIDE) -> bool:
    """Count the next disputes; whether there are more. The lock keeps two workers apart."""
    follower = _locked_follower()
    if follower.edition != edition():
        _begin_anew(follower, at)
    if follower.is_walking:
        _walk(follower, at, stride)
        return True
    end = following.place()
    reached = {chain: min(length, follower.place.get(chain, 0) + slice_size) for chain, length in end.items()}
    coming = changed_by_time(at)
    if reached == follower.place and not coming:
        return False
    count(list(dict.fromkeys([*written_between(follower.place, reached), *coming])), at)
    follower.place, follower.counted_at = reached, at
    follower.version += 1
    follower.save(update_fields=["place", "version", "counted_at"])
    return reached != end or len(coming) == SLICE


@transaction.atomic
def begin_anew(at: datetime) -> None:
    """Forget every sum, and start a walk over all disputes. What is done meanwhile is in the journal behind it."""
    _begin_anew(_locked_follower(), at)


def _locked_follower() -> LedgerFollower:
    """The one row, for this transaction alone. A new home begins with a walk over what is there."""
    rows = LedgerFollower.objects.select_for_update()
    found = rows.filter(pk=1).first()
    if found is None:
        LedgerFollower.objects.bulk_create([LedgerFollower(pk=1)], ignore_conflicts=True)
        found = rows.get(pk=1)
    return found


def _begin_anew(follower: LedgerFollower, at: datetime) -> None:
    for model in (CountedDispute, LedgerCell, LedgerHours):
        model._default_manager.all().delete()
    follower.place, follower.counted_at = following.place(), at
    follower.edition, follower.is_walking, follower.walked_to = edition(), True, None
    follower.compared_to, follower.differing = "", 0
    follower.version += 1
    follower.save()


def _walk(follower: LedgerFollower, at: datetime, stride: int) -> None:
    """The next disputes by their keys. One that is added or changed meanwhile is in the journal too: counted once in any case."""
    disputes = Dispute.objects.order_by("pk").values_list("pk", flat=True)
    after = disputes if follower.walked_to is None else disputes.filter(pk__gt=follower.walked_to)
    keys = list(after[:stride])
    count(keys, at)
    follower.is_walking, follower.walked_to = bool(keys), keys[-1] if keys else None
    follower.counted_at = at
    follower.version += 1
    follower.save(update_fields=["is_walking", "walked_to", "counted_at", "version"])


# --- what is to be counted -----------------------------------------------------------------------------------------------


def written_between(after: Mapping[str, int], until: Mapping[str, int]) -> list[UUID]:
    """The disputes that entries behind one place, up to another, are about, each once."""
    found: dict[UUID, None] = {}
    for chain, position in sorted(until.items()):
        if position > after.get(chain, 0):
            found |= dict.fromkeys(UUID(key) for key in _on(chain, after.get(chain, 0), position))
    return list(found)


@Prepared
def _on(chain: str, after: int, until: int) -> "QuerySet[Entry, str]":
    rows = Entry.objects.filter(chain=chain, position__gt=after, position__lte=until, on_kind="dispute")
    return rows.order_by("position").values_list("on_key", flat=True)


@Prepared
def changed_by_time(at: datetime) -> "QuerySet[CountedDispute, UUID]":
    """The disputes that are something else by now than they were counted as, although nobody did anything: the next of them."""
    rows = CountedDispute.objects.filter(next_at__lte=at).order_by("next_at")
    return rows.values_list("pk", flat=True)[:SLICE]


# --- counting ------------------------------------------------------------------------------------------------------------


def count(keys: Sequence[UUID], at: datetime) -> None:
    """Move the sums by what became of these disputes since they were counted."""
    was, now = counted_before(keys), facts_by_key(keys, at)
    changed = {key: facts for key, facts in now.items() if was.get(key) != facts}
    if not changed:
        return
    sums = Sums()
    for key, facts in changed.items():
        if key in was:
            sums.add(was[key], -1)
        sums.add(facts, 1)
    put(
        CountedDispute,
        ("dispute",),
        KEPT,
        [[key, *(getattr(facts, name) for name in KEPT)] for key, facts in changed.items()],
    )
    _raise_cells(sums.cells)
    _raise_hours(sums.hours)


def counted_before(keys: Sequence[UUID]) -> dict[UUID, Facts]:
    """What of these disputes is in the sums."""
    found: dict[UUID, Facts] = {}
    for begin in range(0, len(keys), AT_ONCE):
        found |= {key: facts_in(row) for key, *row in _counted(keys[begin : begin + AT_ONCE])}
    return found


@Prepared
def _counted(keys: Sequence[UUID]) -> "QuerySet[Any, Any]":
    return CountedDispute.objects.filter(dispute__in=keys).values_list("pk", *KEPT)


def _raise_cells(cells: Mapping[CellKey, Mapping[int, int]]) -> None:
    moved = ((key, spread(by_bits, len(COUNTED_FIGURES))) for key, by_bits in sorted(cells.items(), key=_place))
    rows: list[list[Any]] = [[*key, *columns] for key, columns in moved if any(columns)]
    put(LedgerCell, CellKey._fields, COUNTED_FIGURES, rows, adds=True)


def _raise_hours(hours: Mapping[HoursKey, Mapping[int, int]]) -> None:
    """One row holds how many took how long: read, changed, written back. Nobody else writes it."""
    moved = {key: counts for key, counts in sorted(hours.items(), key=_place) if any(counts.values())}
    found = _stored_hours(moved)
    rows: list[list[Any]] = [[*key, _together(found.get(key), counts)] for key, counts in moved.items()]
    put(LedgerHours, HoursKey._fields, ("hours",), rows)


def _place(one: tuple[Any, Any]) -> Any:
    return one[0]


def _stored_hours(keys: Iterable[HoursKey]) -> dict[HoursKey, Taken]:
    """The rows of these keys, and some more: those of the same areas and days."""
    areas, days = sorted({key.area for key in keys}), sorted({key.day for key in keys})
    found: dict[HoursKey, Taken] = {}
    for begin in range(0, len(areas), 400):
        for first in range(0, len(days), 400):
            rows = LedgerHours.objects.filter(area__in=areas[begin : begin + 400], day__in=days[first : first + 400])
            for grain, area, day, stretch, hours in rows.values_list(*HoursKey._fields, "hours").iterator():
                found[HoursKey(grain, area, day.isoformat(), stretch)] = hours
    return found


def _together(stored: Taken | None, counts: Mapping[int, int]) -> Taken:
    total = counts_in(stored) if stored else {}
    for hours, n in counts.items():
        total[hours] = total.get(hours, 0) + n
    return taken_by(total)
