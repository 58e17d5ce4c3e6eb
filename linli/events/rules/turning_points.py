"""The turning points of a matter as its reporter is told of them: what happened, who has it now, by when, what if not.

One line an act, by its verb in the journal. The sentences name offices, never persons, and nothing of anybody's words.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Holder(StrEnum):
    """Who has the matter after a turning point."""

    #: The office whose desk has it: the township, or the county above it.
    DESK = "desk"
    #: The departments it was sent to.
    DEPARTMENTS = "departments"
    #: Waiting for whoever reported it.
    REPORTER = "reporter"
    #: Where it was before.
    SAME = "same"
    NOBODY = "nobody"


class Promise(StrEnum):
    """What is promised from then on."""

    #: The limit that runs.
    LIMIT = "limit"
    #: The day on which it is looked at again.
    REVIEW = "review"
    NONE = "none"


@dataclass(frozen=True)
class TurningPoint:
    """One line of the story. `if_not`: what follows if the promise is not kept, or if the reporter does not agree."""

    happened: Any
    holder: Holder
    promise: Promise = Promise.NONE
    if_not: Any = ""
    #: Kept for the reporter and sent to whoever left a way to be reached; else it is a line of the page alone.
    is_told: bool = True
    #: It changes nothing of who has it and what is promised.
    is_aside: bool = False


_SUPERVISED = _("If it is not done by then, a supervisor is named, and you read it here.")
_TAKEN_ON = _("If you have no answer by then, a supervisor is named, and you read it here.")
_ASKED_AGAIN = _("If it is not really done, it goes back to the department, and you read it here.")
_NOT_SOLVED = _("If it is not solved, say so on this page: for 30 days you may have it reopened.")
_DISAGREE = _("If you do not agree, call 12345 and name this number.")
_YOUR_TURN = _("Until you have answered, the clock stands still; a few words or a photo are enough.")
_ON_THAT_DAY = _("On that day it is looked at again, and you read here what comes of it.")
_LOOKED_AT = _("If nothing follows, write to us on this page.")

H, P = Holder, Promise


def _line(happened: Any, holder: Holder = H.SAME) -> TurningPoint:
    return TurningPoint(happened, holder, is_told=False, is_aside=True)


TURNING_POINTS: dict[str, TurningPoint] = {
    "event.reported": TurningPoint(_("Your report has arrived."), H.DESK, P.LIMIT, _TAKEN_ON, is_told=False),
    "event.imported": _line(_("Brought in from another system."), H.DESK),
    "event.check_asked": TurningPoint(
        _("Somebody has been asked to check it on the spot."), H.DESK, P.LIMIT, _TAKEN_ON
    ),
    "event.truth_checked": _line(_("Checked on the spot.")),
    "event.accepted": TurningPoint(_("It has been accepted."), H.DESK, P.LIMIT, _SUPERVISED),
    "event.rejected": TurningPoint(_("It was not accepted. You read why below."), H.NOBODY, if_not=_DISAGREE),
    "event.self_handled": TurningPoint(_("It was handled on the spot."), H.NOBODY, if_not=_NOT_SOLVED),
    "event.dispatched": TurningPoint(
        _("It has been sent to the department that handles it."), H.DEPARTMENTS, P.LIMIT, _SUPERVISED
    ),
    "event.part_added": _line(_("One more department handles it too.")),
    "event.part_answered": _line(_("One of the departments has done its part.")),
    "event.whistled": TurningPoint(
        _("The departments have been called to the spot."), H.DEPARTMENTS, P.LIMIT, _SUPERVISED
    ),
    "event.whistle_ended": _line(_("The departments have met on the spot.")),
    "event.signed_for": TurningPoint(_("The department has taken it on."), H.DEPARTMENTS, P.LIMIT, _SUPERVISED),
    "event.objected": TurningPoint(
        _("The department says that it is not responsible. The desk settles who is."), H.DESK, if_not=_LOOKED_AT
    ),
    "event.objection_upheld": TurningPoint(
        _("It is settled: another department is responsible."), H.DESK, P.LIMIT, _SUPERVISED
    ),
    "event.objection_dismissed": TurningPoint(
        _("It is settled: the department is responsible."), H.DEPARTMENTS, P.LIMIT, _SUPERVISED
    ),
    "event.objection_settled": TurningPoint(
        _("It is settled which department is responsible."), H.SAME, P.LIMIT, _SUPERVISED
    ),
    "event.handling_begun": TurningPoint(_("Handling has begun."), H.DEPARTMENTS, P.LIMIT, _SUPERVISED),
    "event.handed_back": TurningPoint(
        _("The department has handed it back; another is sought."), H.DESK, P.LIMIT, _SUPERVISED
    ),
    "event.result_submitted": TurningPoint(
        _("The department says that it is done. Somebody else checks it."), H.DESK, P.LIMIT, _ASKED_AGAIN
    ),
    "event.verified": TurningPoint(_("It has been checked: it is done."), H.DESK, P.LIMIT, _LOOKED_AT),
    "event.rework_asked": TurningPoint(
        _("It was checked and is not done yet; the department was asked again."), H.DEPARTMENTS, P.LIMIT, _SUPERVISED
    ),
    "event.closed": TurningPoint(_("It is closed. Please say whether it is solved."), H.NOBODY, if_not=_NOT_SOLVED),
    "event.followed_up": _line(_("You were asked whether it is solved.")),
    "event.reinspected": _line(_("It was drawn by lot, and somebody has looked at it again.")),
    "event.unanswered": _line(_("By the day you were asked for it, you had not said whether it is solved.")),
    "event.reopened": TurningPoint(_("It has been taken up again."), H.DESK, P.LIMIT, _SUPERVISED),
    "event.supplement_asked": TurningPoint(_("We need details from you."), H.REPORTER, if_not=_YOUR_TURN),
    "event.supplemented": _line(_("Details were added.")),
    "event.reporter_written_to": TurningPoint(
        _("There is a message for you."), H.NOBODY, if_not=_("You may answer on this page."), is_aside=True
    ),
    "event.extended": TurningPoint(
        _("More time is needed, and the desk has agreed to it."), H.DEPARTMENTS, P.LIMIT, _SUPERVISED
    ),
    "event.deferred": TurningPoint(
        _("It cannot be solved now and waits for a day of review."), H.SAME, P.REVIEW, _ON_THAT_DAY
    ),
    "event.resumed": TurningPoint(_("It was taken up again."), H.SAME, P.LIMIT, _SUPERVISED),
    "event.reminded": _line(_("Whoever has it was reminded of the limit.")),
    "event.supervised": TurningPoint(
        _("The limit was not kept. A supervisor has been named who sees to it."), H.SAME, P.LIMIT, _LOOKED_AT
    ),
    "event.supervision_ended": _line(_("The supervision has ended.")),
    "event.raised": TurningPoint(
        _("It was still not done, and has been handed up to the next level."), H.SAME, P.LIMIT, _LOOKED_AT
    ),
    "event.ran_on": TurningPoint(_("It has waited as long as it may, and goes on now."), H.SAME, P.LIMIT, _SUPERVISED),
    "event.voided": TurningPoint(_("It was voided. You read why below."), H.NOBODY, if_not=_DISAGREE),
    "event.taken_back": TurningPoint(_("You took it back."), H.NOBODY, is_told=False),
    "event.place_corrected": _line(_("The place was put right.")),
    "event.answered": _line(_("Questions about it were answered.")),
    "event.referred_out": TurningPoint(
        _("It belongs elsewhere. You read below where, and what you can do."), H.NOBODY, if_not=_DISAGREE
    ),
    "event.sent_to_mediation": TurningPoint(
        _("It has gone to the mediators, who get in touch with those concerned."), H.DESK, if_not=_LOOKED_AT
    ),
    "event.merged": TurningPoint(
        _("It goes on together with another report of the same matter."), H.SAME, P.LIMIT, _SUPERVISED
    ),
    "event.separated": TurningPoint(_("It goes on by itself again."), H.SAME, P.LIMIT, _SUPERVISED),
    "event.contact_withdrawn": _line(_("Your contact was deleted.")),
}
#: The same, of a matter that theirs goes with: there nothing is asked of whoever follows, and lines of the page stay away.
FOLLOWED: frozenset[str] = frozenset(
    verb for verb, point in TURNING_POINTS.items() if point.is_told and verb != "event.reporter_written_to"
)
