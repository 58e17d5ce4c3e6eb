"""A dispute that may turn violent (art. 25): whoever must know is told at once, of its number and of nothing else."""

from datetime import datetime

from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.mediation.actions import telling
from linli.mediation.models import Dispute
from linli.people.models import Person

LONGEST_RISK = 1000


def note(dispute: Dispute, *, words: str, by: Person, at: datetime, field: str = "words") -> None:
    """Tell heads and mediator, the desk and the duty leader of the place. Part of the act that calls it. Raises `BadInput`."""
    seen = clean_words(words, field=field, required=True, longest=LONGEST_RISK)
    told = [*telling.keepers_and_mediators(dispute, at), *telling.around(dispute, at)]
    changes = {"may_intensify": True, "informed_at": at, "sealed": dispute.with_words(risk=seen)}
    Dispute.objects.filter(pk=dispute.pk).update(**changes)
    for name, value in changes.items():
        setattr(dispute, name, value)
    record("dispute.risk_noted", on=dispute, by=by, at=at, tell=told, number=dispute.number)
