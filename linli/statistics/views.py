"""The pages of the figures: one area, the matters behind one number, and those as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.models import Area
from linli.events.models import EventQuerySet
from linli.exports.actions import mark_of
from linli.exports.files import marked_csv
from linli.exports.views import door, wanted_at
from linli.kit.refusal import BadInput
from linli.people.models import Department
from linli.statistics import listing, table_files, tables, taking_away
from linli.statistics.figures import CLOCK, Moment, matters_of, rows_of
from linli.statistics.narrowing import Categories, Narrowing
from linli.statistics.periods import Named, Period
from linli.statistics.rules import (
    AS_THEY_STAND,
    BY_CODE,
    COMPARISONS,
    DAYS,
    FIGURES,
    HOW_COMPARED,
    INTERVALS,
    RATES,
    SMALL,
    TOO_FEW,
    Cohort,
    Figure,
    Rate,
)
from linli.statistics.sheet import COLUMNS, sheet_of
from linli.statistics.sight import area_in_sight, path_to, scope_of


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """To the figures of the person's own area or department; a choice where they have several, a word where they have none."""
    scope = scope_of(request)
    if len(scope.area_codes) + len(scope.departments) == 1:
        if scope.area_codes:
            return redirect("statistics:area", scope.area_codes[0])
        return redirect("statistics:department", scope.departments[0])
    areas = list(Area.objects.filter(pk__in=scope.area_codes).order_by("code"))
    departments = list(Department.objects.filter(pk__in=scope.departments))
    context = {"room": "statistics", "areas": areas, "departments": departments}
    return render(request, "statistics/mine.html", context)


@login_required
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of one area in one period."""
    place, when = area_in_sight(request, code), When.of(request)
    context = when.context | {
        "area": place,
        "path": path_to(request, code),
        "periods_of": reverse("statistics:area", args=[code]),
        "sheet": sheet_of(place, Moment(when.period, when.now)),
        "columns": [BY_CODE[column] for column in COLUMNS],
        "cohorts": [(one, [figure for figure in FIGURES if figure.cohort == one]) for one in Cohort],
        "rates": RATES,
        "days": DAYS,
        "source": AS_THEY_STAND,
        "too_few": TOO_FEW,
        "kinds": list(table_files.KINDS),
        "tables_of": reverse("statistics:table", args=[code, "csv"]).removesuffix("csv"),
        "take_away": {by: urlencode({"by": by, **when.period.asked}) for by in _TABLES},
    }
    return render(request, "statistics/area.html", context, status=422 if when.problem else 200)


#: What the page tells apart in tables: the name of the first column.
_TABLES = {"area": _("Area"), "category": _("Category"), "department": _("Department")}


@login_required
@require_safe
def table(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A table of the page to take away."""
    place, at = area_in_sight(request, code), timezone.now()
    by, period = request.GET.get("by") or "area", Period.parse(request.GET, timezone.localdate(at))
    if by not in _TABLES or kind not in table_files.KINDS:
        raise Http404
    sheet = sheet_of(place, Moment(period, at))
    lines = {"area": sheet.children, "category": sheet.categories, "department": sheet.departments}[by]
    asked = tables.table_of(
        f"{place.name} · {gettext('Figures')}",
        str(_TABLES[by]),
        COLUMNS,
        lines,
        area=f"{place.name} ({place.code})",
        period=period,
        as_of=sheet.as_of,
    )
    return table_files.answer(asked, kind, f"linli-{code}-{by}-{timezone.localdate(at):%Y%m%d}")


@dataclass(frozen=True)
class When:
    """The period a page was asked for, and what its head shows of it."""

    now: datetime
    period: Period
    #: Why another period is shown than was asked for.
    problem: str
    sent: Mapping[str, str]

    @classmethod
    def of(cls, request: HttpRequest) -> "When":
        """A wrong period is said in words beside the usual one."""
        now, problem = timezone.now(), ""
        today = timezone.localdate(now)
        try:
            period = Period.parse(request.GET, today)
        except BadInput as refusal:
            problem, period = refusal.message, Period.parse({}, today)
        sent = request.GET if problem else {"from": period.first.isoformat(), "to": period.last.isoformat()}
        return cls(now, period, problem, sent)

    @property
    def context(self) -> dict[str, Any]:
        """What the templates of the head of a page take."""
        today = timezone.localdate(self.now)
        return {
            "room": "statistics",
            "now": self.now,
            "today": today,
            "problem": self.problem,
            "sent": self.sent,
            "period": self.period,
            "periods": [Period.named(name, today) for name in Named],
        }


