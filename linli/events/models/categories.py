"""Categories in force, and the packs they came from."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from linli.events.rules import LIMIT_FIELDS, Limit, PublicPlace, Severity, Urgency
from linli.people.models import Department


def _one_of(*fields: str) -> Q:
    """At most one of the fields has a value."""
    allowed = Q()
    for kept in fields:
        allowed |= Q(**{f"{other}__isnull": True for other in fields if other != kept})
    return allowed


class Pack(models.Model):
    """A set of categories as published: code and version. A county edits its copy; the origin stays named."""

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=300, blank=True)
    #: The pack whose categories new reports are given.
    in_use = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="pack_version_once"),
            models.UniqueConstraint(fields=["in_use"], condition=Q(in_use=True), name="one_pack_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class Category(models.Model):
    """What sort of matter: its limit, severity, who is responsible, whether the public may see it."""

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="categories")
    code = models.CharField(max_length=20)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    icon = models.CharField(max_length=40, blank=True)
    gb_code = models.CharField(max_length=20, blank=True)
    severity = models.CharField(max_length=20, choices=Severity, default=Severity.GENERAL)
    urgency = models.CharField(max_length=20, choices=Urgency, default=Urgency.NORMAL)
    limit_working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_natural_days = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_shift_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="categories")
    is_public = models.BooleanField(default=False)
    #: If it is public: how closely the place of its matters is shown.
    public_place = models.CharField(max_length=10, choices=PublicPlace, default=PublicPlace.NEAR)
    for_mediation = models.BooleanField(default=False)
    #: The number to call first when life is in danger.
    emergency_call = models.CharField(max_length=10, blank=True)
    #: Extra questions: [{code, ask, ask_en, type: choice|text|number, choices: [{code, name, name_en}], required}].
    questions = models.JSONField(default=list, blank=True)
    #: Counts the county's edits; the journal keeps what changed.
    edition = models.PositiveIntegerField(default=1)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "code"], name="category_once_per_pack"),
            models.CheckConstraint(
                condition=_one_of(*LIMIT_FIELDS),
                name="one_limit_per_category",
            ),
        ]

    @property
    def limit(self) -> Limit | None:
        """Its time limit; None for a domain."""
        found = ((unit, getattr(self, field)) for field, unit in LIMIT_FIELDS.items())
        return next((Limit(**{unit: amount}) for unit, amount in found if amount), None)

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name
