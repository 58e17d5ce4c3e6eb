"""Signing in and out, and choosing the language."""

import json
import unicodedata
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from linli.people.actions import speak
from linli.people.rules import Role
from linli.web import throttle

_TRIES, _WITHIN = 10, timedelta(minutes=10)


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and trying what was typed. After ten wrong tries the name waits ten minutes."""
    following = _safe_next(request)
    if request.user.is_authenticated:
        return redirect(following)
    context: dict[str, Any] = {"next": following, "logins": _demo_logins(), "username": ""}
    if request.method != "POST":
        return render(request, "web/sign_in.html", context)
    context["username"] = username = request.POST.get("username", "").replace("\0", "")[:100]
    # Spelled as the search for the person spells it, so that full-width letters are no fresh tries.
    name = unicodedata.normalize("NFKC", username).strip().lower()
    key = f"sign-in {name} {throttle.sender(request)}"
    if throttle.too_many(key, most=_TRIES, within_s=_WITHIN.total_seconds()):
        context["error"] = _("Too many tries. Wait ten minutes, or ask your administrator for a new password.")
        return render(request, "web/sign_in.html", context, status=429)
    person = authenticate(request, username=username, password=request.POST.get("password", "")[:200])
    if person is None:
        context["error"] = _("User name and password do not belong together. Check both; capital letters count.")
        return render(request, "web/sign_in.html", context, status=422)
    throttle.forget(key)
    login(request, person)
    return redirect(following)


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _demo_logins() -> list[dict[str, str]]:
    """The logins of a demo home, which its generator leaves in a file; none in any other home."""
    try:
        logins = json.loads((settings.HOME / "demo_logins.json").read_text("utf-8"))
        return [{**one, "role": str(Role(one["role"]).label)} for one in logins]
    except (OSError, ValueError, TypeError, KeyError):
        return []


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("home")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in this browser, and with the person if they are signed in."""
    chosen = request.POST.get("language", "")
    response = redirect(_safe_next(request) if request.POST.get("next") else "home")
    if chosen in {code for code, _name in settings.LANGUAGES}:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
        if request.user.is_authenticated:
            speak(request.user, chosen)
    return response


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: it stood open too long, or another site sent it."""
    return render(request, "403.html", status=403)
