"""What a matter still needs, and of whom: from its state, what is open beside it, and what is missing. Pure.

An open matter always needs something of somebody; an ended one nothing (tested over every state and question).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.events.rules.course import BEFORE_DISPATCH, ENDED, NEW, Question, State
from linli.people.rules import Role


class Who(models.TextChoices):
    """Who is to act."""

    DESK = "desk", _("Desk")
    GRID = "grid", _("Grid")
    DEPARTMENTS = "departments", _("Departments")
    LEAD = "lead", _("Lead")
    CHECKER = "checker", _("Verifier")
    COORDINATOR = "coordinator", _("Coordinator")
    SUPERVISOR = "supervisor", _("Supervisor")
    REPORTER = "reporter", _("Reporter")
    COUNTY = "county", _("County")


class What(models.TextChoices):
    """What they are to do. Where several are waited for, the words with their number are in `events.needing`."""

    ANSWER_EXTENSION = "answer_extension", _("Answer the extension asked for")
    SETTLE = "settle", _("Settle which department takes it")
    ANSWER_OBJECTION = "answer_objection", _("Answer the objection")
    ARRIVE = "arrive", _("Come to the spot")
    END_WHISTLE = "end_whistle", _("Note what was agreed on the spot")
    READ_ADDED = "read_added", _("Read what the reporter added")
    TAKE_ON = "take_on", _("Accept it or turn it away")
    CHECK = "check", _("Check on the spot")
    DETAILS = "details", _("Give the details asked for")
    DISPATCH = "dispatch", _("Dispatch it")
    SIGN = "sign", _("Sign for it")
    RESULT = "result", _("Submit the result")
    REVIEW = "review", _("Look at it again")
    WAIT_FOR_REVIEW = "wait_for_review", _("Wait for the day of review")
    VERIFY = "verify", _("Verify it")
    CLOSE = "close", _("Close it with an answer")
    ANSWER_PARTS = "answer_parts", _("Answer for their parts")
    ANSWER_REVEAL = "answer_reveal", _("Answer who asks for the contact")
    SEE_TO_IT = "see_to_it", _("See to it that it moves")
    CLASSIFY = "classify", _("Give it a category")
    SAY_WHERE = "say_where", _("Say where it is")
    SEND_PHOTOS = "send_photos", _("Send the photos announced")
    PUBLISH_CALENDAR = "publish_calendar", _("Publish the holidays, so that the limit is firm")


@dataclass(frozen=True)
class Matter:
    """What is known of a matter. Departments are codes."""

    state: str
    questions: frozenset[Question] = frozenset()
    #: Departments that were asked and have not signed; co-handlers that have not answered; called and not come.
    unsigned: frozenset[str] = frozenset()
    unanswered: frozenset[str] = frozenset()
    not_come: frozenset[str] = frozenset()
    lead: str = ""
    #: Keys of the people who were named.
    coordinator: int | None = None
    supervisor: int | None = None
    #: The reporter has added something since anybody here did anything.
    has_added: bool = False
    reveal_is_asked: bool = False
    photos_are_awaited: bool = False
    review_has_come: bool = False
    has_category: bool = True
    has_place: bool = True
    is_provisional: bool = False


@dataclass(frozen=True)
class Need:
    """One thing and whose it is. `departments`, `person`: who by name, where it is one of many."""

    who: Who
    what: What
    departments: frozenset[str] = field(default=frozenset())
    person: int | None = None


S = State
#: What each state waits for. Those with departments and objections say who below.
_OF_STATE: dict[str, tuple[Who, What]] = {
    S.REPORTED: (Who.DESK, What.TAKE_ON),
    S.CHECKING: (Who.GRID, What.CHECK),
    S.SUPPLEMENT_ASKED: (Who.REPORTER, What.DETAILS),
    S.ACCEPTED: (Who.DESK, What.DISPATCH),
    S.DISPATCHED: (Who.DEPARTMENTS, What.SIGN),
    S.OBJECTED: (Who.DESK, What.ANSWER_OBJECTION),
    S.SIGNED_FOR: (Who.LEAD, What.RESULT),
    S.HANDLING: (Who.LEAD, What.RESULT),
    S.DEFERRED: (Who.DESK, What.WAIT_FOR_REVIEW),
    S.RESULT_SUBMITTED: (Who.CHECKER, What.VERIFY),
    S.VERIFIED: (Who.DESK, What.CLOSE),
}


def needs(matter: Matter) -> tuple[Need, ...]:
    """What is needed, the most pressing first; nothing of what has ended."""
    if matter.state in ENDED:
        return ()
    return (*_asked(matter), *_of_state(matter), *_beside(matter), *_missing(matter))


def _asked(matter: Matter) -> list[Need]:
    """Somebody waits for an answer."""
    found = [Need(Who.DESK, What.ANSWER_EXTENSION)] if Question.EXTENSION in matter.questions else []
    if Question.WHISTLE in matter.questions:
        called = Need(Who.DEPARTMENTS, What.ARRIVE, matter.not_come)
        found.append(called if matter.not_come else Need(Who.DESK, What.END_WHISTLE))
    return found + ([Need(Who.DESK, What.READ_ADDED)] if matter.has_added else [])


def _of_state(matter: Matter) -> list[Need]:
    who, what = _OF_STATE[matter.state]
    if matter.state == S.OBJECTED and Question.BOUNCED in matter.questions:
        return [Need(Who.COORDINATOR, What.SETTLE, person=matter.coordinator)]
    if matter.state == S.DEFERRED and matter.review_has_come:
        return [Need(Who.DESK, What.REVIEW)]
    if what == What.SIGN:
        return [Need(who, what, matter.unsigned)]
    if what == What.RESULT:
        return _of_departments(matter)
    return [Need(who, what)]


def _of_departments(matter: Matter) -> list[Need]:
    """Whoever has not signed, then who has not answered: the lead waits for them, and answers last."""
    found = [Need(Who.DEPARTMENTS, What.SIGN, matter.unsigned)] if matter.unsigned else []
    waiting = matter.unanswered - matter.unsigned
    found += [Need(Who.DEPARTMENTS, What.ANSWER_PARTS, waiting)] if waiting else []
    return [*found, Need(Who.LEAD, What.RESULT, frozenset({matter.lead} if matter.lead else ()))]


def _beside(matter: Matter) -> list[Need]:
    found = [Need(Who.DESK, What.ANSWER_REVEAL)] if matter.reveal_is_asked else []
    if Question.SUPERVISION in matter.questions:
        found.append(Need(Who.SUPERVISOR, What.SEE_TO_IT, person=matter.supervisor))
    return found


def _missing(matter: Matter) -> list[Need]:
    """On acceptance a category is chosen, and where it is must be known before it is sent anywhere."""
    found = []
    if not matter.has_category and matter.state not in NEW:
        found.append(Need(Who.DESK, What.CLASSIFY))
    if not matter.has_place and matter.state in BEFORE_DISPATCH:
        found.append(Need(Who.DESK, What.SAY_WHERE))
    if matter.photos_are_awaited:
        found.append(Need(Who.REPORTER, What.SEND_PHOTOS))
    return found + ([Need(Who.COUNTY, What.PUBLISH_CALENDAR)] if matter.is_provisional else [])


#: Whose turn it is by their role in the area; the others are told by department and person.
_ROLES: dict[Who, frozenset[Role]] = {
    Who.DESK: frozenset({Role.DESK}),
    Who.GRID: frozenset({Role.GRID_WORKER, Role.CADRE}),
    Who.CHECKER: frozenset({Role.VERIFIER}),
    Who.COUNTY: frozenset({Role.SYSTEM_ADMIN}),
}


def is_mine(need: Need, roles: frozenset[Role], departments: Sequence[str], person: int | None) -> bool:
    """Whether the next move of this need is somebody's, by the roles they hold there, their departments, themselves."""
    if need.person is not None:
        return need.person == person
    return bool(need.departments & set(departments)) or bool(_ROLES.get(need.who, frozenset()) & roles)
