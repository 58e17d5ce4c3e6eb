"""What is stored of the doors: keys of other systems, what came with them once, phones, reports until they are matters."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage, within
from linli.areas.models import Area
from linli.events.models import Event
from linli.journal.models import Entry
from linli.kit.keys import KeyField, new_key
from linli.kit.refusal import in_words
from linli.kit.sealing import SealedField, by_pk
from linli.people.models import Person
from linli.people.rules import ADMINISTERED, Scope

#: A clock further off than this is told to whoever reads the times.
SKEW_TOLD = timedelta(minutes=5)
#: A phone that has sent nothing for so long is signed out: longer than a leave, shorter than phones lie in drawers.
ENDS_UNUSED = timedelta(days=90)
#: However often it is used, a token of a phone is another one after a year: whoever copied it has it no longer.
TOKEN_LASTS = timedelta(days=365)
#: What is left to do. Written as the partial index is, so that it serves it.
NOT_DIGESTED = Q(digested_at__isnull=True)
NOT_EMPTIED = Q(digested_at__isnull=False, emptied_at__isnull=True)


class Purpose(models.TextChoices):
    """The door a key opens; it opens no other."""

    OPEN311 = "open311", _("Open311")
    INTAKE = "intake", _("Reports from devices and systems")
    API = "api", _("Programming interface")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Named sets of keys."""

    def valid(self) -> "ApiKeyQuerySet":
        """Keys that are not revoked; they open their door until their last day."""
        return self.filter(revoked_at__isnull=True)

    def opening(self, day: date) -> "ApiKeyQuerySet":
        """Keys that open their door on that day."""
        return self.valid().filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))

    def visible_to(self, scope: Scope) -> "ApiKeyQuerySet":
        """Those in the areas where somebody keeps keys; of the whole home only for whoever keeps them at its top."""
        codes = [one.area for one in scope.held if one.role == ADMINISTERED["keys"]]
        of_all = Q(area__isnull=True) if any(lineage(code) == [code] for code in codes) else Q(pk__in=[])
        return self.filter(within(*codes) | of_all)