@login_required
@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Every figure with what it counts; each has an address of its own, `#` and its key."""
    context = {
        "room": "statistics",
        "cohorts": [(one, [figure for figure in FIGURES if figure.cohort == one]) for one in Cohort],
        "rates": [_Defined.of(rate) for rate in RATES],
        "days": DAYS,
        "intervals": INTERVALS,
        "too_few": TOO_FEW,
        "small": SMALL,
        "comparisons": COMPARISONS,
        "how_compared": HOW_COMPARED,
    }
    return render(request, "statistics/definitions.html", context)


@dataclass(frozen=True)
class _Defined:
    """A rate with the figures it is made of and those shown apart."""

    rate: Rate
    numerator: Figure
    denominator: Figure
    apart: list[Figure]

    @classmethod
    def of(cls, rate: Rate) -> "_Defined":
        return cls(rate, BY_CODE[rate.numerator], BY_CODE[rate.denominator], [BY_CODE[code] for code in rate.apart])


@login_required
@require_safe
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The matters behind one number, a page at a time."""
    asked = AskedRows.of(request, area_in_sight(request, code))
    context = {
        "path": path_to(request, code),
        "figures": f"{reverse('statistics:area', args=[code])}?{asked.moment.period.query}",
        "table": f"{reverse('statistics:rows_csv', args=[code])}?{asked.query}",
    }
    return render(request, "statistics/rows.html", context | asked.page(request))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rows_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The same matters as a table to take away."""
    return AskedRows.of(request, area_in_sight(request, code)).as_export(request, code)


@dataclass(frozen=True)
class AskedRows:
    """What an address of rows asks for: its matters, and how they came to be these."""

    area: Area
    figure: Figure
    moment: Moment
    query: str
    words: list[str]
    events: EventQuerySet

    @classmethod
    def of(cls, request: HttpRequest, place: Area, department: str = "") -> "AskedRows":
        """`department`: of this one alone. Raises `BadInput` for what no page of figures links to."""
        at = timezone.now()
        figure = BY_CODE.get(request.GET.get("figure", ""))
        if figure is None:
            raise BadInput("no_such_figure", _("There is no such figure. Choose a number on the page of figures."))
        moment = Moment(Period.parse(request.GET, timezone.localdate(at)), at)
        categories = Categories()
        sent = request.GET.dict() | ({"department": department} if department else {})
        narrowing = Narrowing.parse(sent, categories)
        events = rows_of(matters_of(place.code), figure, moment).filter(narrowing.condition(place.code, categories))
        query = urlencode({"figure": figure.code, **moment.period.asked, **narrowing.asked})
        return cls(place, figure, moment, query, narrowing.words(categories), events)

    @property
    def clock(self) -> str:
        """By which of their times they are listed."""
        return CLOCK[self.figure.cohort]

    def page(self, request: HttpRequest, more: str = "") -> dict[str, Any]:
        """What the template of a list takes; `more`: further parameters of its address."""
        after = request.GET.get("after", "")
        page = listing.page_of(scope_of(request), self.events, self.clock, at=self.moment.at, after=after)
        here = f"{request.path}?{self.query}{more}"
        return {
            "room": "statistics",
            "area": self.area,
            "figure": self.figure,
            "period": self.moment.period,
            "narrowed": self.words,
            "count": self.events.count(),
            "page": page,
            "now": self.moment.at,
            "first_page": here,
            "next_page": f"{here}&after={page.next_cursor}",
        }

    def as_export(self, request: HttpRequest, of: str) -> HttpResponse:
        """As a table to take away, through the door of exports."""
        period = self.moment.period
        wanted = wanted_at(
            request,
            kind="matters",
            area=self.area,
            title=f"{self.area.name} · {self.figure.name} · {period.first} – {period.last}",
            rows=self.events.count(),
            file_name=f"linli-{of}-{self.figure.code}-{timezone.localdate(self.moment.at):%Y%m%d}.csv",
            file_type="text/csv; charset=utf-8",
        )
        return door(
            request,
            wanted,
            lambda export: marked_csv(taking_away.lines_of(self.events, self.clock), mark_of(export)),
        )
