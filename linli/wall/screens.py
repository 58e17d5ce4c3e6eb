"""Screens: computers that show the wall of an area for days without anybody signed in on them.

Whoever answers for the area sets one up where it hangs, signed in there, and is signed out by that: what stays is a token
that opens this one wall and nothing else. It shows no more than the one who answers for it may see.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import outermost, within
from linli.areas.models import Area
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of, scopes_of
from linli.people.models import Person
from linli.people.rules import Scope
from linli.wall.models import Screen, ScreenQuerySet
from linli.wall.rules import ANSWERS_FOR, DAYS, ENDS_TOO, LONGEST_NAME, MOST_SCREENS, SEEN_EVERY, WARNED_BEFORE

#: So that it is known for one wherever it lies about.
PREFIX = "linlis_"
_LONGEST_TOKEN = 100


# --- acts -----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_up(area: Area, *, name: str, days: int, by: Person, at: datetime, instead_of: str = "") -> tuple[Screen, str]:
    """A screen, and its token, which nobody can read again. `instead_of`: the token this browser had before, whose screen ends.

    Raises `BadInput`, `NotYours`, `Refused`.
    """
    name = _name(name)
    ends_at = at + _term(days)
    if not may_answer(scope_of(by, at), area.code):
        raise _not_yours()
    # Two at once are one after the other.
    Area.objects.select_for_update().get(pk=area.pk)
    before = Screen.objects.filter(sha256=_digest(instead_of)).first() if instead_of else None
    if before is not None:
        _end(before, by, at)
    if Screen.objects.on(at).filter(area=area).count() >= MOST_SCREENS:
        raise Refused(
            "too_many_screens",
            _("This area has %(most)s screens. End one that is not needed any more first."),
            most=MOST_SCREENS,
        )
    token = PREFIX + secrets.token_urlsafe(32)
    screen = Screen.objects.create(
        area=area, person=by, name=name, sha256=_digest(token), made_at=at, ends_at=ends_at, seen_at=at
    )
    record("screen.set_up", on=screen, by=by, at=at, ends_on=timezone.localdate(ends_at))
    return screen, token


@transaction.atomic
def renew(screen: Screen, *, days: int, by: Person, at: datetime) -> None:
    """Its term begins anew, and whoever does this answers for it from now on. Raises `BadInput`, `NotYours`, `Refused`."""
    if not may_answer(scope_of(by, at), screen.area_id):
        raise _not_yours()
    ends_at = at + _term(days)
    now = Screen.objects.filter(pk=screen.pk)
    if not now.update(person=by, ends_at=ends_at, warned_at=None):
        raise _ended_already()
    record("screen.renewed", on=screen, by=by, at=at, ends_on=timezone.localdate(ends_at))


@transaction.atomic
def end(screen: Screen, *, by: Person, at: datetime) -> None:
    """It shows nothing any more. Raises `NotYours`, `Refused`."""
    if not in_care(scope_of(by, at)).filter(pk=screen.pk).exists():
        raise _not_yours()
    if not _end(screen, by, at):
        raise _ended_already()


def end_all(person: Person, *, but: str, by: Person | None, at: datetime) -> None:
    """All that somebody answers for who is signed out everywhere; `but` is a session, and no screen hangs on one."""
    for screen in Screen.objects.filter(person=person):
        _end(screen, by, at)


def look_after(at: datetime) -> bool:
    """Take away what has run out, and tell those who answer for a screen that it ends soon. Whether there may be more."""
    Screen.objects.filter(ends_at__lte=at).delete()
    soon = Screen.objects.on(at).filter(ends_at__lte=at + WARNED_BEFORE, warned_at=None)
    for screen in soon.select_related("person"):
        _warn_of(screen, at)
    return False


@transaction.atomic
def _warn_of(screen: Screen, at: datetime) -> None:
    # Once, whichever worker is the first.
    if Screen.objects.filter(pk=screen.pk, warned_at=None).update(warned_at=at):
        ends_on = timezone.localdate(screen.ends_at)
        record("screen.ends_soon", on=screen, by=None, at=at, tell=[screen.person], name=screen.name, ends_on=ends_on)


def _end(screen: Screen, by: Person | None, at: datetime) -> bool:
    if not Screen.objects.filter(pk=screen.pk).delete()[0]:
        return False
    record("screen.ended", on=screen, by=by, at=at, person=screen.person_id)
    return True


def _name(sent: str) -> str:
    name = " ".join(sent.split())
    if not name:
        raise BadInput("name_needed", _("Say where the screen hangs, so that it is known again."), field="name")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput("bad_name", _("The name of a screen has 60 characters at most."), field="name")
    return name


def _term(days: int) -> timedelta:
    if days not in DAYS:
        raise BadInput("bad_term", _("Choose one of the terms of the list."), field="days")
    return timedelta(days=days)


def _ended_already() -> Refused:
    return Refused("ended_already", _("This screen has ended already. Refresh the page."))


def _not_yours() -> NotYours:
    return NotYours(
        "not_yours", _("A screen is kept by the leader, the desk or the cadre of its area. Ask one of them.")
    )


# --- whose ----------------------------------------------------------------------------------------------------------------


def may_answer(scope: Scope, area: str) -> bool:
    """Whether somebody may set up or renew a screen of this area."""
    return scope.sees(area) and bool(ANSWERS_FOR & scope.roles_in(area))


def in_care(scope: Scope) -> ScreenQuerySet:
    """The screens somebody may end: of the areas they answer for, and the system administrator's."""
    roles = ENDS_TOO if scope.administers else ANSWERS_FOR
    areas = outermost(held.area for held in scope.held if held.role in roles)
    return Screen.objects.filter(within(*areas)) if areas else Screen.objects.none()


# --- known again ----------------------------------------------------------------------------------------------------------


def find(token: str, at: datetime) -> Screen | None:
    """The screen of this token, with its area; None: ended, or whoever answers for it may not see the area now."""
    screen = _of([token], at).get(token)
    if screen is None or not seeing([screen], at):
        return None
    if screen.seen_at < at - SEEN_EVERY:
        Screen.objects.filter(pk=screen.pk).update(seen_at=at)
    return screen


def areas_shown(tokens: Iterable[str], at: datetime) -> dict[str, str]:
    """The area each of these shows now; those that show nothing are left out. As many queries for one as for many."""
    found = _of(tokens, at)
    shown = seeing(found.values(), at)
    return {token: one.area_id for token, one in found.items() if one.pk in shown}


def seeing(screens: Iterable[Screen], at: datetime) -> set[UUID]:
    """The keys of those whose holder is here and may see their area now."""
    here = [one for one in screens if one.person.is_active]
    scopes = scopes_of({one.person_id for one in here}, at)
    return {one.pk for one in here if scopes[one.person_id].sees(one.area_id)}


def _of(tokens: Iterable[str], at: datetime) -> dict[str, Screen]:
    digests = {_digest(one): one for one in tokens if one.startswith(PREFIX) and len(one) <= _LONGEST_TOKEN}
    if not digests:
        return {}
    known = Screen.objects.on(at).filter(sha256__in=digests).order_by().select_related("area", "person")
    return {digests[screen.sha256]: screen for screen in known}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
