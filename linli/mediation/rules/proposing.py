"""Which mediators are proposed, and why: facts about how somebody suits this dispute, nothing about how good they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from linli.areas.codes import contains
from linli.mediation.rules.kinds import Against, Suits

PROPOSED_AT_ONCE = 3
#: With fewer open disputes than this somebody has room.
HAS_ROOM_BELOW = 5


@dataclass(frozen=True)
class Candidate:
    """A mediator who may be asked: key, what they know and speak, where their body is, how many open disputes they have, and
    the numbers of earlier matters with one of the sides.
    """

    mediator: int
    skills: frozenset[str]
    languages: frozenset[str]
    area: str
    load: int
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What the dispute asks for: languages are those of the parties, `township` that of its place; None above one."""

    kind: str
    languages: frozenset[str]
    area: str
    township: str | None


@dataclass(frozen=True)
class Proposal:
    """A candidate, with the reasons that are told to the parties; `earlier` is for the committee and the candidate alone."""

    mediator: int
    load: int
    reasons: tuple[Suits, ...] = field(default=())
    earlier: tuple[str, ...] = field(default=())

    @property
    def against(self) -> tuple[Against, ...]:
        """What speaks against it."""
        return (Against.EARLIER,) if self.earlier else ()


def reasons_for(one: Candidate, wanted: Wanted) -> tuple[Suits, ...]:
    """Why they suit it."""
    suits = {
        Suits.SKILL: wanted.kind in one.skills,
        Suits.LANGUAGE: wanted.languages <= one.languages,
        Suits.LOAD: one.load < HAS_ROOM_BELOW,
        Suits.PLACE: _is_near(one.area, wanted),
    }
    return tuple(reason for reason, holds in suits.items() if holds)


def _is_near(body: str, wanted: Wanted) -> bool:
    """Of the same township, or a village in it around the place."""
    return wanted.township is not None and contains(wanted.township, body) and contains(body, wanted.area)


def propose(candidates: Iterable[Candidate], wanted: Wanted, *, most: int = PROPOSED_AT_ONCE) -> Sequence[Proposal]:
    """Three, those whom most speaks for first; of these those whom nothing speaks against, then those with fewer open disputes.

    Nothing of this order is kept.
    """
    proposals = [Proposal(one.mediator, one.load, reasons_for(one, wanted), one.earlier) for one in candidates]
    return sorted(proposals, key=lambda one: (-len(one.reasons), len(one.against), one.load, one.mediator))[:most]
