"""The open figures of an area: those of the statistics, of its public categories, without what would tell of a few.

At the top of the home all matters are in the whole, the others together as one line. Below it the whole is that of the
public categories: whoever looks every day at a village of two hundred homes must not see that somebody has come with a quarrel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.areas.models import Area
from linli.events.models import Category
from linli.events.published import cut
from linli.openness.rules import COLUMNS, COUNT, OTHER, RATE, TILES, Kept, Tile, guarded, median_may_be_shown
from linli.people.rules import Held, Role, Scope
from linli.statistics.durations import MEDIAN, spread_of
from linli.statistics.periods import Named, Period
from linli.statistics.reading import CATEGORY, Asked, Figures, Row, Value, several
from linli.statistics.rules import BY_CODE, DAYS, RATE_BY_CODE, over_counts, quantile_of_counts
from linli.statistics.rules.cubes import COUNTED

#: Of villages they are not told: what a few neighbours answered would follow from the township less the other villages. All
#: else of public categories can be counted in the list.
OF_ANSWERS = frozenset({"satisfaction", "response"})


@dataclass(frozen=True)
class Shown:
    """A number as it is shown. A rate has what it is made of; `n` None: kept back, or too few to say."""

    n: int | None = None
    value: Value | None = None
    days: float | None = None
    #: How many closed matters a median is of, or None: too few.
    of: int | None = None


@dataclass(frozen=True)
class Number:
    """A tile: its name and meaning, of the last twelve months and of this one."""

    tile: Tile
    name: str
    meaning: str
    year: Shown
    month: Shown


@dataclass(frozen=True)
class Line:
    """A category of the table: its counts, and its on-time rate."""

    code: str
    name: str
    icon: str
    counts: Mapping[str, int | None]
    on_time: Value | None


@dataclass(frozen=True)
class OpenFigures:
    """All of them, at one moment."""

    area: str
    #: Whether the whole holds matters of all categories, or of the public ones alone.
    is_of_all: bool
    year: Period
    month: Period
    numbers: list[Number]
    lines: list[Line]
    as_of: datetime

    @property
    def tiles(self) -> list[Number]:
        """Those that stand by themselves."""
        return [one for one in self.numbers if one.tile.code != "response"]

    @property
    def response(self) -> Number:
        """How many of those asked have answered: it stands with what they said."""
        return next(one for one in self.numbers if one.tile.code == "response")


def figures_of(area: Area, at: datetime) -> OpenFigures:
    """Read them: as many queries for one matter as for thousands."""
    today = timezone.localdate(at)
    year, month = Period.named(Named.LAST_12_MONTHS, today), Period.named(Named.THIS_MONTH, today)
    # The sums are read whole and guarded here, for what is shown together differs from what a department sees.
    scope = Scope((Held(Role.LEADER, area.code),))
    read = several(scope, [Asked(area.code, period, CATEGORY, at) for period in (year, month)])
    is_of_all = area.parent_id is None
    public = {str(one.pk): one for one in Category.objects.filter(is_public=True)}
    of_year, of_month = (
        _Side(area.code, period, found, public, is_of_all, at)
        for period, found in zip((year, month), read, strict=True)
    )
    return OpenFigures(
        area=area.code,
        is_of_all=is_of_all,
        year=year,
        month=month,
        numbers=[Number(tile, *_told(tile), of_year.shown(tile), of_month.shown(tile)) for tile in TILES],
        lines=of_year.lines(),
        as_of=min(one.as_of for one in read),
    )


def _told(tile: Tile) -> tuple[str, str]:
    """The name of a tile, and what it means, as the statistics define it."""
    one: Any = {**BY_CODE, **RATE_BY_CODE, **{days.code: days for days in DAYS}}[tile.code]
    words = [one.formula, f"{_('Left out:')} {one.left_out}" if getattr(one, "left_out", "") else ""]
    words.append(str(getattr(one, "note", "")))
    return str(one.name), " · ".join(str(word) for word in words if word)


class _Side:
    """One period: the columns of public categories and of all others together, guarded."""

    def __init__(
        self, area: str, period: Period, found: Figures, public: Mapping[str, Category], is_of_all: bool, at: datetime
    ) -> None:
        self.public = public
        self.columns: dict[str, Kept] = {}
        rows = found.rows
        for code in COUNTED:
            parts = {key: row.counts[code] or 0 for key, row in rows.items() if key in public}
            others = sum(row.counts[code] or 0 for key, row in rows.items() if key not in public)
            self.columns[code] = guarded(parts, others if is_of_all else 0)
        self.is_of_all = is_of_all
        self.is_village = len(area) > len(cut(area, "township"))
        hours = spread_of(area, period, by=CATEGORY, at=at)
        self.took = over_counts([one["in_all"] for key, one in hours.items() if is_of_all or key in public])

    def row(self, key: str = "") -> Row:
        """The figures of one category, of the others, or of the whole."""
        if key:
            return Row(key, {code: one.parts.get(key, 0) for code, one in self.columns.items()}, is_ours=False)
        return Row("", {code: one.whole for code, one in self.columns.items()}, is_ours=False)

    def shown(self, tile: Tile) -> Shown:
        """A tile."""
        if tile.kind == COUNT:
            return Shown(n=self.columns[tile.code].whole)
        if tile.code in OF_ANSWERS and self.is_village:
            return Shown()
        if tile.kind == RATE:
            return Shown(value=self.row().value(tile.code))
        n = sum(self.took.values())
        hours = quantile_of_counts(self.took, MEDIAN)
        if not median_may_be_shown(n) or hours is None or self.columns["closed"].whole is None:
            return Shown()
        return Shown(days=round(hours / 24, 1), of=n)

    def lines(self) -> list[Line]:
        """The categories of which there is anything, in the order of their codes; at the end the others together."""
        some = [key for key in self.public if any(self.columns[code].parts.get(key, 0) != 0 for code in COLUMNS)]
        found = [self._line(key, self.public[key]) for key in sorted(some, key=lambda key: self.public[key].code)]
        if self.is_of_all and any(self.columns[code].parts[OTHER] != 0 for code in COLUMNS):
            counts = {code: self.columns[code].parts[OTHER] for code in COLUMNS}
            found.append(Line("", _("All categories that are not public, together"), "lock", counts, None))
        return found

    def _line(self, key: str, category: Category) -> Line:
        counts = {code: self.columns[code].parts.get(key, 0) for code in COLUMNS}
        icon = category.icon or "circle-dot"
        return Line(category.code, str(category), icon, counts, self.row(key).value("on_time"))
