"""What presses on a matter, as its page shows it: every clock that runs or stands still, who supervises, who objected."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.events.models import Clock, Event, Supervision
from linli.events.rules import due_soon_at


@dataclass(frozen=True)
class Shown:
    """One clock: how it stands (`running`, `soon`, `late`, `paused`) and how much of it has gone by, 0 to 100."""

    clock: Clock
    standing: str
    share: int


def running(event: Event) -> list[Clock]:
    """The clocks of an event that are not stopped, the next to run out first; none where it has ended."""
    if not event.is_open:
        return []
    clocks = Clock.objects.unstopped().filter(event=event).select_related("part__department", "paused_by")
    return list(clocks.order_by("due_at", "id"))


def context_of(event: Event, clocks: Iterable[Clock], at: datetime) -> dict[str, Any]:
    """What the page of an event shows, with its running clocks. Two queries."""
    objections = list(
        event.objections.select_related("department", "next_owner", "settled_on", "coordinator", "passed_to")
    )
    if not event.is_open:
        return {"objections": objections}
    shown = [shown_at(clock, at) for clock in clocks]
    supervised = Supervision.objects.filter(event=event, ended_at__isnull=True).select_related("supervisor").first()
    return {"clocks": shown, "supervision": supervised, "objections": objections}


def shown_at(clock: Clock, at: datetime) -> Shown:
    """How a clock stands at a moment."""
    until = min(clock.paused_at or at, clock.due_at)
    whole = (clock.due_at - clock.from_at).total_seconds()
    gone = (until - clock.from_at).total_seconds()
    share = 100 if whole <= 0 else max(0, min(100, round(100 * gone / whole)))
    return Shown(clock, _standing(clock, at), share)


def _standing(clock: Clock, at: datetime) -> str:
    if clock.paused_at is not None:
        return "paused"
    if clock.due_at < at:
        return "late"
    return "soon" if due_soon_at(clock.from_at, clock.due_at) <= at else "running"
