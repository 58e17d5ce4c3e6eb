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


class Resealing(models.Model):
    """How far the sealing anew of one place is (a column, or the files of a model), and under which key of the ring."""

    place = models.CharField(max_length=100, primary_key=True)
    key_id = models.CharField(max_length=16)
    #: The last row that was looked at, its key as text; empty at the beginning.
    after = models.CharField(max_length=60, blank=True)
    seen = models.PositiveBigIntegerField(default=0)
    moved = models.PositiveBigIntegerField(default=0)
    #: Seals of this round that no key of the ring opens: they stay as they are.
    broken = models.PositiveBigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
