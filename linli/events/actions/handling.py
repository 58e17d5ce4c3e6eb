"""The main course: checked, accepted, dispatched, signed for, handled, verified, closed, followed up."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from linli.events.actions import clocks, promise
from linli.events.actions.course import Photos, act, note_hand, sent_as, take_step
from linli.events.actions.duties import Choice, keep_choice
from linli.events.actions.joint import drop_unanswered, limit_of_part, refuse_open_parts
from linli.events.actions.objecting import refuse_upheld
from linli.events.actions.redrawing import follow_area
from linli.events.actions.relaying import require_other_lead
from linli.events.actions.rounds import end_parts, rejoin_calls
from linli.events.actions.verifying import answer_by, require_photo
from linli.events.models import Category, Event, Part, PictureKind, Reopening
from linli.events.rules import ANSWERS, REOPEN_WITHIN, SOLVED, ClockKind, PartState, Proof
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import officers_of, require_open_department, scope_of
from linli.people.models import Department, Person


@act
def ask_check(event: Event, *, by: Person | None, at: datetime, text: str = "") -> None:
    """Ask the grid to see whether it is so, before anybody accepts it (核实)."""
    take_step(event, "ask_check", by=by, at=at, text=text)


@act
def check_truth(
    event: Event, *, is_true: bool, by: Person | None, at: datetime, text: str = "", photos: Photos = ()
) -> None:
    """Say what was found on the spot. Untrue needs words; turning the report away is the desk's to decide."""
    take_step(
        event,
        "check_truth",
        by=by,
        at=at,
        text=text,
        reason_needed=not is_true,
        photos=photos,  # type: ignore[arg-type]
        picture_kind=PictureKind.BEFORE,
        is_true=is_true,
    )


@act
def accept(
    event: Event,
    *,
    by: Person | None,
    at: datetime,
    category: Category | None = None,
    severity: str | None = None,
    urgency: str | None = None,
    text: str = "",
    suggested: Sequence[str] = (),
) -> None:
    """Take it on: from now the clock of its category runs. `suggested`: codes of the categories that were offered."""

    def taken_on(event: Event) -> None:
        set_class(event, category, severity, urgency)
        event.accepted_at = max(at, event.reported_at)
        promise.start(event, event.accepted_at)

    take_step(
        event,
        "accept",
        by=by,
        at=at,
        text=text,
        set_before=taken_on,
        category=category.code if category else "",
        suggested=list(suggested) or None,
    )


def set_class(event: Event, category: Category | None, severity: str | None, urgency: str | None) -> None:
    """Category, severity and urgency as given; what is not given stays, or follows from a new category."""
    if category is not None and category.pk != event.category_id:
        if category.closed_on is not None:
            raise BadInput(
                "category_closed",
                _("The category %(category)s is no longer used. Choose another."),
                category=str(category),
                field="category",
            )
        event.category = category
        event.severity, event.urgency = category.severity, category.urgency
    event.severity = severity or event.severity
    event.urgency = urgency or event.urgency


@act
def reject(
    event: Event, *, text: str, turn_to: str, by: Person | None, at: datetime, as_it_is: Sequence[str] = ()
) -> None:
    """Not accepted: why, and where the reporter can turn (both are told to them). `as_it_is`: see `sent_as`."""
    if not turn_to.strip():
        raise BadInput("turn_to_missing", _("Say where the reporter can turn instead."), field="turn_to")

    def turned_away(event: Event) -> None:
        event.outcome = f"{text.strip()}\n{turn_to.strip()}"

    words = f"{text.strip()}\n{turn_to.strip()}" if text.strip() else ""
    take_step(
        event,
        "reject",
        by=by,
        at=at,
        text=words,
        reason_needed=True,
        for_reporter=True,
        set_before=turned_away,
        **sent_as(as_it_is),
    )


