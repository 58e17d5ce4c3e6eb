"""Emergency access: asking, the two decisions, each look, and its end. What it opens is asked in `visible_to` alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.administration.models import Access, AccessQuerySet
from linli.administration.rules import DECIDES, LONGEST_REASON, MOST_HOURS, Hand, State, hands_of, may_ask
from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.events.models import Event
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import Role


@transaction.atomic
def ask(what: Area | Event, *, reason: str, hours: int, by: Person, at: datetime) -> Access:
    """Ask to look at all of an area, or at one matter, for some hours; the deciders of the county are told.

    Raises `BadInput`, `NotYours`, `Refused`.
    """
    if not may_ask(scope_of(by, at)):
        raise NotYours(
            "not_yours", _("Emergency access is for those who work here. An auditor reads the journal alone.")
        )
    if not (reason := reason.strip()):
        raise BadInput("reason_missing", _("Say why it cannot wait. Both who decide read it."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise BadInput("text_too_long", _("At most %(longest)s characters."), longest=LONGEST_REASON, field="reason")
    if not 1 <= hours <= MOST_HOURS:
        raise BadInput("bad_hours", _("An emergency lasts %(most)s hours at most."), most=MOST_HOURS, field="hours")
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    if _under_way(by, at).exists():
        raise Refused("asked_already", _("You have asked already, and it is not over. End that one first."))
    event, area = (what, what.area) if isinstance(what, Event) else (None, what)
    access = Access.objects.create(person=by, area=area, event=event, reason=reason, hours=hours, asked_at=at)
    record("emergency.asked", on=access, by=by, at=at, tell=_deciders(access, at), hours=hours, **_facts(access))
    return access


def _under_way(person: Person, at: datetime) -> AccessQuerySet:
    ours = Access.objects.filter(person=person)
    return ours.filter(Q(pk__in=ours.waiting(at)) | Q(pk__in=ours.open(at)))


@transaction.atomic
def grant(access: Access, *, by: Person, at: datetime) -> Access:
    """One of the two decisions, whichever is open to this person; with the second it is open. Raises `NotYours`, `Refused`."""
    row = _locked(access)
    if row.state(at) != State.ASKED:
        raise Refused("decided_already", _("It is decided, ended or lapsed already. Refresh the page."))
    if row.person_id == by.pk:
        raise NotYours("own_access", _("Nobody decides on their own emergency access. Two others do."))
    if by.pk in (row.security_by_id, row.second_by_id):
        raise NotYours("one_person", _("You have decided already. The other decision is another person's."))
    hand = next((one for one in hands_of(scope_of(by, at), row.area_id) if row.decided_by(one) is None), None)
    if hand is None:
        raise NotYours("not_yours", _("The security administrator and a leader or desk of the county decide on it."))
    setattr(row, f"{hand.value}_by", by)
    setattr(row, f"{hand.value}_at", at)
    is_open = all(row.decided_by(one) is not None for one in Hand)
    row.ends_at = at + timedelta(hours=row.hours) if is_open else None
    row.save(update_fields=[f"{hand.value}_by", f"{hand.value}_at", "ends_at"])
    record("emergency.approved", on=row, by=by, at=at, hand=hand.value, **_facts(row))
    if is_open:
        told = [row.person, *_responsible(row, at)]
        record("emergency.granted", on=row, by=by, at=at, tell=told, ends_at=row.ends_at, **_facts(row))
    return row


@transaction.atomic
def refuse(access: Access, *, by: Person, at: datetime) -> Access:
    """Not granted, by any who may decide. Raises `NotYours`, `Refused`."""
    row = _locked(access)
    if row.state(at) != State.ASKED:
        raise Refused("decided_already", _("It is decided, ended or lapsed already. Refresh the page."))
    _require_hand(row, by, at)
    _close(row, by, at)
    record("emergency.refused", on=row, by=by, at=at, tell=[row.person], **_facts(row))
    return row


@transaction.atomic
def end(access: Access, *, by: Person, at: datetime) -> Access:
    """End it now: whoever has it, or any who may decide; before it was granted the asker takes it back so.

    Raises `NotYours`, `Refused`.
    """
    row = _locked(access)
    if row.state(at) not in (State.ASKED, State.OPEN):
        raise Refused("ended_already", _("It has ended already. Refresh the page."))
    if row.person_id != by.pk:
        _require_hand(row, by, at)
    _close(row, by, at)
    _tell_of_end(row, by, at)
    return row


def end_those_over(at: datetime) -> bool:
    """Tell of the next one whose time has passed; it opened nothing since. Whether there was one."""
    with transaction.atomic():
        row = Access.objects.select_for_update().over(at).order_by("pk").first()
        if row is not None:
            _close(row, None, at)
            _tell_of_end(row, None, at)
    return row is not None


def are_over(at: datetime) -> bool:
    """Whether the time of any has passed."""
    return Access.objects.over(at).exists()


def opened(pk: object, person: Person, at: datetime) -> Access | None:
    """The access of this number if it is this person's and open now."""
    if not isinstance(pk, int) or not person.is_active:
        return None
    return Access.objects.open(at).filter(pk=pk, person=person).select_related("area", "event", "person").first()


@transaction.atomic
def note_look(access: Access, *, page: str, event: Event | None, key: str, by: Person, at: datetime) -> None:
    """Write down what was opened with it: a page by the name of its address, and the file on it if one was."""
    Access.objects.filter(pk=access.pk).update(looks=F("looks") + 1)
    area = event.area_id if event else access.area_id
    record("emergency.looked", on=event or access, area=area, by=by, at=at, access=access.pk, page=page, file=key)


def _locked(access: Access) -> Access:
    return Access.objects.select_for_update().get(pk=access.pk)


def _require_hand(row: Access, by: Person, at: datetime) -> None:
    if row.person_id == by.pk or not hands_of(scope_of(by, at), row.area_id):
        raise NotYours("not_yours", _("The security administrator and a leader or desk of the county decide on it."))


def _close(row: Access, by: Person | None, at: datetime) -> None:
    row.closed_by, row.closed_at = by, at
    row.save(update_fields=["closed_by", "closed_at"])


def _tell_of_end(row: Access, by: Person | None, at: datetime) -> None:
    # A request taken back concerns nobody but those who were asked.
    told = [row.person, *(_responsible(row, at) if row.ends_at else _deciders(row, at))]
    record("emergency.ended", on=row, by=by, at=at, tell=told, looks=row.looks, **_facts(row))


def _facts(row: Access) -> dict[str, Any]:
    return {"person": row.person_id, "event": row.event_id or ""}


def _deciders(row: Access, at: datetime) -> list[Person]:
    """All who may decide on it."""
    county = lineage(row.area_id)[0]
    return _holders(DECIDES[Hand.SECURITY], lineage(row.area_id), at) + _holders(DECIDES[Hand.SECOND], [county], at)


def _responsible(row: Access, at: datetime) -> list[Person]:
    """Those who answer for what it opened: desks and leaders of the area and those above it; and the two who decided."""
    two = [person for person in (row.security_by, row.second_by) if person is not None]
    return [*_holders({Role.DESK, Role.LEADER}, lineage(row.area_id), at), *two]


def _holders(roles: Iterable[Role], areas: list[str], at: datetime) -> list[Person]:
    held = Appointment.objects.filter(role__in=list(roles), area__in=areas).valid_on(timezone.localdate(at))
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))
