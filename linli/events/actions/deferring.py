"""Deferral 挂账: parked with an end and milestones on the way, looked at in between, told when a milestone is missed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.events.actions.course import act, people_told, sent_as, standing_of, take_step
from linli.events.models import Deferral, Event, EventQuerySet, Milestone, Part
from linli.events.rules import (
    LONGEST_WHAT,
    REVIEW_EVERY,
    Audience,
    MilestoneState,
    Planned,
    check_deferral,
    clean_words,
    moved_on,
    pace_of,
)
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import officers_of
from linli.people.models import Person
from linli.people.rules import Role, not_yours

#: How many days that came one call looks at, at most.
SLICE = 200


@act
def defer(
    event: Event,
    *,
    review_on: date,
    text: str,
    by: Person | None,
    at: datetime,
    what: str = "",
    milestones: Sequence[Planned] = (),
    review_every: int | None = None,
    as_it_is: Sequence[str] = (),
) -> None:
    """Park a matter that cannot be solved now (挂账): the reason, its end, and what is to be done by when.

    `review_on`: the end, on which it comes back to the desk, and `what` is to be done by then; `milestones` come before it.
    `review_every`: the desk looks at it every so many days. Raises `BadInput` for one without end or too long.
    """
    today = timezone.localdate(at)
    end = Planned(review_on, clean_words(what, field="what", longest=LONGEST_WHAT))
    plan = [*milestones, end]
    check_deferral(plan, today, pace_of(event.severity, event.urgency))
    for one in milestones:
        clean_words(one.what, field="milestones", required=True, longest=LONGEST_WHAT)
    if review_every is not None and review_every not in REVIEW_EVERY:
        raise BadInput("not_a_choice", _("Choose one of the given answers."), field="review_every")

    def parked(event: Event) -> None:
        event.review_on = review_on
        event.extension_asked_until = None

    take_step(
        event,
        "defer",
        by=by,
        at=at,
        text=text,
        reason_needed=True,
        for_reporter=True,
        set_before=parked,
        review_on=plan[0].due_on,
        until=review_on,
        **sent_as(as_it_is),
    )
    deferral = Deferral.objects.create(
        event=event,
        deferred_at=at,
        deferred_by=by,
        ends_on=review_on,
        next_on=plan[0].due_on,
        review_every=review_every,
        review_on=_next_review(today, review_every, review_on),
    )
    Milestone.objects.bulk_create(
        Milestone(deferral=deferral, due_on=one.due_on, what=one.what.strip()) for one in plan
    )


def _next_review(after: date, every: int | None, end: date) -> date | None:
    day = after + timedelta(days=every or 0)
    return day if every and day < end else None


@transaction.atomic
def note_milestone(milestone: Milestone, *, is_done: bool, text: str, by: Person, at: datetime) -> None:
    """The lead or the desk says that a milestone is done, or that it is missed and why.

    Raises `NotYours`, `Refused` (no longer deferred, or noted already), `BadInput` (no words).
    """
    event = Event.objects.select_for_update(of=("self",)).get(pk=milestone.deferral.event_id)
    milestone = Milestone.objects.select_related("deferral").get(pk=milestone.pk)
    if not may_note(event, by, at):
        raise not_yours()
    if milestone.deferral.ended_at is not None:
        raise moved_on()
    if milestone.state == MilestoneState.DONE or (milestone.noted_by_id is not None and not is_done):
        raise Refused("noted_already", _("That has been noted already. Refresh the page."))
    words = clean_words(text, field="text", required=True, longest=1000)
    milestone.state = MilestoneState.DONE if is_done else MilestoneState.MISSED
    milestone.noted_at, milestone.noted_by, milestone.words = at, by, words
    milestone.save()
    _move_on(milestone.deferral)
    told = _concerned(event, at)
    if is_done:
        record("event.milestone_done", on=event, by=by, at=at, tell=told, milestone=milestone.pk)
    else:
        record("event.milestone_missed", on=event, by=by, at=at, tell=told, milestone=milestone.pk)


def may_note(event: Event, by: Person, at: datetime) -> bool:
    """Whether this person is of the desk there, or an officer of the department that leads."""
    standing = standing_of(event, by, at)
    return Role.DESK in standing.roles or (Role.HANDLER in standing.roles and standing.leads)


def _move_on(deferral: Deferral) -> None:
    """What comes next: the first day that is not done yet."""
    waiting = deferral.milestones.filter(state__in=[MilestoneState.WAITING, MilestoneState.MISSED])
    deferral.next_on = waiting.aggregate(next_on=Min("due_on"))["next_on"] or deferral.ends_on
    deferral.save(update_fields=["next_on"])


def _concerned(event: Event, at: datetime) -> list[Person]:
    """The desk, and the officers of the department that leads."""
    leads = Part.objects.acting().filter(event=event, leads=True).values_list("department", flat=True)
    return [*people_told(event, (Audience.DESK,), at), *officers_of(list(leads), at)]


# --- what the worker does ------------------------------------------------------------------------------------------------


def days_have_come(at: datetime) -> bool:
    """Whether a milestone was missed or a look is due. Idle, it writes nothing."""
    today = timezone.localdate(at)
    return _missed(today).exists() or _to_review(today).exists()


def follow_deferrals(at: datetime, limit: int = SLICE) -> int:
    """Tell of milestones whose day has passed and of deferrals to be looked at, each once; how many were looked at."""
    today = timezone.localdate(at)
    late = list(_missed(today).order_by("due_on", "id").values_list("pk", "deferral__event")[:limit])
    for pk, event in late:
        _tell_missed(pk, event, at)
    due = list(_to_review(today).order_by("review_on", "id").values_list("pk", "event")[: limit - len(late)])
    for pk, event in due:
        _tell_review(pk, event, today, at)
    return len(late) + len(due)


def _missed(today: date) -> QuerySet[Milestone]:
    return Milestone.objects.filter(state=MilestoneState.WAITING, due_on__lt=today)


def _to_review(today: date) -> QuerySet[Deferral]:
    return Deferral.objects.filter(ended_at__isnull=True, review_on__lte=today)


@transaction.atomic
def _tell_missed(pk: int, event_pk: UUID, at: datetime) -> None:
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_pk)
    waiting = Milestone.objects.filter(pk=pk, state=MilestoneState.WAITING)
    if waiting.update(state=MilestoneState.MISSED, noted_at=at):
        record("event.milestone_missed", on=event, by=None, at=at, tell=_concerned(event, at), milestone=pk)


@transaction.atomic
def _tell_review(pk: int, event_pk: UUID, today: date, at: datetime) -> None:
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_pk)
    deferral = Deferral.objects.get(pk=pk)
    if deferral.ended_at is not None or deferral.review_on is None or deferral.review_on > today:
        return
    deferral.review_on = _next_review(today, deferral.review_every, deferral.ends_on)
    deferral.save(update_fields=["review_on"])
    told = people_told(event, (Audience.DESK,), at)
    record("event.review_due", on=event, by=None, at=at, tell=told, review_on=today)


def open_deferrals(events: EventQuerySet) -> QuerySet[Deferral]:
    """The deferrals of these events that have not ended, the first next day first, what was missed before all."""
    rows = Deferral.objects.filter(ended_at__isnull=True, event__in=events.order_by())
    return (
        rows.select_related("event__area", "event__category").prefetch_related("milestones").order_by("next_on", "id")
    )
