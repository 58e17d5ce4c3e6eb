"""The rates and the quantiles of days: each with what it is made of, where it comes from, and what stands beside it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.statistics.rules.figures import AS_THEY_STAND, ONE_OF_MANY, UNANSWERED

_PERCENT, _DAYS = _("percent"), _("days")
#: The names and formulas are those of the norm; where it leaves a denominator to the place, ours is said.
_NORM = _("Names and formulas after the indicators of digital city management (GB/T 30428.4, performance evaluation)")
_LOCAL = _("As the city of Chengdu, district Jinniu, reckons it for city management")
_HOTLINE = _("As the hotline 12345 of Beijing reckons it; the share that answered stands beside it")
_OURS = _("Of linli: no norm names it")


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
    #: Figures shown beside it, so that what ended otherwise is seen and improves nothing.
    apart: tuple[str, ...] = ()


_STAYS = _("Nothing: what was turned away, voided, merged or passed on stays among them and is shown apart.")
_EXITS = ("turned_away", "withdrawn", "duplicate", "passed_on")

STAGE_RATES: tuple[Rate, ...] = (
    Rate(
        "valid_reports",
        _("Valid-report rate"),
        "valid",
        "reported",
        _("Valid / reported"),
        _STAYS,
        source=_NORM,
        apart=_EXITS,
    ),
    Rate(
        "acceptance",
        _("Acceptance rate"),
        "accepted",
        "reported",
        _("Accepted / reported"),
        _STAYS,
        source=_NORM,
        apart=_EXITS,
    ),
    Rate(
        "filing",
        _("Filing rate"),
        "filed",
        "accepted",
        _("Filed / accepted"),
        _STAYS,
        _("The norm leaves the denominator to the place; here it is what was accepted."),
        source=_NORM,
        apart=_EXITS,
    ),
    Rate(
        "on_time_dispatch",
        _("On-time dispatch rate"),
        "dispatched_in_time",
        "to_dispatch",
        _("Dispatched in time / to be dispatched"),
        _("Nothing: what ended before it was dispatched stays among those to be dispatched."),
        source=_NORM,
    ),
    Rate(
        "handling",
        _("Handling rate"),
        "handled",
        "to_handle",
        _("Handled / to be handled"),
        _("Nothing: what ended otherwise stays among those to be handled."),
        source=_NORM,
        apart=("due_otherwise",),
    ),
    Rate(
        "on_time_handling",
        _("On-time handling rate"),
        "handled_in_time",
        "to_handle",
        _("Handled in time / to be handled"),
        _("Nothing: what ended otherwise stays among those to be handled."),
        source=_NORM,
        apart=("due_otherwise",),
    ),
    Rate(
        "rework",
        _("Rework rate"),
        "due_reworked",
        "due",
        _("Sent back at least once / due"),
        source=_LOCAL,
    ),
    Rate(
        "extension",
        _("Extension rate"),
        "handle_extended",
        "to_handle",
        _("Extended / to be handled"),
        source=_LOCAL,
    ),
    Rate(
        "overdue_backlog",
        _("Overdue backlog rate"),
        "unhandled",
        "to_handle",
        _("Overdue and not handled / to be handled"),
        _("What ended otherwise is no backlog any more: it stays among those to be handled and is shown apart."),
        source=_LOCAL,
        apart=("due_otherwise",),
    ),
    Rate(
        "reopening",
        _("Reopen rate"),
        "reopened",
        "ended_once",
        _("Reopened / ended at least once"),
        _("Of those reported in the period; what is reopened later still raises it."),
        source=_OURS,
    ),
    Rate(
        "bouncing",
        _("Bounce rate"),
        "bounced",
        "sent",
        _("Bounced / sent to a department"),
        _("Matters handled at the grid, which no department had."),
        source=_OURS,
    ),
)

_COUNTS_AGAINST = _("A reopened matter counts against its closing, however soon it is closed again.")

RATES: tuple[Rate, ...] = (
    Rate(
        "on_time",
        _("On-time rate"),
        "in_time",
        "due",
        _("Closed in time / due"),
        _("Nothing: what ended otherwise stays among those due."),
        source=_NORM,
        apart=("due_otherwise",),
    ),
    Rate(
        "closing",
        _("Closing rate"),
        "due_closed",
        "due",
        _("Closed / due, in time or late, until now"),
        _("Nothing: what ended otherwise stays among those due."),
        source=_NORM,
        apart=("due_otherwise",),
    ),
    *STAGE_RATES,
    Rate(
        "satisfaction",
        _("Satisfaction"),
        "satisfied",
        "answered",
        _("Satisfied / answered"),
        note=UNANSWERED,
        source=_HOTLINE,
        apart=("asked", "unknown", "no_answer"),
    ),
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
    Rate(
        "response",
        _("Response"),
        "answered",
        "closed",
        _("Answered / closed in the period"),
        source=_HOTLINE,
        apart=("no_answer",),
    ),
    Rate(
        "lots_holding",
        _("Share that held"),
        "lot_held",
        "lots_looked_at",
        _("Held / looked at again"),
        _("Those that could not be seen."),
        ONE_OF_MANY,
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
