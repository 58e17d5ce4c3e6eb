"""What is kept of who reported: sealed contact, own words, receipt, support."""

from django.db import models
from django.db.models import F, Q

from linli.events.models.matters import Event
from linli.events.rules import Door
from linli.kit.sealing import SealedField
from linli.people.models import Person


def _by_event(contact: "Contact") -> bytes:
    return contact.event_id.bytes


class Contact(models.Model):
    """How to reach the reporter, sealed: apart from the event, encrypted, never in lists, search or statistics."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="contact")
    sealed = SealedField(bound_to=_by_event)


class Statement(models.Model):
    """The reporter's own words, where somebody else summed them up: from a call, a visit, a letter, a long mail.

    Written once, with the report, and never changed; the words go when their time is over (`actions.forgetting`).
    """

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="statement")
    door = models.CharField(max_length=20, choices=Door)
    words = models.TextField(blank=True)
    wants_call_back = models.BooleanField(default=False)
    #: Only the desk reads these words and opens the contact, none of those who handle the matter.
    stays_unnamed = models.BooleanField(default=False)
    #: Who wrote it down. They are not the reporter.
    entered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="entered_statements", db_index=False
    )


class Receipt(models.Model):
    """Whoever holds the secret may follow this event and answer for its reporter. Only its hash is kept."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="receipt")
    secret_sha256 = models.BinaryField()


class Support(models.Model):
    """The holder of a receipt says that their matter is the same as another. It joins nothing: a desk may merge them."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="support")
    of = models.ForeignKey(Event, models.CASCADE, related_name="supports")
    supported_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(event=F("of")), name="no_matter_supports_itself")]
