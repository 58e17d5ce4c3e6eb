"""The course of an event: one table of steps that draws the buttons, checks the act and is walked by the tests.

States and steps follow the standard loop of city and grid management (report, accept, dispatch, handle, verify,
close), with its side ways; the field's terms are in docs/glossary.md.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.rules import Role


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
    _step("sign_for", {S.DISPATCHED}, S.SIGNED_FOR, R.HANDLER),
    _step("sign_for", {S.SIGNED_FOR, S.HANDLING}, To.SAME, R.HANDLER),
    _step("object", {S.DISPATCHED}, S.OBJECTED, R.HANDLER, lead_only=True),
    _step("uphold_objection", {S.OBJECTED}, S.ACCEPTED, R.DESK),
    _step("dismiss_objection", {S.OBJECTED}, S.DISPATCHED, R.DESK),
    _step("handle", {S.SIGNED_FOR}, S.HANDLING, R.HANDLER),
    _step("hand_back", {S.SIGNED_FOR, S.HANDLING}, S.ACCEPTED, R.HANDLER, lead_only=True),
    _step("submit_result", {S.SIGNED_FOR, S.HANDLING}, S.RESULT_SUBMITTED, R.HANDLER, lead_only=True),
    _step("verify", {S.RESULT_SUBMITTED}, S.VERIFIED, *CHECKERS, independent=True),
    _step("rework", {S.RESULT_SUBMITTED}, S.HANDLING, *CHECKERS, independent=True),
    _step("close", {S.VERIFIED}, S.CLOSED, R.DESK),
    _step("follow_up", {S.CLOSED, S.SELF_HANDLED}, To.SAME, R.RESIDENT, R.DESK, R.VERIFIER, independent=True),
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
    _step("merge", OPEN - PAUSED, S.MERGED, R.DESK),
    _step("separate", {S.MERGED}, To.BACK, R.DESK),
    _step("split", BEFORE_DISPATCH, To.SAME, R.DESK),
)

STEP_NAMES: tuple[str, ...] = tuple(dict.fromkeys(step.name for step in STEPS))
#: Steps that need an open question on the event, beyond its state.
NEEDS_EXTENSION_ASKED = frozenset({"extend", "refuse_extension"})


#: What is done towards showing a picture to everybody, and by whom in the area of its matter. More may hide than show.
RELEASING: dict[str, frozenset[Role]] = {
    "prepare_release": frozenset({R.DESK}),
    "cover": frozenset({R.DESK}),
    "confirm_release": frozenset({R.DESK}),
    "withdraw_release": frozenset({R.DESK, R.LEADER}),
}


def row_of(name: str, state: str) -> Step | None:
    """The row of this step that starts in this state; None if there is none."""
    return next((step for step in STEPS if step.name == name and state in step.sources), None)


@dataclass(frozen=True)
class Standing:
    """What somebody is to one event: their roles there, and what they have done or lead."""

    roles: frozenset[Role]
    #: They had a hand in handling it.
    handled: bool = False
    #: Their department leads, and it has signed (asked only of department officers).
    leads: bool = True
    signed: bool = False

    def may(self, row: Step) -> bool:
        """Whether this row is for them."""
        if (row.independent and self.handled) or (row.name == "sign_for" and self.signed):
            return False
        return self._role_for(row)

    def _role_for(self, row: Step) -> bool:
        mine = row.roles & self.roles
        return bool(mine - {Role.HANDLER} if row.lead_only and not self.leads else mine)


def steps_open(state: str, standing: Standing, *, extension_asked: bool = False) -> list[str]:
    """The steps this person may take now, in the order of the table. `extension_asked`: one waits for an answer."""
    rows = (row_of(name, state) for name in STEP_NAMES)
    return [row.name for row in rows if row and standing.may(row) and not _question_open(row.name, extension_asked)]


def require(name: str, state: str, standing: Standing, *, extension_asked: bool = False) -> Step:
    """The row that allows the step. Raises `Refused` (state) or `NotYours` (role, or handled it oneself)."""
    row = row_of(name, state)
    if row is None:
        raise Refused("moved_on", _("This matter has moved on. Refresh the page, then see what is open now."))
    if row.independent and standing.handled and row.roles & standing.roles:
        raise NotYours("own_work", _("Whoever handled a matter does not verify it. Ask somebody else to check it."))
    if not standing.may(row):
        raise NotYours("not_yours", _("None of your appointments includes this act. Ask the desk that has the matter."))
    if refusal := _question_open(name, extension_asked):
        raise refusal
    return row


def require_releasing(name: str, standing: Standing) -> None:
    """Raises `NotYours` unless this act on a picture is theirs."""
    if not RELEASING[name] & standing.roles:
        raise NotYours("not_yours", _("None of your appointments includes this act. Ask the desk that has the matter."))


def _question_open(name: str, extension_asked: bool) -> Refused | None:
    if name in NEEDS_EXTENSION_ASKED and not extension_asked:
        return Refused("no_extension_asked", _("Nobody has asked for an extension."))
    if name == "ask_extension" and extension_asked:
        return Refused("extension_waits", _("An extension has been asked for already. The desk will answer it."))
    return None


#: Who may open the original of a picture, with the place and time in its hidden data: the desk of the matter's area and the
#: officers of the departments that have a part in it. Whoever only sees the matter looks at the rendition.
OPENS_ORIGINALS = frozenset({R.DESK, R.HANDLER})


def may_open_originals(standing: Standing) -> bool:
    """Whether originals of this matter's pictures are for them."""
    return bool(standing.roles & OPENS_ORIGINALS)


