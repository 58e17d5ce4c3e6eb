"""The pages for everybody: what is kept of persons and why, accessibility, and the size of type."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from linli.kit.own_pages import own_page
from linli.privacy.models import Sheet
from linli.privacy.rules.register import REGISTER, Line, Whose
from linli.privacy.rules.requests import RIGHTS, Kind
from linli.privacy.rules.schedule import SCHEDULE
from linli.privacy.rules.sheets import Kind as SheetKind
from linli.privacy.terms import kept_words, promise

#: As long as the choice of language.
_TYPE_COOKIE, _TYPE_KEPT_S = "linli_type", 365 * 86_400
SIZES = ("normal", "large")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """The purpose register in plain words, the rights, the schedule, the processors, and whom to ask."""
    kept = kept_words(SCHEDULE)
    context = {
        "groups": groups(kept),
        "schedule": [{"keeping": one, "kept": kept[one.code]} for one in SCHEDULE.values()],
        "rights": [{"kind": kind, "article": RIGHTS[kind]} for kind in Kind],
        "promise": promise(),
        "processors": [one for one in Sheet.objects.newest().filter(kind=SheetKind.PROCESSOR) if not _ended(one)],
        "contact": settings.PRIVACY_CONTACT,
    }
    return render(request, "privacy/about.html", context)


def groups(kept: dict[str, str]) -> list[dict[str, Any]]:
    """The register by whose data it is, with how long each line is kept."""
    return [{"whose": whose, "rows": [_row(line, kept) for line in REGISTER if line.whose == whose]} for whose in Whose]


def _row(line: Line, kept: dict[str, str]) -> dict[str, Any]:
    return {"line": line, "kept": kept[line.kept]}


def _ended(sheet: Sheet) -> bool:
    return bool(sheet.words.get("ended_on"))


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What everybody can do here and how, what is not reached yet, and the ways without a screen."""
    return render(request, "privacy/accessibility.html", {"contact": settings.PRIVACY_CONTACT})


@require_POST
def choose_type(request: HttpRequest) -> HttpResponse:
    """Large type or usual type, on this browser."""
    answer = redirect(own_page(request.POST.get("next", ""), request, "home"))
    size = request.POST.get("size", "")
    if size in SIZES:
        answer.set_cookie(
            _TYPE_COOKIE, size, max_age=_TYPE_KEPT_S, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return answer
