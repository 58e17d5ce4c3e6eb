"""What people do with notices: keep channels, confirm them, choose what reaches them and when, send again what stayed unknown."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime, time
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.sealing import seal
from linli.notices.course import code_of
from linli.notices.making import locked_follower, skip_all
from linli.notices.models import Channel, Delivery, QuietHours, facts_of
from linli.notices.rules import (
    BUNDLE_CHOICES,
    CODE_HOLDS,
    HOURLY_CHOICES,
    MOST_CHANNELS,
    PACES,
    ROBOTS,
    WANTED_AT_FIRST,
    WANTED_AT_FIRST_BY_SMS,
    Group,
    Kind,
    Purpose,
    State,
    Why,
)
from linli.notices.sending.mail import read_mail
from linli.notices.sending.push import read_subscription
from linli.notices.sending.robots import read_robot
from linli.notices.sending.sms import read_number
from linli.people.actions import scope_of
from linli.people.models import Department, Person
from linli.people.rules import KEEPS_REGISTER, Role

# --- channels ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_channel(person: Person, *, kind: str, address: str, at: datetime, secret: str = "", name: str = "") -> Channel:
    """Keep a way to reach oneself, and send what confirms it: a code by mail or message, a test to a robot.

    Raises `BadInput`, `Refused` (there already, too many).
    """
    channel = _new(kind, _read(kind, address, secret), at, name, person=person)
    _ask_to_confirm(channel, at)
    return channel


@transaction.atomic
def add_browser(
    person: Person,
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    at: datetime,
    name: str = "",
    installation: UUID | None = None,
) -> Channel:
    """Keep a browser that allowed it; asked twice, it is one channel. Raises `BadInput`, `Refused`.

    It is confirmed: nobody but this browser has a subscription made with the key of this home. `installation` is the number
    of the field app where it rings from within that.
    """
    opened = read_subscription(endpoint, p256dh, auth)
    same = Channel.objects.kept().filter(kind=Kind.WEB_PUSH, mark=_mark(Kind.WEB_PUSH, opened))
    for other in same.exclude(person=person):
        # Somebody else signed in at this browser: what is theirs must not ring here any more.
        close(other, by=None, at=at)
    found = same.filter(person=person).first()
    if found is not None:
        Channel.objects.filter(pk=found.pk).update(is_on=True)
        return found
    if installation is not None:
        # A browser has one subscription at a time: the former one rings nowhere.
        close_installation(person, installation, at=at)
    channel = _new(Kind.WEB_PUSH, opened, at, name, person=person)
    channel.verified_at, channel.installation = at, installation
    channel.save(update_fields=["verified_at", "installation"])
    return channel


def rings(person: Person, *, endpoint: str, p256dh: str, auth: str) -> bool:
    """Whether this very browser is a channel of theirs that is on. Raises `BadInput`."""
    mark = _mark(Kind.WEB_PUSH, read_subscription(endpoint, p256dh, auth))
    return Channel.objects.kept().filter(person=person, kind=Kind.WEB_PUSH, mark=mark, is_on=True).exists()


@transaction.atomic
def close_installation(person: Person, installation: UUID, *, at: datetime) -> None:
    """The field app of theirs on this phone rings no more."""
    for channel in Channel.objects.kept().filter(person=person, installation=installation):
        close(channel, by=person, at=at)


@transaction.atomic
def add_robot(
    *,
    kind: str,
    address: str,
    name: str,
    by: Person,
    at: datetime,
    secret: str = "",
    area: Area | None = None,
    department: Department | None = None,
) -> Channel:
    """Keep the robot of a group: of the desk of an area, or of a department. Raises `BadInput`, `Refused`, `NotYours`."""
    require_keeper(by, area, department, at)
    if kind not in ROBOTS or not name.strip():
        raise BadInput("bad_robot", _("Choose the program, and give the group a name."), field="name")
    channel = _new(kind, _read(kind, address, secret), at, name, area=area, department=department)
    record("robot.added", on=channel, by=by, at=at, area=channel_area(channel), **facts_of(channel))
    _send(channel, Purpose.TEST, at)
    return channel


def require_keeper(by: Person, area: Area | None, department: Department | None, at: datetime) -> None:
    """Raises `NotYours` unless they keep the register of this area, or are an officer of this department."""
    scope = scope_of(by, at)
    where = area.code if area is not None else department.area_id if department is not None else None
    keeps = bool(where) and bool(scope.roles_in(str(where)) & KEEPS_REGISTER)
    is_officer = department is not None and department.pk in scope.departments
    if not keeps and not is_officer:
        raise NotYours("not_yours", _("The robot of a group is kept by its desk, its department or the administrator."))


def channel_area(channel: Channel) -> str | None:
    """The area to whose chain an act on a group's robot belongs."""
    return channel.area_id or (channel.department.area_id if channel.department else None)


