"""Whose figures a person may open: the areas of which all matters lie in their sight."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from linli.areas.codes import contains, lineage
from linli.areas.models import Area
from linli.people.rules import Scope


def scope_of(request: HttpRequest) -> Scope:
    """What the person may see."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def area_in_sight(request: HttpRequest, code: str) -> Area:
    """The area if all its matters are in the person's sight; else 404, whether it exists or not."""
    if not code.isdigit() or not any(contains(mine, code) for mine in scope_of(request).area_codes):
        raise Http404
    return get_object_or_404(Area, pk=code)


def path_to(request: HttpRequest, code: str) -> list[Area]:
    """The areas above this one whose figures the person may see, from the top down."""
    return above(code, scope_of(request).area_codes)


def above(code: str, outermost: Sequence[str]) -> list[Area]:
    """The areas above this one that lie in one of these, from the top down."""
    codes = [one for one in lineage(code)[:-1] if any(contains(outer, one) for outer in outermost)]
    return list(Area.objects.filter(pk__in=codes).order_by("code")) if codes else []
