"""How the county has results verified, and closings that did not hold."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from linli.areas.codes import lineage, outermost, within
from linli.areas.models import Area
from linli.events.models.categories import Category
from linli.events.models.matters import Event
from linli.events.rules import ANSWER_DAYS, Said, Verification
from linli.people.models import Person
from linli.people.rules import Scope


class VerificationRuleQuerySet(models.QuerySet["VerificationRule"]):
    """Named sets of rules."""

    def in_force(self) -> "VerificationRuleQuerySet":
        """Those that hold now."""
        return self.filter(removed_at__isnull=True)

    def visible_to(self, scope: Scope) -> "VerificationRuleQuerySet":
        """Those that bear on where this person works: of their areas, of all inside them, and of those around them."""
        areas = outermost(one.area for one in scope.held)
        around = [code for area in areas for code in lineage(area)]
        return self.filter(within(*areas) | Q(area__in=around))

    def with_names(self) -> "VerificationRuleQuerySet":
        """With all that a list shows of each."""
        return self.select_related("area", "category", "changed_by")


class VerificationRule(models.Model):
    """In this area and all inside it, matters of this category (or domain; none: all) are verified so."""

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    other_unit = models.BooleanField(default=False)
    result_photo = models.BooleanField(default=False)
    check_photo = models.BooleanField(default=False)
    #: Metres within which photos should be taken; empty: nothing is said.
    near_m = models.PositiveIntegerField(null=True, blank=True)
    after_dispatch = models.BooleanField(default=False)
    #: Days by the calendar.
    answer_days = models.PositiveSmallIntegerField(default=ANSWER_DAYS)
    changed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = VerificationRuleQuerySet.as_manager()

    class Meta:
        ordering = ["area", F("category__code").asc(nulls_first=True), "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "category"], condition=Q(removed_at__isnull=True), name="one_rule_per_area_and_category"
            ),
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(removed_at__isnull=True, category__isnull=True),
                name="one_rule_per_area_for_all_categories",
            ),
            models.CheckConstraint(
                condition=Q(near_m__isnull=True) | Q(near_m__gte=20, near_m__lte=5000), name="near_is_20_to_5000_metres"
            ),
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, answer_days__lte=30), name="answers_have_1_to_30_days"
            ),
        ]

    @property
    def asks(self) -> Verification:
        """What it asks."""
        return Verification(**{name: getattr(self, name) for name in ASKED})

    @property
    def said(self) -> Said:
        """The rule in codes."""
        return Said(self.area_id, self.category.code if self.category else "", self.asks)

    @property
    def facts(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return {name: getattr(self, name) for name in ASKED} | {"category": self.category.code if self.category else ""}


#: The fields that say what is asked.
ASKED = ("other_unit", "result_photo", "check_photo", "near_m", "after_dispatch", "answer_days")


class Reopening(models.Model):
    """A matter was taken up again after it had been closed or handled at the grid: that closing did not hold."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="reopenings")
    closed_at = models.DateTimeField()
    #: The limit it was closed under; empty: none was known.
    due_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["closed_at", "event"], name="reopenings_by_closing")]
        constraints = [models.UniqueConstraint(fields=["event", "closed_at"], name="a_closing_falls_once")]
