"""Adding up what was counted ahead, for several questions at once: cells, less what is still to come, and single matters."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from linli.kit.flags import spread
from linli.statistics.asking import CATEGORY, DAY, DEPARTMENT, FACET, MONTH, Asked, following_month
from linli.statistics.rules.cubes import ALL_TIME, COUNTED, MASK, NONE, Facts, Slot, slot_of
from linli.statistics.summing import DUE, TO_DISPATCH, Cells, Coming, Limit, Span, sums_of, to_come

Counts = dict[str, int]
#: Row by row, as `reading.figures` names them: how many of each figure.
Sums = dict[str, Counts]


def no_sums() -> Sums:
    """Rows that begin at nought when they are named."""
    return defaultdict(lambda: defaultdict(int))


_IN_PERIOD = tuple(code for code in COUNTED if slot_of(code) not in ALL_TIME)
_NOW = tuple(code for code in COUNTED if slot_of(code) in ALL_TIME)


def add_cells(asked: Asked, sums: Sums) -> None:
    """Add what is kept of a question: whole months, the other days where days are kept, and what is open now."""
    if asked.months:
        _add_rows(asked, sums, "m", [asked.months], _IN_PERIOD)
    if asked.days and asked.keeps_days:
        _add_rows(asked, sums, "d", asked.days, _IN_PERIOD)
    if _is_with_now(asked):
        _add_rows(asked, sums, "m", [], _NOW)


def add_facts(asked: Asked, sums: Sums, facts: Facts, times: int) -> None:
    """Add a matter by what is counted of it, or take it off (-1)."""
    for part in facts.parts():
        if asked.has(part.slot, part.on, part.until):
            key = asked.key_of(facts, part.on, part.slot)
            if key is not None:
                _add_bits(sums[key], {part.bits: times})


def _add_rows(
    asked: Asked, sums: Sums, grain: str, spans: Sequence[Span], codes: tuple[str, ...], times: int = 1
) -> None:
    """Add the cells of these days, or take them off (-1). Of a level that does not hold all, the rest stands under the
    area's own code.
    """
    rest = sums[asked.area] if asked.is_level and asked.width != len(asked.area) else None
    for key, row in sums_of(cells_of(asked, grain, spans), codes, cell_key(asked)):
        counts = sums[spelled(asked, key)]
        for code, n in zip(codes, row, strict=True):
            counts[code] += times * (n or 0)
            if rest is not None:
                rest[code] -= times * (n or 0)
    if rest is not None:
        own = Cells(f"{grain}{len(asked.area)}{asked.facet}", asked.area, True, spans, asked.led_by)
        for _key, row in sums_of(own, codes):
            for code, n in zip(codes, row, strict=True):
                rest[code] += times * (n or 0)


def cells_of(asked: Asked, grain: str, spans: Sequence[Span]) -> Cells:
    """The cells that are read for it."""
    is_one = asked.width == len(asked.area)
    return Cells(f"{grain}{asked.width}{asked.facet}", asked.area, is_one, spans, asked.led_by)


def cell_key(asked: Asked) -> str:
    """The column of a cell that tells rows apart; empty: none does."""
    if asked.is_level:
        return "area"
    return {CATEGORY: "facet", DEPARTMENT: "facet", MONTH: "day", DAY: "day"}.get(asked.by, "")


def spelled(asked: Asked, key: str) -> str:
    """The key of a row, given that of a cell."""
    return f"{key[:8]}01" if asked.by == MONTH else key


_LIMITS = tuple(code for code in COUNTED if slot_of(code) in (Slot.DUE, Slot.TO_DISPATCH))


def take_off_what_comes(questions: Sequence[tuple[Asked, Sums]]) -> None:
    """Limits of the period that have not passed yet are in its cells, and those of all matters in what is overdue.

    Whole days to come are taken off by their cells, whole months where no days are kept; then only the rest of today, or of
    the month, is left to be read from what was counted of single matters: once for all questions about the same of them.
    """
    several: dict[Coming, list[_Off]] = defaultdict(list)
    for asked, sums in questions:
        after = _after(asked)
        _take_off_cells(asked, sums, after)
        before = timezone.make_aware(datetime.combine(after, time.min))
        is_over, with_now = asked.period.end <= asked.at, _is_with_now(asked)
        if with_now or not is_over:
            off = _Off(asked, sums, _in_period(asked, Slot.DUE), MASK[Slot.OVERDUE] if with_now else 0)
            several[_coming(asked, DUE, before)].append(off)
        if not is_over:
            several[_coming(asked, TO_DISPATCH, before)].append(
                _Off(asked, sums, _in_period(asked, Slot.TO_DISPATCH), 0)
            )
    for coming, offs in several.items():
        found: dict[tuple[int, str | None], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for place, name, is_among, bits, n in to_come(coming, [_key_of(off.asked, coming.limit) for off in offs]):
            off = offs[place]
            found[place, name][bits & (off.always | (off.in_period if is_among else 0))] -= n
        for (place, name), by_bits in found.items():
            _add_bits(offs[place].sums[_key_to_come(offs[place].asked, name)], by_bits)


class _Off(NamedTuple):
    """What is to be taken off where: the figures of limits in the period, and those of all."""

    asked: Asked
    sums: Sums
    in_period: int
    always: int


def _coming(asked: Asked, limit: Limit, before: datetime) -> Coming:
    return Coming(asked.area, limit, asked.at, before, _told_apart(asked), asked.led_by)


def _told_apart(asked: Asked) -> Span:
    """Where days are kept, what is left to be read is of today, whatever the period: so questions about several share it."""
    today = timezone.localdate(asked.at)
    return (today, today) if asked.keeps_days else asked.counted_ahead


def _in_period(asked: Asked, slot: Slot) -> int:
    (first, last), (begin, end) = asked.counted_ahead, _told_apart(asked)
    return MASK[slot] if first <= begin and end <= last else 0


def _is_with_now(asked: Asked) -> bool:
    return asked.with_now and asked.by not in (MONTH, DAY)


def _after(asked: Asked) -> date:
    """The first day of which the cells hold nothing but what is to come."""
    today = timezone.localdate(asked.at)
    return today + timedelta(days=1) if asked.keeps_days else following_month(today)


def _take_off_cells(asked: Asked, sums: Sums, after: date) -> None:
    """Take off the cells from this day or month on."""
    grain = "d" if asked.keeps_days else "m"
    first, last = asked.counted_ahead
    if _is_with_now(asked):
        _add_rows(asked, sums, grain, [(after, date.max)], ("overdue",), -1)
    if last >= after:
        _add_rows(asked, sums, grain, [(max(first, after), last)], _LIMITS, -1)


def _key_of(asked: Asked, limit: Limit) -> str:
    """What tells its rows apart among matters, as an expression; empty: nothing does."""
    if asked.is_level:
        return f'SUBSTR("area", 1, {asked.width})'
    columns = {CATEGORY: "category", DEPARTMENT: "department", MONTH: limit.on, DAY: limit.on}
    return f'"{columns[asked.by]}"' if asked.by in columns else ""


def _key_to_come(asked: Asked, key: str | None) -> str:
    if asked.by in FACET:
        return key or NONE
    if asked.is_level:
        return key if key and len(key) == asked.width else asked.area
    return spelled(asked, key or "")


def _add_bits(counts: Counts, by_bits: Mapping[int, int]) -> None:
    """Add how many have each set of figures."""
    for code, n in zip(COUNTED, spread(by_bits, len(COUNTED)), strict=True):
        if n:
            counts[code] += n
