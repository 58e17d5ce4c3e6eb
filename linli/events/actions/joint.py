"""Joint handling 联办: co-handlers with a part of their own, called in now or later, answered, verified, or not waited for."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.events.actions import clocks, promise
from linli.events.actions.course import (
    Photos,
    act,
    comes_of,
    kept,
    note_hand,
    people_told,
    standing_of,
    take_step,
    write_beside,
)
from linli.events.actions.lengthening import own_clock
from linli.events.actions.objecting import refuse_upheld
from linli.events.actions.relaying import require_other_lead
from linli.events.models import Call, Clock, Event, Objection, Part, PictureKind, Whistle
from linli.events.rules import (
    CHECKERS,
    HOLDING,
    LAWFUL_SHARE,
    WITH_DEPARTMENT,
    Audience,
    By,
    ClockKind,
    Limit,
    PartState,
    Standing,
    State,
    clean_words,
    moved_on,
    part_steps_open,
    require_part_step,
)
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.media.checking import File
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import officers_of, scope_of
from linli.people.models import Department, Person
from linli.people.rules import Role, Scope

#: While the matter is here, something can be done with its parts.
PARTS_LIVE_IN = WITH_DEPARTMENT | {State.RESULT_SUBMITTED, State.VERIFIED}


@act
def add_part(
    event: Event,
    *,
    department: Department,
    by: Person | None,
    at: datetime,
    text: str = "",
    later: bool = False,
    days: int | None = None,
    why_short: str = "",
) -> None:
    """Have one more department handle it too; `later` only reserves it. `days`: working days for its part.

    A co-handler puts the department under its own part, and that is as deep as it goes. Raises `BadInput` for a limit
    shorter than the lawful share of what the promise leaves and no reason given (`why_short`), which all can read.
    """
    if later and days is not None:
        raise BadInput(
            "limit_of_reserved", _("Its time begins when it is called in. Leave the days empty."), field="days"
        )

    def asked(event: Event) -> None:
        if department.closed_on is not None or Part.objects.filter(event=event, department=department).exists():
            raise BadInput(
                "has_a_part",
                _("%(department)s takes part already or no longer exists."),
                department=department.name,
                field="department",
            )

    until = limit_of_part(event, days, why_short, at)
    under = _above(event, by, at)
    part = Part(
        event=event,
        department=department,
        under=under,
        state=PartState.RESERVED if later else PartState.ASKED,
        task=clean_words(text, field="text", longest=500),
        asked_at=None if later else at,
    )
    told = [] if later else officers_of([department.pk], at)
    facts: dict[str, Any] = {
        "department": department,
        "later": later,
        "days": days,
        "short": bool(why_short.strip()) or None,
    }
    words = f"{text.strip()}\n{why_short.strip()}".strip()
    take_step(event, "add_part", by=by, at=at, text=words, tell=told, set_before=asked, **facts)
    part.save(force_insert=True)
    if until is not None:
        clocks.start_clock(event, ClockKind.HANDLE, at, part=part, until=until)


def _above(event: Event, by: Person | None, at: datetime) -> Part | None:
    """The co-handler's part under which an officer adds others; None for the desk and the lead."""
    standing = standing_of(event, by, at)
    if Role.DESK in standing.roles or standing.leads:
        return None
    own = Part.objects.acting().filter(event=event, department__in=scope_of(by, at).departments).first()
    if own is not None and own.under_id is not None:
        raise Refused("nested_once", _("Your part is under another co-handler's. Ask them or the lead to add one."))
    return own


def limit_of_part(event: Event, days: int | None, why_short: str, at: datetime) -> datetime | None:
    """When a part's own limit of so many working days runs out; None if it has none.

    Raises `BadInput` for one beyond the promise, and for one below the lawful share of what that leaves without a reason.
    """
    if days is None or event.due_at is None:
        return None
    until = promise.runs_out(Limit(working_days=days), at)
    if until > event.due_at:
        raise BadInput("later_than_promised", _("That is later than was promised to the reporter."), field="days")
    if until < at + (event.due_at - at) * LAWFUL_SHARE and not why_short.strip():
        raise BadInput(
            "limit_too_short",
            _("That is less than half of the time there is. Give the department more, or say why it must be so short."),
            field="why_short",
        )
    return until


