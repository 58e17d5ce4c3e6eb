"""What a dispute adds to the figures of a ledger, read from its rows by the very conditions that list them (`reading`)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, Q, QuerySet, Value, When
from django.utils import timezone

from linli.kit.prepared import Prepared
from linli.mediation.ledgers.figures import BY_CODE, WATCHED, Cohort
from linli.mediation.ledgers.reading import (
    BETWEEN,
    CALL_BACKS,
    CLOCK,
    PROMISES,
    STANDING,
    days_of,
    hours_begun,
    with_lengths,
)
from linli.mediation.models import COUNTED_FIGURES, CallBack, Dispute, Obligation
from linli.mediation.rules import AgreementState
from linli.statistics.facts import counted_in, kept_widths

#: Disputes that are asked for by their keys in one question.
AT_ONCE = 500
#: The letters of the grains, and the day of what is so now.
DAY, MONTH, NOW = "d", "m", "n"
NOW_ON = date(1970, 1, 1)
BIT = {code: 1 << place for place, code in enumerate(COUNTED_FIGURES)}
_TICK = timedelta(microseconds=1)


def _mask(is_meant: Callable[[str], object]) -> int:
    return sum(BIT[code] for code in COUNTED_FIGURES if is_meant(code))


_OF_COHORT = {cohort: _mask(lambda code, of=cohort: BY_CODE[code].cohort == of) for cohort in Cohort}  # type: ignore[misc]
_AFTER_DAYS = {days: _mask(lambda code, of=days: days_of(code) == of) for days in WATCHED}  # type: ignore[misc]
#: Those of a dispute as it stands; its promises and call-backs are rows of their own.
_OF_ROW = [code for code in COUNTED_FIGURES if code in STANDING]


def widths_counted() -> tuple[int, ...]:
    """The widths of the areas counted ahead: down to townships. The disputes of a village are few enough to be read."""
    kept = kept_widths()
    return kept[:-1] or kept


def edition() -> str:
    """What was counted and how: anything else, and all is counted anew."""
    widths = ",".join(map(str, widths_counted()))
    return f"2 {widths} {timezone.get_current_timezone_name()} {' '.join(COUNTED_FIGURES)}"


@dataclass(frozen=True)
class Facts:
    """What a dispute adds."""

    area: str
    kind: str
    #: A day (empty: now) with the figures that count there, as bits; sorted. Two promises of one day are two items.
    items: tuple[tuple[str, int], ...]
    #: Day, stretch and hours.
    took: tuple[tuple[str, str, int], ...]
    next_at: datetime | None
    is_called_again: bool


#: The columns of a row of what was counted.
KEPT = ("area", "kind", "items", "took", "next_at", "is_called_again")


def facts_in(row: Sequence[Any]) -> Facts:
    """Those columns as a value."""
    area, kind, items, took, *others = row
    return Facts(area, kind, tuple(map(tuple, items)), tuple(map(tuple, took)), *others)


def facts_by_key(keys: Sequence[UUID], at: datetime) -> dict[UUID, Facts]:
    """What those of these disputes that are there add at a moment."""
    found: dict[UUID, Facts] = {}
    for begin in range(0, len(keys), AT_ONCE):
        found |= _facts(keys[begin : begin + AT_ONCE], at)
    return found


def _facts(keys: Sequence[UUID], at: datetime) -> dict[UUID, Facts]:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    made = {row.key: _Adding(row, at, zone) for row in map(_Row._make, _rows(keys))}
    for dispute, due_at, bits in _promises(keys):
        made[dispute].add_promise(due_at, bits)
    calls: dict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    for dispute, done_at, bits in _calls(keys):
        calls[dispute].append((done_at, bits))
    return {key: one.facts(calls[key]) for key, one in made.items()}


# --- what is read --------------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """A dispute as far as it counts."""

    key: UUID
    area: str
    kind: str
    registered_at: datetime
    accepted_at: datetime | None
    concluded_at: datetime | None
    settled_at: datetime | None
    ended_at: datetime | None
    first_session_at: datetime | None
    bits: int
    to_session: int | None
    to_conclusion: int | None


@Prepared
def _rows(keys: Sequence[UUID]) -> "QuerySet[Any, Any]":
    hours = {f"n_{code}": hours_begun(begin, end) for code, (_of, begin, end) in BETWEEN.items()}
    rows = with_lengths(Dispute.objects.filter(pk__in=keys), *_OF_ROW).order_by()
    names = ["area_id" if name == "area" else name for name in _Row._fields[:9]]
    return rows.annotate(n_bits=_bits({code: STANDING[code] for code in _OF_ROW}), **hours).values_list(
        *names, "n_bits", *hours
    )


@Prepared
def _promises(keys: Sequence[UUID]) -> "QuerySet[Any, Any]":
    rows = Obligation.objects.filter(
        agreement__dispute__in=keys, agreement__state=AgreementState.IN_FORCE, due_at__isnull=False
    )
    return rows.order_by().values_list("agreement__dispute", "due_at", _bits(PROMISES))


@Prepared
def _calls(keys: Sequence[UUID]) -> "QuerySet[Any, Any]":
    results = {code: Q(result__in=of) if of else Q() for code, of in CALL_BACKS.items()}
    rows = CallBack.objects.filter(dispute__in=keys, done_at__isnull=False).order_by()
    return rows.values_list("dispute", "done_at", _bits(results))


def _bits(conditions: Mapping[str, Q]) -> Any:
    """The figures whose conditions hold, as one number."""
    number = BigIntegerField()
    flags: Iterable[Any] = (
        Case(When(condition, then=Value(BIT[code])), default=Value(0), output_field=number)
        if condition
        else Value(BIT[code], output_field=number)
        for code, condition in conditions.items()
    )
    return reduce(add, flags)


# --- what it adds --------------------------------------------------------------------------------------------------------


@dataclass
class _Adding:
    """A dispute while its parts are put together."""

    row: _Row
    at: datetime
    zone: ZoneInfo
    items: list[tuple[str, int]] = field(default_factory=list)
    coming: list[datetime] = field(default_factory=list)

    def add_promise(self, due_at: datetime, bits: int) -> None:
        """It counts once its day has passed, on that day: the day ends with the moment."""
        if self._is_over(due_at):
            self.items.append((self._day(due_at - _TICK), bits))

    def facts(self, calls: Sequence[tuple[datetime, int]]) -> Facts:
        """All of it."""
        bits = self._bits_by_now()
        for cohort in (Cohort.REGISTERED, Cohort.ACCEPTED, Cohort.CONCLUDED, Cohort.SETTLED):
            moment, counted = getattr(self.row, CLOCK[cohort]), bits & _OF_COHORT[cohort]
            if moment is not None and counted:
                self.items.append((self._day(moment), counted))
        if self.row.ended_at is None:
            self.items.append(("", bits & _OF_COHORT[Cohort.NOW]))
        if len(calls) == 1:
            self.items.append((self._day(calls[0][0]), calls[0][1]))
        return Facts(
            self.row.area,
            self.row.kind,
            tuple(sorted(self.items)),
            tuple(self._took(bits)),
            min(self.coming, default=None),
            len(calls) > 1,
        )

    def _bits_by_now(self) -> int:
        bits = self.row.bits
        for days, mask in _AFTER_DAYS.items():
            if self.row.settled_at is None or not self._is_over(self.row.settled_at + timedelta(days=days)):
                bits &= ~mask
        return bits

    def _took(self, bits: int) -> Iterable[tuple[str, str, int]]:
        for code, (of, begin, end) in BETWEEN.items():
            begun, ended = getattr(self.row, begin), getattr(self.row, end)
            if bits & BIT[of] and ended is not None and ended >= begun:
                clock = CLOCK[BY_CODE[of].cohort]
                yield self._day(getattr(self.row, clock)), code, int(getattr(self.row, code))

    def _is_over(self, moment: datetime) -> bool:
        if moment <= self.at:
            return True
        self.coming.append(moment)
        return False

    def _day(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).date().isoformat()


# --- where it is added ---------------------------------------------------------------------------------------------------


class CellKey(NamedTuple):
    """Of a cell."""

    grain: str
    area: str
    day: str
    kind: str


class HoursKey(NamedTuple):
    """Of hours."""

    grain: str
    area: str
    day: str
    stretch: str


class Sums:
    """What goes into the sums, cell by cell; with `only` a code, into those of this area alone."""

    def __init__(self, only: str = "") -> None:
        self.widths, self.only = widths_counted(), only
        self.cells: dict[CellKey, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.hours: dict[HoursKey, dict[int, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, facts: Facts, times: int) -> None:
        """Add a dispute (1) or take it off (-1)."""
        codes = [self.only] if self.only else counted_in(facts.area, self.widths)
        for code in codes:
            for day, bits in facts.items:
                for grain, on in _grains(day):
                    self.cells[CellKey(f"{grain}{len(code)}", code, on, facts.kind)][bits] += times
            for day, stretch, hours in facts.took:
                for grain, on in _grains(day):
                    self.hours[HoursKey(f"{grain}{len(code)}", code, on, stretch)][hours] += times


def _grains(day: str) -> tuple[tuple[str, str], ...]:
    return ((DAY, day), (MONTH, f"{day[:8]}01")) if day else ((NOW, NOW_ON.isoformat()),)


__all__ = [
    "BIT",
    "DAY",
    "KEPT",
    "MONTH",
    "NOW",
    "NOW_ON",
    "CellKey",
    "Facts",
    "HoursKey",
    "Sums",
    "edition",
    "facts_by_key",
    "facts_in",
    "widths_counted",
]
