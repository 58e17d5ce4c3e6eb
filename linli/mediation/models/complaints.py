"""What a party complains of, who has to answer it until when, and what was answered."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from linli.mediation.models.bodies import Body
from linli.mediation.models.disputes import Dispute
from linli.mediation.models.parties import Party
from linli.mediation.models.sealed import Sealed
from linli.people.models import Person


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """Named sets of complaints."""

    def open(self) -> "ComplaintQuerySet":
        """Nobody has answered yet. Written as the partial indexes are, so that they serve it."""
        return self.filter(answered_at__isnull=True)

    def to_remind_of(self, at: datetime) -> "ComplaintQuerySet":
        """Those of which whoever has to answer is to be told now."""
        return self.filter(next_at__lte=at)


class Complaint(Sealed):
    """A party complains of its mediation (人民调解法 arts. 15, 23).

    Behind the seal: `words`, `about` (keys of the persons it is about, who read it nowhere), `answer`. Nothing in the clear
    says of whom anybody complained: nobody is counted by it.
    """

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="complaints")
    party = models.ForeignKey(Party, models.CASCADE, related_name="complaints")
    #: The committee above that has to answer; none: the one that has the dispute.
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: It says why another mediator is wanted, and went to the committee above because a head mediates.
    is_objection = models.BooleanField(default=False)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    #: When whoever has to answer is reminded next; none once it is answered, or they have been told that it is late.
    next_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["dispute", "at", "key"]
        indexes = [
            models.Index(fields=["body", "due_at"], condition=Q(answered_at__isnull=True), name="complaints_to_answer"),
            models.Index(fields=["next_at", "key"], condition=Q(next_at__isnull=False), name="complaints_to_remind_of"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False, next_at__isnull=True),
                name="an_answer_is_somebodys",
            ),
        ]
