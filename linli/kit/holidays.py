"""Filling the calendar of working days from the published notices that come with linli, or from a county's own file."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.kit.models import CalendarDay
from linli.kit.refusal import BadInput

#: Mainland China 2007-2026; source and licence in the README beside it.
SHIPPED = Path(__file__).parent / "calendar" / "cn.csv"


@transaction.atomic
def load_calendar(path: Path | str = SHIPPED, *, overwrite: bool = False) -> int:
    """Add the days the home lacks; how many were added or changed. May be repeated.

    Days it has stay as the county keeps them, unless `overwrite`. The file: CSV with `day,is_working,name`. Raises
    `BadInput` with the line.
    """
    rows = {row.day: row for row in _read(Path(path))}
    stored = {row.day: row for row in CalendarDay.objects.all()}
    new = [row for day, row in rows.items() if day not in stored]
    changed = [row for day, row in rows.items() if overwrite and day in stored and _differs(row, stored[day])]
    CalendarDay.objects.bulk_create(new)
    CalendarDay.objects.bulk_update(changed, ["is_working", "name"])
    return len(new) + len(changed)


def _differs(one: CalendarDay, other: CalendarDay) -> bool:
    return (one.is_working, one.name) != (other.is_working, other.name)


def _read(path: Path) -> list[CalendarDay]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"day", "is_working"} <= set(reader.fieldnames or ()):
                raise BadInput(
                    "no_such_columns", _("%(file)s needs the columns day, is_working and name."), file=path.name
                )
            return [_day(row, path.name, reader.line_num) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise BadInput(
            "unreadable_calendar", _("%(file)s cannot be read as a CSV file in UTF-8."), file=str(path)
        ) from None


def _day(row: dict[str, str | None], name: str, line: int) -> CalendarDay:
    try:
        day = date.fromisoformat((row["day"] or "").strip())
        is_working = {"1": True, "0": False}[(row["is_working"] or "").strip()]
    except (ValueError, KeyError):
        raise BadInput(
            "bad_calendar_row",
            _("%(file)s, line %(line)s: a date such as 2026-10-01 and 1 (working) or 0 (holiday) are needed."),
            file=name,
            line=line,
        ) from None
    return CalendarDay(day=day, is_working=is_working, name=(row.get("name") or "")[:40])
