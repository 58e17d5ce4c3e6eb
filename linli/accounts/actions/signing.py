"""Signing in, being seen, and signing out here or at a distance; when sessions end."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.accounts.models import SignIn
from linli.accounts.rules import Factor, Way, family
from linli.journal.actions import record
from linli.kit.refusal import NotYours, Refused
from linli.people.models import Appointment, Person


@transaction.atomic
def note_sign_in(
    person: Person,
    *,
    session: str,
    agent: str,
    factor: Factor,
    at: datetime,
    ends_at: datetime,
    way: Way = Way.PASSWORD,
) -> SignIn:
    """Somebody is signed in in this session. Of the browser its family is kept, and no address."""
    browser, system = family(agent)
    SignIn.objects.filter(session=session).delete()
    sign_in = SignIn.objects.create(
        person=person,
        session=session,
        browser=browser,
        system=system,
        way=way,
        factor=factor,
        began_at=at,
        seen_at=at,
        ends_at=ends_at,
    )
    came: dict[str, Any] = {} if way == Way.PASSWORD else {"way": way}
    proved = factor or ("none" if came else "password")
    record("account.signed_in", on=person, by=person, at=at, area=area_of(person, at), factor=proved, **came)
    return sign_in


def note_seen(session: str, *, at: datetime, ends_at: datetime) -> None:
    """It was used; noted once a minute or so."""
    SignIn.objects.filter(session=session).update(seen_at=at, ends_at=ends_at)


def rename_session(before: str, after: str) -> None:
    """The session goes on under another key."""
    SignIn.objects.filter(session=before).update(session=after)
    for rename in RENAMED_TOO.values():
        rename(before, after)


def end_session(session: str) -> None:
    """It ends with what it belonged to. No entry: the act this belongs to has its own."""
    SessionStore().delete(session)
    SignIn.objects.filter(session=session).delete()


@transaction.atomic
def note_sign_out(person: Person, *, session: str, at: datetime) -> None:
    """Somebody signed out here; the door ends the session itself."""
    SignIn.objects.filter(session=session).delete()
    record("account.signed_out", on=person, by=person, at=at, area=area_of(person, at))


@transaction.atomic
def end_sign_in(sign_in: SignIn, *, by: Person, at: datetime) -> None:
    """Sign oneself out on another device. Raises `Refused`."""
    if sign_in.person_id != by.pk:
        raise NotYours("not_yours", _("This is somebody else's sign-in."))
    if not SignIn.objects.filter(pk=sign_in.pk).delete()[0]:
        raise Refused("signed_out_already", _("It is signed out already. Refresh the page."))
    SessionStore().delete(sign_in.session)
    record("account.signed_out_elsewhere", on=by, by=by, at=at, area=area_of(by, at), sessions=1)


@transaction.atomic
def end_others(person: Person, *, but: str, at: datetime) -> int:
    """Sign oneself out everywhere but here; how many sessions ended."""
    ended = end_sessions(person, at=at, by=person, but=but)
    if ended:
        record("account.signed_out_elsewhere", on=person, by=person, at=at, area=area_of(person, at), sessions=ended)
    return ended


#: What else somebody is signed in by, of rooms above this one: each ends all of it, but for what hangs on the session `but`.
ENDED_TOO: dict[str, Callable[..., None]] = {}
#: What else knows a session by its key: each is told the one before and the new one.
RENAMED_TOO: dict[str, Callable[[str, str], None]] = {}


def end_sessions(person: Person, *, at: datetime, by: Person | None = None, but: str = "", way: str = "") -> int:
    """End all sessions of a person that stand, but for one; how many. No entry: the act this belongs to has its own.

    `way`: only those that came by it. Otherwise their phones are signed out too, `by` whoever does this.
    """
    came = SignIn.objects.filter(person=person, way=way) if way else SignIn.objects.filter(person=person)
    rows = list(came.exclude(session=but))
    for one in rows:
        SessionStore().delete(one.session)
    SignIn.objects.filter(pk__in=[one.pk for one in rows]).delete()
    for end in () if way else ENDED_TOO.values():
        end(person, but=but, by=by, at=at)
    return sum(1 for one in rows if one.ends_at > at)


def note_lock(person: Person, *, door: str, at: datetime) -> None:
    """Failures at a door make this person's account wait; they are told, as it may have been somebody else."""
    record("account.locked", on=person, by=None, at=at, area=area_of(person, at), tell=[person], door=door)


def forget_ended(at: datetime) -> int:
    """Take away sign-ins whose sessions have run out; how many."""
    return SignIn.objects.filter(ends_at__lt=at).delete()[0]


def area_of(person: Person, at: datetime) -> str | None:
    """The area of the first of a person's appointments, whose chain of the journal their acts belong to."""
    held = Appointment.objects.filter(person=person).valid_on(timezone.localdate(at))
    return held.order_by("pk").values_list("area", flat=True).first()
