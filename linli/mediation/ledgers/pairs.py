"""How often two of area below, kind and month come together among the disputes of a figure: what a matrix is made of."""

from typing import Any

from django.db.models import Case, Count, F, IntegerField, Value, When
from django.db.models.functions import Left

from linli.areas.codes import numbering, parent_of, within
from linli.areas.models import Area
from linli.mediation.ledgers.figures import BY_CODE
from linli.mediation.ledgers.reading import CLOCK, Asked
from linli.statistics.periods import MONTHS_SHOWN, Period

AREA, KIND, MONTH = "area", "kind", "month"
#: How many by what stands for a row and for a column: the code of an area, a kind, the place of a step of the period.
Pairs = dict[tuple[Any, Any], int]


def pairs(asked: Asked, by_rows: str, by_cols: str, of: str) -> Pairs:
    """From the rows: one question."""
    rows = asked.rows(of).order_by()
    if parent_of(asked.area):
        # By the areas themselves, as where rows are counted: a range would be passed over for that of the time.
        rows = rows.filter(area__in=Area.objects.filter(within(asked.area, field="code")).values("pk"))
    keys: dict[str, Any] = {"row": _expression(asked, by_rows, of), "col": _expression(asked, by_cols, of)}
    found: Any = rows.values(**keys).annotate(n=Count("*"))
    return {(one["row"], one["col"]): one["n"] for one in found}


def _expression(asked: Asked, by: str, of: str) -> Any:
    if by == KIND:
        return F("kind")
    if by == AREA:
        return Left("area_id", width_below(asked.area))
    clock = CLOCK[BY_CODE[of].cohort]
    steps = [When(**{f"{clock}__lt": step.end}, then=Value(place)) for place, step in enumerate(steps_of(asked.period))]
    return Case(*steps, output_field=IntegerField())


def steps_of(period: Period) -> list[Period]:
    """Months, or years where there would be too many of them."""
    months = period.months()
    return months if len(months) <= MONTHS_SHOWN else period.steps()


def width_below(area: str) -> int:
    """Digits of the areas that are told apart below this one: as far as villages, never grids."""
    levels = numbering()
    widths = [levels.width(level) for level in levels.levels if level != "grid"]
    return next((width for width in widths if width > len(area)), len(area))
