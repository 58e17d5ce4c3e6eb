"""Macros: a named series of steps with fixed values. A change makes a new row, so that what was run stays as it was."""

from django.db import models
from django.db.models import Q

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.events.models import Category
from linli.people.models import Person
from linli.people.rules import Role, Scope

#: Whoever dispatches keeps them.
KEEPERS = frozenset({Role.DESK})


class MacroQuerySet(models.QuerySet["Macro"]):
    """Named sets of macros."""

    def current(self) -> "MacroQuerySet":
        """Those not closed and not followed by another version."""
        return self.filter(closed_at__isnull=True)

    def visible_to(self, person: Person, scope: Scope) -> "MacroQuerySet":
        """Their own, and those shared in an area that contains one they have a desk in."""
        own = [one.area for one in scope.held if one.role in KEEPERS]
        above = {code for area in own for code in lineage(area)}
        return self.filter(Q(owner=person) | Q(owner__isnull=True, area__in=above))

    def usable_by(self, person: Person, scope: Scope) -> "MacroQuerySet":
        """Those they may run now, by name."""
        return self.current().visible_to(person, scope).order_by("name", "pk")


class Macro(models.Model):
    """One version of a macro. Personal if it has an owner, else shared by the desks of its area and below."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    #: The version before this one.
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", db_index=False
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    #: For what kind of matter it is meant; offered first there, and possible elsewhere.
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: Commands as the bar takes them, one step each.
    lines = models.JSONField(default=list)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = MacroQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "name"],
                condition=Q(owner__isnull=True, closed_at__isnull=True),
                name="shared_macro_once_per_name",
            ),
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(owner__isnull=False, closed_at__isnull=True),
                name="own_macro_once_per_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name
