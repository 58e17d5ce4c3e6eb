"""What is stored: terms that a county sets, requests of persons behind a seal, and sheets in versions."""

import json
from typing import Any

from django.db import models
from django.db.models import Q

from linli.areas.codes import within
from linli.areas.models import Area
from linli.kit.keys import KeyField, new_key
from linli.kit.sealing import SealedField, by_key, seal, unseal
from linli.people.models import Person
from linli.people.rules import Scope
from linli.privacy.rules import requests, sheets
from linli.privacy.rules.requests import OFFICERS

#: What seals of requests are bound to besides their row.
SEALED = "privacy.personrequest.sealed"


class Term(models.Model):
    """One version of a number of days that the county set: of the schedule, or of the promise to answer."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    days = models.PositiveIntegerField()
    #: The county's decision, by its number.
    source = models.CharField(max_length=200)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="a_term_has_one_of_each_version"),
            models.CheckConstraint(condition=Q(days__gt=0) & ~Q(source=""), name="a_term_has_days_and_a_source"),
        ]


class PersonRequestQuerySet(models.QuerySet["PersonRequest"]):
    """Named sets of requests."""

    def visible_to(self, scope: Scope) -> "PersonRequestQuerySet":
        """Those of the areas where somebody answers them, and those that name no area; unproved ones nobody sees."""
        codes = [one.area for one in scope.held if one.role in OFFICERS]
        if not codes:
            return self.none()
        return self.exclude(state=requests.State.UNPROVED).filter(within(*codes) | Q(area__isnull=True))

    def open(self) -> "PersonRequestQuerySet":
        """Not answered yet."""
        return self.filter(state=requests.State.OPEN)


class PersonRequest(models.Model):
    """Somebody asks to see, correct, delete or have explained what is kept of them. The words lie behind a seal."""

    key = KeyField(primary_key=True, default=new_key)
    #: JSON: name, reach, new_reach, words, answer, number.
    sealed = SealedField(bound_to=by_key)
    #: A digest of telephone or mailbox under this home's key; empty for the holder of a receipt.
    mark = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=10, choices=requests.Kind)
    proof = models.CharField(max_length=10, choices=requests.Proof)
    state = models.CharField(max_length=10, choices=requests.State)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    #: SHA-256 of the code under which the answer is read.
    code_sha256 = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=10)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    #: Who wrote it down at the window.
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: What was found and done: how many of each kind, by code.
    found = models.JSONField(default=dict)
    refused_for = models.CharField(max_length=20, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PersonRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-key"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="open"), name="requests_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("unproved", "open"), answered_at__isnull=True, answered_by__isnull=True)
                | Q(state__in=("done", "refused"), answered_at__isnull=False, answered_by__isnull=False),
                name="an_answered_request_has_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refused_for="") | ~Q(state="refused") & Q(refused_for=""),
                name="a_refusal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="unproved") | Q(due_at__isnull=False), name="a_proved_request_has_a_clock"
            ),
        ]

    @property
    def words(self) -> dict[str, str]:
        """What is behind the seal. Raises `Refused` with another home's key."""
        opened: dict[str, str] = json.loads(unseal(bytes(self.sealed), bound_to=self.key.bytes, place=SEALED))
        return opened

    def with_words(self, **changed: str) -> bytes:
        """The seal anew with these words changed; nothing is stored."""
        kept = self.words if self.sealed else {}
        return seal(json.dumps(kept | changed, ensure_ascii=False), bound_to=self.key.bytes, place=SEALED)


class SheetQuerySet(models.QuerySet["Sheet"]):
    """Named sets of sheets."""

    def newest(self) -> "SheetQuerySet":
        """Of each sheet the last version."""
        later = Sheet.objects.filter(sheet=models.OuterRef("sheet"), version__gt=models.OuterRef("version"))
        return self.filter(~models.Exists(later))


class Sheet(models.Model):
    """One version of a sheet. Versions are added, never changed."""

    id = models.BigAutoField(primary_key=True)
    #: The same in all versions of one sheet.
    sheet = KeyField(default=new_key)
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=sheets.Kind)
    #: Answers by the names of the questions; days and moments as ISO 8601.
    words = models.JSONField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "-id"], name="sheets_by_kind")]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "version"], name="a_sheet_has_one_of_each_version"),
            models.CheckConstraint(condition=Q(version__gt=0), name="versions_begin_with_one"),
        ]

    @property
    def form(self) -> "sheets.SheetKind":
        """What it asks."""
        return sheets.SHEETS[self.kind]

    @property
    def name(self) -> str:
        """What it is called in a list."""
        return str(self.words.get(self.form.named_by, ""))

    @property
    def is_urgent(self) -> bool:
        """Whether somebody must still be told."""
        until = self.form.is_urgent_until
        return bool(until) and not self.words.get(until)

    def answers(self) -> list[tuple[Any, str]]:
        """Each question with its answer, in the order of the form."""
        return [(one, str(self.words.get(one.name, ""))) for one in self.form.questions]
