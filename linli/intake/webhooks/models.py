"""What is stored of webhooks: who is told and how far they have been told, each delivery with its attempts, and who pushes."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains, lineage, within
from linli.areas.models import Area
from linli.intake.webhooks.rules import (
    DOWN_AFTER,
    LANES,
    LANES_WHEN_DOWN,
    LONGEST_WAIT,
    UNFINISHED,
    Outcome,
    State,
    verbs_of,
)
from linli.journal.models import Entry
from linli.kit.keys import KeyField, new_key
from linli.kit.sealing import SealedField, by_key
from linli.kit.timekeeping import is_due
from linli.people.rules import Role, Scope

#: What is left to deliver. Written as the partial indexes are, so that they serve it.
NOT_FINISHED = Q(due_at__isnull=False)


class Standing(models.TextChoices):
    """Whether a system is told (or heard) now."""

    ACTIVE = "active", _("In use")
    PAUSED = "paused", _("Paused")
    #: The receiver answered 410; it may be taken up again.
    GONE = "gone", _("Ended by the receiver")
    CLOSED = "closed", _("Closed")


class AdministeredQuerySet(models.QuerySet[Any]):
    """Rows that belong to an area, kept by its system administrator."""

    def visible_to(self, scope: Scope) -> "AdministeredQuerySet":
        """Those in the areas where they are system administrator."""
        return self.filter(within(*(one.area for one in scope.held if one.role == Role.SYSTEM_ADMIN)))

    def in_use(self) -> "AdministeredQuerySet":
        """Those not closed."""
        return self.exclude(standing=Standing.CLOSED)


class WithSecret(models.Model):
    """A secret that both sides know, sealed to its row; for a while after it was changed, the one before as well."""

    #: What the seal is bound to.
    key = KeyField(unique=True, default=new_key)
    sealed_secret = SealedField(bound_to=by_key)
    sealed_old_secret = SealedField(bound_to=by_key, default=bytes)
    #: Until when the old one holds too.
    old_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def secrets_at(self, at: datetime) -> list[str]:
        """The secrets that hold at a moment, the newest first. Raises `Refused` with another home's key."""
        columns = ["sealed_secret"]
        if self.old_until is not None and at < self.old_until:
            columns.append("sealed_old_secret")
        return [self._column(name).open(self).decode() for name in columns]

    def put_secret(self, secret: str) -> None:
        """Seal a secret into its column; nothing is stored."""
        self.sealed_secret = self._column("sealed_secret").seal(self, secret.encode())

    def keep_old_secret(self) -> None:
        """Move the secret into the column of the one before; nothing is stored."""
        old = self._column("sealed_secret").open(self)
        self.sealed_old_secret = self._column("sealed_old_secret").seal(self, old)

    def _column(self, name: str) -> SealedField:
        column = self._meta.get_field(name)
        assert isinstance(column, SealedField)
        return column


