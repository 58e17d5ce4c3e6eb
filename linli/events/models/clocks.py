"""The clocks that run for matters and their parts."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from linli.events.rules import ClockKind, PauseReason, Unit
from linli.people.models import Person


class ClockQuerySet(models.QuerySet["Clock"]):
    """Named sets of clocks."""

    def running(self) -> "ClockQuerySet":
        """Not stopped and not standing still."""
        return self.filter(stopped_at__isnull=True, paused_at__isnull=True)

    def unstopped(self) -> "ClockQuerySet":
        """Not stopped: running, or standing still."""
        return self.filter(stopped_at__isnull=True)

    def to_look_at(self, at: datetime) -> "ClockQuerySet":
        """Those whose next warning may be due."""
        return self.filter(next_at__lte=at)


class Clock(models.Model):
    """One run of one clock: from when, until when, whether it stands still, how far its warnings have come.

    Written by `actions.clocks` alone, in the transaction of the act that starts, stops or moves it.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey("Event", models.CASCADE, related_name="clocks")
    #: Whose clock it is, where it binds one department.
    part = models.ForeignKey("Part", models.CASCADE, null=True, blank=True, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=10, choices=ClockKind)
    started_at = models.DateTimeField()
    #: When it began to run, moved on by every pause.
    from_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    #: The limit as it was agreed, to be reckoned again when the calendar or the class changes.
    unit = models.CharField(max_length=15, choices=Unit)
    amount = models.PositiveIntegerField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=12, choices=PauseReason, blank=True)
    paused_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: It runs on by itself then.
    paused_until = models.DateTimeField(null=True, blank=True)
    extension_asked_until = models.DateTimeField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True, blank=True)
    #: How many warnings of the ladder it has given (rules.ladder).
    rung = models.PositiveSmallIntegerField(default=0)
    #: When the worker looks at it again; empty once it is stopped, stands still, or the ladder has ended.
    next_at = models.DateTimeField(null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="clocks_to_look_at"),
            models.Index(fields=["paused_until"], condition=Q(paused_until__isnull=False), name="pauses_that_end"),
            models.Index(fields=["part"], condition=Q(part__isnull=False), name="clocks_of_part"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind"],
                condition=Q(stopped_at__isnull=True, part__isnull=True),
                name="one_running_clock_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["part", "kind"],
                condition=Q(stopped_at__isnull=True, part__isnull=False),
                name="one_running_clock_of_a_part",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, pause_reason="")
                | (Q(paused_at__isnull=False) & ~Q(pause_reason="")),
                name="a_pause_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(next_at__isnull=True) | Q(stopped_at__isnull=True, paused_at__isnull=True),
                name="a_clock_that_stands_still_warns_nobody",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="a_clock_ends_after_it_starts"),
        ]
