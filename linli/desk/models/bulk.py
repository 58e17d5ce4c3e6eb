"""A step, or a macro, on many matters at once: the run and its rows, so that each is done once and goes on where it stopped."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.events.models import Event
from linli.kit.keys import KeyField, new_key
from linli.kit.refusal import in_words
from linli.people.models import Person

#: So many matters a run.
MOST_MATTERS = 200


class RunState(models.TextChoices):
    """How far a run has come."""

    CHOSEN = "chosen", _("Matters are chosen")
    LOOKING = "looking", _("Being tried out")
    LOOKED = "looked", _("Tried out")
    RUNNING = "running", _("Being done")
    DONE = "done", _("Done")


#: Something is left to do by itself.
AT_WORK = (RunState.LOOKING, RunState.RUNNING)


class RowState(models.TextChoices):
    """What became of one matter."""

    WAITING = "waiting", _("Not looked at yet")
    POSSIBLE = "possible", _("Possible")
    IMPOSSIBLE = "impossible", _("Not possible")
    DONE = "row_done", _("Step taken")
    REFUSED = "refused", _("Refused since")


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    """Named sets of runs."""

    def at_work(self) -> "BulkRunQuerySet":
        """Those that have to go on, the oldest first."""
        return self.filter(state__in=AT_WORK).order_by("id")


class BulkRun(models.Model):
    """One step or one macro on the matters somebody chose; seen by them alone."""

    id = KeyField(primary_key=True, default=new_key)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    #: The step, or empty for a macro.
    step = models.CharField(max_length=30, blank=True)
    macro = models.ForeignKey("desk.Macro", models.PROTECT, null=True, blank=True, related_name="runs", db_index=False)
    #: Values of the form, by field; what is missing is what each matter's own form proposes.
    fields = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.CHOSEN)
    made_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "id"], condition=Q(state__in=AT_WORK), name="bulk_at_work")]
        constraints = [
            models.CheckConstraint(condition=Q(macro__isnull=True) | Q(step=""), name="a_run_has_a_step_or_a_macro"),
        ]

    @property
    def is_at_work(self) -> bool:
        """It goes on by itself."""
        return self.state in AT_WORK


class BulkRow(models.Model):
    """One matter of a run."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="rows")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=RowState, default=RowState.WAITING)
    #: Of a macro: how many of its steps are taken.
    steps_done = models.PositiveSmallIntegerField(default=0)
    #: Why not: {code, words (message id), facts}.
    refusal = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "event"], name="matter_once_per_run")]

    @property
    def why_not(self) -> str:
        """The refusal's own sentence."""
        return in_words(self.refusal)
