"""The clocks of a matter: what each measures, what it counts in, and for which reasons it may stand still.

The chain of promises follows domain rules of city management and of the Beijing hotline rules (接诉即办工作条例 2021): accept,
dispatch, sign for, handle, verify; beside them the answer to an objection and the arrival after a whistle.
"""

from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules.course import WITH_DEPARTMENT, State
from linli.events.rules.parts import PartState


class ClockKind(models.TextChoices):
    """What has to be done before it runs out."""

    ACCEPT = "accept", _("Time to accept")
    DISPATCH = "dispatch", _("Time to dispatch")
    SIGN = "sign", _("Time to sign for")
    HANDLE = "handle", _("Time to handle")
    VERIFY = "verify", _("Time to verify")
    ANSWER = "answer", _("Time to answer the objection")
    ARRIVE = "arrive", _("Time to be on the spot")


#: The promise to the reporter, which the queue is ordered by: `Event.due_at` says the same.
PROMISES = frozenset({ClockKind.ACCEPT, ClockKind.HANDLE})

#: The clocks that run for a matter in each state, beside those of its parts. In a state that waits for somebody else those
#: of the state before stand still; what has ended has none.
CLOCK_OF_STATE: dict[str, frozenset[ClockKind]] = {
    State.REPORTED: frozenset({ClockKind.ACCEPT}),
    State.CHECKING: frozenset({ClockKind.ACCEPT}),
    State.ACCEPTED: frozenset({ClockKind.DISPATCH, ClockKind.HANDLE}),
    State.DISPATCHED: frozenset({ClockKind.HANDLE}),
    State.SIGNED_FOR: frozenset({ClockKind.HANDLE}),
    State.HANDLING: frozenset({ClockKind.HANDLE}),
    State.OBJECTED: frozenset({ClockKind.ANSWER}),
    State.RESULT_SUBMITTED: frozenset({ClockKind.VERIFY}),
    State.VERIFIED: frozenset({ClockKind.VERIFY}),
}
#: Whoever must answer an objection does not wait while everybody else waits for the answer.
NEVER_PAUSED = frozenset({ClockKind.ANSWER})


class Unit(models.TextChoices):
    """What a limit is counted in."""

    WORKING_DAYS = "working_days", _("working days")
    NATURAL_DAYS = "natural_days", _("natural days")
    SHIFT_HOURS = "shift_hours", _("working hours")
    HOURS = "hours", _("hours by the clock")
    #: Agreed as a moment: an extension that was granted, a time named in a whistle.
    MOMENT = "moment", _("a fixed moment")


class PauseReason(models.TextChoices):
    """The reasons for which a clock may stand still: this list and no other."""

    SUPPLEMENT = "supplement", _("Waiting for details from the reporter")
    OBJECTION = "objection", _("Waiting for the answer to an objection")
    DEFERRAL = "deferral", _("Deferred until a day of review")


#: Why the clocks stand still in a state that waits for somebody else.
PAUSE_OF_STATE: dict[str, PauseReason] = {
    State.SUPPLEMENT_ASKED: PauseReason.SUPPLEMENT,
    State.OBJECTED: PauseReason.OBJECTION,
    State.DEFERRED: PauseReason.DEFERRAL,
}

#: Why those of a co-handler's part stand still while the matter itself goes on.
PAUSE_OF_PART: dict[str, PauseReason] = {PartState.OBJECTED: PauseReason.OBJECTION}

#: So much of a limit has gone by when it is due soon.
DUE_SOON_AFTER = 0.75


def due_soon_at(from_at: datetime, due_at: datetime) -> datetime:
    """From when on a clock is called due soon."""
    # In UTC: between two moments of one zone Python counts by the wall clock, which jumps twice a year.
    from_at, due_at = from_at.astimezone(UTC), due_at.astimezone(UTC)
    return from_at + (due_at - from_at) * DUE_SOON_AFTER


def clocks_of(state: str, state_before: str) -> frozenset[ClockKind]:
    """The clocks a matter has in this state; of a state that waits, those that stand still."""
    own = CLOCK_OF_STATE.get(state, frozenset())
    if state not in PAUSE_OF_STATE:
        return own
    # Where it came from is not known of a matter that was brought in: then the promise stands still.
    return own | CLOCK_OF_STATE.get(state_before, frozenset({ClockKind.HANDLE}))


def why_paused(kind: str, state: str, part: str | None) -> PauseReason | None:
    """Why a clock stands still in the state of the event and of the part it belongs to (None: to none); None: it runs.

    The answer to a co-handler's objection waits as well while nobody can act on parts.
    """
    if kind in NEVER_PAUSED:
        return None if part is None else PAUSE_OF_STATE.get(state)
    return PAUSE_OF_STATE.get(state) or (PAUSE_OF_PART.get(part) if part is not None else None)


#: The clocks of a department's part in each of its states, while the matter is with departments.
CLOCK_OF_PART: dict[str, frozenset[ClockKind]] = {
    PartState.ASKED: frozenset({ClockKind.SIGN, ClockKind.HANDLE}),
    PartState.OBJECTED: frozenset({ClockKind.SIGN, ClockKind.HANDLE, ClockKind.ANSWER}),
    PartState.SIGNED_FOR: frozenset({ClockKind.HANDLE}),
}


def clocks_of_part(part: str, leads: bool, state: str, state_before: str) -> frozenset[ClockKind]:
    """The clocks of a part. The lead's time to handle is the promise itself, so its part has none of its own."""
    if (state_before if state in PAUSE_OF_STATE else state) not in WITH_DEPARTMENT:
        return frozenset()
    own = CLOCK_OF_PART.get(part, frozenset())
    return own - {ClockKind.HANDLE} if leads else own
