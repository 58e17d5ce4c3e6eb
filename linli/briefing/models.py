"""Schedules of briefings, the briefings themselves in their editions, and the templates of offices."""

from django.db import models
from django.db.models import F, Q

from linli.areas.models import Area
from linli.briefing.rules import Rhythm, State, Whole
from linli.people.models import Person


class Schedule(models.Model):
    """An area gets a briefing in this rhythm, and these people are told of it. It is ended, and never removed."""

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices)
    language = models.CharField(max_length=10)
    #: What stands at the head as the office that gives it out; empty: the centre of the area.
    office = models.CharField(max_length=60, blank=True)
    #: Of those who may see all matters of the area, whoever is told.
    readers = models.ManyToManyField(Person, related_name="+")
    #: The first period it is made for is the one that ends on this day or later.
    since_on = models.DateField()
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["area", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "rhythm"], condition=Q(ended_at__isnull=True), name="one_briefing_schedule_of_a_rhythm"
            )
        ]


class Briefing(models.Model):
    """One edition of the briefing of an area and period. What it says is kept as it was said."""

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices)
    first_on = models.DateField()
    last_on = models.DateField()
    edition = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=10)
    office = models.CharField(max_length=60, blank=True)
    #: Empty: the schedule asked for it.
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    #: A worker has it in hand until then; afterwards it is anybody's again.
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    #: Its sentences, tables and charts (`composing`); empty until they are there.
    content = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    #: Files of the media store by their SHA-256; empty where this home cannot make them.
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    docx_sha256 = models.CharField(max_length=64, blank=True)
    #: Why it could not be made (`kit.refusal.to_keep`).
    failure = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-last_on", "-first_on", "-edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "rhythm", "first_on", "edition"], name="one_briefing_of_a_period_and_edition"
            ),
            models.CheckConstraint(condition=Q(first_on__lte=F("last_on")), name="briefing_periods_run_forwards"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="briefings_to_make")]

    @property
    def whole(self) -> Whole:
        """Its period."""
        return Whole(Rhythm(self.rhythm), self.first_on, self.last_on)

    @property
    def has_files(self) -> bool:
        """Both papers are there."""
        return bool(self.pdf_sha256 and self.docx_sha256)


class PaperTemplate(models.Model):
    """A DOCX of an office, by which the briefings of its area and of all inside it are set from then on."""

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    put_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    put_at = models.DateTimeField()
    #: Another one, or ours, took its place then.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["area", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area"], condition=Q(ended_at__isnull=True), name="one_paper_template_of_an_area"
            )
        ]
