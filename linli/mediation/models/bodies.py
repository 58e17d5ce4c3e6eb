"""Mediation bodies and who mediates there."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from linli.areas.codes import contains, lineage, within
from linli.areas.models import Area
from linli.mediation.rules.kinds import BodyKind, Level
from linli.people.models import Person


class BodyQuerySet(models.QuerySet["Body"]):
    """Named sets of bodies."""

    def open_on(self, day: date) -> "BodyQuerySet":
        """Bodies that have not been closed by that day."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def left_to(self, *areas: str, day: date) -> "BodyQuerySet":
        """Bodies of these areas, and of all within, that were closed by that day: what they had is left to the heads there."""
        return self.filter(within(*areas), closed_on__lte=day)

    def above(self, area: str) -> "BodyQuerySet":
        """The bodies of an area and of those that contain it."""
        return self.filter(area__in=lineage(area))


class Body(models.Model):
    """A body that mediates: the committee of a village, township or county, a specialist one, a council of elders."""

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="mediation_bodies")
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    level = models.CharField(max_length=10, choices=Level)
    kind = models.CharField(max_length=10, choices=BodyKind, default=BodyKind.PEOPLE)
    #: The court that confirms its agreements.
    court_name = models.CharField(max_length=100, blank=True)
    #: What its case numbers have between year and number, e.g. `石人调字`.
    prefix = models.CharField(max_length=20)
    closed_on = models.DateField(null=True, blank=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["area", "id"]
        constraints = [
            models.UniqueConstraint(fields=["prefix"], name="one_body_per_prefix"),
            models.CheckConstraint(condition=~Q(prefix=""), name="a_body_numbers_its_cases"),
        ]

    def is_left_to(self, area: str, day: date) -> bool:
        """Whether it was closed by that day, and what it had is left to the heads of bodies of this area."""
        return self.closed_on is not None and self.closed_on <= day and contains(area, self.area_id)

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class MediatorQuerySet(models.QuerySet["Mediator"]):
    """Named sets of mediators."""

    def serving_on(self, day: date) -> "MediatorQuerySet":
        """Those who mediate on that day, in a body that still exists."""
        here = Q(to_on__isnull=True) | Q(to_on__gt=day)
        open_body = Q(body__closed_on__isnull=True) | Q(body__closed_on__gt=day)
        return self.filter(here, open_body, from_on__lte=day, person__is_active=True)

    def heads(self) -> "MediatorQuerySet":
        """Those who head their body."""
        return self.filter(is_head=True)


class Mediator(models.Model):
    """A person mediates in a body from one day to (not including) another."""

    id = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="mediators", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="mediating")
    #: Sees what their body has, screens, assigns and stamps.
    is_head = models.BooleanField(default=False)
    #: Codes of `Kind` and of `Language`.
    skills = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    objects = MediatorQuerySet.as_manager()

    class Meta:
        ordering = ["body", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "person"], condition=Q(to_on__isnull=True), name="mediates_once_in_a_body"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="a_mediator_ends_after_they_start"
            ),
        ]

    def __str__(self) -> str:
        return self.person.name
