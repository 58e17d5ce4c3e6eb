"""Which paper a hash belongs to. Only papers that were given out are found, and of them no more than is printed on top."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from linli.mediation.models import Agreement, IssuedPaper


@dataclass(frozen=True)
class Genuine:
    """What may be said of a paper: it is one of ours, this number, this day, this kind, this committee."""

    number: str
    at: datetime
    kind: str
    committee: str


def find(sha256: str) -> Genuine | None:
    """The paper with this hash, or the agreement with this text; None where there is none, or it binds nobody."""
    paper = IssuedPaper.objects.with_hash(sha256).select_related("dispute__body").order_by("made_at").first()
    if paper is not None:
        dispute = paper.dispute
        return Genuine(dispute.case_no or dispute.number, paper.made_at, _kind(paper.what), str(dispute.body or ""))
    found = Agreement.objects.filter(text_sha256=sha256, effective_at__isnull=False)
    agreement = found.select_related("dispute__body").order_by("-effective_at").first()
    if agreement is None or agreement.effective_at is None:
        return None
    kind = agreement.get_form_display() + ("" if agreement.state == "in_force" else _(" (replaced by a later one)"))
    return Genuine(agreement.dispute.case_no, agreement.effective_at, kind, str(agreement.dispute.body or ""))


def _kind(what: str) -> str:
    return str(_KINDS.get(what.partition("-")[0], lazy("Paper of the dossier")))


_KINDS = {
    "dossier": lazy("Dossier, bound"),
    "rights": lazy("Notice of rights and duties"),
    "ending": lazy("Agreement, or notice of how it ended"),
    "not_accepted": lazy("Notice that mediation is not accepted"),
    "confirmation": lazy("Application for judicial confirmation"),
    "ruling": lazy("Answer of the court"),
    "session": lazy("Record of a session"),
    "receipt": lazy("Receipt of what was promised"),
    "claim": lazy("Draft of a claim, filled in for a party to correct; no statement of the committee"),
}