def part_standing(part: Part, by: Person | None, at: datetime, scope: Scope | None = None) -> set[By]:
    """What somebody is to a part. `scope` if the caller has it already."""
    event, scope = part.event, scope if scope is not None else scope_of(by, at)
    standing = standing_of(event, by, at, scope)
    return _standings(part, by, standing, scope, _coordinators(event, [part]))


def _coordinators(event: Event, parts: Iterable[Part]) -> dict[str, int | None]:
    """Who is named to answer the objection of each department that waits (None: nobody is); no query if none waits."""
    if not any(part.state == PartState.OBJECTED for part in parts):
        return {}
    waiting = Objection.objects.of_parts().waiting().filter(event=event)
    return dict(waiting.values_list("department", "coordinator"))


def _standings(
    part: Part, by: Person | None, standing: Standing, scope: Scope, coordinators: Mapping[str, int | None]
) -> set[By]:
    held, found = set(standing.roles), set()
    if part.department_id in scope.departments:
        found.add(By.OWN)
    if part.under is not None and part.under.department_id in scope.departments:
        found.add(By.ABOVE)
    if standing.leads and Role.HANDLER in held:
        found.add(By.LEAD)
    if Role.DESK in held:
        found.add(By.DESK)
    if held & CHECKERS and not standing.handled:
        found.add(By.CHECKER)
    if by is not None and any(call.whistle.blown_by_id == by.pk for call in part.calls.all()):
        found.add(By.WHISTLER)
    named = coordinators.get(part.department_id)
    if (found & HOLDING) if named is None else (by is not None and by.pk == named):
        found.add(By.ANSWERER)
    return found


def steps_of_parts(
    event: Event,
    parts: Iterable[Part],
    by: Person | None,
    scope: Scope,
    standing: Standing,
    clocks: Iterable[Clock],
) -> dict[int, list[str]]:
    """The acts open to somebody on each part, by its key; one query at most. `clocks`: those of the event that run."""
    if event.state not in PARTS_LIVE_IN:
        return {}
    asked = {clock.part_id for clock in clocks if clock.extension_asked_until}
    parts = list(parts)
    coordinators = _coordinators(event, parts)
    return {part.pk: steps_of_read_part(part, by, standing, scope, coordinators, part.pk in asked) for part in parts}


def steps_of_read_part(
    part: Part, by: Person | None, standing: Standing, scope: Scope, named: Mapping[str, int | None], asked: bool
) -> list[str]:
    """The acts open to somebody on a part, of which all has been read. No query.

    `named`: who answers the objection of each department that waits; `asked`: for more time, not answered yet.
    """
    return part_steps_open(
        part.state,
        _standings(part, by, standing, scope, named),
        leads=part.leads,
        called=waiting_call(part) is not None,
        asked=asked,
    )


def waiting_call(part: Part) -> Call | None:
    """The call of an open whistle that the department has not come to yet nor been excused from."""
    waiting = (call for call in part.calls.all() if not (call.arrived_at or call.excused or call.whistle.ended_at))
    return next(waiting, None)


def on_part(function: Callable[..., Entry]) -> Callable[..., None]:
    """An act on a part in one transaction: the event is locked first, as in every act, and the clocks follow."""

    def acted(part: Part, *, by: Person | None, at: datetime, photos: Photos = (), text: str = "", **more: Any) -> None:
        files = kept(photos)
        with transaction.atomic():
            event = Event.objects.select_for_update(of=("self",)).select_related("category").get(pk=part.event_id)
            rows = Part.objects.select_related("under", "department").prefetch_related("calls__whistle")
            part = rows.get(pk=part.pk)
            part.event = event
            if event.state not in PARTS_LIVE_IN:
                raise moved_on()
            name, called = function.__name__, waiting_call(part) is not None
            row = require_part_step(
                name,
                part.state,
                part_standing(part, by, at),
                leads=part.leads,
                called=called,
                asked=own_clock(part, asked=True) is not None,
            )
            if row.target is not None:
                part.state = row.target
            function(part, by=by, at=at, text=text, photos=files, **more)
            part.save()
            clocks.follow(event, at, by)

    acted.__name__, acted.__doc__ = function.__name__, function.__doc__
    return acted


