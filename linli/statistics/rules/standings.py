"""Where those reported stand while they are open: a figure for each state, so that no page need look at single matters."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.events.rules import OPEN, State
from linli.statistics.rules.figures import Cohort, Figure

_NAMES: dict[State, Any] = {
    State.REPORTED: _("Open: reported"),
    State.CHECKING: _("Open: being checked"),
    State.SUPPLEMENT_ASKED: _("Open: waiting for details"),
    State.ACCEPTED: _("Open: accepted"),
    State.DISPATCHED: _("Open: dispatched"),
    State.OBJECTED: _("Open: objected to"),
    State.SIGNED_FOR: _("Open: signed for"),
    State.HANDLING: _("Open: being handled"),
    State.DEFERRED: _("Open: deferred"),
    State.RESULT_SUBMITTED: _("Open: result submitted"),
    State.VERIFIED: _("Open: verified"),
}
#: State to the code of its figure, in the order of the course.
STANDING_AT: dict[State, str] = {state: f"stands_{state.value}" for state in State if state in OPEN}

OF_STANDINGS: tuple[Figure, ...] = tuple(
    Figure(code, Cohort.REPORTED, _NAMES[state], _("Of those reported: open, and in this state at this moment."))
    for state, code in STANDING_AT.items()
)
