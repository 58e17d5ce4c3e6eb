"""Sessions, what was written of them for all, what the mediator notes alone, and evidence."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from linli.mediation.models.disputes import Dispute
from linli.mediation.models.parties import Party
from linli.mediation.models.sealed import KeptFile, Sealed
from linli.mediation.rules.kinds import Manner, SessionState, SoundGone
from linli.people.models import Person


class Session(Sealed):
    """One meeting, planned or held. Behind the seal: `place`, `link`, `why` (moved or cancelled)."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="sessions", db_index=False)
    number = models.PositiveSmallIntegerField()
    manner = models.CharField(max_length=10, choices=Manner, default=Manner.TOGETHER)
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED)
    planned_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    is_remote = models.BooleanField(default=False)
    #: How often it was moved: the iCal sequence.
    moved = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Keys of the parties that are to come and hear when and where; None: all of them, those who join later too.
    invited = models.JSONField(null=True, blank=True)
    #: Keys of parties and companions who were there.
    present = models.JSONField(default=list)
    #: Keys of parties and companions who agree to sound being kept; it is kept only while all who were there do.
    audio_consents = models.JSONField(default=list)
    has_audio = models.BooleanField(default=False)
    #: When it was written down that it was held: later than its end by how much is a matter of integrity.
    entered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dispute", "number"]
        indexes = [
            models.Index(fields=["planned_at", "key"], condition=Q(state="planned"), name="sessions_to_come"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "number"], name="session_once_per_number"),
            models.CheckConstraint(
                condition=~Q(state="held")
                | Q(began_at__isnull=False, ended_at__isnull=False, entered_at__isnull=False),
                name="held_sessions_have_their_times",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="a_session_ends_after_it_began",
            ),
        ]

    def invites(self, party: Party) -> bool:
        """Whether this party is to come."""
        return self.invited is None or str(party.pk) in self.invited


class Record(Sealed):
    """One version of the shared record. Behind the seal: `text`, `undisputed`, `concessions`.

    Concessions may not be used in court unless both agree (在线调解规则 art. 20); they stand apart for that reason.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="records", db_index=False)
    version = models.PositiveSmallIntegerField()
    #: Of what is written, so that a party's yes is to this version.
    text_sha256 = models.CharField(max_length=64)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField()
    #: Keys of the parties that have read this version and found it right.
    read_by = models.JSONField(default=list)

    class Meta:
        ordering = ["session", "version"]
        constraints = [models.UniqueConstraint(fields=["session", "version"], name="record_once_per_version")]


class NoteQuerySet(models.QuerySet["Note"]):
    """Named sets of notes."""

    def of(self, person: Person) -> "NoteQuerySet":
        """What this person wrote: nobody else reads it, nor is it in the dossier."""
        return self.filter(by=person)


class Note(Sealed):
    """A confidential note, for whoever wrote it alone. Behind the seal: `text`."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="notes")
    session = models.ForeignKey(Session, models.CASCADE, null=True, blank=True, related_name="notes", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["dispute", "at", "key"]


class Evidence(KeptFile, Sealed):
    """One piece of evidence. Behind the seal: `name`, `words` (what it is to show)."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="evidence", db_index=False)
    party = models.ForeignKey(Party, models.CASCADE, related_name="evidence", db_index=False)
    position = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    #: Who entered it; empty: the party itself, on its own page.
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    original_seen_at = models.DateTimeField(null=True, blank=True)
    #: `{key of a party: code of Stance}`.
    stances = models.JSONField(default=dict)

    class Meta:
        ordering = ["dispute", "position"]
        constraints = [models.UniqueConstraint(fields=["dispute", "position"], name="evidence_once_per_place")]


#: Opened by nobody any more; its name goes once the store has let go of it.
STILL_IN_STORE = Q(deleted_at__isnull=False) & ~Q(file_sha256="")


class RecordingQuerySet(models.QuerySet["Recording"]):
    """Named sets of sound recordings."""

    def kept(self) -> "RecordingQuerySet":
        """Those whose sound has not been deleted."""
        return self.filter(deleted_at__isnull=True)

    def to_wipe(self) -> "RecordingQuerySet":
        """Those that were deleted and whose ciphertext may still lie in the store."""
        return self.filter(STILL_IN_STORE)

    def over_on(self, day: date) -> "RecordingQuerySet":
        """Kept ones of disputes whose dossier need not be kept any longer."""
        return self.kept().filter(session__dispute__retention_until__lt=day)


class Recording(KeptFile, Sealed):
    """Sound of a session, kept only while everybody who was there agrees. Behind the seal: nothing but the sound itself.

    The row stays when the sound is deleted, so that the parties can see that there was one and why it is gone.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="recordings", db_index=False)
    number = models.PositiveSmallIntegerField()
    seconds = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_why = models.CharField(max_length=10, choices=SoundGone, blank=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["session", "number"]
        indexes = [models.Index(fields=["deleted_at"], condition=STILL_IN_STORE, name="recordings_to_wipe")]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="recording_once_per_number"),
            models.CheckConstraint(
                condition=(Q(deleted_at__isnull=True, deleted_why="") & ~Q(file_sha256=""))
                | (Q(deleted_at__isnull=False) & ~Q(deleted_why="")),
                name="a_recording_has_sound_or_says_why_not",
            ),
        ]
