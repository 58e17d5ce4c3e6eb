"""Phones on which staff are signed in: registered by their holder, known by a token, signed out here or at a distance."""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.accounts.actions.signing import end_session
from linli.areas.codes import outermost, parent_of, within
from linli.intake.models import Device, DeviceQuerySet, Ending
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.notices import actions as notices
from linli.people.actions import scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import Role

#: So that it is known for one wherever it lies about, and taken for no key of another system (`linli_`).
PREFIX = "linlid_"
#: On how many phones one person may be signed in.
MOST_DEVICES = 10
_LONGEST_NAME, _LONGEST_TOKEN = 60, 100


@transaction.atomic
def register(person: Person, installation: UUID, *, name: str, session: str, at: datetime) -> tuple[Device, str]:
    """Sign somebody in on an installation; the device, and its token, which nobody can read again.

    Once more on the same installation: the token is another one and the former is taken no more. `session` ends when the
    device is signed out. Raises `BadInput`, `Refused`.
    """
    name = name.strip()
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInput("bad_device_name", _("A phone's name has 60 characters at most."), field="name")
    token = PREFIX + secrets.token_urlsafe(32)
    given = {
        "sha256": _digest(token),
        "session": session,
        "token_made_on": timezone.localdate(at),
        "last_used_on": timezone.localdate(at),
        **({"name": name} if name else {}),
    }
    device = _renewed(person, installation, given) or _new(person, installation, given, at)
    record("device.registered", on=device, by=person, at=at)
    return device, token


def _renewed(person: Person, installation: UUID, given: dict[str, object]) -> Device | None:
    ours = Device.objects.filter(person=person, installation=installation, revoked_at__isnull=True)
    return ours.get() if ours.update(**given) else None


def _new(person: Person, installation: UUID, given: dict[str, object], at: datetime) -> Device:
    if Device.objects.filter(person=person).signed_in(timezone.localdate(at)).count() >= MOST_DEVICES:
        raise Refused(
            "too_many_devices",
            _("You are signed in on %(most)s phones. Sign out on one of them first."),
            most=MOST_DEVICES,
        )
    try:
        with transaction.atomic():
            return Device.objects.create(person=person, installation=installation, created_at=at, **given)
    except IntegrityError:  # the same phone asked twice at once: the later token counts
        device = _renewed(person, installation, given)
        if device is None:
            raise
        return device


def find(token: str, at: datetime) -> Device | None:
    """The device of this token, with its person, or None: signed out, unused for too long, or its account is closed."""
    if not token.startswith(PREFIX) or len(token) > _LONGEST_TOKEN:
        return None
    known = Device.objects.signed_in(timezone.localdate(at)).filter(person__is_active=True)
    return known.filter(sha256=_digest(token)).select_related("person").first()


@transaction.atomic
def sign_out(device: Device, *, by: Person, at: datetime) -> None:
    """One's own, wherever it is: its token is taken no more, its session ends, and it rings no more. Raises `Refused`."""
    if device.person_id != by.pk:
        raise NotYours("not_yours", _("This is somebody else's phone. The system administrator can sign it out."))
    _end(device, Ending.OWN, by, at)


@transaction.atomic
def revoke(device: Device, *, reason: str, by: Person, at: datetime) -> None:
    """Somebody else's, by the system administrator, with a reason. Raises `BadInput`, `NotYours`, `Refused`."""
    if not visible_to(by, at).filter(pk=device.pk).exists():
        raise NotYours("not_yours", _("None of your appointments includes this act. Ask the system administrator."))
    if reason not in REASONS:
        raise BadInput("reason_needed", _("Choose why it is signed out."), field="reason")
    _end(device, reason, by, at)


def end_all(person: Person, *, but: str, by: Person | None, at: datetime) -> None:
    """Every phone of a person who is signed out everywhere, but for the one registered with the session `but`."""
    alive = Device.objects.filter(person=person, revoked_at__isnull=True)
    for device in alive.exclude(session=but) if but else alive:
        # Somebody was quicker: that is what was wanted.
        with suppress(Refused):
            _end(device, Ending.EVERYWHERE, by, at)


def follow_session(before: str, after: str) -> None:
    """The session of a phone goes on under another key: after its holder has changed the password on it."""
    Device.objects.filter(session=before).update(session=after)


#: Why somebody else signs a phone out.
REASONS = [reason for reason in Ending if reason not in (Ending.OWN, Ending.EVERYWHERE)]


def _end(device: Device, reason: str, by: Person | None, at: datetime) -> None:
    ours = Device.objects.filter(pk=device.pk, revoked_at__isnull=True)
    if not ours.update(revoked_at=at, ended_for=reason, session=""):
        raise Refused("signed_out_already", _("It is signed out already. Refresh the page."))
    if device.session:
        end_session(device.session)
    notices.close_installation(device.person, device.installation, at=at)
    record("device.revoked", on=device, by=by, at=at, person=device.person_id, reason=reason)


def visible_to(by: Person, at: datetime) -> DeviceQuerySet:
    """The devices, signed out or not, that a system administrator answers for.

    Of everybody appointed in the administrator's areas; of people without any appointment now, where they had one. At the
    top of the home also of those who never had any.
    """
    areas = outermost(held.area for held in scope_of(by, at).held if held.role == Role.SYSTEM_ADMIN)
    theirs = Appointment.objects.filter(person=OuterRef("person"))
    now = theirs.valid_on(timezone.localdate(at))
    ours = Q(Exists(now.filter(within(*areas)))) | Q(~Exists(now), Exists(theirs.filter(within(*areas))))
    if any(parent_of(code) is None for code in areas):
        ours |= Q(~Exists(theirs))
    return Device.objects.filter(ours)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
