"""What waits for somebody, as a phone keeps it: each matter with its clock, what was done, and the steps open to them.

The same matters that the tab "Mine to do" of the desk's queue shows, by as many queries for fifty as for one. A phone lies
about: what is told of disputes stays at the desk, and contacts, statements and who reported it are in none of this.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from linli.events import queue, standings, telling
from linli.events.models import Clock, Event, Picture, Remark
from linli.events.needing import ShownNeed, needs_of, with_questions
from linli.events.queue import TURN, Filters, Show
from linli.events.rules import ENDED, State, To, due_soon_at, row_of, steps_open
from linli.events.standings import Read
from linli.field.describing import AT_THE_DESK, steps_of
from linli.journal.models import Entry
from linli.people.models import Person
from linli.people.rules import Scope

#: More are not kept on a phone; the most pressing are.
MOST_TASKS = 100
#: Of each matter the last acts, and so many photos.
_LAST_ACTS, _PHOTOS = 6, 3
#: What stands in the conversation is not told here.
_NOT_TOLD = ("event.said", "event.said_withdrawn")
#: After these whoever took them has handled the matter.
_HANDS = frozenset({"self_handle", "sign_for", "handle", "submit_result"})


def tasks_for(person: Person, scope: Scope, at: datetime) -> dict[str, Any]:
    """The tasks, the most pressing first; `is_cut` where there are more than a phone keeps."""
    keys = _keys(person, scope, at)
    events = _read(Event.objects.visible_to(scope).filter(pk__in=keys[:MOST_TASKS]), keys)
    needs = needs_of(events, scope, person.pk, at)
    mine = [event for event in events if _waits(event, needs[event.pk], person, scope)]
    beside = Beside([event.pk for event in mine], scope, at)
    read = standings.read(mine, person, at, scope)
    return {
        "tasks": [_task(one, needs[one.event.pk], beside) for one in read],
        "is_cut": len(keys) > MOST_TASKS,
    }


def _keys(person: Person, scope: Scope, at: datetime) -> list[UUID]:
    places = queue.places_of(scope, Filters(show=Show.MINE), at=at, size=MOST_TASKS + 1)
    asked = Event.objects.visible_to(scope).open().filter(state=State.SUPPLEMENT_ASKED, reported_by=person)
    mine = list(asked.order_by("-reported_at", "pk").values_list("pk", flat=True)[:MOST_TASKS])
    return [*mine, *(key for _moment, key in places if key not in set(mine))]


def _read(events: Any, keys: Sequence[UUID]) -> list[Event]:
    by_key = {event.pk: event for event in standings.with_parts(with_questions(events)).order_by()}
    return [by_key[key] for key in keys if key in by_key]


def _waits(event: Event, needs: Sequence[ShownNeed], person: Person, scope: Scope) -> bool:
    """It is the turn of a role of theirs there, something is asked of them or their department, or they are asked for more."""
    turn = TURN.get(State(event.state), frozenset()) & scope.roles_in(event.area_id)
    asked = event.state == State.SUPPLEMENT_ASKED and event.reported_by_id == person.pk
    return bool(turn) or asked or any(need.is_mine for need in needs)


def _task(one: Read, needs: Sequence[ShownNeed], beside: "Beside") -> dict[str, Any]:
    event = one.event
    steps = steps_of(one)
    for step in steps:
        step["leads_to"] = _leads_to(step, event)
    return short(event, beside) | {
        "base": event.state,
        "waits_for_me": True,
        "needs": [need.what for need in needs],
        "who": _who(event),
        "steps": steps,
        "later": later_of(one, steps),
        "elsewhere": [name for name in one.steps if name in AT_THE_DESK],
        "desk": reverse("events:show", args=[event.pk]),
        **_words(event, beside),
    }


def short(event: Event, beside: "Beside") -> dict[str, Any]:
    """A line of a list of matters."""
    return {
        "event": str(event.pk),
        "number": event.number,
        "title": _title(event),
        "state": event.state,
        "state_words": State(event.state).label,
        "urgency": event.urgency,
        "category": event.category.code if event.category else None,
        "area": event.area_id,
        "area_name": event.area.name,
        "place": event.place,
        "lon": event.lon,
        "lat": event.lat,
        "clock": beside.clock(event),
    }


def _is_dispute(event: Event) -> bool:
    return event.category is not None and event.category.for_mediation


def _title(event: Event) -> str:
    if _is_dispute(event):
        return str(event.category)
    return event.title or event.text[:60] or str(event.category or event.number)


def _words(event: Event, beside: "Beside") -> dict[str, Any]:
    if _is_dispute(event):
        return {"text": "", "told": [], "photos": [], "at_the_desk_only": True}
    told = {"text": event.text, "told": beside.told(event), "photos": beside.photos(event)}
    return told | {"at_the_desk_only": False}


def _who(event: Event) -> str:
    lead = next((part.department for part in event.parts.all() if part.leads), None)
    return str(lead) if lead else ""


# --- what follows, without network --------------------------------------------------------------------------------------


def _leads_to(step: Mapping[str, Any], event: Event) -> str:
    """The state the matter will be in; the same for what changes none, and for steps on a part."""
    return _target(step["step"], event.state, event.state_before) if "part" not in step else event.state


def _target(name: str, state: str, before: str) -> str:
    row = row_of(name, state)
    if row is None or row.target == To.SAME:
        return state
    return before or state if row.target == To.BACK else str(row.target)


def later_of(one: Read, steps: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """By the states that can be reached from here, the steps that will then be open to the same person, with their fields."""
    found: dict[str, list[dict[str, Any]]] = {}
    ways = [(one, step) for step in steps if "part" not in step]
    while ways:
        before, step = ways.pop()
        state = step["leads_to"]
        if state == before.event.state or state in found or state in ENDED:
            continue
        after = _after(before, step["step"], state)
        found[state] = steps_of(after)
        for further in found[state]:
            further["leads_to"] = _leads_to(further, after.event)
        ways += [(after, further) for further in found[state]]
    return {state: known for state, known in found.items() if known}


def _after(one: Read, name: str, state: str) -> Read:
    """What is known now of how it will stand once this person has taken a step."""
    event = _copy(one.event, state)
    standing = replace(
        one.standing,
        signed=one.standing.signed or name == "sign_for",
        handled=one.standing.handled or name in _HANDS,
    )
    return replace(one, event=event, standing=standing, steps=steps_open(state, standing), part_steps={})


def _copy(event: Event, state: str) -> Event:
    """What was read of it comes along, so that nothing is asked of the store."""
    made = copy(event)
    made.state, made.state_before = state, event.state
    return made


# --- what stands beside the matters ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Act:
    at: datetime
    words: str


class Beside:
    """Clocks, last acts and photos of these matters, each read at once."""

    def __init__(self, keys: Sequence[UUID], scope: Scope, at: datetime, *, whole: bool = True) -> None:
        self._at = at
        self._clocks: defaultdict[UUID, list[Clock]] = defaultdict(list)
        clocks = Clock.objects.unstopped().filter(event__in=keys).select_related("part")
        for clock in clocks.order_by("due_at", "id"):
            if clock.part is None or clock.part.department_id in scope.departments:
                self._clocks[clock.event_id].append(clock)
        self._acts = _last_acts(keys) if whole else {}
        self._photos: defaultdict[UUID, list[str]] = defaultdict(list)
        for event, sha256 in _pictures(keys) if whole else ():
            self._photos[event].append(sha256)

    def clock(self, event: Event) -> dict[str, Any] | None:
        """The clock that runs out first of those that concern this person; those that run before those that stand still."""
        clocks = sorted(self._clocks[event.pk], key=lambda one: one.paused_at is not None)
        if not clocks:
            return None
        first = clocks[0]
        return {
            "kind": first.kind,
            "kind_words": first.get_kind_display(),
            "due_at": first.due_at,
            "soon_at": due_soon_at(first.from_at, first.due_at),
            "state": _standing(first, self._at),
            "why_paused": first.get_pause_reason_display() if first.paused_at else "",
        }

    def told(self, event: Event) -> list[dict[str, Any]]:
        """The last acts in words, the latest first."""
        return [{"at": act.at, "words": act.words} for act in self._acts.get(event.pk, ())]

    def photos(self, event: Event) -> list[dict[str, str]]:
        """Small photos as it was reported, by their addresses."""
        return [{"thumb": reverse("thumb", args=[sha256])} for sha256 in self._photos[event.pk]]


def _standing(clock: Clock, at: datetime) -> str:
    if clock.paused_at is not None:
        return "paused"
    if clock.due_at < at:
        return "overdue"
    return "due_soon" if due_soon_at(clock.from_at, clock.due_at) <= at else "running"


def _last_acts(keys: Sequence[UUID]) -> dict[UUID, list[_Act]]:
    rows = Entry.objects.filter(on_key__in=[str(key) for key in keys], on_kind="event").exclude(verb__in=_NOT_TOLD)
    entries: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for entry in rows.select_related("by").order_by("-id"):
        if len(of_event := entries[UUID(entry.on_key)]) < _LAST_ACTS:
            of_event.append(entry)
    shown = [entry.pk for of_event in entries.values() for entry in of_event]
    remarks = dict(Remark.objects.filter(entry__in=shown).values_list("entry", "text"))
    return {key: [_act(entry, remarks.get(entry.pk, "")) for entry in some] for key, some in entries.items()}


def _act(entry: Entry, remark: str) -> _Act:
    # Which of us reported it is behind the seal.
    words = f"{telling.who(entry, knows_reporter=False)} {telling.told(entry)}"
    return _Act(entry.at, f"{words}\n{remark}" if remark else words)


def _pictures(keys: Sequence[UUID]) -> Iterator[tuple[UUID, str]]:
    seen: defaultdict[UUID, int] = defaultdict(int)
    rows = Picture.objects.filter(event__in=keys, kind__in=("report", "before")).order_by("id")
    for event, sha256 in rows.values_list("event", "sha256"):
        seen[event] += 1
        if seen[event] <= _PHOTOS:
            yield event, sha256