@act
def self_handle(
    event: Event,
    *,
    text: str,
    by: Person | None,
    at: datetime,
    category: Category | None = None,
    photos: Photos = (),
    as_it_is: Sequence[str] = (),
) -> None:
    """Handled on the spot at the grid (自行处置); the words say what was done."""

    def done(event: Event) -> None:
        set_class(event, category, None, None)
        moment = max(at, event.reported_at)
        event.accepted_at = event.accepted_at or moment
        event.handled_at = moment
        event.outcome = text.strip()
        event.answer_by = answer_by(event, moment)

    take_step(
        event,
        "self_handle",
        by=by,
        at=at,
        text=text,
        reason_needed=True,
        for_reporter=True,
        photos=photos,  # type: ignore[arg-type]
        picture_kind=PictureKind.AFTER,
        set_before=done,
        **sent_as(as_it_is),
    )
    note_hand(event, by)


@act
def dispatch(
    event: Event,
    *,
    lead: Department,
    by: Person | None,
    at: datetime,
    co_handlers: Sequence[Department] = (),
    text: str = "",
    choice: Choice | None = None,
    days: int | None = None,
    why_short: str = "",
) -> None:
    """Give the event to a lead department and its co-handlers; a later dispatch takes the place of an earlier one.

    `choice`: why the lead is not the recommended one. `days`: working days for the lead, within what was promised to the
    reporter; with `why_short`, which all can read, where that is less than the lawful share of it.
    """
    departments = list(dict.fromkeys([lead, *co_handlers]))
    for department in departments:
        require_open_department(department, "lead")
    require_other_lead(event, lead, text)

    refuse_upheld(event, departments)
    until = limit_of_part(event, days, why_short, at)

    def sent(event: Event) -> None:
        event.dispatched_at = max(at, event.reported_at)
        event.extension_asked_until = None

    entry = take_step(
        event,
        "dispatch",
        by=by,
        at=at,
        text=f"{text.strip()}\n{why_short.strip()}".strip(),
        set_before=sent,
        tell=officers_of([department.pk for department in departments], at),
        lead=lead,
        co_handlers=[department.pk for department in departments if department != lead],
        days=days,
        short=bool(why_short.strip()) or None,
    )
    keep_choice(event, entry, chosen=lead, choice=choice, at=at)
    # What a co-handler has answered already stays as it is.
    answered = end_parts(event, but=lead, at=at)
    Part.objects.bulk_create(
        Part(event=event, department=one, leads=one == lead, asked_at=at)
        for one in departments
        if one.pk not in answered
    )
    if until is not None:
        leading = Part.objects.get(event=event, leads=True)
        clocks.start_clock(event, ClockKind.HANDLE, at, part=leading, until=until)
    rejoin_calls(event)


@act
def sign_for(event: Event, *, by: Person | None, at: datetime) -> None:
    """A department takes the event into its hands; each co-handler signs for itself."""
    take_step(event, "sign_for", by=by, at=at)
    _sign(event, by, at)


def _sign(event: Event, by: Person | None, at: datetime) -> None:
    departments = scope_of(by, at).departments
    mine = event.parts.filter(department__in=departments, state=PartState.ASKED)
    mine.update(signed_at=at, state=PartState.SIGNED_FOR)
    note_hand(event, by)


@act
def handle(event: Event, *, by: Person | None, at: datetime, text: str = "") -> None:
    """Work on it has begun."""
    take_step(event, "handle", by=by, at=at, text=text, for_reporter=True)
    _sign(event, by, at)


@act
def hand_back(event: Event, *, text: str, by: Person | None, at: datetime) -> None:
    """The lead gives it back to the desk with a reason (回退); all parts in it end."""
    take_step(event, "hand_back", by=by, at=at, text=text, reason_needed=True, set_before=_given_back)
    event.parts.all().delete()


def _given_back(event: Event) -> None:
    event.extension_asked_until = None
    event.bounces += 1


@act
def submit_result(
    event: Event,
    *,
    text: str,
    by: Person | None,
    at: datetime,
    photos: Photos = (),
    without: str = "",
    as_it_is: Sequence[str] = (),
) -> None:
    """The lead says what was done, with photos taken after; somebody else will verify it.

    `without`: why it does not wait for co-handlers who have not answered; their parts end with it. Raises `Refused`
    while some have not and no reason is given.
    """
    drop_unanswered(event, without, by=by, at=at)

    def handled(event: Event) -> None:
        require_photo(event, Proof.RESULT, photos)
        event.handled_at = max(at, event.reported_at)
        event.outcome = text.strip()
        event.extension_asked_until = None

    take_step(
        event,
        "submit_result",
        by=by,
        at=at,
        text=text,
        reason_needed=True,
        for_reporter=True,
        photos=photos,  # type: ignore[arg-type]
        picture_kind=PictureKind.AFTER,
        set_before=handled,
        **sent_as(as_it_is),
    )
    _sign(event, by, at)
    lead = event.parts.filter(leads=True)
    lead.update(state=PartState.ANSWERED, answered_at=at, answer=event.outcome)


