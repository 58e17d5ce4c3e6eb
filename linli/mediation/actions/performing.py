"""Promises, kept or not: said to be done with proof, confirmed by who receives; reminders, and a warning before breach."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation import letters
from linli.mediation.actions import visiting
from linli.mediation.actions.course import go, lock, require_party, require_step
from linli.mediation.actions.files import keep_sealed
from linli.mediation.actions.telling import keepers_and_mediators
from linli.mediation.agreeing.amounts import read_amount
from linli.mediation.agreeing.assembling import obligations
from linli.mediation.agreeing.filling import Clause
from linli.mediation.models import Agreement, Dispute, Obligation, Party, Proof, sealed_words
from linli.mediation.rules import (
    OBLIGATION_SETTLED,
    AgreementState,
    ObligationKind,
    ObligationState,
    ProofKind,
    State,
    moved_on,
)
from linli.people.models import Person

LONGEST_WORDS = 1_000
#: So many promises are looked at in one slice of work.
SLICE = 200
#: In the morning of which day somebody is reminded, counted from the last day: a week and a day before, and the day after.
RUNGS: tuple[tuple[int, int], ...] = ((1, -7), (2, -1), (3, 1))
_MORNING = time(9)
S = ObligationState


# --- what an agreement brings -----------------------------------------------------------------------------------------


def owe(agreement: Agreement, clauses: Sequence[Clause], *, at: datetime) -> list[Obligation]:
    """Make the rows of what is owed, as the agreement comes into force. Part of that act."""
    names = {str(party.pk): str(party.words.get("name", "")) for party in agreement.dispute.parties.all()}
    made = []
    for one in obligations(clauses, names):
        key = new_key()
        words = {"what": one.what, "amount": str(one.amount or ""), "where": one.place, "clause": one.clause}
        made.append(
            Obligation(
                key=key,
                agreement=agreement,
                number=one.number,
                owed_by_id=UUID(one.owed_by),
                owed_to_id=UUID(one.owed_to) if one.owed_to else None,
                kind=one.kind,
                due_on=one.due_on,
                due_at=_end(_due(one.kind, one.due_on, at)),
                proof_kind=one.proof,
                sealed=sealed_words(Obligation, key, words),
                state_at=at,
                next_at=_next_at(one.kind, _due(one.kind, one.due_on, at), rung=0, at=at),
            )
        )
    return Obligation.objects.bulk_create(made)


def supersede(agreement: Agreement) -> None:
    """Nobody is reminded any more of what a later agreement takes the place of."""
    agreement.obligations.filter(next_at__isnull=False).update(next_at=None)


# --- said to be done, confirmed, denied -------------------------------------------------------------------------------


@transaction.atomic
def claim(
    obligation: Obligation,
    *,
    at: datetime,
    by: Person | None = None,
    party: Party | None = None,
    words: str = "",
    amount: str = "",
    kind: str = "",
    file: bytes = b"",
) -> Proof:
    """Whoever owes says that it was done, or part of it (`amount` of a payment), and shows it; or the mediator writes it down.

    Raises `NotYours` for any other party, `BadInput`, and `Refused` where it is settled already.
    """
    dispute = obligation.agreement.dispute
    step = require_step("claim_performed", dispute, by=by, at=at, party=party)
    _hold(obligation, S.OWED, S.CLAIMED, S.BREACHED)
    if party is not None and party.pk != obligation.owed_by_id:
        raise NotYours("not_the_debtor", _("Only who owes it says that it was done. Confirm it if you received it."))
    paid = _part(obligation, amount)
    if waits_for_answer(obligation):
        raise Refused(
            "waits_for_answer",
            _("This was said already and waits for an answer. Whoever receives it is to confirm or deny."),
        )
    proof = _proof(obligation, kind or obligation.proof_kind, words, paid, file, by=by, party=party, at=at)
    _become(obligation, S.CLAIMED, at)
    go(step, dispute)
    _record("dispute.performance_claimed", obligation, by=by, party=party, at=at, proof=str(proof.pk))
    if obligation.rung >= RUNGS[-1][0]:
        # Done late: no morning comes any more on which who receives would be asked to answer.
        letters.tell(obligation, letters.What.UNANSWERED, at=at)
    return proof


@transaction.atomic
def confirm(proof: Proof, *, at: datetime, by: Person | None = None, party: Party | None = None) -> None:
    """Whoever receives says yes, or the mediator who has seen the proof. A payment is performed once it is paid in full."""
    obligation = proof.obligation
    dispute = obligation.agreement.dispute
    step = require_step("confirm_performed", dispute, by=by, at=at, party=party)
    _hold(obligation, S.CLAIMED)
    _require_creditor(obligation, party)
    if not Proof.objects.unanswered().filter(pk=proof.pk).update(confirmed_at=at):
        raise moved_on()
    go(step, dispute)
    if _rest(obligation) > 0:
        # A part was received: the rest is owed as before.
        _become(obligation, _unperformed(obligation, at), at)
        _record("dispute.part_performed", obligation, by=by, party=party, at=at, proof=str(proof.pk))
        return
    _become(obligation, S.PERFORMED, proof.at)
    _record("dispute.performed", obligation, by=by, party=party, at=at, proof=str(proof.pk))
    _look_whether_all(dispute, at)


@transaction.atomic
def deny(proof: Proof, *, at: datetime, words: str, by: Person | None = None, party: Party | None = None) -> None:
    """Whoever receives says that it did not come, or not as agreed; what was shown stays with their words beside it."""
    obligation = proof.obligation
    dispute = obligation.agreement.dispute
    step = require_step("confirm_performed", dispute, by=by, at=at, party=party)
    _hold(obligation, S.CLAIMED)
    _require_creditor(obligation, party)
    sealed = proof.with_words(denied=_checked(words, needed=True))
    if not Proof.objects.unanswered().filter(pk=proof.pk).update(denied_at=at, sealed=sealed):
        raise moved_on()
    _become(obligation, _unperformed(obligation, at), at)
    go(step, dispute)
    _record("dispute.performance_denied", obligation, by=by, party=party, at=at, proof=str(proof.pk))


@transaction.atomic
def waive(
    obligation: Obligation, *, at: datetime, by: Person | None = None, party: Party | None = None, words: str = ""
) -> None:
    """Whoever receives does without it; said by their own link, or to the mediator, who writes down how."""
    dispute = obligation.agreement.dispute
    step = require_step("waive", dispute, by=by, at=at, party=party)
    _hold(obligation, S.OWED, S.CLAIMED, S.BREACHED)
    _require_creditor(obligation, party)
    _proof(obligation, ProofKind.WORD, _checked(words, needed=party is None), None, b"", by=by, party=party, at=at)
    _become(obligation, S.WAIVED, at)
    go(step, dispute)
    _record("dispute.waived", obligation, by=by, party=party, at=at)
    _look_whether_all(dispute, at)


@transaction.atomic
def note_breach(obligation: Obligation, *, at: datetime, by: Person | None = None, party: Party | None = None) -> None:
    """It was not performed in time; the mediator urges, and the parties are told that a court is open (arts. 31, 32).

    Raises `Refused` before its last day is over. Later performance still counts.
    """
    dispute = obligation.agreement.dispute
    step = require_step("note_breach", dispute, by=by, at=at, party=party)
    _hold(obligation, S.OWED)
    if party is not None:
        _require_creditor(obligation, party)
    if not is_late(obligation, at):
        raise Refused("not_late_yet", _("Its last day is not over. Until then it may still be performed."))
    _become(obligation, S.BREACHED, at)
    go(step, dispute)
    _record("dispute.breached", obligation, by=by, party=party, at=at)
    if obligation.due_at is not None:
        letters.tell(obligation, letters.What.BREACHED, at=at)


# --- what is known of a promise ---------------------------------------------------------------------------------------


def amount_of(obligation: Obligation) -> Decimal | None:
    """What is to be paid; None: no sum was agreed."""
    return Decimal(amount) if (amount := obligation.words["amount"]) else None


def received(obligation: Obligation) -> Decimal:
    """What was paid and confirmed."""
    parts = (proof.words.get("amount") for proof in obligation.proofs.filter(confirmed_at__isnull=False))
    return sum((Decimal(part) for part in parts if part), Decimal(0))


def waits_for_answer(obligation: Obligation) -> bool:
    """Whether what has no sum was said to be done and nobody has answered: until then it is not said again."""
    shown = obligation.proofs.all()
    return amount_of(obligation) is None and any(not (one.confirmed_at or one.denied_at) for one in shown)


def is_late(obligation: Obligation, at: datetime) -> bool:
    """Whether its last day is over. What is to be left be has none: that is broken by what somebody does, not by time."""
    return obligation.due_at is None or at >= obligation.due_at


def _due(kind: str, due_on: date | None, effective_at: datetime) -> date | None:
    """The last day: at signing is the day itself."""
    if kind == ObligationKind.REFRAIN:
        return None
    return due_on or timezone.localdate(effective_at)


def _rest(obligation: Obligation) -> Decimal:
    """What is still to be paid; 0 where it is no payment, or one without a sum: there the word of who receives counts."""
    amount = amount_of(obligation)
    return amount - received(obligation) if amount is not None else Decimal(0)


def _claimed(obligation: Obligation) -> Decimal:
    """What was said to be paid and not answered yet."""
    parts = (proof.words.get("amount") for proof in obligation.proofs.unanswered())
    return sum((Decimal(part) for part in parts if part), Decimal(0))


def _unperformed(obligation: Obligation, at: datetime) -> ObligationState:
    """What it is after an answer that did not settle it."""
    if obligation.proofs.unanswered().exists():
        return S.CLAIMED
    if obligation.kind == ObligationKind.REFRAIN:
        # Who says that it was not left be says that it was broken: no time is still to come for it.
        return S.BREACHED
    was_late = obligation.rung >= RUNGS[-1][0] and is_late(obligation, at)
    return S.BREACHED if was_late else S.OWED


# --- what is asked of an act ------------------------------------------------------------------------------------------


def _hold(obligation: Obligation, *states: ObligationState) -> None:
    """Read it anew; the dispute is locked, so that nobody else changes it. Raises `Refused` where it is otherwise by now."""
    obligation.refresh_from_db()
    if obligation.agreement.state != AgreementState.IN_FORCE:
        raise moved_on()
    if obligation.state in OBLIGATION_SETTLED:
        raise Refused("settled_already", _("This was performed or waived already. There is nothing more to do."))
    if obligation.state not in states:
        raise moved_on()


def _require_creditor(obligation: Obligation, party: Party | None) -> None:
    """A party may say it of what it receives itself; owed to nobody alone, of what another one owes."""
    if party is None:
        return
    require_party(obligation.agreement.dispute, party)
    if party.pk == obligation.owed_by_id or (obligation.owed_to_id and party.pk != obligation.owed_to_id):
        raise NotYours(
            "not_the_creditor", _("Only who receives it may say this. Wait for their answer, or ask the mediator.")
        )


def _part(obligation: Obligation, amount: str) -> Decimal | None:
    """How much of a payment; all that is left if nothing is said. Raises `BadInput` for more than is owed."""
    if obligation.kind != ObligationKind.PAY:
        return None
    open_rest = _rest(obligation) - _claimed(obligation) if amount_of(obligation) is not None else None
    if not amount.strip():
        paid = open_rest
    else:
        try:
            paid = read_amount(amount)
        except BadInput as refusal:
            refusal.facts.setdefault("field", "amount")
            raise
    if open_rest is not None and paid is not None and (paid > open_rest or open_rest <= 0):
        raise BadInput(
            "more_than_owed",
            _("This is more than is still owed, with what waits for an answer. Correct the amount."),
            field="amount",
        )
    return paid


def _checked(words: str, *, needed: bool = False) -> str:
    said = words.strip()
    if needed and not said:
        raise BadInput("words_needed", _("Write in a few words what was said."), field="words")
    if len(said) > LONGEST_WORDS:
        raise BadInput("words_too_long_here", _("1,000 characters at most. Shorten it."), field="words")
    return said


def _proof(
    obligation: Obligation,
    kind: str,
    words: str,
    amount: Decimal | None,
    file: bytes,
    *,
    by: Person | None,
    party: Party | None,
    at: datetime,
) -> Proof:
    if kind not in ProofKind.values:
        raise BadInput("no_such_choice", _("Choose one of the list."), field="kind")
    key = new_key()
    kept = keep_sealed(file, model=Proof, key=key).fields if file else {}
    sealed = {"words": _checked(words), "amount": str(amount) if amount is not None else ""}
    return Proof.objects.create(
        key=key,
        obligation=obligation,
        kind=kind,
        by_party=party,
        by=by,
        at=at,
        sealed=sealed_words(Proof, key, sealed),
        **kept,
    )


def _become(obligation: Obligation, state: ObligationState, at: datetime) -> None:
    changes: dict[str, object] = {"state": state, "state_at": at}
    if state in OBLIGATION_SETTLED:
        changes["next_at"] = None
    if not Obligation.objects.filter(pk=obligation.pk, state=obligation.state).update(**changes):
        raise moved_on()
    for name, value in changes.items():
        setattr(obligation, name, value)


def _record(
    verb: str, obligation: Obligation, *, by: Person | None, party: Party | None, at: datetime, proof: str | None = None
) -> None:
    dispute = obligation.agreement.dispute
    record(
        verb,
        on=dispute,
        by=by,
        at=at,
        tell=keepers_and_mediators(dispute, at),
        obligation=str(obligation.pk),
        kind=obligation.kind,
        party=str(party.pk) if party else None,
        proof=proof,
    )


def _look_whether_all(dispute: Dispute, at: datetime) -> None:
    if visiting.note_whether_all_performed(dispute):
        visiting.plan_after_performed(dispute, at=at)
        record("dispute.all_performed", on=dispute, by=None, at=at, tell=keepers_and_mediators(dispute, at))


# --- the worker -------------------------------------------------------------------------------------------------------


def is_due(at: datetime) -> bool:
    """Whether a promise waits to be looked at."""
    return bool(_looked_at(at))


@Prepared
def _looked_at(at: datetime) -> QuerySet[Any, Any]:
    return Obligation.objects.to_look_at(at).order_by().values_list("pk")[:1]


def remind(at: datetime, limit: int = SLICE) -> int:
    """Remind of promises a week and a day before their last day; the day after, what was not done is a breach. How many."""
    waiting = Obligation.objects.to_look_at(at).order_by("next_at", "key").select_related("agreement__dispute")
    due = list(waiting[:limit])
    for obligation in due:
        _look(obligation, at)
    return len(due)


@transaction.atomic
def _look(obligation: Obligation, at: datetime) -> None:
    dispute = obligation.agreement.dispute
    # The dispute first, as in every act, so that an act and a reminder never wait for each other crosswise.
    lock(dispute)
    due = _due(obligation.kind, obligation.due_on, obligation.agreement.effective_at or at)
    if due is None or dispute.state != State.SETTLED:
        Obligation.objects.filter(pk=obligation.pk).update(next_at=None)
        return
    given = max((rung for rung, days in RUNGS if _morning(due, days) <= at), default=obligation.rung)
    moved = Obligation.objects.filter(pk=obligation.pk, rung=obligation.rung, next_at=obligation.next_at).exclude(
        state__in=sorted(OBLIGATION_SETTLED)
    )
    next_at = _next_at(obligation.kind, due, rung=given, at=at)
    if not moved.update(rung=given, next_at=next_at) or given == obligation.rung:
        return
    obligation.refresh_from_db()
    if given < RUNGS[-1][0]:
        _record("dispute.performance_due", obligation, by=None, party=None, at=at)
        if obligation.state == S.OWED:
            letters.tell(obligation, letters.What.DUE, at=at)
    elif obligation.state == S.OWED:
        _become(obligation, S.BREACHED, at)
        _record("dispute.breached", obligation, by=None, party=None, at=at)
        letters.tell(obligation, letters.What.BREACHED, at=at)
    elif obligation.state == S.CLAIMED:
        # It was said in time; who receives has not answered.
        _record("dispute.performance_unanswered", obligation, by=None, party=None, at=at)
        letters.tell(obligation, letters.What.UNANSWERED, at=at)


def _next_at(kind: str, due: date | None, *, rung: int, at: datetime) -> datetime | None:
    """When the worker looks again after this rung; a rung whose morning is over when it is made is passed over.

    Not the last: what was due before the agreement came into force is looked at on the morning after that.
    """
    if due is None or rung >= RUNGS[-1][0]:
        return None
    coming = (_morning(due, days) for number, days in RUNGS if number > rung)
    return next((moment for moment in coming if moment > at), _morning(timezone.localdate(at), 1))


def _end(due: date | None) -> datetime | None:
    """Midnight after the last day."""
    return timezone.make_aware(datetime.combine(due + timedelta(days=1), time())) if due else None


def _morning(due: date, days: int) -> datetime:
    return timezone.make_aware(datetime.combine(due + timedelta(days=days), _MORNING))
