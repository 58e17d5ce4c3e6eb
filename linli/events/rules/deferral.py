"""Deferral 挂账: how long a matter may be parked, and what stands on the way to its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules.limits import Urgency
from linli.kit.refusal import BadInput

MOST_MILESTONES = 12
LONGEST_WHAT = 200
#: How often the desk may ask to look at it in between, in days.
REVIEW_EVERY = (7, 14, 30, 90)


class MilestoneState(models.TextChoices):
    """How far a milestone is."""

    WAITING = "waiting", _("Awaited")
    DONE = "done", _("It is done")
    MISSED = "missed", _("Missed")
    #: The deferral ended before its day.
    DROPPED = "dropped", _("No longer needed")


@dataclass(frozen=True)
class Planned:
    """A milestone as it is agreed: by when, what."""

    due_on: date
    what: str


#: How many days a matter may be deferred at most, and why no longer: by how soon it ought to be done.
LONGEST_DEFERRAL: dict[str, tuple[int, object]] = {
    Urgency.NORMAL: (
        366,
        _("What takes longer than a year belongs into a plan of works, and the reporter is told so."),
    ),
    Urgency.URGENT: (183, _("What is urgent does not wait longer than half a year.")),
    Urgency.IMMEDIATE: (60, _("What is immediate is made safe first; what is left of it does not wait two months.")),
}


def check_deferral(milestones: Sequence[Planned], today: date, pace: str) -> None:
    """Raises `BadInput` unless it has an end, within what its urgency allows, and its milestones follow one another."""
    longest, why = LONGEST_DEFERRAL[pace]
    if len(milestones) > MOST_MILESTONES:
        raise BadInput(
            "too_many_milestones", _("%(most)s milestones at most."), most=MOST_MILESTONES, field="milestones"
        )
    if not today < milestones[-1].due_on:
        raise BadInput("review_day", _("The end of the deferral lies after today."), field="review_on")
    if milestones[-1].due_on > today + timedelta(days=longest):
        raise BadInput(
            "deferred_too_long",
            _("It may be deferred for %(longest)s days at most. %(why)s"),
            longest=longest,
            why=why,
            field="review_on",
        )
    days = [today, *(one.due_on for one in milestones)]
    if any(later <= earlier for earlier, later in zip(days, days[1:], strict=False)):
        raise BadInput(
            "milestones_in_order",
            _("Milestones lie between today and the end of the deferral, one after the other."),
            field="milestones",
        )
