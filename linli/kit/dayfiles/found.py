"""What was found in a file of days: those it is clear about, and what it says that is not clear."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: Days before and after are slips of a finger, or of no use to any limit.
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
LONGEST_NAME = 40


@dataclass(frozen=True)
class FoundDay:
    """A day a file speaks of."""

    day: date
    is_working: bool
    name: str = ""


@dataclass(frozen=True)
class Unclear:
    """Something in a file that was not taken: what it is called there, and why not."""

    what: str
    why: Any


@dataclass(frozen=True)
class Reading:
    """What a file says."""

    days: dict[date, FoundDay] = field(default_factory=dict)
    unclear: list[Unclear] = field(default_factory=list)

    @property
    def off(self) -> int:
        """How many days off."""
        return sum(not one.is_working for one in self.days.values())

    @property
    def working(self) -> int:
        """How many working days."""
        return len(self.days) - self.off

    @property
    def years(self) -> list[int]:
        """The years it speaks of."""
        return sorted({day.year for day in self.days})


def gathered(found: Iterable[FoundDay], unclear: list[Unclear], contradicts: Any) -> Reading:
    """Each day once. A day that is said to be both is unclear."""
    days: dict[date, FoundDay] = {}
    both: set[date] = set()
    for one in found:
        known = days.setdefault(one.day, one)
        if known.is_working != one.is_working:
            both.add(one.day)
    unclear = [*unclear, *(Unclear(day.isoformat(), contradicts) for day in sorted(both))]
    return Reading({day: one for day, one in sorted(days.items()) if day not in both}, unclear)
