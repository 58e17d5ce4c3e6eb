"""Importing official figures: all rows of a table or none; what is known already is left, what differs is corrected."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains, within
from linli.areas.models import Area
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.refusal import BadInput
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Role, not_yours
from linli.statistics.facts import AT_ONCE
from linli.statistics.models import OfficialSeries, OfficialValue
from linli.statistics.rules import BY_CODE, RATE_BY_CODE, Cohort
from linli.statistics.rules.cubes import COUNTED
from linli.statistics.rules.official import day_of, period_of, reading_of

#: So many rows of a table are taken in at once.
MOST_ROWS = 2000
COLUMNS = ("indicator", "area", "period", "value", "change", "unit", "source", "published_on", "note", "figure")
NEEDED = frozenset({"indicator", "period", "value", "unit", "source", "published_on"})
LONGEST = {"indicator": 100, "unit": 30, "source": 200, "note": 300}
Row = tuple[int, dict[str, str]]


def comparable() -> dict[str, str]:
    """The figures and rates of ours that may stand beside an official one: code and name to code."""
    figures = {code: BY_CODE[code].name for code in COUNTED if BY_CODE[code].cohort != Cohort.NOW}
    rates = {
        code: rate.name
        for code, rate in RATE_BY_CODE.items()
        if rate.numerator in figures and rate.denominator in figures
    }
    found: dict[str, str] = {}
    for code, name in (figures | rates).items():
        found.setdefault(str(name), code)
        found[code] = code
    return found


class Draft(NamedTuple):
    """A row that can be taken in."""

    indicator: str
    area: str
    unit: str
    source: str
    figure: str
    first_on: date
    last_on: date
    value: Decimal
    change: Decimal | None
    published_on: date
    note: str

    @property
    def series(self) -> tuple[str, str, str, str]:
        """What names its series."""
        return self.area, self.indicator, self.unit, self.source


@dataclass(frozen=True)
class Checked:
    """Rows that are possible, and those that are not, each with its line and why."""

    good: list[Draft] = field(default_factory=list)
    refused: list[tuple[int, BadInput]] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """How many values are new, how many take the place of another, and how many were known."""

    new: int
    corrected: int
    known: int


def require_importer(by: Person, area: str, at: datetime) -> None:
    """Raises `NotYours` unless they keep the desk of the area or of one around it."""
    if Role.DESK not in scope_of(by, at).roles_in(area):
        raise not_yours()


def check_rows(rows: Iterable[Row], area: Area, at: datetime) -> Checked:
    """What `import_rows` would store and refuse; writes nothing."""
    checked, reader = Checked(), _Reader(area, timezone.localdate(at))
    for line, fields in rows:
        if len(checked.good) + len(checked.refused) >= MOST_ROWS:
            words = _("The table has more than %(most)s rows. Send it in parts.")
            raise BadInput("too_many_rows", words, most=MOST_ROWS)
        try:
            checked.good.append(reader.read(line, fields))
        except BadInput as refusal:
            checked.refused.append((line, refusal))
    return checked


@transaction.atomic
def import_rows(rows: Iterable[Row], *, area: Area, by: Person | None, at: datetime) -> Imported:
    """Take in all rows or none. `by` None: whoever has the machine. Raises `NotYours`; `BadInput` with the refused lines."""
    if by is not None:
        require_importer(by, area.code, at)
    checked = check_rows(rows, area, at)
    if checked.refused:
        told = "\n".join(f"{line}: {refusal.message}" for line, refusal in checked.refused[:20])
        words = _("Nothing was brought in. Rows that are not possible: %(count)s. By line:\n%(rows)s")
        raise BadInput("rows_refused", words, count=len(checked.refused), rows=told)
    if not checked.good:
        raise BadInput("no_rows", _("The table has no rows. Nothing was brought in."))
    imported = _store(checked.good, area, by, at)
    record(
        "figures.official_imported",
        on=area,
        area=area.code,
        by=by,
        at=at,
        new=imported.new,
        corrected=imported.corrected,
        known=imported.known,
    )
    return imported


def _store(drafts: list[Draft], area: Area, by: Person | None, at: datetime) -> Imported:
    """All in a handful of statements: nobody else writes meanwhile."""
    series = _series_of(drafts, area)
    in_force = {
        (one.series_id, one.first_on, one.last_on): one
        for one in OfficialValue.objects.filter(within(area.code, field="series__area"), replaced_at__isnull=True)
    }
    values, replaced = [], []
    for draft in drafts:
        key = series[draft.series].pk
        now = in_force.get((key, draft.first_on, draft.last_on))
        if now is not None:
            said = (draft.value, draft.change, draft.published_on, draft.note)
            if (now.value, now.change_percent, now.published_on, now.note) == said:
                continue
            replaced.append(now.pk)
        values.append(_value(draft, key, by, at))
    for begin in range(0, len(replaced), AT_ONCE):
        OfficialValue.objects.filter(pk__in=replaced[begin : begin + AT_ONCE]).update(replaced_at=at)
    OfficialValue.objects.bulk_create(values)
    return Imported(len(values) - len(replaced), len(replaced), len(drafts) - len(values))


def _value(draft: Draft, series: int, by: Person | None, at: datetime) -> OfficialValue:
    return OfficialValue(
        series_id=series,
        first_on=draft.first_on,
        last_on=draft.last_on,
        value=draft.value,
        change_percent=draft.change,
        published_on=draft.published_on,
        note=draft.note,
        imported_by=by,
        imported_at=at,
    )


def _series_of(drafts: list[Draft], area: Area) -> dict[tuple[str, str, str, str], OfficialSeries]:
    """The series of the area and inside it, by what names them: those of the drafts among them, with our figure beside each."""
    figures: dict[tuple[str, str, str, str], str] = {}
    for draft in drafts:
        figures[draft.series] = draft.figure or figures.get(draft.series, "")
    here = OfficialSeries.objects.filter(within(area.code)).order_by("pk")
    known = set(here.values_list("area", "indicator", "unit", "source"))
    missing = [
        OfficialSeries(area_id=code, indicator=indicator, unit=unit, source=source)
        for code, indicator, unit, source in figures.keys() - known
    ]
    # Another import may have made one just now; from here on it waits for this one.
    OfficialSeries.objects.bulk_create(missing, ignore_conflicts=True)
    found = {(one.area_id, one.indicator, one.unit, one.source): one for one in here.select_for_update()}
    changed = []
    for name, figure in figures.items():
        if figure and found[name].figure != figure:
            found[name].figure = figure
            changed.append(found[name])
    OfficialSeries.objects.bulk_update(changed, ["figure"], batch_size=AT_ONCE)
    return found


class _Reader:
    """Reads rows one after the other; the same series and period twice in a table is refused."""

    def __init__(self, area: Area, today: date) -> None:
        self._area, self._today = area, today
        self._figures = comparable()
        self._areas: dict[str, set[str]] = {}
        for code, name in Area.objects.open().values_list("pk", "name"):
            if contains(area.code, code):
                self._areas.setdefault(code, set()).add(code)
                self._areas.setdefault(name, set()).add(code)
        self._seen: dict[tuple[object, ...], int] = {}

    def read(self, line: int, row: dict[str, str]) -> Draft:
        """Raises `BadInput`."""
        words = {
            name: clean_words(row.get(name, ""), field=name, required=name in NEEDED, longest=longest)
            for name, longest in LONGEST.items()
        }
        first, last = period_of(row.get("period", ""))
        value, change = reading_of(row.get("value", ""), row.get("change", ""), unit=words["unit"])
        published_on = self._published(row.get("published_on", ""))
        draft = Draft(
            words["indicator"],
            self._code(row.get("area", "").strip()),
            words["unit"],
            words["source"],
            self._figure(row.get("figure", "").strip()),
            first,
            last,
            value,
            change,
            published_on,
            words["note"],
        )
        before = self._seen.setdefault((draft.series, first, last), line)
        if before != line:
            raise BadInput("row_twice", _("Line %(line)s already gives this indicator for this period."), line=before)
        return draft

    def _code(self, typed: str) -> str:
        found = self._areas.get(typed, set()) if typed else {self._area.code}
        if len(found) != 1:
            words = _("“%(value)s” is no area inside %(area)s, or more than one. Write its code.")
            raise BadInput("no_such_area", words, value=typed[:40], area=self._area.name, field="area")
        return next(iter(found))

    def _figure(self, typed: str) -> str:
        if typed and typed not in self._figures:
            words = _("“%(value)s” is none of the figures that can stand beside an official one.")
            raise BadInput("no_such_figure", words, value=typed[:40], field="figure")
        return self._figures[typed] if typed else ""

    def _published(self, typed: str) -> date:
        day = day_of(typed)
        if day > self._today:
            raise BadInput("day_to_come", _("It cannot have been published on a day to come."), field="published_on")
        return day
