"""What was promised, as one who owes it or receives it may see it."""

from collections.abc import Callable, Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from linli.mediation.actions import performing
from linli.mediation.agreeing.amounts import in_figures
from linli.mediation.models import Obligation, Proof
from linli.mediation.public.values import Promise, Shown
from linli.mediation.rules import OBLIGATION_SETTLED, ObligationState


def promise_of(
    one: Obligation, *, mine: UUID, steps: Collection[str], called: Callable[[UUID | None], str], at: datetime
) -> Promise:
    """A promise before the party `mine`, which may take these steps; `called`: how it may call another."""
    words, is_mine = one.words, one.owed_by_id == mine
    amount = performing.amount_of(one)
    is_open = one.state not in OBLIGATION_SETTLED
    receives = not is_mine and "confirm_performed" in steps
    late = is_open and one.kind != "refrain" and performing.is_late(one, at)
    return Promise(
        one.pk,
        one.number,
        words["what"],
        in_figures(amount) if amount is not None else "",
        words.get("where", ""),
        one.due_on,
        called(one.owed_to_id if is_mine else one.owed_by_id) if one.owed_to_id or not is_mine else "",
        one.state,
        str(ObligationState(one.state).label),
        late,
        one.kind == "pay",
        is_mine,
        is_mine and is_open and "claim_performed" in steps and not performing.waits_for_answer(one),
        receives and one.state == ObligationState.CLAIMED,
        receives and one.state == ObligationState.OWED and performing.is_late(one, at),
        receives and is_open and "waive" in steps,
        tuple(_proof(proof, one) for proof in one.proofs.all()),
        _rest_of(one, amount) if is_open else "",
    )


def _rest_of(one: Obligation, amount: Decimal | None) -> str:
    """What is left of a payment of which a part was received, in figures."""
    received = performing.received(one) if amount is not None else Decimal(0)
    return in_figures(amount - received) if amount is not None and received else ""


def _proof(proof: Proof, one: Obligation) -> Shown:
    words = proof.words
    is_open = proof.confirmed_at is None and not words.get("denied") and one.state == ObligationState.CLAIMED
    paid = words.get("amount", "")
    return Shown(
        proof.pk,
        proof.at,
        proof.get_kind_display(),
        words.get("words", ""),
        in_figures(Decimal(paid)) if paid else "",
        words.get("denied", ""),
        proof.confirmed_at is not None,
        bool(proof.file_sha256),
        is_open,
    )
