"""Between the password, or the word of the identity provider, and being signed in: a second factor, setting one up, a new
password. Until all is done nobody is signed in, so that no door needs to ask how far somebody has come.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from linli.accounts.actions import factors_of, has_to_change, link_of, note_sign_in, note_sign_out
from linli.accounts.rules import Factor, Way
from linli.people.models import Person
from linli.people.signing_in import person_of
from linli.web.account import timing
from linli.web.account.needing import needs_factor
from linli.web.rooms import first_room

_KEY = "signing_in"
#: After the password everything else is done within a quarter of an hour.
_WITHIN_S = 900
FACTOR, CONFIRMED, WAY = "factor", "confirmed", "way"


@dataclass(frozen=True)
class Pending:
    """Somebody has given the right password, or came through the provider. `factor`: what they have proved since.

    `following`: the page they asked for; empty: their first room.
    """

    person: Person
    following: str
    factor: str
    must_change: bool
    way: Way


def begin(
    request: HttpRequest,
    person: Person,
    *,
    following: str,
    must_change: bool = False,
    way: Way = Way.PASSWORD,
    factor: Factor = Factor.NONE,
) -> HttpResponse:
    """The password was right, or the provider named them; on to what comes next. `factor`: what the provider vouches for."""
    # What lay in the session before belongs to whoever sat here before.
    request.session.cycle_key()
    request.session.pop(CONFIRMED, None)
    request.session[_KEY] = {
        "person": person.pk,
        "password": person.get_session_auth_hash(),
        "at": time.time(),
        "following": following,
        "factor": str(factor),
        "must_change": must_change,
        "way": str(way),
    }
    return go_on(request)


def of(request: HttpRequest) -> Pending | None:
    """Who is between the two here; None: nobody, it took too long, or meanwhile the password was changed or
    the link removed.
    """
    kept = request.session.get(_KEY)
    if not kept or not 0 <= time.time() - kept["at"] < _WITHIN_S:
        return None
    person = Person.objects.filter(pk=kept["person"], is_active=True).first()
    if person is None or not constant_time_compare(kept["password"], person.get_session_auth_hash()):
        return None
    # A way in that was begun under the program before this one says nothing of its way.
    way = Way(kept.get("way", Way.PASSWORD))
    if way == Way.PROVIDER and link_of(person) is None:
        return None
    return Pending(person, kept["following"], kept["factor"], kept["must_change"], way)


def prove(request: HttpRequest, factor: Factor) -> None:
    """They have proved a second factor."""
    request.session[_KEY] = {**request.session[_KEY], "factor": str(factor)}


def has_changed(request: HttpRequest, person: Person) -> None:
    """They have taken another password."""
    kept = {**request.session[_KEY], "password": person.get_session_auth_hash(), "must_change": False}
    request.session[_KEY] = kept


def go_on(request: HttpRequest) -> HttpResponse:
    """To the next step, or in."""
    now = of(request)
    if now is None:
        return redirect("sign_in")
    step = next_step(now)
    return redirect(step) if step else _enter(request, now)


def next_step(now: Pending) -> str:
    """The page that stands between them and the desk; empty: none."""
    at = timezone.now()
    if not now.factor and factors_of(now.person):
        return "second_factor"
    if not now.factor and needs_factor(now.person, at):
        return "account_set_up"
    # Whoever did not come by the password need not have a good one.
    if now.way == Way.PASSWORD and (now.must_change or has_to_change(now.person, at)):
        return "account_password"
    return ""


def _enter(request: HttpRequest, now: Pending) -> HttpResponse:
    at = timezone.now()
    del request.session[_KEY]
    login(request, now.person, backend="linli.people.signing_in.UsernameOrTelephone")
    ends_at = timing.begin(request.session, at)
    request.session[FACTOR], request.session[WAY] = now.factor, str(now.way)
    if now.way == Way.PASSWORD:  # the provider may have named them without asking them anything
        request.session[CONFIRMED] = at.timestamp()
    note_sign_in(
        now.person,
        session=str(request.session.session_key),
        agent=request.headers.get("User-Agent", "")[:400],
        way=now.way,
        factor=Factor(now.factor),
        at=at,
        ends_at=ends_at,
    )
    return redirect(now.following or first_room(now.person))


def lead_to_set_up(request: HttpRequest) -> HttpResponse:
    """Somebody signed in without a second factor has come to need one: they are in again once they have proved it."""
    person, way = person_of(request), Way(request.session.get(WAY, Way.PASSWORD))
    note_sign_out(person, session=str(request.session.session_key), at=timezone.now())
    logout(request)
    following = request.get_full_path() if request.method == "GET" else ""
    return begin(request, person, following=following, way=way)


Holding = Callable[..., HttpResponse]


def for_holder(*steps: str) -> Callable[[Holding], Holding]:
    """A page of one's own account: for whoever is signed in, and on the way in at one of these steps."""

    def around(view: Holding) -> Holding:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated:
                request.holder, request.pending = person_of(request), None  # type: ignore[attr-defined]
                return view(request, *args, **kwargs)
            now = of(request)
            if now is None or not _is_at(now, steps):
                return redirect_to_login(request.get_full_path())
            request.holder, request.pending = now.person, now  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return asked

    return around


def _is_at(now: Pending, steps: tuple[str, ...]) -> bool:
    # Codes are written down, and more is added, right after the first factor was set up.
    just_set_up = "account_set_up" in steps and now.factor in (Factor.AUTHENTICATOR, Factor.PASSKEY)
    return next_step(now) in steps or just_set_up
