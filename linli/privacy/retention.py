"""The retention schedule at work: what would go, and letting it go in small steps. What is held stays.

Each step deletes a slice in its own transaction, oldest first: it can be stopped anywhere and goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from linli.events.actions import forgetting
from linli.events.models import Contact, Event, Statement
from linli.holds.models import Hold
from linli.holds.rules import HeldKind
from linli.intake.models import Kept
from linli.kit.refusal import Refused
from linli.mediation.models import Dispute, Recording
from linli.openness.models import Subscription
from linli.opinions.actions import forget_answered as forget_opinions
from linli.opinions.models import Opinion
from linli.privacy import actions
from linli.privacy.models import PersonRequest
from linli.privacy.rules.schedule import SCHEDULE, Keeping, Then
from linli.privacy.terms import approved, days_of

#: Rows of one step.
SLICE = 100


@dataclass(frozen=True)
class Runner:
    """How one kind is found and let go. `due`: rows older than a moment, without asking for holds; `held`: which of them stay."""

    due: Callable[[datetime], QuerySet[Any]]
    held: Callable[[QuerySet[Any]], QuerySet[Any]]
    #: Lets go at most so many; how many went. None: another chore of the worker does it (see `docs/privacy.md`).
    go: Callable[[datetime, datetime, int], int] | None = None


def _none(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.none()


def _held_events(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(event__in=Hold.objects.keys_of(HeldKind.EVENT))


def _contacts(before: datetime) -> QuerySet[Any]:
    return Contact.objects.filter(event__ended_at__lt=before)


def _own_words(before: datetime) -> QuerySet[Any]:
    return Statement.objects.filter(event__ended_at__lt=before).exclude(words="")


def _each(
    due: Callable[[datetime], QuerySet[Any]], forget: Callable[..., bool]
) -> Callable[[datetime, datetime, int], int]:
    """Lets go matter by matter, each with its entry in the journal."""

    def go(before: datetime, at: datetime, most: int) -> int:
        held = Hold.objects.keys_of(HeldKind.EVENT)
        keys = list(due(before).exclude(event__in=held).order_by("event").values_list("event", flat=True)[:most])
        return sum(_forgot(forget, event, at) for event in Event.objects.filter(pk__in=keys))

    return go


def _forgot(forget: Callable[..., bool], event: Event, at: datetime) -> bool:
    try:
        return forget(event, by=None, at=at)
    except Refused:
        # A hold was placed between asking and doing.
        return False


#: By code of the schedule. What is not here is kept, or ends by an act of its own.
RUNNERS: dict[str, Runner] = {
    "sent": Runner(
        lambda before: Kept.objects.to_empty().filter(digested_at__lt=before),
        lambda rows: rows.filter(pk__in=Hold.objects.keys_of(HeldKind.EVENT)),
    ),
    "contact": Runner(_contacts, _held_events, _each(_contacts, forgetting.forget_contact)),
    "own_words": Runner(_own_words, _held_events, _each(_own_words, forgetting.forget_own_words)),
    "opinion": Runner(
        lambda before: Opinion.objects.filter(answered_at__lt=before),
        _none,
        lambda before, _at, most: forget_opinions(before, most=most),
    ),
    "request": Runner(
        lambda before: PersonRequest.objects.filter(answered_at__lt=before),
        _none,
        lambda before, _at, most: actions.forget_answered(before, most=most),
    ),
    # Nothing lets them go: no record of an archive is destroyed before the archive has looked at it (档案法).
    "dossier": Runner(
        lambda before: Dispute.objects.filter(retention_until__lt=timezone.localdate(before)),
        lambda rows: rows.filter(pk__in=Hold.objects.keys_of(HeldKind.DISPUTE)),
    ),
    "sound": Runner(
        lambda before: Recording.objects.over_on(timezone.localdate(before)),
        lambda rows: rows.filter(session__dispute__in=Hold.objects.keys_of(HeldKind.DISPUTE)),
    ),
    "follower": Runner(
        lambda before: Subscription.objects.filter(due_at__lte=before, confirmed_at__isnull=True), _none
    ),
}


@dataclass(frozen=True)
class Planned:
    """What the schedule would do with one kind now. `days` None: no number of days ends it."""

    keeping: Keeping
    days: int | None
    #: The county's decision, empty while it is a proposal that deletes nothing.
    decision: str
    due: int
    held: int

    @property
    def is_counted(self) -> bool:
        """Whether rows of this kind are looked for here; others end by an act or a chore of their own."""
        return self.keeping.code in RUNNERS

    @property
    def waits_for_approval(self) -> bool:
        """Whether it would delete, and the county has not said so."""
        return self.keeping.is_proposal and not self.decision

    @property
    def goes(self) -> int:
        """How many go with the next runs; what an archive decides about goes by none."""
        is_decided_elsewhere = self.keeping.then == Then.ARCHIVE
        return 0 if self.waits_for_approval or is_decided_elsewhere else self.due - self.held


def plan(at: datetime) -> list[Planned]:
    """The whole schedule, and of each kind how many rows are due; nothing is changed, and nobody is named."""
    days, terms = days_of(SCHEDULE), approved(SCHEDULE)
    return [_planned(one, days[one.code], terms[one.code].source if one.code in terms else "", at)
            for one in SCHEDULE.values()]  # fmt: skip


def _planned(keeping: Keeping, days: int | None, decision: str, at: datetime) -> Planned:
    runner = RUNNERS.get(keeping.code)
    if runner is None or days is None or _is_for_good(keeping, days):
        return Planned(keeping, days, decision, 0, 0)
    rows = runner.due(at - timedelta(days=days))
    return Planned(keeping, days, decision, rows.count(), runner.held(rows).count())


def _is_for_good(keeping: Keeping, days: int) -> bool:
    """A setting of 0 days means that it is kept for good."""
    return bool(keeping.setting) and days <= 0


def run(at: datetime, most: int = SLICE) -> int:
    """One step of what the county has approved; how many rows went. Called again while it says more than nothing."""
    gone = actions.forget_unproved(at)
    for code, term in approved(RUNNERS).items():
        go = RUNNERS[code].go
        if go is not None:
            gone += go(at - timedelta(days=term.days), at, most)
    return gone