class Subscription(WithSecret):
    """Another system is told what is done in an area and all inside it."""

    #: Of the system, never of a person.
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=500)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    #: Codes of `Group`.
    groups = models.JSONField(default=list)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.ACTIVE)
    created_at = models.DateTimeField()
    #: Up to which entry of its county's chain of the journal deliveries have been made.
    position = models.PositiveBigIntegerField(default=0)
    #: Failures in a row, and until when it is left alone after them.
    failures = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)

    objects = AdministeredQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=~Q(standing="closed"), name="open_subscription_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def chain(self) -> str:
        """The chain of the journal that holds all acts of its area."""
        return lineage(self.area_id)[0]

    @property
    def lanes(self) -> int:
        """How many deliveries may be under way at once."""
        return LANES_WHEN_DOWN if self.failures else LANES

    @property
    def is_down(self) -> bool:
        """It has failed again and again."""
        return self.failures >= DOWN_AFTER

    def wants(self, entry: Entry) -> bool:
        """Whether it is told of this act: in its area, or when a matter leaves it."""
        if entry.on_kind != "event" or entry.verb not in verbs_of(self.groups):
            return False
        return contains(self.area_id, entry.area_id or "-") or contains(
            self.area_id, str(entry.facts.get("came_from", ""))
        )


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Named sets of deliveries."""

    def unfinished(self) -> "DeliveryQuerySet":
        """Neither delivered nor given up."""
        return self.filter(NOT_FINISHED)

    def under_way(self, at: datetime) -> "DeliveryQuerySet":
        """Those that an attempt holds still."""
        return self.filter(state=State.UNKNOWN, due_at__gt=at, due_at__lte=at + LONGEST_WAIT)

    def due_at_moment(self, at: datetime) -> "DeliveryQuerySet":
        """Those to send now: none while an earlier one about the same matter is still to be delivered."""
        earlier = Delivery.objects.filter(
            NOT_FINISHED, subscription=OuterRef("subscription"), on_key=OuterRef("on_key"), pk__lt=OuterRef("pk")
        )
        return self.filter(NOT_FINISHED, is_due(at, at + LONGEST_WAIT)).exclude(Q(~Q(on_key=""), Exists(earlier)))


class Delivery(models.Model):
    """One act to tell one system. Its id goes out as webhook-id, the same at every attempt; so does the body."""

    id = models.BigAutoField(primary_key=True)
    #: Made from the subscription and the entry, so that it is the same even after a backup was restored.
    message_id = KeyField(unique=True)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+", db_index=False)
    verb = models.CharField(max_length=60)
    #: The key of the matter as text, and its number; empty for a test.
    on_key = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=40, blank=True)
    body = models.TextField()
    made_at = models.DateTimeField()
    #: Since when it is to be delivered: when it was made, or sent again by hand.
    wanted_since = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    #: When it is tried next; none once it is finished. While an attempt runs: until when that holds it.
    due_at = models.DateTimeField(null=True)
    #: Attempts since `wanted_since`, and the latest of them.
    tries = models.PositiveSmallIntegerField(default=0)
    attempt = models.ForeignKey("Attempt", models.SET_NULL, null=True, related_name="+", db_index=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "entry"], condition=Q(entry__isnull=False), name="delivery_once_per_act"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(UNFINISHED), due_at__isnull=False)
                | (~Q(state__in=sorted(UNFINISHED)) & Q(due_at__isnull=True)),
                name="unfinished_deliveries_are_due",
            ),
        ]
        indexes = [
            models.Index(fields=["subscription", "state", "-id"], name="delivery_log"),
            models.Index(fields=["due_at", "subscription"], condition=NOT_FINISHED, name="delivery_due"),
            models.Index(
                fields=["subscription", "on_key", "id", "due_at"], condition=NOT_FINISHED, name="delivery_order"
            ),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="delivery_finished"),
        ]

    @property
    def webhook_id(self) -> str:
        """As it stands in the header."""
        return f"msg_{self.message_id.hex}"

    @property
    def is_finished(self) -> bool:
        """Delivered or given up."""
        return self.state not in UNFINISHED


class Attempt(models.Model):
    """One try of a delivery, written before it is sent: without an end it was sent, and no answer is known."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.UNKNOWN)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    #: The beginning of what the receiver answered.
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]


class Scheme(models.TextChoices):
    """How a system signs what it pushes."""

    STANDARD = "standard", _("Standard Webhooks")
    GITHUB = "github", _("X-Hub-Signature-256 (GitHub)")


class Pusher(WithSecret):
    """Another system pushes reports to `/intake/v1/hooks/<name>`, in its own form, which `mapping` reads."""

    #: In the address: small letters, digits and dashes.
    name = models.CharField(max_length=40)
    #: What people call the system.
    title = models.CharField(max_length=60)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    scheme = models.CharField(max_length=10, choices=Scheme, default=Scheme.STANDARD)
    #: TOML; see `mapping`.
    mapping = models.TextField()
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.ACTIVE)
    created_at = models.DateTimeField()

    objects = AdministeredQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=~Q(standing="closed"), name="open_pusher_name_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Arrival(models.Model):
    """Something was pushed: when, under which id, and what came of it. Never what was in it."""

    id = models.BigAutoField(primary_key=True)
    pusher = models.ForeignKey(Pusher, models.CASCADE, related_name="arrivals", db_index=False)
    at = models.DateTimeField()
    message_id = models.CharField(max_length=100, blank=True)
    status = models.PositiveSmallIntegerField()
    #: Empty if it was kept as a report; else why not.
    code = models.CharField(max_length=40, blank=True)
    kept = KeyField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["pusher", "-id"], name="arrival_log")]


def key_of(subscription: Subscription, entry: Entry) -> UUID:
    """The id under which an act is told to a system, whenever it is made."""
    return uuid5(subscription.key, f"{entry.chain} {entry.position} {bytes(entry.digest).hex()}")
