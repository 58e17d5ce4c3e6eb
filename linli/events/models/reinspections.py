"""Re-inspections drawn by lot 双随机复查: the plan of an area, its draws, and the matters drawn."""

from django.db import models
from django.db.models import F, Q

from linli.areas.codes import within
from linli.areas.models import Area
from linli.events.models.matters import Event
from linli.events.rules import Finding
from linli.kit.sealing import SealedField
from linli.people.models import Person
from linli.people.rules import Scope


def _by_area(plan: "DrawPlan") -> bytes:
    return plan.area_id.encode()


class DrawPlan(models.Model):
    """How an area draws, and the sealed secret of its next draw, whose SHA-256 the journal has already."""

    area = models.OneToOneField(Area, models.PROTECT, primary_key=True, related_name="+")
    share_percent = models.PositiveSmallIntegerField()
    at_most = models.PositiveSmallIntegerField()
    #: In how many working days the matters drawn are looked at.
    working_days = models.PositiveSmallIntegerField()
    #: The worker draws each Monday of what was closed in the week before.
    is_weekly = models.BooleanField(default=True)
    secret = SealedField(bound_to=_by_area)
    commitment = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(share_percent__range=(1, 100)), name="a_share_of_one_to_hundred"),
            models.CheckConstraint(condition=Q(at_most__gte=1), name="one_at_least_is_drawn"),
        ]


class DrawQuerySet(models.QuerySet["Draw"]):
    """Named sets of draws."""

    def visible_to(self, scope: Scope) -> "DrawQuerySet":
        """Draws of the areas a person sees."""
        return self.filter(within(*scope.area_codes))


class Draw(models.Model):
    """One draw: the list as it was frozen, and the secret that became known with it. Never changed."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    #: Both days included, in the time of the county.
    from_on = models.DateField()
    to_on = models.DateField()
    share_percent = models.PositiveSmallIntegerField()
    at_most = models.PositiveSmallIntegerField()
    #: The numbers of all matters closed in the period, sorted.
    population = models.JSONField()
    frozen = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    secret = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()
    #: Empty: the worker.
    drawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    objects = DrawQuerySet.as_manager()

    class Meta:
        ordering = ["-to_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["area", "from_on"], name="a_period_is_drawn_once"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="a_draw_ends_after_it_begins"),
        ]


class ReinspectionQuerySet(models.QuerySet["Reinspection"]):
    """Named sets of re-inspections."""

    def visible_to(self, scope: Scope) -> "ReinspectionQuerySet":
        """Those of matters in the areas a person sees."""
        return self.filter(within(*scope.area_codes, field="event__area"))

    def waiting(self) -> "ReinspectionQuerySet":
        """Not looked at yet, of matters that are still closed as they were when they were drawn.

        A closing that was undone meanwhile needs nobody to find out, and its next one is another closing.
        """
        return self.filter(found_at__isnull=True, event__ended_at__lte=F("draw__drawn_at"))


class Reinspection(models.Model):
    """One matter drawn: who looks at it, until when, and what was found."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="reinspections")
    #: Which lot it was, from 1.
    lot = models.PositiveIntegerField()
    event = models.ForeignKey(Event, models.PROTECT, related_name="reinspections")
    #: Empty while nobody may: then whoever of the desk or the verifiers may look.
    inspector = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    finding = models.CharField(max_length=10, choices=Finding, blank=True)
    found_at = models.DateTimeField(null=True, blank=True)
    found_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    objects = ReinspectionQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(found_at__isnull=True), name="reinspections_waiting")
        ]
        constraints = [
            models.UniqueConstraint(fields=["draw", "lot"], name="one_matter_a_lot"),
            models.UniqueConstraint(fields=["draw", "event"], name="a_matter_is_drawn_once_a_draw"),
            models.CheckConstraint(
                condition=Q(finding="", found_at__isnull=True) | (~Q(finding="") & Q(found_at__isnull=False)),
                name="a_finding_has_a_time",
            ),
        ]

    @property
    def is_overtaken(self) -> bool:
        """Taken up again before anybody had looked."""
        ended_at = self.event.ended_at
        return self.found_at is None and (ended_at is None or ended_at > self.draw.drawn_at)
