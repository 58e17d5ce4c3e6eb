"""The second step of signing in: a code, a passkey, or a code from paper."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from linli.accounts import lockout, provider, webauthn
from linli.accounts.actions import check_code, check_passkey, factors_of, note_lock
from linli.accounts.rules import Factor, Way
from linli.kit.refusal import BadInput
from linli.web.account import pending

_STATE = "passkey_asked"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The page, and trying what was typed or signed. Failures make one wait, as those of passwords do."""
    now = pending.of(request)
    if now is None:
        return redirect("sign_in")
    if pending.next_step(now) != "second_factor":
        return pending.go_on(request)
    if request.method != "POST":
        return _page(request, now)
    at = timezone.now()
    one = lockout.try_second(now.person.pk, at)
    if one.wait is not None:
        return _page(request, now, _wait(one.wait_min), status=429)
    try:
        factor = _tried(request, now)
    except BadInput as refusal:
        if one.locks:
            note_lock(now.person, door="second_factor", at=at)
        return _page(request, now, refusal.message, status=422)
    one.succeed()
    pending.prove(request, factor)
    if factor == Factor.RECOVERY:
        messages.warning(request, _codes_left(factors_of(now.person).codes_left))
    return pending.go_on(request)


@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """On to the next step, after codes were written down."""
    return pending.go_on(request)


def _tried(request: HttpRequest, now: pending.Pending) -> Factor:
    at, answer = timezone.now(), request.POST.get("credential", "")[:20_000]
    if not answer:
        return check_code(now.person, request.POST.get("code", "")[:40], at=at)
    host = webauthn.host_of(request.get_host())
    # Asked once: the same answer is not taken again.
    asked = request.session.pop(_STATE, {})
    keys = [one for one in factors_of(now.person).passkeys if one.host == host]
    key, signed = webauthn.prove(answer, asked, keys, host)
    return check_passkey(key, signed=signed, at=at)


def _page(request: HttpRequest, now: pending.Pending, error: str = "", status: int = 200) -> HttpResponse:
    had, host = factors_of(now.person), webauthn.host_of(request.get_host())
    keys = [one for one in had.passkeys if one.host == host]
    context: dict[str, Any] = {"error": error, "had": had, "elsewhere": had.passkeys and not keys}
    context["provider"] = provider.name() if now.way == Way.PROVIDER else ""
    if keys:
        context["options"], request.session[_STATE] = webauthn.ask_known(keys, host)
    answer = render(request, "web/account/second.html", context, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _wait(minutes: int) -> str:
    words = ngettext(
        "Too many tries. Try again in %(n)s minute, or ask your administrator.",
        "Too many tries. Try again in %(n)s minutes, or ask your administrator.",
        minutes,
    )
    return words % {"n": minutes}


def _codes_left(number: int) -> str:
    if not number:
        return _("That was your last recovery code. Make new ones under “My account”.")
    words = ngettext("%(n)s recovery code is left.", "%(n)s recovery codes are left.", number)
    return words % {"n": number}