class ApiKey(models.Model):
    """Another system may come in by one door. Of its key only the SHA-256 is kept: it is random, and long enough."""

    #: Of the system that holds it, never of a person.
    name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=10, choices=Purpose)
    sha256 = models.CharField(max_length=64, unique=True)
    #: It opens the door for this area and all inside it; none: for all.
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    #: The first day on which it opens nothing; none for keys from before keys ended, until they are rotated.
    ends_on = models.DateField(null=True, blank=True)
    #: Rotated: what it was before, and until when that is taken beside it. The system stays the same sender.
    old_sha256 = models.CharField(max_length=64, unique=True, null=True, blank=True)
    old_until = models.DateTimeField(null=True, blank=True)
    #: The day on which those who keep it were last told that it ends.
    warned_on = models.DateField(null=True, blank=True)
    #: The day only: when a system is at work is nobody's business.
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(revoked_at__isnull=True), name="valid_key_name_once"),
            models.CheckConstraint(
                condition=Q(old_sha256__isnull=True, old_until__isnull=True)
                | Q(old_sha256__isnull=False, old_until__isnull=False),
                name="an_old_key_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Ending(models.TextChoices):
    """Why a phone was signed out. Codes and no free words: the journal holds nothing about people."""

    OWN = "own", _("Signed out by its holder")
    LOST = "lost", _("Lost or stolen")
    HANDED_ON = "handed_on", _("Handed on or replaced")
    LEFT = "left", _("Its holder has left")
    UNSAFE = "unsafe", _("Something on it looks wrong")
    EVERYWHERE = "everywhere", _("Its holder was signed out everywhere")


class DeviceQuerySet(models.QuerySet["Device"]):
    """Named sets of devices."""

    def signed_in(self, day: date) -> "DeviceQuerySet":
        """Those whose token is taken on that day, as far as they themselves go: the account may be closed."""
        made_on = Coalesce("token_made_on", TruncDate("created_at"))
        alive = self.filter(revoked_at__isnull=True, last_used_on__gte=day - ENDS_UNUSED)
        return alive.alias(made_on=made_on).filter(made_on__gt=day - TOKEN_LASTS)

    def growing(self) -> "DeviceQuerySet":
        """Those whose queue has grown on a later day than it began, without having been empty in between."""
        return self.filter(waiting__gt=0, grown_on__gt=F("waits_since"))


class Device(models.Model):
    """Somebody signed in on an installation of the app, until signed out: sessions end before a queue without signal is sent.

    Of its token only the SHA-256 is kept. Of when and where it is at work nothing but the last day.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="devices")
    #: The UUID that the app made when it was installed. Several persons may share one phone.
    installation = KeyField()
    #: As its holder calls it; empty for a plain one.
    name = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)
    #: The session it was registered with: it ends together with the token.
    session = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    #: When its present token was made; none: with the row.
    token_made_on = models.DateField(null=True, blank=True)
    #: The day only: when somebody is at work is nobody's business.
    last_used_on = models.DateField()
    #: Reports still on the phone, as it told last; None if it never has.
    waiting = models.PositiveIntegerField(null=True, blank=True)
    #: How often it has tried to send the first of them, and the version of the app, as it told last.
    tries = models.PositiveIntegerField(null=True, blank=True)
    app = models.CharField(max_length=20, blank=True)
    #: Since which day something is on it without a break, and the last day on which that became more.
    waits_since = models.DateField(null=True, blank=True)
    grown_on = models.DateField(null=True, blank=True)
    #: When its holder is to be told of it, a day after it began: a full hour, gone with the queue. And the day on which that was.
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    ended_for = models.CharField(max_length=20, choices=Ending, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "installation"],
                condition=Q(revoked_at__isnull=True),
                name="signed_in_once_per_installation",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, ended_for="") | (Q(revoked_at__isnull=False) & ~Q(ended_for="")),
                name="signed_out_devices_have_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(waits_since__isnull=True, grown_on__isnull=True) | Q(grown_on__gte=F("waits_since")),
                name="a_queue_grows_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["remind_at"], condition=Q(waiting__gt=0), name="phones_to_remind_of")]

    def __str__(self) -> str:
        return self.name or gettext("Phone")

    @property
    def is_growing(self) -> bool:
        """As the set of that name has it."""
        return bool(self.waiting and self.waits_since and self.grown_on and self.grown_on > self.waits_since)

    @property
    def ends_on(self) -> date:
        """The first day on which its token is not taken, if it is not used before; a year after it was made at the latest."""
        made_on = self.token_made_on or timezone.localdate(self.created_at)
        return min(self.last_used_on + ENDS_UNUSED + timedelta(days=1), made_on + TOKEN_LASTS)


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


class SenderKind(models.TextChoices):
    """Who may send: somebody signed in, another system with a key, anybody."""

    PERSON = "person", _("Person")
    KEY = "key", _("Another system")
    HOOK = "hook", _("Another system, by webhook")
    PUBLIC = "public", _("Resident")


class KeptState(models.TextChoices):
    """How far a kept report has come."""

    WAITING = "waiting", _("Kept")
    #: An act whose report or photos are still on their way.
    HELD = "held", _("Waits for what belongs to it")
    DIGESTED = "digested", _("Taken in")
    SET_ASIDE = "set_aside", _("Set aside")


class KeptQuerySet(models.QuerySet["Kept"]):
    """Named sets of kept reports."""

    def waiting(self) -> "KeptQuerySet":
        """Those still to be digested, in the order of their arrival."""
        return self.filter(NOT_DIGESTED, state=KeptState.WAITING).order_by("id")

    def set_aside(self) -> "KeptQuerySet":
        """Those that could not be digested, the oldest first."""
        return self.filter(NOT_DIGESTED, state=KeptState.SET_ASIDE).order_by("id")

    def to_empty(self) -> "KeptQuerySet":
        """Those that are matters and still have what was sent."""
        return self.filter(NOT_EMPTIED)

    def in_areas(self, codes: list[str]) -> "KeptQuerySet":
        """Those routed into these areas."""
        return self.filter(within(*codes))


class Kept(models.Model):
    """A report whose arrival was acknowledged. Its key becomes the key of its event, so that one is never made twice.

    Written by `writer` alone, past the ORM; unique by sender and the id the device made. No foreign keys: nothing that
    happens elsewhere may stand in the way of keeping what was sent.
    """

    id = KeyField(primary_key=True, default=new_key)
    device_id = KeyField()
    sender = models.CharField(max_length=10, choices=SenderKind)
    #: The person's or the key's number. For anybody 0, or with a token a number made of it and of this report alone: it
    #: does not tell which reports came from one phone.
    sender_key = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=20)
    area = models.CharField(max_length=30)
    #: Keyed hash (BLAKE2b) of the whole content: a plain one could be searched for the contact in it.
    digest = models.BinaryField()
    #: JSON as it was sent, its fields in order, without the contact and the device.
    content = models.BinaryField()
    #: The contact, sealed to this row's key; emptied once the event has it.
    sealed_contact = SealedField(bound_to=by_pk, default=bytes)
    #: The first answer, to be repeated; without the code of the receipt.
    answer = models.BinaryField()
    received_at = models.DateTimeField()
    #: By the clock of the device: when the report was made, and when this sending of it left.
    made_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=KeptState, default=KeptState.WAITING)
    #: Why it was set aside: {code, words (message id), facts}.
    reason = models.JSONField(null=True)
    digested_at = models.DateTimeField(null=True)
    #: When the content was deleted, some time after it was digested.
    emptied_at = models.DateTimeField(null=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device_id", "sender", "sender_key"], name="kept_once_per_sender"),
            models.CheckConstraint(
                condition=Q(state="digested", digested_at__isnull=False)
                | (~Q(state="digested") & Q(digested_at__isnull=True)),
                name="digested_reports_have_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id", "digested_at"], condition=NOT_DIGESTED, name="kept_to_digest"),
            models.Index(fields=["digested_at"], condition=NOT_EMPTIED, name="kept_to_empty"),
        ]

    @property
    def made_at_estimated(self) -> datetime | None:
        """When the report was made by our clock, from how far the device's was off as it was sent; never after arrival."""
        return estimated(self.made_at, self.sent_at, self.received_at)

    @property
    def skew(self) -> timedelta | None:
        """How far the clock of the device was ahead, where that is worth telling."""
        off = self.sent_at - self.received_at if self.sent_at else timedelta(0)
        return off if abs(off) > SKEW_TOLD else None

    def clock_off(self) -> dict[str, str]:
        """The same for the journal: minutes, more than none where it was fast."""
        return {"clock_off_min": str(round(self.skew / timedelta(minutes=1)))} if self.skew else {}

    @property
    def why(self) -> str:
        """The reason it was set aside, in the language of whoever reads."""
        return in_words(self.reason)


def estimated(made_at: datetime | None, sent_at: datetime | None, received_at: datetime) -> datetime | None:
    """A time of the device by our clock."""
    if made_at is None or sent_at is None:
        return made_at
    return made_at + (received_at - sent_at)


class Outcome(models.TextChoices):
    """What came of an act made on a phone."""

    DONE = "done", _("Done")
    #: The matter had moved on: words and photos are kept with it.
    NOTED = "noted", _("Kept as a note")
    REFUSED = "refused", _("Refused")


class Lacking(models.TextChoices):
    """What an act waits for before it is taken in."""

    REPORT = "report", _("its report")
    PHOTOS = "photos", _("its photos")


class PhoneActQuerySet(models.QuerySet["PhoneAct"]):
    """Named sets of acts."""

    def waiting(self) -> "PhoneActQuerySet":
        """Those nothing has come of yet."""
        return self.filter(outcome="")


class PhoneAct(models.Model):
    """What came of an act made on a phone, from when it was first looked at. What was sent stands in the row kept of it."""

    kept = models.OneToOneField(Kept, models.CASCADE, primary_key=True, related_name="act")
    #: The report it is about, by the id the device made; none where it named the matter.
    report = KeyField(null=True)
    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="+", db_index=False)
    waits_for = models.CharField(max_length=10, choices=Lacking, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    #: Why it was refused: {code, words (message id), facts}.
    reason = models.JSONField(null=True)
    #: There were words or photos to keep as a note.
    has_note = models.BooleanField(default=False)
    #: What had brought the matter to where it was when the act came too late.
    meanwhile = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = PhoneActQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome="") | Q(waits_for=""), name="ended_acts_wait_for_nothing"),
            models.CheckConstraint(
                condition=~Q(outcome__in=("done", "noted")) | Q(event__isnull=False), name="acts_taken_in_name_a_matter"
            ),
        ]
        indexes = [models.Index(fields=["report"], condition=Q(outcome=""), name="acts_that_wait")]

    @property
    def why(self) -> str:
        """The reason it was refused, in the language of whoever reads."""
        return in_words(self.reason)


