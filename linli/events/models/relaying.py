"""What reporters are told at the turning points, and who may see behind the seal for a while."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from linli.events.models.matters import Event
from linli.events.rules import MessageState
from linli.people.models import Department, Person


class ReporterMessageQuerySet(models.QuerySet["ReporterMessage"]):
    """Named sets of messages to reporters."""

    def to_send(self) -> "ReporterMessageQuerySet":
        """Waiting, and not read on the status page meanwhile; the oldest first."""
        return self.filter(state=MessageState.WAITING, read_at__isnull=True).order_by("id")


class ReporterMessage(models.Model):
    """What the holder of a receipt is told of one turning point, as it stood then.

    `event` is the matter of the receipt; `entry` may be of the matter which theirs goes with. No words of anybody are kept
    here: the sentence follows from the verb of the entry (rules.turning_points).
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="told_reporter", db_index=False)
    entry = models.ForeignKey("journal.Entry", models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    #: The office that had it from then on, never a person; and what was promised then.
    office = models.CharField(max_length=500, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=MessageState)
    #: The status page was opened after it.
    read_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ReporterMessageQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state="waiting", read_at__isnull=True), name="messages_to_reporters"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["event", "entry"], name="told_once_per_turning_point")]


class RevealQuerySet(models.QuerySet["Reveal"]):
    """Named sets of askings to see behind the seal."""

    def waiting(self) -> "RevealQuerySet":
        """Not answered yet."""
        return self.filter(answered_at__isnull=True)

    def open_at(self, at: datetime) -> "RevealQuerySet":
        """Granted, and not run out."""
        return self.filter(until__gt=at)


class Reveal(models.Model):
    """Somebody who handles a matter asks to open its sealed contact; the desk says yes for a time, or no."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="reveals")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    why = models.CharField(max_length=200)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    #: Granted until then; empty with an answer: refused.
    until = models.DateTimeField(null=True, blank=True)

    objects = RevealQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "asked_by"], condition=Q(answered_at__isnull=True), name="asked_once_to_reveal"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(answered_at__isnull=False, until__gt=F("answered_at")),
                name="a_reveal_is_granted_for_a_time",
            ),
        ]


class Shield(models.Model):
    """The matter is about this department itself: its officers never learn who reported it."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="shield")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
