"""Talking about a matter with everybody who sees it, or within one's own unit; calling on people by name."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.events.models import Event, Mention, Message, Part
from linli.events.rules import LONGEST_MESSAGE, WITHDRAW_WITHIN, HeardBy, clean_words, names_called
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import SEES_AREA, Role, Scope, not_yours


@transaction.atomic
def say(event: Event, *, words: str, by: Person, at: datetime, heard_by: str = HeardBy.EVERYONE) -> Message:
    """Say something about a matter; who is called on with an @ is told. Raises `BadInput`, `NotYours`.

    What is said is kept here alone: neither the journal nor the search holds a word of it.
    """
    said = clean_words(words, field="words", required=True, longest=LONGEST_MESSAGE)
    if heard_by not in HeardBy.values:
        raise BadInput("heard_by_unknown", _("Choose who shall read it."), field="heard_by")
    scope = scope_of(by, at)
    _require_in_sight(event, scope)
    unit = unit_of(event, scope)
    inside = people_in_sight(event, at, unit if heard_by == HeardBy.UNIT else None)
    called = names_called(said, (one.name for one in inside))
    message = Message.objects.create(
        event=event, by=by, at=at, words=said, heard_by=heard_by, department_id=unit or None
    )
    told = [one for one in inside if one.name in called]
    Mention.objects.bulk_create(Mention(message=message, person=one) for one in told)
    record("event.said", on=event, by=by, at=at, tell=told, message=message.pk)
    return message


@transaction.atomic
def take_back(message: Message, *, by: Person, at: datetime) -> None:
    """Take one's own message back within five minutes: its words are deleted, that there was one stays."""
    if message.by_id != by.pk:
        raise NotYours("not_yours", _("Only whoever said it can take it back."))
    if at > message.at + WITHDRAW_WITHIN:
        raise Refused("too_late_to_take_back", _("Five minutes have passed. Write another message to put it right."))
    still = Message.objects.filter(pk=message.pk, withdrawn_at__isnull=True)
    if still.update(words="", withdrawn_at=at):
        record("event.said_withdrawn", on=message.event, by=by, at=at, message=message.pk)


def unit_of(event: Event, scope: Scope) -> str:
    """For whom they speak: their department that has a part in it; empty for those who see it by its area."""
    if scope.sees(event.area_id):
        return ""
    ours = Part.objects.filter(event=event, department__in=scope.departments)
    return ours.values_list("department", flat=True).first() or ""


def people_in_sight(event: Event, at: datetime, unit: str | None = None) -> list[Person]:
    """Everybody who sees this matter; `unit`: of one department, or with "" of the side of the area. By name, each once."""
    by_area = Q(area__in=lineage(event.area_id), role__in=SEES_AREA)
    departments = Part.objects.filter(event=event).values("department")
    by_department = Q(role=Role.HANDLER, department__in=[unit] if unit else departments)
    wanted = by_area | by_department if unit is None else by_department if unit else by_area
    rows = Appointment.objects.filter(wanted, person__is_active=True).valid_on(timezone.localdate(at))
    found = {one.person_id: one.person for one in rows.select_related("person")}
    return sorted(found.values(), key=lambda person: (person.name, person.pk))


def _require_in_sight(event: Event, scope: Scope) -> None:
    if not Event.objects.visible_to(scope).filter(pk=event.pk).exists():
        raise not_yours()