def write(
    verb: str,
    part: Part,
    *,
    by: Person | None,
    at: datetime,
    text: str = "",
    needed: bool = False,
    photos: Iterable[File] = (),
    kind: str = PictureKind.AFTER,
    tell: Iterable[Person] = (),
    **facts: Any,
) -> Entry:
    """One entry about a part with the words and photos of the act; the lead and the desk are told, and `tell`."""
    words = clean_words(text, field="text", required=needed)
    leads = Part.objects.filter(event=part.event, leads=True).values_list("department", flat=True)
    told = [*officers_of(list(leads), at), *people_told(part.event, (Audience.DESK,), at), *tell]
    entry = record(
        verb, on=part.event, by=by, at=at, tell=told, department=part.department_id, part=part.pk, **facts, **comes_of()
    )
    write_beside(part.event, entry, words=words, for_reporter=False, photos=photos, kind=kind)
    return entry


@on_part
def call_in(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """A department that was reserved for later is asked now."""
    part.asked_at = at
    return write("event.part_called_in", part, by=by, at=at, text=text, tell=officers_in(part, at))


@on_part
def answer_part(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """A co-handler says what it has done, with its evidence."""
    part.signed_at, part.answered_at, part.answer = part.signed_at or at, at, text.strip()
    note_hand(part.event, by)
    above = officers_of([part.under.department_id], at) if part.under else []
    entry = write("event.part_answered", part, by=by, at=at, text=text, needed=True, photos=photos, tell=above)
    part.answered_with = entry
    return entry


@on_part
def send_back_part(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """The answer does not do: back to the co-handler with a reason."""
    part.answered_at = None
    return write("event.part_sent_back", part, by=by, at=at, text=text, needed=True, tell=officers_in(part, at))


@on_part
def verify_part(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """Seen by somebody who did not handle it: this part is done."""
    part.verified_at = at
    return write("event.part_verified", part, by=by, at=at, text=text, photos=photos, kind=PictureKind.CHECK)


@on_part
def drop_part(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """Why this department is not needed, or not waited for. It is told, and it stays readable."""
    part.answer = text.strip()
    return write("event.part_dropped", part, by=by, at=at, text=text, needed=True, tell=officers_in(part, at))


def officers_in(part: Part, at: datetime) -> list[Person]:
    """The officers of its department."""
    return officers_of([part.department_id], at)


# --- the gate ---------------------------------------------------------------------------------------------------------


def drop_unanswered(event: Event, without: str, *, by: Person | None, at: datetime) -> None:
    """End the parts that are not answered, for the reason the lead gives. Raises `Refused` where one is needed."""
    _hold(event)
    waited_for = Part.objects.unanswered().filter(event=event)
    parts = list(waited_for.select_related("department"))
    if not parts:
        return
    why = clean_words(without, field="without")
    if not why:
        raise BadInput(
            "parts_open",
            _("Not answered yet: %(departments)s. Wait for them, or say why you do not."),
            departments="、".join(str(part.department) for part in parts),
            field="without",
        )
    for part in parts:
        write("event.part_dropped", part, by=by, at=at, text=why, tell=officers_in(part, at))
    Objection.objects.of_parts().filter(event=event, department__in=[part.department_id for part in parts]).lapse(at)
    waited_for.update(state=PartState.DROPPED, answer=why)


def refuse_open_parts(event: Event) -> None:
    """Raises `Refused` while a part is neither verified nor dropped: a matter does not close over the head of a department."""
    _hold(event)
    parts = list(Part.objects.open().filter(event=event).select_related("department"))
    if parts:
        raise Refused(
            "parts_open_at_closing",
            _("These parts are neither verified nor given up: %(departments)s. Verify them, or record why not."),
            departments="、".join(str(part.department) for part in parts),
        )


def _hold(event: Event) -> None:
    """From here on nobody else acts on its parts."""
    Event.objects.select_for_update().filter(pk=event.pk).values_list("pk").first()


# --- the whistle ------------------------------------------------------------------------------------------------------


@act
def whistle(
    event: Event,
    *,
    departments: Iterable[Department],
    be_there_by: datetime,
    by: Person | None,
    at: datetime,
    lead: Department | None = None,
    place: str = "",
    text: str = "",
) -> None:
    """Call departments to the spot by a time (吹哨). Of a matter nobody handles yet, `lead` or else the first leads."""
    called = list(dict.fromkeys([lead, *departments] if lead else departments))
    if not called:
        raise BadInput("nobody_called", _("Choose the departments to call."), field="departments")
    if not at < be_there_by <= at + timedelta(days=7):
        raise BadInput("be_there_by", _("The time lies between now and a week from now."), field="be_there_by")
    spot = clean_words(place, field="place", longest=300) or event.place or event.area.name
    was_new = event.state == State.ACCEPTED
    if was_new:
        require_other_lead(event, called[0], text)
    refuse_upheld(event, called)

    def sent(event: Event) -> None:
        event.dispatched_at = max(at, event.reported_at)

    told = officers_of([department.pk for department in called], at)
    facts: dict[str, Any] = {"departments": [department.pk for department in called], "be_there_by": be_there_by}
    take_step(event, "whistle", by=by, at=at, text=text, tell=told, set_before=sent if was_new else None, **facts)
    assert by is not None  # residents blow no whistle
    blown = Whistle.objects.create(event=event, blown_by=by, blown_at=at, place=spot, be_there_by=be_there_by)
    for number, department in enumerate(called):
        part, _made = Part.objects.get_or_create(
            event=event, department=department, defaults={"asked_at": at, "leads": was_new and number == 0}
        )
        if part.state == PartState.RESERVED:
            Part.objects.filter(pk=part.pk).update(state=PartState.ASKED, asked_at=at)
        Call.objects.create(whistle=blown, part=part, department=department)
        clocks.start_clock(event, ClockKind.ARRIVE, at, part=part, until=be_there_by)


@on_part
def arrive(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """The department is on the spot (报到); noted by itself or by whoever called it."""
    call = waiting_call(part)
    assert call is not None
    Call.objects.filter(pk=call.pk).update(arrived_at=at, noted_by=by)
    clocks.stop_clock(part.event, ClockKind.ARRIVE, at, part=part)
    seen, told = PictureKind.BEFORE, [call.whistle.blown_by]
    return write("event.arrived", part, by=by, at=at, text=text, photos=photos, kind=seen, tell=told)


@on_part
def excuse(part: Part, *, by: Person | None, at: datetime, text: str, photos: list[File]) -> Entry:
    """Why the department does not come."""
    call = waiting_call(part)
    assert call is not None
    why = clean_words(text, field="text", required=True, longest=300)
    Call.objects.filter(pk=call.pk).update(excused=why, noted_by=by)
    clocks.stop_clock(part.event, ClockKind.ARRIVE, at, part=part)
    return write("event.excused", part, by=by, at=at, text=why, tell=[call.whistle.blown_by])


@act
def end_whistle(event: Event, *, text: str, by: Person | None, at: datetime) -> None:
    """The call is over; the words say what was agreed on the spot, for everybody concerned."""
    told = people_told(event, (Audience.HANDLERS,), at)
    take_step(event, "end_whistle", by=by, at=at, text=text, reason_needed=True, tell=told)
    open_now = Whistle.objects.filter(event=event, ended_at__isnull=True)
    open_now.update(ended_at=at, agreed=clean_words(text, field="text"))
    for part in Part.objects.filter(event=event):
        clocks.stop_clock(event, ClockKind.ARRIVE, at, part=part)


#: The acts on a part by their names.
PART_ACTS: dict[str, Callable[..., None]] = {
    function.__name__: function
    for function in (
        call_in,
        answer_part,
        send_back_part,
        verify_part,
        drop_part,
        arrive,
        excuse,
    )
}
