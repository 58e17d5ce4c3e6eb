"""The section on areas and departments: in the order of codes, and what differs by more than chance."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.briefing.composing.parts import Look, Section, table
from linli.briefing.saying import Piece, Said, counted, grouped, is_english, joined, say
from linli.statistics.control.charts import Chart, chart_of, level_below
from linli.statistics.reading import DEPARTMENT
from linli.statistics.rules import BY_CODE, RATE_BY_CODE, TOO_FEW
from linli.statistics.rules.control import Judged, Verdict
from linli.statistics.sheet import Line

_RATE = RATE_BY_CODE["on_time"]
_FIGURES = ("reported", "due", "in_time", "open", "overdue")


def areas_and_departments(look: Look) -> Section:
    """Never by value: who stands first is who has the smallest code."""
    section = Section(_("Areas and departments"))
    level = level_below(look.area)
    if level and look.sheet.children:
        chart = chart_of(look.scope, look.area, _RATE, look.period, by=level, at=look.at)
        section.paragraphs.append(_verdicts(chart, _("areas below")))
        section.tables.append(_table(_("Areas, in the order of codes"), _("Area"), look.sheet.children, chart))
    if look.sheet.departments:
        chart = chart_of(look.scope, look.area, _RATE, look.period, by=DEPARTMENT, at=look.at)
        section.paragraphs.append(_verdicts(chart, _("departments")))
        title = _("Departments that lead, in the order of codes")
        section.tables.append(_table(title, _("Department"), look.sheet.departments, chart))
    if not section.paragraphs:
        section.paragraphs.append(say(_("There is no area below to tell apart, and no department led a matter.")))
    return section


def _verdicts(chart: Chart, units: str) -> Said:
    """Which of them stand out, of how many of which something can be said."""
    if not chart.comparison.judged:
        words = _("On-time rate of the %(units)s: each had fewer than %(few)s due in the period; few, not compared.")
        return say(words, units=units, few=str(TOO_FEW))
    facts: dict[str, Any] = {
        "units": units,
        "judged": grouped(chart.comparison.judged),
        "share": _share(chart),
    }
    out = [line for line in chart.lines if line.judged.verdict in (Verdict.ABOVE, Verdict.BELOW)]
    if not out:
        words = _(
            "On-time rate of the %(units)s beside that of all together (%(share)s %%): "
            "all that can be compared (%(judged)s) lie within chance."
        )
        return say(words, **facts) + _not_compared(chart)
    words = _(
        "On-time rate of the %(units)s beside that of all together (%(share)s %%): of the %(judged)s that can be compared, "
        "these differ by more than chance: %(out)s."
    )
    told = [
        say(
            _("%(name)s %(verdict)s (%(numerator)s/%(denominator)s, expected %(low)s to %(high)s)"),
            name=line.name,
            verdict=_verdict(line.judged),
            numerator=counted(line.numerator),
            denominator=counted(line.denominator),
            low=grouped(line.judged.expected.low),
            high=grouped(line.judged.expected.high),
        )
        for line in out
        if line.judged.expected
    ]
    return say(words, **facts, out=joined(told, _("; "))) + _not_compared(chart)


def _share(chart: Chart) -> str:
    """Of all together, rounded down like every other percentage of the paper."""
    share = chart.share_percent
    return "–" if share is None else f"{share:.1f}"


def _not_compared(chart: Chart) -> Said:
    few = len(chart.lines) - chart.comparison.judged
    if not few:
        return []
    said = say(_("Not compared, since few were due: %(n)s."), n=grouped(few))
    return [Piece(" "), *said] if is_english() else said


def _verdict(judged: Judged | None) -> str:
    if judged is None:
        return "–"
    if judged.verdict == Verdict.TOO_FEW:
        return _("few, not compared")
    return str(
        {Verdict.ABOVE: _("above chance"), Verdict.BELOW: _("below chance")}.get(judged.verdict, _("within chance"))
    )


def _table(caption: str, first: str, lines: Sequence[Line], chart: Chart) -> dict[str, Any]:
    names = [str(BY_CODE[code].name) for code in _FIGURES]
    columns = [first, *names[:3], str(_RATE.name), *names[3:], _("Beside all together")]
    return table(caption, columns, [_row(line, chart.comparison.units.get(line.code)) for line in lines])


def _row(line: Line, judged: Judged | None) -> list[str | Piece | Said]:
    cells: list[str | Piece | Said] = [counted(line.numbers[code]) for code in _FIGURES]
    share = line.shares["on_time"]
    shown = _("few") if share.percent is None else _("%(percent)s %%") % {"percent": f"{share.percent:.1f}"}
    return [line.name, *cells[:3], shown if share.denominator.n else "–", *cells[3:], _verdict(judged)]
