"""Who follows an area by mail: an address behind a seal, and nothing else of a person."""

import json

from django.db import models
from django.db.models import Q

from linli.areas.models import Area
from linli.kit.keys import KeyField, new_key
from linli.kit.sealing import SealedField, by_key, unseal
from linli.openness.rules import Pace


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Named sets of subscriptions."""

    def confirmed(self) -> "SubscriptionQuerySet":
        """Those whose address has said yes. Only they are written to."""
        return self.filter(confirmed_at__isnull=False)


class Subscription(models.Model):
    """Somebody wants to hear of an area. The row is deleted at once when they do not any more."""

    #: What the seal is bound to, and what the links of its letters are made of.
    key = KeyField(primary_key=True, default=new_key)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    #: Codes of categories; none: all public ones.
    categories = models.JSONField(default=list)
    pace = models.CharField(max_length=10, choices=Pace)
    language = models.CharField(max_length=10)
    #: JSON, sealed.
    sealed = SealedField(bound_to=by_key)
    #: A digest of the address under this home's key: so that it can be found again without being read.
    mark = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    #: Up to when they were told; none before it is confirmed.
    told_until = models.DateTimeField(null=True, blank=True)
    #: When they are written to next, if there is news; while it is not confirmed: when it is deleted.
    due_at = models.DateTimeField(db_index=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, told_until__isnull=True)
                | Q(confirmed_at__isnull=False, told_until__isnull=False),
                name="only_confirmed_subscriptions_are_told",
            ),
            models.UniqueConstraint(
                fields=["mark", "area"], condition=Q(confirmed_at__isnull=False), name="followed_once_per_address"
            ),
        ]
        indexes = [
            models.Index(fields=["mark", "asked_at"], name="letters_by_mark"),
        ]

    @property
    def address(self) -> dict[str, str]:
        """What is behind the seal; for the worker alone. Raises `Refused` with another home's key."""
        opened: dict[str, str] = json.loads(
            unseal(bytes(self.sealed), bound_to=self.key.bytes, place="openness.subscription.sealed")
        )
        return opened
