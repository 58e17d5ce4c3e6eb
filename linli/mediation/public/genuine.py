"""Which paper a hash belongs to. Only papers that were given out are found, and of them no more than is printed on top."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from linli.mediation.models import Agreement


@dataclass(frozen=True)
class Genuine:
    """What may be said of a paper: it is one of ours, this number, this day, this kind, this committee."""

    number: str
    at: datetime
    kind: str
    committee: str


def find(sha256: str) -> Genuine | None:
    """The paper with this hash; None where there is none, or it binds nobody."""
    found = Agreement.objects.filter(text_sha256=sha256, effective_at__isnull=False)
    agreement = found.select_related("dispute__body").order_by("-effective_at").first()
    if agreement is None or agreement.effective_at is None:
        return None
    kind = agreement.get_form_display() + ("" if agreement.state == "in_force" else _(" (replaced by a later one)"))
    return Genuine(agreement.dispute.case_no, agreement.effective_at, kind, str(agreement.dispute.body or ""))