def _read(kind: str, address: str, secret: str) -> dict[str, str]:
    if kind in ROBOTS:
        return read_robot(kind, address, secret)
    if kind == Kind.MAIL:
        return read_mail(address)
    if kind == Kind.SMS:
        return read_number(address)
    raise BadInput("bad_kind", _("Choose a way."), field="kind")


def _new(
    kind: str,
    opened: dict[str, str],
    at: datetime,
    name: str,
    *,
    person: Person | None = None,
    area: Area | None = None,
    department: Department | None = None,
) -> Channel:
    # The lock: every notice is followed either before this channel or with it.
    locked_follower()
    kept = Channel.objects.kept().filter(person=person, area=area, department=department)
    mark = _mark(kind, opened)
    if kept.filter(kind=kind, mark=mark).exists():
        raise Refused("there_already", _("This one is there already."))
    if kept.count() >= MOST_CHANNELS:
        raise Refused("too_many_channels", _("There are %(most)s. Remove one first."), most=MOST_CHANNELS)
    key, pace = new_key(), PACES[kind]
    return Channel.objects.create(
        key=key,
        person=person,
        area=area,
        department=department,
        kind=kind,
        name=_name(name),
        mark=mark,
        sealed=seal(json.dumps(opened), bound_to=key.bytes, place="notices.channel.sealed"),
        groups=[*(WANTED_AT_FIRST_BY_SMS if kind == Kind.SMS else WANTED_AT_FIRST)],
        bundle_minutes=pace.bundle_minutes,
        most_an_hour=pace.most_an_hour,
        created_at=at,
    )


def _name(name: str) -> str:
    name = name.strip()
    if len(name) > 60 or (name and not name.isprintable()):
        raise BadInput("bad_name", _("A name has up to 60 characters."), field="name")
    return name


def _mark(kind: str, opened: dict[str, str]) -> str:
    words = f"linli channel {kind} {json.dumps(opened, sort_keys=True)}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), words, hashlib.sha256).hex()


def _ask_to_confirm(channel: Channel, at: datetime) -> Delivery:
    if channel.kind not in (Kind.MAIL, Kind.SMS):
        return _send(channel, Purpose.TEST, at)
    Channel.objects.filter(pk=channel.pk).update(code_asked_at=at)
    return _send(channel, Purpose.CODE, at)


def _send(channel: Channel, purpose: Purpose, at: datetime) -> Delivery:
    return Delivery.objects.create(channel=channel, kind=channel.kind, purpose=purpose, made_at=at, due_at=at)


@transaction.atomic
def confirm(channel: Channel, *, code: str, at: datetime) -> None:
    """Type the code that came. Raises `BadInput` for another one, `Refused` when it is too old.

    Whoever calls this slows guessing down: there are a million codes.
    """
    locked = _kept(channel)
    if locked.code_asked_at is None or at > locked.code_asked_at + CODE_HOLDS:
        raise Refused("code_too_old", _("The code holds no longer. Ask for a new one."))
    if not constant_time_compare(code.strip(), code_of(locked)):
        raise BadInput("wrong_code", _("That is not the code. Type the six digits that came last."), field="code")
    Channel.objects.filter(pk=locked.pk).update(verified_at=at, code_asked_at=None)
    channel.refresh_from_db()


