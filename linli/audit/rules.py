"""What is a look and what an act, who sees how much of the journal, and what an auditor may ask. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage, outermost
from linli.people.rules import Role, Scope

#: Verbs by which somebody got to see what others do not, and changed nothing. All others are acts.
LOOKS = frozenset(
    {
        "event.contact_opened",
        "event.original_opened",
        "dispute.looked_at",
        "dispute.file_opened",
        "dispute.evidence_opened",
        "dispute.original_seen",
        "dispute.identity_seen",
        "dispute.identity_shown",
        "dispute.doubles_searched",
        "dispute.earlier_searched",
        "dispute.sound_heard",
        "dispute.exported",
        "request.copied",
        "emergency.looked",
        "journal.searched",
        "journal.exported",
        "journal.anchors_taken",
    }
)


class Sort(models.TextChoices):
    """Looks and acts apart."""

    LOOKS = "looks", _("Looks")
    ACTS = "acts", _("Acts")


@dataclass(frozen=True)
class Sight:
    """The part of the journal that somebody may read: areas, and whether also what belongs to no area."""

    areas: tuple[str, ...]
    of_no_area: bool


def sight_of(scope: Scope) -> Sight | None:
    """For an auditor the areas of their appointments, at the top of the areas also what belongs to none; None: no auditor."""
    codes = outermost(one.area for one in scope.held if one.role == Role.AUDITOR)
    if not codes:
        return None
    return Sight(tuple(codes), any(lineage(code)[0] == code for code in codes))


@dataclass(frozen=True)
class Asked:
    """One question. Empty parts ask nothing; days are of this home's zone, both included."""

    person: int | None = None
    verb: str = ""
    sort: str = ""
    #: The key of what it was done to, as the journal has it.
    key: str = ""
    area: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs it is narrowed to; none: not narrowed to any."""
        if self.verb:
            return (self.verb,)
        return tuple(sorted(LOOKS)) if self.sort == Sort.LOOKS else ()

    @property
    def facts(self) -> dict[str, Any]:
        """What is written down of the question: keys and codes."""
        named = {"person": self.person, "verb": self.verb, "sort": self.sort, "key": self.key, "under": self.area}
        days = {"first": self.first, "last": self.last}
        return {name: value for name, value in named.items() if value} | {
            name: value.isoformat() for name, value in days.items() if value
        }
