"""The course of an event: one table of steps that draws the buttons, checks the act and is walked by the tests.

States and steps follow the standard loop of city and grid management (report, accept, dispatch, handle, verify,
close), with its side ways; the field's terms are in docs/glossary.md.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import NotYours, Refused
from linli.people.rules import Role, not_yours


class State(models.TextChoices):
    """Where an event stands. Whole words; past participles where the field has them."""

    REPORTED = "reported", _("Reported")
    CHECKING = "checking", _("Being checked")
    SUPPLEMENT_ASKED = "supplement_asked", _("Waiting for details")
    ACCEPTED = "accepted", _("Accepted")
    DISPATCHED = "dispatched", _("Dispatched")
    OBJECTED = "objected", _("Objected to")
    SIGNED_FOR = "signed_for", _("Signed for")
    HANDLING = "handling", _("Being handled")
    DEFERRED = "deferred", _("Deferred")
    RESULT_SUBMITTED = "result_submitted", _("Result submitted")
    VERIFIED = "verified", _("Verified")
    CLOSED = "closed", _("Closed")
    SELF_HANDLED = "self_handled", _("Handled at the grid")
    REJECTED = "rejected", _("Not accepted")
    VOIDED = "voided", _("Voided")
    REFERRED_OUT = "referred_out", _("Referred elsewhere")
    IN_MEDIATION = "in_mediation", _("Gone to mediation")
    MERGED = "merged", _("Merged into another")


class To(StrEnum):
    """Targets that depend on the event: where it was before its pause, or where it is."""

    BACK = "back"
    SAME = "same"


#: Ended: nobody here has to act. Everything else is open.
ENDED = frozenset(
    {
        State.CLOSED,
        State.SELF_HANDLED,
        State.REJECTED,
        State.VOIDED,
        State.REFERRED_OUT,
        State.IN_MEDIATION,
        State.MERGED,
    }
)
OPEN = frozenset(State) - ENDED
#: Waiting for somebody else, so the clock stands still.
PAUSED = frozenset({State.SUPPLEMENT_ASKED, State.OBJECTED, State.DEFERRED})
#: With a department.
WITH_DEPARTMENT = frozenset({State.DISPATCHED, State.SIGNED_FOR, State.HANDLING})
#: Nobody has taken it on yet.
NEW = frozenset({State.REPORTED, State.CHECKING})
#: Ended in a way that answers for a promise: counted in the closing rate. The others are counted apart.
SOLVED = frozenset({State.CLOSED, State.SELF_HANDLED})

FIELD = frozenset({Role.GRID_WORKER, Role.CADRE})
CHECKERS = frozenset({Role.VERIFIER, Role.GRID_WORKER, Role.CADRE, Role.DESK})


@dataclass(frozen=True)
class Step:
    """One row: this act leads from these states to that one, and these roles may do it."""

    name: str
    sources: frozenset[State]
    target: State | To
    roles: frozenset[Role]
    #: Not for anyone who handled this event.
    independent: bool = False
    #: Of the departments, only for the lead.
    lead_only: bool = False


def _step(
    name: str,
    sources: Iterable[State],
    target: State | To,
    *roles: Role,
    independent: bool = False,
    lead_only: bool = False,
) -> Step:
    return Step(name, frozenset(sources), target, frozenset(roles), independent, lead_only)


S, R = State, Role
BEFORE_DISPATCH = NEW | {S.ACCEPTED}

#: The course. The first row of a name that has the state wins.
STEPS: tuple[Step, ...] = (
    _step("check_truth", {S.REPORTED, S.CHECKING}, S.REPORTED, *FIELD, R.VERIFIER),
    _step("accept", NEW, S.ACCEPTED, *FIELD, R.DESK),
    _step("reject", NEW, S.REJECTED, R.DESK),
    _step("ask_check", {S.REPORTED}, S.CHECKING, R.DESK, R.CADRE),
    _step("self_handle", BEFORE_DISPATCH, S.SELF_HANDLED, *FIELD),
    _step("dispatch", {S.ACCEPTED} | WITH_DEPARTMENT, S.DISPATCHED, R.DESK),
    _step("whistle", {S.ACCEPTED}, S.DISPATCHED, R.CADRE, R.DESK),
    _step("whistle", WITH_DEPARTMENT, To.SAME, R.CADRE, R.DESK),
    _step("end_whistle", OPEN - BEFORE_DISPATCH, To.SAME, R.CADRE, R.DESK),
    _step("add_part", WITH_DEPARTMENT, To.SAME, R.DESK, R.HANDLER),
    _step("sign_for", {S.DISPATCHED}, S.SIGNED_FOR, R.HANDLER),
    _step("sign_for", {S.SIGNED_FOR, S.HANDLING}, To.SAME, R.HANDLER),
    _step("object", {S.DISPATCHED}, S.OBJECTED, R.HANDLER, lead_only=True),
    _step("uphold_objection", {S.OBJECTED}, S.ACCEPTED, R.DESK),
    _step("dismiss_objection", {S.OBJECTED}, S.DISPATCHED, R.DESK),
    _step("settle", {S.OBJECTED}, S.DISPATCHED, R.LEADER),
    _step("handle", {S.SIGNED_FOR}, S.HANDLING, R.HANDLER),
    _step("hand_back", {S.SIGNED_FOR, S.HANDLING}, S.ACCEPTED, R.HANDLER, lead_only=True),
    _step("submit_result", {S.SIGNED_FOR, S.HANDLING}, S.RESULT_SUBMITTED, R.HANDLER, lead_only=True),
    _step("verify", {S.RESULT_SUBMITTED}, S.VERIFIED, *CHECKERS, independent=True),
    _step("rework", {S.RESULT_SUBMITTED}, S.HANDLING, *CHECKERS, independent=True),
    _step("close", {S.VERIFIED}, S.CLOSED, R.DESK),
    _step("follow_up", {S.CLOSED, S.SELF_HANDLED}, To.SAME, R.RESIDENT, R.DESK, R.VERIFIER, independent=True),
    _step("reinspect", SOLVED, To.SAME, R.VERIFIER, R.DESK, independent=True),
    _step("reopen", SOLVED, S.ACCEPTED, R.RESIDENT, R.DESK, R.VERIFIER),
    _step("reopen", {S.REJECTED, S.VOIDED, S.REFERRED_OUT, S.IN_MEDIATION}, S.REPORTED, R.DESK),
    _step("ask_supplement", BEFORE_DISPATCH, S.SUPPLEMENT_ASKED, *FIELD, R.DESK),
    _step("ask_supplement", {S.SIGNED_FOR, S.HANDLING}, S.SUPPLEMENT_ASKED, R.HANDLER, R.DESK),
    _step("supplement", {S.SUPPLEMENT_ASKED}, To.BACK, R.RESIDENT, *FIELD, R.DESK),
    _step("supplement", OPEN - {S.SUPPLEMENT_ASKED}, To.SAME, R.RESIDENT, *FIELD, R.DESK, R.HANDLER),
    _step("ask_extension", WITH_DEPARTMENT, To.SAME, R.HANDLER, lead_only=True),
    _step("extend", WITH_DEPARTMENT, To.SAME, R.DESK),
    _step("refuse_extension", WITH_DEPARTMENT, To.SAME, R.DESK),
    _step("defer", {S.ACCEPTED} | WITH_DEPARTMENT, S.DEFERRED, R.DESK),
    _step("resume", {S.DEFERRED}, To.BACK, R.DESK),
    _step("classify", OPEN, To.SAME, R.DESK),
    _step("move", BEFORE_DISPATCH, To.SAME, *FIELD, R.DESK),
    _step("void", NEW | {S.SUPPLEMENT_ASKED, S.ACCEPTED}, S.VOIDED, R.DESK),
    _step("refer_out", BEFORE_DISPATCH, S.REFERRED_OUT, *FIELD, R.DESK),
    _step("to_mediation", BEFORE_DISPATCH, S.IN_MEDIATION, R.CADRE, R.DESK),
    _step("remind", OPEN - PAUSED, To.SAME, R.DESK, R.LEADER),
    _step("supervise", OPEN, To.SAME, R.LEADER, R.DESK),
    _step("end_supervision", OPEN, To.SAME, R.LEADER, R.DESK),
    _step("escalate", OPEN, To.SAME, R.CADRE, R.DESK),
    _step("merge", OPEN - PAUSED, S.MERGED, R.DESK),
    _step("separate", {S.MERGED}, To.BACK, R.DESK),
    _step("split", BEFORE_DISPATCH, To.SAME, R.DESK),
)

#: Where somebody is asked who had no hand in it, and who may be.
INDEPENDENT_STATES: frozenset[State] = frozenset().union(*(step.sources for step in STEPS if step.independent))
INDEPENDENT_ROLES: frozenset[Role] = frozenset().union(*(step.roles for step in STEPS if step.independent))

STEP_NAMES: tuple[str, ...] = tuple(dict.fromkeys(step.name for step in STEPS))


class Question(StrEnum):
    """What may be open on an event beside its state."""

    EXTENSION = "extension"
    SUPERVISION = "supervision"
    #: Departments have been called to the spot.
    WHISTLE = "whistle"
    #: A matter bounced twice: a named coordinator settles whose it is.
    BOUNCED = "bounced"
    #: Drawn by lot, and not looked at yet.
    DRAWN = "drawn"


Q = Question
#: Steps that need such a question open, and steps that open it and so need it closed; with what is said otherwise.
NEEDS_OPEN: dict[str, tuple[Question, str, Any]] = {
    "extend": (Q.EXTENSION, "no_extension_asked", _("Nobody has asked for an extension.")),
    "refuse_extension": (Q.EXTENSION, "no_extension_asked", _("Nobody has asked for an extension.")),
    "end_whistle": (Q.WHISTLE, "no_whistle", _("Nobody is called to the spot.")),
    "settle": (Q.BOUNCED, "not_bounced", _("It has bounced once. The desk answers this objection.")),
    "reinspect": (Q.DRAWN, "not_drawn", _("This matter was not drawn, or somebody has looked at it already.")),
    "end_supervision": (Q.SUPERVISION, "not_supervised", _("Nobody supervises this matter.")),
}
NEEDS_CLOSED: dict[str, tuple[Question, str, Any]] = {
    "whistle": (Q.WHISTLE, "whistled_already", _("Departments are called already. End that call first.")),
    "ask_extension": (
        Q.EXTENSION,
        "extension_waits",
        _("An extension has been asked for already. The desk will answer it."),
    ),
    **dict.fromkeys(
        ("uphold_objection", "dismiss_objection"),
        (Q.BOUNCED, "bounced_twice", _("It has bounced twice. The coordinator settles which department takes it.")),
    ),
    "supervise": (Q.SUPERVISION, "supervised_already", _("It is supervised already. End that supervision first.")),
}


#: What is done towards showing a picture to everybody, and by whom in the area of its matter. More may hide than show.
RELEASING: dict[str, frozenset[Role]] = {
    "prepare_release": frozenset({R.DESK}),
    "cover": frozenset({R.DESK}),
    "confirm_release": frozenset({R.DESK}),
    "withdraw_release": frozenset({R.DESK, R.LEADER}),
}


def row_of(name: str, state: str) -> Step | None:
    """The row of this step that starts in this state; None if there is none."""
    return _ROWS.get((name, state))


#: By step and state; of two rows the first of the table counts.
_ROWS: dict[tuple[str, str], Step] = {(row.name, state): row for row in reversed(STEPS) for state in row.sources}


@dataclass(frozen=True)
class Standing:
    """What somebody is to one event: their roles there, and what they have done or lead."""

    roles: frozenset[Role]
    #: They had a hand in handling it.
    handled: bool = False
    #: They belong to a unit that handled it, where the county has another verify: its name; and who may verify instead.
    unit: str = ""
    instead: str = ""
    #: Their department leads, and it has signed (asked only of department officers).
    leads: bool = True
    signed: bool = False
    #: Steps that their role may take and they may not, with what is said to them.
    barred: Mapping[str, NotYours] = field(default_factory=dict)

    def may(self, row: Step) -> bool:
        """Whether this row is for them."""
        if (row.independent and (self.handled or self.unit)) or (row.name == "sign_for" and self.signed):
            return False
        if row.name in self.barred:
            return False
        return self._role_for(row)

    def _role_for(self, row: Step) -> bool:
        mine = row.roles & self.roles
        return bool(mine - {Role.HANDLER} if row.lead_only and not self.leads else mine)


def steps_open(state: str, standing: Standing, *, questions: Collection[str] = ()) -> list[str]:
    """The steps this person may take now, in the order of the table. `questions`: what is open beside the state."""
    rows = (row_of(name, state) for name in STEP_NAMES)
    return [row.name for row in rows if row and standing.may(row) and not _stands_against(row.name, questions)]


def require(name: str, state: str, standing: Standing, *, questions: Collection[str] = ()) -> Step:
    """The row that allows the step. Raises `Refused` (state) or `NotYours` (role, or handled it oneself)."""
    row = row_of(name, state)
    if row is None:
        raise moved_on()
    if row.independent and standing.handled and row.roles & standing.roles:
        raise NotYours("own_work", _("Whoever handled a matter does not verify it. Ask somebody else to check it."))
    if row.independent and standing.unit and row.roles & standing.roles:
        raise same_unit(standing)
    if name in standing.barred and row.roles & standing.roles:
        raise standing.barred[name]
    if not standing.may(row):
        raise not_yours()
    if refusal := _stands_against(name, questions):
        raise refusal
    return row


def same_unit(standing: Standing) -> NotYours:
    """Their unit handled it, and here another one verifies."""
    if not standing.instead:
        words = _(
            "%(unit)s handled this matter, and here another unit verifies. Nobody of another unit is there: "
            "ask the county desk to appoint a verifier."
        )
        return NotYours("same_unit", words, unit=standing.unit)
    words = _("%(unit)s handled this matter, and here another unit verifies. Ask one of these: %(who)s.")
    return NotYours("same_unit", words, unit=standing.unit, who=standing.instead)


def moved_on() -> Refused:
    """The matter is no longer as it was when it was looked at."""
    return Refused("moved_on", _("This matter has moved on. Refresh the page, then see what is open now."))


def require_releasing(name: str, standing: Standing) -> None:
    """Raises `NotYours` unless this act on a picture is theirs."""
    if not RELEASING[name] & standing.roles:
        raise not_yours()


def _stands_against(name: str, questions: Collection[str]) -> Refused | None:
    needs, forbids = NEEDS_OPEN.get(name), NEEDS_CLOSED.get(name)
    if needs and needs[0] not in questions:
        return Refused(needs[1], needs[2])
    if forbids and forbids[0] in questions:
        return Refused(forbids[1], forbids[2])
    return None


#: Who may open the original of a picture, with the place and time in its hidden data: the desk of the matter's area and the
#: officers of the departments that have a part in it. Whoever only sees the matter looks at the rendition.
OPENS_ORIGINALS = frozenset({R.DESK, R.HANDLER})


def may_open_originals(standing: Standing) -> bool:
    """Whether originals of this matter's pictures are for them."""
    return bool(standing.roles & OPENS_ORIGINALS)
