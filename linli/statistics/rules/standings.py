"""Where those reported stand while they are open: a figure for each state, so that no page need look at single matters."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from linli.events.rules import OPEN, State
from linli.statistics.rules.figures import Cohort, Figure

#: State to the code of its figure, in the order of the course.
STANDING_AT: dict[State, str] = {state: f"stands_{state.value}" for state in State if state in OPEN}

OF_STANDINGS: tuple[Figure, ...] = tuple(
    Figure(
        code,
        Cohort.REPORTED,
        format_lazy(_("Stands at “{state}”"), state=state.label),
        _("Of those reported: open, and in this state at this moment."),
    )
    for state, code in STANDING_AT.items()
)
