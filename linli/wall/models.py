"""What is stored of the wall: the screens that show one without anybody signed in."""

from datetime import datetime

from django.db import models

from linli.areas.models import Area
from linli.kit.keys import KeyField, new_key
from linli.people.models import Person


class ScreenQuerySet(models.QuerySet["Screen"]):
    """Named sets of screens."""

    def on(self, at: datetime) -> "ScreenQuerySet":
        """Those whose term runs, as far as they themselves go: whoever answers for one may see its area no more."""
        return self.filter(ends_at__gt=at, person__is_active=True)


class Screen(models.Model):
    """A computer that shows the wall of one area and nothing else. The row goes when it ends; the journal keeps that it was.

    Of its token only the SHA-256 is kept.
    """

    key = KeyField(primary_key=True, default=new_key)
    area = models.ForeignKey(Area, models.PROTECT, related_name="screens")
    #: Who answers for it: it shows the area as long as they may see it.
    person = models.ForeignKey(Person, models.PROTECT, related_name="screens")
    #: Where it hangs, as they call it.
    name = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: When it last asked, to the hour or so.
    seen_at = models.DateTimeField()
    #: When the one who answers was told that it ends soon.
    warned_at = models.DateTimeField(null=True, blank=True)

    objects = ScreenQuerySet.as_manager()

    class Meta:
        ordering = ["area", "name", "key"]
        indexes = [models.Index(fields=["ends_at"], name="screens_by_end")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("made_at")), name="a_screen_lasts"),
        ]

    def __str__(self) -> str:
        return self.name
