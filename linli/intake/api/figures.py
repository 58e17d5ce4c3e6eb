"""Figures: those of the statistics, read by their own functions, with what would tell of a few kept back.

A key sees no matter's file, so small numbers are kept back for it as they are for a person outside. What neighbours answered
is not told of villages, as on the public pages: it would follow from the township less the other villages.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from django.db.models.functions import Left
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
from linli.statistics.durations import lengths
from linli.statistics.figures import Moment, counted, matters_of
from linli.statistics.periods import Period
from linli.statistics.rules import BY_CODE, FIGURES, INTERVALS, RATES, TOO_FEW, kept_back
from linli.statistics.rules.cubes import COUNTED

#: What is asked of people, and follows from what they answered.
OF_ANSWERS = frozenset({"asked", "answered", "satisfied", "partly", "not_satisfied", "unknown", "no_answer"})
BELOW = "below"
#: What the rows may be.
TOLD_APART = (BELOW, reading.CATEGORY, reading.DEPARTMENT, reading.MONTH)
#: What happened to one closing or one lot adds up over no days: it is read from the rows, of the whole alone.
OF_WHOLE = tuple(figure.code for figure in FIGURES if figure.code not in COUNTED)
#: Together they are one of the others: of two parts one could be reckoned from that.
PARTS = (("held", "fell"), ("lot_held", "lot_not_held", "lot_not_seen"))


def figures(asking: Asking) -> answers.Figures:
    """Of one area and period, as a whole or told apart."""
    area, by = asking.area(asking["area"]), asking["by"] or ""
    require_span(asking["from"], asking["to"], ("from", "to"))
    level = _level_below(area.code) if by == BELOW else by
    sent = {"from": str(asking["from"]), "to": str(asking["to"])}
    period = Period.parse(sent, timezone.localdate(asking.at))
    found = reading.figures(Scope(), area.code, period, by=level, at=asking.at)
    names = _codes_of_categories(found.rows) if by == reading.CATEGORY else {}
    is_close = len(area.code) > len(cut(area.code, "township")) or level in _close_levels()
    if by:
        rows = [_row(names.get(row.key, row.key), row.counts, (), is_close=is_close) for row in found.rows.values()]
    else:
        moment = Moment(period, asking.at)
        counts = {**found.whole.counts, **_of_whole(area.code, moment)}
        rows = [_row("", counts, _durations(area.code, moment), is_close=is_close)]
    return answers.Figures(area.code, period.first, period.last, by, found.as_of.astimezone(UTC), rows)


def _of_whole(code: str, moment: Moment) -> dict[str, int | None]:
    read = dict.fromkeys(OF_WHOLE, 0)
    for cohort in dict.fromkeys(BY_CODE[one].cohort for one in OF_WHOLE):
        for row in counted(matters_of(code), cohort, moment, whole=Left("area_id", len(code))):
            read |= {one: n for one, n in row.items() if one in read}
    back: set[str] = set()
    for several in (*PARTS, *({one} for one in OF_WHOLE)):
        back |= kept_back({one: read[one] for one in several})
    return {one: None if one in back else n for one, n in read.items()}


def _durations(code: str, moment: Moment) -> list[answers.Duration]:
    took = lengths(code, moment.period, at=moment.at).get("", {})
    known = {one.code: took.get(one.code) for one in INTERVALS}
    return [
        answers.Duration(one, found.median_h, found.ninetieth_h)
        if found is not None and found.n >= TOO_FEW
        else answers.Duration(one, None, None)
        for one, found in known.items()
    ]


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


def _row(
    key: str, counts: Mapping[str, int | None], durations: Sequence[answers.Duration], *, is_close: bool
) -> answers.Row:
    counts = {code: None if is_close and code in OF_ANSWERS else n for code, n in counts.items()}
    told = reading.Row(key, counts, is_ours=False)
    rates = [told.value(one.code) for one in RATES if {one.numerator, one.denominator} <= counts.keys()]
    return answers.Row(
        key=key,
        counts=[answers.Count(code, n) for code, n in counts.items()],
        rates=[answers.Rate(one.rate.code, one.numerator, one.denominator, one.percent) for one in rates],
        durations=list(durations),
    )


def definitions(_asking: Asking) -> answers.Definitions:
    """What every figure means, as the pages print it."""
    kinds: Any = (("count", FIGURES), ("rate", RATES), ("duration", INTERVALS))
    return answers.Definitions([_definition(one, kind) for kind, several in kinds for one in several])


def _definition(one: Any, kind: Any) -> answers.Definition:
    words: dict[str, Any] = {
        name: both(getattr(one, name, "")) for name in ("name", "formula", "left_out", "note", "unit", "source")
    }
    numerator, denominator = getattr(one, "numerator", None), getattr(one, "denominator", None)
    return answers.Definition(code=one.code, kind=kind, **words, numerator=numerator, denominator=denominator)
