"""The pages of the ledgers: the rows of an area, its figures and matrix, what they mean, and all of them as files."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.models import Area
from linli.exports.actions import mark_of
from linli.exports.files import marked_csv
from linli.exports.models import Export
from linli.exports.views import door, wanted_at
from linli.kit.refusal import BadInput, Refused
from linli.mediation.ledgers import listing, tables
from linli.mediation.ledgers.ahead import answer
from linli.mediation.ledgers.figures import BY_CODE, FIGURES, Cohort
from linli.mediation.ledgers.matrix import OF, WAYS, matrix_from, matrix_of, ways_of
from linli.mediation.ledgers.narrowing import Narrowing, Size, bodies_around
from linli.mediation.ledgers.rates import CASELOAD, HOW_KEPT_BACK, HOW_LONG, RATES, STRETCHES
from linli.mediation.ledgers.reading import Asked
from linli.mediation.ledgers.sheet import sheet_from, sheet_of
from linli.mediation.ledgers.sight import Sight, ledger_area, outline_area, path_to, sight_of
from linli.mediation.rules import Kind, Level, State
from linli.statistics import table_files
from linli.statistics.periods import Named, Period
from linli.statistics.rules import COMPARISONS, HOW_COMPARED, SMALL, TOO_FEW

FILES = ("xlsx", "csv")
_View = Callable[..., HttpResponseBase]


def _page(view: _View) -> _View:
    """Only for whoever is signed in, only to look at, and kept by nothing that lies between."""

    @login_required
    @require_safe
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        response = view(request, *args, **named)
        patch_cache_control(response, no_store=True, private=True)
        return response

    return asked


@_page
def mine(request: HttpRequest) -> HttpResponse:
    """To the ledger of the person's own area; a choice where they have several, a word where they have none."""
    sight = sight_of(request, timezone.now())
    codes = sorted({*sight.ledgers, *(code for code in sight.outlines if not sight.has_ledger(code))})
    if len(codes) == 1:
        return redirect("ledgers:area", codes[0])
    areas = list(Area.objects.filter(pk__in=codes).order_by("code"))
    return render(request, "mediation/ledgers/mine.html", {"room": "mediation", "areas": areas})


# --- the rows -----------------------------------------------------------------------------------------------------------


@_page
def ledger(request: HttpRequest, code: str) -> HttpResponse:
    """The rows of an area, a page at a time; the outline alone for whoever may not see more."""
    at = timezone.now()
    place, sight = outline_area(request, code, at)
    if not sight.has_ledger(code):
        return _outline(request, place, sight)
    period, problem = _period(request, at)
    narrowing = Narrowing.parse(request.GET)
    asked = Asked(code, period, at)
    page = listing.page_of(asked, narrowing, request.GET.get("after", ""))
    query = urlencode({**period.asked, **narrowing.asked})
    count, has_more = listing.count_of(asked, narrowing)
    context = _head(place, sight, at, period, problem, request) | {
        "here": "ledger",
        "periods_of": request.path,
        "periods_with": narrowing.asked,
        "narrowing": narrowing,
        "figure": narrowing.of_figure,
        "narrowed": narrowing.words,
        "count": count,
        "has_more": has_more,
        "page": page,
        "first_page": f"{request.path}?{query}",
        "next_page": f"{request.path}?{query}&after={page.next_cursor}",
        "without": f"{request.path}?{period.query}",
        "kinds": Kind.choices,
        "sizes": Size.choices,
        "states": State.choices,
        "levels": _levels(request.path, period, narrowing),
        "bodies": bodies_around(code),
        "files": [(kind, f"{reverse('ledgers:file', args=[code, kind])}?{query}") for kind in FILES],
    }
    return render(request, "mediation/ledgers/ledger.html", context, status=422 if problem else 200)


def _levels(path: str, period: Period, narrowing: Narrowing) -> list[tuple[str, Any, str]]:
    """The ledgers by level of the body that has a dispute: code, name and address."""
    others = {name: value for name, value in narrowing.asked.items() if name not in ("level", "body")}

    def to(level: str) -> str:
        return f"{path}?{urlencode({**period.asked, **others, **({'level': level} if level else {})})}"

    return [("", _("All levels"), to("")), *((one.value, one.label, to(one.value)) for one in Level)]


