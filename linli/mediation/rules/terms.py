"""Legal terms as versioned rules with their source, and the arithmetic of months, days and festivals (民法典 arts. 201-203)."""

import calendar as gregorian
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains
from linli.kit.workdays import WorkCalendar


class Unit(models.TextChoices):
    """In what a term is counted."""

    MONTH = "month", _("Months")
    DAY = "day", _("Calendar days")
    WORKING_DAY = "working_day", _("Working days")


class TermCode(models.TextChoices):
    """The terms that a county may set anew. A code is never used for something else."""

    SCREENING = "screening", _("Answer to the application")
    MEDIATION = "mediation", _("Term of mediation")
    CONFIRMATION = "confirmation", _("Joint application for judicial confirmation")
    COURT_ACCEPTS = "court_accepts", _("The court decides whether it accepts")
    COURT_DECIDES = "court_decides", _("The court decides")
    COURT_EXTENDS = "court_extends", _("The court takes longer to decide")
    FOLLOW_UP = "follow_up", _("Follow-up visit")
    CALL_BACK = "call_back", _("Call-back by another unit")
    COMPLAINT = "complaint", _("Answer to a complaint of a party")
    RETENTION = "retention", _("Keeping the dossier")


@dataclass(frozen=True)
class Term:
    """One version of one term. `area` is empty for everywhere; `version` 0 comes with linli."""

    code: str
    unit: str
    amount: int
    source: str
    valid_from: date
    area: str = ""
    version: int = 0


#: What holds until a county sets its own. Sources are cited in their own language: they are names.
SEEDED: tuple[Term, ...] = (
    # No law names a term for this; three working days are what service pledges of the field say.
    Term(TermCode.SCREENING, Unit.WORKING_DAY, 3, "受理承诺，无法定期限", date(2011, 1, 1)),
    Term(TermCode.MEDIATION, Unit.MONTH, 1, "人民调解工作惯例；宁波市人民调解条例（一个月）", date(2011, 1, 1)),
    Term(TermCode.CONFIRMATION, Unit.DAY, 30, "人民调解法第三十三条", date(2011, 1, 1)),
    Term(TermCode.COURT_ACCEPTS, Unit.DAY, 3, "法释〔2011〕5号", date(2011, 3, 30)),
    Term(TermCode.COURT_DECIDES, Unit.DAY, 15, "法释〔2011〕5号", date(2011, 3, 30)),
    Term(TermCode.COURT_EXTENDS, Unit.DAY, 10, "法释〔2011〕5号", date(2011, 3, 30)),
    Term(TermCode.FOLLOW_UP, Unit.MONTH, 1, "人民调解法第三十一条（督促履行），期限为工作惯例", date(2011, 1, 1)),
    Term(TermCode.CALL_BACK, Unit.WORKING_DAY, 10, "抽查回访，期限由县定", date(2011, 1, 1)),
    Term(TermCode.COMPLAINT, Unit.WORKING_DAY, 10, "答复当事人投诉，期限由县定", date(2011, 1, 1)),
    Term(TermCode.RETENTION, Unit.MONTH, 120, "卷宗保管期限建议，须由县批准", date(2011, 1, 1)),
)
#: Those that a statute or the rules of the court name: set anew only when these change.
OF_THE_LAW = frozenset({TermCode.CONFIRMATION, TermCode.COURT_ACCEPTS, TermCode.COURT_DECIDES, TermCode.COURT_EXTENDS})
#: The People's Mediation Law came into force; no term of it began before.
FIRST_DAY = date(2011, 1, 1)
#: Nobody sets a term for a day further away than so many days.
LONGEST_AHEAD = timedelta(days=3 * 366)
#: Longer ones are slips of the hand.
LONGEST = {Unit.MONTH: 1200, Unit.DAY: 3650, Unit.WORKING_DAY: 2500}


def term_of(code: str, *, area: str, on: date, among: Iterable[Term] = ()) -> Term:
    """The term that holds there on that day: of the nearest area that set one, the one set last; else the seeded one."""
    fitting = [
        one
        for one in (*SEEDED, *among)
        if one.code == code and contains(one.area, area) and (one.valid_from <= on or not one.version)
    ]
    return max(fitting, key=lambda one: (len(one.area), one.valid_from, one.version))


class Standing(models.TextChoices):
    """What became of a version."""

    HOLDS = "holds", _("holds now")
    BEGINS = "begins", _("set, not begun")
    BEFORE = "before", _("held before")


def standings(versions: Iterable[tuple[str, int, date]], on: date, *, top: str) -> dict[tuple[str, int], Standing]:
    """By area and version what became of each: (area, version, first day); the seeded one is ("", 0).

    The seeded one holds while the `top` area has none that began.
    """
    listed = list(versions)
    holding: dict[str, tuple[date, int]] = {}
    for area, version, first in listed:
        if first <= on:
            holding[area] = max(holding.get(area, (first, version)), (first, version))
    found = {("", 0): Standing.BEFORE if top in holding else Standing.HOLDS}
    for area, version, first in listed:
        begins = first > on and not any(
            other[0] == area and other[2] == first and other[1] > version for other in listed
        )
        holds = holding.get(area) == (first, version)
        found[area, version] = Standing.HOLDS if holds else Standing.BEGINS if begins else Standing.BEFORE
    return found


def add_months(day: date, months: int) -> date:
    """The day of the same number so many months on; the month's last where it has no such day (民法典 art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def end_of(unit: str, amount: int, start: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    """When a term that began at `start` runs out: the first day is not counted, and a day off moves it on (arts. 201-203)."""
    if unit == Unit.WORKING_DAY:
        return calendar.close_of(start, amount, zone)
    if unit == Unit.DAY:
        return calendar.natural_close_of(start, amount, zone)
    return closing_on(add_months(start.astimezone(zone).date(), amount), calendar, zone)


def closing_on(day: date, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    """The close of business on that day, or on the next working day."""
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return calendar.closing(day, zone)
