"""More time for one part of a joint handling: whether it may have it, and giving it. The acts themselves are in `joint`."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from linli.events.models import Clock, Part
from linli.events.rules import ClockKind, Unit, due_soon_at
from linli.kit.refusal import BadInput


def own_clock(part: Part, *, asked: bool = False) -> Clock | None:
    """The clock of a part's time to handle; `asked`: only if more time is asked for."""
    own = Clock.objects.unstopped().filter(part=part, kind=ClockKind.HANDLE)
    return (own.exclude(extension_asked_until=None) if asked else own).first()


def within_the_promise(part: Part, clock: Clock | None, until: datetime | None, at: datetime) -> Clock:
    """Raises `BadInput` unless the part's limit runs still, and the new one lies after it and within the promise."""
    if clock is None or at > clock.due_at:
        raise BadInput(
            "too_late_to_extend",
            _("The limit has run out; it can no longer be extended. Say what holds it up instead."),
            field="until",
        )
    if until is None or until <= clock.due_at:
        raise BadInput("extension_not_later", _("The new limit must lie after the present one."), field="until")
    if part.event.due_at is not None and until > part.event.due_at:
        raise BadInput("later_than_promised", _("That is later than was promised to the reporter."), field="until")
    return clock


def grant(clock: Clock) -> None:
    """The clock of a part ends when its department asked for, and warns anew."""
    assert clock.extension_asked_until is not None
    clock.due_at, clock.unit, clock.amount = clock.extension_asked_until, Unit.MOMENT, None
    clock.extension_asked_until, clock.extensions, clock.rung = None, clock.extensions + 1, 0
    clock.next_at = None if clock.paused_at else due_soon_at(clock.from_at, clock.due_at)
    clock.save()
