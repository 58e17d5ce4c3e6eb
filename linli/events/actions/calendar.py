"""The county keeps its calendar: days off and working days, the hours of the office, a year's notice, and taking back.

Each change is shown before it is made: how many running limits move and by how much.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.events.actions.categories import may_edit
from linli.events.actions.moving import Effect, effect, move_limits, moves
from linli.events.models import CalendarEdit
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.dayfiles import FoundDay
from linli.kit.dayfiles.found import EARLIEST, LATEST, LONGEST_NAME
from linli.kit.holidays import news
from linli.kit.models import CalendarDay, OfficeHours, Origin
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.workdays import OFFICE_HOURS, WorkCalendar, read_hours, stored_calendar
from linli.people.models import Person

Kept = list[Any]


@dataclass(frozen=True)
class Changes:
    """What is to become of some days and of the hours."""

    #: A day as it is to be; None: as its weekday is.
    days: Mapping[date, FoundDay | None] = field(default_factory=dict)
    #: As `write_hours` writes them; empty: those that come with linli; None: as they are.
    hours: str | None = None

    def on(self, calendar: WorkCalendar) -> WorkCalendar:
        """The calendar with them. Raises `BadInput` for hours that cannot be."""
        days = dict(calendar.exceptions)
        for day, found in self.days.items():
            days.pop(day, None)
            if found is not None:
                days[day] = found.is_working
        hours = calendar.office_hours if self.hours is None else read_hours(self.hours) if self.hours else OFFICE_HOURS
        return replace(calendar, exceptions=days, office_hours=hours)


def foreseen(changes: Changes, at: datetime) -> Effect:
    """What the changes would do to the clocks that run; nothing is changed."""
    calendar = stored_calendar()
    return effect(moves(calendar, changes.on(calendar)), at)


def of_notice(found: Iterable[FoundDay], *, overwrite: bool = False) -> Changes:
    """What a file brings that the home does not have; `overwrite`: also what it says otherwise."""
    return Changes({row.day: FoundDay(row.day, row.is_working, row.name) for row in news(found, overwrite=overwrite)})


@transaction.atomic
def change_calendar(
    changes: Changes, *, reason: str, by: Person, at: datetime, origin: str = Origin.COUNTY
) -> CalendarEdit:
    """Change days or hours and move the running limits with them.

    Raises `NotYours`, `BadInput` (`nothing_changed`, no reason, a day out of reach).
    """
    require_keeper(by, at)
    reason = clean_words(reason, field="reason", required=True, longest=200)
    return _write("calendar.edited", changes, reason=reason, origin=origin, by=by, at=at)


@transaction.atomic
def bring_in(
    found: Iterable[FoundDay], *, file: str, by: Person | None, at: datetime, overwrite: bool = False
) -> CalendarEdit | None:
    """Take up the days of a file; None if it brings nothing. `by` None: the command line. Raises `NotYours`."""
    if by is not None:
        require_keeper(by, at)
    changes = of_notice(found, overwrite=overwrite)
    if not changes.days:
        return None
    return _write("calendar.brought_in", changes, reason=file[:200], origin=Origin.FILE, by=by, at=at)


@transaction.atomic
def take_back(edit: CalendarEdit, *, by: Person, at: datetime) -> CalendarEdit:
    """Put everything as the change found it, and move the limits again. Raises `NotYours`, `Refused` (changed since)."""
    require_keeper(by, at)
    edit = CalendarEdit.objects.select_for_update().get(pk=edit.pk)
    if edit.taken_back_by_id is not None:
        raise Refused("taken_back_already", _("This change has been taken back already."))
    now = _stored(edit.after)
    if now != edit.after:
        raise Refused(
            "changed_since", _("Some of this has been changed again since. Take the later change back first.")
        )
    undone = _write("calendar.taken_back", undoing(edit), reason=edit.reason, origin="", by=by, at=at, kept=edit.before)
    CalendarEdit.objects.filter(pk=edit.pk).update(taken_back_by=undone)
    return undone


def undoing(edit: CalendarEdit) -> Changes:
    """What taking it back would change."""
    days = {date.fromisoformat(day): _found(day, kept) for day, kept in edit.before.items() if day != "hours"}
    return Changes(days, edit.before.get("hours"))


def require_keeper(by: Person, at: datetime) -> None:
    """Raises `NotYours` for whoever does not keep the county's calendar."""
    if not may_edit(by, at):
        raise NotYours(
            "not_yours",
            _("The calendar is kept by the county desk and the county's system administrator. Ask one of them."),
        )


