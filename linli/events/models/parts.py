"""Who has a part in a matter, what they said with their acts."""

from django.db import models
from django.db.models import Q

from linli.events.rules import PART_ACTING, PART_OPEN, PART_UNSEEN, PartState
from linli.people.models import Department, Person


class PartQuerySet(models.QuerySet["Part"]):
    """Named sets of parts."""

    def seen(self) -> "PartQuerySet":
        """Those that open the matter to their department: not what is reserved for later."""
        return self.exclude(state__in=sorted(PART_UNSEEN))

    def acting(self) -> "PartQuerySet":
        """Those whose departments take part: neither reserved for later nor given up."""
        return self.filter(state__in=sorted(PART_ACTING))

    def unanswered(self) -> "PartQuerySet":
        """Co-handlers' parts whose answer the lead waits for."""
        return self.open().exclude(state=PartState.ANSWERED)

    def open(self) -> "PartQuerySet":
        """Co-handlers' parts that something is still waited for."""
        return self.filter(leads=False, state__in=sorted(PART_OPEN))


class Part(models.Model):
    """A department's part in an event: the lead's or a co-handler's, with its own state, evidence and answer."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey("Event", models.CASCADE, related_name="parts")
    department = models.ForeignKey(Department, models.PROTECT, related_name="parts")
    leads = models.BooleanField(default=False)
    #: A co-handler may have others handle under it, and those have nobody under them: nested once.
    under = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="below", db_index=False)
    state = models.CharField(max_length=12, choices=PartState, default=PartState.ASKED)
    #: What this department is asked for, if it was said.
    task = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    #: The act it was answered with; the photos of that act are its evidence.
    answered_with = models.ForeignKey(
        "journal.Entry", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    #: What was done; why it was not needed or not waited for.
    answer = models.TextField(blank=True)

    objects = PartQuerySet.as_manager()

    @property
    def is_acting(self) -> bool:
        """Its department takes part: neither reserved for later nor given up."""
        return self.state in PART_ACTING

    class Meta:
        ordering = ["-leads", "department"]
        constraints = [
            models.UniqueConstraint(fields=["event", "department"], name="one_part_per_department"),
            models.UniqueConstraint(fields=["event"], condition=Q(leads=True), name="one_lead_per_event"),
            models.CheckConstraint(condition=Q(leads=False) | Q(under__isnull=True), name="a_lead_is_under_nobody"),
        ]


class Hand(models.Model):
    """A person had a hand in handling an event (signed for it, handled, submitted): they never verify it."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey("Event", models.CASCADE, related_name="hands")
    person = models.ForeignKey(Person, models.PROTECT, related_name="hands")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "person"], name="hand_once_per_person")]


class Remark(models.Model):
    """Words that belong to an act on an event: a reason, a result, a supplement. The entry says who and when."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey("Event", models.CASCADE, related_name="remarks")
    entry = models.OneToOneField("journal.Entry", models.PROTECT, related_name="remark")
    text = models.TextField()
    #: The reporter may read it on the status page.
    for_reporter = models.BooleanField(default=False)
