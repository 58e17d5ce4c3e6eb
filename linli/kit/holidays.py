"""Filling the calendar of working days from the published notices that come with linli, or from a county's own file."""

from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from linli.kit.dayfiles import FoundDay, read_days
from linli.kit.models import CalendarDay, Origin

#: Mainland China 2007-2026; source and licence in the README beside it.
SHIPPED = Path(__file__).parent / "calendar" / "cn.csv"


def load_calendar(path: Path | str = SHIPPED, *, overwrite: bool = False) -> int:
    """Add the days the home lacks; how many were added or changed. May be repeated.

    Days it has stay as the county keeps them, unless `overwrite`. The file: any that `read_days` reads, as CSV with
    `day,is_working,name`. Raises `BadInput` with the line.
    """
    is_ours = Path(path) == SHIPPED
    origin, note = (Origin.NOTICE, "") if is_ours else (Origin.FILE, Path(path).name[:200])
    return take_days(read_days(Path(path)).days.values(), origin=origin, note=note, overwrite=overwrite)


@transaction.atomic
def take_days(found: Iterable[FoundDay], *, origin: str, note: str = "", overwrite: bool = False) -> int:
    """Store these days; those the home has already only if `overwrite`. How many were added or changed."""
    rows = news(found, overwrite=overwrite)
    for row in rows:
        row.origin, row.note = origin, note
    CalendarDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["is_working", "name", "origin", "note"],
    )
    return len(rows)


def news(found: Iterable[FoundDay], *, overwrite: bool = False) -> list[CalendarDay]:
    """What these days would add or, with `overwrite`, change; not stored."""
    stored = {row.day: (row.is_working, row.name) for row in CalendarDay.objects.all()}
    return [
        CalendarDay(day=one.day, is_working=one.is_working, name=one.name)
        for one in found
        if one.day not in stored or (overwrite and stored[one.day] != (one.is_working, one.name))
    ]
