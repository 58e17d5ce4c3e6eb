"""“You have 3 unsent reports”: told to the holder of a phone that has kept something for a day.

A day after it began, and by day: what began in the evening is told of in the morning after the next. A queue is told of once,
and again a day after it has grown since. Nobody is asked to sign in.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from linli.intake.models import Device, DeviceQuerySet
from linli.journal.actions import record

SLICE = 200
#: Hours of the local day between which people are told.
_FROM, _UNTIL = 8, 20


def remind(at: datetime) -> bool:
    """Tell the holders of the next phones; whether there may be more."""
    if not _FROM <= timezone.localtime(at).hour < _UNTIL:
        return False
    waiting = list(_to_remind(at).select_related("person").order_by("pk")[:SLICE])
    for device in waiting:
        _tell(device, at)
    return len(waiting) >= SLICE


def _to_remind(at: datetime) -> DeviceQuerySet:
    phones = Device.objects.signed_in(timezone.localdate(at)).filter(waiting__gt=0, person__is_active=True)
    # What a phone told in the very moment it was told of may bring the former hour back: that is over.
    not_yet = Q(reminded_on__isnull=True) | Q(remind_at__date__gt=F("reminded_on"))
    return phones.filter(not_yet, remind_at__lte=at)


@transaction.atomic
def _tell(device: Device, at: datetime) -> None:
    """Once, whichever worker is the first, and not if it has sent everything meanwhile."""
    ours = _to_remind(at).filter(pk=device.pk, waiting=device.waiting)
    if ours.update(reminded_on=timezone.localdate(at), remind_at=None):
        record("device.reports_wait", on=device, by=None, at=at, tell=[device.person], waiting=device.waiting)
