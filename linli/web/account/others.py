"""`/account/others/`: an administrator helps somebody to sign in again, by one act with its reason."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.accounts import actions
from linli.accounts.rules import GIVES_PASSWORDS, RESETS_FACTORS
from linli.people.models import Person
from linli.people.signing_in import find, person_of
from linli.web.account.forms import Help


def _give_password(request: HttpRequest, person: Person, reason: str, at: datetime) -> HttpResponse | None:
    password = actions.give_password(person, by=person_of(request), reason=reason, at=at)
    answer = _page(request, person, Help(label_suffix=""), given=password)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _reset_factors(request: HttpRequest, person: Person, reason: str, at: datetime) -> HttpResponse | None:
    actions.reset_factors(person, by=person_of(request), reason=reason, at=at)
    messages.success(request, _("The second factors are gone. The next sign-in asks for a new one where it is needed."))
    return None


def _sign_out(request: HttpRequest, person: Person, reason: str, at: datetime) -> HttpResponse | None:
    actions.sign_out_everywhere(person, by=person_of(request), reason=reason, at=at)
    messages.success(request, _("Signed out everywhere, on phones with the app too."))
    return None


def _remove_link(request: HttpRequest, person: Person, reason: str, at: datetime) -> HttpResponse | None:
    actions.remove_link(person, by=person_of(request), reason=reason, at=at)
    messages.success(request, _("The link is removed. Whoever signed in by it is signed out."))
    return None


#: What an act does, by its name in the address.
ACTS: dict[str, Callable[[HttpRequest, Person, str, datetime], HttpResponse | None]] = {
    "password": _give_password,
    "factors": _reset_factors,
    "sign-out": _sign_out,
    "link": _remove_link,
}


@login_required
@require_http_methods(["GET", "POST"])
def others(request: HttpRequest) -> HttpResponse:
    """Whom to help is found by the whole user name or telephone number: nobody browses through accounts here.

    What is typed is sent, and stands in no address: no history, log or proxy keeps the number of anybody.
    """
    if not _helps(request):
        raise Http404
    typed = request.POST.get("who", "").replace("\0", "").strip()[:100]
    person = find(typed) if typed else None
    if person is not None and _in_sight(request).filter(pk=person.pk).exists():
        return redirect("account_other", person.pk)
    context = {"room": "account", "typed": typed}
    return render(request, "web/account/others.html", context, status=422 if typed else 200)


@login_required
@require_safe
def other(request: HttpRequest, pk: int) -> HttpResponse:
    """One account, without what it does, and what this administrator can do for it."""
    return _page(request, get_object_or_404(_in_sight(request), pk=pk), Help(label_suffix=""))


@login_required
@require_POST
def help_other(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do it."""
    person = get_object_or_404(_in_sight(request), pk=pk)
    form = Help(request.POST, label_suffix="")
    if act not in ACTS:
        raise Http404
    if not form.is_valid():
        return _page(request, person, form, status=422)
    done = ACTS[act](request, person, form.cleaned_data["reason"], timezone.now())
    return done or redirect("account_other", pk)


def _helps(request: HttpRequest) -> bool:
    return bool(request.scope.holds(GIVES_PASSWORDS, RESETS_FACTORS))  # type: ignore[attr-defined]


def _in_sight(request: HttpRequest) -> Any:
    return actions.persons_helped(person_of(request), timezone.now(), GIVES_PASSWORDS, RESETS_FACTORS)


def _page(request: HttpRequest, person: Person, form: Help, given: str = "", status: int = 200) -> HttpResponse:
    by, at = person_of(request), timezone.now()
    context = {
        "room": "account",
        "person": person,
        "form": form,
        "given": given,
        "had": actions.factors_of(person),
        "is_linked": person.links.exists(),
        "sign_ins": person.sign_ins.filter(ends_at__gt=at).count(),  # type: ignore[attr-defined]
        "gives_passwords": actions.may_help(person, by, at, GIVES_PASSWORDS),
        "resets_factors": actions.may_help(person, by, at, RESETS_FACTORS),
    }
    return render(request, "web/account/other.html", context, status=status)
