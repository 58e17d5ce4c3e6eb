"""The matter itself: one row from the report to the end, and its number."""

from datetime import datetime

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce, Greatest

from linli.areas.codes import within
from linli.areas.models import Area
from linli.events.models.categories import Category
from linli.events.models.parts import Part
from linli.events.rules import ENDED, Rating, ReferredTo, Severity, Source, State, Urgency
from linli.kit.keys import KeyField, new_key
from linli.people.models import Person
from linli.people.rules import Scope

_ENDED = sorted(ENDED)
#: The same as a state that is not ended (a constraint below), but a condition which both stores prove of an index.
IS_OPEN = Q(ended_at__isnull=True)
#: When the running clock of a matter runs out; none while it stands still. The order of the queue.
RUNS_OUT_AT = Case(When(paused_at__isnull=True, then=F("due_at")))
#: Open, and its clock does not stand still: somebody has to act.
IS_WAITING = IS_OPEN & Q(paused_at__isnull=True)
#: When it was accepted, dispatched or handled, whichever was last: a step that is sent back leaves an older time behind a
#: later one. Each time stands once at the head, as the greatest of several is none on SQLite where one is missing.
STEPPED_AT = Greatest(
    Coalesce("handled_at", "dispatched_at", "accepted_at"),
    Coalesce("dispatched_at", "accepted_at", "handled_at"),
    Coalesce("accepted_at", "handled_at", "dispatched_at"),
)


class NumberSeries(models.Model):
    """The last number given in a township and month; raised in the same transaction as the event, so without gaps."""

    id = models.BigAutoField(primary_key=True)
    township = models.CharField(max_length=30)
    month = models.CharField(max_length=6)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["township", "month"], name="one_series_per_township_and_month")]


class EventQuerySet(models.QuerySet["Event"]):
    """Named sets of events."""

    def visible_to(self, scope: Scope) -> "EventQuerySet":
        """Events in the areas of the person's appointments, those their department has a part in, and what is lent them."""
        seen = within(*scope.area_codes)
        if scope.lent_matters:
            seen |= Q(pk__in=scope.lent_matters)
        if not scope.departments:
            return self.filter(seen)
        ours = Part.objects.seen().filter(event=OuterRef("pk"), department__in=scope.departments)
        return self.filter(seen | Exists(ours))

    def open(self) -> "EventQuerySet":
        """Events somebody still has to act on. Written as the partial indexes are, so that they serve it."""
        return self.filter(IS_OPEN)

    def overdue_at(self, at: datetime) -> "EventQuerySet":
        """Open events whose running clock has passed its limit."""
        return self.open().filter(due_at__lt=at, paused_at__isnull=True)


