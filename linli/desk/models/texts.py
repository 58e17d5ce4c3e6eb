"""Ready texts 模板: words for a step, of an area and perhaps of a category, with places that a matter fills."""

from django.db import models
from django.db.models import Q

from linli.areas.codes import lineage, within
from linli.areas.models import Area
from linli.events.models import Category
from linli.people.rules import Scope


class ReadyTextQuerySet(models.QuerySet["ReadyText"]):
    """Named sets of ready texts."""

    def visible_to(self, scope: Scope) -> "ReadyTextQuerySet":
        """Those of the areas somebody is appointed in, of all above them, and of all inside them."""
        held = {one.area for one in scope.held}
        above = {code for area in held for code in lineage(area)}
        return self.filter(Q(area__in=above) | within(*held)) if held else self.none()

    def open(self) -> "ReadyTextQuerySet":
        """Those in use."""
        return self.filter(closed_at__isnull=True)


class ReadyText(models.Model):
    """Words for a step. The most specific one is offered first: the nearest area, then the category before its domain."""

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    #: Of this category, or of all in this domain; none: of any matter.
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    step = models.CharField(max_length=30)
    title = models.CharField(max_length=80)
    #: In the county's language; `{number}` and its like are filled from the matter.
    words = models.TextField()
    words_en = models.TextField(blank=True)
    #: Raised by every edit, so that two people do not undo each other.
    edition = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ReadyTextQuerySet.as_manager()

    class Meta:
        ordering = ["step", "area", "title", "id"]
        indexes = [
            models.Index(fields=["step", "area"], condition=Q(closed_at__isnull=True), name="ready_texts_of_step")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "step", "category", "title"],
                condition=Q(closed_at__isnull=True, category__isnull=False),
                name="one_ready_text_per_category_and_title",
            ),
            models.UniqueConstraint(
                fields=["area", "step", "title"],
                condition=Q(closed_at__isnull=True, category__isnull=True),
                name="one_ready_text_per_title",
            ),
            models.CheckConstraint(condition=~Q(words="") & ~Q(title=""), name="a_ready_text_has_words"),
        ]

    def __str__(self) -> str:
        return self.title
