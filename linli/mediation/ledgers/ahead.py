"""Reading figures that were counted ahead: the sums, and what was done since they were counted last.

Both are of one version of the sums, so every number holds at the moment it is read. A village has no sums of its own: what each
of its disputes was counted as is added up. While all is counted anew, where a sum was found wrong, or where too much was done
since, the same figures are read from the rows, by the same conditions.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from linli.areas.codes import contains, within
from linli.areas.models import Area
from linli.journal import following
from linli.kit.flags import spread
from linli.kit.prepared import Prepared
from linli.mediation.ledgers import pairs as apart
from linli.mediation.ledgers import reading
from linli.mediation.ledgers.counting import SLICE, changed_by_time, counted_before, written_between
from linli.mediation.ledgers.facts import BIT, KEPT, Facts, edition, facts_by_key, facts_in, widths_counted
from linli.mediation.ledgers.figures import BY_CODE
from linli.mediation.ledgers.pairs import AREA, KIND, MONTH, Pairs, steps_of, width_below
from linli.mediation.ledgers.reading import BETWEEN, CALL_BACKS, Asked, Length, in_period
from linli.mediation.ledgers.summing import Piece, hours_of, now_of, pieces_of, sums_of
from linli.mediation.ledgers.taken import Taken, length_of_all
from linli.mediation.models import COUNTED_FIGURES, CallBack, CountedDispute, Dispute, LedgerFollower

T = TypeVar("T")
#: So many entries of the journal, and disputes behind the sums, a page still reads; beyond it, all is read from the rows.
ENTRIES, TAIL = 20_000, 200
#: And so many disputes of an area without sums.
FEW = 2_000
_TRIES = 5
#: Sums of a moment ago hold for whoever asked just before it.
_LATITUDE = timedelta(minutes=1)


class Source(Protocol):
    """Where figures are read from."""

    def counts(self, asked: Asked, among: Iterable[str] = ...) -> dict[str, int]:
        """By code of the figure."""

    def lengths(self, asked: Asked) -> dict[str, Length]:
        """By code of the stretch."""

    def pairs(self, asked: Asked, by_rows: str, by_cols: str, of: str) -> Pairs:
        """As `pairs.pairs`."""


class Rows:
    """The disputes themselves."""

    counts = staticmethod(reading.counts)
    lengths = staticmethod(reading.lengths)
    pairs = staticmethod(apart.pairs)


def answer(asked: Asked, ask: Callable[[Source], T]) -> T:
    """What is asked of one version of the sums; of the rows where there are none to be read."""
    for _try in range(_TRIES):
        follower = _follower.one()
        source = _source(follower, asked) if follower and is_ready(follower, asked.at) else None
        if follower is None or source is None:
            break
        found = ask(source)
        if _version.one() == follower.version:
            return found
    return ask(Rows())


def _source(follower: LedgerFollower, asked: Asked) -> "Ahead | None":
    """Sums with their tail; of an area that has none, all that its disputes were counted as. None: too much was done since."""
    tail = tail_of(follower, asked.at)
    if tail is None or len(asked.area) in widths_counted():
        return None if tail is None else Ahead(tail)
    rows = CountedDispute.objects.filter(within(asked.area)).values_list(*KEPT)
    few = [facts_in(row) for row in rows[: FEW + 1]]
    return Ahead(tail, few) if len(few) <= FEW else None


def is_ready(follower: LedgerFollower, at: datetime) -> bool:
    """Whether the sums are complete, right as far as is known, and not of a later time than is asked for."""
    counted_at = follower.counted_at
    if follower.is_walking or follower.differing or counted_at is None or follower.edition != edition():
        return False
    return counted_at <= at + _LATITUDE


@Prepared
def _follower() -> "QuerySet[LedgerFollower]":
    return LedgerFollower.objects.filter(pk=1)


@Prepared
def _version() -> "QuerySet[LedgerFollower, int]":
    return LedgerFollower.objects.filter(pk=1).values_list("version", flat=True)


class Changed(NamedTuple):
    """A dispute that was changed since: as it was counted (None: not yet), and as it is."""

    key: UUID
    was: Facts | None
    now: Facts


def tail_of(follower: LedgerFollower, at: datetime) -> list[Changed] | None:
    """Those that were changed since; None where they are too many for a page."""
    end = following.place()
    behind = sum(length - follower.place.get(chain, 0) for chain, length in end.items())
    if behind > ENTRIES:
        return None
    coming = changed_by_time(at)
    keys = list(dict.fromkeys([*(written_between(follower.place, end) if behind else []), *coming]))
    if len(keys) > TAIL or len(coming) == SLICE:
        return None
    was, now = counted_before(keys), facts_by_key(keys, at) if keys else {}
    return [Changed(key, was.get(key), facts) for key, facts in now.items() if was.get(key) != facts]


@dataclass(frozen=True)
class Ahead:
    """The sums, and the disputes that were changed since; or with no sums all disputes, as they were counted."""

    tail: Sequence[Changed]
    instead: Sequence[Facts] | None = None

    def counts(self, asked: Asked, among: Iterable[str] = BY_CODE) -> dict[str, int]:
        """By code of the figure."""
        wanted = set(among)
        codes = [code for code in COUNTED_FIGURES if code in wanted]
        found: dict[str, int] = dict.fromkeys(codes, 0)
        for piece in [*self._pieces(asked), *self._now(asked, codes)]:
            for row in sums_of(codes, piece, [asked.area]):
                for code, n in zip(codes, row, strict=True):
                    found[code] += n or 0
        by_bits: Counter[int] = Counter()
        for _facts, _day, bits, times in self._items(asked):
            by_bits[bits] += times
        for code, n in zip(COUNTED_FIGURES, spread(by_bits, len(COUNTED_FIGURES)), strict=True):
            if code in wanted:
                found[code] += n
        if "called" in wanted:
            for code, n in self._called_again(asked).items():
                found[code] += n
        if "overdue" in wanted:
            found["overdue"] = _overdue(asked)
        return found

    def lengths(self, asked: Asked) -> dict[str, Length]:
        """By code of the stretch."""
        stored: dict[str, list[Taken]] = {code: [] for code in BETWEEN}
        for piece in self._pieces(asked):
            for stretch, taken in hours_of(piece, asked.area):
                stored[stretch].append(taken)
        more: dict[str, Counter[int]] = {code: Counter() for code in BETWEEN}
        for facts, times in self._changed(asked):
            for day, stretch, hours in facts.took:
                if _is_in(asked, day):
                    more[stretch][hours] += times
        return {code: length_of_all(stored[code], more[code]) for code in BETWEEN}

    def pairs(self, asked: Asked, by_rows: str, by_cols: str, of: str) -> Pairs:
        """As `pairs.pairs`; of areas that are not counted ahead, from the rows."""
        ways = (by_rows, by_cols)
        if AREA in ways and self.instead is None and width_below(asked.area) not in widths_counted():
            return apart.pairs(asked, by_rows, by_cols, of)
        table = _Table(asked, ways)
        for piece in self._pieces(asked):
            table.add_cells(piece, of)
        for facts, day, bits, times in self._items(asked):
            if day and bits & BIT[of]:
                table.add(facts, day, times)
        return {key: n for key, n in table.found.items() if n}

    def _pieces(self, asked: Asked) -> list[Piece]:
        return pieces_of(asked.period, len(asked.area)) if self.instead is None else []

    def _now(self, asked: Asked, codes: Sequence[str]) -> list[Piece]:
        return now_of(codes, len(asked.area)) if self.instead is None else []

    def _changed(self, asked: Asked) -> Iterator[tuple[Facts, int]]:
        yield from ((facts, 1) for facts in self.instead or ())
        for one in self.tail:
            for facts, times in ((one.was, -1), (one.now, 1)):
                if facts is not None and contains(asked.area, facts.area):
                    yield facts, times

    def _items(self, asked: Asked) -> Iterator[tuple[Facts, str, int, int]]:
        """What these add in the period or now: whose, day (empty: now), figures as bits, and how often (-1: it is taken off)."""
        for facts, times in self._changed(asked):
            for day, bits in facts.items:
                if not day or _is_in(asked, day):
                    yield facts, day, bits, times

    def _called_again(self, asked: Asked) -> Mapping[str, int]:
        """Disputes that were called back more than once: each result counts once, whenever in the period they were called."""
        changed = [one.key for one in self.tail]
        since = [one.key for one in self.tail if one.now.is_called_again and contains(asked.area, one.now.area)]
        before = CountedDispute.objects.filter(within(asked.area), is_called_again=True).exclude(pk__in=changed)
        if not since and not before.exists():
            return {}
        rows = CallBack.objects.filter(
            Q(dispute__in=before.values("pk")) | Q(dispute__in=since), in_period("done_at", asked.period)
        )
        results = {code: Q(result__in=of) if of else Q() for code, of in CALL_BACKS.items()}
        return rows.order_by().aggregate(
            **{code: Count("dispute", distinct=True, filter=condition) for code, condition in results.items()}
        )


def _overdue(asked: Asked) -> int:
    """From an index of limits, whatever is counted: they move when the calendar does, and nobody writes that down.

    The area by its first digits: a range would be taken for a better way in than the limit.
    """
    rows = Dispute.objects.overdue_at(asked.at).order_by().annotate(here=Left("area_id", len(asked.area)))
    return rows.filter(here=asked.area).count()


def _is_in(asked: Asked, day: str) -> bool:
    return asked.period.first.isoformat() <= day <= asked.period.last.isoformat()


class _Table:
    """Pairs while they are added up."""

    def __init__(self, asked: Asked, ways: tuple[str, str]) -> None:
        self.asked, self.ways = asked, ways
        self.below = width_below(asked.area)
        self.begins = [step.first.isoformat() for step in steps_of(asked.period)]
        self.found: Pairs = defaultdict(int)
        self.places = list(Area.objects.filter(parent=asked.area).values_list("pk", flat=True)) if AREA in ways else []

    def add_cells(self, piece: Piece, of: str) -> None:
        """The cells of a piece of the period: those of the areas below, and what the area has beyond them."""
        keys = [_COLUMN[way] for way in self.ways if way != AREA]
        if AREA not in self.ways:
            for row, col, n in sums_of([of], piece, [self.asked.area], keys):
                self._add(row, col, n)
            return
        below = piece._replace(grain=f"{piece.grain[0]}{self.below}")
        beyond = dict(sums_of([of], piece, [self.asked.area], keys))
        for area, key, n in sums_of([of], below, self.places, ["area", *keys]):
            self._add_of(area, key, n)
            beyond[key] -= n
        for key, n in beyond.items():
            self._add_of(self.asked.area, key, n)

    def _add_of(self, area: str, key: Any, n: int) -> None:
        """Of an area and what it is crossed with, whichever of them stands for rows."""
        row, col = (area, key) if self.ways[0] == AREA else (key, area)
        self._add(row, col, n)

    def _add(self, row: Any, col: Any, n: int) -> None:
        """By columns of cells."""
        by_row, by_col = self.ways
        if n:
            self.found[self._step(row) if by_row == MONTH else row, self._step(col) if by_col == MONTH else col] += n

    def _step(self, day: date | str) -> int:
        return bisect_right(self.begins, str(day)) - 1

    def add(self, facts: Facts, day: str, n: int) -> None:
        """A dispute, or one less, of a day."""
        values = {AREA: facts.area[: self.below], KIND: facts.kind, MONTH: self._step(day)}
        self.found[values[self.ways[0]], values[self.ways[1]]] += n


#: The column of a cell by which it is told apart.
_COLUMN = {KIND: "kind", MONTH: "day"}
