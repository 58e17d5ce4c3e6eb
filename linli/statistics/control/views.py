"""The page of control charts: `/desk/statistics/<area>/compare/`."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kit.refusal import BadInput
from linli.statistics.control import charts
from linli.statistics.periods import Period
from linli.statistics.reading import DEPARTMENT
from linli.statistics.rules import TOO_FEW
from linli.statistics.rules.control import LEAST_MONTHS
from linli.statistics.sight import area_in_sight, path_to, scope_of
from linli.statistics.views import When

#: What an address calls the areas below.
AREAS = "areas"


@login_required
@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Units of an area side by side for a rate, and its months in a row."""
    area, when = area_in_sight(request, code), When.of(request)
    asked, period, problem = request.GET, when.period, when.problem
    try:
        rate, figure, by = _asked(asked)
    except BadInput as refusal:
        problem = refusal.message
        rate, figure, by = _asked({})
        period = Period.parse({}, timezone.localdate(when.now))
    level = charts.level_below(area)
    unit = DEPARTMENT if by == DEPARTMENT or not level else level
    scope, days = scope_of(request), None if period.name else period
    context = when.context | {
        "area": area,
        "path": path_to(request, code),
        "problem": problem,
        "period": period,
        "periods_of": reverse("statistics:compare", args=[code]),
        "periods_with": {"rate": rate.code, "by": DEPARTMENT if unit == DEPARTMENT else AREAS, "figure": figure.code},
        "rates": charts.COMPARED,
        "figures": charts.BY_MONTH,
        "by": unit,
        "has_areas": bool(level),
        "chart": charts.chart_of(scope, area, rate, period, by=unit, at=when.now),
        "row": charts.in_a_row(scope, area, figure, at=when.now, days=days),
        "days": days,
        "too_few": TOO_FEW,
        "least_months": LEAST_MONTHS,
    }
    return render(request, "statistics/compare.html", context, status=422 if problem else 200)


def _asked(sent: Any) -> tuple[Any, Any, str]:
    """The rate, the figure of the months, and what is compared. Raises `BadInput`."""
    rate = charts.chosen(charts.COMPARED, sent.get("rate", ""))
    figure = charts.chosen(charts.BY_MONTH, sent.get("figure", ""))
    by = sent.get("by") or AREAS
    if rate is None or figure is None or by not in (AREAS, DEPARTMENT):
        raise BadInput("not_a_choice", _("There is no such chart. Choose one of the lists."))
    return rate, figure, by
