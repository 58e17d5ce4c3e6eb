"""What a hot spot suggests, as words prepared for a step that people take: nothing happens by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from linli.events.actions.course import questions_of, standing_of
from linli.events.models import Category, Event
from linli.events.rules import row_of, steps_open
from linli.people.models import Person
from linli.people.rules import Scope

#: For so many matters it is asked whether the step is open: each asks anew who has a part in it.
OFFERED = 12


@dataclass(frozen=True)
class Suggestion:
    """The step that is suggested, and the words for it."""

    step: str
    title: str
    text: str

    @property
    def is_mediation(self) -> bool:
        """Early mediation; else a joint inspection."""
        return self.step == "to_mediation"


def is_for_mediation(category: Category | None) -> bool:
    """Disputes are talked over; all else is looked at on the spot."""
    return category is not None and category.for_mediation


def for_rise(category: Category | None, area: str, observed: int, expected: float, days: int) -> Suggestion:
    """Of a category that rises."""
    told = {
        "area": area,
        "category": str(category) if category else _("Not classified"),
        "observed": observed,
        "expected": f"{expected:.1f}",
        "days": days,
    }
    if is_for_mediation(category):
        words = _(
            "In %(area)s, %(observed)s matters of “%(category)s” were reported in %(days)s days, where %(expected)s were "
            "expected. Offer mediation early, before they grow."
        )
        return Suggestion("to_mediation", _("Early mediation"), words % told)
    words = _(
        "In %(area)s, %(observed)s matters of “%(category)s” were reported in %(days)s days, where %(expected)s were "
        "expected. Look for their common cause together on the spot."
    )
    return Suggestion("whistle", _("Joint inspection"), words % told)


def for_return(category: Category | None, numbers: list[str]) -> Suggestion:
    """Of a place that comes back, or of a matter that was reopened."""
    told = {"category": str(category) if category else _("Not classified"), "numbers": "、".join(numbers)}
    if is_for_mediation(category):
        words = _("“%(category)s” was taken up again after it had been closed: %(numbers)s. Offer mediation early.")
        return Suggestion("to_mediation", _("Early mediation"), words % told)
    words = _(
        "“%(category)s” came back at this spot after it had been closed: %(numbers)s. Look for the cause together on the "
        "spot, and say what will keep it from coming back."
    )
    return Suggestion("whistle", _("Joint inspection"), words % told)


def for_cluster(category: Category | None, numbers: list[str]) -> Suggestion:
    """Of reports that are perhaps of one matter."""
    told = {"category": str(category) if category else _("Not classified"), "numbers": "、".join(numbers)}
    words = _(
        "These reports of “%(category)s” perhaps tell of one matter: %(numbers)s. See to it together once, and answer all "
        "of them."
    )
    return Suggestion("whistle", _("Joint inspection"), words % told)


def offered(events: Iterable[Event], step: str, by: Person, scope: Scope, at: datetime) -> list[Event]:
    """Those of the matters on which this person may take the step now."""
    found: list[Any] = []
    in_state = (event for event in events if row_of(step, event.state) is not None)
    for event in islice(in_state, OFFERED):
        standing = standing_of(event, by, at, scope)
        if step in steps_open(event.state, standing, questions=questions_of(event)):
            found.append(event)
    return found
