"""Lists of days: CSV as linli ships it or as holiday-cn is often passed on, and the JSON of holiday-cn."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.kit.dayfiles.found import EARLIEST, LATEST, LONGEST_NAME, FoundDay, Reading, gathered
from linli.kit.refusal import BadInput
from linli.kit.tables import columns_of, read_rows

#: The columns of the day and of what it is, and what stands there: our own, and that of lists passed on.
_SHAPES: tuple[tuple[str, str, dict[str, bool]], ...] = (
    ("day", "is_working", {"1": True, "0": False}),
    ("date", "kind", {"班": True, "休": False}),
    ("date", "isOffDay", {"false": True, "true": False}),
)
_MOST = 20_000
_BOTH = _("The file calls it a day off and a working day.")


def read_csv(path: Path, name: str) -> Reading:
    """`day,is_working,name` or `date,name,kind`. Raises `BadInput` with the line."""
    columns = set(columns_of(path))
    shape = next((one for one in _SHAPES if {one[0], one[1]} <= columns), None)
    if shape is None:
        raise BadInput("no_such_columns", _("%(file)s needs the columns day, is_working and name."), file=name)
    return gathered(_rows(path, name, *shape), [], _BOTH)


def _rows(path: Path, name: str, day: str, kind: str, kinds: dict[str, bool]) -> Iterator[FoundDay]:
    for line, row in islice(read_rows(path), _MOST):
        try:
            found = _within(date.fromisoformat(row[day].strip()))
            is_working = kinds[row[kind].strip() if kind != "isOffDay" else row[kind].strip().lower()]
        except (ValueError, KeyError):
            raise BadInput(
                "bad_calendar_row",
                _("%(file)s, line %(line)s: a date such as 2026-10-01 and 1 (working) or 0 (holiday) are needed."),
                file=name,
                line=line,
            ) from None
        yield FoundDay(found, is_working, row.get("name", "").strip()[:LONGEST_NAME])


def read_json(content: bytes, name: str) -> Reading:
    """A year as holiday-cn publishes it: `{"year": 2026, "days": [{"name", "date", "isOffDay"}]}`. Raises `BadInput`."""
    try:
        told = json.loads(content.decode("utf-8-sig"))
        years = told if isinstance(told, list) else [told]
        return gathered([_day(one) for year in years for one in year["days"][:_MOST]], [], _BOTH)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput(
            "bad_calendar_json",
            _("%(file)s is not the JSON of holiday-cn: a list “days” with date, name and isOffDay."),
            file=name,
        ) from None


def _day(one: dict[str, Any]) -> FoundDay:
    if not isinstance(one["isOffDay"], bool):
        raise TypeError
    name = str(one.get("name", "")).strip()[:LONGEST_NAME]
    return FoundDay(_within(date.fromisoformat(one["date"])), not one["isOffDay"], name)


def _within(day: date) -> date:
    if not EARLIEST <= day <= LATEST:
        raise ValueError
    return day