class Event(models.Model):
    """One matter, from the report to the end; the journal holds what was done to it."""

    id = KeyField(primary_key=True, default=new_key)
    #: For people: township, month, running number, e.g. `440881103-202611-000123`.
    number = models.CharField(max_length=40, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="events", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="events", db_index=False)
    state = models.CharField(max_length=20, choices=State)
    #: Where a pause or a merge goes back to; empty otherwise.
    state_before = models.CharField(max_length=20, choices=State, blank=True)
    source = models.CharField(max_length=20, choices=Source)
    severity = models.CharField(max_length=20, choices=Severity, default=Severity.GENERAL)
    urgency = models.CharField(max_length=20, choices=Urgency, default=Urgency.NORMAL)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    #: Where it is, in the reporter's words.
    place = models.CharField(max_length=300, blank=True)
    #: Degrees, WGS-84 = CGCS2000; both or neither.
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    source_crs = models.CharField(max_length=10, default="wgs84")
    answers = models.JSONField(default=dict, blank=True)
    reported_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="reported_events", db_index=False
    )

    occurred_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField()
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    #: When the result was submitted last, verified last, ended last.
    handled_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: The limit that binds now: to accept while new, to handle once accepted.
    due_at = models.DateTimeField(null=True, blank=True)
    #: When that limit began to run, moved on by every pause.
    clock_from = models.DateTimeField(null=True, blank=True)
    #: The limit lies beyond the published calendar and will be reckoned again.
    due_is_provisional = models.BooleanField(default=False)
    #: The clock has stood still since then.
    paused_at = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    #: Its reporter took it back before anybody acted on it. Then it is voided, and counted apart from what a desk voids.
    taken_back_at = models.DateTimeField(null=True, blank=True)
    extension_asked_until = models.DateTimeField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    reworked = models.PositiveSmallIntegerField(default=0)
    #: What was done, in words for the reporter; why not, if it was turned away.
    outcome = models.TextField(blank=True)
    referred_to = models.CharField(max_length=20, choices=ReferredTo, blank=True)
    rating = models.CharField(max_length=20, choices=Rating, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    #: Until when the reporter is asked "solved?"; then no answer is noted. Empty: nobody holds a receipt.
    answer_by = models.DateTimeField(null=True, blank=True)
    #: How often it was objected to or handed back, in all rounds.
    bounces = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="split_off", db_index=False
    )
    #: Where it came from, for imported rows: name of the source and its own number.
    external_source = models.CharField(max_length=40, blank=True)
    external_no = models.CharField(max_length=80, blank=True)
    is_demo = models.BooleanField(default=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-reported_at"]
        indexes = [
            # The queue (events/queue): few and small, since most events are ended. The columns behind the key let tabs,
            # counts and the states of figures be read from the index alone; SQLite asks for the condition's column as well.
            models.Index(
                fields=[
                    *("area", "due_at", "id", "state", "paused_at", "review_on", "extension_asked_until", "ended_at"),
                    *("reported_at", "accepted_at", "dispatched_at", "handled_at", "urgency", "lon", "lat"),
                ],
                condition=IS_OPEN,
                name="open_by_area",
            ),
            models.Index(RUNS_OUT_AT, "id", "area", "state", condition=IS_OPEN, name="open_by_clock"),
            # The wall: the most urgent of many, and the few that were acted on today.
            models.Index(fields=["urgency", "due_at", "id", "area"], condition=IS_WAITING, name="waiting_by_urgency"),
            models.Index(
                *(STEPPED_AT, "area", "accepted_at", "dispatched_at", "handled_at", "ended_at"),
                condition=IS_OPEN,
                name="open_by_step",
            ),
            models.Index(fields=["ended_at", "id", "area"], condition=Q(ended_at__isnull=False), name="ended_by_time"),
            # History and figures of an area over time; the latest of a wide area.
            models.Index(fields=["area", "reported_at", "id"], name="event_by_area_and_time"),
            models.Index(fields=["reported_at", "id", "area"], name="event_by_time"),
            # What was due in a period, whatever became of it.
            models.Index(fields=["due_at", "id", "area"], condition=Q(due_at__isnull=False), name="event_by_limit"),
            models.Index(
                fields=["answer_by"], condition=Q(answer_by__isnull=False, rating=""), name="answers_waited_for"
            ),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="event_merged_into"),
            models.Index(fields=["split_from"], condition=Q(split_from__isnull=False), name="event_split_from"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_no"],
                condition=~Q(external_no=""),
                name="event_once_per_external_no",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="both_coordinates_or_neither",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_ENDED, ended_at__isnull=False)
                | (~Q(state__in=_ENDED) & Q(ended_at__isnull=True)),
                name="ended_events_have_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="merged_events_name_the_other",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(state="voided"), name="taken_back_events_are_voided"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    # Django looks for the words of one value among the words of all, translated for each row of a list anew.
    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """The state in the language of the page."""
        return str(State(self.state).label)

    def get_urgency_display(self) -> str:  # type: ignore[no-redef]
        """The urgency in the language of the page."""
        return str(Urgency(self.urgency).label)

    @property
    def is_open(self) -> bool:
        """Somebody still has to act."""
        return self.state not in ENDED
