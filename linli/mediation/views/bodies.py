"""The register of mediation bodies and of who mediates there, for whoever keeps the register."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.areas.codes import lineage, outermost, within
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import bodies as actions
from linli.mediation.actions import correcting
from linli.mediation.actions.bodies import seats_of
from linli.mediation.forms.bodies import AddBody, AddMediator, CorrectBody, CorrectMediator, OnDay
from linli.mediation.forms.fields import put_refusal
from linli.mediation.models import Body, Mediator
from linli.mediation.models.bodies import BodyQuerySet
from linli.mediation.rules import Kind, Language
from linli.mediation.views.reaching import person_of, scope_of
from linli.mediation.views.registering import areas_of
from linli.people.models import Person
from linli.people.rules import KEEPS_REGISTER

_A_PAGE = 20
#: So many user names are offered while one types.
_MOST_NAMES = 200


def kept_by(request: HttpRequest) -> list[str]:
    """The outermost areas whose register this person keeps."""
    return outermost(one.area for one in scope_of(request).held if one.role in KEEPS_REGISTER)


def _seen(request: HttpRequest) -> BodyQuerySet:
    """Bodies of the areas they keep, see or mediate in, and those around them."""
    seats = [seat.body.area_id for seat in seats_of(person_of(request), timezone.now())]
    codes = outermost([*kept_by(request), *scope_of(request).area_codes, *seats])
    around = {code for one in codes for code in lineage(one)}
    return Body.objects.filter(within(*codes) | Q(area__in=around))


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All bodies in sight, with who mediates there now."""
    at = timezone.now()
    serving = Mediator.objects.serving_on(timezone.localdate(at)).select_related("person").order_by("-is_head", "pk")
    rows = _seen(request).select_related("area").prefetch_related(Prefetch("mediators", serving, "serving"))
    page = Paginator(rows.order_by("area", "pk"), _A_PAGE).get_page(request.GET.get("page"))
    kept = kept_by(request)
    if not kept and not page.object_list:
        raise Http404
    kinds, languages = dict(Kind.choices), dict(Language.choices)
    shown = [
        {
            "body": body,
            "may_keep": any(body.area_id.startswith(code) for code in kept) and body.closed_on is None,
            "mediators": [
                {
                    "row": one,
                    "skills": [kinds[code] for code in one.skills],
                    "languages": [languages[code] for code in one.languages],
                }
                for one in body.serving  # type: ignore[attr-defined]
            ],
        }
        for body in page.object_list
    ]
    context = {"rows": shown, "page": page, "may_add": bool(kept), "room": "mediation"}
    return render(request, "mediation/bodies.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter a body."""
    kept = kept_by(request)
    if not kept:
        raise Http404
    form = AddBody(request.POST if request.method == "POST" else None, areas=areas_of(kept))

    def act() -> None:
        actions.add_body(**form.values(), by=person_of(request), at=timezone.now())

    return _answer(request, form, act, _("Add a mediation body"), _("The body is entered."))


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what is entered of a body."""
    body = _kept_body(request, pk)
    known = {name: getattr(body, name) for name in CorrectBody.base_fields}
    form = CorrectBody(request.POST if request.method == "POST" else None, initial=known, label_suffix="")

    def act() -> None:
        correcting.correct_body(body, **form.cleaned_data, by=person_of(request), at=timezone.now())

    return _answer(request, form, act, _("Correct this body"), _("It is entered."), of=str(body))


@login_required
@require_http_methods(["GET", "POST"])
def correct_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what is entered of a mediator."""
    mediator = get_object_or_404(Mediator.objects.select_related("body", "person"), pk=pk, to_on__isnull=True)
    body = _kept_body(request, mediator.body_id)
    known = {name: getattr(mediator, name) for name in CorrectMediator.base_fields}
    form = CorrectMediator(request.POST if request.method == "POST" else None, initial=known, label_suffix="")

    def act() -> None:
        correcting.correct_mediator(mediator, **form.cleaned_data, by=person_of(request), at=timezone.now())

    words = _("Correct this mediator"), _("It is entered.")
    return _answer(request, form, act, *words, of=f"{mediator.person.name} · {body}")


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """The body is no more."""
    body = _kept_body(request, pk)
    form = OnDay(request.POST if request.method == "POST" else None, label_suffix="")

    def act() -> None:
        actions.close_body(body, **form.cleaned_data, by=person_of(request), at=timezone.now())

    return _answer(request, form, act, _("Close this body"), _("The body is closed."), of=str(body))


@login_required
@require_http_methods(["GET", "POST"])
def add_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody mediates in a body from a day on."""
    body = _kept_body(request, pk)
    initial = {"from_on": timezone.localdate(), "languages": [Language.MANDARIN]}
    form = AddMediator(request.POST if request.method == "POST" else None, initial=initial, label_suffix="")

    def act() -> None:
        actions.add_mediator(body, **form.cleaned_data, by=person_of(request), at=timezone.now())

    near = Person.objects.filter(within(*kept_by(request), field="appointments__area"), is_active=True)
    people = list(near.distinct().order_by("username").values_list("username", "name")[:_MOST_NAMES])
    words = _("Add a mediator"), _("The mediator is entered.")
    return _answer(request, form, act, *words, of=str(body), people=people)


@login_required
@require_http_methods(["GET", "POST"])
def end_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody mediates no longer."""
    mediator = get_object_or_404(Mediator.objects.select_related("body", "person"), pk=pk, to_on__isnull=True)
    body = _kept_body(request, mediator.body_id)
    form = OnDay(request.POST if request.method == "POST" else None, label_suffix="")

    def act() -> None:
        actions.end_mediator(mediator, **form.cleaned_data, by=person_of(request), at=timezone.now())

    words = _("End this mediator's service"), _("It is entered.")
    return _answer(request, form, act, *words, of=f"{mediator.person.name} · {body}")


def _kept_body(request: HttpRequest, pk: int) -> Body:
    """A body whose register this person keeps; 404 for any other."""
    return get_object_or_404(Body.objects.filter(within(*kept_by(request)), closed_on__isnull=True), pk=pk)


def _answer(
    request: HttpRequest, form: forms.Form, act: Callable[[], None], title: str, done: str, **more: Any
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            act()
        except BadInput as refusal:
            put_refusal(form, refusal)
        except NotYours:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.message)
            status = 409
        else:
            messages.success(request, done)
            return redirect("mediation:bodies")
    context = {"form": form, "title": title, "room": "mediation"} | more
    return render(request, "mediation/body_act.html", context, status=status)
