"""The pages of a department's figures: for its officers all that it leads, for others what it leads in their areas."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.codes import contains
from linli.areas.models import Area
from linli.people.models import Department
from linli.statistics import table_files, tables
from linli.statistics.department import COLUMNS, areas_of, sheet_of
from linli.statistics.figures import Moment
from linli.statistics.periods import Period
from linli.statistics.rules import BY_CODE
from linli.statistics.sight import above, scope_of
from linli.statistics.views import AskedRows, When


@dataclass(frozen=True)
class Seen:
    """A department and the area in which its figures are looked at; all that lies in the person's sight."""

    department: Department
    area: Area
    #: The areas among which the person may choose, the outermost ones.
    outermost: list[str]

    @classmethod
    def of(cls, request: HttpRequest, code: str) -> "Seen":
        """404 for what is out of sight, whether it exists or not."""
        department = get_object_or_404(Department, pk=code.replace("\0", ""))
        outermost = areas_of(department, scope_of(request))
        asked = request.GET.get("area") or next(iter(outermost), "")
        if not asked.isdigit() or not any(contains(one, asked) for one in outermost):
            raise Http404
        return cls(department, get_object_or_404(Area, pk=asked), outermost)

    @property
    def path(self) -> list[Area]:
        """The areas above, as far as they are in sight."""
        return above(self.area.code, self.outermost)

    @property
    def choice(self) -> list[Area]:
        """The other areas that may be chosen."""
        others = [code for code in self.outermost if not contains(code, self.area.code)]
        return list(Area.objects.filter(pk__in=others).order_by("code")) if others else []


@login_required
@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of one department in one area and period."""
    seen, when = Seen.of(request, code), When.of(request)
    here = {"area": seen.area.code}
    context = when.context | {
        "department": seen.department,
        "area": seen.area,
        "path": seen.path,
        "choice": seen.choice,
        "periods_of": reverse("statistics:department", args=[code]),
        "periods_with": here,
        "sheet": sheet_of(seen.department, seen.area, Moment(when.period, when.now)),
        "columns": [BY_CODE[column] for column in COLUMNS],
        "meanings": f"{reverse('statistics:definitions')}#",
        "kinds": list(table_files.KINDS),
        "tables_of": reverse("statistics:department_table", args=[code, "csv"]).removesuffix("csv"),
        "take_away": urlencode(here | when.period.asked),
    }
    return render(request, "statistics/department.html", context, status=422 if when.problem else 200)


@login_required
@require_safe
def table(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The table of the page to take away."""
    seen, at = Seen.of(request, code), timezone.now()
    if kind not in table_files.KINDS:
        raise Http404
    period = Period.parse(request.GET, timezone.localdate(at))
    sheet = sheet_of(seen.department, seen.area, Moment(period, at))
    asked = tables.table_of(
        f"{seen.department} · {gettext('Figures')}",
        gettext("Area"),
        COLUMNS,
        sheet.children,
        area=f"{seen.area.name} ({seen.area.code})",
        period=period,
        as_of=sheet.as_of,
        more=[(gettext("Department"), f"{seen.department} ({code})")],
    )
    return table_files.answer(asked, kind, f"linli-{code}-{seen.area.code}-{timezone.localdate(at):%Y%m%d}")


@login_required
@require_safe
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The matters behind one number, a page at a time."""
    seen = Seen.of(request, code)
    asked = AskedRows.of(request, seen.area, code)
    here = urlencode({"area": seen.area.code})
    page = reverse("statistics:department", args=[code])
    context = {
        "department": seen.department,
        "path": [],
        "figures": f"{page}?{here}&{asked.moment.period.query}",
        "table": f"{reverse('statistics:department_rows_csv', args=[code])}?{asked.query}&{here}",
    }
    return render(request, "statistics/rows.html", context | asked.page(request, f"&{here}"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rows_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The same matters as a table to take away."""
    return AskedRows.of(request, Seen.of(request, code).area, code).as_export(request, code)