def _outline(request: HttpRequest, place: Area, sight: Sight) -> HttpResponse:
    """Number, kind, village and state: neither dates nor more to narrow it by."""
    sent = {name: request.GET.get(name, "") for name in ("kind", "state")}
    narrowing = Narrowing.parse(sent)
    page = listing.outline_of(place.code, narrowing, request.GET.get("after", ""))
    query = urlencode(narrowing.asked)
    context = {
        "room": "mediation",
        "area": place,
        "path": path_to(sight, place.code),
        "narrowing": narrowing,
        "kinds": Kind.choices,
        "states": State.choices,
        "page": page,
        "first_page": f"{request.path}?{query}",
        "next_page": f"{request.path}?{query}&after={page.next_cursor}",
        "without": request.path,
    }
    return render(request, "mediation/ledgers/outline.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ledger_file(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """All rows that the page has, as a file."""
    at = timezone.now()
    place, _sight = ledger_area(request, code, at)
    _require_kind(kind)
    period, narrowing = Period.parse(request.GET, timezone.localdate(at)), Narrowing.parse(request.GET)
    asked = Asked(code, period, at)
    head = (f"{place.name} · {gettext('Ledger')}", f"{place.name} ({place.code})", period, at, narrowing.words)
    name = f"linli-ledger-{code}-{timezone.localdate(at):%Y%m%d}"
    count = listing.disputes_of(asked, narrowing).order_by().count()
    if kind != "csv" and count > tables.MOST_IN_A_WORKBOOK:
        raise Refused(
            "too_many_rows",
            _("These are more than %(most)s rows. Take them as CSV, or choose fewer days."),
            most=tables.MOST_IN_A_WORKBOOK,
        )
    wanted = wanted_at(
        request,
        kind="disputes",
        area=place,
        title=f"{head[0]} · {period.first} – {period.last}",
        rows=count,
        file_name=f"{name}.{kind}",
        file_type=table_files.KINDS[kind][1],
    )

    def write(export: Export) -> Iterable[bytes]:
        rows, mark = listing.all_rows(asked, narrowing), mark_of(export)
        if kind == "csv":
            return marked_csv(tables.ledger_lines(tables.ledger_table(*head, []), rows), mark)
        return [table_files.as_xlsx(tables.marked(tables.ledger_table(*head, rows), mark), mark)]

    return door(request, wanted, write)


# --- the figures --------------------------------------------------------------------------------------------------------


@_page
def figures(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of one area in one period, and the matrix below them."""
    at = timezone.now()
    place, sight = ledger_area(request, code, at)
    period, problem = _period(request, at)
    asked = Asked(code, period, at)
    rows, cols, of = _matrix_asked(request, code)
    taken = {**period.asked, "rows": rows, "cols": cols, "of": of}
    sheet, matrix = answer(
        asked, lambda source: (sheet_from(source, asked), matrix_from(source, asked, rows, cols, of))
    )
    context = _head(place, sight, at, period, problem, request) | {
        "here": "figures",
        "periods_of": request.path,
        "periods_with": {"rows": rows, "cols": cols, "of": of},
        "sheet": sheet,
        "matrix": matrix,
        "ways": [(way, WAYS[way]) for way in ways_of(code)],
        "of_figures": [(one, BY_CODE[one].name) for one in OF],
        "rows_by": rows,
        "cols_by": cols,
        "of": of,
        "cohorts": _cohorts(),
        "rates": RATES,
        "stretches": STRETCHES,
        "how_long": HOW_LONG,
        "about_caseload": CASELOAD,
        "too_few": TOO_FEW,
        "figure_files": _files("ledgers:figures_file", code, period.asked),
        "matrix_files": _files("ledgers:matrix_file", code, taken),
    }
    return render(request, "mediation/ledgers/figures.html", context, status=422 if problem else 200)


def _files(name: str, code: str, asked: dict[str, str]) -> list[tuple[str, str, str]]:
    """Kind, address, and the address of the same for passing on."""
    query = urlencode(asked)
    places = [(kind, reverse(name, args=[code, kind])) for kind in FILES]
    return [(kind, f"{place}?{query}", f"{place}?{query}&for=others") for kind, place in places]


@_page
def figures_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The figures as a file; `?for=others`: small numbers are kept back."""
    at = timezone.now()
    place, _sight = ledger_area(request, code, at)
    _require_kind(kind)
    period = Period.parse(request.GET, timezone.localdate(at))
    title, where = f"{place.name} · {gettext('Figures of mediation')}", f"{place.name} ({place.code})"
    sheet = sheet_of(Asked(code, period, at))
    table = tables.figures_table(title, where, period, at, sheet, for_others=_is_for_others(request))
    return table_files.answer(table, kind, f"linli-mediation-{code}-{timezone.localdate(at):%Y%m%d}")


@_page
def matrix_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The matrix as a file, alike."""
    at = timezone.now()
    place, _sight = ledger_area(request, code, at)
    _require_kind(kind)
    period = Period.parse(request.GET, timezone.localdate(at))
    title, where = f"{place.name} · {gettext('Figures of mediation')}", f"{place.name} ({place.code})"
    matrix = matrix_of(Asked(code, period, at), *_matrix_asked(request, code))
    table = tables.matrix_table(title, where, period, at, matrix, for_others=_is_for_others(request))
    return table_files.answer(table, kind, f"linli-mediation-matrix-{code}-{timezone.localdate(at):%Y%m%d}")


def _is_for_others(request: HttpRequest) -> bool:
    return request.GET.get("for") == "others"


def _matrix_asked(request: HttpRequest, code: str) -> tuple[str, str, str]:
    """By what its rows and columns are told apart, and of which figure. What cannot be is the usual one."""
    ways = ways_of(code)
    rows = request.GET.get("rows", "")
    rows = rows if rows in ways else ways[0]
    others = [way for way in ways if way != rows]
    cols = request.GET.get("cols", "")
    of = request.GET.get("of", "")
    return rows, cols if cols in others else others[0], of if of in OF else OF[0]


def _cohorts() -> list[tuple[Cohort, list[Any]]]:
    return [(one, [figure for figure in FIGURES if figure.cohort == one]) for one in Cohort]


@_page
def definitions(request: HttpRequest) -> HttpResponse:
    """Every figure with what it counts and leaves out; each has an address of its own, `#` and its key."""
    context = {
        "room": "mediation",
        "cohorts": _cohorts(),
        "rates": [
            (rate, BY_CODE[rate.numerator], BY_CODE[rate.denominator], [BY_CODE[one] for one in rate.apart])
            for rate in RATES
        ],
        "stretches": STRETCHES,
        "how_long": HOW_LONG,
        "about_caseload": CASELOAD,
        "kept_back": HOW_KEPT_BACK,
        "comparisons": COMPARISONS,
        "how_compared": HOW_COMPARED,
        "too_few": TOO_FEW,
        "small": SMALL,
    }
    return render(request, "mediation/ledgers/definitions.html", context)


# --- what both have -----------------------------------------------------------------------------------------------------


def _require_kind(kind: str) -> None:
    if kind not in FILES:
        raise Http404


def _period(request: HttpRequest, at: datetime) -> tuple[Period, str]:
    """The period asked for; for a wrong one the usual one, and what is wrong in words."""
    today = timezone.localdate(at)
    try:
        return Period.parse(request.GET, today), ""
    except BadInput as refusal:
        return Period.parse({}, today), refusal.message


def _head(
    place: Area, sight: Sight, at: datetime, period: Period, problem: str, request: HttpRequest
) -> dict[str, Any]:
    """What the head of a page takes."""
    today = timezone.localdate(at)
    return {
        "room": "mediation",
        "area": place,
        "path": path_to(sight, place.code),
        "now": at,
        "today": today,
        "period": period,
        "periods": [Period.named(name, today) for name in Named],
        "problem": problem,
        "definitions": reverse("ledgers:definitions"),
        "sent": request.GET if problem else {"from": period.first.isoformat(), "to": period.last.isoformat()},
    }
