"""`/wall/screens/`: the screens that show a wall on and on; and setting one up on the computer it hangs at."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.accounts.actions import note_sign_out
from linli.people.signing_in import person_of
from linli.statistics.sight import area_in_sight, scope_of
from linli.wall import screens as ours
from linli.wall import watching
from linli.wall.models import ScreenQuerySet
from linli.wall.rules import ANSWERS_FOR, DAYS, ENDS_TOO, LONGEST_NAME, USUAL_DAYS

_A_PAGE = 50


def _terms() -> list[tuple[int, str]]:
    return [(days, ngettext("%(n)s day", "%(n)s days", days) % {"n": days}) for days in DAYS]


class Term(forms.Form):
    """For how long."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("For how long"),
        coerce=int,
        choices=_terms,
        initial=USUAL_DAYS,
        help_text=gettext_lazy("Before it ends, a notice says so; it can be renewed without going there."),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the terms of the list.")},
    )


class SetUp(Term):
    """What a screen is called, and for how long it is to be one."""

    name = forms.CharField(
        label=gettext_lazy("Where it hangs"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("For example: duty room, third floor. By this it is known in the list of screens."),
        error_messages={"required": gettext_lazy("Say where the screen hangs, so that it is known again.")},
    )
    field_order = ("name", "days")


@login_required
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, code: str) -> HttpResponse:
    """Let this browser show the wall of this area, and nobody be signed in on it any more."""
    area, person, at = area_in_sight(request, code), person_of(request), timezone.now()
    if not ours.may_answer(scope_of(request), code):
        raise Http404
    form = SetUp(request.POST or None, label_suffix="")
    if not form.is_valid():
        context = {"room": "wall", "area": area, "form": form, "is_one": watching.screen_of(request) is not None}
        return render(request, "wall/screen.html", context, status=422 if form.is_bound else 200)
    before = watching.token_of(request)
    _screen, token = ours.set_up(area, **form.cleaned_data, by=person, at=at, instead_of=before)
    note_sign_out(person, session=str(request.session.session_key), at=at)
    logout(request)
    return watching.keep(redirect("wall:wall", code), token)


@login_required
@require_safe
def screens(request: HttpRequest) -> HttpResponse:
    """The screens of the areas somebody answers for."""
    at = timezone.now()
    found = _in_care(request).filter(ends_at__gt=at).select_related("area", "person")
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    shown = ours.seeing(page.object_list, at)
    scope = scope_of(request)
    rows = [
        {"one": one, "shows": one.pk in shown, "may_renew": ours.may_answer(scope, one.area_id)}
        for one in page.object_list
    ]
    context: dict[str, Any] = {"room": "wall", "page": page, "rows": rows, "form": Term(label_suffix=""), "now": at}
    return render(request, "wall/screens.html", context)


@login_required
@require_POST
def renew(request: HttpRequest, key: UUID) -> HttpResponse:
    """Its term begins anew; whoever does this answers for it."""
    screen, form = get_object_or_404(_in_care(request), pk=key), Term(request.POST)
    days = form.cleaned_data["days"] if form.is_valid() else 0
    ours.renew(screen, days=days, by=person_of(request), at=timezone.now())
    messages.success(request, _("“%(name)s” goes on.") % {"name": screen})
    return redirect("wall:screens")


@login_required
@require_POST
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """It shows nothing any more, within a quarter of a minute."""
    screen = get_object_or_404(_in_care(request), pk=key)
    ours.end(screen, by=person_of(request), at=timezone.now())
    messages.success(request, _("“%(name)s” shows nothing any more.") % {"name": screen})
    return redirect("wall:screens")


def _in_care(request: HttpRequest) -> ScreenQuerySet:
    scope = scope_of(request)
    if not scope.holds(*ANSWERS_FOR, *ENDS_TOO):
        raise Http404
    return ours.in_care(scope)
