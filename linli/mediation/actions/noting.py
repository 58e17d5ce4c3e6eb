"""Confidential notes: for whoever wrote them alone, never in the dossier, never shown to parties or heads."""

from datetime import datetime

from django.db import transaction

from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.mediation.actions.course import require_step
from linli.mediation.models import Dispute, Note, Session, sealed_words
from linli.mediation.rules.parties import not_a_choice
from linli.people.models import Person

#: What one writes after an evening; more is several notes.
LONGEST_NOTE = 20_000


@transaction.atomic
def write_note(dispute: Dispute, *, text: str, by: Person, at: datetime, session: Session | None = None) -> Note:
    """Note something for oneself. Raises `BadInput`, `NotYours`."""
    require_step("write_note", dispute, by=by, at=at)
    note = store_note(dispute, _clean(text), by=by, at=at, session=_of(dispute, session))
    record("dispute.note_written", on=dispute, by=by, at=at, note=note)
    return note


def store_note(dispute: Dispute, words: str, *, by: Person, at: datetime, session: Session | None = None) -> Note:
    """The row of a note; part of the act that calls it."""
    key = new_key()
    return Note.objects.create(
        key=key, dispute=dispute, session=session, by=by, at=at, sealed=sealed_words(Note, key, {"text": words})
    )


def notes_of(dispute: Dispute, *, by: Person) -> list[Note]:
    """What this person noted, the latest first."""
    return list(Note.objects.of(by).filter(dispute=dispute).order_by("-at", "-pk"))


def _clean(text: str) -> str:
    return clean_words(text, field="text", required=True, longest=LONGEST_NOTE)


def _of(dispute: Dispute, session: Session | None) -> Session | None:
    if session is not None and session.dispute_id != dispute.pk:
        raise not_a_choice("session")
    return session
