"""Exports: who took which list away, for what, who let them, and until when the file is there."""

from django.db import models
from django.db.models import F, Q

from linli.areas.models import Area
from linli.exports.rules import KINDS, State
from linli.kit.keys import KeyField, new_key
from linli.kit.sealing import SealedField, by_pk
from linli.people.models import Person


class ExportQuerySet(models.QuerySet["Export"]):
    """Named sets of exports."""

    def of(self, person: Person) -> "ExportQuerySet":
        """Those this person asked for."""
        return self.filter(asked_by=person)

    def waiting(self) -> "ExportQuerySet":
        """Not answered yet."""
        return self.filter(state=State.WAITING)


class Export(models.Model):
    """One list as a file. The file lies sealed in the folder `exports` of the home, its key here."""

    key = KeyField(primary_key=True, default=new_key)
    kind = models.CharField(max_length=20)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    #: The address of the list and what was asked of it: only with both is a file made.
    path = models.CharField(max_length=200)
    query = models.TextField(blank=True)
    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)
    #: Whether what is masked by default is to be read.
    unmasked = models.BooleanField(default=False)
    #: As they were counted when it was asked for.
    rows = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    #: When the file is deleted, or a yes that nobody made use of ends.
    expires_at = models.DateTimeField(null=True, blank=True)
    sealed_key = SealedField(bound_to=by_pk, default=bytes)
    stored_as = models.CharField(max_length=60, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    #: How often it was fetched.
    taken = models.PositiveIntegerField(default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-key"]
        indexes = [
            models.Index(fields=["asked_by", "-key"], name="exports_of_person"),
            models.Index(fields=["state"], condition=Q(state="waiting"), name="exports_waiting"),
            models.Index(fields=["expires_at"], condition=Q(state__in=["granted", "made"]), name="exports_to_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")), name="nobody_approves_their_own"
            ),
        ]

    @property
    def number(self) -> str:
        """What stands in the file, and by which it is found."""
        return f"{self.key.hex[-8:].upper()}"

    @property
    def what(self) -> str:
        """The kind in words."""
        return str(KINDS[self.kind].name) if self.kind in KINDS else self.kind
