"""`/account/`: the page of one's own account, its password, and the sign-ins that stand."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.accounts import actions, lockout, provider
from linli.accounts.models import Account, SignIn
from linli.accounts.rules import GIVES_PASSWORDS, MOBILE, RESETS_FACTORS, Way
from linli.kit.own_pages import own_page
from linli.people.signing_in import person_of
from linli.web.account import pending
from linli.web.account.forms import Confirm, NewPassword
from linli.web.account.needing import needs_factor
from linli.web.signing import too_many_tries

#: Factors are changed by whoever has typed the password not longer ago than this.
_CONFIRMED_FOR_S = 600


def frame(request: HttpRequest) -> str:
    """The page around: that of the desk, or before one is signed in that of everybody."""
    return "web/desk_base.html" if request.user.is_authenticated else "web/public_base.html"


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """All of one's own account on a page."""
    person, at = person_of(request), timezone.now()
    sign_ins = list(SignIn.objects.filter(person=person, ends_at__gt=at))
    here = request.session.session_key
    rows = [{"one": one, "is_here": one.session == here, "is_phone": one.system in MOBILE} for one in sign_ins]
    context: dict[str, Any] = {
        "room": "account",
        "had": actions.factors_of(person),
        "is_needed": needs_factor(person, at),
        "password": Account.objects.filter(person=person).first(),
        "provider": provider.name() if provider.is_set() else "",
        "link": actions.link_of(person) if provider.is_set() else None,
        "sign_ins": sorted(rows, key=lambda row: not row["is_here"]),
        "others": sum(1 for row in rows if not row["is_here"]),
        "idle_min": settings.IDLE_S // 60,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
        "may_help": request.scope.holds(GIVES_PASSWORDS, RESETS_FACTORS),  # type: ignore[attr-defined]
    }
    return render(request, "web/account/index.html", context)


@sensitive_post_parameters()
@pending.for_holder("account_password")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password; on the way in, where somebody else gave the one before. All other sessions end."""
    person = request.holder  # type: ignore[attr-defined]
    if must_confirm(request):
        return to_confirm(request)
    form = NewPassword(request.POST or None, person=person)
    if not form.is_valid():
        context = {"form": form, "frame": frame(request), "is_demanded": not request.user.is_authenticated}
        return render(request, "web/account/password.html", context, status=422 if form.is_bound else 200)
    here = str(request.session.session_key)
    actions.change_password(person, form.cleaned_data["password"], session=here, at=timezone.now())
    messages.success(request, _("The password is changed. Wherever else you were signed in, you are signed out."))
    if request.user.is_authenticated:
        update_session_auth_hash(request, person)
        actions.rename_session(here, str(request.session.session_key))
        return redirect("account")
    pending.has_changed(request, person)
    return pending.go_on(request)


@sensitive_post_parameters()
@pending.for_holder("account_set_up")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The password once more, before something is changed by which one signs in; the first time, for whoever came without it."""
    person, following = request.holder, _following(request)  # type: ignore[attr-defined]
    form = Confirm(request.POST or None, label_suffix="")
    context = {"form": form, "next": following, "frame": frame(request)}
    if not form.is_valid():
        return render(request, "web/account/confirm.html", context, status=422 if form.is_bound else 200)
    at = timezone.now()
    one = lockout.try_second(person.pk, at)
    if one.wait is not None:
        form.add_error("password", too_many_tries(one.wait_min))
        return render(request, "web/account/confirm.html", context, status=429)
    if not person.check_password(form.cleaned_data["password"]) or actions.has_lapsed(person, at):
        if one.locks:
            actions.note_lock(person, door="confirmation", at=at)
        form.add_error("password", _("This is not your password. Check it; capital letters count."))
        return render(request, "web/account/confirm.html", context, status=422)
    one.succeed()
    request.session[pending.CONFIRMED] = at.timestamp()
    return redirect(following)


def must_confirm(request: HttpRequest) -> bool:
    """Whether the password was typed too long ago; on the way in by the password it was typed just now."""
    if not request.user.is_authenticated and request.pending.way == Way.PASSWORD:  # type: ignore[attr-defined]
        return False
    return timezone.now().timestamp() - request.session.get(pending.CONFIRMED, 0) > _CONFIRMED_FOR_S


def to_confirm(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the password, and back to where one wanted to go."""
    wanted = request.path if request.method == "GET" else reverse("account")
    return redirect(f"{reverse('account_confirm')}?{urlencode({'next': wanted})}")


def _following(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return own_page(wanted, request, reverse("account"))


@login_required
@require_POST
def sign_out_other(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign oneself out on another device."""
    person = person_of(request)
    one = get_object_or_404(SignIn, pk=pk, person=person)
    actions.end_sign_in(one, by=person, at=timezone.now())
    messages.success(request, _("You are signed out there."))
    return redirect("account")


@login_required
@require_POST
def sign_out_others(request: HttpRequest) -> HttpResponse:
    """Sign oneself out everywhere but here."""
    actions.end_others(person_of(request), but=str(request.session.session_key), at=timezone.now())
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("account")
