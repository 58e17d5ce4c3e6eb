"""The pages of the figures: one area, and the matters behind one number."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from linli.areas.codes import contains
from linli.areas.models import Area


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """To the figures of the person's own area; a choice where they have several, a word where they have none."""
    scope = request.scope  # type: ignore[attr-defined]
    codes = scope.area_codes
    if len(codes) == 1:
        return redirect("statistics:area", codes[0])
    areas = list(Area.objects.filter(pk__in=codes).order_by("code"))
    context = {"room": "statistics", "areas": areas, "is_officer": bool(scope.departments)}
    return render(request, "statistics/mine.html", context)


@login_required
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of one area."""
    return render(request, "statistics/area.html", {"room": "statistics", "area": _area(request, code)})


@login_required
@require_safe
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The matters behind one number."""
    raise Http404


@login_required
@require_safe
def rows_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The same matters as a table to take away."""
    raise Http404


def _area(request: HttpRequest, code: str) -> Area:
    """The area if all its matters are in the person's sight; else 404, whether it exists or not."""
    if not any(contains(mine, code) for mine in request.scope.area_codes):  # type: ignore[attr-defined]
        raise Http404
    return get_object_or_404(Area, pk=code)
