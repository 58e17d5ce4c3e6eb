"""What is stored of the other doors: tables that somebody brings in by page, and mail that became no report."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.kit.keys import KeyField, new_key
from linli.kit.refusal import in_words
from linli.people.models import Person


class RunState(models.TextChoices):
    """How far a table has come that somebody brings in by page."""

    SENT = "sent", _("Sent")
    LOOKING = "looking", _("Being tried")
    LOOKED = "looked", _("Tried")
    RUNNING = "running", _("Being brought in")
    DONE = "done", _("Brought in")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Cannot be brought in")


#: The worker has it in hand.
AT_WORK = (RunState.LOOKING, RunState.RUNNING)
#: Nothing more will come of it, and its file is gone.
OVER = (RunState.DONE, RunState.CANCELLED, RunState.FAILED)


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Named sets of runs."""

    def at_work(self) -> "ImportRunQuerySet":
        """Those the worker has to go on with, the oldest first."""
        return self.filter(state__in=AT_WORK).order_by("id")


class ImportRun(models.Model):
    """A table that somebody sent to be brought in: tried first, then run by the worker. Its file goes when it is over."""

    id = KeyField(primary_key=True, default=new_key)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    #: Nothing outside this area is brought in.
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    file_name = models.CharField(max_length=120)
    map_name = models.CharField(max_length=120, blank=True)
    map_text = models.TextField(blank=True)
    #: What the map calls the source, by which its matters are known.
    source = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.SENT)
    #: Rows of the file, and how far the present turn has come; both counted anew by each.
    rows = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    #: How long the list of refused rows is that belongs to `rows_read`.
    refused_bytes = models.PositiveBigIntegerField(default=0)
    #: {code: count}, and the first refused rows: [{line, number, code, words (message id), facts}].
    reasons = models.JSONField(default=dict)
    first_refused = models.JSONField(default=list)
    #: What was taken by default, from the trial: {language: [sentence]}.
    notes = models.JSONField(default=dict)
    #: Why it failed: {code, words (message id), facts}.
    problem = models.JSONField(null=True)
    #: The worker that has it in hand, and until when; afterwards it is anybody's.
    claimed_by = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"], condition=Q(state__in=AT_WORK), name="import_at_work")]

    @property
    def is_over(self) -> bool:
        """Nothing more will come of it."""
        return self.state in OVER

    @property
    def is_at_work(self) -> bool:
        """The worker has it in hand."""
        return self.state in AT_WORK

    @property
    def why(self) -> str:
        """Why it failed, in the language of whoever reads."""
        return in_words(self.problem)


class MailApart(models.Model):
    """A mail that did not become a report, and why: no word of it and no address. It lies in a folder of its mailbox."""

    id = KeyField(primary_key=True, default=new_key)
    #: Made from the Message-ID: the same message is told once.
    message = KeyField(unique=True)
    #: Of the county, with the folder.
    mailbox = models.CharField(max_length=200)
    area = models.CharField(max_length=30)
    reason = models.CharField(max_length=20)
    set_apart_at = models.DateTimeField()
