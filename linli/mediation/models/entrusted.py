"""The letter by which a court or an authority entrusted a dispute, as it was scanned at the door."""

from django.db import models

from linli.mediation.models.disputes import Dispute
from linli.mediation.models.sealed import KeptFile, Sealed
from linli.people.models import Person


class EntrustmentLetter(KeptFile, Sealed):
    """委托调解函. Nothing but the file is behind the seal: who wrote it and its number stand with the dispute."""

    dispute = models.OneToOneField(Dispute, models.CASCADE, related_name="letter")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
