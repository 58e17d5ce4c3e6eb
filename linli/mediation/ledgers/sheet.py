"""The figures of one ledger as values: every number with the address of its rows, every share with what it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from linli.mediation.ledgers.ahead import Source, answer
from linli.mediation.ledgers.figures import FIGURES, FUNNEL, Figure
from linli.mediation.ledgers.narrowing import LISTED
from linli.mediation.ledgers.rates import RATES, STRETCHES, Rate, Stretch, percent_of
from linli.mediation.ledgers.reading import COMPARED, Asked, Caseload, Length, caseload
from linli.statistics.changes import Change, Earlier, earlier_than
from linli.statistics.rules import TOO_FEW, change


@dataclass(frozen=True)
class Number:
    """A count with its figure; the address of just the rows it counts, if it counts disputes."""

    figure: Figure
    n: int
    address: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Share:
    """A rate with what it is made of."""

    rate: Rate
    numerator: Number
    denominator: Number
    apart: list[Number]

    @property
    def percent(self) -> Decimal | None:
        """Two decimals; None where the denominator is too small for a percentage."""
        return percent_of(self.numerator.n, self.denominator.n)


@dataclass(frozen=True)
class Step:
    """One step of the funnel. `of`: how many could have come so far, where not all could."""

    number: Number
    of: Number | None
    #: Width of the bar in percent of those registered, as an attribute of a drawing; empty where they are too few.
    width: str

    @property
    def percent(self) -> Decimal | None:
        """Of those that could have come so far."""
        return None if self.of is None else percent_of(self.number.n, self.of.n)


@dataclass(frozen=True)
class Sheet:
    """All figures of one area and period."""

    numbers: dict[str, Number]
    shares: dict[str, Share]
    funnel: list[Step]
    lengths: list[tuple[Stretch, Length]]
    caseload: Caseload
    earlier: list[Earlier]

    @property
    def is_empty(self) -> bool:
        """Nothing was counted, and nothing is open."""
        return not any(number.n for number in self.numbers.values())

    @property
    def few(self) -> bool:
        """Too few accepted for any percentage of them: the ledger says 12 of 12, and draws nothing."""
        return self.numbers["accepted"].n < TOO_FEW


def sheet_of(asked: Asked) -> Sheet:
    """As many questions for one dispute as for thousands. The door has seen that the person may open this ledger."""
    return answer(asked, lambda source: sheet_from(source, asked))


def sheet_from(source: Source, asked: Asked) -> Sheet:
    """The same from one source, as the page takes it with the matrix beside it."""
    earlier = earlier_than(asked.period)
    before = [(one, source.counts(Asked(asked.area, one.period, asked.at), COMPARED)) for one in earlier]
    found = source.counts(asked)
    place = reverse("ledgers:area", args=[asked.area])
    numbers = {figure.code: _number(asked, place, figure, found[figure.code], before) for figure in FIGURES}
    took = source.lengths(asked)
    return Sheet(
        numbers=numbers,
        shares={rate.code: _share(rate, numbers) for rate in RATES},
        funnel=[_step(code, of, numbers) for code, of in FUNNEL],
        lengths=[(one, took[one.code]) for one in STRETCHES],
        caseload=caseload(asked),
        earlier=earlier,
    )


def _number(
    asked: Asked, place: str, figure: Figure, n: int, before: Sequence[tuple[Earlier, Mapping[str, int]]]
) -> Number:
    query = urlencode({"figure": figure.code, **asked.period.asked})
    address = f"{place}?{query}" if n and figure.code in LISTED else ""
    return Number(figure, n, address, _changes(figure.code, n, before))


def _changes(code: str, n: int, before: Sequence[tuple[Earlier, Mapping[str, int]]]) -> tuple[Change, ...]:
    """None where there were too few before."""
    return tuple(
        Change(one.comparison, percent)
        for one, earlier in before
        if earlier.get(code, 0) >= TOO_FEW and (percent := change(n, earlier[code])) is not None
    )


def _share(rate: Rate, numbers: Mapping[str, Number]) -> Share:
    apart: list[Any] = [numbers[code] for code in rate.apart]
    return Share(rate, numbers[rate.numerator], numbers[rate.denominator], apart)


def _step(code: str, of: str, numbers: Mapping[str, Number]) -> Step:
    whole = numbers["registered"].n
    width = f"{100 * numbers[code].n / whole:.1f}" if whole >= TOO_FEW else ""
    return Step(numbers[code], numbers[of] if of else numbers["registered"] if code != "registered" else None, width)
