"""Who reads what a party complains of: the heads of the committee, and never the person complained of.

Where a head of the committee mediates the dispute, it goes to the head of the next committee above: nobody judges their own
work, nor that of whoever heads the committee beside them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.kit.refusal import Refused
from linli.mediation.actions import telling
from linli.mediation.models import Body, Dispute, Mediator
from linli.mediation.rules import AssignmentState
from linli.people.models import Person

#: Whoever was only proposed has not had the dispute in hand.
_HAD_IT = (AssignmentState.ASKED, AssignmentState.ACCEPTED, AssignmentState.OBJECTED, AssignmentState.ENDED)


@dataclass(frozen=True)
class Addressed:
    """Where a complaint goes: `body` None for the committee that has the dispute; about whom; and who is told of it."""

    body: Body | None
    about: frozenset[int]
    readers: tuple[Person, ...]

    @property
    def kept(self) -> dict[str, Any]:
        """What is kept with the words, so that it stays with whoever it went to."""
        return {"to": self.body.pk if self.body else None, "about": sorted(self.about)}


def addressed(dispute: Dispute, at: datetime, about: Sequence[Person] | None = None) -> Addressed:
    """Where a complaint made now goes; `about` whom: without, whoever mediates it or has.

    Raises `Refused` where the whole house has nobody but the person complained of.
    """
    blamed = frozenset(one.pk for one in about) if about is not None else had_it(dispute)
    heads = telling.heads_of(dispute, at)
    if not blamed & {head.pk for head in heads}:
        return Addressed(None, blamed, tuple(heads))
    for body in _above(dispute, at):
        if readers := tuple(head for head in telling.heads_of_body(body.pk, at) if head.pk not in blamed):
            return Addressed(body if body.pk != dispute.body_id else None, blamed, readers)
    raise Refused(
        "nobody_to_complain_to",
        _(
            "Whoever mediates heads the highest committee here. Take your complaint to the justice bureau of the county."
        ),
    )


def addressed_at_best(dispute: Dispute, at: datetime, about: Sequence[Person]) -> Addressed:
    """The same; where nobody is left to read it, it is kept and read by nobody: the act it belongs to holds all the same."""
    try:
        return addressed(dispute, at, about)
    except Refused:
        return Addressed(None, frozenset(one.pk for one in about), ())


def had_it(dispute: Dispute) -> frozenset[int]:
    """Keys of the persons who mediate the dispute, or did."""
    rows = dispute.assignments.filter(state__in=_HAD_IT)
    return frozenset(rows.values_list("mediator__person", flat=True))


def _above(dispute: Dispute, at: datetime) -> Iterator[Body]:
    """The committees above the one that has it, the nearest first; then others of the topmost area, and its own last."""
    own = dispute.body
    place = own.area_id if own else dispute.area_id
    found = list(Body.objects.open_on(timezone.localdate(at)).above(place))
    chain = lineage(place)
    higher = [body for code in reversed(chain[:-1]) for body in found if body.area_id == code]
    yield from higher
    yield from (body for body in found if body not in higher and body != own)
    if own is not None:
        yield own


def may_read(kept: dict[str, Any], dispute: Dispute, *, by: Person, is_head: bool, at: datetime) -> bool:
    """Whether somebody reads one complaint: `is_head` of the committee that has the dispute, or a head of the one it went to."""
    if by.pk in kept.get("about", had_it(dispute)):
        return False
    to = kept.get("to")
    return is_head if to is None else heads(to, by, at)


def heads(body: int, by: Person, at: datetime) -> bool:
    """Whether somebody heads this committee now."""
    serving = Mediator.objects.serving_on(timezone.localdate(at)).heads()
    return serving.filter(person=by, body=body).exists()
