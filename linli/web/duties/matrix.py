"""The duty list as a matrix of categories and townships: who leads, what is inherited, what is an exception, where are gaps."""

from collections import Counter
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.areas.codes import contains
from linli.areas.models import ANSWERING, Area
from linli.events.models import Category, Duty
from linli.events.rules import Spoken
from linli.web.duties import told

#: More columns than these nobody reads; a larger home looks at one county after the other.
_MOST_COLUMNS = 60


@dataclass(frozen=True)
class Cell:
    """Who leads a category in a township, by which line; None: the list says nothing."""

    area: Area
    duty: Duty | None
    #: The line is not the township's own for this very category: it holds for a wider area or for the domain.
    is_inherited: bool
    #: How many lines name parts of this township for this category.
    within: int


@dataclass(frozen=True)
class MatrixRow:
    """A category with a cell for the county as a whole and one for each township."""

    category: Category
    cells: list[Cell]

    @property
    def is_gap(self) -> bool:
        """No line speaks for it anywhere."""
        return all(cell.duty is None and not cell.within for cell in self.cells)


@login_required
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """The version in force (or `?version=`) for the townships of a county (`?county=`)."""
    made = told.version_of(request)
    counties = list(Area.objects.open().filter(level="county").order_by("code")[:200])
    county = next((one for one in counties if one.pk == request.GET.get("county")), counties[0] if counties else None)
    columns = [county, *_townships(county)] if county else []
    lines = told.lines_of(made) if made else []
    rows = _rows(told.leaves() if made else [], columns, lines)
    context = {
        "room": "duties",
        "tab": "matrix",
        "made": made,
        "is_in_force": told.is_in_force(made),
        "counties": counties,
        "county": county,
        "columns": columns,
        "domains": _by_domain(rows),
        "gaps": sum(1 for row in rows if row.is_gap),
        "may_edit": told.edits(request),
    }
    return render(request, "web/duties/matrix.html", context)


def _townships(county: Area) -> list[Area]:
    return list(Area.objects.open().filter(parent=county, kind__in=ANSWERING).order_by("code")[:_MOST_COLUMNS])


def _rows(categories: list[Category], columns: list[Area], lines: list[Duty]) -> list[MatrixRow]:
    spoken, by_pk = told.spoken(lines), {one.pk: one for one in lines}
    inside = _lines_inside(lines, columns)
    return [
        MatrixRow(
            one,
            [
                _cell(one, area, spoken, by_pk, inside[one.code, area.pk] if number else 0)
                for number, area in enumerate(columns)
            ],
        )
        for one in categories
    ]


def _lines_inside(lines: list[Duty], columns: list[Area]) -> Counter[tuple[str, str]]:
    """How many lines of each category name an area inside each column (the first, the county, aside)."""
    found: Counter[tuple[str, str]] = Counter()
    for one in lines:
        for area in columns[1:]:
            if one.area_id != area.pk and one.area.is_open and contains(area.pk, one.area_id):
                found[one.category.code, area.pk] += 1
    return found


def _cell(category: Category, area: Area, spoken: Spoken, by_pk: dict[int, Duty], within: int) -> Cell:
    found = spoken.of(category.code, category.parent.code if category.parent else "", area.pk)
    is_own = found is not None and (found.category, found.area) == (category.code, area.pk)
    return Cell(area, by_pk[found.pk] if found else None, not is_own, within)


def _by_domain(rows: list[MatrixRow]) -> list[tuple[Category | None, list[MatrixRow]]]:
    groups: dict[int | None, tuple[Category | None, list[MatrixRow]]] = {}
    for row in rows:
        groups.setdefault(row.category.parent_id, (row.category.parent, []))[1].append(row)
    return list(groups.values())
