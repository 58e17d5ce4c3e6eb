"""The rules of verification: reading them, and for the desk of an area, keeping them. `/desk/verification/`."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.areas.models import Area
from linli.events import verification_told as told
from linli.events.actions import verification_rules as actions
from linli.events.forms.verification import AsksForm, NewRuleForm
from linli.events.models import VerificationRule
from linli.events.rules import Verification
from linli.kit.numbers import whole_number
from linli.kit.refusal import BadInput
from linli.people.rules import KEEPS_REGISTER, Scope

_ROWS = 50


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The rules in force that bear on where this person works, by area, `?page=`; and those removed last."""
    rules = VerificationRule.objects.visible_to(_scope(request)).with_names()
    asked = request.GET.get("page", "")
    page = whole_number(asked, 99_999) or 1
    found = list(rules.in_force()[(page - 1) * _ROWS : page * _ROWS + 1])
    context = {
        "rows": [_row(request, one) for one in found[:_ROWS]],
        "page": page,
        "next": page + 1 if len(found) > _ROWS else None,
        "removed": [_row(request, one) for one in rules.filter(removed_at__isnull=False).order_by("-removed_at")[:5]],
        "standard": told.in_a_row(Verification()),
        "may_add": bool(_kept_areas(request)),
        "room": "verification",
    }
    return render(request, "events/verification/list.html", context)


def _scope(request: HttpRequest) -> Scope:
    return request.scope  # type: ignore[attr-defined, no-any-return]


def _row(request: HttpRequest, rule: VerificationRule) -> dict[str, Any]:
    return {"rule": rule, "asked": told.asked(rule.asks), "may_keep": _may_keep(request, rule)}


def _may_keep(request: HttpRequest, rule: VerificationRule) -> bool:
    return bool(_scope(request).roles_in(rule.area_id) & KEEPS_REGISTER)


def _kept_areas(request: HttpRequest) -> list[str]:
    """The areas whose rules this person keeps."""
    return [one.area for one in _scope(request).held if one.role in KEEPS_REGISTER]


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A rule for another area or category; one that is there is changed."""
    kept = _kept_areas(request)
    own = Area.objects.filter(pk=min(kept, key=len)).first() if kept else None
    form = NewRuleForm(request.POST or None, own=own)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        try:
            rule = _set(request, area=clean["area"], category=clean["category"], asks=form.asks())
        except BadInput as refusal:
            _put_beside(form, refusal)
        else:
            return redirect("events:verification_rule", rule.pk)
    context = {"form": form, "may_keep": bool(kept), "room": "verification"}
    return render(request, "events/verification/rule.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule: what it asks, who changed it when, and changing it."""
    found = _found(request, pk)
    form = AsksForm(request.POST or None, rule=found)
    if request.method == "POST" and form.is_valid():
        try:
            _set(request, area=found.area, category=found.category, asks=form.asks())
        except BadInput as refusal:
            _put_beside(form, refusal)
        else:
            return redirect("events:verification_rule", pk)
    context = {
        "form": form,
        "rule": found,
        "asked": told.asked(found.asks),
        "history": told.history(found),
        "may_keep": _may_keep(request, found) and found.removed_at is None,
        "room": "verification",
    }
    return render(request, "events/verification/rule.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """It holds no longer; the list offers to put it back."""
    actions.remove_rule(_found(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Removed. The rule of the wider area holds now, or the standard."))
    return redirect("events:verification")


@login_required
@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """It holds again."""
    actions.put_back_rule(_found(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The rule is in force again."))
    return redirect("events:verification")


def _found(request: HttpRequest, pk: int) -> VerificationRule:
    return get_object_or_404(VerificationRule.objects.visible_to(_scope(request)).with_names(), pk=pk)


def _set(request: HttpRequest, **asked: Any) -> VerificationRule:
    done = actions.set_rule(**asked, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Saved. It holds from now on."))
    return done


def _put_beside(form: AsksForm, refusal: BadInput) -> None:
    field = refusal.facts.get("field")
    form.add_error(field if field in form.fields else None, refusal.message)
