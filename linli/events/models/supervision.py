"""Matters under supervision 督办: by whom, until when, and what came of it."""

from django.db import models
from django.db.models import Q

from linli.people.models import Person


class Supervision(models.Model):
    """A named supervisor sees to it that a matter moves, by a date of their own. One at a time for a matter."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey("Event", models.CASCADE, related_name="supervisions")
    supervisor = models.ForeignKey(Person, models.PROTECT, related_name="supervisions", db_index=False)
    #: Empty: the ladder.
    ordered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    #: When the next level hears that it ran out; empty once it has, or once it ended.
    next_at = models.DateTimeField(null=True, blank=True)
    #: Shown in the list of supervised matters 挂牌督办.
    is_listed = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.TextField(blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="supervisions_to_look_at"),
            models.Index(fields=["supervisor"], condition=Q(ended_at__isnull=True), name="supervisions_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event"], condition=Q(ended_at__isnull=True), name="one_supervision_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(next_at__isnull=True), name="an_ended_supervision_warns_nobody"
            ),
        ]
