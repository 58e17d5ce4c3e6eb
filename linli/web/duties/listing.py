"""The duty list as a list by category, one line with why it speaks there, and the list as a table to take away."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.areas.codes import contains, lineage
from linli.areas.models import Area
from linli.events import duty_files
from linli.events.actions import opening_of
from linli.events.models import Category, Duty, DutyList, Event
from linli.web.duties import told
from linli.web.duties.told import Row

_PER_PAGE = 60


@dataclass(frozen=True)
class Group:
    """A category with its lines."""

    category: Category
    rows: list[Row]


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The version in force (or `?version=`), by category, narrowed by `q`, `department` and `area`."""
    made = told.version_of(request)
    lines = told.lines_of(made) if made else []
    fitting = [one for one in lines if _fits(request, one)]
    page = Paginator(told.rows_of(fitting), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "room": "duties",
        "tab": "list",
        "made": made,
        "is_in_force": told.is_in_force(made),
        "asked": request.GET,
        "query": _query(request),
        "page": page,
        "groups": _groups(list(page)),
        "count": len(fitting),
        "is_draft": bool(made and made.in_use_from is None),
        "may_edit": told.edits(request),
    }
    if request.headers.get("HX-Target") == "found":
        return render(request, "web/duties/_list.html", context)
    return render(request, "web/duties/list.html", context | _about(made, lines))


def _about(made: DutyList | None, lines: list[Duty]) -> dict[str, Any]:
    """What the head of the page tells and offers: departments, areas, gaps, lines that hang in the air."""
    offices = {one.lead.pk: one.lead for one in lines}
    areas = {one.area.pk: one.area for one in lines}
    covered = {one.category.code for one in lines}
    unsound = [row for row in told.rows_of(lines) if not row.is_sound]
    return {
        "departments": [offices[code] for code in sorted(offices)],
        "areas": [areas[code] for code in sorted(areas)],
        "unsound": unsound[:20],
        "unsound_count": len(unsound),
        "dangling_count": sum(1 for row in unsound if row.is_dangling and row.heirs),
        "total": len(lines),
        "gaps": [
            one
            for one in (told.leaves() if made else [])
            if one.code not in covered and not (one.parent and one.parent.code in covered)
        ],
    }


def _fits(request: HttpRequest, one: Duty) -> bool:
    department, area = request.GET.get("department", ""), request.GET.get("area", "")
    if department and department != one.lead_id and department not in {other.pk for other in one.co_handlers.all()}:
        return False
    if area and not (contains(area, one.area_id) or one.area_id in lineage(area)):
        return False
    text = told.words_of(one)
    return all(word in text for word in told.folded(request.GET.get("q", "")).split())


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


def _groups(rows: list[Row]) -> list[Group]:
    groups: list[Group] = []
    for row in rows:
        if not groups or groups[-1].category.pk != row.duty.category_id:
            groups.append(Group(row.duty.category, []))
        groups[-1].rows.append(row)
    return groups


@login_required
@require_safe
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: basis, co-handlers, hours, contact; where it speaks, and which other lines of its category go first or after."""
    related = Duty.objects.select_related("list", "category__parent", "area", "lead").prefetch_related("co_handlers")
    duty = get_object_or_404(related, pk=pk)
    at, where = timezone.now(), _where(request, duty)
    context = {
        "room": "duties",
        "duty": duty,
        "made": duty.list,
        "row": told.rows_of([duty])[0],
        "where": where,
        "others": _others(duty, where),
        "opening": opening_of(duty, at),
        "overruled": duty.overruled.filter(event__in=Event.objects.visible_to(request.scope)).count(),  # type: ignore[attr-defined]
        "is_in_force": told.is_in_force(duty.list),
        "is_draft": duty.list.in_use_from is None,
        "may_edit": told.edits(request),
    }
    return render(request, "web/duties/line.html", context)


def _where(request: HttpRequest, duty: Duty) -> Area:
    """The area it was asked for (`?in=`), within its own; else its own."""
    asked = request.GET.get("in", "")
    if asked and contains(duty.area_id, asked):
        return Area.objects.filter(pk=asked).first() or duty.area
    return duty.area


def _others(duty: Duty, where: Area) -> list[Duty]:
    """The other lines for this place and this category or its domain, the nearest first; and those for parts of its area."""
    codes = [duty.category.code, *([duty.category.parent.code] if duty.category.parent else [])]
    same = duty.list.duties.filter(category__code__in=codes, area__in=lineage(where.pk)).exclude(pk=duty.pk)
    own = duty.category.code
    return sorted(
        same.select_related("category", "area", "lead"), key=lambda one: (-len(one.area_id), one.category.code != own)
    )


@login_required
@require_safe
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as CSV in words, which can be brought in again."""
    made = get_object_or_404(DutyList, pk=pk)
    return _csv(duty_files.MARK + duty_files.written(made, in_words=True), f"duties-{made.pk}.csv")


@login_required
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An empty table to fill in."""
    return _csv(duty_files.template(), "duties.csv")


def _csv(content: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
