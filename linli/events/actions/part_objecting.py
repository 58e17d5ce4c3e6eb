"""A co-handler objects to its own part: the lead or the desk answers, and the part goes on to whoever it belongs to.

As with the lead's objection it is once per department and round, in time, with the next owner and the basis; from the second
bounce of a part on a named coordinator answers, and that binds. Meanwhile the matter and the other parts go on.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.events.actions import joint, part_extending
from linli.events.actions.joint import officers_in, on_part, write
from linli.events.actions.objecting import refuse_objecting, refuse_upheld
from linli.events.actions.supervising import supervisor_for
from linli.events.models import Event, Objection, Part
from linli.events.rules import PartState, clean_words
from linli.journal.models import Entry
from linli.kit.media.checking import File
from linli.kit.refusal import BadInput
from linli.people.actions import officers_of, require_open_department
from linli.people.models import Department, Person


@on_part
def object_part(
    part: Part,
    *,
    by: Person | None,
    at: datetime,
    text: str,
    photos: list[File],
    basis: str = "",
    next_owner: Department | None = None,
) -> Entry:
    """The department says whose the part is instead (None: nobody's on the list) and on what basis."""
    assert by is not None  # only an officer of the department comes through `on_part`
    event, rests_on = part.event, clean_words(basis, field="basis", required=True, longest=500)
    refuse_objecting(event, part, next_owner, at)
    bounce = _bounces_of(event, part.department_id) + 1
    coordinator = supervisor_for(event, at) if bounce > 1 else None
    Objection.objects.create(
        event=event,
        department_id=part.department_id,
        of_lead=False,
        round=event.reopened,
        bounce=bounce,
        next_owner=next_owner,
        basis=rests_on,
        objected_by=by,
        objected_at=at,
        coordinator=coordinator,
    )
    above = officers_in(part.under, at) if part.under else []
    told = [*above, *([coordinator] if coordinator else [])]
    words = f"{rests_on}\n{text.strip()}".strip()
    return write("event.part_objected", part, by=by, at=at, text=words, tell=told, next_owner=next_owner, bounce=bounce)


def _bounces_of(event: Event, department: str) -> int:
    """How often the part that this department holds came back in this round, whoever held it then."""
    passed = Objection.objects.of_parts().filter(event=event, round=event.reopened, passed_to=department).last()
    return passed.bounce if passed else 0


@on_part
def uphold_part(
    part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File], to: Department | None = None
) -> Entry:
    """It is not theirs: the part goes to another department with clocks of its own, or to nobody, for a reason."""
    waiting = _waiting(part)
    if to is not None:
        _refuse_receiver(part, to)
    words = clean_words(text, field="text", required=to is None)
    part.answer = words or waiting.basis
    told = [*officers_in(part, at), *(officers_of([to.pk], at) if to else [])]
    entry = write("event.part_objection_upheld", part, by=by, at=at, text=words, tell=told, next_owner=to)
    if to is not None:
        _pass_on(part, to, at)
    _answer(waiting, by, at, was_upheld=True, passed_to=to, settled_on=to if waiting.coordinator_id else None)
    return entry


def _refuse_receiver(part: Part, to: Department) -> None:
    require_open_department(to, "to")
    if to.pk == part.department_id:
        raise BadInput(
            "part_stays",
            _("That department has objected. Choose another, or dismiss its objection."),
            field="to",
        )
    refuse_upheld(part.event, [to], "to")


def _pass_on(part: Part, to: Department, at: datetime) -> None:
    """The department gets a part like this one; one that it has already stays as it is."""
    new = {"asked_at": at, "task": part.task, "under": part.under if part.under_id else None}
    theirs, made = Part.objects.get_or_create(event=part.event, department=to, defaults=new)
    if not made and theirs.state in (PartState.RESERVED, PartState.DROPPED):
        Part.objects.filter(pk=theirs.pk).update(state=PartState.ASKED, asked_at=at, signed_at=None, answer="")


@on_part
def dismiss_part(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """It is theirs all the same, and why: they sign for it within what is left of their time."""
    waiting = _waiting(part)
    told = officers_in(part, at)
    entry = write("event.part_objection_dismissed", part, by=by, at=at, text=text, needed=True, tell=told)
    _answer(waiting, by, at, was_upheld=False, settled_on=part.department if waiting.coordinator_id else None)
    return entry


def _waiting(part: Part) -> Objection:
    """The objection to answer: a part is objected to as long as one waits."""
    return Objection.objects.of_parts().waiting().get(event=part.event, department=part.department_id)


def _answer(waiting: Objection, by: Person | None, at: datetime, **answer: Any) -> None:
    Objection.objects.filter(pk=waiting.pk).update(answered_at=at, answered_by=by, **answer)


#: All acts on a part by their names.
PART_ACTS: dict[str, Callable[..., None]] = joint.PART_ACTS | {
    function.__name__: function
    for function in (
        *(object_part, uphold_part, dismiss_part),
        *(part_extending.ask_part_extension, part_extending.extend_part, part_extending.refuse_part_extension),
    )
}
