"""Figures: those of the statistics, read by their own functions, with what would tell of a few kept back.

A key sees no matter's file, so small numbers are kept back for it as they are for a person outside. What neighbours answered
stands in no list: it must follow from no other answer either. So it is told of months alone, and of several if it may be told of
each (a month would follow from two less the other, a day from the days until it); of counties and townships, not of villages;
and by category or department of the top alone (of a township it would follow from the county less the other townships).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, date, timedelta
from itertools import pairwise
from typing import Any

from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage, numbering, parent_of
from linli.events.models import Category
from linli.events.published import cut
from linli.intake.api import answers
from linli.intake.api.declaring import Asking, require_span
from linli.intake.api.registers import both
from linli.kit.refusal import BadInput
from linli.people.rules import Scope
from linli.statistics import reading
from linli.statistics.asking import Asked
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
#: The same of answers: what was answered, and what was closed.
PARTS_OF_ANSWERS = (("satisfied", "partly", "not_satisfied"), ("answered", "unknown", "no_answer"))


def figures(asking: Asking) -> answers.Figures:
    """Of one area and period, as a whole or told apart."""
    area, by = asking.area(asking["area"]), asking["by"] or ""
    require_span(asking["from"], asking["to"], ("from", "to"))
    level = _level_below(area.code) if by == BELOW else by
    sent = {"from": str(asking["from"]), "to": str(asking["to"])}
    period = Period.parse(sent, timezone.localdate(asking.at))
    found = reading.figures(Scope(), area.code, period, by=level, at=asking.at)
    names = _codes_of_categories(found.rows) if by == reading.CATEGORY else {}
    back = _back_among_siblings(area.code, period, asking)
    of_answers = _back_of_answers(area.code, period, level, found.rows, asking)
    if by:
        rows = [_row(names.get(key, key), row.counts, (), back | of_answers[key]) for key, row in found.rows.items()]
    else:
        moment = Moment(period, asking.at)
        counts = {**found.whole.counts, **_of_whole(area.code, moment)}
        rows = [_row("", counts, _durations(area.code, moment), back | of_answers[""])]
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


def _back_among_siblings(code: str, period: Period, asking: Asking) -> set[str]:
    """What is kept back of this area, or of one around it, beside its siblings: alone or in parts it would tell the same."""
    around = [Asked(above, period, str(numbering().level(one)), asking.at) for above, one in pairwise(lineage(code))]
    found = zip(lineage(code)[1:], reading.several(Scope(), around), strict=True)
    rows = [told.rows[one] for one, told in found if one in told.rows]
    return {figure for row in rows for figure, n in row.counts.items() if n is None}


def _back_of_answers(code: str, period: Period, by: str, keys: Iterable[str], asking: Asking) -> dict[str, set[str]]:
    """What is kept back of answers, row by row: what is in one of its months."""
    is_close = len(code) > len(cut(code, "township")) or by in _close_levels()
    is_of_part = by in (reading.CATEGORY, reading.DEPARTMENT) and parent_of(code) is not None
    if is_close or is_of_part or not _is_of_months(period, timezone.localdate(asking.at)):
        return {key: set(OF_ANSWERS) for key in keys}
    of_all: set[str] = set()
    back: dict[str, set[str]] = defaultdict(set)
    for month in period.months():
        here, rows = _back_in_month(code, month, by, asking)
        if by == reading.MONTH:
            back[str(month.first)] |= here | rows[""]
            continue
        of_all |= here
        for key, some in rows.items():
            back[key] |= some
    return {key: of_all | back[key] for key in keys}


def _back_in_month(code: str, month: Period, by: str, asking: Asking) -> tuple[set[str], dict[str, set[str]]]:
    """What is kept back in a month of all rows of an area, since it is of the area itself or of one around it, and of each."""
    told_apart = "" if by == reading.MONTH else by
    asked = Asked(code, month, told_apart, asking.at, with_now=False)
    (found,) = reading.several(Scope(), [asked])
    rows = {key: {one for one, n in _beside_parts(row.counts).items() if n is None} for key, row in found.rows.items()}
    return _back_among_siblings(code, month, asking) & OF_ANSWERS, defaultdict(set, rows)


def _beside_parts(counts: Mapping[str, int | None]) -> dict[str, int | None]:
    """With one more answer kept back where a single one would follow from the others: of no more than these."""
    told = {code: counts[code] for code in OF_ANSWERS}
    for parts in PARTS_OF_ANSWERS:
        shown = {part: n for part in parts if (n := told[part]) is not None}
        if len(shown) == len(parts) - 1:
            least = min((n for n in shown.values() if n), default=0)
            told |= dict.fromkeys([part for part, n in shown.items() if n == least])
    return told


def _is_of_months(period: Period, today: date) -> bool:
    """Whether it is whole months, the last perhaps not over yet."""
    return period.first.day == 1 and (period.last == today or (period.last + timedelta(days=1)).day == 1)


def _row(
    key: str, counts: Mapping[str, int | None], durations: Sequence[answers.Duration], back: Set[str]
) -> answers.Row:
    counts = {code: None if code in back else n for code, n in counts.items()}
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
