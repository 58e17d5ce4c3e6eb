"""The figures of the stages between report and close: valid, filed, dispatched, handled; and what left the course apart."""

from django.utils.translation import gettext_lazy as _

from linli.statistics.rules.figures import REOPENED_ANEW, Cohort, Figure

_APART = _("Counted apart: it stays among those reported and improves no rate.")
_AT_THE_GRID = _("Matters handled at the grid, and those brought in from other systems, which no department was sent.")

OF_STAGES: tuple[Figure, ...] = (
    Figure(
        "valid",
        Cohort.REPORTED,
        _("Valid"),
        _("Of those reported: neither turned away nor voided nor merged as a duplicate."),
        _("Rejected, voided, taken back by the reporter, merged; each is counted apart."),
    ),
    Figure(
        "turned_away",
        Cohort.REPORTED,
        _("Reported and turned away"),
        _("Of those reported: not accepted."),
        note=_APART,
    ),
    Figure(
        "withdrawn",
        Cohort.REPORTED,
        _("Reported and voided"),
        _("Of those reported: voided by a desk, or taken back by the reporter."),
        note=_APART,
    ),
    Figure(
        "duplicate",
        Cohort.REPORTED,
        _("Reported and merged"),
        _("Of those reported: merged into another as the same matter."),
        note=_APART,
    ),
    Figure(
        "passed_on",
        Cohort.REPORTED,
        _("Reported and passed on"),
        _("Of those reported: referred elsewhere, or gone to mediation."),
        note=_APART,
    ),
    Figure(
        "filed",
        Cohort.REPORTED,
        _("Filed"),
        _("Of those accepted: sent to a department at least once, or solved."),
        _("Accepted matters that wait to be dispatched, and those that ended otherwise before that."),
    ),
    Figure(
        "sent",
        Cohort.REPORTED,
        _("Sent to a department"),
        _("Of those reported: sent to a department, and what a department gave back."),
        note=_("A matter that was reopened counts again once it is sent again."),
    ),
    Figure(
        "ended_once",
        Cohort.REPORTED,
        _("Ended at least once"),
        _("Of those reported: ended, or reopened after they had ended."),
    ),
    Figure(
        "to_dispatch",
        Cohort.TO_DISPATCH,
        _("To be dispatched"),
        _("The last limit to dispatch fell inside the period and has passed, whatever became of the matter."),
        _(
            "Matters dispatched in the same act by which they were accepted, and clocks that stood still before their limit."
        ),
    ),
    Figure(
        "dispatched_in_time",
        Cohort.TO_DISPATCH,
        _("Dispatched in time"),
        _("Of those to be dispatched: sent to a department no later than that limit."),
    ),
    Figure(
        "to_handle",
        Cohort.DUE,
        _("To be handled"),
        _("Of those due: sent to a department."),
        _AT_THE_GRID,
        REOPENED_ANEW,
    ),
    Figure(
        "handled",
        Cohort.DUE,
        _("Handled"),
        _("Of those to be handled: the result was submitted until now, and not sent back."),
        note=REOPENED_ANEW,
    ),
    Figure(
        "handled_in_time",
        Cohort.DUE,
        _("Handled in time"),
        _("Of those to be handled: the result that stands was submitted no later than the limit."),
        note=REOPENED_ANEW,
    ),
    Figure(
        "unhandled",
        Cohort.DUE,
        _("Overdue and not handled"),
        _("Of those to be handled: open still, and no result submitted."),
        note=REOPENED_ANEW,
    ),
    Figure(
        "handle_extended",
        Cohort.DUE,
        _("Handled under an extension"),
        _("Of those to be handled: their limit had been extended at least once."),
        note=REOPENED_ANEW,
    ),
    Figure(
        "due_reworked",
        Cohort.DUE,
        _("Due and reworked"),
        _("Of those due: sent back at least once by the verifier because it was not done."),
    ),
)
