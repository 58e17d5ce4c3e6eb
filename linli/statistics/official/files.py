"""The table of official figures: reading one an office sends, and an empty one to fill in."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.kit.forbidden import why_forbidden
from linli.kit.refusal import BadInput
from linli.kit.tables import columns_of, read_rows
from linli.statistics.official.actions import COLUMNS, NEEDED, Row

#: What offices call the columns, the first of each as linli writes it.
HEADINGS: dict[str, tuple[str, ...]] = {
    "indicator": ("指标", "指标名称", "项目"),
    "area": ("区域", "地区", "单位名称"),
    "period": ("统计期", "时期", "期间", "年份", "年度"),
    "value": ("数值", "值", "数据", "本期"),
    "change": ("同比", "同比增长", "同比增减", "增减"),
    "unit": ("计量单位", "单位"),
    "source": ("来源", "数据来源", "发布单位"),
    "published_on": ("发布日期", "公布日期", "发布时间"),
    "note": ("备注", "说明"),
    "figure": ("对照指标", "本平台指标"),
}
_COLUMN_OF = {heading: column for column, headings in HEADINGS.items() for heading in (column, *headings)}
#: What each column holds, for people.
LABELS = {
    "indicator": gettext_lazy("Indicator"),
    "area": gettext_lazy("Area, if another one inside"),
    "period": gettext_lazy("Period"),
    "value": gettext_lazy("Value"),
    "change": gettext_lazy("Change against the year before, in percent"),
    "unit": gettext_lazy("Unit"),
    "source": gettext_lazy("Source"),
    "published_on": gettext_lazy("Published on"),
    "note": gettext_lazy("Note"),
    "figure": gettext_lazy("Our figure beside it"),
}
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def read_table(path: Path | str, sheet: str | None = None) -> Iterator[Row]:
    """The rows by the names of linli's columns. Raises `BadInput` for columns missing, named twice, or not known."""
    columns = {heading: _column(heading) for heading in columns_of(path, sheet=sheet)}
    for column in COLUMNS:
        named = [heading for heading, meant in columns.items() if meant == column]
        if len(named) > 1:
            words = _("The columns “%(first)s” and “%(second)s” mean the same. Leave one out.")
            raise BadInput("column_twice", words, first=named[0], second=named[1])
        if column in NEEDED and not named:
            words = _("The column %(column)s is missing. The columns are: %(columns)s.")
            raise BadInput("column_missing", words, column=HEADINGS[column][0], columns=_known())
    for line, row in read_rows(path, sheet=sheet):
        yield line, {columns[heading]: field for heading, field in row.items()}


def _known() -> str:
    return ", ".join(headings[0] for headings in HEADINGS.values())


def _column(heading: str) -> str:
    if heading.strip() in _COLUMN_OF:
        return _COLUMN_OF[heading.strip()]
    if why := why_forbidden(heading):
        raise BadInput("column_forbidden", _("The column “%(column)s” is not read: %(why)s"), column=heading, why=why)
    words = _("There is no column “%(column)s”. The columns are: %(columns)s.")
    raise BadInput("column_unknown", words, column=heading, columns=_known())


def template() -> str:
    """An empty table of these columns."""
    out = io.StringIO()
    csv.writer(out).writerow([headings[0] for headings in HEADINGS.values()])
    return _MARK + out.getvalue()
