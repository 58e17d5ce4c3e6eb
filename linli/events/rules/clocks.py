"""The clocks of a matter: what each measures, what it counts in, and for which reasons it may stand still.

The chain of promises follows domain rules of city management and of the Beijing hotline rules (接诉即办工作条例 2021): accept,
dispatch, sign for, handle, verify; beside them the answer to an objection and the arrival after a whistle.
"""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockKind(models.TextChoices):
    """What has to be done before it runs out."""

    ACCEPT = "accept", _("To accept")
    DISPATCH = "dispatch", _("To dispatch")
    SIGN = "sign", _("To sign for")
    HANDLE = "handle", _("To handle")
    VERIFY = "verify", _("To verify")
    ANSWER = "answer", _("To answer the objection")
    ARRIVE = "arrive", _("To be on the spot")


#: The promise to the reporter, which the queue is ordered by: `Event.due_at` says the same.
PROMISES = frozenset({ClockKind.ACCEPT, ClockKind.HANDLE})


class Unit(models.TextChoices):
    """What a limit is counted in."""

    WORKING_DAYS = "working_days", _("working days")
    NATURAL_DAYS = "natural_days", _("natural days")
    SHIFT_HOURS = "shift_hours", _("working hours")
    HOURS = "hours", _("hours by the clock")
    #: Agreed as a moment: an extension that was granted, a time named in a whistle.
    MOMENT = "moment", _("a fixed moment")


class PauseReason(models.TextChoices):
    """The reasons for which a clock may stand still: this list and no other."""

    SUPPLEMENT = "supplement", _("Waiting for details from the reporter")
    OBJECTION = "objection", _("Waiting for the answer to an objection")
    DEFERRAL = "deferral", _("Deferred until a day of review")
    #: Words of the desk say which: weather, court order, material on its way.
    HINDRANCE = "hindrance", _("Held up by something nobody here can change")


#: So much of a limit has gone by when it is due soon.
DUE_SOON_AFTER = 0.75


def due_soon_at(from_at: datetime, due_at: datetime) -> datetime:
    """From when on a clock is called due soon."""
    return from_at + (due_at - from_at) * DUE_SOON_AFTER