class Audience(StrEnum):
    """Who may have to be told of a step."""

    GRID = "grid"
    DESK = "desk"
    HANDLERS = "handlers"
    CHECKERS = "checkers"
    REPORTER = "reporter"


A = Audience
#: Who is told of each step besides nobody; the one who acts is never told of it.
TOLD: dict[str, tuple[Audience, ...]] = {
    "report": (A.GRID, A.DESK),
    "ask_check": (A.GRID,),
    "check_truth": (A.DESK,),
    "accept": (A.DESK, A.REPORTER),
    "reject": (A.REPORTER,),
    "self_handle": (A.DESK,),
    "dispatch": (A.HANDLERS,),
    "object": (A.DESK,),
    "dismiss_objection": (A.HANDLERS,),
    "hand_back": (A.DESK,),
    "submit_result": (A.CHECKERS, A.DESK),
    "verify": (A.DESK,),
    "rework": (A.HANDLERS,),
    "close": (A.REPORTER, A.GRID, A.HANDLERS),
    "reopen": (A.DESK, A.GRID),
    "ask_supplement": (A.REPORTER, A.GRID),
    "supplement": (A.DESK, A.HANDLERS),
    "ask_extension": (A.DESK,),
    "extend": (A.HANDLERS,),
    "refuse_extension": (A.HANDLERS,),
    "defer": (A.HANDLERS, A.REPORTER),
    "resume": (A.HANDLERS,),
    "move": (A.GRID, A.DESK),
    "void": (A.REPORTER,),
    "refer_out": (A.REPORTER,),
    "merge": (A.REPORTER,),
}


class Severity(models.TextChoices):
    """How grave (突发事件应对法: four classes)."""

    GENERAL = "general", _("General")
    CONSIDERABLE = "considerable", _("Considerable")
    MAJOR = "major", _("Major")
    GRAVE = "grave", _("Grave")


class Urgency(models.TextChoices):
    """How soon."""

    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")
    IMMEDIATE = "immediate", _("Immediate")


@dataclass(frozen=True)
class Limit:
    """A time limit in working days or in hours by the clock: exactly one of them."""

    working_days: int | None = None
    hours: int | None = None


#: To take on or turn away a report.
ACCEPT_WITHIN: dict[str, Limit] = {
    Urgency.NORMAL: Limit(working_days=1),
    Urgency.URGENT: Limit(hours=4),
    Urgency.IMMEDIATE: Limit(hours=1),
}
#: Severity and urgency tighten what the category allows (colour grades 2 h, 24 h, 72 h of local practice); never loosen.
_CAPS: dict[tuple[str, str], Limit] = {
    (Severity.GENERAL, Urgency.URGENT): Limit(hours=72),
    (Severity.GENERAL, Urgency.IMMEDIATE): Limit(hours=24),
    (Severity.CONSIDERABLE, Urgency.URGENT): Limit(hours=24),
    (Severity.CONSIDERABLE, Urgency.IMMEDIATE): Limit(hours=12),
    (Severity.MAJOR, Urgency.NORMAL): Limit(hours=72),
    (Severity.MAJOR, Urgency.URGENT): Limit(hours=24),
    (Severity.MAJOR, Urgency.IMMEDIATE): Limit(hours=2),
    (Severity.GRAVE, Urgency.NORMAL): Limit(hours=24),
    (Severity.GRAVE, Urgency.URGENT): Limit(hours=2),
    (Severity.GRAVE, Urgency.IMMEDIATE): Limit(hours=2),
}


