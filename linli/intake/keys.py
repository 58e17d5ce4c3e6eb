"""Keys of other systems: made and shown once, found by their hash; they end, are rotated before, or are revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.intake.models import ApiKey, Purpose
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import ADMINISTERED, Scope

#: How many days a key opens its door, unless somebody says fewer or more; and the most.
LASTS_DAYS, MOST_DAYS = 365, 730
#: So long a rotated key is taken beside the new one.
GRACE = timedelta(days=7)
#: So many days before its end those who keep it are told.
WARNED_DAYS = (30, 7, 1)
#: So that a key is known for one wherever it lies about.
_BEGINS = "linli_"
_LONGEST = 200


@transaction.atomic
def create(
    name: str, *, purpose: str, at: datetime, area: str = "", by: Person | None = None, days: int = LASTS_DAYS
) -> tuple[ApiKey, str]:
    """A new key as stored, and its text, which nobody can read again. Raises `BadInput`, `NotYours`, `Refused` (name taken).

    `area` is the code it is limited to; empty for the whole home. `by` None: the operator of the machine.
    """
    name = name.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise BadInput("bad_key_name", _("A key needs a name of 1 to 60 characters: of the system that will hold it."))
    if purpose not in Purpose.values:
        raise BadInput("bad_purpose", _("A key is for one of: %(known)s."), known=", ".join(Purpose.values))
    limited_to = _area(area)
    if by is not None and not _keeps(scope_of(by, at), limited_to.pk if limited_to else None):
        words = _(
            "You keep keys in your own area alone. Give its code, or ask the security administrator of the county."
        )
        raise NotYours("not_yours", words)
    text = _BEGINS + secrets.token_urlsafe(32)
    ends_on = timezone.localdate(at) + timedelta(days=_days(days))
    key = ApiKey(name=name, purpose=purpose, sha256=_digest(text), area=limited_to, created_at=at, ends_on=ends_on)
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            "key_name_taken", _("There is a key named %(name)s. Choose another name, or revoke that one."), name=name
        ) from None
    record("key.created", on=key, by=by, at=at, name=name, purpose=purpose, ends_on=ends_on)
    return key, text


@transaction.atomic
def rotate(
    name: str, *, at: datetime, by: Person | None = None, days: int = LASTS_DAYS, at_once: bool = False
) -> tuple[ApiKey, str]:
    """Another text for the key of this name, with an end of its own; the old one is taken beside it for a week.

    The system stays the same sender: what it has sent already is known again. `at_once`: the old one ends now, because
    somebody else may have it. What has ended already opens nothing again. Raises `BadInput`, `NotYours`.
    """
    key = _named(name)
    _require_keeper(key, by, at)
    text = _BEGINS + secrets.token_urlsafe(32)
    has_ended = key.ends_on is not None and key.ends_on <= timezone.localdate(at)
    key.old_sha256, key.old_until = (None, None) if at_once or has_ended else (key.sha256, at + GRACE)
    key.sha256, key.warned_on = _digest(text), None
    key.ends_on = timezone.localdate(at) + timedelta(days=_days(days))
    key.save(update_fields=["sha256", "old_sha256", "old_until", "ends_on", "warned_on"])
    record("key.rotated", on=key, by=by, at=at, name=key.name, ends_on=key.ends_on, at_once=at_once)
    return key, text


@transaction.atomic
def revoke(name: str, *, at: datetime, by: Person | None = None) -> ApiKey:
    """The valid key of this name opens nothing any more. Raises `BadInput` if there is none, `NotYours`."""
    key = _named(name)
    _require_keeper(key, by, at)
    key.revoked_at, key.old_sha256, key.old_until = at, None, None
    key.save(update_fields=["revoked_at", "old_sha256", "old_until"])
    record("key.revoked", on=key, by=by, at=at, name=key.name, purpose=key.purpose)
    return key


def find(text: str, *, purpose: str, at: datetime) -> ApiKey | None:
    """The key of this text that opens this door now, or None. Notes the day of its use, once a day."""
    if not text or len(text) > _LONGEST:
        return None
    digest, day = _digest(text), timezone.localdate(at)
    either = Q(sha256=digest) | Q(old_sha256=digest, old_until__gt=at)
    key = ApiKey.objects.opening(day).filter(either, purpose=purpose).first()
    if key is not None and (key.last_used_on is None or key.last_used_on < day):
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=day)
        key.last_used_on = day
    return key


def warn(at: datetime) -> bool:
    """Tell those who keep a key that it ends: a month, a week and a day before. Whether there may be more."""
    today = timezone.localdate(at)
    soon = ApiKey.objects.valid().filter(ends_on__gt=today, ends_on__lte=today + timedelta(days=max(WARNED_DAYS)))
    for key in soon.order_by("ends_on", "pk"):
        _warn_of(key, at)
    return False


@transaction.atomic
def _warn_of(key: ApiKey, at: datetime) -> None:
    assert key.ends_on is not None
    today = timezone.localdate(at)
    due = [key.ends_on - timedelta(days=days) for days in WARNED_DAYS]
    last_due = max((day for day in due if day <= today), default=None)
    if last_due is None or (key.warned_on is not None and key.warned_on >= last_due):
        return
    # Once, whichever worker is the first.
    ours = ApiKey.objects.filter(pk=key.pk, warned_on=key.warned_on, revoked_at__isnull=True)
    if ours.update(warned_on=today):
        record("key.ends_soon", on=key, by=None, at=at, tell=_keepers(key, at), name=key.name, ends_on=key.ends_on)


def _keepers(key: ApiKey, at: datetime) -> list[Person]:
    """The security administrators of the key's area and those above it; of a key for all, those at the top."""
    held = Appointment.objects.filter(role=ADMINISTERED["keys"]).valid_on(timezone.localdate(at))
    if key.area_id:
        held = held.filter(area__in=lineage(key.area_id))
    else:
        held = held.filter(area__parent__isnull=True)
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))


def _keeps(scope: Scope, area: str | None) -> bool:
    """Whether somebody keeps keys of this area; None: of the whole home."""
    if area is not None:
        return ADMINISTERED["keys"] in scope.roles_in(area)
    return any(one.role == ADMINISTERED["keys"] and lineage(one.area) == [one.area] for one in scope.held)


def _require_keeper(key: ApiKey, by: Person | None, at: datetime) -> None:
    if by is not None and not _keeps(scope_of(by, at), key.area_id):
        raise NotYours("not_yours", _("Keys are kept by the security administrator. Ask the one of this county."))


def _named(name: str) -> ApiKey:
    key = ApiKey.objects.valid().select_for_update().filter(name=name.strip().replace("\0", "")).first()
    if key is None:
        raise BadInput("no_such_key", _("There is no valid key named %(name)s."), name=name[:60])
    return key


def _days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise BadInput("bad_days", _("A key lasts 1 to %(most)s days."), most=MOST_DAYS, field="days")
    return days


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _area(code: str) -> Area | None:
    if not code.strip():
        return None
    area = Area.objects.open().filter(pk=code.strip()).first()
    if area is None:
        raise BadInput("no_such_area", _("There is no area %(code)s."), code=code[:40], field="area")
    return area