@transaction.atomic
def try_out(channel: Channel, *, at: datetime) -> Delivery:
    """Send a test, or a new code while it is not confirmed. Raises `Refused`."""
    locked = _kept(channel)
    return _ask_to_confirm(locked, at) if locked.verified_at is None else _send(locked, Purpose.TEST, at)


@transaction.atomic
def close(channel: Channel, *, by: Person | None, at: datetime) -> None:
    """Remove it: its address is deleted at once, nothing held for it goes out; its log stays for its time."""
    locked = _kept(channel)
    skip_all(locked, Why.CLOSED)
    Channel.objects.filter(pk=locked.pk).update(closed_at=at, sealed=b"", is_on=False)
    if locked.person_id is None:
        record("robot.removed", on=locked, by=by, at=at, area=channel_area(locked), **facts_of(locked))


def _kept(channel: Channel) -> Channel:
    """The row as it is stored now, for this transaction alone. Raises `Refused` once it was removed."""
    locked = Channel.objects.select_for_update().get(pk=channel.pk)
    if locked.closed_at is not None:
        raise Refused("moved_on", _("It was removed. Refresh the page."))
    return locked


# --- rules ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_rules(channel: Channel, *, groups: Iterable[str], bundle_minutes: int, most_an_hour: int, is_on: bool) -> None:
    """What it carries, and how much of it at once. What is held already keeps its time. Raises `BadInput`."""
    locked = _kept(channel)
    chosen = set(groups)
    if chosen - set(Group.values) or bundle_minutes not in BUNDLE_CHOICES or most_an_hour not in HOURLY_CHOICES:
        raise BadInput("bad_rules", _("Choose from the list."))
    locked.groups = [one for one in Group.values if one in chosen]
    locked.bundle_minutes, locked.most_an_hour, locked.is_on = bundle_minutes, most_an_hour, is_on
    locked.save(update_fields=["groups", "bundle_minutes", "most_an_hour", "is_on"])
    if not is_on:
        skip_all(locked, Why.OFF)
    channel.refresh_from_db()


def set_quiet(
    person: Person, *, from_time: time | None, to_time: time | None, on_days_off: bool, lets_pressing: bool
) -> None:
    """When they want to be left alone, for notices from now on. Raises `BadInput` with only one of the two times."""
    if (from_time is None) != (to_time is None):
        raise BadInput("half_a_time", _("Quiet hours need a beginning and an end."), field="to_time")
    chosen = {"from_time": from_time, "to_time": to_time, "on_days_off": on_days_off, "lets_pressing": lets_pressing}
    QuietHours.objects.update_or_create(person=person, defaults=chosen)


# --- deliveries ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(delivery: Delivery, *, by: Person, at: datetime) -> None:
    """Send what failed or stayed unknown once more, under the same key. Raises `Refused` for any other, `NotYours`."""
    channel = delivery.channel
    is_own = channel is not None and channel.person_id == by.pk
    if not is_own and not scope_of(by, at).holds(Role.SYSTEM_ADMIN):
        raise NotYours("not_yours", _("This went to somebody else."))
    if channel is not None and channel.closed_at is not None:
        raise Refused("moved_on", _("It was removed. Refresh the page."))
    rows = Delivery.objects.filter(pk=delivery.pk, state__in=(State.FAILED, State.UNKNOWN))
    if not rows.update(state=State.WAITING, due_at=at, finished_at=None, tries=0, repeats=0):
        raise Refused("moved_on", _("It is not failed or unknown any more. Refresh the page."))
    delivery.refresh_from_db()
