"""When those whom a clock binds are told that it runs out: three rungs, each once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.mediation.rules.kinds import ClockKind


@dataclass(frozen=True)
class Warned:
    """One rung: told so long before the end (nothing: at it), and the verb under which the journal keeps it."""

    rung: int
    before: timedelta
    verb: str


_SOON, _OVER = "dispute.term_ends_soon", "dispute.term_over"
_END = timedelta(0)
#: By clock, in the order in which they come.
LADDER: dict[str, tuple[Warned, ...]] = {
    ClockKind.SCREENING: (Warned(1, timedelta(days=1), _SOON), Warned(2, _END, _OVER)),
    ClockKind.TERM: (Warned(1, timedelta(days=7), _SOON), Warned(2, timedelta(days=2), _SOON), Warned(3, _END, _OVER)),
    ClockKind.CONFIRMATION: (
        Warned(1, timedelta(days=10), _SOON),
        Warned(2, timedelta(days=3), _SOON),
        Warned(3, _END, _OVER),
    ),
}


def moments(kind: str, started_at: datetime, due_at: datetime) -> Iterator[tuple[Warned, datetime]]:
    """When each rung of a clock comes, in their order; none before it started."""
    for warned in LADDER[kind]:
        yield warned, max(due_at - warned.before, started_at)


def next_after(kind: str, rung: int, started_at: datetime, due_at: datetime) -> datetime | None:
    """When the worker looks again after this rung was given; None when the ladder has ended."""
    return next((moment for warned, moment in moments(kind, started_at, due_at) if warned.rung > rung), None)
