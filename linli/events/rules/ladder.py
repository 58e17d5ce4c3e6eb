"""The ladder of warnings: due soon, remind 催办, supervise 督办, the next level's desk. One table; the moments follow from it.

Warnings come inside office hours, except where a matter is urgent: then nobody waits for the morning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from linli.events.rules.limits import Limit, Urgency


class Rung(IntEnum):
    """How many warnings a clock has given."""

    DUE_SOON = 1
    REMIND = 2
    SUPERVISE = 3
    NEXT_LEVEL = 4


@dataclass(frozen=True)
class Caution:
    """One rung: the verb it is written with, and how long after the limit it comes; None: before it, when due soon."""

    rung: Rung
    verb: str
    after: dict[str, Limit] | None


LADDER: tuple[Caution, ...] = (
    Caution(Rung.DUE_SOON, "event.due_soon", None),
    Caution(
        Rung.REMIND,
        "event.reminded",
        {Urgency.NORMAL: Limit(hours=0), Urgency.URGENT: Limit(hours=0), Urgency.IMMEDIATE: Limit(hours=0)},
    ),
    Caution(
        Rung.SUPERVISE,
        "event.supervised",
        {
            Urgency.NORMAL: Limit(working_days=1),
            Urgency.URGENT: Limit(hours=4),
            Urgency.IMMEDIATE: Limit(hours=1),
        },
    ),
    Caution(
        Rung.NEXT_LEVEL,
        "event.raised",
        {
            Urgency.NORMAL: Limit(working_days=3),
            Urgency.URGENT: Limit(hours=24),
            Urgency.IMMEDIATE: Limit(hours=4),
        },
    ),
)
#: How long whoever supervises has, before the next level hears of it.
SUPERVISED_WITHIN: dict[str, Limit] = {
    Urgency.NORMAL: Limit(working_days=2),
    Urgency.URGENT: Limit(hours=24),
    Urgency.IMMEDIATE: Limit(hours=4),
}
#: Matters at this pace warn in the night too.
AT_ANY_HOUR = frozenset({Urgency.URGENT, Urgency.IMMEDIATE})


def reached(moments: Iterator[tuple[Caution, datetime]], given: int, at: datetime) -> list[Caution]:
    """The warnings beyond those given whose moment has come. Of several the last is given, the others are passed over."""
    return [warning for warning, moment in moments if warning.rung > given and moment <= at]
