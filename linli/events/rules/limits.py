"""How grave and how soon, and the limits that follow: to accept, to handle."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    """A time limit in working days or in hours by the clock: exactly one of them."""

    working_days: int | None = None
    hours: int | None = None


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


def limit_for(category: Limit, severity: str, urgency: str) -> list[Limit]:
    """The limits that bind together (the earliest counts): the category's, and the cap of severity × urgency."""
    cap = _CAPS.get((severity, urgency))
    return [category] if cap is None else [category, cap]


#: A resident may say "not solved" this long after closing.
REOPEN_WITHIN = timedelta(days=30)
