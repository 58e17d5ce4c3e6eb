"""How grave and how soon, and the limits that follow: to accept, to handle, and for every step between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules.clocks import ClockKind, Unit


class Severity(models.TextChoices):
    """How grave (突发事件应对法: four classes)."""

    GENERAL = "general", _("General")
    CONSIDERABLE = "considerable", _("Considerable")
    MAJOR = "major", _("Major")
    GRAVE = "grave", _("Grave")


class Urgency(models.TextChoices):
    """How soon."""

    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")
    IMMEDIATE = "immediate", _("Immediate")


@dataclass(frozen=True)
class Limit:
    """A time limit: exactly one of working days, hours by the clock, natural days, working hours of the office."""

    working_days: int | None = None
    hours: int | None = None
    natural_days: int | None = None
    shift_hours: int | None = None

    @property
    def unit(self) -> Unit:
        """What it counts in."""
        return next(unit for unit in _COUNTED if getattr(self, unit) is not None)

    @property
    def amount(self) -> int:
        """How many of its unit."""
        return int(getattr(self, self.unit))


_COUNTED = (Unit.WORKING_DAYS, Unit.HOURS, Unit.NATURAL_DAYS, Unit.SHIFT_HOURS)

#: The fields a category may have its limit in, each with what it counts; and the largest number each may have.
LIMIT_FIELDS: dict[str, Unit] = {
    "limit_working_days": Unit.WORKING_DAYS,
    "limit_hours": Unit.HOURS,
    "limit_natural_days": Unit.NATURAL_DAYS,
    "limit_shift_hours": Unit.SHIFT_HOURS,
}
LARGEST_LIMIT: dict[str, int] = {
    Unit.WORKING_DAYS: 366,
    Unit.HOURS: 8784,
    Unit.NATURAL_DAYS: 366,
    Unit.SHIFT_HOURS: 2000,
}


#: To take on or turn away a report.
ACCEPT_WITHIN: dict[str, Limit] = {
    Urgency.NORMAL: Limit(working_days=1),
    Urgency.URGENT: Limit(hours=4),
    Urgency.IMMEDIATE: Limit(hours=1),
}
#: Severity and urgency tighten what the category allows (colour grades 2 h, 24 h, 72 h of local practice); never loosen.
_CAPS: dict[tuple[str, str], Limit] = {
    (Severity.GENERAL, Urgency.URGENT): Limit(hours=72),
    (Severity.GENERAL, Urgency.IMMEDIATE): Limit(hours=24),
    (Severity.CONSIDERABLE, Urgency.URGENT): Limit(hours=24),
    (Severity.CONSIDERABLE, Urgency.IMMEDIATE): Limit(hours=12),
    (Severity.MAJOR, Urgency.NORMAL): Limit(hours=72),
    (Severity.MAJOR, Urgency.URGENT): Limit(hours=24),
    (Severity.MAJOR, Urgency.IMMEDIATE): Limit(hours=2),
    (Severity.GRAVE, Urgency.NORMAL): Limit(hours=24),
    (Severity.GRAVE, Urgency.URGENT): Limit(hours=2),
    (Severity.GRAVE, Urgency.IMMEDIATE): Limit(hours=2),
}

#: The steps between the promises, by urgency. Working hours where the office may wait for its opening, hours by the clock
#: where nobody may.
STEP_LIMITS: dict[str, dict[str, Limit]] = {
    ClockKind.ACCEPT: ACCEPT_WITHIN,
    ClockKind.DISPATCH: {
        Urgency.NORMAL: Limit(shift_hours=4),
        Urgency.URGENT: Limit(hours=2),
        Urgency.IMMEDIATE: Limit(hours=1),
    },
    ClockKind.SIGN: {
        Urgency.NORMAL: Limit(shift_hours=4),
        Urgency.URGENT: Limit(hours=2),
        Urgency.IMMEDIATE: Limit(hours=1),
    },
    ClockKind.VERIFY: {
        Urgency.NORMAL: Limit(working_days=2),
        Urgency.URGENT: Limit(working_days=1),
        Urgency.IMMEDIATE: Limit(hours=12),
    },
    ClockKind.ANSWER: {
        Urgency.NORMAL: Limit(working_days=1),
        Urgency.URGENT: Limit(hours=4),
        Urgency.IMMEDIATE: Limit(hours=1),
    },
    ClockKind.ARRIVE: {
        Urgency.NORMAL: Limit(shift_hours=4),
        Urgency.URGENT: Limit(hours=2),
        Urgency.IMMEDIATE: Limit(hours=1),
    },
}
#: A grave matter is never slower than this, whatever urgency it was given.
_AT_LEAST: dict[str, str] = {Severity.MAJOR: Urgency.URGENT, Severity.GRAVE: Urgency.IMMEDIATE}
_SLOWEST_FIRST: tuple[str, ...] = (Urgency.NORMAL, Urgency.URGENT, Urgency.IMMEDIATE)

#: A department's limit is no shorter than this share of what the promise leaves, unless a reason is given for all to read:
#: limits that shrink at every level are what cadres complain of most (层层加码).
LAWFUL_SHARE = 0.5

#: Waiting for details from the reporter ends by itself.
SUPPLEMENT_WITHIN = Limit(working_days=5)


def limit_for(category: Limit, severity: str, urgency: str) -> list[Limit]:
    """The limits that bind together (the earliest counts): the category's, and the cap of severity × urgency."""
    cap = _CAPS.get((severity, urgency))
    return [category] if cap is None else [category, cap]


def pace_of(severity: str, urgency: str) -> str:
    """The urgency by which a step is counted: as it was given, or sooner for a grave matter."""
    return max(urgency, _AT_LEAST.get(severity, Urgency.NORMAL), key=_SLOWEST_FIRST.index)


#: What a county has set itself: by area code, clock and urgency.
OwnLimits = Mapping[tuple[str, str, str], Limit]


def step_limit(kind: str, severity: str, urgency: str, own: OwnLimits, areas: Sequence[str]) -> Limit:
    """How long a step may take that is no promise of its category: to dispatch, sign for, verify, answer, arrive."""
    return own_limit(kind, pace_of(severity, urgency), own, areas)


def own_limit(kind: str, urgency: str, own: OwnLimits, areas: Sequence[str]) -> Limit:
    """The limit nearest to the matter. `areas`: the codes it lies in, from the top down; none of them: as linli comes."""
    codes = reversed(areas)
    return next(
        (own[code, kind, urgency] for code in codes if (code, kind, urgency) in own), STEP_LIMITS[kind][urgency]
    )


#: A resident may say "not solved" this long after closing.
REOPEN_WITHIN = timedelta(days=30)
