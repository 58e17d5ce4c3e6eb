"""`/desk/persons/`: who works here, as the security administrator keeps them. No telephone number is on any of these pages."""

import unicodedata
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.accounts.actions import persons_helped
from linli.administration.actions import persons as actions
from linli.administration.forms import AddPerson, AppointPerson
from linli.events.actions import register
from linli.kit.refusal import NotYours, Refused
from linli.people.models import Appointment, Person

_A_PAGE = 50


def _kept(request: HttpRequest, at: datetime) -> QuerySet[Person]:
    """The persons this administrator keeps. Raises `Http404` for whoever keeps none."""
    if not request.scope.holds(actions.KEEPER):  # type: ignore[attr-defined]
        raise Http404
    return persons_helped(request.user, at, actions.KEEPER)  # type: ignore[arg-type]


def _found(request: HttpRequest, pk: int, at: datetime) -> Person:
    person: Person = get_object_or_404(_kept(request, at), pk=pk)
    return person


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All of them by name, or those whose name or user name has the words of `?q=`."""
    at = timezone.now()
    words = unicodedata.normalize("NFKC", request.GET.get("q", "")).replace("\0", "").strip()[:60]
    rows = _kept(request, at)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(username__icontains=words))
    # Stores sort Chinese names each in their own way, SQLite by code point; people look for them by their sound.
    found = sorted(rows.values_list("pk", "name", "username"), key=lambda one: (_by_sound(one[1]), one[2]))
    page = Paginator([pk for pk, _name, _username in found], _A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "room": "persons",
        "page": page,
        "lines": _lines(list(page.object_list), at),
        "words": words,
    }
    context["may_add"] = actions.may_add(request.scope)  # type: ignore[attr-defined]
    return render(request, "administration/persons.html", context)


def _by_sound(name: str) -> bytes:
    """A key that sorts the usual Chinese characters by pinyin: GB 2312 has its first level in that order."""
    return name.encode("gb18030", errors="replace")


def _lines(keys: list[int], at: datetime) -> list[dict[str, Any]]:
    """These persons in this order, each with what they hold now."""
    persons = Person.objects.only("name", "username", "is_active").in_bulk(keys)
    held: dict[int, list[Appointment]] = {pk: [] for pk in keys}
    rows = Appointment.objects.filter(person__in=keys).valid_on(timezone.localdate(at))
    for one in rows.select_related("area", "department").order_by("role", "area"):
        held[one.person_id].append(one)
    return [{"person": persons[pk], "held": held[pk]} for pk in keys]


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new person; the password for the first sign-in is on the page that answers, and nowhere afterwards."""
    at = timezone.now()
    _kept(request, at)
    form = AddPerson(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, password = actions.add(**form.cleaned_data, by=request.user, at=at)  # type: ignore[arg-type]
        except NotYours:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            context = {"room": "persons", "person": person, "password": password}
            response = render(request, "administration/person_added.html", context)
            patch_cache_control(response, no_store=True, private=True)
            return response
    context = {"room": "persons", "form": form}
    return render(request, "administration/person_add.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: what they hold, will hold and held."""
    at = timezone.now()
    person = _found(request, pk, at)
    today = timezone.localdate(at)
    rows = Appointment.objects.filter(person=person).select_related("area", "department").order_by("-from_on", "pk")
    context = {
        "room": "persons",
        "person": person,
        "held": [one for one in rows if one.to_on is None or one.to_on > today],
        "over": [one for one in rows if one.to_on is not None and one.to_on <= today],
        "today": today,
    }
    return render(request, "administration/person.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Give them a role in an area, from a day on."""
    at = timezone.now()
    person = _found(request, pk, at)
    form = AppointPerson(request.POST or None, scope=request.scope)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            register.appoint(person, **form.values(), by=request.user, at=at)  # type: ignore[arg-type]
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is appointed.") % {"name": person.name})
            return redirect("administration:person", person.pk)
    context = {"room": "persons", "person": person, "form": form}
    return render(request, "administration/person_appoint.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """They sign in no more."""
    at = timezone.now()
    actions.close(_found(request, pk, at), by=request.user, at=at)  # type: ignore[arg-type]
    messages.success(request, _("The account is closed, and every sign-in with it has ended."))
    return redirect("administration:person", pk)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """They may sign in again."""
    at = timezone.now()
    actions.reopen(_found(request, pk, at), by=request.user, at=at)  # type: ignore[arg-type]
    messages.success(request, _("The account is open again. Give a new password for the next sign-in."))
    return redirect("administration:person", pk)
