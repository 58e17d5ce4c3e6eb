"""Which line of the duty list speaks for a matter, and why the others do not: the most specific area wins."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains, lineage


class WhyNot(models.TextChoices):
    """Why a department on the list is not recommended."""

    CLOSED = "closed", _("No longer exists")
    UPHELD = "upheld", _("Its objection was upheld in this round")
    NOBODY = "nobody", _("None of its officers is present")
    OTHER_AREA = "other_area", _("Responsible in another area")
    WIDER_AREA = "wider_area", _("Responsible for a wider area; the more specific one goes first")
    WIDER_CATEGORY = "wider_category", _("Responsible for the domain as a whole; the category goes first")


class ChoiceReason(models.TextChoices):
    """Why the desk chose another department than was recommended."""

    LIST_OUTDATED = "list_outdated", _("The duty list is out of date here")
    ALREADY_THERE = "already_there", _("Another department is already on the spot")
    AGREED = "agreed", _("Agreed between the departments")
    OTHER_MATTER = "other_matter", _("At its core it is another sort of matter")
    NOT_REACHED = "not_reached", _("The recommended department cannot be reached")
    OTHER = "other", _("Another reason")


@dataclass(frozen=True)
class Line:
    """One duty, in codes: of the category, the area, the lead."""

    pk: int
    category: str
    area: str
    lead: str


@dataclass(frozen=True)
class Weighed:
    """The line that speaks for the matter (None: none does), and per other department its reason, the nearest first."""

    line: Line | None
    others: tuple[tuple[Line, WhyNot], ...]


def weigh(
    lines: Iterable[Line],
    *,
    category: str,
    area: str,
    closed: AbstractSet[str] = frozenset(),
    upheld: AbstractSet[str] = frozenset(),
    present: Mapping[str, int],
) -> Weighed:
    """The line to follow among those of the category and its domain.

    The most specific area goes first, then the category before its domain. A department without anybody present is passed
    over only for one that has somebody: a duty does not end with office hours.
    """
    ordered = sorted(lines, key=lambda line: _nearness(line, category, area), reverse=True)
    able = [line for line in ordered if contains(line.area, area) and line.lead not in closed | upheld]
    chosen = next((line for line in able if present.get(line.lead)), next(iter(able), None))
    others: dict[str, tuple[Line, WhyNot]] = {}
    for line in ordered:
        if chosen is None or line.lead != chosen.lead:
            nearer = chosen is not None and ordered.index(line) < ordered.index(chosen)
            others.setdefault(line.lead, (line, _why_not(line, chosen, nearer, area, closed, upheld)))
    return Weighed(chosen, tuple(others.values()))


def _nearness(line: Line, category: str, area: str) -> tuple[bool, int, bool, int]:
    return contains(line.area, area), len(line.area), line.category == category, -line.pk


def _why_not(
    line: Line, chosen: Line | None, nearer: bool, area: str, closed: AbstractSet[str], upheld: AbstractSet[str]
) -> WhyNot:
    if line.lead in closed:
        return WhyNot.CLOSED
    if not contains(line.area, area):
        return WhyNot.OTHER_AREA
    if line.lead in upheld:
        return WhyNot.UPHELD
    assert chosen is not None  # a line that speaks for the area and is not barred would have been chosen
    if nearer:
        return WhyNot.NOBODY
    return WhyNot.WIDER_AREA if len(line.area) < len(chosen.area) else WhyNot.WIDER_CATEGORY


class Spoken:
    """Which line speaks where, by the list alone: the most specific area, in it the category before its domain."""

    def __init__(self, lines: Iterable[Line], closed: AbstractSet[str] = frozenset()) -> None:
        self._by_place = {(line.category, line.area): line for line in lines if line.lead not in closed}

    def of(self, category: str, domain: str, area: str) -> Line | None:
        """The line that speaks for this category, or its domain, in this area; None: none does."""
        for code in reversed(lineage(area)):
            for one in (category, domain):
                if (line := self._by_place.get((one, code))) is not None:
                    return line
        return None
