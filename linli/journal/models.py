"""The journal: one row per act, chained by hashes, never changed; and the notices of each act."""

from django.db import models

from linli.areas.models import Area
from linli.people.models import Person


class ChainHead(models.Model):
    """The end of a chain. Each county (first code level) has a chain of its own; acts outside any area use `-`."""

    chain = models.CharField(max_length=30, primary_key=True)
    length = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(default=bytes(32))


class Entry(models.Model):
    """One act. `facts` holds ids and codes and short words, never names, telephone numbers or addresses."""

    id = models.BigAutoField(primary_key=True)
    chain = models.CharField(max_length=30)
    position = models.PositiveBigIntegerField()
    verb = models.CharField(max_length=60)
    #: What it was done to: kind in the field's word (`event`, `area`) and its key as text.
    on_kind = models.CharField(max_length=30)
    on_key = models.CharField(max_length=40)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: When it was done, by the clock at the door (a phone's, if made offline); and when it was written down.
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    digest = models.BinaryField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="entry_once_per_position")]
        indexes = [
            models.Index(fields=["on_key", "id"], name="entry_by_object"),
            # For the auditor, who looks back from the newest day: over all, at what a person did, at what was done.
            models.Index(fields=["at", "id"], name="entry_by_day"),
            models.Index(fields=["by", "at", "id"], condition=models.Q(by__isnull=False), name="entry_by_person"),
            models.Index(fields=["verb", "at", "id"], name="entry_by_verb"),
        ]


class Verification(models.Model):
    """One proof of the whole journal: who had it made (None: the clock, or the command line), how far it is, what it found."""

    id = models.BigAutoField(primary_key=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    #: As `proving.Course.kept`, and how many entries there were when it was begun.
    course = models.JSONField(default=dict)
    total = models.PositiveBigIntegerField(default=0)
    read = models.PositiveBigIntegerField(default=0)
    #: How many places do not hold, and the first of them as `proving.Break.kept`.
    found = models.PositiveBigIntegerField(default=0)
    breaks = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(ended_at__isnull=True), name="verifications_at_work"),
        ]

    @property
    def is_over(self) -> bool:
        """Whether all was read."""
        return self.ended_at is not None


class Notice(models.Model):
    """Somebody must be told of an act."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="notices")
    person = models.ForeignKey(Person, models.PROTECT, related_name="notices", db_index=False)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-entry"], condition=models.Q(read_at__isnull=True), name="unread_notices"),
        ]
        constraints = [models.UniqueConstraint(fields=["person", "entry"], name="notice_once_per_act")]
