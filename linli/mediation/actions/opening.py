"""Opening a kept file, other than evidence: a scan of a signed paper, or what shows that a promise was kept."""

from datetime import datetime

from django.db import transaction

from linli.journal.actions import record
from linli.mediation.actions.files import open_sealed
from linli.mediation.actions.looking import require_look
from linli.mediation.models import Agreement, Dispute, Proof, Signature
from linli.people.models import Person


@transaction.atomic
def open_kept(dispute: Dispute, row: Agreement | Proof | Signature, *, by: Person, at: datetime) -> bytes:
    """The file as it was sent, for whoever has opened the dispute's file for a purpose. Raises `NotYours`, `Refused`."""
    require_look(dispute, by=by, at=at)
    content = open_sealed(row)
    record("dispute.file_opened", on=dispute, by=by, at=at, of=type(row).__name__.lower(), file=str(row.pk))
    return content
