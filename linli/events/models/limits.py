"""The limits of the steps between the promises, where a county has set its own."""

from django.db import models
from django.db.models import Q

from linli.areas.models import Area
from linli.events.rules import ClockKind, Limit, Unit, Urgency


class StepLimit(models.Model):
    """How long a step may take in an area and all inside it; the nearest wins. Where there is none: as linli comes."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ClockKind)
    urgency = models.CharField(max_length=20, choices=Urgency)
    unit = models.CharField(max_length=15, choices=Unit)
    amount = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["area", "kind", "urgency"]
        constraints = [
            models.UniqueConstraint(fields=["area", "kind", "urgency"], name="step_limit_once"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="step_limit_above_zero"),
            models.CheckConstraint(
                condition=Q(unit__in=["working_days", "natural_days", "shift_hours", "hours"]),
                name="step_limit_in_a_unit",
            ),
        ]

    @property
    def limit(self) -> Limit:
        """As the rules take it."""
        return Limit(**{self.unit: self.amount})
