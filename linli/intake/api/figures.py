"""Figures: those of the statistics, read by their own functions, with what would tell of a few kept back.

A key sees no matter's file, so small numbers are kept back for it as they are for a person outside. What neighbours answered
is not told of villages, as on the public pages: it would follow from the township less the other villages.
"""

from datetime import UTC
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import numbering
from linli.events.models import Category
from linli.events.published import cut
from linli.intake.api import answers
from linli.intake.api.declaring import Asking, require_span
from linli.intake.api.registers import both
from linli.kit.refusal import BadInput
from linli.people.rules import Scope
from linli.statistics import reading
from linli.statistics.periods import Period
from linli.statistics.rules import BY_CODE, RATES
from linli.statistics.rules.cubes import COUNTED

#: What is asked of people, and follows from what they answered.
OF_ANSWERS = frozenset({"asked", "answered", "satisfied", "partly", "not_satisfied", "unknown", "no_answer"})
BELOW = "below"
#: What the rows may be.
TOLD_APART = (BELOW, reading.CATEGORY, reading.DEPARTMENT, reading.MONTH)
#: Rates of which both sides are counted day by day.
SHOWN = tuple(one for one in RATES if {one.numerator, one.denominator} <= set(COUNTED))


def figures(asking: Asking) -> answers.Figures:
    """Of one area and period, as a whole or told apart."""
    area, by = asking.area(asking["area"]), asking["by"] or ""
    require_span(asking["from"], asking["to"], ("from", "to"))
    level = _level_below(area.code) if by == BELOW else by
    sent = {"from": str(asking["from"]), "to": str(asking["to"])}
    period = Period.parse(sent, timezone.localdate(asking.at))
    found = reading.figures(Scope(), area.code, period, by=level, at=asking.at)
    names = _codes_of_categories(found.rows) if by == reading.CATEGORY else {}
    rows = list(found.rows.values()) if by else [found.whole]
    is_close = len(area.code) > len(cut(area.code, "township")) or level in _close_levels()
    shown = [_row(row, names.get(row.key, row.key), is_close=is_close) for row in rows]
    return answers.Figures(area.code, period.first, period.last, by, found.as_of.astimezone(UTC), shown)


def _codes_of_categories(keys: Any) -> dict[str, str]:
    wanted = [int(key) for key in keys if key.isdigit()]
    return {str(key): code for key, code in Category.objects.filter(pk__in=wanted).values_list("pk", "code")}


def _level_below(code: str) -> str:
    below = [level for level in numbering().levels if numbering().width(level) > len(code)]
    if not below:
        raise BadInput("not_below", _("No areas lie inside %(area)s."), area=code, field="by")
    return below[0]


def _close_levels() -> tuple[str, ...]:
    levels = numbering().levels
    return levels[levels.index("township") + 1 :] if "township" in levels else levels


def _row(row: reading.Row, key: str, *, is_close: bool) -> answers.Row:
    counts = {code: None if is_close and code in OF_ANSWERS else n for code, n in row.counts.items()}
    told = reading.Row(row.key, counts, is_ours=False)
    rates = [told.value(one.code) for one in SHOWN]
    return answers.Row(
        key=key,
        counts=[answers.Count(code, n) for code, n in counts.items()],
        rates=[answers.Rate(one.rate.code, one.numerator, one.denominator, one.percent) for one in rates],
    )


def definitions(_asking: Asking) -> answers.Definitions:
    """What every figure means, as the pages print it."""
    counts = [_definition(BY_CODE[code], "count") for code in COUNTED]
    return answers.Definitions(counts + [_definition(one, "rate") for one in SHOWN])


def _definition(one: Any, kind: Any) -> answers.Definition:
    words: dict[str, Any] = {
        name: both(getattr(one, name)) for name in ("name", "formula", "left_out", "note", "unit", "source")
    }
    numerator, denominator = getattr(one, "numerator", None), getattr(one, "denominator", None)
    return answers.Definition(code=one.code, kind=kind, **words, numerator=numerator, denominator=denominator)