class UploadState(models.TextChoices):
    """How far a photo or video has come."""

    COMING = "coming", _("Coming")
    RECEIVED = "received", _("Received")
    REFUSED = "refused", _("Refused")


class Upload(models.Model):
    """A photo or video on its way after its report. How much is there, the part on the disk says (see `media_parts`)."""

    id = models.BigAutoField(primary_key=True)
    kept = models.ForeignKey(Kept, models.CASCADE, related_name="uploads", db_index=False)
    sha256 = models.CharField(max_length=64)
    #: Bytes, and the kind of file, as the report named them.
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=60, blank=True)
    #: Bytes that were here when the last sending of it ended: for people to see, not to go on from.
    received = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.COMING)
    #: Why it was refused: {code, words (message id), facts}.
    reason = models.JSONField(null=True)
    #: What the check found in it, until the event has the picture.
    found = models.JSONField(null=True)
    changed_at = models.DateTimeField()
    #: When the event got the picture, or was told of the refusal.
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kept", "sha256"], name="upload_once_per_report")]
        indexes = [models.Index(fields=["state", "id"], condition=Q(settled_at__isnull=True), name="uploads_to_settle")]

    @property
    def why(self) -> str:
        """The reason it was refused, in the language of whoever reads."""
        return in_words(self.reason)


# The tables of the other doors belong to this room; here, where Django looks for them.
from linli.intake import doors  # noqa: E402, F401
from linli.intake.webhooks import models as webhook_models  # noqa: E402, F401
