"""What each figure of a ledger counts, as data: pages and files print these words beside the numbers.

Each figure belongs to a cohort, which says by which date a dispute falls into a period. What ends otherwise stays in the
denominators: withdrawing, ending or not going on can improve no rate. Formulas after docs/glossary.md (结案率, 调解成功率,
案结事了率); nothing is counted by person, and nothing is put in an order by what it counts.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cohort(models.TextChoices):
    """By which of its dates a dispute falls into the period."""

    REGISTERED = "registered", _("Disputes registered in the period")
    ACCEPTED = "accepted", _("Disputes accepted for mediation in the period, whenever they were registered")
    CONCLUDED = "concluded", _("Mediations concluded in the period, whenever they were accepted")
    SETTLED = "settled", _("Disputes whose first agreement came into force in the period")
    DUE = "due", _("Promises that fell due in the period and whose day has passed")
    CALLED = "called", _("Disputes of which another unit called the parties back in the period")
    NOW = "now", _("Disputes open at this moment, whenever they were registered")


DISPUTES, PROMISES = _("disputes"), _("promises")
AS_THEY_STAND = _("The disputes of this home, as they stand now")
_LAW = _("People's Mediation Law, arts. 17 to 33; the disputes of this home, as they stand now")
_COURT = _("People's Mediation Law, art. 33; the disputes of this home, as they stand now")
_CALLS = _("Call-backs by another unit, drawn by lot; a result says something of the papers, nothing of a person")

#: A mediation should not last longer: usual practice, and the rule of several provinces.
USUAL_DAYS = 30
#: How long an agreement is watched.
WATCHED = (90, 180)


@dataclass(frozen=True)
class Figure:
    """A count: of what, and what is left out. All words are translated when they are read."""

    code: str
    cohort: Cohort
    name: Any
    formula: Any
    left_out: Any = ""
    note: Any = ""
    unit: Any = DISPUTES
    source: Any = AS_THEY_STAND


_R, _A, _C, _S, _D, _B, _N = (
    Cohort.REGISTERED,
    Cohort.ACCEPTED,
    Cohort.CONCLUDED,
    Cohort.SETTLED,
    Cohort.DUE,
    Cohort.CALLED,
    Cohort.NOW,
)
_EACH_STEP = _("Each step counts those registered in the period that have come so far until now.")
NOT_YET = _("Those whose days are not over yet.")
NOT_SEEN = _("An action in court of which nobody told the committee is not seen here.")
WORDS_WATCHED = {
    90: (
        _("90 days over"),
        _("Not reopened within 90 days"),
        _("Performed, and 90 days are over since the agreement came into force"),
        _("Performed, 90 days are over, and not reopened within them"),
        _("Settled 90 days ago or more"),
        _("Kept for 90 days"),
        _("Of those settled in the period: 90 days are over since the first agreement came into force."),
        _("Of those settled 90 days ago or more: not reopened within the 90 days."),
        _("Kept for 90 days / settled 90 days ago or more"),
        _("Durability after 90 days"),
    ),
    180: (
        _("180 days over"),
        _("Not reopened within 180 days"),
        _("Performed, and 180 days are over since the agreement came into force"),
        _("Performed, 180 days are over, and not reopened within them"),
        _("Settled 180 days ago or more"),
        _("Kept for 180 days"),
        _("Of those settled in the period: 180 days are over since the first agreement came into force."),
        _("Of those settled 180 days ago or more: not reopened within the 180 days."),
        _("Kept for 180 days / settled 180 days ago or more"),
        _("Durability after 180 days"),
    ),
}


def _watched(days: int) -> tuple[Figure, ...]:
    """The four figures of so many days: in the funnel how many could be held and were, and the same of all settled."""
    over, held, over_means, held_means, settled, kept, settled_means, kept_means, _formula, _name = WORDS_WATCHED[days]
    return (
        Figure(f"over_{days}", _R, over, over_means, NOT_YET, _EACH_STEP),
        Figure(f"held_{days}", _R, held, held_means, NOT_YET, NOT_SEEN),
        Figure(f"settled_{days}", _S, settled, settled_means, NOT_YET),
        Figure(f"kept_{days}", _S, kept, kept_means, NOT_YET, NOT_SEEN),
    )


FIGURES: tuple[Figure, ...] = (
    Figure("registered", _R, _("Registered"), _("All disputes registered in the period, through every door.")),
    Figure(
        "screened_in",
        _R,
        _("Screened in"),
        _("Of those registered: found fit for mediation by law, and the sides were asked."),
        _(
            "Those not screened yet, and those left to a court, another authority or the police. "
            "Whoever then refused, or could not be found, stays among them."
        ),
        _EACH_STEP,
        source=_LAW,
    ),
    Figure(
        "engaged",
        _R,
        _("All sides engaged"),
        _("Of those registered: all sides agreed, and the dispute was accepted."),
        note=_EACH_STEP,
        source=_LAW,
    ),
    Figure(
        "heard",
        _R,
        _("A session held"),
        _("Of those registered: at least one session was held."),
        _("Sessions planned or cancelled."),
        _EACH_STEP,
    ),
    Figure(
        "agreed",
        _R,
        _("Agreement in force, once"),
        _("Of those registered: an agreement came into force, whatever became of it."),
        note=_EACH_STEP,
        source=_LAW,
    ),
    Figure(
        "performed",
        _R,
        _("All performed"),
        _("Of those with an agreement: nothing of the one in force is outstanding; waived promises count as done."),
        _("Agreements of which anything is owed, claimed without being confirmed, or was not performed."),
        _EACH_STEP,
    ),
    *_watched(90)[:2],
    *_watched(180)[:2],
    Figure(
        "accepted",
        _A,
        _("Accepted"),
        _("All sides agreed, and the dispute got its case number in the period."),
        _("What was not accepted or withdrawn before; it is shown apart."),
        source=_LAW,
    ),
    Figure(
        "closed",
        _A,
        _("Closed until now"),
        _(
            "Of those accepted: ended with one of the recorded outcomes (closed after an agreement, failed, withdrawn, over)."
        ),
        _("Those with an agreement in force that is not closed yet, and those reopened."),
        _("Closed is not settled: the settlement rate and durability stand beside it."),
        source=_LAW,
    ),
    Figure(
        "not_accepted",
        _R,
        _("Mediation not accepted"),
        _("Of those registered: not accepted, with the reason and the ways told."),
        note=_("Counted apart: no part of what was closed."),
        source=_LAW,
    ),
    Figure(
        "concluded",
        _C,
        _("Concluded"),
        _("The mediation was over in the period: settled, failed, withdrawn or terminated."),
        _("Those reopened since, and what ended before it was accepted."),
    ),
    Figure(
        "settled",
        _C,
        _("Settled by agreement"),
        _("Of those concluded: with an agreement in force."),
        _("Settled among themselves and withdrawn: no agreement was made here."),
        source=_LAW,
    ),
    Figure(
        "failed",
        _C,
        _("Without an agreement"),
        _("Of those concluded: failed, withdrawn or terminated."),
        note=_("Counted apart: part of what was closed, no part of what was settled."),
    ),
    Figure(
        "within_30",
        _C,
        _("Concluded within 30 days"),
        _("Of those concluded: no more than 30 days of 24 hours after acceptance."),
        note=_("Whether an extension was agreed makes no difference here."),
        source=_("Usual practice of people's mediation; several provinces say one month"),
    ),
    Figure(
        "agreements",
        _S,
        _("First agreement in the period"),
        _("The first agreement of the dispute came into force in the period, whatever became of it."),
        source=_LAW,
    ),
    *_watched(90)[2:],
    *_watched(180)[2:],
    Figure(
        "confirmable",
        _S,
        _("Agreements a court may confirm"),
        _("Of those settled in the period: of a kind that a court may confirm."),
        _("Marriage and family: a court confirms nothing there as a whole."),
        source=_COURT,
    ),
    Figure(
        "applied",
        _S,
        _("Applied for confirmation"),
        _("Of those a court may confirm: both sides applied together."),
        source=_COURT,
    ),
    Figure(
        "applied_in_time",
        _S,
        _("Applied within 30 days"),
        _("Of those that applied: no later than the last day of the term."),
        source=_COURT,
    ),
    Figure("confirmed", _S, _("Confirmed by ruling"), _("Of those that applied: confirmed by ruling."), source=_COURT),
    Figure(
        "due",
        _D,
        _("Promises due"),
        _("Of agreements in force: what was to be done by a day of the period, or on the day it came into force."),
        _("Promises of agreements that a later one replaced, and promises to leave something be: those have no day."),
        _("Waived promises stay among those due and are shown apart."),
        PROMISES,
    ),
    Figure(
        "done_in_time",
        _D,
        _("Performed by the day"),
        _("Of those due: performed, and shown by the end of the day it was due."),
        note=_("By when it was said and shown to be done, not by when the other side confirmed it."),
        unit=PROMISES,
    ),
    Figure("done_late", _D, _("Performed late"), _("Of those due: performed after the day."), unit=PROMISES),
    Figure("waived", _D, _("Waived"), _("Of those due: waived by whom it was owed to."), unit=PROMISES),
    Figure(
        "not_done",
        _D,
        _("Not performed"),
        _("Of those due: owed, or said to be done and not confirmed, until now."),
        unit=PROMISES,
    ),
    Figure(
        "called",
        _B,
        _("Called back"),
        _("Drawn by lot, and the parties were called by another unit in the period."),
        _("Call-backs that nobody has made yet."),
        source=_CALLS,
    ),
    Figure(
        "verified",
        _B,
        _("Verified by call-back"),
        _("Of those called back: the parties confirmed what the file says."),
        source=_CALLS,
    ),
    Figure(
        "not_verified",
        _B,
        _("Not verified"),
        _("Of those called back: what the parties said does not fit the file."),
        source=_CALLS,
    ),
    Figure(
        "unreached",
        _B,
        _("Nobody reached"),
        _("Of those called back: nobody could be reached."),
        note=_("Neither verified nor the contrary: it stays among those called back."),
        source=_CALLS,
    ),
    Figure("open", _N, _("Open now"), _("Not ended at this moment. The period makes no difference.")),
    Figure(
        "in_mediation",
        _N,
        _("In mediation now"),
        _("Of those open now: accepted or in mediation, so that the term runs."),
    ),
    Figure("overdue", _N, _("Term over now"), _("Of those open now: the term to answer or to mediate has passed.")),
)
BY_CODE: dict[str, Figure] = {figure.code: figure for figure in FIGURES}

#: Which figure counts a part of which other: what is kept back of one may be reckoned from both.
PART_OF: dict[str, str] = {
    "screened_in": "registered",
    "engaged": "screened_in",
    "heard": "engaged",
    "agreed": "engaged",
    "performed": "agreed",
    "over_90": "performed",
    "held_90": "over_90",
    "over_180": "performed",
    "held_180": "over_180",
    "not_accepted": "registered",
    "closed": "accepted",
    **dict.fromkeys(("settled", "failed", "within_30"), "concluded"),
    "settled_90": "agreements",
    "kept_90": "settled_90",
    "settled_180": "agreements",
    "kept_180": "settled_180",
    "confirmable": "agreements",
    "applied": "confirmable",
    "applied_in_time": "applied",
    "confirmed": "applied",
    **dict.fromkeys(("done_in_time", "done_late", "waived", "not_done"), "due"),
    **dict.fromkeys(("verified", "not_verified", "unreached"), "called"),
    **dict.fromkeys(("in_mediation", "overdue"), "open"),
}
#: Those that together are all of another.
WHOLES: dict[str, tuple[str, ...]] = {
    "concluded": ("settled", "failed"),
    "due": ("done_in_time", "done_late", "waived", "not_done"),
    "called": ("verified", "not_verified", "unreached"),
}

#: From the first word to what holds: each with the figure that is its denominator, where not all could come so far yet.
FUNNEL: tuple[tuple[str, str], ...] = (
    ("registered", ""),
    ("screened_in", ""),
    ("engaged", ""),
    ("heard", ""),
    ("agreed", ""),
    ("performed", ""),
    ("held_90", "over_90"),
    ("held_180", "over_180"),
)
