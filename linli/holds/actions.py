"""Placing a hold, ending it, and asking whether one stands."""

from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from linli.holds.models import Hold
from linli.holds.rules import HOLDERS, LONGEST, HeldKind, held
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import not_yours


@transaction.atomic
def place(on: models.Model, *, reason: str, by: Person, at: datetime) -> Hold:
    """Hold an event or a dispute. Raises `NotYours`, `BadInput`, and `Refused` where one stands already."""
    _require_holder(by, at)
    kind, key = HeldKind(str(on._meta.model_name)), str(on.pk)
    why = _reason(reason)
    if Hold.objects.standing().filter(on_kind=kind, on_key=key).exists():
        raise _held_already()
    try:
        with transaction.atomic():
            made: Hold = Hold.objects.create(on_kind=kind, on_key=key, reason=why, placed_by=by, placed_at=at)
    except IntegrityError:  # somebody was quicker
        raise _held_already() from None
    record("hold.placed", on=made, by=by, at=at, area=getattr(on, "area_id", None), kind=kind, of=key)
    return made


@transaction.atomic
def end(hold: Hold, *, reason: str, by: Person, at: datetime) -> None:
    """End it; from then on its time counts again. Raises `NotYours`, `BadInput`, `Refused`."""
    _require_holder(by, at)
    ended = {"ended_by": by, "ended_at": at, "ended_for": _reason(reason)}
    if not Hold.objects.standing().filter(pk=hold.pk).update(**ended):
        raise Refused("hold_ended", _("This hold has ended already. Refresh the page."))
    record("hold.ended", on=hold, by=by, at=at, kind=hold.on_kind, of=hold.on_key)


def require_not_held(on: models.Model) -> None:
    """Raises `Refused` while a hold stands on it."""
    if Hold.objects.standing().filter(on_kind=str(on._meta.model_name), on_key=str(on.pk)).exists():
        raise held()


def _require_holder(by: Person, at: datetime) -> None:
    if not scope_of(by, at).holds(*HOLDERS):
        raise not_yours()


def _held_already() -> Refused:
    return Refused("held_already", _("It is held already. Look at the list of holds."))


def _reason(words: str) -> str:
    clean = words.replace("\0", "").strip()
    if not clean:
        raise BadInput("reason_missing", _("Say why, with the number of the order if there is one."), field="reason")
    if len(clean) > LONGEST:
        raise BadInput("text_too_long", _("At most %(longest)s characters."), longest=LONGEST, field="reason")
    return clean
