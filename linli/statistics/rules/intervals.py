"""How long each step took: the stretches of a matter's course between two of its times, of which medians are made."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.statistics.rules.figures import AS_THEY_STAND

_HOURS = _("hours begun")
_CLOSED = _(
    "Of those closed in the period: median and ninetieth percentile (nearest rank) of the hours begun, by the clock."
)
_OVERTAKEN = _("Matters without one of the two times, and steps that a later round has overtaken.")


@dataclass(frozen=True)
class Interval:
    """From one time of a matter to another, in whole hours, each begun one counted."""

    code: str
    name: Any
    begins: str
    ends: str
    formula: Any = _CLOSED
    left_out: Any = _OVERTAKEN
    unit: Any = _HOURS
    source: Any = AS_THEY_STAND


INTERVALS: tuple[Interval, ...] = (
    Interval("in_all", _("From report to end"), "reported_at", "ended_at"),
    Interval("until_accepted", _("From report to acceptance"), "reported_at", "accepted_at"),
    Interval("until_dispatched", _("From acceptance to dispatch"), "accepted_at", "dispatched_at"),
    Interval("until_handled", _("From dispatch to result"), "dispatched_at", "handled_at"),
    Interval("until_verified", _("From result to verification"), "handled_at", "verified_at"),
    Interval("until_closed", _("From verification to end"), "verified_at", "ended_at"),
)
