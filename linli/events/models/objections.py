"""Objections to a dispatch: who says it is not theirs, whose it is then, on what basis, and what was answered."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from linli.people.models import Department, Person


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Named sets of objections."""

    def of_leads(self) -> "ObjectionQuerySet":
        """To leading the matter."""
        return self.filter(of_lead=True)

    def of_parts(self) -> "ObjectionQuerySet":
        """Of co-handlers, to their own part."""
        return self.filter(of_lead=False)

    def waiting(self) -> "ObjectionQuerySet":
        """Not answered yet."""
        return self.filter(answered_at__isnull=True)

    def lapse(self, at: datetime) -> None:
        """What was objected to is gone: those that wait are over, and nobody has answered them."""
        self.waiting().update(answered_at=at, was_upheld=False)


class Objection(models.Model):
    """One objection of one department; once in a round of a matter. How often a matter bounced is how many there are."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey("Event", models.CASCADE, related_name="objections")
    department = models.ForeignKey(Department, models.PROTECT, related_name="objections")
    #: To lead the matter; else a co-handler objects to its own part, and everything else goes on.
    of_lead = models.BooleanField(default=True)
    #: A matter taken up again begins a new round (`Event.reopened`).
    round = models.PositiveSmallIntegerField(default=0)
    #: The which-th bounce of the round, or of the part; from the second on a coordinator answers.
    bounce = models.PositiveSmallIntegerField(default=1)
    next_owner = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: The duty list, the law or the agreement it rests on.
    basis = models.CharField(max_length=500)
    objected_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    objected_at = models.DateTimeField()
    #: Who has to answer by name; empty: the desk, and for a part the lead too.
    coordinator = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="objections_to_answer", db_index=False
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: The department that must take it, as a coordinator settled; it objects no more in this round.
    settled_on = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: Whom the part went to when the objection of a co-handler was upheld; empty: nobody.
    passed_to = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    was_upheld = models.BooleanField(null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["coordinator", "event"],
                condition=Q(answered_at__isnull=True, coordinator__isnull=False),
                name="objections_of_coordinator",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "department", "round"], name="one_objection_per_department"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, was_upheld__isnull=True)
                | Q(answered_at__isnull=False, was_upheld__isnull=False),
                name="an_answer_says_yes_or_no",
            ),
        ]
