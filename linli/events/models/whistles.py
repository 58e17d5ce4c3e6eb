"""Whistles 吹哨: a township or community calls departments to the spot, and who came."""

from django.db import models
from django.db.models import Q

from linli.people.models import Department, Person


class Whistle(models.Model):
    """Departments are called to a place by a time. One at a time for a matter."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey("Event", models.CASCADE, related_name="whistles")
    blown_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    blown_at = models.DateTimeField()
    place = models.CharField(max_length=300)
    be_there_by = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    #: What was agreed on the spot.
    agreed = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event"], condition=Q(ended_at__isnull=True), name="one_whistle_at_a_time")
        ]


class Call(models.Model):
    """One department called by a whistle: when it came, or why it did not. Where a telephone was is kept nowhere."""

    id = models.BigAutoField(primary_key=True)
    whistle = models.ForeignKey(Whistle, models.CASCADE, related_name="calls")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    #: Its part now; empty once the matter went elsewhere. Who came stays recorded.
    part = models.ForeignKey("Part", models.SET_NULL, null=True, blank=True, related_name="calls")
    arrived_at = models.DateTimeField(null=True, blank=True)
    #: Of the department itself, or whoever blew the whistle.
    noted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    excused = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["whistle", "department"], name="a_department_is_called_once"),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True) | Q(excused=""), name="who_came_needs_no_excuse"
            ),
        ]
