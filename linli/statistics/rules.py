"""What each figure means, as data: the page prints these words beside the numbers (docs/decisions/0004).

A figure is a count of matters, and its number is a link to just those. Each belongs to a cohort, which says by which of
a matter's times it falls into a period. What leaves by another exit than closing stays in the denominators, so that
voiding, rejecting, referring or merging can improve no rate. Formulas after the indicators of city and grid management
(应结案、按期结案率、结案率); the cautions are docs/decisions/0004's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules import ENDED, SOLVED, State


class Cohort(models.TextChoices):
    """By which of its times a matter falls into the period."""

    REPORTED = "reported", _("Matters reported in the period")
    DUE = "due", _("Matters whose limit fell inside the period and has passed, whenever they were reported")
    ENDED = "ended", _("Matters that ended in the period, whenever they were reported")
    CLOSED = "closed", _("Matters closed in the period at least once, whatever came after")
    NOW = "now", _("Matters open at this moment, whenever they were reported")
    INSPECTED = (
        "inspected",
        _("Matters drawn by lot that were looked at again in the period, whenever they were closed"),
    )


#: Ended, but not solved: counted apart, each by itself.
OTHERWISE = ENDED - SOLVED
#: Below this many a percentage says more than is known.
TOO_FEW = 20

MATTERS, _PERCENT, _DAYS = _("matters"), _("percent"), _("days")
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


@dataclass(frozen=True)
class Rate:
    """One figure as a share of another, in percent; both are printed beside it."""

    code: str
    name: Any
    numerator: str
    denominator: str
    formula: Any
    left_out: Any = ""
    note: Any = ""
    unit: Any = _PERCENT
    source: Any = AS_THEY_STAND


_REOPENED_ANEW = _("A reopened matter counts by its present limit.")
_ONE_OF_MANY = _("A lot stands for many, not for one: it says something of an area, nothing of those who worked on it.")
_UNANSWERED = _("Who did not answer is unknown, never satisfied. A reopened matter is asked anew.")

_AS_CLOSED = _("Every other end; each is counted apart.")

FIGURES: tuple[Figure, ...] = (
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
        _REOPENED_ANEW,
    ),
    Figure(
        "in_time",
        Cohort.DUE,
        _("Closed in time"),
        _("Of those due: closed, or handled at the grid, no later than their limit."),
        note=_REOPENED_ANEW,
    ),
    Figure(
        "late",
        Cohort.DUE,
        _("Closed late"),
        _("Of those due: closed, or handled at the grid, after their limit and until now."),
        note=_REOPENED_ANEW,
    ),
    Figure(
        "due_closed",
        Cohort.DUE,
        _("Closed of those due"),
        _("Of those due: closed, or handled at the grid, until now; in time or late."),
        note=_REOPENED_ANEW,
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
    Figure("satisfied", Cohort.ENDED, _("Satisfied"), _("Of those who answered: satisfied."), note=_UNANSWERED),
    Figure(
        "partly", Cohort.ENDED, _("Partly satisfied"), _("Of those who answered: partly satisfied."), note=_UNANSWERED
    ),
    Figure(
        "not_satisfied", Cohort.ENDED, _("Not satisfied"), _("Of those who answered: not satisfied."), note=_UNANSWERED
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
        _ONE_OF_MANY,
    ),
    Figure(
        "lot_held",
        Cohort.INSPECTED,
        _("Held"),
        _("Of those looked at again in the period: the closing held every time."),
        note=_ONE_OF_MANY,
    ),
    Figure(
        "lot_not_held",
        Cohort.INSPECTED,
        _("Did not hold"),
        _(
            "Of those looked at again in the period: it did not hold, and was taken up again, whatever became of it since."
        ),
        note=_ONE_OF_MANY,
    ),
    Figure(
        "lot_not_seen",
        Cohort.INSPECTED,
        _("Could not be looked at"),
        _("Drawn by lot, but could not be seen on the spot in the period."),
        note=_("Counted apart: no part of what was looked at."),
    ),
)
BY_CODE: dict[str, Figure] = {figure.code: figure for figure in FIGURES}

_COUNTS_AGAINST = _("A reopened matter counts against its closing, however soon it is closed again.")

RATES: tuple[Rate, ...] = (
    Rate(
        "on_time",
        _("On-time rate"),
        "in_time",
        "due",
        _("Closed in time / due"),
        _("Nothing: what ended otherwise stays among those due."),
    ),
    Rate(
        "closing",
        _("Closing rate"),
        "due_closed",
        "due",
        _("Closed / due, in time or late, until now"),
        _("Nothing: what ended otherwise stays among those due."),
    ),
    Rate("satisfaction", _("Satisfaction"), "satisfied", "answered", _("Satisfied / answered"), note=_UNANSWERED),
    Rate(
        "holding",
        _("Closings that held"),
        "held",
        "closings",
        _("Closings that held / closed at least once"),
        note=_COUNTS_AGAINST,
    ),
    Rate(
        "held_on_time",
        _("In time, and it held"),
        "held_in_time",
        "closings",
        _("Closed in time, and it held / closed at least once"),
        note=_COUNTS_AGAINST,
    ),
    Rate("response", _("Response"), "answered", "closed", _("Answered / closed in the period")),
    Rate(
        "lots_holding",
        _("Share that held"),
        "lot_held",
        "lots_looked_at",
        _("Held / looked at again"),
        _("Those that could not be seen."),
        _ONE_OF_MANY,
    ),
)


@dataclass(frozen=True)
class Days:
    """A quantile of the days a figure's matters took, from report to end."""

    code: str
    name: Any
    share: float
    formula: Any
    of: str = "closed"
    unit: Any = _DAYS


DAYS: tuple[Days, ...] = (
    Days(
        "median",
        _("Median"),
        0.5,
        _(
            "Half of those closed in the period took no longer, from report to last end; a day is 24 hours by the clock."
        ),
    ),
    Days(
        "ninetieth", _("Nine of ten within"), 0.9, _("Nine of ten closed in the period took no longer, reckoned alike.")
    ),
)


def percent(numerator: int, denominator: int) -> float | None:
    """The share in percent with one decimal, rounded down so that only all is 100; None below `TOO_FEW`."""
    return None if denominator < TOO_FEW else 1000 * numerator // denominator / 10


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest-rank quantile of ordered values: the smallest one that so large a share does not exceed. None of none."""
    if not ordered:
        return None
    return ordered[max(ceil(share * len(ordered)), 1) - 1]
