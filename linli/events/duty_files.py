"""The duty list as a table: reading one an office sends, writing one that can be read again, and an empty one to fill in."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.events.actions.duties import COLUMNS, NEEDED, Reader, Row
from linli.events.models import Duty, DutyList
from linli.kit.forbidden import why_forbidden
from linli.kit.refusal import BadInput
from linli.kit.tables import columns_of, harmless, read_rows

#: By which spreadsheet programs see that a file is UTF-8.
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
#: What offices call the columns, the first of each as linli writes it.
HEADINGS: dict[str, tuple[str, ...]] = {
    "category": ("类别", "事件类别", "事项类别", "事项", "分类"),
    "area": ("区域", "适用区域", "属地", "所属区域", "镇街"),
    "lead": ("牵头部门", "责任部门", "主办部门", "牵头单位", "责任单位", "主办单位"),
    "co_handlers": ("协办部门", "配合部门", "协办单位", "配合单位"),
    "basis": ("依据", "法律依据", "设定依据", "职责依据"),
    "hours": ("工作时间", "办公时间", "服务时间"),
    "contact": ("办公电话", "值班电话", "窗口电话", "公开电话"),
}
_COLUMN_OF = {heading: column for column, headings in HEADINGS.items() for heading in (column, *headings)}
#: What each column holds, for people.
LABELS = {
    "category": gettext_lazy("Category"),
    "area": gettext_lazy("Area"),
    "lead": gettext_lazy("Lead department"),
    "co_handlers": gettext_lazy("Co-handlers"),
    "basis": gettext_lazy("Basis"),
    "hours": gettext_lazy("Working hours"),
    "contact": gettext_lazy("Contact of the office"),
}


def read_list(path: Path | str, sheet: str | None = None) -> Iterator[Row]:
    """The rows by the names of linli's columns.

    Raises `BadInput` for columns that are missing or named twice, that name persons, or that nobody knows: perhaps one is
    misspelt.
    """
    columns = {heading: _column(heading) for heading in columns_of(path, sheet=sheet)}
    known = ", ".join(COLUMNS)
    for column in COLUMNS:
        named = [heading for heading, meant in columns.items() if meant == column]
        if len(named) > 1:
            words = _("The columns “%(first)s” and “%(second)s” mean the same. Leave one out.")
            raise BadInput("column_twice", words, first=named[0], second=named[1])
    if missing := [column for column in COLUMNS if column in NEEDED and column not in columns.values()]:
        words = _("The column %(column)s is missing. The columns are: %(columns)s.")
        raise BadInput("column_missing", words, column=missing[0], columns=known)
    for line, row in read_rows(path, sheet=sheet):
        yield line, {columns[heading]: field for heading, field in row.items()}


def _column(heading: str) -> str:
    if heading in _COLUMN_OF:
        return _COLUMN_OF[heading]
    if why := why_forbidden(heading):
        raise BadInput("column_forbidden", _("The column “%(column)s” is not read: %(why)s"), column=heading, why=why)
    words = _("There is no column “%(column)s”. The columns are: %(columns)s.")
    raise BadInput("column_unknown", words, column=heading, columns=", ".join(COLUMNS))


def written(made: DutyList, *, in_words: bool) -> str:
    """A version as CSV that can be brought in again: in codes; or `in_words`, by names that only one has, for people."""
    duties = made.duties.select_related("category").prefetch_related("co_handlers")
    names = _Names(in_words)
    header = [HEADINGS[column][0] for column in COLUMNS] if in_words else list(COLUMNS)
    return _csv([header, *(names.row(duty) for duty in duties)])


def template() -> str:
    """An empty table of these columns."""
    return MARK + _csv([[HEADINGS[column][0] for column in COLUMNS]])


class _Names:
    """What is written for the keys of things."""

    def __init__(self, in_words: bool) -> None:
        reader = Reader() if in_words else None
        self._names = {
            among: reader.names_only(among) if reader else {} for among in ("categories", "areas", "departments")
        }

    def row(self, duty: Duty) -> list[str]:
        departments = self._names["departments"]
        others = [departments.get(one.pk, one.pk) for one in duty.co_handlers.all()]
        return [
            self._names["categories"].get(duty.category_id, duty.category.code),
            self._names["areas"].get(duty.area_id, duty.area_id),
            departments.get(duty.lead_id, duty.lead_id),
            "、".join(others),
            duty.basis,
            duty.hours,
            duty.contact,
        ]


def _csv(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    # A dash alone stands for nothing, and is no formula.
    csv.writer(out).writerows([field if field == "-" else harmless(field) for field in row] for row in rows)
    return out.getvalue()
