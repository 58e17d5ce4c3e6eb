"""What is stored of notices that go out: channels, what was decided of each notice, and deliveries with their course."""

import json
from typing import Any

from django.db import models
from django.db.models import Q

from linli.areas.models import Area
from linli.events.models import ReporterMessage
from linli.journal.models import Entry
from linli.kit.keys import KeyField, new_key
from linli.kit.sealing import SealedField, by_key, unseal
from linli.notices.rules import NEVER_QUIET, UNFINISHED, Decided, Group, Kind, Purpose, Quiet, State, Why
from linli.people.models import Department, Person

#: Written as the partial indexes are, so that they serve it.
NOT_FINISHED = Q(due_at__isnull=False)


class Follower(models.Model):
    """How far the journal was followed, and the tally of the law. One row."""

    #: Chain to position, as `journal.following` has it.
    place = models.JSONField(default=dict)
    #: Notices followed; those that stand in the inbox alone; those with a channel or more.
    notices = models.PositiveBigIntegerField(default=0)
    in_inbox_alone = models.PositiveBigIntegerField(default=0)
    with_channels = models.PositiveBigIntegerField(default=0)
    #: Notices by channels that were decided, and how many of these decisions were deleted after their time.
    decided = models.PositiveBigIntegerField(default=0)
    forgotten = models.PositiveBigIntegerField(default=0)


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Named sets of channels."""

    def kept(self) -> "ChannelQuerySet":
        """Those not removed."""
        return self.filter(closed_at__isnull=True)


class Channel(models.Model):
    """One way to reach a person, or the group of a desk (`area`) or of a department (a robot there)."""

    id = models.BigAutoField(primary_key=True)
    #: What the seal is bound to.
    key = KeyField(unique=True, default=new_key)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="channels", db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    #: What people call it: "the duty group", "the computer at the counter". Never a person.
    name = models.CharField(max_length=60, blank=True)
    #: JSON, sealed: see `sending`. Empty once removed.
    sealed = SealedField(bound_to=by_key)
    #: A digest under this home's key, so that the same address is not kept twice.
    mark = models.CharField(max_length=64)
    #: Codes of `Group`.
    groups = models.JSONField(default=list)
    bundle_minutes = models.PositiveSmallIntegerField()
    most_an_hour = models.PositiveSmallIntegerField()
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    #: When it was shown that it reaches them; nothing but a code or a test goes out before.
    verified_at = models.DateTimeField(null=True, blank=True)
    code_asked_at = models.DateTimeField(null=True, blank=True)
    #: Of a browser that rings from within the field app: the number of the app on that phone. Its links lead into the app, and it
    #: ends when the phone is signed out.
    installation = KeyField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, area__isnull=True, department__isnull=True)
                | Q(person__isnull=True, area__isnull=False, department__isnull=True)
                | Q(person__isnull=True, area__isnull=True, department__isnull=False),
                name="a_channel_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "mark"], condition=Q(closed_at__isnull=True), name="channel_once_per_address"
            ),
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(closed_at__isnull=True), name="channels_of_person"),
        ]

    def __str__(self) -> str:
        label = str(Kind(self.kind).label)
        return f"{label} · {self.name}" if self.name else label

    @property
    def address(self) -> dict[str, str]:
        """What is behind the seal; for the worker alone. Raises `Refused` with another home's key."""
        opened: dict[str, str] = json.loads(
            unseal(bytes(self.sealed), bound_to=self.key.bytes, place="notices.channel.sealed")
        )
        return opened


