"""What was changed in the calendar of working days and the hours of the office, so that it can be taken back."""

from django.db import models
from django.db.models import Q

from linli.journal.models import Entry


class CalendarEdit(models.Model):
    """One change, with what it found and what it left: who and when stands in its entry."""

    id = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    #: By day (ISO) `[is_working, name, origin, note]`, None where a day went by its weekday; `hours`: those of the office.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    #: How many limits it moved.
    moved = models.PositiveIntegerField(default=0)
    taken_back_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="takes_back", db_index=False
    )

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(taken_back_by=models.F("id")), name="no_edit_undoes_itself")]
