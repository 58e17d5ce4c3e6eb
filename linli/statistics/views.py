"""The pages of the figures: one area, the matters behind one number, and those as a table."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.areas.codes import contains, lineage
from linli.areas.models import Area
from linli.events.models import EventQuerySet
from linli.kit.refusal import BadInput
from linli.people.rules import Scope
from linli.statistics import listing, taking_away
from linli.statistics.figures import CLOCK, Moment, matters_of, rows_of
from linli.statistics.narrowing import Categories, Narrowing
from linli.statistics.periods import Named, Period
from linli.statistics.rules import AS_THEY_STAND, BY_CODE, DAYS, FIGURES, RATES, TOO_FEW, Cohort, Figure
from linli.statistics.sheet import COLUMNS, sheet_of


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """To the figures of the person's own area; a choice where they have several, a word where they have none."""
    scope = _scope(request)
    if len(scope.area_codes) == 1:
        return redirect("statistics:area", scope.area_codes[0])
    areas = list(Area.objects.filter(pk__in=scope.area_codes).order_by("code"))
    context = {"room": "statistics", "areas": areas, "is_officer": bool(scope.departments)}
    return render(request, "statistics/mine.html", context)


@login_required
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of one area in one period."""
    place, at = _area(request, code), timezone.now()
    today, problem = timezone.localdate(at), ""
    try:
        period = Period.parse(request.GET, today)
    except BadInput as refusal:
        problem, period = refusal.message, Period.parse({}, today)
    context = {
        "room": "statistics",
        "area": place,
        "path": _path(request, code),
        "now": at,
        "today": today,
        "problem": problem,
        "sent": request.GET if problem else {"from": period.first.isoformat(), "to": period.last.isoformat()},
        "period": period,
        "periods": [Period.named(name, today) for name in Named],
        "sheet": sheet_of(place, Moment(period, at)),
        "columns": [BY_CODE[column] for column in COLUMNS],
        "cohorts": [(one, [figure for figure in FIGURES if figure.cohort == one]) for one in Cohort],
        "rates": RATES,
        "days": DAYS,
        "source": AS_THEY_STAND,
        "too_few": TOO_FEW,
    }
    return render(request, "statistics/area.html", context, status=422 if problem else 200)


@login_required
@require_safe
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The matters behind one number, a page at a time."""
    asked = _Asked.of(request, code)
    page = listing.page_of(
        _scope(request), asked.events, asked.clock, at=asked.moment.at, after=request.GET.get("after", "")
    )
    here = f"{request.path}?{asked.query}"
    context: dict[str, Any] = {
        "room": "statistics",
        "area": asked.area,
        "path": _path(request, code),
        "figure": asked.figure,
        "period": asked.moment.period,
        "figures": f"{reverse('statistics:area', args=[code])}?{asked.moment.period.query}",
        "narrowed": asked.words,
        "count": asked.events.count(),
        "page": page,
        "now": asked.moment.at,
        "first_page": here,
        "next_page": f"{here}&after={page.next_cursor}",
        "table": f"{reverse('statistics:rows_csv', args=[code])}?{asked.query}",
    }
    return render(request, "statistics/rows.html", context)


@login_required
@require_safe
def rows_csv(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """The same matters as a table to take away."""
    asked = _Asked.of(request, code)
    name = f"linli-{code}-{asked.figure.code}-{timezone.localdate(asked.moment.at):%Y%m%d}.csv"
    lines = taking_away.lines_of(asked.events, asked.clock)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@dataclass(frozen=True)
class _Asked:
    """What an address of rows asks for: its matters, and how they came to be these."""

    area: Area
    figure: Figure
    moment: Moment
    query: str
    words: list[str]
    events: EventQuerySet

    @property
    def clock(self) -> str:
        return CLOCK[self.figure.cohort]

    @classmethod
    def of(cls, request: HttpRequest, code: str) -> "_Asked":
        """Raises `BadInput` for what no page of figures links to, 404 for an area out of sight."""
        place, at = _area(request, code), timezone.now()
        figure = BY_CODE.get(request.GET.get("figure", ""))
        if figure is None:
            raise BadInput("no_such_figure", _("There is no such figure. Choose a number on the page of figures."))
        moment = Moment(Period.parse(request.GET, timezone.localdate(at)), at)
        categories = Categories()
        narrowing = Narrowing.parse(request.GET, categories)
        events = rows_of(matters_of(code), figure, moment).filter(narrowing.condition(code, categories))
        query = urlencode({"figure": figure.code, **moment.period.asked, **narrowing.asked})
        return cls(place, figure, moment, query, narrowing.words(categories), events)


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def _area(request: HttpRequest, code: str) -> Area:
    """The area if all its matters are in the person's sight; else 404, whether it exists or not."""
    if not code.isdigit() or not any(contains(mine, code) for mine in _scope(request).area_codes):
        raise Http404
    return get_object_or_404(Area, pk=code)


def _path(request: HttpRequest, code: str) -> list[Area]:
    """The areas above this one whose figures the person may see, from the top down."""
    mine = _scope(request).area_codes
    above = [one for one in lineage(code)[:-1] if any(contains(outer, one) for outer in mine)]
    return list(Area.objects.filter(pk__in=above).order_by("code")) if above else []
