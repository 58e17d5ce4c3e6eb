"""Notes between shifts 交接班: what one desk leaves to the next, and that it was taken over."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from linli.areas.codes import within
from linli.areas.models import Area
from linli.events.models import Event
from linli.people.models import Person
from linli.people.rules import Role, Scope


class HandoverQuerySet(models.QuerySet["Handover"]):
    """Named sets of notes."""

    def visible_to(self, scope: Scope) -> "HandoverQuerySet":
        """Those of the desks in somebody's own areas, for who works at a desk or leads there."""
        areas = [one.area for one in scope.held if one.role in (Role.DESK, Role.LEADER)]
        return self.filter(within(*areas)) if areas else self.none()

    def waiting(self) -> "HandoverQuerySet":
        """Neither taken over nor taken back."""
        return self.filter(taken_at__isnull=True, withdrawn_at__isnull=True)

    def overdue_at(self, at: datetime) -> "HandoverQuerySet":
        """Waiting longer than they should."""
        return self.waiting().filter(take_by__lt=at)


class Handover(models.Model):
    """One note of the desk of an area. Its figures stay as they stood when it was handed over.

    It says what is to be done, never how anybody has worked: nothing is counted per person.
    """

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    #: The shift that ends with it began here: when the note before it was handed over.
    since = models.DateTimeField()
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    #: Until when the next shift lasts; what is due in it depends on that.
    next_until = models.DateTimeField()
    #: Until when it should be taken over; after that the queue says so.
    take_by = models.DateTimeField()
    words = models.TextField(blank=True)
    #: {figure: {"count": n, "keys": [matter, …]}}, the first matters of each figure.
    figures = models.JSONField(default=dict)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: Taken back by whoever handed it over, before anybody took it over.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-handed_at", "-id"]
        indexes = [models.Index(fields=["area", "-handed_at"], name="handovers_of_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(taken_at__isnull=True, withdrawn_at__isnull=True),
                name="one_waiting_handover_per_area",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False, withdrawn_at__isnull=True),
                name="a_handover_is_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True) | ~Q(taken_by=F("handed_by")),
                name="a_handover_is_taken_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(next_until__gt=F("handed_at"), take_by__gte=F("handed_at"), since__lte=F("handed_at")),
                name="a_handover_lies_between_shifts",
            ),
        ]


class Pin(models.Model):
    """A matter the next shift should look at, and why."""

    id = models.BigAutoField(primary_key=True)
    handover = models.ForeignKey(Handover, models.CASCADE, related_name="pins")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+", db_index=False)
    remark = models.CharField(max_length=300)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "event"], name="a_matter_is_pinned_once"),
            models.CheckConstraint(condition=~Q(remark=""), name="a_pin_says_why"),
        ]


class ShiftQuestion(models.Model):
    """The successor asks about a note; the one before answers."""

    id = models.BigAutoField(primary_key=True)
    handover = models.ForeignKey(Handover, models.CASCADE, related_name="questions")
    words = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="an_answer_has_words_and_a_name",
            ),
        ]
