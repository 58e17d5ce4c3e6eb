"""Objections to a dispatch 派单异议: once per department, in time, with the next owner and the basis; then they end.

The first bounce of a round is answered by the desk. From the second on a named coordinator settles whose the matter is, and
that binds. A matter taken up again begins a new round.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.events.actions.course import act, sent_as, take_step
from linli.events.actions.rounds import rejoin_calls
from linli.events.actions.supervising import supervisor_for
from linli.events.models import Clock, Event, Objection, Part
from linli.events.rules import ClockKind, clean_words
from linli.journal.models import Entry
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import officers_of, require_open_department, scope_of
from linli.people.models import Department, Person


@act
def object(
    event: Event, *, basis: str, by: Person | None, at: datetime, next_owner: Department | None = None, text: str = ""
) -> None:
    """The lead says whose it is instead (None: nobody's on the list) and on what basis; its clock stands still meanwhile."""
    rests_on = clean_words(basis, field="basis", required=True, longest=500)
    part = _own_part(event, by, at)
    if part is not None:
        refuse_objecting(event, part, next_owner, at)
    bounce = bounces_of(event) + 1
    coordinator = supervisor_for(event, at) if bounce > 1 else None
    take_step(
        event,
        "object",
        by=by,
        at=at,
        text=f"{rests_on}\n{text.strip()}".strip(),
        tell=[coordinator] if coordinator else [],
        department=part and part.department_id,
        next_owner=next_owner,
        bounce=bounce,
        set_before=_bounced,
    )
    assert part is not None and by is not None  # only an officer of the lead comes through `take_step`
    Objection.objects.create(
        event=event,
        department_id=part.department_id,
        round=event.reopened,
        bounce=bounce,
        next_owner=next_owner,
        basis=rests_on,
        objected_by=by,
        objected_at=at,
        coordinator=coordinator,
    )


def _bounced(event: Event) -> None:
    event.bounces += 1


def _own_part(event: Event, by: Person | None, at: datetime) -> Part | None:
    mine = Part.objects.filter(event=event, leads=True, department__in=scope_of(by, at).departments)
    return mine.select_related("department").first()


def refuse_objecting(event: Event, part: Part, next_owner: Department | None, at: datetime) -> None:
    """Raises `Refused` or `BadInput`: once per department and round, before the limit to sign, never to oneself."""
    before = Objection.objects.filter(event=event, department=part.department_id, round=event.reopened).first()
    if before is not None:
        day = timezone.localdate(before.objected_at).isoformat()
        raise Refused(
            "objected_once",
            _("Your department objected on %(day)s. A department objects to a matter once; sign for it now."),
            day=day,
        )
    if Objection.objects.filter(event=event, settled_on=part.department_id, round=event.reopened).exists():
        raise Refused("settled", _("The coordinator has settled that your department takes it. Sign for it now."))
    if Clock.objects.filter(part=part, kind=ClockKind.SIGN, stopped_at__isnull=True, due_at__lt=at).exists():
        raise Refused(
            "too_late_to_object",
            _(
                "The time to object has passed with the limit to sign. Sign for it, and hand it back with a reason if need be."
            ),
        )
    if next_owner is not None and next_owner.pk == part.department_id:
        raise BadInput("next_owner_is_own", _("Name another department than your own."), field="next_owner")
    if next_owner is not None:
        require_open_department(next_owner, "next_owner")


def bounces_of(event: Event) -> int:
    """How often the matter came back in this round: objected to, or handed back after it was signed for."""
    objections = Objection.objects.of_leads().filter(event=event, round=event.reopened).count()
    acts = Entry.objects.filter(on_kind="event", on_key=str(event.pk))
    reopened = acts.filter(verb="event.reopened").order_by("-id").values_list("id", flat=True).first() or 0
    return objections + acts.filter(verb="event.handed_back", id__gt=reopened).count()


@act
def uphold_objection(event: Event, *, by: Person | None, at: datetime, text: str = "") -> None:
    """The desk agrees, and will dispatch it to somebody else."""
    take_step(event, "uphold_objection", by=by, at=at, text=text)
    event.parts.all().delete()
    _answer(event, by, at, upheld=True)


@act
def dismiss_objection(
    event: Event, *, text: str, by: Person | None, at: datetime, as_it_is: Sequence[str] = ()
) -> None:
    """The desk says why it is theirs all the same."""
    take_step(event, "dismiss_objection", by=by, at=at, text=text, reason_needed=True, **sent_as(as_it_is))
    _answer(event, by, at, upheld=False)


@act
def settle(event: Event, *, lead: Department, text: str, by: Person | None, at: datetime) -> None:
    """The coordinator says which department takes it, after a second bounce; that department objects no more."""
    require_open_department(lead, "lead")
    told = officers_of([lead.pk], at)
    take_step(event, "settle", by=by, at=at, text=text, reason_needed=True, tell=told, lead=lead)
    keeps = Part.objects.filter(event=event, leads=True, department=lead).exists()
    _answer(event, by, at, upheld=not keeps, settled_on=lead)
    if not keeps:
        Part.objects.filter(event=event, leads=True).delete()
        Part.objects.filter(event=event, department=lead).delete()
        Objection.objects.of_parts().filter(event=event, department=lead).lapse(at)
        Part.objects.create(event=event, department=lead, leads=True, asked_at=at)
        rejoin_calls(event)


def _answer(
    event: Event, by: Person | None, at: datetime, *, upheld: bool, settled_on: Department | None = None
) -> None:
    waiting = Objection.objects.of_leads().waiting().filter(event=event)
    waiting.update(answered_at=at, answered_by=by, was_upheld=upheld, settled_on=settled_on)


def next_owner(event: Event) -> str | None:
    """The department that the last upheld objection of this round named; None if there is none."""
    return _named_in.one(event.pk, event.reopened)


@Prepared
def _named_in(event: UUID, turn: int) -> QuerySet[Any, str | None]:
    upheld = Objection.objects.of_leads().filter(event=event, round=turn, was_upheld=True)
    return upheld.reverse().values_list("next_owner", flat=True)[:1]


def upheld_in(event: Event) -> set[str]:
    """Whose objection was upheld in this round, unless a coordinator settled on them after all."""
    answered = _answered_in(event.pk, event.reopened)
    return {own for own, yes, _to in answered if yes} - {to for _own, _yes, to in answered if to}


@Prepared
def _answered_in(event: UUID, turn: int) -> QuerySet[Any, Any]:
    return Objection.objects.filter(event=event, round=turn).values_list("department", "was_upheld", "settled_on")


def refuse_upheld(event: Event, departments: Iterable[Department], field: str = "lead") -> None:
    """Raises `BadInput` for a lead or co-handler whose objection was upheld in this round: it would only come back."""
    upheld = upheld_in(event)
    found = next((department for department in departments if department.pk in upheld), None)
    if found is not None:
        raise BadInput(
            "objection_was_upheld",
            _("The objection of %(department)s was upheld. Choose another department."),
            department=found.name,
            field=field,
        )