def limit_for(category: Limit, severity: str, urgency: str) -> list[Limit]:
    """The limits that bind together (the earliest counts): the category's, and the cap of severity × urgency."""
    cap = _CAPS.get((severity, urgency))
    return [category] if cap is None else [category, cap]


#: A resident may say "not solved" this long after closing.
REOPEN_WITHIN = timedelta(days=30)
MAX_TEXT = 4000
MAX_PHOTOS = 9
EARLIEST_YEAR = 2000


class ReferredTo(models.TextChoices):
    """Where a matter that is not for this system is referred."""

    POLICE = "110", _("110 police")
    FIRE = "119", _("119 fire brigade")
    AMBULANCE = "120", _("120 ambulance")
    HOTLINE = "12345", _("12345 hotline")
    COURT = "court", _("Court")
    PETITION = "petition", _("Petition office")
    OTHER = "other", _("Elsewhere")


class Rating(models.TextChoices):
    """The answer to "solved?" on follow-up. Anonymous silence is `unknown`, never satisfied."""

    SATISFIED = "satisfied", _("Satisfied")
    PARTLY = "partly", _("Partly satisfied")
    NOT_SATISFIED = "not_satisfied", _("Not satisfied")
    UNREACHED = "unreached", _("Could not be reached")


class Source(models.TextChoices):
    """Through which door a report came."""

    RESIDENT = "resident", _("Resident")
    GRID = "grid", _("Grid worker")
    DESK = "desk", _("Desk or hotline")
    OPEN311 = "open311", _("Open311")
    MAIL = "mail", _("E-mail")
    IMPORT = "import", _("Imported")
    SPLIT = "split", _("Split from another matter")
    DEMO = "demo", _("Demonstration")


class Door(models.TextChoices):
    """How the words of a reporter reached whoever wrote them down."""

    TELEPHONE = "telephone", _("Telephone")
    WINDOW = "window", _("Reception window")
    LETTER = "letter", _("Letter")
    HOTLINE = "hotline", _("Transferred from 12345")
    MAIL = "mail", _("E-mail")


#: The name under which orders of the hotline are kept: with its own number, each once.
HOTLINE_SOURCE = "12345"


def clean_words(text: str, *, field: str, required: bool = False, longest: int = MAX_TEXT) -> str:
    """The words without space around them. Raises `BadInput` for too many, for none where some are needed, for NUL."""
    words = text.replace("\r\n", "\n").strip()
    if "\0" in words:
        raise BadInput(
            "nul_in_text", _("The text holds a character that cannot be stored (NUL). Type it again."), field=field
        )
    if len(words) > longest:
        raise BadInput(
            "text_too_long",
            _("The text has %(length)s characters; %(longest)s at most. Shorten it, or add photos."),
            field=field,
            length=len(words),
            longest=longest,
        )
    if required and not words:
        raise BadInput("text_missing", _("Words are needed here: what, or why."), field=field)
    return words


def clean_answers(questions: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, str]:
    """The answers to a category's extra questions, as text by question code. Raises `BadInput`."""
    cleaned = {}
    for question in questions:
        answer = clean_words(str(answers.get(question["code"], "") or ""), field=question["code"], longest=500)
        choices = [choice["code"] for choice in question.get("choices", [])]
        if question.get("required") and not answer:
            raise BadInput("answer_missing", _("Please answer: %(ask)s"), ask=question["ask"], field=question["code"])
        if answer and choices and answer not in choices:
            raise BadInput(
                "answer_unknown",
                _("Choose one of the given answers: %(ask)s"),
                ask=question["ask"],
                field=question["code"],
            )
        if answer and question.get("type") == "number":
            answer = _plain_number(question, answer)
        if answer:
            cleaned[question["code"]] = answer
    return cleaned


def _plain_number(question: dict[str, Any], answer: str) -> str:
    """A number in ASCII digits, whatever width they were typed in."""
    plain = unicodedata.normalize("NFKC", answer)
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", plain):
        raise BadInput("answer_no_number", _("Write a number: %(ask)s"), ask=question["ask"], field=question["code"])
    return plain


def clean_position(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    """Longitude and latitude in degrees, or None for no position. Raises `BadInput` for half of one or one off the earth."""
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise BadInput("half_a_position", _("A position needs longitude and latitude. Give both or neither."))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput(
            "off_the_earth",
            _("Longitude %(lon)s, latitude %(lat)s lies off the earth. They may be swapped."),
            lon=f"{lon:g}",
            lat=f"{lat:g}",
        )
    return lon, lat
