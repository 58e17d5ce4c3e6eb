"""What each figure means, as data: the page prints these words beside the numbers (docs/decisions/0004).

A figure is a count of matters, and its number is a link to just those. Each belongs to a cohort, which says by which of
a matter's times it falls into a period. What leaves by another exit than closing stays in the denominators, so that
voiding, rejecting, referring or merging can improve no rate. Formulas after the indicators of city and grid management
(应结案、按期结案率、结案率); the cautions are docs/decisions/0004's.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules import ENDED, SOLVED, State


class Cohort(models.TextChoices):
    """By which of its times a matter falls into the period."""

    REPORTED = "reported", _("Matters reported in the period")
    DUE = "due", _("Matters whose limit fell inside the period and has passed, whenever they were reported")
    TO_DISPATCH = (
        "to_dispatch",
        _("Matters whose limit to dispatch fell inside the period and has passed, whenever they were reported"),
    )
    ENDED = "ended", _("Matters that ended in the period, whenever they were reported")
    CLOSED = "closed", _("Matters closed in the period at least once, whatever came after")
    NOW = "now", _("Matters open at this moment, whenever they were reported")
    INSPECTED = (
        "inspected",
        _("Matters drawn by lot that were looked at again in the period, whenever they were closed"),
    )


#: Ended, but not solved: counted apart, each by itself.
OTHERWISE = ENDED - SOLVED

MATTERS = _("matters")
AS_THEY_STAND = _("The matters of this home, as they stand now")


@dataclass(frozen=True)
class Figure:
    """A count of matters: what is counted, and what is not. All words are translated when they are read."""

    code: str
    cohort: Cohort
    name: Any
    formula: Any
    left_out: Any = ""
    note: Any = ""
    unit: Any = MATTERS
    source: Any = AS_THEY_STAND


REOPENED_ANEW = _("A reopened matter counts by its present limit.")
ONE_OF_MANY = _("A lot stands for many, not for one: it says something of an area, nothing of those who worked on it.")
UNANSWERED = _("Who did not answer is unknown, never satisfied. A reopened matter is asked anew.")

_AS_CLOSED = _("Every other end; each is counted apart.")

OF_MATTERS: tuple[Figure, ...] = (
    Figure(
        "reported",
        Cohort.REPORTED,
        _("Reported"),
        _("All matters reported in the period, whatever became of them."),
    ),
    Figure(
        "accepted",
        Cohort.REPORTED,
        _("Accepted"),
        _("Of those reported: taken on, by acceptance or by handling at the grid."),
        _("Rejected reports, and those nobody has taken on yet."),
    ),
    Figure(
        "reopened",
        Cohort.REPORTED,
        _("Reopened"),
        _("Of those reported: taken up again at least once after they had ended."),
    ),
    Figure(
        "reworked",
        Cohort.REPORTED,
        _("Reworked"),
        _("Of those reported: sent back at least once by the verifier because it was not done."),
    ),
    Figure(
        "bounced",
        Cohort.REPORTED,
        _("Bounced"),
        _("Of those reported: objected to by a department or handed back to the desk at least once."),
    ),
    Figure(
        "bounced_again",
        Cohort.REPORTED,
        _("Bounced again"),
        _("Of those reported: objected to or handed back more than once."),
    ),
    Figure(
        "without_limit",
        Cohort.REPORTED,
        _("Without a limit"),
        _("Of those reported: no limit is known, so they are never due. Imported matters may be such."),
    ),
    Figure(
        "due",
        Cohort.DUE,
        _("Due"),
        _("The limit fell inside the period and has passed, whatever became of the matter."),
        _("Limits still to come, and clocks that stood still before their limit."),
        REOPENED_ANEW,
    ),
    Figure(
        "in_time",
        Cohort.DUE,
        _("Closed in time"),
        _("Of those due: closed, or handled at the grid, no later than their limit."),
        note=REOPENED_ANEW,
    ),
    Figure(
        "late",
        Cohort.DUE,
        _("Closed late"),
        _("Of those due: closed, or handled at the grid, after their limit and until now."),
        note=REOPENED_ANEW,
    ),
    Figure(
        "due_closed",
        Cohort.DUE,
        _("Closed of those due"),
        _("Of those due: closed, or handled at the grid, until now; in time or late."),
        note=REOPENED_ANEW,
    ),
    Figure(
        "due_open",
        Cohort.DUE,
        _("Due and still open"),
        _("Of those due: not ended until now."),
    ),
    Figure(
        "due_otherwise",
        Cohort.DUE,
        _("Due and ended otherwise"),
        _(
            "Of those due: not accepted, voided, referred elsewhere, gone to mediation or merged. "
            "They stay among those due, so that no rate is improved by them."
        ),
    ),
    Figure(
        "extended",
        Cohort.DUE,
        _("Due after an extension"),
        _("Of those due: their limit had been extended at least once."),
    ),
    Figure(
        "closed",
        Cohort.ENDED,
        _("Closed in the period"),
        _("Closed or handled at the grid in the period, and not reopened since."),
        _("Every other end; each is counted apart."),
    ),
    Figure(
        "closed_in_time",
        Cohort.ENDED,
        _("Closed in the period, in time"),
        _("Of those closed in the period: no later than their limit."),
        _("Matters without a limit."),
    ),
    *(
        Figure(
            state.value,
            Cohort.ENDED,
            state.label,
            _("Ended so in the period, and not reopened since."),
            note=_("Counted apart: no part of what was closed."),
        )
        for state in State
        if state in OTHERWISE
    ),
    Figure(
        "taken_back",
        Cohort.ENDED,
        _("Taken back by the reporter"),
        _("Taken back in the period by whoever reported them, before anybody had acted on them; not reopened since."),
        note=_("Counted apart: no part of what a desk voided."),
    ),
    Figure(
        "asked",
        Cohort.ENDED,
        _("Asked"),
        _("Of those closed in the period: the reporter was asked, or said so unasked, whether it is solved."),
    ),
    Figure(
        "answered",
        Cohort.ENDED,
        _("Answered"),
        _("Of those asked: gave an answer."),
        _("Those who could not be reached, and those who let the deadline pass."),
    ),
    Figure("satisfied", Cohort.ENDED, _("Satisfied"), _("Of those who answered: satisfied."), note=UNANSWERED),
    Figure(
        "partly", Cohort.ENDED, _("Partly satisfied"), _("Of those who answered: partly satisfied."), note=UNANSWERED
    ),
    Figure(
        "not_satisfied", Cohort.ENDED, _("Not satisfied"), _("Of those who answered: not satisfied."), note=UNANSWERED
    ),
    Figure(
        "unknown",
        Cohort.ENDED,
        _("Unknown"),
        _("Of those closed in the period: nobody has asked or answered yet, or the reporter could not be reached."),
    ),
    Figure(
        "no_answer",
        Cohort.ENDED,
        _("No answer by the deadline"),
        _("Of those asked: the reporter let the day pass. Counted apart, and never as satisfied."),
        note=_("A later answer takes its place for 30 days."),
    ),
    Figure(
        "closings",
        Cohort.CLOSED,
        _("Closed at least once"),
        _("Closed or handled at the grid in the period, also those that were reopened since."),
        _AS_CLOSED,
    ),
    Figure(
        "held",
        Cohort.CLOSED,
        _("Closings that held"),
        _("Of those closed at least once: no closing of the period has been reopened until now."),
    ),
    Figure(
        "held_in_time",
        Cohort.CLOSED,
        _("Closed in time, and it held"),
        _("Of the closings that held: no later than the limit."),
        _("Matters without a limit."),
    ),
    Figure(
        "fell",
        Cohort.CLOSED,
        _("Reopened after closing"),
        _("Of those closed at least once: a closing of the period was reopened, even if the matter was closed again."),
    ),
    Figure("open", Cohort.NOW, _("Open now"), _("Not ended at this moment. The period makes no difference.")),
    Figure(
        "overdue",
        Cohort.NOW,
        _("Overdue now"),
        _("Of those open now: the limit has passed and the clock runs. The period makes no difference."),
        _("Clocks that stand still."),
    ),
    Figure(
        "paused",
        Cohort.NOW,
        _("Paused now"),
        _(
            "Of those open now: the clock stands still, for details, for an answer to an objection, or until a day of review."
        ),
    ),
    Figure(
        "lots_looked_at",
        Cohort.INSPECTED,
        _("Looked at again"),
        _("Drawn by lot after they were closed, and seen on the spot in the period."),
        _("Those that could not be seen, and those nobody has looked at yet."),
        ONE_OF_MANY,
    ),
    Figure(
        "lot_held",
        Cohort.INSPECTED,
        _("Held"),
        _("Of those looked at again in the period: the closing held every time."),
        note=ONE_OF_MANY,
    ),
    Figure(
        "lot_not_held",
        Cohort.INSPECTED,
        _("Did not hold"),
        _(
            "Of those looked at again in the period: it did not hold, and was taken up again, whatever became of it since."
        ),
        note=ONE_OF_MANY,
    ),
    Figure(
        "lot_not_seen",
        Cohort.INSPECTED,
        _("Could not be looked at"),
        _("Drawn by lot, but could not be seen on the spot in the period."),
        note=_("Counted apart: no part of what was looked at."),
    ),
)
