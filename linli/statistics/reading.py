"""Reading figures: sums of cells, less what is still to come, with what was done since they were counted last.

`figures` answers for an area and a period, as a whole or told apart; every number comes with the moment for which it
holds. Where nothing is counted ahead (below a village; days of a category of a village; while all is counted anew) the same
figures are read from the rows, by the same conditions. `opens` is the rows behind a number, `cells` the map.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import F, QuerySet
from django.db.models.functions import Left
from django.db.models.lookups import Exact

from linli.events.models import EventQuerySet
from linli.journal import following
from linli.kit.prepared import Prepared
from linli.people.rules import Scope
from linli.statistics.adding import Counts, Sums, add_cells, add_facts, no_sums, spelled, take_off_what_comes
from linli.statistics.asking import CATEGORY, DAY, DEPARTMENT, FACET, MONTH, Asked
from linli.statistics.counting import counted_before, matters_in
from linli.statistics.facts import dispatch_limit, facts_by_key, lead_of
from linli.statistics.figures import CLOCK, Moment, counted, matters_of, rows_of, step_of
from linli.statistics.models import Follower
from linli.statistics.periods import Period
from linli.statistics.rules import (
    BY_CODE,
    RATE_BY_CODE,
    Cohort,
    Rate,
    kept_back,
    may_show_share,
    percent,
)
from linli.statistics.rules.cubes import (
    ADDING,
    COUNTED,
    EDITION,
    NONE,
    Facts,
)

__all__ = [
    "CATEGORY",
    "DAY",
    "DEPARTMENT",
    "MONTH",
    "Asked",
    "Figures",
    "Row",
    "Value",
    "consistently",
    "figures",
    "opens",
    "rows_asked",
    "several",
    "tail_of",
]
#: Entries behind the sums that a page still reads one by one; beyond it, the figures are as old as the sums.
TAIL = 500
_TRIES = 5
T = TypeVar("T")


@dataclass(frozen=True)
class Value:
    """A rate as it is shown: what it is made of, and the percentage, None where there are too few for one."""

    rate: Rate
    numerator: int | None
    denominator: int | None
    percent: float | None


@dataclass(frozen=True)
class Row:
    """The figures of one area, category, department, month or day. `counts` holds None for what is kept back."""

    key: str
    counts: Mapping[str, int | None]
    is_ours: bool = True

    def value(self, code: str) -> Value:
        """A rate of it."""
        rate = RATE_BY_CODE[code]
        numerator, denominator = self.counts[rate.numerator], self.counts[rate.denominator]
        if numerator is None or denominator is None:
            return Value(rate, None, None, None)
        if not self.is_ours and not may_show_share(numerator, denominator):
            return Value(rate, None, denominator, None)
        return Value(rate, numerator, denominator, percent(numerator, denominator))


@dataclass(frozen=True)
class Figures:
    """Rows by key, in the order of keys; `as_of` is the moment for which they hold."""

    rows: dict[str, Row]
    as_of: datetime
    #: Read from sums that were counted ahead, not from rows.
    from_sums: bool

    @property
    def whole(self) -> Row:
        """The one row of figures that are not told apart."""
        return self.rows.get("", Row("", dict.fromkeys(COUNTED, 0)))


def figures(scope: Scope, area: str, period: Period, *, by: str = "", at: datetime, led_by: str = "") -> Figures:
    """All figures that add up (`rules.cubes.COUNTED`), of the matters of an area and all inside it.

    `by`: a level below the area (`township`, `village`, …), `category`, `department`, `month`, `day`; empty: as a whole. Keys
    are codes of areas, keys of categories, codes of departments (`-` for none), ISO dates of first days. Matters of no area
    of the level stand under the area's own code. Figures of what is open now do not depend on the period and stand in no
    month or day. `led_by`: only matters that this department leads; by area, month or day. Small numbers are kept back where
    the matters are not in the scope.
    """
    return several(scope, [Asked(area, period, by, at, led_by=led_by)])[0]


def several(scope: Scope, questions: Sequence[Asked]) -> list[Figures]:
    """The same for several questions; those counted ahead are read from one and the same version of the sums."""
    kept = [asked for asked in questions if asked.is_kept]
    read = consistently(lambda follower: _from_sums(kept, follower)) if kept else None
    found, as_of = ({}, None) if read is None else (dict(zip(kept, read[0], strict=True)), read[1])
    return [_figures(scope, asked, found.get(asked), as_of) for asked in questions]


def _figures(scope: Scope, asked: Asked, from_sums: dict[str, Counts] | None, as_of: datetime | None) -> Figures:
    sums = _from_rows(asked) if from_sums is None else from_sums
    rows = {key: Row(key, _complete(sums[key])) for key in sorted(sums)}
    if not asked.by and not rows:
        rows = {"": Row("", _complete({}))}
    if not scope.sees(asked.area):
        rows = _without_small(rows)
    return Figures(rows, asked.at if as_of is None or from_sums is None else as_of, from_sums is not None)


def _complete(counts: Mapping[str, int]) -> dict[str, int | None]:
    return {code: counts.get(code, 0) for code in COUNTED}


def _without_small(rows: dict[str, Row]) -> dict[str, Row]:
    """Column by column, so that no single one can be reckoned from the sum."""
    shown: dict[str, dict[str, int | None]] = {key: dict(row.counts) for key, row in rows.items()}
    for code in COUNTED:
        for key in kept_back({key: row.counts[code] or 0 for key, row in rows.items()}):
            shown[key][code] = None
    return {key: Row(key, counts, is_ours=False) for key, counts in shown.items()}


# --- from sums -----------------------------------------------------------------------------------------------------------


def consistently(read: Callable[[Follower], T]) -> T | None:
    """What is read between two looks at the same version of the sums; None where they are not ready."""
    for _try in range(_TRIES):
        follower = _follower.one()
        if follower is None or follower.is_walking or follower.counted_at is None or follower.edition != EDITION:
            return None
        found = read(follower)
        if _version.one() == follower.version:
            return found
    return None


@Prepared
def _follower() -> "QuerySet[Follower]":
    return Follower.objects.filter(pk=1)


@Prepared
def _version() -> "QuerySet[Follower, int]":
    return Follower.objects.filter(pk=1).values_list("version", flat=True)


def _from_sums(questions: Sequence[Asked], follower: Follower) -> tuple[list[dict[str, Counts]], datetime]:
    tail, is_whole = tail_of(follower)
    at = questions[0].at
    found = [(asked, no_sums()) for asked in questions]
    for asked, sums in found:
        add_cells(asked, sums)
        if not asked.keeps_days:
            _add_days_from_rows(asked, sums)
    take_off_what_comes(found)
    for asked, sums in found:
        for was, now in tail:
            if was is not None:
                add_facts(asked, sums, was, -1)
            add_facts(asked, sums, now, 1)
    as_of = at if is_whole or follower.counted_at is None else follower.counted_at
    return [{key: counts for key, counts in sums.items() if any(counts.values())} for _asked, sums in found], as_of


def _add_days_from_rows(asked: Asked, sums: Sums) -> None:
    for first, last in asked.days:
        for key, counts in _from_rows(replace(asked, period=Period(first, last), with_now=False)).items():
            for code, n in counts.items():
                sums[key][code] += n


#: Matters that were changed since: as they were counted, as they are.
Tail = list[tuple[Facts | None, Facts]]


def tail_of(follower: Follower) -> tuple[Tail, bool]:
    """Matters that were changed since: as they were counted (None: not yet) and as they are. Whether these are all.

    None at all where there are too many of them to be read by a page.
    """
    end = following.place()
    behind = sum(length - follower.place.get(chain, 0) for chain, length in end.items())
    if not behind:
        return [], True
    if behind > TAIL:
        return [], False
    entries, _reached = following.since(follower.place, TAIL, end)
    keys = matters_in(entries)
    if not keys:
        return [], True
    was, now = counted_before(keys), facts_by_key(keys)
    return [(was.get(key), facts) for key, facts in now.items() if was.get(key) != facts], True


# --- from rows -----------------------------------------------------------------------------------------------------------


def _from_rows(asked: Asked) -> dict[str, Counts]:
    """The same by grouping the rows, cohort by cohort."""
    sums = no_sums()
    if asked.by in (MONTH, DAY):
        return _steps_from_rows(asked)
    moment, events = Moment(asked.period, asked.at), rows_asked(asked)
    for cohort in ADDING if asked.with_now else _IN_SOME_PERIOD:
        for row in counted(events.annotate(row_key=_row_key(asked)), cohort, moment, key=F("row_key")):
            found = _row_spelled(asked, row.pop("key", ""))
            for code, n in row.items():
                sums[found][code] += n
    return {key: counts for key, counts in sums.items() if any(counts.values())}


_IN_SOME_PERIOD = tuple(cohort for cohort in ADDING if cohort != Cohort.NOW)


def _steps_from_rows(asked: Asked) -> dict[str, Counts]:
    """By month or day: each cohort by its own time."""
    sums = no_sums()
    steps = asked.period.months() if asked.by == MONTH else asked.period.days()
    events = rows_asked(asked).annotate(n_limit=dispatch_limit())
    for cohort in _IN_SOME_PERIOD:
        clock = "n_limit" if cohort == Cohort.TO_DISPATCH else CLOCK[cohort]
        key = step_of(steps, clock)
        for row in counted(events, cohort, Moment(asked.period, asked.at), key=key):
            found = spelled(asked, str(steps[row.pop("key")].first))
            for code, n in row.items():
                sums[found][code] += n
    return {key: counts for key, counts in sums.items() if any(counts.values())}


def rows_asked(asked: Asked) -> EventQuerySet:
    """The matters that are asked about, whatever the period."""
    events = matters_of(asked.area)
    return events.filter(Exact(lead_of(), asked.led_by)) if asked.led_by else events


def _row_key(asked: Asked) -> Any:
    of_area = Left("area_id", asked.width if asked.is_level else len(asked.area))
    return {CATEGORY: F("category_id"), DEPARTMENT: lead_of()}.get(asked.by, of_area)


def _row_spelled(asked: Asked, key: Any) -> str:
    if asked.by in FACET:
        return NONE if key in (None, "") else str(key)
    if asked.is_level:
        return str(key) if len(str(key)) == asked.width else asked.area
    return ""


def opens(
    code: str,
    area: str,
    period: Period,
    *,
    at: datetime,
    part: str = "numerator",
    category: int | str | None = "",
    department: str | None = "",
) -> EventQuerySet:
    """Exactly the rows behind a figure, or behind the numerator or denominator of a rate.

    `category`, `department`: of one of them; None: of none; empty: of all. A month or a day is a period.
    """
    figure = BY_CODE[code] if code in BY_CODE else BY_CODE[getattr(RATE_BY_CODE[code], part)]
    events = rows_of(matters_of(area), figure, Moment(period, at))
    if category != "":
        events = events.filter(category_id=category) if category else events.filter(category__isnull=True)
    if department != "":
        events = events.alias(n_lead=lead_of())
        events = events.filter(n_lead=department) if department else events.filter(n_lead__isnull=True)
    return events
