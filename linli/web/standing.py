"""Where a matter stands in the words of its reporter: what it is, who has it, what comes next, what is promised."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.events import offices, story
from linli.events.models import Event
from linli.events.rules import State

#: Plain words by state, and what comes next.
_PLAIN: dict[str, tuple[Any, Any]] = {
    State.REPORTED: (_("Your report has arrived."), _("It is checked and taken on, or you are told why not.")),
    State.CHECKING: (_("Somebody is checking it on the spot."), _("It is taken on, or you are told why not.")),
    State.SUPPLEMENT_ASKED: (_("We need details from you."), _("Add them below; then it goes on.")),
    State.ACCEPTED: (_("It has been accepted."), _("The desk sends it to the department that handles it.")),
    State.DISPATCHED: (_("It has been sent to a department."), _("The department signs for it and begins.")),
    State.OBJECTED: (_("It is being settled which department is responsible."), _("The desk decides.")),
    State.SIGNED_FOR: (_("A department has taken it on."), _("It is handled.")),
    State.HANDLING: (_("It is being handled."), _("The department submits its result.")),
    State.DEFERRED: (
        _("It cannot be solved now and waits for a day of review."),
        _("It is looked at again on that day."),
    ),
    State.RESULT_SUBMITTED: (_("The department says it is done."), _("Somebody else checks it on the spot.")),
    State.VERIFIED: (_("It has been checked: it is done."), _("The desk closes it.")),
    State.CLOSED: (_("It is closed."), _("Tell us whether it is solved.")),
    State.SELF_HANDLED: (_("It was handled on the spot."), _("Tell us whether it is solved.")),
    State.REJECTED: (_("It was not accepted."), _("Below you read why, and where you can turn.")),
    State.VOIDED: (_("It was voided."), _("Below you read why.")),
    State.REFERRED_OUT: (_("It was referred elsewhere."), _("Below you read where, and what you can do.")),
    State.IN_MEDIATION: (_("It has gone to the mediators."), _("They get in touch with those concerned.")),
    State.MERGED: (
        _("It goes on together with another report of the same matter."),
        _("What is done for that one is done for yours."),
    ),
}
#: Voided by nobody but themselves.
_TAKEN_BACK = (_("You took it back."), _("If it is a matter after all, report it anew."))
#: The stations of the line at the head of the page.
STATIONS = (
    (_("Reported"), frozenset({State.REPORTED, State.CHECKING, State.SUPPLEMENT_ASKED})),
    (_("Accepted"), frozenset({State.ACCEPTED, State.OBJECTED})),
    (_("Being handled"), frozenset({State.DISPATCHED, State.SIGNED_FOR, State.HANDLING, State.DEFERRED})),
    (_("Being verified"), frozenset({State.RESULT_SUBMITTED, State.VERIFIED})),
    (_("Closed"), frozenset({State.CLOSED, State.SELF_HANDLED})),
)


@dataclass(frozen=True)
class Standing:
    """What the reporter is told. `station` is 0 to 4, None for an end that is no closing."""

    words: str
    next_words: str
    who: str
    promised_at: datetime | None
    is_provisional: bool
    is_late: bool
    station: int | None


def of(event: Event, at: datetime) -> Standing:
    """Where it stands now; a merged matter stands where the one it was merged into does."""
    leading = story.leading(event)
    words, following = _TAKEN_BACK if event.taken_back_at else _PLAIN[event.state]
    station = next((number for number, (_label, states) in enumerate(STATIONS) if leading.state in states), None)
    promised = leading.due_at if leading.is_open and leading.paused_at is None else None
    return Standing(
        words=str(words),
        next_words=str(following),
        who=offices.who_has(leading),
        promised_at=promised,
        is_provisional=leading.due_is_provisional,
        is_late=promised is not None and promised < at,
        station=station,
    )
