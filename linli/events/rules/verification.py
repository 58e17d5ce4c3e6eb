"""How a result is verified: what the county asks where, who is of another unit, what a photo has to show.

A rule is data of the county (`models.VerificationRule`); the most specific area wins, then the category before its domain
before all categories, as the duty list and the routing do.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from linli.areas.codes import contains
from linli.people.rules import SEES_AREA, Held, Role

#: A photo taken so near counts as taken at the place where no rule says otherwise: what a phone knows between houses.
AT_PLACE_M = 200
#: Days by the calendar that a reporter has for the answer where no rule says otherwise.
ANSWER_DAYS = 7
LEAST_NEAR_M, MOST_NEAR_M = 20, 5000
MOST_ANSWER_DAYS = 30


class Proof(StrEnum):
    """With which act a photo may be needed."""

    #: With the result of the lead.
    RESULT = "result"
    #: With the verification.
    CHECK = "check"


@dataclass(frozen=True)
class Verification:
    """What is asked for one matter; as it stands here where no rule speaks."""

    #: The verifier is of another unit than those who handled it.
    other_unit: bool = False
    result_photo: bool = False
    check_photo: bool = False
    #: Within so many metres of the place photos should be taken; None: nothing is said.
    near_m: int | None = None
    #: Photos should be taken after it was dispatched.
    after_dispatch: bool = False
    answer_days: int = ANSWER_DAYS

    def needs_photo(self, proof: Proof) -> bool:
        """Whether this act needs a photo."""
        return self.result_photo if proof == Proof.RESULT else self.check_photo


@dataclass(frozen=True)
class Said:
    """One rule in codes; `category` empty: for all of them."""

    area: str
    category: str
    asks: Verification


def asked_of(rules: Iterable[Said], *, area: str, category: str, domain: str) -> Verification:
    """What the rules ask of a matter of this category and domain (empty: none) in this area."""
    order = {"": 0, domain: 1, category: 2} if category else {"": 0}
    speaking = [one for one in rules if contains(one.area, area) and one.category in order]
    found = max(speaking, key=lambda one: (len(one.area), order[one.category]), default=None)
    return found.asks if found else Verification()


#: A department (`department`, its code), or the area of an appointment that belongs to none (`area`, its code).
Unit = tuple[str, str]


def units_of(held: Iterable[Held], area: str) -> frozenset[Unit]:
    """The units somebody belongs to: departments of their appointments; of one without a department its area."""
    return frozenset(
        ("department", one.department) if one.department else ("area", one.area)
        for one in held
        if one.department or (one.role in SEES_AREA and contains(one.area, area))
    )


def handling_units(held: Iterable[Held], area: str) -> frozenset[Unit]:
    """The units for which somebody handled a matter here: the departments they act for, else their grid or village."""
    roles = list(held)
    departments = {("department", one.department) for one in roles if one.role == Role.HANDLER and one.department}
    field = {Role.GRID_WORKER, Role.CADRE}
    own = [one for one in roles if one.role in field and contains(one.area, area)]
    return frozenset(departments) or units_of(own, area)


#: Photos of which no more of the 64 bits differ show the same picture, saved or sent again; of four parts of 16 bits one at
#: least is equal then, by which they are found.
SAME_WITHIN = 3


def differ(one: Collection[int], other: Collection[int]) -> int:
    """In how many bits the marks of two photos differ."""
    return sum((mine ^ theirs).bit_count() for mine, theirs in zip(one, other, strict=True))


def marks_of(likeness: str) -> list[int | None]:
    """The 64 bits of a photo in four parts of 16; four times None for one too plain to tell."""
    return [int(likeness[at : at + 4], 16) if likeness else None for at in (0, 4, 8, 12)]
