"""What is stored of the doors: the keys of other systems, and what was sent with them once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.models import Event
from linli.journal.models import Entry


class Purpose(models.TextChoices):
    """The door a key opens; it opens no other."""

    OPEN311 = "open311", _("Open311")
    INTAKE = "intake", _("Reports from devices and systems")
    API = "api", _("Programming interface")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Named sets of keys."""

    def valid(self) -> "ApiKeyQuerySet":
        """Keys that open their door."""
        return self.filter(revoked_at__isnull=True)


class ApiKey(models.Model):
    """Another system may come in by one door. Of its key only the SHA-256 is kept: it is random, and long enough."""

    #: Of the system that holds it, never of a person.
    name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=10, choices=Purpose)
    sha256 = models.CharField(max_length=64, unique=True)
    #: It opens the door for this area and all inside it; none: for all.
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    #: The day only: when a system is at work is nobody's business.
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(revoked_at__isnull=True), name="valid_key_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Sending(models.Model):
    """What a system has sent under its key: when it comes again, it is answered as before and nothing is made twice."""

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+", db_index=False)
    #: SHA-256 of the sender's own reference, or of the content where it gave none.
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    #: The event it became or was added to, and the act that added it; empty only while it is being taken in.
    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "digest"], name="sending_once_per_key")]
