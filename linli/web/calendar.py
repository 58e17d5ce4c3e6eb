"""The calendar of working days: a year at a glance for everybody, kept by the county desk. `/desk/calendar/`."""

import calendar as months
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from linli.events.actions import calendar as actions
from linli.events.actions.categories import may_edit
from linli.events.models import CalendarEdit
from linli.kit.dayfiles.found import EARLIEST, LATEST
from linli.kit.models import CalendarDay
from linli.kit.workdays import WorkCalendar, stored_calendar
from linli.web.calendar_forms import DayForm, FileForm, HoursForm, ReadForm

#: So many changes are shown below the year.
_CHANGES = 12
_SHOWN_DAYS = 60


@dataclass(frozen=True)
class Cell:
    """A day of the year. `mark`: `off`, `made_up`, `rest` or `work`."""

    day: date
    mark: str
    row: CalendarDay | None
    is_today: bool


@login_required
@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """Twelve months, the days that differ with their sources, the hours, and what was changed."""
    asked, today = _year(request), timezone.localdate()
    known = stored_calendar()
    rows = {row.day: row for row in CalendarDay.objects.filter(day__year=asked)}
    grid = [_month(asked, number, known, rows, today) for number in range(1, 13)]
    cells = [cell for _first, weeks in grid for week in weeks for cell in week if cell]
    published = known.published_years
    context = {
        "room": "calendar",
        "year": asked,
        "months": grid,
        "weekdays": [(WEEKDAYS[n], str(WEEKDAYS_ABBR[n]).removeprefix("星期")) for n in range(7)],
        "rows": list(rows.values()),
        "working": sum(cell.mark in ("work", "made_up") for cell in cells),
        "off": sum(cell.mark == "off" for cell in cells),
        "is_published": asked in published,
        "years": [(one, one in published) for one in _years_around(asked, published)],
        "earlier": asked - 1 if asked > EARLIEST.year else None,
        "later": asked + 1 if asked < LATEST.year else None,
        "hours": known.office_hours,
        "may_edit": _may(request),
        "edits": CalendarEdit.objects.select_related("entry__by", "taken_back_by")[:_CHANGES],
    }
    return render(request, "web/calendar/year.html", context)


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    if asked.isascii() and asked.isdigit() and len(asked) == 4 and EARLIEST.year <= int(asked) <= LATEST.year:
        return int(asked)
    return timezone.localdate().year


def _years_around(year: int, published: frozenset[int]) -> list[int]:
    near = {timezone.localdate().year, timezone.localdate().year + 1, year - 1, year, year + 1, *sorted(published)[-3:]}
    return sorted(one for one in near if EARLIEST.year <= one <= LATEST.year)


def _month(
    year: int, number: int, known: WorkCalendar, rows: dict[date, CalendarDay], today: date
) -> tuple[date, list[list[Cell | None]]]:
    def cell(day: date) -> Cell | None:
        if day.month != number:
            return None
        works, row = known.is_working(day), rows.get(day)
        mark = ("made_up" if row and day.weekday() > 4 else "work") if works else ("off" if row else "rest")
        return Cell(day, mark, row, day == today)

    weeks = months.Calendar().monthdatescalendar(year, number)
    return date(year, number, 1), [[cell(day) for day in week] for week in weeks]


def _may(request: HttpRequest) -> bool:
    return may_edit(request.user, timezone.now())  # type: ignore[arg-type]


def _keeper(request: HttpRequest) -> Any:
    """Whoever may change it. Raises `NotYours`."""
    actions.require_keeper(request.user, timezone.now())  # type: ignore[arg-type]
    return request.user


@login_required
@require_http_methods(["GET", "POST"])
def day(request: HttpRequest, on: str) -> HttpResponse:
    """Change one day: first what it would move, then for good."""
    keeper, found = _keeper(request), _day_of(on)
    row = CalendarDay.objects.filter(day=found).first()
    form = DayForm(request.POST or None, day=found, row=row)
    context = {"day": found, "row": row, "back_year": found.year}
    return _change(request, keeper, form, "web/calendar/day.html", context)


