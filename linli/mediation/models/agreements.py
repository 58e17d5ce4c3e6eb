"""What was agreed: versions, signatures, and each promise as a row of its own with its proofs."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from linli.mediation.models.bodies import Mediator
from linli.mediation.models.disputes import Dispute
from linli.mediation.models.parties import Party
from linli.mediation.models.sealed import KeptFile, Sealed
from linli.mediation.rules.kinds import (
    OBLIGATION_SETTLED,
    AgreementForm,
    AgreementState,
    ObligationKind,
    ObligationState,
    ProofKind,
    SignatureWay,
)
from linli.people.models import Person


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Named sets of agreements."""

    def in_force(self) -> "AgreementQuerySet":
        """The one that binds."""
        return self.filter(state=AgreementState.IN_FORCE)


class Agreement(KeptFile, Sealed):
    """One version of an agreement. Behind the seal: `clauses` (structured), `story`, `text`; the file is a scan."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="agreements", db_index=False)
    version = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=10, choices=AgreementForm)
    state = models.CharField(max_length=10, choices=AgreementState, default=AgreementState.DRAFT)
    text_sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    stamped_at = models.DateTimeField(null=True, blank=True)
    stamped_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["dispute", "version"]
        indexes = [
            models.Index(
                fields=["effective_at", "dispute"],
                condition=Q(effective_at__isnull=False),
                name="agreements_by_time",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "version"], name="agreement_once_per_version"),
            models.UniqueConstraint(fields=["dispute"], condition=Q(state="in_force"), name="one_agreement_in_force"),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(effective_at__isnull=False), name="an_agreement_in_force_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force", form="written") | Q(stamped_at__isnull=False),
                name="a_written_agreement_is_stamped",
            ),
        ]


class Signature(KeptFile, Sealed):
    """Somebody signed a version. Behind the seal: `image` (PNG, base64), `strokes`; the file is a scan of the paper."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="signatures", db_index=False)
    mediator = models.ForeignKey(Mediator, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: Which representative of a group signed, from 1 in their order; 0: the party itself, or all of them on one paper.
    speaker = models.PositiveSmallIntegerField(default=0, db_default=0)
    way = models.CharField(max_length=12, choices=SignatureWay)
    #: HMAC of the image under this home's key: the same picture twice is found without being seen.
    image_mark = models.CharField(max_length=64, blank=True)
    #: Facts about the strokes that integrity asks for: how many, and whether their timing varies at all.
    stroke_count = models.PositiveSmallIntegerField(null=True, blank=True)
    timing_varies = models.BooleanField(null=True, blank=True)
    signed_at = models.DateTimeField()
    #: What was signed, word for word.
    text_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["agreement", "signed_at", "key"]
        indexes = [models.Index(fields=["image_mark"], condition=~Q(image_mark=""), name="signatures_by_mark")]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "party", "speaker"],
                condition=Q(party__isnull=False),
                name="signed_once_per_speaker",
            ),
            models.UniqueConstraint(
                fields=["agreement", "mediator"], condition=Q(mediator__isnull=False), name="signed_once_per_mediator"
            ),
            models.CheckConstraint(
                condition=Q(party__isnull=False, mediator__isnull=True) | Q(party__isnull=True, mediator__isnull=False),
                name="a_party_or_a_mediator_signs",
            ),
        ]


class ObligationQuerySet(models.QuerySet["Obligation"]):
    """Named sets of obligations."""

    def outstanding(self) -> "ObligationQuerySet":
        """Those of which something is still expected."""
        return self.exclude(state__in=sorted(OBLIGATION_SETTLED))

    def to_look_at(self, at: datetime) -> "ObligationQuerySet":
        """Those whose next reminder may be due."""
        return self.filter(next_at__lte=at)


class Obligation(Sealed):
    """One promise. Behind the seal: `what`, `amount` (a decimal as text, yuan), `where`, `clause` (its number)."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="obligations", db_index=False)
    number = models.PositiveSmallIntegerField()
    owed_by = models.ForeignKey(Party, models.PROTECT, related_name="owes", db_index=False)
    #: Empty: owed to all the others.
    owed_to = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="is_owed", db_index=False)
    kind = models.CharField(max_length=10, choices=ObligationKind)
    #: Empty: at once, on the spot.
    due_on = models.DateField(null=True, blank=True)
    #: The end of its last day, at once included; empty for what is to be left be: that has none.
    due_at = models.DateTimeField(null=True, blank=True)
    proof_kind = models.CharField(max_length=10, choices=ProofKind, default=ProofKind.WORD)
    state = models.CharField(max_length=10, choices=ObligationState, default=ObligationState.OWED)
    #: Since when; of what was performed: when it was said to be, since who receives may answer late.
    state_at = models.DateTimeField()
    #: How many reminders it has given, and when the worker looks at it again.
    rung = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "number"]
        indexes = [
            models.Index(fields=["next_at", "key"], condition=Q(next_at__isnull=False), name="obligations_to_look_at"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="obligation_once_per_number"),
            models.CheckConstraint(
                condition=Q(next_at__isnull=True) | ~Q(state__in=sorted(OBLIGATION_SETTLED)),
                name="what_was_performed_reminds_nobody",
            ),
        ]


class ProofQuerySet(models.QuerySet["Proof"]):
    """Named sets of proofs."""

    def unanswered(self) -> "ProofQuerySet":
        """Those to which whoever receives has not said yes or no."""
        return self.filter(confirmed_at__isnull=True, denied_at__isnull=True)


class Proof(KeptFile, Sealed):
    """Something that shows a promise was kept. Behind the seal: `words`, `amount`, `denied`."""

    obligation = models.ForeignKey(Obligation, models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=10, choices=ProofKind)
    by_party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    #: Whoever receives has said yes, or no; neither: they have not answered.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    denied_at = models.DateTimeField(null=True, blank=True)

    objects = ProofQuerySet.as_manager()

    class Meta:
        ordering = ["obligation", "at", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(denied_at__isnull=True), name="a_proof_has_one_answer"
            ),
        ]
