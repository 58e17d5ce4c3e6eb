"""What is stored of events: the matter, who has a part in it, pictures, sealed contacts, and the categories in force."""

from datetime import datetime

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import within
from linli.areas.models import Area
from linli.events.rules import ENDED, Door, Rating, ReferredTo, Severity, Source, State, Urgency
from linli.kit.keys import KeyField, new_key
from linli.people.models import Department, Person
from linli.people.rules import Scope

_ENDED = sorted(ENDED)
#: The same as a state that is not ended (a constraint below), but a condition which both stores prove of an index.
IS_OPEN = Q(ended_at__isnull=True)
#: When the running clock of a matter runs out; none while it stands still. The order of the queue.
RUNS_OUT_AT = Case(When(paused_at__isnull=True, then=F("due_at")))


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
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="categories")
    is_public = models.BooleanField(default=False)
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
                condition=Q(limit_hours__isnull=True) | Q(limit_working_days__isnull=True),
                name="one_limit_per_category",
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


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
        """Events in the areas of the person's appointments, and those their department has a part in."""
        if not scope.departments:
            return self.filter(within(*scope.area_codes))
        ours = Part.objects.filter(event=OuterRef("pk"), department__in=scope.departments)
        return self.filter(within(*scope.area_codes) | Exists(ours))

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
    extension_asked_until = models.DateTimeField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    reworked = models.PositiveSmallIntegerField(default=0)
    #: What was done, in words for the reporter; why not, if it was turned away.
    outcome = models.TextField(blank=True)
    referred_to = models.CharField(max_length=20, choices=ReferredTo, blank=True)
    rating = models.CharField(max_length=20, choices=Rating, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
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
            # The queue (events/queue): few and small, since most events are ended. The columns behind the key let tabs
            # and counts be read from the index alone; SQLite asks for the column of the condition as well.
            models.Index(
                fields=["area", "due_at", "id", "state", "paused_at", "review_on", "extension_asked_until", "ended_at"],
                condition=IS_OPEN,
                name="open_by_area",
            ),
            models.Index(RUNS_OUT_AT, "id", "area", "state", condition=IS_OPEN, name="open_by_clock"),
            models.Index(fields=["ended_at", "id", "area"], condition=Q(ended_at__isnull=False), name="ended_by_time"),
            # History and figures of an area over time; the latest of a wide area.
            models.Index(fields=["area", "reported_at", "id"], name="event_by_area_and_time"),
            models.Index(fields=["reported_at", "id", "area"], name="event_by_time"),
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
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Somebody still has to act."""
        return self.state not in ENDED


class Part(models.Model):
    """A department's part in an event: the lead or a co-handler of the present dispatch."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="parts")
    department = models.ForeignKey(Department, models.PROTECT, related_name="parts")
    leads = models.BooleanField(default=False)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-leads", "department"]
        constraints = [
            models.UniqueConstraint(fields=["event", "department"], name="one_part_per_department"),
            models.UniqueConstraint(fields=["event"], condition=Q(leads=True), name="one_lead_per_event"),
        ]


class Hand(models.Model):
    """A person had a hand in handling an event (signed for it, handled, submitted): they never verify it."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="hands")
    person = models.ForeignKey(Person, models.PROTECT, related_name="hands")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "person"], name="hand_once_per_person")]


class Remark(models.Model):
    """Words that belong to an act on an event: a reason, a result, a supplement. The entry says who and when."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="remarks")
    entry = models.OneToOneField("journal.Entry", models.PROTECT, related_name="remark")
    text = models.TextField()
    #: The reporter may read it on the status page.
    for_reporter = models.BooleanField(default=False)


class PictureKind(models.TextChoices):
    """What a picture shows."""

    REPORT = "report", _("Report")
    BEFORE = "before", _("Before")
    AFTER = "after", _("After")
    CHECK = "check", _("Check")


class Picture(models.Model):
    """A photo or video of an event. The original lies under its SHA-256; pages show what is made from it."""

    id = KeyField(primary_key=True, default=new_key)
    event = models.ForeignKey(Event, models.CASCADE, related_name="pictures")
    entry = models.ForeignKey("journal.Entry", models.PROTECT, null=True, related_name="pictures")
    kind = models.CharField(max_length=10, choices=PictureKind)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=30, default="image/jpeg")
    #: Pixels, upright.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    #: Bytes of the original.
    size = models.PositiveIntegerField()
    #: Of a video.
    duration_s = models.FloatField(null=True, blank=True)
    #: Read from the hidden data of the original; may be absent.
    taken_at = models.DateTimeField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["event", "sha256"], name="picture_once_per_event")]

    @property
    def is_video(self) -> bool:
        """It plays."""
        return self.media_type.startswith("video/")


class AwaitedPicture(models.Model):
    """A photo or video that a report named and that is not here yet: words come first. Gone once the picture is there."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="awaited", db_index=False)
    entry = models.ForeignKey("journal.Entry", models.PROTECT, null=True, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    #: Bytes, and the kind of file, as the device said.
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=60, blank=True)
    #: Bytes that have arrived.
    received = models.PositiveBigIntegerField(default=0)
    #: Why it was refused: {code, words (message id), facts}. It will not come then.
    refusal = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["event", "sha256"], name="awaited_once_per_event")]


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Named sets of releases."""

    def public(self) -> "ReleaseQuerySet":
        """Those whose picture everybody may see: confirmed, not taken back, of a matter the public may know of."""
        return self.filter(public_sha256__isnull=False, picture__event__category__is_public=True)

    def waiting(self) -> "ReleaseQuerySet":
        """Those whose draft the worker has still to make."""
        return self.filter(wanted_at__isnull=False)


class Release(models.Model):
    """What a desk has done towards showing a picture to everybody. Where something was covered is kept nowhere."""

    picture = models.OneToOneField(Picture, models.CASCADE, primary_key=True, related_name="release")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    #: Since when the worker is to make a draft; empty once it has, or could not.
    wanted_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    #: The rendition that somebody looks at before it is public.
    draft_sha256 = models.CharField(max_length=64, null=True, blank=True)
    #: A machine has covered in it what it took for people, if anything; else nobody has looked for them yet.
    machine_looked = models.BooleanField(default=False)
    #: The rendition everybody may see; empty while nobody may.
    public_sha256 = models.CharField(max_length=64, null=True, blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["wanted_at"], condition=Q(wanted_at__isnull=False), name="drafts_wanted"),
            models.Index(fields=["public_sha256"], condition=Q(public_sha256__isnull=False), name="public_pictures"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(public_sha256__isnull=True) | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="public_pictures_were_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(wanted_at__isnull=True) | Q(draft_sha256__isnull=True), name="a_draft_is_wanted_or_there"
            ),
        ]


class Contact(models.Model):
    """How to reach the reporter, sealed: apart from the event, encrypted, never in lists, search or statistics."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="contact")
    sealed = models.BinaryField()


class Statement(models.Model):
    """The reporter's own words, where somebody else summed them up: from a call, a visit, a letter, a long mail.

    Written once, with the report, and never changed: nothing here does it.
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


class SavedView(models.Model):
    """A filter of the queue under a name, kept by a person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="view_name_once")]


class IndexedUpTo(models.Model):
    """How far along each chain of the journal the search index has been brought."""

    chain = models.CharField(max_length=30, primary_key=True)
    position = models.PositiveBigIntegerField(default=0)
