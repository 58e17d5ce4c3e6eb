"""The course of a dispute: one table of steps that draws the buttons, checks the act and is walked by the tests.

Sources: 人民调解法 (2010) arts. 17-33, 人民法院在线调解规则 (2022); the field's terms are in docs/glossary.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import NotYours, Refused


class State(models.TextChoices):
    """Where a dispute stands."""

    REGISTERED = "registered", _("To be screened")
    OFFERED = "offered", _("Sides are asked")
    ACCEPTED = "accepted", _("Accepted for mediation")
    MEDIATING = "mediating", _("In mediation")
    SETTLED = "settled", _("Agreement in force")
    NOT_ACCEPTED = "not_accepted", _("Mediation not accepted")
    FAILED = "failed", _("Mediation failed")
    WITHDRAWN = "withdrawn", _("Mediation withdrawn")
    TERMINATED = "terminated", _("Mediation terminated")
    CLOSED = "closed", _("Dispute closed")


S = State
#: Ended: nobody here has to act. A settled dispute is not: what was promised is still to be done.
ENDED = frozenset({S.NOT_ACCEPTED, S.FAILED, S.WITHDRAWN, S.TERMINATED, S.CLOSED})
OPEN = frozenset(State) - ENDED
#: The mediation itself is over, with an agreement or without.
CONCLUDED = frozenset({S.SETTLED, S.FAILED, S.WITHDRAWN, S.TERMINATED, S.CLOSED})
#: The term of mediation runs.
IN_TERM = frozenset({S.ACCEPTED, S.MEDIATING})
BEFORE_MEDIATION = frozenset({S.REGISTERED, S.OFFERED, S.ACCEPTED})
#: Parties and their particulars may still change.
NOT_SETTLED = OPEN - {S.SETTLED}
#: There is or was a mediation whose papers are kept.
WITH_PAPERS = frozenset({S.MEDIATING, S.SETTLED, S.FAILED, S.WITHDRAWN, S.TERMINATED, S.CLOSED})


class To(StrEnum):
    """Targets that depend on the dispute: where it is, or as far as it had come before it ended."""

    SAME = "same"
    #: Mediating with a mediator in force, accepted if it was, else registered.
    REACHED = "reached"


class Who(models.TextChoices):
    """What somebody is to one dispute."""

    KEEPER = "keeper", _("Head of the committee")
    MEDIATOR = "mediator", _("Mediator of the dispute")
    #: Asked to take it on, and has not answered.
    ASKED = "asked", _("Mediator who was asked")
    PARTY = "party", _("Party")
    CLOCK = "clock", _("The clock")


@dataclass(frozen=True)
class Step:
    """One row: this act leads from these states to that one, and these may do it."""

    name: str
    sources: frozenset[State]
    target: State | To
    who: frozenset[Who]


def _step(name: str, sources: Iterable[State], target: State | To, *who: Who) -> Step:
    return Step(name, frozenset(sources), target, frozenset(who))


W = Who
_HERE = (W.KEEPER, W.MEDIATOR)

#: The course. The first row of a name that has the state wins.
STEPS: tuple[Step, ...] = (
    # screening and consent (arts. 17, 18, 25, 26)
    _step("offer", {S.REGISTERED}, S.OFFERED, W.KEEPER),
    _step("not_accept", {S.REGISTERED, S.OFFERED}, S.NOT_ACCEPTED, W.KEEPER),
    _step("accept", {S.OFFERED}, S.ACCEPTED, W.KEEPER),
    _step("note_consent", {S.REGISTERED, S.OFFERED}, To.SAME, W.KEEPER, W.PARTY),
    # What is agreed is looked after by another body where this one is closed.
    _step("hand_over", BEFORE_MEDIATION | {S.SETTLED}, To.SAME, W.KEEPER),
    _step("note_risk", OPEN, To.SAME, *_HERE),
    _step("end_risk", OPEN, To.SAME, *_HERE),
    _step("classify", NOT_SETTLED, To.SAME, *_HERE),
    # parties (arts. 19, 20, 23, 24)
    _step("add_party", NOT_SETTLED, To.SAME, *_HERE),
    _step("correct_party", OPEN, To.SAME, *_HERE),
    _step("remove_party", BEFORE_MEDIATION, To.SAME, W.KEEPER),
    _step("tell_rights", NOT_SETTLED, To.SAME, *_HERE, W.PARTY),
    _step("see_identity", OPEN, To.SAME, *_HERE),
    _step("give_link", OPEN, To.SAME, *_HERE),
    _step("note_try", OPEN, To.SAME, *_HERE),
    _step("note_messages", State, To.SAME, *_HERE, W.PARTY),
    _step("want_confirmation", OPEN, To.SAME, *_HERE, W.PARTY),
    _step("add_companion", NOT_SETTLED, To.SAME, *_HERE),
    # the mediator (art. 19)
    _step("propose", {S.ACCEPTED}, To.SAME, W.KEEPER),
    _step("choose", {S.ACCEPTED}, To.SAME, W.KEEPER, W.PARTY),
    _step("take_on", {S.ACCEPTED}, S.MEDIATING, W.ASKED),
    _step("decline", {S.ACCEPTED}, To.SAME, W.ASKED),
    _step("declare_interest", {S.ACCEPTED}, To.SAME, W.ASKED),
    _step("declare_interest", {S.MEDIATING}, S.ACCEPTED, W.MEDIATOR),
    _step("object_to_mediator", {S.ACCEPTED}, To.SAME, W.KEEPER, W.PARTY),
    _step("object_to_mediator", {S.MEDIATING}, S.ACCEPTED, W.KEEPER, W.PARTY),
    _step("give_back", {S.MEDIATING}, S.ACCEPTED, *_HERE),
    # sessions (arts. 20-23, 27)
    _step("plan_session", {S.MEDIATING}, To.SAME, W.MEDIATOR),
    _step("move_session", {S.MEDIATING}, To.SAME, W.MEDIATOR),
    _step("cancel_session", {S.MEDIATING}, To.SAME, W.MEDIATOR),
    _step("hold_session", {S.MEDIATING}, To.SAME, W.MEDIATOR),
    _step("write_record", WITH_PAPERS - {S.CLOSED}, To.SAME, W.MEDIATOR),
    _step("agree_to_record", WITH_PAPERS - {S.CLOSED}, To.SAME, W.MEDIATOR, W.PARTY),
    _step("keep_sound", WITH_PAPERS - {S.CLOSED}, To.SAME, W.MEDIATOR),
    _step("end_sound", State, To.SAME, *_HERE, W.PARTY, W.CLOCK),
    _step("write_note", {S.ACCEPTED} | WITH_PAPERS, To.SAME, W.MEDIATOR),
    _step("add_evidence", IN_TERM, To.SAME, *_HERE, W.PARTY),
    _step("see_original", IN_TERM, To.SAME, *_HERE),
    _step("take_stance", IN_TERM, To.SAME, *_HERE, W.PARTY),
    _step("extend", IN_TERM, To.SAME, *_HERE, W.PARTY),
    # the agreement and what comes of it (arts. 28-33)
    _step("draft_agreement", {S.MEDIATING}, To.SAME, W.MEDIATOR),
    _step("offer_agreement", {S.MEDIATING}, To.SAME, W.MEDIATOR),
    _step("sign", {S.MEDIATING}, To.SAME, W.MEDIATOR, W.PARTY),
    _step("stamp", {S.MEDIATING}, To.SAME, W.KEEPER),
    _step("settle", {S.MEDIATING}, S.SETTLED, *_HERE, W.PARTY),
    # The committee urges performance (art. 31), also when its mediator has left.
    _step("claim_performed", {S.SETTLED}, To.SAME, *_HERE, W.PARTY),
    _step("confirm_performed", {S.SETTLED}, To.SAME, *_HERE, W.PARTY),
    _step("note_breach", {S.SETTLED}, To.SAME, *_HERE, W.PARTY, W.CLOCK),
    _step("waive", {S.SETTLED}, To.SAME, *_HERE, W.PARTY),
    # Whatever became of a dispute since: its agreement is in force, and the law's thirty days run (`actions.confirming`).
    _step("apply_confirmation", State, To.SAME, *_HERE, W.PARTY),
    _step("note_ruling", State, To.SAME, *_HERE),
    _step("visit", {S.SETTLED, S.CLOSED}, To.SAME, *_HERE),
    # the end (arts. 17, 23, 26)
    _step("fail", IN_TERM, S.FAILED, *_HERE),
    _step("withdraw", NOT_SETTLED, S.WITHDRAWN, *_HERE, W.PARTY),
    _step("terminate", IN_TERM, S.TERMINATED, *_HERE),
    _step("close", {S.SETTLED}, S.CLOSED, *_HERE),
    _step("reopen", ENDED | {S.SETTLED}, To.REACHED, *_HERE),
    _step("archive", ENDED, To.SAME, W.KEEPER),
    _step("export", WITH_PAPERS, To.SAME, *_HERE),
)

#: What would change a dossier that lies in the archive. What the law's days bring, and a consent taken back, stay open.
SHUT_IN_ARCHIVE = frozenset({"write_record", "agree_to_record", "keep_sound"})
STEP_NAMES: tuple[str, ...] = tuple(dict.fromkeys(step.name for step in STEPS))
#: By step and state; of two rows the first of the table counts.
_ROWS: dict[tuple[str, str], Step] = {(row.name, state): row for row in reversed(STEPS) for state in row.sources}


def row_of(name: str, state: str) -> Step | None:
    """The row of this step that starts in this state; None if there is none."""
    return _ROWS.get((name, state))


def steps_open(state: str, who: Iterable[Who], *, is_archived: bool = False) -> list[str]:
    """The steps that these may take now, in the order of the table."""
    mine, shut = frozenset(who), SHUT_IN_ARCHIVE if is_archived else frozenset()
    return [name for name in STEP_NAMES if name not in shut and (row := row_of(name, state)) and row.who & mine]


def require(name: str, state: str, who: Iterable[Who]) -> Step:
    """The row that allows the step. Raises `Refused` (state) or `NotYours`."""
    row = row_of(name, state)
    if row is None:
        raise moved_on()
    if not row.who & frozenset(who):
        raise not_yours()
    return row


def moved_on() -> Refused:
    """The dispute is no longer as it was when it was looked at."""
    return Refused("moved_on", _("This dispute has moved on. Refresh the page, then see what is open now."))


def archived() -> Refused:
    """The dossier was laid in the archive."""
    return Refused("archived", _("This dossier is in the archive: nothing is changed in it any more."))


def not_yours() -> NotYours:
    """Neither its committee nor its mediator, nor the party whose act it is."""
    return NotYours("not_yours", _("This act is not yours in this dispute. Ask the committee that has it."))
