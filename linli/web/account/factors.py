"""Setting up, adding and removing second factors: on one's own page, or on the way in where one is needed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.accounts import actions, lockout, totp, webauthn
from linli.accounts.models import Passkey
from linli.accounts.rules import Factor, device_words, family
from linli.kit.refusal import BadInput, Refused
from linli.web.account import pending
from linli.web.account.forms import Code, PasskeyName
from linli.web.account.needing import needs_factor
from linli.web.account.views import frame, must_confirm, to_confirm
from linli.web.signing import too_many_tries

_STATE = "passkey_wanted"
#: The step of the way in at which factors are set up.
_SETTING_UP = "account_set_up"


@pending.for_holder(_SETTING_UP)
@require_safe
def set_up(request: HttpRequest) -> HttpResponse:
    """Which of the two it shall be."""
    context = {"frame": frame(request), "has_host": webauthn.host_of(request.get_host())}
    return render(request, "web/account/set_up.html", context)


@sensitive_post_parameters()
@pending.for_holder(_SETTING_UP)
@require_http_methods(["GET", "POST"])
def authenticator(request: HttpRequest) -> HttpResponse:
    """The secret as a picture and as letters, and the first code."""
    if must_confirm(request):
        return to_confirm(request)
    person, at = request.holder, timezone.now()  # type: ignore[attr-defined]
    form = Code(request.POST or None, label_suffix="")
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid() and _is_confirmed(person, form, at):
            return _added(request, Factor.AUTHENTICATOR)
    try:
        one = actions.begin_authenticator(person, at=at)
    except Refused as refusal:
        messages.info(request, refusal.message)
        return redirect("account") if request.user.is_authenticated else pending.go_on(request)
    context = {
        "frame": frame(request),
        "form": form,
        # Made here of letters and digits alone.
        "qr": mark_safe(totp.qr_svg(one.secret, issuer=_("linli"), username=person.username)),
        "letters": totp.spelled(one.secret),
    }
    return _unkept(render(request, "web/account/authenticator.html", context, status=status))


def _is_confirmed(person: Any, form: Code, at: Any) -> bool:
    one = lockout.try_second(person.pk, at)
    if one.wait is not None:
        form.add_error("code", too_many_tries(one.wait_min))
        return False
    try:
        actions.confirm_authenticator(person, form.cleaned_data["code"], at=at)
    except BadInput as refusal:
        form.add_error("code", refusal.message)
        return False
    one.succeed()
    return True


@pending.for_holder(_SETTING_UP)
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """A name, and what the browser makes."""
    if must_confirm(request):
        return to_confirm(request)
    person, host = request.holder, webauthn.host_of(request.get_host())  # type: ignore[attr-defined]
    suggested = device_words(*family(request.headers.get("User-Agent", "")[:400]))
    form = PasskeyName(request.POST or None, initial={"name": suggested}, label_suffix="")
    if form.is_bound and form.is_valid() and host:
        try:
            made, signed = webauthn.take_new(form.cleaned_data["credential"], request.session.pop(_STATE, {}), host)
            actions.add_passkey(
                person, name=form.cleaned_data["name"], host=host, credential=made, signed=signed, at=timezone.now()
            )
            return _added(request, Factor.PASSKEY)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    context: dict[str, Any] = {"frame": frame(request), "form": form, "host": host}
    if host:
        options, request.session[_STATE] = webauthn.ask_new(person, actions.factors_of(person).passkeys, host)
        context["options"] = options
    return _unkept(render(request, "web/account/passkey.html", context, status=422 if form.is_bound else 200))


def _added(request: HttpRequest, factor: Factor) -> HttpResponse:
    """After the first one codes for paper are made; on the way in it is proved by having been set up."""
    person = request.holder  # type: ignore[attr-defined]
    if request.user.is_authenticated:
        # From here on this session has more than a password.
        request.session[pending.FACTOR] = str(factor)
    else:
        pending.prove(request, factor)
    messages.success(request, _("Set up. From now on signing in asks for it."))
    return redirect("account" if actions.factors_of(person).codes_left else "account_codes")


@pending.for_holder(_SETTING_UP)
@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Codes for paper: made by a post, and shown in its answer alone."""
    if must_confirm(request):
        return to_confirm(request)
    person = request.holder  # type: ignore[attr-defined]
    made = actions.make_codes(person, at=timezone.now()) if request.method == "POST" else []
    context = {
        "frame": frame(request),
        "codes": made,
        "left": actions.factors_of(person).codes_left,
        "made_at": timezone.now(),
        "person": person,
        "is_on_the_way": not request.user.is_authenticated,
    }
    return _unkept(render(request, "web/account/codes.html", context))


@pending.for_holder()
@require_POST
def remove_authenticator(request: HttpRequest) -> HttpResponse:
    """Turn it off."""
    if must_confirm(request):
        return to_confirm(request)
    person, at = request.holder, timezone.now()  # type: ignore[attr-defined]
    actions.remove_authenticator(person, is_needed=needs_factor(person, at), at=at)
    return _removed(request, _("The authenticator is removed. Delete its entry in the app, too."))


@pending.for_holder()
@require_POST
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one."""
    person, at = request.holder, timezone.now()  # type: ignore[attr-defined]
    one = get_object_or_404(Passkey, pk=pk, person=person)
    if must_confirm(request):
        return to_confirm(request)
    actions.remove_passkey(one, by=person, is_needed=needs_factor(person, at), at=at)
    return _removed(request, _("The passkey is removed. Delete it on the device, too."))


def _removed(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("account")


def _unkept(answer: HttpResponse) -> HttpResponse:
    """Secrets stand on it: no browser keeps it."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
