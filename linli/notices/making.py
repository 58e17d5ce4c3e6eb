"""From the journal to deliveries: every notice is decided once for each channel, and those that are due go out together.

How far the journal was followed, the decisions and the tally are written in one transaction: a crash leaves all or none.
Acts are not slowed by any of it, since it is done afterwards by the worker.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from linli.events.models import Event, ReporterMessage
from linli.journal import following
from linli.journal.following import Written
from linli.journal.models import Notice
from linli.kit.bulk import insert
from linli.kit.prepared import Prepared, PreparedUpdate
from linli.kit.timekeeping import is_due
from linli.kit.workdays import stored_calendar
from linli.notices.models import Channel, Decision, Delivery, Follower, QuietHours, quiet_of
from linli.notices.reporters import way_of
from linli.notices.rules import (
    HOURLY_CHOICES,
    LONGEST_HELD,
    Decided,
    Purpose,
    Why,
    free_at,
    goes_out_at,
    group_of,
    is_pressing,
    why_skipped,
)
from linli.people.models import Appointment, Leave, Person
from linli.people.rules import Role

#: Entries of a chain followed in one transaction; channels bundled in one turn.
SLICE, CHANNELS_A_TURN = 500, 200
#: News of a matter are not sent to its reporter after this; the status page has had them all the time.
_NEWS_FOR = timedelta(days=2)
_HOUR = timedelta(hours=1)


class _Told(NamedTuple):
    """A notice as this module needs it."""

    entry: int
    person: int


def locked_follower() -> Follower:
    """The one row, for this transaction alone; where there is none yet, it begins at the end of the journal."""
    found = _locked_follower.one()
    if found is None:
        Follower.objects.bulk_create([Follower(pk=1, place=following.place())], ignore_conflicts=True)
        found = Follower.objects.select_for_update().get(pk=1)
    return found


@Prepared
def _locked_follower() -> QuerySet[Follower]:
    return Follower.objects.select_for_update().filter(pk=1)


def has_news() -> bool:
    """Whether something was written since the journal was followed last."""
    return _followed_to.one() != following.place()


@Prepared
def _followed_to() -> QuerySet[Follower, Any]:
    return Follower.objects.filter(pk=1).values_list("place", flat=True)


def waits(at: datetime) -> bool:
    """Whether there is anything to decide or to give to deliveries."""
    return has_news() or bool(_channels_due(at, at + LONGEST_HELD))


@transaction.atomic
def follow(at: datetime, slice_size: int = SLICE) -> bool:
    """Decide the notices of the next entries; whether there are more. The lock keeps two workers apart."""
    follower = locked_follower()
    end = following.place()
    entries, reached = following.since(follower.place, slice_size, end)
    if reached == follower.place:
        return False
    told = [_Told(*row) for row in _told_of([one.pk for one in entries])]
    decisions, alone = _decide(told, entries, at)
    insert(Decision, [{name: getattr(one, name) for name in _DECIDED} for one in decisions])
    follower.place = reached
    follower.notices += len(told)
    follower.in_inbox_alone += alone
    follower.with_channels += len(told) - alone
    follower.decided += len(decisions)
    follower.save()
    return reached != end


@Prepared
def _told_of(entries: list[int]) -> QuerySet[Any, Any]:
    return Notice.objects.filter(entry__in=entries).order_by("entry", "person").values_list("entry", "person")


#: What is stored of a new decision.
_DECIDED = ("entry_id", "channel_id", "group", "is_pressing", "state", "why", "made_at", "due_at")


def _decide(told: Sequence[_Told], entries: Sequence[Written], at: datetime) -> tuple[list[Decision], int]:
    """The decisions on these notices, and how many of them have no channel. A few queries, however many there are."""
    channels = _channels_by_person({one.person for one in told}, at)
    if not channels:
        return [], len(told)
    written = {one.pk: one for one in entries}
    surroundings = _Surroundings(channels, [written[one.entry] for one in told], at)
    found: dict[tuple[int, int], Decision] = {}
    for one in told:
        for channel in channels.get(one.person, ()):
            # Several members of a group are told of one act; the group hears of it once.
            if (one.entry, channel.pk) not in found:
                found[one.entry, channel.pk] = surroundings.decision(channel, written[one.entry])
    return list(found.values()), sum(one.person not in channels for one in told)


class _Surroundings:
    """What decisions depend on besides the notice: quiet times, leaves, the calendar, how urgent matters are."""

    def __init__(self, channels: dict[int, list[Channel]], entries: Sequence[Written], at: datetime) -> None:
        people = [*{one.person_id for some in channels.values() for one in some if one.person_id}]
        self.at = at
        self.local = timezone.localtime(at)
        self.quiet = {one.person_id: one for one in _quiet_hours(people)}
        self.here = set(_here(people))
        self.away = set(_away(people, at))
        needs_days = any(one.on_days_off for one in self.quiet.values())
        self.is_working = stored_calendar(self.local.date()).is_working if needs_days else _always
        keys = [*{UUID(one.on_key) for one in entries if one.on_kind == "event"}]
        self.urgency = {str(pk): urgency for pk, urgency in _urgency(keys)}

    def decision(self, channel: Channel, entry: Written) -> Decision:
        """Held, or skipped with why."""
        group = group_of(entry.verb)
        pressing = is_pressing(group, self.urgency.get(entry.on_key, ""))
        made = Decision(
            entry_id=entry.pk, channel=channel, group=group, is_pressing=pressing, made_at=self.at, state=Decided.HELD
        )
        why = why_skipped(
            group,
            channel.groups,
            is_on=channel.is_on,
            is_verified=channel.verified_at is not None,
            is_here=channel.person_id is None or channel.person_id in self.here,
        )
        if why:
            made.state, made.why = Decided.SKIPPED, why
            return made
        made.due_at = goes_out_at(
            self.local,
            pressing=pressing,
            is_on_duty=channel.person_id not in self.away,
            bundle_minutes=channel.bundle_minutes,
            quiet=quiet_of(self.quiet.get(channel.person_id or 0)),
            is_working=self.is_working,
        )
        return made


def _always(_day: object) -> bool:
    return True


@Prepared
def _quiet_hours(people: list[int]) -> QuerySet[QuietHours]:
    return QuietHours.objects.filter(person__in=people)


@Prepared
def _here(people: list[int]) -> QuerySet[Any, int]:
    return Person.objects.filter(pk__in=people, is_active=True).order_by().values_list("pk", flat=True)


@Prepared
def _away(people: list[int], at: datetime) -> QuerySet[Any, int]:
    """Those on leave from one of their appointments now."""
    rows = Leave.objects.filter(appointment__person__in=people, from_at__lte=at, to_at__gt=at)
    return rows.values_list("appointment__person", flat=True)


@Prepared
def _urgency(keys: list[UUID]) -> QuerySet[Any, Any]:
    return Event.objects.filter(pk__in=keys).order_by().values_list("pk", "urgency")


def _channels_by_person(people: set[int], at: datetime) -> dict[int, list[Channel]]:
    """The channels of each of these people, and of the groups they belong to."""
    found: dict[int, list[Channel]] = defaultdict(list)
    if not people:
        return found
    for channel in _channels_of([*people]):
        found[channel.person_id or 0].append(channel)
    groups = _groups()
    for person, area, department in _memberships(groups, [*people], at):
        found[person] += [
            one
            for one in groups
            if ((one.area_id and one.area_id == area) or (one.department_id and one.department_id == department))
            and one not in found[person]
        ]
    return dict(found)


@Prepared
def _channels_of(people: list[int]) -> QuerySet[Channel]:
    return Channel.objects.kept().filter(person__in=people)


@Prepared
def _groups() -> QuerySet[Channel]:
    return Channel.objects.kept().filter(person__isnull=True)


def _memberships(
    groups: Sequence[Channel], people: list[int], at: datetime
) -> list[tuple[int, str | None, str | None]]:
    """Who of these people is at a desk or in a department that has a group: person, area of the desk, department."""
    areas = [one.area_id for one in groups if one.area_id]
    departments = [one.department_id for one in groups if one.department_id]
    day = timezone.localdate(at)
    found: list[tuple[int, str | None, str | None]] = []
    if areas:
        found += [(person, area, None) for person, area in _at_desks(people, areas, day)]
    if departments:
        found += [(person, None, department) for person, department in _in_departments(people, departments, day)]
    return found


@Prepared
def _at_desks(people: list[int], areas: list[str], day: date) -> QuerySet[Any, Any]:
    desks = Appointment.objects.filter(role=Role.DESK, area__in=areas, person__in=people)
    return desks.valid_on(day).values_list("person", "area")


@Prepared
def _in_departments(people: list[int], departments: list[str], day: date) -> QuerySet[Any, Any]:
    officers = Appointment.objects.filter(role=Role.HANDLER, department__in=departments, person__in=people)
    return officers.valid_on(day).values_list("person", "department")


# --- bundling ------------------------------------------------------------------------------------------------------------


def bundle(at: datetime) -> bool:
    """Give what is due to deliveries, one for each channel; whether there may be more."""
    keys = _channels_due(at, at + LONGEST_HELD)
    for key in keys:
        bundle_channel(key, at)
    return len(keys) == CHANNELS_A_TURN


@Prepared
def _channels_due(at: datetime, farthest: datetime) -> QuerySet[Any, int]:
    due = Decision.objects.filter(is_due(at, farthest)).order_by().values_list("channel", flat=True)
    return due.distinct()[:CHANNELS_A_TURN]


@transaction.atomic
def bundle_channel(pk: int, at: datetime) -> Delivery | None:
    """The next delivery of one channel, with all that is due or nearly so; None if nothing is left or it must wait."""
    (channel,) = _locked_channel(pk)
    held = _held(pk)
    left = _without_needless(channel, held)
    due = [one for one in left if one.due_at and not at < one.due_at <= at + LONGEST_HELD]
    if not due:
        return None
    presses = any(one.is_pressing for one in due)
    later = _free_at(channel, at)
    if later > at and not presses:
        Decision.objects.filter(pk__in=[one.pk for one in due]).update(due_at=later)
        return None
    # What is collected for the same minutes goes along, so that a bundle is not followed by its own tail.
    until = at if presses else at + timedelta(minutes=channel.bundle_minutes)
    carried = [one.pk for one in left if one in due or one.due_at and one.due_at <= until]
    delivery = Delivery.objects.create(
        channel=channel, kind=channel.kind, purpose=Purpose.NOTICES, made_at=at, due_at=at
    )
    _give(carried, delivery.pk)
    return delivery


@Prepared
def _locked_channel(pk: int) -> QuerySet[Channel]:
    return Channel.objects.select_for_update().filter(pk=pk)


@Prepared
def _held(channel: int) -> QuerySet[Decision]:
    return Decision.objects.filter(channel=channel, due_at__isnull=False).order_by("pk")


@PreparedUpdate
def _give(decisions: list[int], delivery: int) -> tuple[QuerySet[Decision], dict[str, Any]]:
    rows = Decision.objects.filter(pk__in=decisions)
    return rows, {"state": Decided.GIVEN, "due_at": None, "delivery": delivery}


def _without_needless(channel: Channel, held: Sequence[Decision]) -> list[Decision]:
    """Those still wanted; the others are skipped: the channel was removed or turned off, or they were read meanwhile."""
    if channel.closed_at or not channel.is_on:
        _skip(held, Why.CLOSED if channel.closed_at else Why.OFF)
        return []
    if channel.person_id is None:
        return list(held)
    entries = [one.entry_id for one in held]
    wanted = set(_unread(channel.person_id, entries))
    _skip([one for one in held if one.entry_id not in wanted], Why.READ)
    return [one for one in held if one.entry_id in wanted]


@Prepared
def _unread(person: int, entries: list[int]) -> QuerySet[Any, int]:
    rows = Notice.objects.filter(person=person, read_at__isnull=True, entry__in=entries)
    return rows.values_list("entry", flat=True)


def _skip(decisions: Iterable[Decision], why: Why) -> None:
    keys = [one.pk for one in decisions]
    if keys:
        held = Decision.objects.filter(pk__in=keys, state=Decided.HELD)
        held.update(state=Decided.SKIPPED, due_at=None, why=why)


def skip_all(channel: Channel, why: Why) -> None:
    """Nothing held for a channel goes out any more."""
    _skip(Decision.objects.filter(channel=channel, due_at__isnull=False), why)


def _free_at(channel: Channel, at: datetime) -> datetime:
    lately = (made_at for made_at in _sent_last(channel.pk) if at - _HOUR < made_at <= at)
    sent = sorted(islice(lately, channel.most_an_hour))
    return free_at(sent, channel.most_an_hour, at)


@Prepared
def _sent_last(channel: int) -> QuerySet[Any, datetime]:
    """The latest first, as many as the largest choice of an hour; asked for by time, all that was ever sent would be read."""
    rows = Delivery.objects.filter(channel=channel, purpose=Purpose.NOTICES)
    return rows.order_by("-pk").values_list("made_at", flat=True)[: max(HOURLY_CHOICES)]


# --- reporters -----------------------------------------------------------------------------------------------------------


def take_in_reporters(at: datetime, kinds: Iterable[str]) -> int:
    """Make a delivery of each message to a reporter that waits and can be sent; how many.

    `kinds`: ways for which this home has a gateway. Where a contact needs another one, the message goes on waiting.
    """
    ways = frozenset(kinds)
    if not ways:
        return 0
    waiting = ReporterMessage.objects.to_send().filter(delivery__isnull=True, made_at__gt=at - _NEWS_FOR)
    made = []
    for one in waiting.select_related("event").iterator(chunk_size=SLICE):
        kind = way_of(one, at)
        if kind in ways:
            made.append(Delivery(kind=kind, purpose=Purpose.REPORTER, reporter_message=one, made_at=at, due_at=at))
    Delivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=SLICE)
    return len(made)


# --- forgetting ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def forget_old(before: datetime, limit: int = SLICE) -> bool:
    """Delete what was finished before a moment with its decisions, and skipped decisions; whether there may be more.

    Deliveries to reporters go too; what became of them stands at the message itself.
    """
    follower = locked_follower()
    finished = Delivery.objects.filter(finished_at__lt=before).order_by("finished_at")
    old = list(finished.values_list("pk", flat=True)[:limit])
    passed_over = Decision.objects.filter(state=Decided.SKIPPED, made_at__lt=before).order_by("made_at")
    skipped = list(passed_over.values_list("pk", flat=True)[:limit])
    count = Decision.objects.filter(delivery__in=old).delete()[0]
    count += Decision.objects.filter(pk__in=skipped).delete()[0]
    Delivery.objects.filter(pk__in=old).delete()
    Follower.objects.filter(pk=follower.pk).update(forgotten=F("forgotten") + count)
    return len(old) == limit or len(skipped) == limit
