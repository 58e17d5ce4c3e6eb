"""The demo county's briefing: one each month for its leader, and that of the month before."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from linli.areas.models import Area
from linli.briefing.actions import make_now, set_schedule, work
from linli.briefing.rules import Rhythm, whole
from linli.kit.papers import asking
from linli.people.models import Person


def make_briefing(county: Area, *, desk: Person, leader: Person, now: datetime) -> bool:
    """Only where both papers can be set; whether it was made."""
    if not asking.available():
        return False
    before = whole(Rhythm.MONTH, timezone.localdate(now)).before
    said: dict[str, Any] = {"rhythm": Rhythm.MONTH, "language": settings.LANGUAGE_CODE, "by": desk, "at": now}
    set_schedule(county, **said, office="", readers=[leader], since=before.last)
    make_now(county, **said, day=before.last)
    return work(now)
