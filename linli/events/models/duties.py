"""The duty list 权责清单 in its versions: who leads what where, and on what it rests; and dispatches that went elsewhere."""

from datetime import date

from django.db import models
from django.db.models import Q

from linli.areas.models import Area
from linli.events.models.categories import Category
from linli.events.models.matters import Event
from linli.events.rules import ChoiceReason
from linli.people.models import Department


class DutyListQuerySet(models.QuerySet["DutyList"]):
    """Named sets of versions."""

    def drafts(self) -> "DutyListQuerySet":
        """Those not put in use, from no day: they may still be corrected."""
        return self.filter(in_use_from__isnull=True)

    def in_force_on(self, day: date) -> "DutyList | None":
        """The version put in use last, up to that day; None before the first."""
        return self.begun_on(day).first()

    def begun_on(self, day: date) -> "DutyListQuerySet":
        """Those put in use up to that day, the one in force first."""
        return self.filter(in_use_from__lte=day).order_by("-in_use_from", "-id")


class DutyList(models.Model):
    """One version. Once it is put in use its lines are never edited: a change is a new version, begun as a copy of this."""

    name = models.CharField(max_length=100, unique=True)
    source = models.CharField(max_length=300, blank=True)
    #: From when it holds by its own words; kept as said, nothing follows from it.
    valid_from = models.DateField(null=True, blank=True)
    #: From when the desk is recommended by it; empty: brought in, not in use.
    in_use_from = models.DateField(null=True, blank=True)
    brought_in_at = models.DateTimeField()

    objects = DutyListQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """One line: matters of this category (or domain) in this area and all inside it are led by this department."""

    list = models.ForeignKey(DutyList, models.PROTECT, related_name="duties", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="duties", db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(Department, models.PROTECT, related_name="duties")
    co_handlers = models.ManyToManyField(Department, related_name="+", blank=True)
    basis = models.CharField(max_length=500)
    hours = models.CharField(max_length=100, blank=True)
    #: Of an office, never of a person.
    contact = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["category", "area"]
        constraints = [
            models.UniqueConstraint(fields=["list", "category", "area"], name="one_duty_per_category_and_area")
        ]


class DispatchChoice(models.Model):
    """A dispatch that went to another department than was recommended, and why."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="choices")
    entry = models.OneToOneField("journal.Entry", models.PROTECT, related_name="+")
    recommended = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    chosen = models.ForeignKey(Department, models.PROTECT, related_name="+", db_index=False)
    #: The line that recommended it; None: the category's own department, or kept before lines were.
    duty = models.ForeignKey(Duty, models.PROTECT, null=True, blank=True, related_name="overruled")
    reason = models.CharField(max_length=20, choices=ChoiceReason)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="other") | ~Q(words=""), name="another_reason_is_in_words"),
        ]
