"""Visits afterwards (回访): planned when an agreement comes into force and when all was performed, and after 90 and 180 days."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions.clocks import last_day_of, term_for
from linli.mediation.actions.course import go, lock, require_step
from linli.mediation.actions.telling import around, keepers_and_mediators
from linli.mediation.models import Dispute, FollowUp, Obligation, sealed_words
from linli.mediation.models.agreements import ObligationQuerySet
from linli.mediation.rules import (
    AgreementState,
    ObligationKind,
    ObligationState,
    State,
    TermCode,
    VisitWhy,
)
from linli.people.models import Person

#: So many visits are looked at in one slice of work.
SLICE = 200
LONGEST_WORDS = 2_000
#: After so many days it is asked whether an agreement has lasted.
LASTING = {VisitWhy.FIRST_LOOK: 90, VisitWhy.LAST_LOOK: 180}


def plan_after_force(dispute: Dispute, *, at: datetime) -> None:
    """Plan the visits of an agreement that has just come into force; earlier plans lapse. Part of that act."""
    dispute.follow_ups.to_do().delete()
    began = timezone.localdate(at)
    _plan(dispute, VisitWhy.IN_FORCE, _after(dispute, began, at))
    for why, days in LASTING.items():
        _plan(dispute, why, began + timedelta(days=days))


def plan_after_performed(dispute: Dispute, *, at: datetime) -> None:
    """Plan the visit after all was performed; it takes the place of one still to come after the agreement. Part of that act."""
    dispute.follow_ups.to_do().filter(why__in=[VisitWhy.IN_FORCE, VisitWhy.PERFORMED]).delete()
    _plan(dispute, VisitWhy.PERFORMED, _after(dispute, timezone.localdate(at), at))


@transaction.atomic
def visit(
    follow_up: FollowUp,
    *,
    by: Person,
    at: datetime,
    performed: bool | None,
    satisfied: bool | None,
    new_risk: bool,
    words: str,
    risk: str = "",
) -> None:
    """Write down what a visit found: None where nobody could say. A new risk is told at once (art. 25).

    What was to be left be counts as performed where a visit finds that all was: nobody else says so of it.
    Raises `Refused` when it was made already, `BadInput`.
    """
    dispute = follow_up.dispute
    step = require_step("visit", dispute, by=by, at=at)
    said, danger = words.strip(), risk.strip()
    if not said:
        raise BadInput("words_needed", _("Write in a few words what was said."), field="words")
    if len(said) > LONGEST_WORDS or len(danger) > LONGEST_WORDS:
        raise BadInput("words_too_long_here", _("2,000 characters at most. Shorten it."), field="words")
    if new_risk and not danger:
        raise BadInput("risk_needs_words", _("Write what may happen, so that others can prevent it."), field="risk")
    changed = FollowUp.objects.filter(pk=follow_up.pk, done_at__isnull=True).update(
        done_at=at,
        by=by,
        performed=performed,
        satisfied=satisfied,
        new_risk=new_risk,
        sealed=sealed_words(FollowUp, follow_up.pk, {"words": said, "risk": danger}),
    )
    if not changed:
        raise Refused("visited_already", _("This visit was written down already. Refresh the page."))
    follow_up.refresh_from_db()
    go(step, dispute)
    if performed:
        _owed_in(dispute).filter(kind=ObligationKind.REFRAIN, state=ObligationState.OWED).update(
            state=ObligationState.PERFORMED, state_at=at
        )
        note_whether_all_performed(dispute)
    told = keepers_and_mediators(dispute, at) + (around(dispute, at) if new_risk else [])
    record(
        "dispute.visited",
        on=dispute,
        by=by,
        at=at,
        tell=told,
        follow_up=str(follow_up.pk),
        why=follow_up.why,
        performed=performed,
        satisfied=satisfied,
        new_risk=new_risk,
    )


def all_settled(dispute: Dispute) -> bool:
    """Whether nothing of the agreement in force is still expected."""
    return not _owed_in(dispute).outstanding().exists()


def note_whether_all_performed(dispute: Dispute) -> bool:
    """Keep since when nothing is expected any more, for ledgers; whether that is so. Part of an act on one promise."""
    if not all_settled(dispute):
        return False
    last = _owed_in(dispute).aggregate(last=Max("state_at"))["last"]
    if last is None:
        # Nothing was promised: it has been so since the agreement came into force.
        return True
    dispute.performed_at = last
    Dispute.objects.filter(pk=dispute.pk).update(performed_at=dispute.performed_at)
    return True


def _owed_in(dispute: Dispute) -> ObligationQuerySet:
    return Obligation.objects.filter(agreement__dispute=dispute, agreement__state=AgreementState.IN_FORCE)


def has_lasted(dispute: Dispute, days: int, *, at: datetime) -> bool | None:
    """Whether the first agreement has held so many days: not opened again, nothing broken. None: too early to say, or none.

    案结事了率; glossary §5. Opened again later than that, it has lasted.
    """
    if dispute.settled_at is None:
        return None
    end = dispute.settled_at + timedelta(days=days)
    broken = Obligation.objects.filter(agreement__dispute=dispute, state=ObligationState.BREACHED, state_at__lte=end)
    if (dispute.fell_at is not None and dispute.fell_at <= end) or broken.exists():
        return False
    return True if at >= end else None


def _after(dispute: Dispute, day: date, at: datetime) -> date:
    return last_day_of(term_for(TermCode.FOLLOW_UP, dispute.area_id, at), day)


def _plan(dispute: Dispute, why: str, due_on: date) -> FollowUp:
    key = new_key()
    return FollowUp.objects.create(
        key=key, dispute=dispute, why=why, due_on=due_on, sealed=sealed_words(FollowUp, key, {})
    )


# --- the worker -------------------------------------------------------------------------------------------------------


def is_due(at: datetime) -> bool:
    """Whether a visit has come of which nobody was told."""
    return bool(_to_tell(timezone.localdate(at)))


@Prepared
def _to_tell(day: date) -> QuerySet[Any, Any]:
    return FollowUp.objects.to_tell(day).order_by().values_list("pk")[:1]


def remind(at: datetime, limit: int = SLICE) -> int:
    """Tell mediator and committee, once, of each visit whose day has come; how many."""
    come = FollowUp.objects.to_tell(timezone.localdate(at)).order_by("due_on", "key").select_related("dispute")
    due = list(come[:limit])
    for follow_up in due:
        _tell(follow_up, at)
    return len(due)


@transaction.atomic
def _tell(follow_up: FollowUp, at: datetime) -> None:
    dispute = follow_up.dispute
    lock(dispute)
    if not FollowUp.objects.filter(pk=follow_up.pk, told_at__isnull=True, done_at__isnull=True).update(told_at=at):
        return
    # Opened again, it is visited after what is agreed then.
    in_force = dispute.agreements.filter(state=AgreementState.IN_FORCE).exists()
    if dispute.state in (State.SETTLED, State.CLOSED) and in_force:
        told = keepers_and_mediators(dispute, at)
        record(
            "dispute.visit_due", on=dispute, by=None, at=at, tell=told, follow_up=str(follow_up.pk), why=follow_up.why
        )
