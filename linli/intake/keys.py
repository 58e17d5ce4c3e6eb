"""Keys of other systems: made and shown once, found by their hash, revoked."""

import hashlib
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.intake.models import ApiKey, Purpose
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Person

#: So that a key is known for one wherever it lies about.
_BEGINS = "linli_"
_LONGEST = 200


@transaction.atomic
def create(name: str, *, purpose: str, at: datetime, area: str = "", by: Person | None = None) -> tuple[ApiKey, str]:
    """A new key as stored, and its text, which nobody can read again. Raises `BadInput`, `Refused` (name taken).

    `area` is the code it is limited to; empty for the whole home.
    """
    name = name.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise BadInput("bad_key_name", _("A key needs a name of 1 to 60 characters: of the system that will hold it."))
    if purpose not in Purpose.values:
        raise BadInput("bad_purpose", _("A key is for one of: %(known)s."), known=", ".join(Purpose.values))
    text = _BEGINS + secrets.token_urlsafe(32)
    key = ApiKey(name=name, purpose=purpose, sha256=_digest(text), area=_area(area), created_at=at)
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            "key_name_taken", _("There is a key named %(name)s. Choose another name, or revoke that one."), name=name
        ) from None
    record("key.created", on=key, by=by, at=at, name=name, purpose=purpose)
    return key, text


@transaction.atomic
def revoke(name: str, *, at: datetime, by: Person | None = None) -> ApiKey:
    """The valid key of this name opens nothing any more. Raises `BadInput` if there is none."""
    key = ApiKey.objects.valid().filter(name=name.strip()).first()
    if key is None or not ApiKey.objects.valid().filter(pk=key.pk).update(revoked_at=at):
        raise BadInput("no_such_key", _("There is no valid key named %(name)s."), name=name[:60])
    key.revoked_at = at
    record("key.revoked", on=key, by=by, at=at, name=key.name, purpose=key.purpose)
    return key


def find(text: str, *, purpose: str, at: datetime) -> ApiKey | None:
    """The valid key of this text for this door, or None. Notes the day of its use, once a day."""
    if not text or len(text) > _LONGEST:
        return None
    key = ApiKey.objects.valid().filter(sha256=_digest(text), purpose=purpose).first()
    day = timezone.localdate(at)
    if key is not None and (key.last_used_on is None or key.last_used_on < day):
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=day)
        key.last_used_on = day
    return key


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _area(code: str) -> Area | None:
    if not code.strip():
        return None
    area = Area.objects.open().filter(pk=code.strip()).first()
    if area is None:
        raise BadInput("no_such_area", _("There is no area %(code)s."), code=code[:40])
    return area
