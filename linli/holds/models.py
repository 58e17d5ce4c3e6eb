"""What is stored of a hold."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from linli.holds.rules import LONGEST, HeldKind
from linli.people.models import Person


class HoldQuerySet(models.QuerySet["Hold"]):
    """Named sets of holds."""

    def standing(self) -> "HoldQuerySet":
        """Not ended."""
        return self.filter(ended_at__isnull=True)

    def standing_first(self) -> "HoldQuerySet":
        """Those that stand, then those that ended, each the latest first."""
        return self.order_by(F("ended_at").desc(nulls_first=True), "-id")

    def keys_of(self, kind: str) -> list[UUID]:
        """What is held of a kind. There are few: each is an act of a person."""
        return [UUID(key) for key in self.standing().filter(on_kind=kind).values_list("on_key", flat=True)]


class Hold(models.Model):
    """One hold on an event or a dispute. While it stands nothing of it is deleted."""

    id = models.BigAutoField(primary_key=True)
    on_kind = models.CharField(max_length=10, choices=HeldKind)
    on_key = models.CharField(max_length=36)
    reason = models.CharField(max_length=LONGEST)
    placed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    placed_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_for = models.CharField(max_length=LONGEST, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["on_kind", "on_key"], condition=Q(ended_at__isnull=True), name="held_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_for="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_for="")),
                name="a_hold_is_ended_by_somebody_with_a_reason",
            ),
        ]
