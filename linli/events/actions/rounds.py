"""A matter goes round again: which parts end with the round, which answers stay, and who is still called to the spot."""

from datetime import datetime

from linli.events.models import Call, Event, Objection, Part
from linli.events.rules import PartState
from linli.people.models import Department


def end_parts(event: Event, *, but: Department, at: datetime) -> set[str]:
    """End the parts of a dispatch, for another one that `but` leads; the departments whose answer stays as it is."""
    done = [PartState.ANSWERED, PartState.VERIFIED]
    kept = Part.objects.filter(event=event, leads=False, state__in=done).exclude(department=but)
    answered = dict(kept.values_list("pk", "department"))
    # An answer below a part that ends must not end with it.
    Part.objects.filter(pk__in=answered).exclude(under__in=answered).update(under=None)
    Part.objects.filter(event=event).exclude(pk__in=answered).delete()
    Objection.objects.of_parts().filter(event=event).lapse(at)
    return set(answered.values())


def rejoin_calls(event: Event) -> None:
    """A department that is called to the spot and takes part again reports in for its new part."""
    for call in Call.objects.filter(whistle__event=event, whistle__ended_at__isnull=True, part__isnull=True):
        call.part = Part.objects.filter(event=event, department=call.department_id).first()
        call.save(update_fields=["part"])
