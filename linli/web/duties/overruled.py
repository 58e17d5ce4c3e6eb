"""Lines that the desk often does not follow, with its reasons: where the list may be wrong. By line, never by person."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.events.actions.promise import home_zone
from linli.events.models import Category, DispatchChoice, Duty, DutyList, Event, Part
from linli.events.rules import ChoiceReason
from linli.people.models import Department
from linli.people.rules import Scope
from linli.web.duties import told

_PER_PAGE, _MATTERS = 30, 12


@dataclass(frozen=True)
class Overruled:
    """A line, how often it was overruled in how many dispatches, why, to whom it went instead, and some of the matters."""

    duty: Duty
    times: int
    dispatches: int
    reasons: list[tuple[str, int]]
    instead: list[tuple[Department, int]]
    matters: list[Event]


@login_required
@require_safe
def overruled(request: HttpRequest) -> HttpResponse:
    """The lines of the version in force (or `?version=`), the most often overruled first."""
    made = told.version_of(request)
    rows = _rows(request.scope, made) if made else []  # type: ignore[attr-defined]
    context = {
        "room": "duties",
        "tab": "overruled",
        "made": made,
        "is_in_force": told.is_in_force(made),
        "page": Paginator(rows, _PER_PAGE).get_page(request.GET.get("page")),
        "may_edit": told.edits(request),
    }
    return render(request, "web/duties/overruled.html", context)


def _rows(scope: Scope, made: DutyList) -> list[Overruled]:
    """Of matters in sight alone."""
    kept = DispatchChoice.objects.filter(duty__list=made, event__in=Event.objects.visible_to(scope))
    choices: dict[int, list[DispatchChoice]] = defaultdict(list)
    for choice in kept.select_related("event", "chosen").order_by("-id"):
        choices[choice.duty_id or 0].append(choice)
    if not choices:
        return []
    lines = told.lines_of(made)
    dispatched = _dispatches(scope, made, lines)
    rows = [_row(one, choices[one.pk], dispatched[one.pk]) for one in lines if one.pk in choices]
    return sorted(rows, key=lambda row: (-row.times, row.duty.category.code))


def _row(duty: Duty, choices: list[DispatchChoice], dispatches: int) -> Overruled:
    reasons = Counter(str(ChoiceReason(one.reason).label) for one in choices)
    instead = Counter(one.chosen for one in choices)
    matters = list({one.event.pk: one.event for one in choices}.values())[:_MATTERS]
    return Overruled(
        duty, len(choices), max(dispatches, len(choices)), reasons.most_common(), instead.most_common(3), matters
    )


def _dispatches(scope: Scope, made: DutyList, lines: list[Duty]) -> Counter[int]:
    """How many matters for which each line speaks were dispatched since the version is in use."""
    if made.in_use_from is None:
        return Counter()
    since = datetime.combine(made.in_use_from, time(), home_zone())
    leads = Part.objects.filter(leads=True, asked_at__gte=since, event__in=Event.objects.visible_to(scope))
    groups = list(leads.order_by().values_list("event__category", "event__area").annotate(n=Count("pk")))
    categories = Category.objects.select_related("parent").in_bulk({pk for pk, _area, _n in groups if pk})
    spoken, found = told.spoken(lines), Counter[int]()
    for pk, area, n in groups:
        one = categories.get(pk)
        line = spoken.of(one.code, one.parent.code if one.parent else "", area) if one else None
        if line is not None:
            found[line.pk] += n
    return found
