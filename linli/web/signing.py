"""Signing in and out, and choosing the language."""

import json
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from linli.accounts import lockout, passwords, provider
from linli.accounts.actions import has_lapsed, note_lock, note_sign_out
from linli.kit.own_pages import own_page
from linli.people.actions import speak
from linli.people.rules import Role
from linli.people.signing_in import find, person_of, spelled
from linli.wall.watching import screen_of
from linli.web import throttle
from linli.web.account import pending
from linli.web.rooms import first_room

#: Of a session: why somebody did not come in by another way than the form.
REFUSED = "sign_in_refused"


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and trying what was typed. Failures make the name wait, longer each time, whether or not there is one."""
    following = safe_next(request)
    if request.user.is_authenticated:
        return redirect(following or first_room(request.user))  # type: ignore[arg-type]
    if request.method != "POST":
        return page(request, following, error=request.session.pop(REFUSED, ""))
    username = request.POST.get("username", "").replace("\0", "")[:100]
    password = request.POST.get("password", "")[:200]
    # Spelled as the search for the person spells it: full-width letters, or blanks in a number, are no fresh tries.
    name, at = spelled(username).lower(), timezone.now()
    one = lockout.try_password(name, throttle.sender(request), at)
    if one.wait is not None:
        return page(request, following, username, too_many_tries(one.wait_min), status=429)
    person = authenticate(request, username=username, password=password)
    if person is None:
        known = find(username) if one.locks else None
        if known is not None:
            note_lock(known, door="password", at=at)
        words = _("User name and password do not belong together. Check both; capital letters count.")
        return page(request, following, username, words, status=422)
    if has_lapsed(person, at):  # type: ignore[arg-type]
        words = _("This password was given to you more than three days ago and has ended. Ask for a new one.")
        return page(request, following, username, words, status=422)
    one.succeed()
    is_known_to_all = bool(settings.HOSTS) and passwords.is_shared(password)
    return pending.begin(request, person, following=following, must_change=is_known_to_all)  # type: ignore[arg-type]


def page(
    request: HttpRequest, following: str, username: str = "", error: str = "", *, status: int = 200
) -> HttpResponse:
    """The form, with the other way in where the county has one."""
    context: dict[str, Any] = {
        "next": following,
        "next_query": urlencode({"next": following}),
        "logins": _demo_logins(),
        "username": username,
        "error": error,
        "provider": provider.name() if provider.is_set() else "",
        "is_screen": screen_of(request) is not None,
    }
    return render(request, "web/sign_in.html", context, status=status)


def too_many_tries(minutes: int) -> str:
    """The same sentence whether or not there is such an account."""
    words = ngettext(
        "Too many tries. Try again in %(n)s minute, or ask your administrator for a new password.",
        "Too many tries. Try again in %(n)s minutes, or ask your administrator for a new password.",
        minutes,
    )
    return words % {"n": minutes}


def refuse(request: HttpRequest, sentence: str, following: str) -> HttpResponse:
    """To the form, which says why the other way did not lead in."""
    request.session[REFUSED] = sentence
    return redirect(f"{resolve_url('sign_in')}?{urlencode({'next': following})}")


def safe_next(request: HttpRequest) -> str:
    """The page of ours that somebody wants to see after it; empty where they name none: then it is their first room."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return own_page(wanted, request, "")


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
    if request.user.is_authenticated:
        note_sign_out(person_of(request), session=str(request.session.session_key), at=timezone.now())
    logout(request)
    # On the computer of a wall that comes back.
    return redirect("wall:mine" if screen_of(request) else "home")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in this browser, and with the person if they are signed in."""
    chosen = request.POST.get("language", "")
    response = redirect((request.POST.get("next") and safe_next(request)) or "home")
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
