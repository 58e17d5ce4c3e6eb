"""Who opened a file and what for; the terms a county set; the clocks that run."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from linli.areas.models import Area
from linli.mediation.models.disputes import Dispute
from linli.mediation.models.parties import Party
from linli.mediation.models.sealed import Sealed
from linli.mediation.models.sessions import Recording
from linli.mediation.rules.kinds import ClockKind, Purpose
from linli.mediation.rules.terms import Term, TermCode, Unit
from linli.people.models import Person


class Look(Sealed):
    """One opening of a file, by a person or by a party on its own page. Behind the seal: `words` (why)."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="looks")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    #: Whose identity was opened; empty: the file alone.
    revealed = models.ForeignKey(Party, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    #: Which sound was heard; empty: none.
    recording = models.ForeignKey(Recording, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    at = models.DateTimeField()
    #: Until then the same purpose need not be said again.
    until = models.DateTimeField()

    class Meta:
        ordering = ["dispute", "at", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, party__isnull=True) | Q(person__isnull=True, party__isnull=False),
                name="a_person_or_a_party_looks",
            ),
        ]


class TermRuleQuerySet(models.QuerySet["TermRule"]):
    """Named sets of term rules."""

    def terms(self) -> list[Term]:
        """As the rules ask for them."""
        rows = self.values_list("code", "unit", "amount", "source", "valid_from", "area", "version")
        return [
            Term(code, unit, amount, source, valid_from, area, version)
            for code, unit, amount, source, valid_from, area, version in rows
        ]


class TermRule(models.Model):
    """A term that a county, or an area in it, set instead of the seeded one. Never edited: a new version is added."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=20, choices=TermCode)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=15, choices=Unit)
    amount = models.PositiveSmallIntegerField()
    #: The text it rests on, by name and article.
    source = models.CharField(max_length=200)
    valid_from = models.DateField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()

    objects = TermRuleQuerySet.as_manager()

    class Meta:
        ordering = ["code", "area", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "area", "version"], name="term_once_per_version"),
            models.CheckConstraint(condition=Q(amount__gte=1, version__gte=1), name="a_term_has_a_length"),
            models.CheckConstraint(condition=~Q(source=""), name="a_term_names_its_source"),
        ]


class DisputeClockQuerySet(models.QuerySet["Clock"]):
    """Named sets of clocks."""

    def running(self) -> "DisputeClockQuerySet":
        """Not stopped."""
        return self.filter(stopped_at__isnull=True)

    def to_look_at(self, at: datetime) -> "DisputeClockQuerySet":
        """Those whose next warning may be due."""
        return self.filter(next_at__lte=at)


class Clock(models.Model):
    """One run of one clock. Written by `actions.clocks` alone, in the transaction of the act that moves it."""

    id = models.BigAutoField(primary_key=True)
    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=15, choices=ClockKind)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    #: The term as it held then, and where that is written.
    unit = models.CharField(max_length=15, choices=Unit)
    amount = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    #: Until when more time is asked for, and the keys of the parties that said yes; both sides have to.
    extension_asked_until = models.DateField(null=True, blank=True)
    extension_consents = models.JSONField(default=list)
    extended_until = models.DateField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True, blank=True)
    #: How many warnings it has given (rules.warnings), and when the worker looks at it again.
    rung = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)

    objects = DisputeClockQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="dispute_clocks_to_look_at"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute", "kind"], condition=Q(stopped_at__isnull=True), name="one_running_clock_per_dispute"
            ),
            models.CheckConstraint(
                condition=Q(next_at__isnull=True) | Q(stopped_at__isnull=True), name="a_stopped_clock_warns_nobody"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("started_at")), name="a_dispute_clock_ends_after_it_starts"
            ),
        ]
