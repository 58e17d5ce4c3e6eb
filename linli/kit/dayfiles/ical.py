"""Days off in iCalendar files (RFC 5545), as Chinese calendars publish them. docs/operation.md says which signs count.

Whole days only; what repeats by a rule is not taken, since the days of a year are named by its notice and follow no rule.
So nothing is ever unrolled, whatever rule a file holds; and its time zones are not read: a whole day has none.
"""

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from icalendar import Component

from linli.kit.dayfiles.found import EARLIEST, LATEST, LONGEST_NAME, FoundDay, Reading, Unclear, gathered
from linli.kit.refusal import BadInput

#: The longest holiday so far had eight days.
_LONGEST = 31
_MOST_LINES, _MOST_DEEP, _LONGEST_LINE = 60_000, 5, 20_000
#: What Apple writes of a Chinese year; the plainest sign there is.
_SPECIAL = {"WORK-HOLIDAY": False, "ALTERNATE-WORKDAY": True}
_WORKING = re.compile(r"[（(\[【]班[）)\]】]|班$|补班|上班|调班|\bwork(?:ing)?[ -]?day\b|\bmake-?up\b", re.I)
_OFF = re.compile(r"[（(\[【]休[）)\]】]|休$|放假|休假|公休|假期|\b(?:public |bank )?holidays?\b|\bdays? off\b", re.I)
_NOT_WORKED = re.compile(r"不上班|non-?working", re.I)
_MARKS = re.compile(r"\s*[（(\[【][休班][）)\]】]\s*")


def read_ical(content: bytes, name: str) -> Reading:
    """The days of all its events. Raises `BadInput` for what is no iCalendar file."""
    text = _without_zones(_text(content, name), name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about time zones, which no whole day has
            components = Component.from_ical(text, multiple=True)
        events = [event for one in components for event in one.walk("VEVENT")]
    except Exception:  # the reader of a foreign format: whatever it stumbles over, the file is what is wrong
        raise _no_calendar(name) from None
    unclear: list[Unclear] = []
    days = [day for event in events for day in _days(event, unclear)]
    return gathered(days, unclear, _("The file calls it a day off and a working day."))


def _text(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise _no_calendar(name)


def _without_zones(text: str, name: str) -> str:
    """The lines outside of time zones. Raises `BadInput` for what is nested or long beyond all reason."""
    lines, kept, depth, in_zone = text.split("\n"), [], 0, False
    if len(lines) > _MOST_LINES:
        raise _no_calendar(name)
    for line in lines:
        word = line.rstrip().upper()
        depth += word.startswith("BEGIN:") - word.startswith("END:")
        if depth > _MOST_DEEP or len(line) > _LONGEST_LINE:
            raise _no_calendar(name)
        in_zone = in_zone or word == "BEGIN:VTIMEZONE"
        if not in_zone and word:
            kept.append(line)
        in_zone = in_zone and word != "END:VTIMEZONE"
    return "\r\n".join(kept) + "\r\n"


def _no_calendar(name: str) -> BadInput:
    return BadInput("bad_calendar", _("%(file)s is not an iCalendar file that can be read."), file=name)


def _days(event: Any, unclear: list[Unclear]) -> Iterator[FoundDay]:
    title = _words(event, "SUMMARY")
    try:
        why, first, count = _span(event)
    except (ValueError, TypeError, AttributeError, OverflowError):
        why, first, count = _("Its days cannot be read."), EARLIEST, 0
    is_working = _kind(event, title)
    if why is None and is_working is None:
        why = _("It does not say whether the day is off or worked.")
    if why is not None:
        unclear.append(Unclear(title[:60] or "-", why))
        return
    for number in range(count):
        yield FoundDay(first + timedelta(days=number), bool(is_working), _MARKS.sub("", title)[:LONGEST_NAME])


def _span(event: Any) -> tuple[Any, date, int]:
    """Why it is not taken, or None; its first day, and how many there are."""
    first, last = (getattr(event.get(name), "dt", None) for name in ("DTSTART", "DTEND"))
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return _("It is cancelled."), EARLIEST, 0
    if not isinstance(first, date):
        return _("It has no day."), EARLIEST, 0
    if isinstance(first, datetime) or isinstance(last, datetime):
        return _("It has an hour: only whole days are taken."), EARLIEST, 0
    if any(name in event for name in ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")):
        return _("It repeats by a rule: the days of a year are named by its notice."), EARLIEST, 0
    count = _length(event, first, last)
    if not 1 <= count <= _LONGEST or not EARLIEST <= first <= LATEST - timedelta(days=_LONGEST):
        return _("It is too long, or lies too far away."), EARLIEST, 0
    return None, first, count


def _length(event: Any, first: date, last: date | None) -> int:
    if last is not None:
        # The end is the day after the last; files that name the last itself are met too.
        return max((last - first).days, 1 if last == first else 0)
    lasts = getattr(event.get("DURATION"), "dt", timedelta(days=1))
    return lasts.days if isinstance(lasts, timedelta) and not lasts.seconds else 0


def _kind(event: Any, title: str) -> bool | None:
    """Whether the day is worked; None where nothing says so, or two things say the opposite."""
    special = _SPECIAL.get(str(event.get("X-APPLE-SPECIAL-DAY", "")).strip().upper())
    if special is not None:
        return special
    for words in (title, _categories(event), _first_line(event)):
        words, off = _NOT_WORKED.subn("", words)
        signs = {True} if _WORKING.search(words) else set()
        signs |= {False} if off or _OFF.search(words) else set()
        if signs:
            return signs.pop() if len(signs) == 1 else None
    return None


def _words(event: Any, name: str) -> str:
    found = event.get(name, "")
    found = found[0] if isinstance(found, list) and found else found
    return " ".join("".join(one if one.isprintable() else " " for one in str(found)[:300]).split())


def _categories(event: Any) -> str:
    found = event.get("CATEGORIES")
    named = found if isinstance(found, list) else [found] if found is not None else []
    return "\n".join(str(cat) for one in named[:20] for cat in getattr(one, "cats", [one])[:20])[:500]


def _first_line(event: Any) -> str:
    """Google says of each in its first line what it is: 公众假期, “Public holiday”, “Observance”."""
    return str(event.get("DESCRIPTION", "")).split("\n")[0][:30]
