"""Who reads what a party complains of, and answers it: the heads of the committee, and never the person complained of.

Where a head of the committee mediates the dispute, it goes to the head of the next committee above: nobody judges their own
work, nor that of whoever heads the committee beside them. The party is answered in words, within the county's own term.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import NotYours, Refused
from linli.kit.workdays import stored_calendar
from linli.mediation import letters
from linli.mediation.actions import telling
from linli.mediation.actions.bodies import seats_of
from linli.mediation.actions.clocks import home_zone, term_for
from linli.mediation.actions.course import heads_it, lock
from linli.mediation.actions.reminders import next_reminder
from linli.mediation.models import Body, Complaint, Dispute, Mediator, Party, sealed_words
from linli.mediation.rules import AssignmentState, TermCode, end_of
from linli.people.models import Person

LONGEST_ANSWER = 2000

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


# --- keeping and answering ----------------------------------------------------------------------------------------------


def keep(party: Party, *, words: str, goes: Addressed, at: datetime, is_objection: bool = False) -> Complaint:
    """Keep what a party said, for whoever it goes to. Part of the act that calls it."""
    dispute = party.dispute
    term = term_for(TermCode.COMPLAINT, dispute.area_id, at)
    due_at = end_of(term.unit, term.amount, at, stored_calendar(at.date()), home_zone())
    key = new_key()
    made: Complaint = Complaint.objects.create(
        key=key,
        dispute=dispute,
        party=party,
        body=goes.body,
        is_objection=is_objection,
        at=at,
        due_at=due_at,
        next_at=next_reminder(due_at, at),
        sealed=sealed_words(Complaint, key, {"words": words, "about": sorted(goes.about)}),
    )
    if goes.body is not None:
        # The committee above may open the file from now on, to answer.
        Dispute.objects.filter(pk=dispute.pk).update(complaints_to=goes.body)
        dispute.complaints_to = goes.body
    told: dict[str, Any] = {"party": party, "to": goes.body, "complaint": made}
    record("dispute.complained", on=dispute, by=None, at=at, tell=goes.readers, **told)
    return made


@transaction.atomic
def answer(complaint: Complaint, *, words: str, by: Person, at: datetime) -> None:
    """Answer what a party complained of; it reads that on its own page and is told by the ways it left.

    Raises `NotYours` for whoever it is about and for heads of other committees, `BadInput`, `Refused`.
    """
    dispute = complaint.dispute
    lock(dispute)
    complaint.refresh_from_db()
    require_reader(complaint, by=by, at=at)
    said = clean_words(words, field="words", required=True, longest=LONGEST_ANSWER)
    sealed = complaint.with_words(answer=said)
    if (
        not Complaint.objects.open()
        .filter(pk=complaint.pk)
        .update(answered_at=at, answered_by=by, next_at=None, sealed=sealed)
    ):
        raise Refused(
            "answered_already",
            _("Somebody has answered this complaint already. Refresh the page and read what they said."),
        )
    complaint.refresh_from_db()
    _shut_again(dispute)
    letters.tell_of_answer(complaint, at=at)
    told: dict[str, Any] = {"party": complaint.party_id, "to": complaint.body_id, "complaint": complaint}
    record("dispute.complaint_answered", on=dispute, by=by, at=at, **told)


def _shut_again(dispute: Dispute) -> None:
    """The committee above may open the file while it has to answer, or where it reads what was kept before there were rows."""
    words, to = dispute.words, dispute.complaints_to_id
    before = [*words.get("complaints", []), *words.get("objections", [])]
    waits = Complaint.objects.open().filter(dispute=dispute, body=to).exists()
    if to is not None and not waits and not any(one.get("to") == to for one in before):
        Dispute.objects.filter(pk=dispute.pk).update(complaints_to=None)
        dispute.complaints_to = None


def require_reader(complaint: Complaint, *, by: Person, at: datetime) -> None:
    """Raises `NotYours` for everybody but those who read a complaint."""
    if not is_for(complaint, by=by, seats=seats_of(by, at), at=at):
        raise NotYours(
            "not_yours_to_answer",
            _("A complaint is answered by a head of the committee it went to, and not by whoever it is about."),
        )


def is_for(complaint: Complaint, *, by: Person, seats: Iterable[Mediator], at: datetime) -> bool:
    """Whether somebody who serves in these seats reads a complaint, and may answer it."""
    if by.pk in complaint.words["about"]:
        return False
    if complaint.body_id is None:
        return any(heads_it(seat, complaint.dispute, at) for seat in seats)
    return any(seat.is_head and seat.body_id == complaint.body_id for seat in seats)


def waiting_for(by: Person, seats: Sequence[Mediator], at: datetime) -> list[Complaint]:
    """Complaints that this person has to answer, the most urgent first: few, as each is opened to see whom it is about."""
    found = Complaint.objects.open().filter(dispute__in=Dispute.objects.visible_to(by, at)).select_related("dispute")
    return [one for one in found.order_by("due_at", "key") if is_for(one, by=by, seats=seats, at=at)]


def readers_of(complaint: Complaint, at: datetime) -> list[Person]:
    """Whoever has to answer it now."""
    body, about = complaint.body_id, complaint.words["about"]
    heads = telling.heads_of(complaint.dispute, at) if body is None else telling.heads_of_body(body, at)
    return [one for one in heads if one.pk not in about]


# --- words that are kept with the dispute -------------------------------------------------------------------------------


def may_read(kept: dict[str, Any], dispute: Dispute, *, by: Person, is_head: bool, at: datetime) -> bool:
    """Whether somebody reads why another mediator is wanted: `is_head` of the committee that has the dispute."""
    if by.pk in kept.get("about", had_it(dispute)):
        return False
    to = kept.get("to")
    return is_head if to is None else heads(to, by, at)


def heads(body: int, by: Person, at: datetime) -> bool:
    """Whether somebody heads this committee now."""
    serving = Mediator.objects.serving_on(timezone.localdate(at)).heads()
    return serving.filter(person=by, body=body).exists()
