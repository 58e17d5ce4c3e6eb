"""The parts of a joint handling: one lead, named co-handlers, each with a state of its own; and the acts on a part.

The lead's part follows the event. What a department called to the spot does there stands in the same table.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules.course import moved_on
from linli.people.rules import not_yours


class PartState(models.TextChoices):
    """Where a department's part stands."""

    #: Named now, called later: no clock runs.
    RESERVED = "reserved", _("Reserved for later")
    ASKED = "asked", _("Asked to handle")
    #: The department says its part is not its own, and waits for the answer.
    OBJECTED = "objected", _("Objected to")
    SIGNED_FOR = "signed_for", _("Signed for")
    ANSWERED = "answered", _("Has answered")
    VERIFIED = "verified", _("Verified")
    #: The lead has recorded why it is not needed, or not waited for.
    DROPPED = "dropped", _("Not needed")


#: Nothing more is waited for.
PART_ENDED = frozenset({PartState.VERIFIED, PartState.DROPPED})
#: A result can be submitted and the matter closed only once none of its parts is here.
PART_OPEN = frozenset(PartState) - PART_ENDED
#: Their departments do not see the matter yet.
PART_UNSEEN = frozenset({PartState.RESERVED})
#: Their departments take part. Whoever is not waited for reads on, and does nothing more.
PART_ACTING = frozenset(PartState) - PART_UNSEEN - {PartState.DROPPED}


class By(StrEnum):
    """Who acts on a part of a co-handler."""

    #: An officer of the part's department, or of the co-handler it is under.
    OWN = "own"
    ABOVE = "above"
    LEAD = "lead"
    DESK = "desk"
    #: Whoever may verify the matter, and had no hand in it.
    CHECKER = "checker"
    #: Whoever answers the objection that waits: the coordinator if one is named, else whoever holds the part.
    ANSWERER = "answerer"
    #: Whoever blew the whistle the department was called by.
    WHISTLER = "whistler"


@dataclass(frozen=True)
class PartStep:
    """One row: this act leads a co-handler's part from these states to that one (None: it stays), and these may do it."""

    name: str
    sources: frozenset[PartState]
    target: PartState | None
    by: frozenset[By]
    #: Only while the department is called to the spot and has not come.
    when_called: bool = False
    #: Only while more time is asked for (True), or is not (False); None: either way.
    when_asked: bool | None = None


P = PartState
HOLDING = frozenset({By.LEAD, By.ABOVE, By.DESK})
_WORKING = frozenset({P.ASKED, P.SIGNED_FOR})

PART_STEPS: tuple[PartStep, ...] = (
    PartStep("call_in", frozenset({P.RESERVED}), P.ASKED, HOLDING),
    PartStep("object_part", frozenset({P.ASKED}), P.OBJECTED, frozenset({By.OWN})),
    PartStep("uphold_part", frozenset({P.OBJECTED}), P.DROPPED, frozenset({By.ANSWERER})),
    PartStep("dismiss_part", frozenset({P.OBJECTED}), P.ASKED, frozenset({By.ANSWERER})),
    PartStep("answer_part", frozenset({P.ASKED, P.SIGNED_FOR}), P.ANSWERED, frozenset({By.OWN})),
    PartStep("send_back_part", frozenset({P.ANSWERED}), P.SIGNED_FOR, HOLDING | {By.CHECKER}),
    PartStep("verify_part", frozenset({P.ANSWERED}), P.VERIFIED, frozenset({By.CHECKER})),
    PartStep("drop_part", frozenset({P.RESERVED, P.ASKED, P.SIGNED_FOR, P.ANSWERED}), P.DROPPED, HOLDING),
    PartStep("ask_part_extension", _WORKING, None, frozenset({By.OWN}), when_asked=False),
    PartStep("extend_part", _WORKING, None, frozenset({By.LEAD, By.DESK}), when_asked=True),
    PartStep("refuse_part_extension", _WORKING, None, frozenset({By.LEAD, By.DESK}), when_asked=True),
    PartStep("arrive", frozenset(P) - {P.RESERVED}, None, frozenset({By.OWN, By.WHISTLER}), when_called=True),
    PartStep("excuse", frozenset(P) - {P.RESERVED}, None, frozenset({By.OWN, By.WHISTLER}), when_called=True),
)


def part_steps_open(
    state: str, standing: Collection[By], *, leads: bool, called: bool, asked: bool = False
) -> list[str]:
    """The acts somebody may take on a part now, in the order of the table. `asked`: for more time, not answered yet."""
    return [row.name for row in PART_STEPS if _allows(row, state, standing, leads, called, asked)]


def require_part_step(
    name: str, state: str, standing: Collection[By], *, leads: bool, called: bool, asked: bool = False
) -> PartStep:
    """The row that allows the act. Raises `Refused` (state) or `NotYours`."""
    row = next(row for row in PART_STEPS if row.name == name)
    if state not in row.sources or (leads and not row.when_called) or (row.when_called and not called):
        raise moved_on()
    if row.when_asked is not None and row.when_asked != asked:
        raise moved_on()
    if not row.by & set(standing):
        raise not_yours()
    return row


def _allows(row: PartStep, state: str, standing: Collection[By], leads: bool, called: bool, asked: bool) -> bool:
    if row.when_asked is not None and row.when_asked != asked:
        return False
    fits = state in row.sources and not (leads and not row.when_called) and (called or not row.when_called)
    return fits and bool(row.by & set(standing))
