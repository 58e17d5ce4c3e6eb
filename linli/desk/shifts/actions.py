"""Handing over, taking over, taking back, asking and answering; each is in the journal, as codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.desk.models import Handover, Pin, ShiftQuestion
from linli.desk.shifts.figures import Times, counted
from linli.events.models import Event
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Role, Scope, not_yours

#: Without a note before it, a shift is taken to have lasted so long.
FIRST_SHIFT = timedelta(hours=12)
LONGEST_SHIFT = timedelta(days=4)
MOST_PINS = 30


@dataclass(frozen=True)
class Pinned:
    """A matter by its number, and why the next shift should look at it."""

    number: str
    remark: str


def desks_of(scope: Scope) -> list[str]:
    """The areas at whose desks somebody works."""
    return sorted({one.area for one in scope.held if one.role == Role.DESK})


def _require_desk(area: str, by: Person, at: datetime) -> Scope:
    scope = scope_of(by, at)
    if area not in desks_of(scope):
        raise not_yours()
    return scope


def since_of(area: str, at: datetime) -> datetime:
    """When the shift that lasts now began: at the last hand-over that was not taken back."""
    last = Handover.objects.filter(area=area, withdrawn_at__isnull=True).values_list("handed_at", flat=True).first()
    return min(last, at) if last else at - FIRST_SHIFT


@transaction.atomic
def hand_over(
    area: Area, *, next_until: datetime, words: str, pins: Sequence[Pinned], by: Person, at: datetime
) -> Handover:
    """Leave the desk of an area to the next shift. Raises `NotYours`, `BadInput`, `Refused` while a note before it waits."""
    scope = _require_desk(area.code, by, at)
    if not at < next_until <= at + LONGEST_SHIFT:
        raise BadInput("bad_shift", _("The next shift ends later than now, and within four days."), field="next_until")
    since = since_of(area.code, at)
    note = Handover(
        area=area,
        since=since,
        handed_at=at,
        handed_by=by,
        next_until=next_until,
        take_by=at + timedelta(minutes=settings.HANDOVER_MINUTES),
        words=clean_words(words, field="words", longest=2000),
        figures=counted(scope, area.code, Times(since, at, next_until)),
    )
    try:
        with transaction.atomic():
            note.save()
    except IntegrityError:
        raise Refused(
            "not_taken_over", _("The last note has not been taken over yet. Take it over or back first.")
        ) from None
    _pin(note, pins, scope)
    record("shift.handed_over", on=note, area=area.code, by=by, at=at, pins=len(pins))
    return note


def _pin(note: Handover, pins: Sequence[Pinned], scope: Scope) -> None:
    if len(pins) > MOST_PINS:
        raise BadInput("too_many_pins", _("Thirty matters at most. Name those that matter most."), field="pins")
    sight, seen = Event.objects.visible_to(scope), set()
    for one in pins:
        event = sight.filter(number=one.number.strip()).first()
        if event is None:
            words = _("You see no matter of the number %(number)s. Check it.")
            raise BadInput("no_matter", words, number=one.number[:40], field="pins")
        if event.pk in seen:
            raise BadInput("pinned_twice", _("%(number)s is named twice."), number=event.number, field="pins")
        seen.add(event.pk)
        remark = clean_words(one.remark, field="pins", required=True, longest=300)
        Pin.objects.create(handover=note, event=event, remark=remark)


@transaction.atomic
def take_over(note: Handover, *, by: Person, at: datetime) -> None:
    """The successor has read it and takes over. Not whoever handed it over. Raises `NotYours`, `Refused`."""
    _require_desk(note.area_id, by, at)
    if note.handed_by_id == by.pk:
        raise Refused("own_note", _("Whoever comes next takes it over. If nobody does, take it back."))
    _settle(note, taken_at=max(at, note.handed_at), taken_by=by)
    record("shift.taken_over", on=note, area=note.area_id, by=by, at=at)


@transaction.atomic
def take_back(note: Handover, *, by: Person, at: datetime) -> None:
    """Whoever handed it over goes on themselves. Raises `NotYours`, `Refused`."""
    if note.handed_by_id != by.pk:
        raise not_yours()
    _settle(note, withdrawn_at=max(at, note.handed_at))
    record("shift.taken_back", on=note, area=note.area_id, by=by, at=at)


def _settle(note: Handover, **changes: object) -> None:
    if not Handover.objects.waiting().filter(pk=note.pk).update(**changes):
        raise Refused("settled_already", _("This note has been taken over or back already."))
    note.refresh_from_db()


@transaction.atomic
def ask(note: Handover, *, words: str, by: Person, at: datetime) -> ShiftQuestion:
    """Ask about a note, before or after taking it over. Raises `NotYours`, `BadInput`."""
    _require_desk(note.area_id, by, at)
    clean = clean_words(words, field="words", required=True, longest=500)
    asked = ShiftQuestion.objects.create(handover=note, words=clean, asked_by=by, asked_at=at)
    record("shift.asked", on=note, area=note.area_id, by=by, at=at)
    return asked


@transaction.atomic
def answer(question: ShiftQuestion, *, words: str, by: Person, at: datetime) -> None:
    """Answer it, once. Raises `NotYours`, `BadInput`, `Refused`."""
    note = question.handover
    _require_desk(note.area_id, by, at)
    clean = clean_words(words, field="words", required=True, longest=500)
    waiting = ShiftQuestion.objects.filter(pk=question.pk, answered_at__isnull=True)
    if not waiting.update(answer=clean, answered_by=by, answered_at=at):
        raise Refused("answered_already", _("This question has been answered already."))
    record("shift.answered", on=note, area=note.area_id, by=by, at=at)