def _day_of(on: str) -> date:
    try:
        found = date.fromisoformat(on)
    except ValueError:
        raise Http404 from None
    if not EARLIEST <= found <= LATEST:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """Change the hours of the office in the same way."""
    keeper = _keeper(request)
    form = HoursForm(request.POST or None, hours=stored_calendar().office_hours)
    return _change(request, keeper, form, "web/calendar/hours.html", {"back_year": timezone.localdate().year})


def _change(
    request: HttpRequest, keeper: Any, form: DayForm | HoursForm, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Asked, foreseen, done. What was foreseen is shown with the form, which is sent once more to do it."""
    context |= {"room": "calendar", "form": form}
    if not form.is_valid():
        return render(request, template, context, status=422 if form.is_bound else 200)
    now, changes = timezone.now(), form.changes()
    if request.POST.get("do") != "save":
        return render(request, template, context | {"effect": actions.foreseen(changes, now)})
    edit = actions.change_calendar(changes, reason=form.cleaned_data["reason"], by=keeper, at=now)
    messages.success(request, _done(edit))
    return _to_year(context["back_year"])


def _done(edit: CalendarEdit) -> str:
    moved = ngettext("%(n)s limit has moved.", "%(n)s limits have moved.", edit.moved) % {"n": edit.moved}
    return _("The calendar is changed. %(moved)s") % {"moved": moved}


def _to_year(year: int) -> HttpResponse:
    answer = redirect("calendar")
    answer["Location"] += f"?year={year}"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """A year's notice as a file: read, shown with what it would move, then taken up."""
    keeper = _keeper(request)
    if "days" in request.POST:
        return _take_up(request, keeper)
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"room": "calendar", "form": form}
    if request.method == "GET" or not form.is_valid():
        return render(request, "web/calendar/bring_in.html", context, status=422 if form.is_bound else 200)
    reading, overwrite = form.cleaned_data["file"], form.cleaned_data["overwrite"]
    changes = actions.of_notice(reading.days.values(), overwrite=overwrite)
    context |= {
        "reading": reading,
        "news": list(changes.days.values())[:_SHOWN_DAYS],
        "count": len(changes.days),
        "more": max(len(changes.days) - _SHOWN_DAYS, 0),
        "effect": actions.foreseen(changes, timezone.now()),
        "file_name": str(getattr(request.FILES["file"], "name", "")),
        "overwrite": overwrite,
        "days": json.dumps([[one.day.isoformat(), one.is_working, one.name] for one in reading.days.values()]),
    }
    return render(request, "web/calendar/bring_in.html", context)


def _take_up(request: HttpRequest, keeper: Any) -> HttpResponse:
    form = ReadForm(request.POST)
    if not form.is_valid():
        context = {"room": "calendar", "form": FileForm(), "unreadable": True}
        return render(request, "web/calendar/bring_in.html", context, status=422)
    clean = form.cleaned_data
    edit = actions.bring_in(
        clean["days"], file=clean["name"], overwrite=clean["overwrite"], by=keeper, at=timezone.now()
    )
    messages.success(request, _done(edit) if edit else _("All of its days are known already."))
    return _to_year(max((one.day.year for one in clean["days"]), default=timezone.localdate().year))


@login_required
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put things as a change found them: first what that would move, then for good."""
    keeper, edit = _keeper(request), get_object_or_404(CalendarEdit.objects.select_related("entry__by"), pk=pk)
    if request.method == "GET":
        context = {"room": "calendar", "edit": edit, "lines": list(lines(edit))[:_SHOWN_DAYS]}
        foreseen = actions.foreseen(actions.undoing(edit), timezone.now())
        return render(request, "web/calendar/take_back.html", context | {"effect": foreseen})
    undone = actions.take_back(edit, by=keeper, at=timezone.now())
    messages.success(request, _done(undone))
    days = sorted(key for key in edit.after if key != "hours")
    return _to_year(int(days[0][:4]) if days else timezone.localdate().year)


def lines(edit: CalendarEdit) -> Iterator[tuple[date | None, Any, Any]]:
    """What it changed: the day (None: the hours), before, after."""
    for key in sorted(edit.after):
        yield None if key == "hours" else date.fromisoformat(key), edit.before[key], edit.after[key]
