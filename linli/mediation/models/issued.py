"""Papers that left the house: each by an act, with the hashes by which anybody can verify them."""

from django.db import models
from django.db.models import Q

from linli.mediation.models.disputes import Dispute
from linli.mediation.models.parties import Party
from linli.mediation.models.sealed import KeptFile, Sealed
from linli.mediation.rules.kinds import Purpose
from linli.people.models import Person


class IssuedPaperQuerySet(models.QuerySet["IssuedPaper"]):
    """Named sets of papers."""

    def with_hash(self, sha256: str) -> "IssuedPaperQuerySet":
        """Those that say what has this hash, or are the very file that has it."""
        return self.filter(Q(content_sha256=sha256) | Q(pdf_sha256=sha256) | Q(docx_sha256=sha256))


class IssuedPaper(KeptFile, Sealed):
    """One export of one paper. Behind the seal: `words` (why). The file is there for a bound dossier alone, as ciphertext."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="issued")
    #: A code of `dossier.reading.File.single`, or `dossier`.
    what = models.CharField(max_length=30)
    #: Of what is said: printed on it, and in its QR code.
    content_sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64)
    docx_sha256 = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, choices=Purpose)
    made_at = models.DateTimeField()
    #: A member of staff, or a party on its own page.
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    is_bound = models.BooleanField(default=False)

    objects = IssuedPaperQuerySet.as_manager()

    class Meta:
        ordering = ["dispute", "made_at", "key"]
        indexes = [
            models.Index(fields=["content_sha256"], name="issued_by_content"),
            models.Index(fields=["pdf_sha256"], name="issued_by_pdf"),
            models.Index(fields=["docx_sha256"], name="issued_by_docx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["dispute"], condition=Q(is_bound=True), name="bound_once_per_dispute"),
            models.CheckConstraint(
                condition=Q(is_bound=False) | ~Q(file_sha256=""), name="a_bound_dossier_has_its_file"
            ),
            models.CheckConstraint(
                condition=Q(made_by__isnull=False, party__isnull=True) | Q(made_by__isnull=True, party__isnull=False),
                name="a_person_or_a_party_takes_a_paper",
            ),
        ]
