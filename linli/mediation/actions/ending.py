"""The end of a mediation: by agreement, without one, taken back, over; closing, opening again, and laying in the archive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.refusal import Refused
from linli.mediation.actions import clocks, sessions, telling
from linli.mediation.actions.course import go, require_step
from linli.mediation.actions.parties import forget_id_numbers
from linli.mediation.actions.screening import clean_ways
from linli.mediation.models import Clock, Dispute, Obligation, Party
from linli.mediation.rules import (
    ENDINGS_OF,
    IN_TERM,
    ClockKind,
    Ending,
    NotAccepted,
    ObligationState,
    State,
    TermCode,
    moved_on,
)
from linli.mediation.rules.parties import not_a_choice
from linli.people.models import Person

Ways = Sequence[str]


@dataclass(frozen=True)
class EndBefore:
    """An end that did not last: how (empty: it had not ended), when and why; when it was opened again and why."""

    how: Any
    ended_at: datetime | None
    why: str
    reopened_at: datetime
    reopened_why: str


@transaction.atomic
def fail(dispute: Dispute, *, ending: str, why: str, ways: Ways, by: Person, at: datetime) -> None:
    """No agreement was reached: how it ended, why, and the ways told (art. 26). Raises `BadInput`."""
    _end("fail", dispute, ending=ending, why=why, ways=clean_ways(ways), by=by, at=at)


@transaction.atomic
def terminate(dispute: Dispute, *, ending: str, why: str, ways: Ways, by: Person, at: datetime) -> None:
    """The mediation is broken off: the term is over, a party cannot be reached or will not go on. Raises `BadInput`.

    Raises `Refused` while a term that is said to be over still runs.
    """
    if ending == Ending.TERM_OVER and Clock.objects.running().filter(
        dispute=dispute, kind=ClockKind.TERM, due_at__gt=at
    ):
        raise Refused("term_runs", _("The term is not over yet. Go on, or choose how else it ended."))
    _end("terminate", dispute, ending=ending, why=why, ways=clean_ways(ways), by=by, at=at)


@transaction.atomic
def withdraw(
    dispute: Dispute,
    *,
    why: str,
    by: Person | None,
    at: datetime,
    ending: str = Ending.OTHER,
    party: Party | None = None,
) -> None:
    """Taken back, by its own link or as the party told it: settled among themselves, or not wanted any more (art. 23)."""
    _end("withdraw", dispute, ending=ending, why=why, ways=[], by=by, at=at, party=party)


def _end(
    name: str,
    dispute: Dispute,
    *,
    ending: str,
    why: str,
    ways: list[str],
    by: Person | None,
    at: datetime,
    party: Party | None = None,
) -> None:
    step = require_step(name, dispute, by=by, at=at, party=party)
    if ending not in ENDINGS_OF[name]:
        raise not_a_choice("ending")
    words = dispute.with_words(why=clean_words(why, field="why", required=True, longest=1000))
    concluded = at if dispute.accepted_at else None
    go(step, dispute, ending=ending, ways_told=ways, concluded_at=concluded, ended_at=at, sealed=words)
    clocks.stop(dispute, at=at)
    sessions.call_off_planned(dispute, by=by, at=at, past_too=True)
    told = telling.keepers_and_mediators(dispute, at)
    record(
        f"dispute.{ENDED_AS[name]}", on=dispute, by=by, at=at, tell=told, ending=ending, ways=ways or None, party=party
    )


#: What the journal calls these steps.
ENDED_AS = {"fail": "failed", "withdraw": "withdrawn", "terminate": "terminated"}


@transaction.atomic
def close(dispute: Dispute, *, by: Person, at: datetime, why: str = "", ways: Ways = ()) -> None:
    """Everything promised was done and looked after, or there was nothing to do.

    What was not kept does not hold it open for ever: then the parties are told of the ways to court, and why stands here.
    Raises `Refused` while something is still owed, or nobody has asked afterwards how it went.
    """
    step = require_step("close", dispute, by=by, at=at)
    obligations = Obligation.objects.filter(agreement__in=dispute.agreements.in_force())
    states = set(obligations.values_list("state", flat=True))
    if states & {ObligationState.OWED, ObligationState.CLAIMED}:
        raise Refused(
            "still_owed", _("Something promised is still owed. Wait for it, or write down that it was not done.")
        )
    if states and not dispute.follow_ups.filter(done_at__isnull=False).exists():
        raise Refused("not_visited", _("Nobody has asked yet how it went. Visit or call the parties, then close it."))
    is_kept = ObligationState.BREACHED not in states
    told = [] if is_kept else clean_ways(ways)
    reason = clean_words(why, field="why", required=not is_kept, longest=1000)
    go(
        step,
        dispute,
        ending=Ending.AGREEMENT,
        ended_at=at,
        ways_told=told,
        sealed=dispute.with_words(why=reason) if reason else dispute.sealed,
    )
    # The parties may still go to the court together: those thirty days run on.
    clocks.stop(dispute, ClockKind.SCREENING, ClockKind.TERM, at=at)
    record("dispute.closed", on=dispute, by=by, at=at, kept=is_kept, ways=told or None)


@transaction.atomic
def reopen(dispute: Dispute, *, why: str, by: Person, at: datetime) -> None:
    """It goes on where it was: with its mediator, or to be assigned, or screened anew. An agreement stays in force."""
    step = require_step("reopen", dispute, by=by, at=at)
    if dispute.archived_at is not None:
        raise Refused("archived", _("This dossier is in the archive. Register the dispute anew."))
    _require_event_free(dispute)
    reason = clean_words(why, field="why", required=True, longest=1000)
    go(
        step,
        dispute,
        ended_at=None,
        concluded_at=None,
        ending="",
        not_accepted_for="",
        ways_told=[],
        sealed=dispute.with_words(why="", ends=[*dispute.words.get("ends", []), _end_before(dispute, reason, at)]),
        reopened=dispute.reopened + 1,
        reopened_at=at,
        fell_at=dispute.fell_at or (at if dispute.settled_at else None),
    )
    clocks.stop(dispute, ClockKind.SCREENING, ClockKind.TERM, at=at)
    clocks.start(dispute, ClockKind.TERM if dispute.state in IN_TERM else ClockKind.SCREENING, at)
    told = telling.keepers_and_mediators(dispute, at)
    record("dispute.reopened", on=dispute, by=by, at=at, tell=told, to=dispute.state, times=dispute.reopened)


def _end_before(dispute: Dispute, reason: str, at: datetime) -> dict[str, str]:
    """How it stood when it was opened again: how and when it had ended and why, and why it goes on; all as it was written."""
    return {
        "how": dispute.ending or dispute.not_accepted_for,
        "ended_at": dispute.ended_at.isoformat() if dispute.ended_at else "",
        "why": str(dispute.words.get("why", "")),
        "reopened_at": at.isoformat(),
        "reopened_why": reason,
    }


def ends_before(dispute: Dispute) -> list[EndBefore]:
    """Each time it was opened again: how it had ended, and why it went on. For whoever has opened the file."""
    return [
        EndBefore(
            dict([*Ending.choices, *NotAccepted.choices]).get(one["how"], ""),
            datetime.fromisoformat(one["ended_at"]) if one["ended_at"] else None,
            one["why"],
            datetime.fromisoformat(one["reopened_at"]),
            one["reopened_why"],
        )
        for one in dispute.words.get("ends", [])
    ]


def _require_event_free(dispute: Dispute) -> None:
    """The event of an ended dispute may be mediated anew under another number meanwhile."""
    others = Dispute.objects.open().filter(event=dispute.event_id).exclude(pk=dispute.pk)
    number = others.values_list("number", flat=True).first() if dispute.event_id else None
    if number:
        raise Refused(
            "mediated_already", _("This event is mediated already, under %(number)s. Go on there."), number=number
        )


@transaction.atomic
def archive(dispute: Dispute, *, by: Person, at: datetime) -> None:
    """Lay the dossier in the archive: nothing is changed in it any more, and it is kept as long as its term says."""
    require_step("archive", dispute, by=by, at=at)
    if dispute.archived_at is not None:
        raise moved_on()
    term = clocks.term_for(TermCode.RETENTION, dispute.area_id, at)
    kept_until = clocks.last_day_of(term, timezone.localdate(dispute.ended_at or at))
    changes: dict[str, Any] = {"archived_at": at, "retention_until": kept_until}
    Dispute.objects.filter(pk=dispute.pk).update(**changes)
    dispute.archived_at, dispute.retention_until = at, kept_until
    forget_id_numbers(dispute)
    clocks.stop(dispute, at=at)
    record("dispute.archived", on=dispute, by=by, at=at, until=kept_until)


def may_close(dispute: Dispute) -> bool:
    """Whether nothing stands against closing it; for pages, the act asks again."""
    return (
        dispute.state == State.SETTLED
        and not Obligation.objects.filter(agreement__in=dispute.agreements.in_force()).outstanding().exists()
    )
