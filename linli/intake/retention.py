"""What was sent is not kept for good: once it is a matter, only what tells a repeat from a new report stays."""

from datetime import datetime

from linli.holds.models import Hold
from linli.holds.rules import HeldKind
from linli.intake.models import Kept

#: Rows of one transaction.
SLICE = 200


def empty_sent(*, digested_before: datetime, at: datetime, most: int = SLICE) -> int:
    """Delete the content of reports that were taken in before this moment, at most so many; how many.

    Ids, hash and answer stay: whoever sends one of them again is answered as the first time. What is held stays whole.
    """
    due = Kept.objects.to_empty().filter(digested_at__lt=digested_before).order_by("digested_at")
    held = Hold.objects.keys_of(HeldKind.EVENT)
    keys = list((due.exclude(pk__in=held) if held else due).values_list("pk", flat=True)[:most])
    return Kept.objects.filter(pk__in=keys).update(content=b"", emptied_at=at) if keys else 0