@act
def verify(event: Event, *, by: Person | None, at: datetime, text: str = "", photos: Photos = ()) -> None:
    """Seen on the spot by somebody who did not handle it: it is done (核查)."""

    def verified(event: Event) -> None:
        require_photo(event, Proof.CHECK, photos)
        event.verified_at = max(at, event.reported_at)

    take_step(
        event,
        "verify",
        by=by,
        at=at,
        text=text,
        for_reporter=True,
        photos=photos,  # type: ignore[arg-type]
        picture_kind=PictureKind.CHECK,
        set_before=verified,
    )
    event.parts.filter(state=PartState.ANSWERED).update(state=PartState.VERIFIED, verified_at=at)


@act
def rework(event: Event, *, text: str, by: Person | None, at: datetime) -> None:
    """It is not done: back to the same departments with a reason, under the same limit (返工)."""

    def again(event: Event) -> None:
        event.handled_at = None
        event.reworked += 1

    take_step(event, "rework", by=by, at=at, text=text, reason_needed=True, set_before=again)
    event.parts.filter(leads=True).update(state=PartState.SIGNED_FOR, answered_at=None, answer="")


@act
def close(event: Event, *, text: str, by: Person | None, at: datetime, as_it_is: Sequence[str] = ()) -> None:
    """End it, with the words the reporter will read (结案)."""
    refuse_open_parts(event)

    def closed(event: Event) -> None:
        event.outcome = text.strip()
        event.answer_by = answer_by(event, max(at, event.reported_at))

    take_step(
        event,
        "close",
        by=by,
        at=at,
        text=text,
        reason_needed=True,
        for_reporter=True,
        set_before=closed,
        **sent_as(as_it_is),
    )


@act
def follow_up(event: Event, *, rating: str, by: Person | None, at: datetime, text: str = "") -> None:
    """The reporter's own answer to "solved?", or what they said when they were called (回访).

    For 30 days it takes the place of no answer, whenever that was noted.
    """
    if by is None and event.ended_at and at > event.ended_at + REOPEN_WITHIN:
        raise Refused(
            "too_late_to_answer", _("The 30 days for an answer are over. Report it again if it is not solved.")
        )
    if rating not in ANSWERS:
        raise BadInput("rating_unknown", _("Choose one of the given answers."), field="rating")

    def answered(event: Event) -> None:
        event.rating = rating
        event.followed_up_at = max(at, event.reported_at)

    take_step(event, "follow_up", by=by, at=at, text=text, for_reporter=by is None, set_before=answered, rating=rating)


@act
def reopen(event: Event, *, text: str, by: Person | None, at: datetime) -> None:
    """Not solved after all: it is taken up again under a new clock. The receipt holder may say so for 30 days."""
    was_solved, closed_at, due_at = event.state in SOLVED, event.ended_at, event.due_at
    if by is None and event.ended_at and at > event.ended_at + REOPEN_WITHIN:
        raise Refused(
            "too_late_to_reopen", _("The 30 days to reopen it are over. Report it again and name this number.")
        )

    def taken_up(event: Event) -> None:
        moment = max(at, event.reported_at)
        event.accepted_at = moment if was_solved else None
        event.dispatched_at = event.handled_at = event.verified_at = event.followed_up_at = None
        event.rating = event.referred_to = ""
        event.taken_back_at = None
        event.answer_by = None
        event.extensions = 0
        event.reopened += 1
        promise.start(event, moment)

    take_step(event, "reopen", by=by, at=at, text=text, reason_needed=True, for_reporter=True, set_before=taken_up)
    if was_solved and closed_at is not None:
        Reopening.objects.get_or_create(
            event=event, closed_at=closed_at, defaults={"due_at": due_at, "reopened_at": max(at, event.reported_at)}
        )
    event.parts.all().delete()
    follow_area(event, by=by, at=at)
