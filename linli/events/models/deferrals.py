"""Deferred matters 挂账: until when, what is to be done on the way, and when the desk looks at them."""

from django.db import models
from django.db.models import F, Q

from linli.events.rules import MilestoneState
from linli.people.models import Person


class Deferral(models.Model):
    """One deferral of a matter; one at a time. Its last milestone is its end."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey("Event", models.CASCADE, related_name="deferrals")
    deferred_at = models.DateTimeField()
    deferred_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    ends_on = models.DateField()
    #: The day of the first milestone that is not done: what the list is ordered by.
    next_on = models.DateField()
    review_every = models.PositiveSmallIntegerField(null=True, blank=True)
    #: When the desk is next reminded to look at it, between the milestones.
    review_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["next_on", "id"]
        indexes = [
            models.Index(fields=["next_on", "id"], condition=Q(ended_at__isnull=True), name="deferrals_by_next_day"),
            models.Index(
                fields=["review_on"],
                condition=Q(ended_at__isnull=True, review_on__isnull=False),
                name="deferrals_to_review",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event"], condition=Q(ended_at__isnull=True), name="one_deferral_at_a_time"
            ),
            models.CheckConstraint(condition=Q(next_on__lte=F("ends_on")), name="a_deferral_has_an_end"),
        ]


class Milestone(models.Model):
    """What is to be done by a day of a deferral, and what became of it."""

    id = models.BigAutoField(primary_key=True)
    deferral = models.ForeignKey(Deferral, models.CASCADE, related_name="milestones")
    due_on = models.DateField()
    what = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=MilestoneState, default=MilestoneState.WAITING)
    #: When it was done, or found missed; by whom (nobody: the day passed), in which words.
    noted_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state="waiting"), name="milestones_awaited"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["deferral", "due_on"], name="one_milestone_a_day"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "dropped"]) | Q(noted_at__isnull=False), name="a_milestone_is_noted"
            ),
        ]