class QuietHours(models.Model):
    """When a person wants to be left alone."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="quiet_hours")
    from_time = models.TimeField(null=True, blank=True)
    to_time = models.TimeField(null=True, blank=True)
    on_days_off = models.BooleanField(default=False)
    lets_pressing = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_time__isnull=True, to_time__isnull=True)
                | Q(from_time__isnull=False, to_time__isnull=False),
                name="quiet_hours_begin_and_end",
            )
        ]

    @property
    def quiet(self) -> Quiet:
        """As the rules ask for it."""
        return Quiet(self.from_time, self.to_time, self.on_days_off, self.lets_pressing)


def quiet_of(hours: QuietHours | None) -> Quiet:
    """As the rules ask for it; None: never quiet."""
    return hours.quiet if hours else NEVER_QUIET


class Letter(models.Model):
    """A mail or text message to somebody without an account: see `letters`. It holds no address."""

    key = KeyField(primary_key=True)
    topic = models.CharField(max_length=20)
    #: The row of the room that keeps the address.
    to = KeyField(db_index=True)
    #: Codes and numbers; never a name or an address.
    facts = models.JSONField(default=dict)
    #: When it goes out at the earliest.
    made_at = models.DateTimeField(db_index=True)


class OutgoingQuerySet(models.QuerySet["Delivery"]):
    """Named sets of deliveries."""

    def unfinished(self) -> "OutgoingQuerySet":
        """Something is still to be done about them."""
        return self.filter(NOT_FINISHED)


class Delivery(models.Model):
    """Something to send on one channel, to a reporter, or by letter. Its key goes out with it, the same at every attempt.

    What it says is made when it is sent, from ids and codes: nothing of it is stored.
    """

    id = models.BigAutoField(primary_key=True)
    key = KeyField(unique=True, default=new_key)
    kind = models.CharField(max_length=10, choices=Kind)
    purpose = models.CharField(max_length=10, choices=Purpose)
    channel = models.ForeignKey(
        Channel, models.PROTECT, null=True, blank=True, related_name="deliveries", db_index=False
    )
    reporter_message = models.OneToOneField(
        ReporterMessage, models.CASCADE, null=True, blank=True, related_name="delivery"
    )
    letter = models.OneToOneField(Letter, models.CASCADE, null=True, blank=True, related_name="delivery")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    made_at = models.DateTimeField()
    #: When it is tried next; none once it is finished. While it is being sent: until when that holds it.
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    #: How often it was sent again because no answer was known.
    repeats = models.PositiveSmallIntegerField(default=0)
    #: A short code of the last answer.
    why = models.CharField(max_length=60, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(UNFINISHED), due_at__isnull=False, finished_at__isnull=True)
                | (~Q(state__in=sorted(UNFINISHED)) & Q(due_at__isnull=True, finished_at__isnull=False)),
                name="unfinished_notices_are_due",
            ),
            models.CheckConstraint(
                condition=Q(
                    purpose="reporter", channel__isnull=True, reporter_message__isnull=False, letter__isnull=True
                )
                | Q(purpose="letter", channel__isnull=True, reporter_message__isnull=True, letter__isnull=False)
                | (
                    ~Q(purpose__in=["letter", "reporter"])
                    & Q(channel__isnull=False, reporter_message__isnull=True, letter__isnull=True)
                ),
                name="a_delivery_goes_to_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "due_at"], condition=NOT_FINISHED, name="notices_due"),
            models.Index(fields=["channel", "-id"], name="notices_of_channel"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="notices_finished"),
        ]

    @property
    def is_finished(self) -> bool:
        """Nothing more is done about it by itself."""
        return self.due_at is None


class Decision(models.Model):
    """What was decided of one notice on one channel. Exactly one for each, held, given to a delivery or skipped."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="decisions", db_index=False)
    group = models.CharField(max_length=10, choices=Group)
    is_pressing = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=Decided)
    why = models.CharField(max_length=20, choices=Why, blank=True)
    made_at = models.DateTimeField()
    #: Until when it is held.
    due_at = models.DateTimeField(null=True, blank=True)
    #: The one that carries it, with others or alone.
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, blank=True, related_name="decisions", db_index=False
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "entry"], name="decided_once_per_notice"),
            models.CheckConstraint(
                condition=Q(state="held", due_at__isnull=False, delivery__isnull=True, why="")
                | Q(state="given", due_at__isnull=True, delivery__isnull=False, why="")
                | (Q(state="skipped", due_at__isnull=True, delivery__isnull=True) & ~Q(why="")),
                name="a_decision_is_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "channel"], condition=Q(due_at__isnull=False), name="decisions_held"),
            models.Index(fields=["channel"], condition=Q(due_at__isnull=False), name="decisions_held_by_channel"),
            models.Index(fields=["delivery"], condition=Q(delivery__isnull=False), name="decisions_of_delivery"),
            models.Index(fields=["made_at"], condition=Q(state="skipped"), name="decisions_skipped"),
        ]


def facts_of(one: Any) -> dict[str, Any]:
    """What the journal says of a channel: never its address."""
    return {"kind": one.kind, "department": one.department_id}
