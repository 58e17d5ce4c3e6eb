"""Finding entries, newest first, a page at a time, each by the index that leads to the fewest rows.

What a person did, what was done to one thing, and one verb each have an index in the order of time. Several verbs are asked
for one by one and merged. All else goes back through the journal in stretches, for a second at most: then the page says
how far it has come.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from linli.areas.codes import within
from linli.audit.rules import LOOKS, Asked, Sight, Sort
from linli.journal.models import Entry

PAGE = 50
_STRETCH = 20_000
_AT_MOST_S = 1.0


class Place(NamedTuple):
    """An entry in the order of time: when it was done, and its key."""

    at: datetime
    pk: int

    def spelled(self) -> str:
        """As one word, for an address."""
        return f"{(self.at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)}.{self.pk}"


def place_of(word: str) -> Place | None:
    """The place of such a word; None for anything else."""
    moment, dot, pk = word.partition(".")
    if not (dot and moment.isascii() and pk.isascii() and moment.isdecimal() and pk.isdecimal() and len(word) < 40):
        return None
    try:
        return Place(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(moment)), min(int(pk), 2**63 - 1))
    except OverflowError:
        return None


@dataclass(frozen=True)
class Found:
    """A page of entries. `more`: where the next begins; `stopped_at`: how far it looked back, where time ran out."""

    entries: list[Entry]
    more: Place | None = None
    stopped_at: datetime | None = None


def find(asked: Asked, sight: Sight, before: Place | None = None, most: int = PAGE) -> Found:
    """The newest entries that fit, done before a place."""
    rows = _narrowed(asked, sight)
    if asked.key or asked.person:
        places = _newest(rows.filter(verb__in=asked.verbs) if asked.verbs else rows, before, most + 1)
    elif asked.verbs:
        each = [place for verb in asked.verbs for place in _newest(rows.filter(verb=verb), before, most + 1)]
        places = sorted(each, reverse=True)[: most + 1]
    else:
        return _by_stretches(rows, asked, before, most)
    return _page(places, most)


def all_of(asked: Asked, sight: Sight, most: int) -> Iterator[Entry]:
    """Every entry that fits, newest first, `most` at most; memory does not grow with them."""
    before, count = None, 0
    while count < most:
        found = find(asked, sight, before, min(1000, most - count))
        yield from found.entries
        count += len(found.entries)
        before = found.more
        if before is None:
            return


def count_of(asked: Asked, sight: Sight, most: int) -> int:
    """How many those are, `most` at most."""
    return _narrowed(asked, sight).order_by()[:most].count()


def _narrowed(asked: Asked, sight: Sight) -> QuerySet[Entry]:
    rows = Entry.objects.filter(
        within(*sight.areas) | Q(area__isnull=True) if sight.of_no_area else within(*sight.areas)
    )
    if asked.key:
        rows = rows.filter(on_key=asked.key)
    if asked.person:
        rows = rows.filter(by=asked.person)
    if asked.area:
        rows = rows.filter(within(asked.area))
    if asked.sort == Sort.ACTS:
        rows = rows.exclude(verb__in=LOOKS)
    if asked.first:
        rows = rows.filter(at__gte=_midnight(asked.first))
    if asked.last:
        rows = rows.filter(at__lt=_midnight(asked.last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time_of_day()))


def _behind(rows: QuerySet[Entry], before: Place | None) -> QuerySet[Entry]:
    if before is None:
        return rows
    return rows.filter(at__lte=before.at).filter(Q(at__lt=before.at) | Q(pk__lt=before.pk))


def _newest(rows: QuerySet[Entry], before: Place | None, most: int) -> list[Place]:
    found = _behind(rows, before).order_by("-at", "-pk").values_list("at", "pk")[:most]
    return [Place(*one) for one in found]


def _by_stretches(rows: QuerySet[Entry], asked: Asked, before: Place | None, most: int) -> Found:
    """From the last day asked for, if any, back to the first."""
    places: list[Place] = []
    ends = [before] if before else []
    if asked.last:
        ends.append(Place(_midnight(asked.last + timedelta(days=1)), 0))
    stop_at, reached = time.monotonic() + _AT_MOST_S, min(ends, default=None)
    while True:
        end = _end_of_stretch(reached)
        if end is not None and asked.first and end.at < _midnight(asked.first):
            end = None
        part = rows if end is None else rows.filter(at__gte=end.at).filter(Q(at__gt=end.at) | Q(pk__gte=end.pk))
        places += _newest(part, reached, most + 1 - len(places))
        if len(places) > most or end is None:
            return _page(places, most)
        reached = end
        if time.monotonic() > stop_at:
            found = _page(places, most)
            return Found(found.entries, reached, reached.at)


def _end_of_stretch(start: Place | None) -> Place | None:
    """The entry so many entries further back, found in the index alone; None: the journal is not as long."""
    found = _behind(Entry.objects.all(), start).order_by("-at", "-pk").values_list("at", "pk")
    one = found[_STRETCH : _STRETCH + 1]
    return next((Place(*place) for place in one), None)


def _page(places: list[Place], most: int) -> Found:
    shown = places[:most]
    entries = Entry.objects.filter(pk__in=[one.pk for one in shown]).select_related("by").order_by("-at", "-pk")
    return Found(list(entries), shown[-1] if len(places) > most else None)