def _write(
    verb: str,
    changes: Changes,
    *,
    reason: str,
    origin: str,
    by: Person | None,
    at: datetime,
    kept: Mapping[str, Any] | None = None,
) -> CalendarEdit:
    """`kept`: the rows as they were, to be put back as such."""
    _check(changes)
    old = stored_calendar()
    before = _stored([*(day.isoformat() for day in changes.days), *(["hours"] if changes.hours is not None else [])])
    after = kept if kept is not None else _wanted(changes, origin, reason)
    if before == after:
        raise BadInput("nothing_changed", _("Nothing would change."))
    _store(after)
    days = sorted(day for day in after if day != "hours")
    facts: dict[str, Any] = {
        "days": [f"{day}:{_code(before[day])}>{_code(after[day])}" for day in days[:60]],
        "count": len(days),
        "hours": after.get("hours"),
    }
    edit = CalendarEdit(before=before, after=dict(after), reason=reason)
    entry = record(verb, on=OfficeHours(pk=1), by=by, at=at, **facts)
    edit.entry = entry
    edit.moved = move_limits(old, stored_calendar(), by=by, at=at, edit=entry.pk).limits
    edit.save(force_insert=True)
    return edit


def _check(changes: Changes) -> None:
    if not all(EARLIEST <= day <= LATEST for day in changes.days):
        raise BadInput("day_out_of_reach", _("The day lies too far away."), field="day")
    for found in changes.days.values():
        if found is not None:
            clean_words(found.name, field="name", longest=LONGEST_NAME)
    if changes.hours:
        read_hours(changes.hours)


def _wanted(changes: Changes, origin: str, note: str) -> dict[str, Any]:
    days = {
        day.isoformat(): None if one is None else [one.is_working, one.name.strip(), str(origin), note]
        for day, one in changes.days.items()
    }
    return days if changes.hours is None else days | {"hours": changes.hours}


def _stored(keys: Iterable[str]) -> dict[str, Any]:
    """What the home has under these keys, as an edit keeps it."""
    keys = list(keys)
    days = [date.fromisoformat(key) for key in keys if key != "hours"]
    rows = CalendarDay.objects.select_for_update().filter(day__in=days)
    found: dict[str, Any] = dict.fromkeys(day.isoformat() for day in days)
    found |= {row.day.isoformat(): [row.is_working, row.name, row.origin, row.note] for row in rows}
    if "hours" in keys:
        found["hours"] = OfficeHours.objects.values_list("hours", flat=True).first() or ""
    return found


def _store(wanted: Mapping[str, Any]) -> None:
    days = {date.fromisoformat(key): kept for key, kept in wanted.items() if key != "hours"}
    CalendarDay.objects.filter(day__in=days).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, is_working=kept[0], name=kept[1], origin=kept[2], note=kept[3])
        for day, kept in days.items()
        if kept is not None
    )
    if "hours" in wanted:
        OfficeHours.objects.all().delete()
        if wanted["hours"]:
            OfficeHours.objects.create(hours=wanted["hours"])


def _found(day: str, kept: Kept | None) -> FoundDay | None:
    return None if kept is None else FoundDay(date.fromisoformat(day), kept[0], kept[1])


def _code(kept: Kept | None) -> str:
    return "-" if kept is None else str(int(kept[0]))
