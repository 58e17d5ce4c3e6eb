"""How disputes of the year go: so many of each course, and how many come by which door, of which kind and in which month.

The numbers are those of a county's report: 2,418 accepted, 2,359 of them closed; 603 larger ones, 582 of them solved; the
county's own ledger twelve of twelve. A smaller year has each in its share, and of each course one at the least.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, inf
from typing import TypeVar

from linli.mediation.rules import Door, Kind

T = TypeVar("T")
#: What the report says.
ACCEPTED, CLOSED, LARGE, SOLVED, OF_COUNTY = 2418, 2359, 603, 582, 12


@dataclass(frozen=True)
class Course:
    """One way to go. `end`: how it ends, or where it stays open.

    `promise`: what is promised and what becomes of it. `mediator`: what stands between the first one asked and the mediation.
    `again`: after which end it is opened again. `court`: what it answers. `large`: whether larger ones go this way.
    """

    name: str
    count: int
    end: str = "close"
    form: str = "oral"
    promise: str = "none"
    mediator: str = ""
    court: str = ""
    again: str = ""
    extended: int = 0
    large: bool = True
    before: str = ""

    @property
    def is_long(self) -> bool:
        """So long that it begins in the first months."""
        return bool(self.again or self.extended or self.before == "refused") or self.promise in (
            "instalments",
            "breach",
        )


#: Those accepted and closed: 2,359.
_CLOSED = (
    Course("at once, by word", 420, promise="at_once"),
    Course("nothing promised", 250, promise="none"),
    Course("to be left be", 70, promise="refrain"),
    Course("paid in time", 590, form="phone", promise="in_time"),
    Course("paid in time, on paper", 30, form="paper", promise="in_time"),
    Course("in instalments", 130, form="phone", promise="instalments"),
    Course("in parts", 60, promise="parts"),
    Course("late", 96, promise="late"),
    Course("late, and said so by the other side first", 10, promise="late_said"),
    Course("denied, then done", 36, promise="denied"),
    Course("answered late", 44, promise="unanswered"),
    Course("waived", 34, promise="waived"),
    Course("broken", 44, promise="breach", large=False),
    Course("confirmed by the court", 96, form="phone", promise="in_time", court="confirmed"),
    Course("refused by the court", 8, form="phone", promise="in_time", court="refused", large=False),
    Course("taken back from the court", 6, form="phone", promise="in_time", court="withdrawn", large=False),
    Course("too late for the court", 8, form="phone", promise="in_time", court="too_late", large=False),
    Course("another version signed", 16, form="redrafted", promise="in_time"),
    Course("made up", 24, form="made_up", promise="at_once", large=False),
    Course("extended", 56, promise="in_time", extended=1),
    Course("extended twice", 8, promise="none", extended=2),
    Course("mediator declines", 16, promise="at_once", mediator="declines"),
    Course("mediator is tied", 12, promise="at_once", mediator="tied"),
    Course("mediator is found tied", 8, promise="none", mediator="found_tied"),
    Course("a party objects", 20, promise="in_time", mediator="objected"),
    Course("both parties object", 6, promise="none", mediator="objected_twice"),
    Course("mediator gives it back", 8, promise="none", mediator="gives_back"),
    Course("closed, opened again, settled anew", 18, promise="in_time", again="close", large=False),
    Course("failed, opened again, settled", 10, end="close", promise="in_time", again="fail", large=False),
    Course("not accepted, opened again, settled", 5, promise="at_once", before="refused", large=False),
    Course("too far apart", 106, end="fail", large=False),
    Course("would not sign", 14, end="fail_unsigned", form="phone", promise="in_time", large=False),
    Course("withdrawn by a party", 36, end="withdraw", large=False),
    Course("settled among themselves", 24, end="own_settlement", large=False),
    Course("term over", 22, end="term_over", large=False),
    Course("not reached", 18, end="unreachable", large=False),
)
#: Those accepted and open: 59.
_OPEN = (
    Course("nobody has taken it on", 6, end="open_accepted"),
    Course("mediated beyond the term", 12, end="open_mediating"),
    Course("mediated with more time", 10, end="open_mediating", extended=1),
    Course("instalments to come", 15, end="open_settled", form="phone", promise="to_come"),
    Course("broken and urged", 10, end="open_settled", promise="broken_open"),
    Course("closed and opened again", 6, end="open_again", promise="at_once", again="close"),
)
#: Those that were not accepted: they stand beside the report's number.
_OUTSIDE = (
    *(
        Course(f"not accepted: {reason}", count, end=f"not:{reason}", large=False)
        for reason, count in (
            *(("refused", 62), ("out_of_scope", 22), ("other_authority", 16), ("in_court", 12)),
            *(("criminal", 6), ("no_party", 10), ("other", 6)),
        )
    ),
    Course("withdrawn before it was accepted", 28, end="withdraw_early", large=False),
    Course("sides are asked", 12, end="open_offered", large=False),
    Course("not screened yet", 8, end="open_registered", large=False),
)


def courses(accepted: int) -> tuple[list[Course], list[Course], list[Course]]:
    """The course of each dispute of a year with so many accepted: closed, open, and not accepted."""
    still_open = max(round(accepted * (ACCEPTED - CLOSED) / ACCEPTED), len(_OPEN))
    outside = max(round(accepted * sum(one.count for one in _OUTSIDE) / ACCEPTED), len(_OUTSIDE))
    return _spread(_CLOSED, accepted - still_open), _spread(_OPEN, still_open), _spread(_OUTSIDE, outside)


def _spread(among: Sequence[Course], count: int) -> list[Course]:
    return shares({one: one.count for one in among}, count)


def shares(weights: Mapping[T, float], count: int) -> list[T]:
    """So many, each as often as its weight says: by the largest remainder, and each once where there are enough."""
    whole = sum(weights.values())
    exact = {one: count * weight / whole for one, weight in weights.items()}
    least = 1 if count >= len(weights) else 0
    found = {one: max(floor(share), least) for one, share in exact.items()}
    by_remainder = sorted(exact, key=lambda one: exact[one] - found[one])
    while (over := sum(found.values()) - count) != 0:
        chosen = (
            max(found, key=lambda one: found[one] - exact[one] if found[one] > least else -inf)
            if over > 0
            else by_remainder.pop()
        )
        found[chosen] -= 1 if over > 0 else -1
    return [one for one, times in found.items() for _each in range(times)]


#: Of a hundred: how many come by which door and of which kind, and begin in which month.
DOORS: dict[str, float] = {
    Door.WINDOW: 34,
    Door.PHONE: 22,
    Door.ONLINE: 12,
    Door.EVENT: 12,
    Door.TRANSFER: 10,
    Door.EARLY: 10,
}
KINDS: dict[str, float] = {
    Kind.NEIGHBOURS: 24,
    Kind.FAMILY: 18,
    Kind.HOUSING: 11,
    Kind.DAMAGES: 10,
    Kind.CONTRACT: 8,
    Kind.LABOUR: 6,
    Kind.FOREST_LAND: 6,
    Kind.ROAD: 4,
    Kind.CONSUMER: 3,
    Kind.PROPERTY_MANAGEMENT: 2.5,
    Kind.BUSINESS: 1.5,
    Kind.DEMOLITION: 1.2,
    Kind.MEDICAL: 1,
    Kind.POLLUTION: 1,
    Kind.INTERNET: 0.5,
    Kind.TOURISM: 0.4,
    Kind.INTELLECTUAL: 0.4,
    Kind.OTHER: 1.5,
}
#: Fewer around the festivals; nothing begins in the last days of December, so that all is accepted in its year.
MONTHS: dict[int, float] = dict(enumerate((6, 7, 10, 9, 9, 9, 9, 9, 10, 7, 10, 5), 1))
#: What is opened again, extended or paid for long begins by August.
LAST_MONTH_OF_LONG = 8
