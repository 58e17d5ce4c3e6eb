"""What the county desk does with a report that was set aside: take it in after all, or say as what it was taken in by hand."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from linli.areas.models import Area
from linli.events.models import Event
from linli.intake import digest
from linli.intake.acts import KIND as ACT
from linli.intake.acts import taking
from linli.intake.models import Kept, KeptQuerySet, KeptState
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Person
from linli.people.rules import Role, Scope, not_yours


def visible_to(scope: Scope) -> KeptQuerySet:
    """The reports set aside in the areas where they are the desk. Acts stand in `acts.stopped`."""
    return (
        Kept.objects.set_aside()
        .exclude(kind=ACT)
        .in_areas([held.area for held in scope.held if held.role == Role.DESK])
    )


def retake(row: Kept, *, scope: Scope, by: Person, at: datetime, area: str = "") -> Event:
    """Try once more, in another area if one is named. Raises `Refused`; then it stays, with the reason it has now."""
    code = area.strip() or row.area
    _require_desk(scope, row.area)
    if not Area.objects.open().filter(pk=code).exists():
        raise BadInput("unknown_area", _("There is no area %(code)s. Choose one of the list."), code=code[:30])
    _require_desk(scope, code)
    row.area = code
    try:
        with transaction.atomic():
            digest.digest_one(row, at)
            Kept.objects.filter(pk=row.pk).update(area=code)
            event = Event.objects.get(pk=row.pk)
            record("report.retaken", on=event, by=by, at=at)
            return event
    except Refused as refused:
        if refused.code != "moved_on":
            digest.give_reason(row, refused)
        raise


@transaction.atomic
def settle(row: Kept, *, scope: Scope, by: Person, at: datetime, number: str) -> Event:
    """It was entered by hand, as the matter of this number. Raises `BadInput`, `Refused`."""
    _require_desk(scope, row.area)
    event = Event.objects.visible_to(scope).filter(number=number.strip().replace("\0", "")).first()
    if event is None:
        raise BadInput(
            "no_such_number", _("You see no matter of this number. Enter the report first, then its number.")
        )
    reason = {"code": "by_hand", "words": _BY_HAND, "facts": {"number": event.number}}
    ours = Kept.objects.set_aside().filter(pk=row.pk)
    if not ours.update(state=KeptState.DIGESTED, digested_at=at, sealed_contact=b"", reason=reason):
        raise Refused("moved_on", _("Somebody was quicker. Refresh the page."))
    taking.wake_about([row])
    record("report.settled", on=event, by=by, at=at, kept=str(row.pk))
    return event


_BY_HAND = gettext_noop("It was entered by hand as %(number)s.")


def _require_desk(scope: Scope, area: str) -> None:
    if Role.DESK not in scope.roles_in(area):
        raise not_yours()
