"""Counting ahead: the worker follows the journal and moves the sums by what became of each matter it names.

The journal is the log of what changed: it is written with every act, in the transaction of the act, so an act pays nothing
more. What a matter was counted as is kept (`Counted`); what it is now is read from its row; the difference goes into the
sums, and the place in the journal moves with it, in one transaction. Whatever happens to a worker, a matter is in the sums
exactly once, and read twice it changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from linli.events.models import Event
from linli.journal import following
from linli.journal.following import Written
from linli.kit.bulk import put
from linli.kit.flags import spread
from linli.kit.prepared import Prepared
from linli.statistics.facts import AT_ONCE, counted_in, facts_by_key, kept_widths
from linli.statistics.models import Cell, Counted, Difference, Follower, MapCell, Took
from linli.statistics.rules.cubes import (
    BIT,
    COUNTED,
    EDITION,
    ZOOMS,
    CellKey,
    Facts,
    at_zoom,
    cells_of,
    keys_on,
    month_of,
)

#: Entries of a chain followed, and matters walked over, in one transaction.
SLICE, STRIDE = 500, 4000
MapKey = tuple[int, str, int, int, str]


def locked_follower() -> Follower:
    """The one row, for this transaction alone. A new home begins with a walk over what is there."""
    rows = Follower.objects.select_for_update()
    found = rows.filter(pk=1).first()
    if found is None:
        Follower.objects.bulk_create([Follower(pk=1)], ignore_conflicts=True)
        found = rows.get(pk=1)
    return found


def has_news() -> bool:
    """Whether there is something to count."""
    seen = Follower.objects.filter(pk=1).values_list("place", "is_walking", "edition").first()
    return seen is None or seen[1] or seen[2] != EDITION or seen[0] != following.place()


@transaction.atomic
def follow(at: datetime, slice_size: int = SLICE, stride: int = STRIDE) -> bool:
    """Count the next matters; whether there are more. The lock keeps two workers apart."""
    follower = locked_follower()
    if follower.edition != EDITION:
        _begin_anew(follower, at)
    if follower.is_walking:
        _walk(follower, stride)
        return True
    end = following.place()
    entries, reached = following.since(follower.place, slice_size, end)
    if reached == follower.place:
        return False
    count(matters_in(entries))
    follower.place = reached
    follower.version += 1
    if reached == end:
        follower.counted_at = at
    follower.save(update_fields=["place", "version", "counted_at"])
    return reached != end


@transaction.atomic
def begin_anew(at: datetime) -> None:
    """Forget every sum, and start a walk over all matters. What is done meanwhile is in the journal behind it."""
    _begin_anew(locked_follower(), at)


def _begin_anew(follower: Follower, at: datetime) -> None:
    for model in (Counted, Cell, Took, MapCell, Difference):
        model.objects.all().delete()
    follower.place = following.place()
    follower.edition, follower.is_walking, follower.walked_to = EDITION, True, None
    follower.counted_at = at
    follower.compared_to = ""
    follower.version += 1
    follower.save()


def _walk(follower: Follower, stride: int) -> None:
    """The next matters, area by area: those that stand side by side fall into the same sums.

    One that is added or moved meanwhile is walked over, or followed, or both: counted once in any case, since what it was
    counted as is kept.
    """
    rows = list(_to_walk(follower.walked_to)[:stride])
    count([key for _area, _reported_at, key in rows])
    follower.is_walking = bool(rows)
    follower.walked_to = [str(one) for one in rows[-1]] if rows else None
    follower.version += 1
    follower.save(update_fields=["is_walking", "walked_to", "version"])


def _to_walk(after: list[str] | None) -> "QuerySet[Event, Any]":
    """Area, moment and key of the matters behind this one, in the order of an index."""
    events = Event.objects.order_by("area", "reported_at", "pk").values_list("area_id", "reported_at", "pk")
    if after is None:
        return events
    area, reported_at, key = after
    later = Q(reported_at__gt=reported_at) | Q(reported_at=reported_at, pk__gt=key)
    # The first condition is what the index is entered by.
    return events.filter(area_id__gte=area).filter(Q(area_id__gt=area) | later)


def matters_in(entries: Iterable[Written]) -> list[UUID]:
    """The matters that entries of the journal are about, each once."""
    return list(dict.fromkeys(UUID(one.on_key) for one in entries if one.on_kind == "event"))


def count(keys: Sequence[UUID]) -> None:
    """Move the sums by what became of these matters since they were counted."""
    was, now = counted_before(keys), facts_by_key(keys)
    changed = {key: facts for key, facts in now.items() if was.get(key) != facts}
    if not changed:
        return
    sums = Sums(kept_widths())
    for key, facts in changed.items():
        if key in was:
            sums.add(was[key], -1)
        sums.add(facts, 1)
    sums.add_up_months()
    _store(changed)
    _raise_cells(sums.cells)
    _raise_hours(sums.hours)
    _raise_map(sums.spots)


def counted_before(keys: Sequence[UUID]) -> dict[UUID, Facts]:
    """What of these matters is in the sums."""
    found: dict[UUID, Facts] = {}
    for begin in range(0, len(keys), AT_ONCE):
        found |= {one.event: facts_in(one) for one in _counted(keys[begin : begin + AT_ONCE])}
    return found


@Prepared
def _counted(keys: Sequence[UUID]) -> "QuerySet[Counted]":
    return Counted.objects.filter(event__in=keys)


def facts_in(one: Counted) -> Facts:
    """A row of what was counted, as a value."""
    spot = (one.x, one.y) if one.x is not None and one.y is not None else None
    same = {name: getattr(one, name) for name in _SAME}
    return Facts(took=tuple(one.took), spot=spot, **same)


_SAME = (
    *("area", "category", "department", "reported_on", "due_at", "due_on", "dispatch_at", "dispatch_on", "ended_on"),
    "bits",
)


class Sums:
    """What goes into the sums, cell by cell; with `only` a code, into those of this area alone."""

    def __init__(self, widths: tuple[int, ...], only: str = "") -> None:
        self.widths, self.only = widths, only
        self.cells: dict[CellKey, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.hours: dict[tuple[CellKey, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.spots: dict[MapKey, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, facts: Facts, times: int) -> None:
        """Add a matter (1) or take it off (-1)."""
        codes, finest = counted_in(facts.area, self.widths), self.widths[-1]
        own = (codes or [facts.area])[-1]
        if self.only:
            codes = [self.only]
        for key, bits in cells_of(facts, codes, finest):
            self.cells[key][bits] += times
        hours = facts.hours()
        if hours and facts.ended_on is not None:
            for key in keys_on(facts, codes, finest, facts.ended_on):
                for interval, value in hours.items():
                    self.hours[key, interval][value] += times
        if facts.spot is not None and self.only in ("", own):
            self._add_spot(facts, facts.spot, own, times)

    def add_up_months(self) -> None:
        """Sum up days to months: once all matters are added, since many share a day."""
        for key, counts in list(self.cells.items()):
            if (month := month_of(key)) is not None:
                _add_to(self.cells[month], counts)
        for (key, interval), counts in list(self.hours.items()):
            if (month := month_of(key)) is not None:
                _add_to(self.hours[month, interval], counts)

    def _add_spot(self, facts: Facts, spot: tuple[int, int], area: str, times: int) -> None:
        is_open = bool(facts.bits & BIT["open"])
        for zoom in range(len(ZOOMS)):
            x, y = at_zoom(spot, zoom)
            for month in ("", f"{facts.reported_on:%Y%m}"):
                sums = self.spots[zoom, month, x, y, area]
                sums[0] += times
                sums[1] += times * is_open


def _add_to(total: dict[int, int], counts: dict[int, int]) -> None:
    for one, n in counts.items():
        total[one] += n


# --- storing -----------------------------------------------------------------------------------------------------------


def _store(changed: dict[UUID, Facts]) -> None:
    rows = [
        [key, list(facts.took), *(facts.spot or (None, None)), *(getattr(facts, name) for name in _SAME)]
        for key, facts in changed.items()
    ]
    put(Counted, ("event",), ("took", "x", "y", *_SAME), rows)


def _raise_cells(cells: dict[CellKey, dict[int, int]]) -> None:
    rows = [
        [*key, *moved]
        for key, moved in sorted((key, spread(by_bits, len(COUNTED))) for key, by_bits in cells.items())
        if any(moved)
    ]
    put(Cell, CellKey._fields, COUNTED, rows, adds=True)


def _raise_map(spots: dict[MapKey, list[int]]) -> None:
    rows = [[*key, *moved] for key, moved in sorted(spots.items()) if any(moved)]
    put(MapCell, ("zoom", "month", "x", "y", "area"), ("reported", "open"), rows, adds=True)


def _raise_hours(hours: dict[tuple[CellKey, str], dict[int, int]]) -> None:
    """One row holds how many took how long: read, changed, written back. Nobody else writes it."""
    moved = {place: counts for place, counts in hours.items() if any(counts.values())}
    if not moved:
        return
    found = {(CellKey(*key), interval): stored for *key, interval, stored in _stored_hours(moved)}
    rows = [
        [*key, interval, _together(found.get((key, interval), {}), counts)]
        for (key, interval), counts in sorted(moved.items(), key=lambda item: item[0])
    ]
    put(Took, (*CellKey._fields, "interval"), ("hours",), rows)


def _stored_hours(moved: Iterable[tuple[CellKey, str]]) -> Iterator[Any]:
    """The rows of these cells, and some more: those of the same kinds, areas and days."""
    by_kind: dict[str, list[CellKey]] = defaultdict(list)
    for key, _interval in moved:
        by_kind[key.kind].append(key)
    for kind, keys in by_kind.items():
        areas, days = sorted({key.area for key in keys}), sorted({key.day for key in keys})
        for begin in range(0, len(areas), 400):
            for first in range(0, len(days), 400):
                yield from _hours_of(kind, areas[begin : begin + 400], days[first : first + 400])


@Prepared
def _hours_of(kind: str, areas: list[str], days: list[date]) -> "QuerySet[Took, Any]":
    rows = Took.objects.filter(kind=kind, area__in=areas, day__in=days).order_by()
    return rows.values_list(*CellKey._fields, "interval", "hours")


def _together(stored: dict[str, int], counts: dict[int, int]) -> dict[str, int]:
    total = {int(hours): n for hours, n in stored.items()}
    for hours, n in counts.items():
        total[hours] = total.get(hours, 0) + n
    return {str(hours): n for hours, n in sorted(total.items()) if n}
