"""Sessions, what was written of them for all, what the mediator notes alone, and evidence."""

from django.db import models
from django.db.models import F, Q

from linli.mediation.models.disputes import Dispute
from linli.mediation.models.parties import Party
from linli.mediation.models.sealed import KeptFile, Sealed
from linli.mediation.rules.kinds import Manner, SessionState
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
    #: Keys of parties and companions who were there.
    present = models.JSONField(default=list)
    #: Keys of parties who agreed to sound being kept; it is kept only when all who were there did.
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
