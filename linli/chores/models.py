"""The chores of this home: when each is due, and who has it in hand."""

from django.db import models
from django.db.models import Q


class Chore(models.Model):
    """One row per entry of the table `CHORES`; made when it is first due."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()
    #: Whoever claimed it has it until then; afterwards it is anybody's again.
    claimed_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    #: How often it has failed in a row.
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="chores_have_a_name")]
