"""A line and the matters it is meant for, read together: what is open, what is offered, what it would do."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.desk.bulk.plans import meant_by_macro
from linli.desk.commands.filling import Filled, fill, pick
from linli.desk.commands.known import known_to
from linli.desk.models import MOST_MATTERS, Macro
from linli.desk.rules.bulk import IN_BULK
from linli.desk.rules.commands import Command, Known, Offer, offers, parse
from linli.desk.rules.verbs import BY_NAME, FIELDS, MACRO, OPEN, VERBS, Takes, Verb
from linli.desk.taking import Outlook, try_out, unbound
from linli.desk.telling import sentence
from linli.events import actions
from linli.events.forms import ACTS, StepForm
from linli.events.models import Event
from linli.people.models import Person
from linli.people.rules import Scope


@dataclass
class Desk:
    """Who types, when, and for which matters; several are marked in the list."""

    person: Person
    scope: Scope
    at: datetime
    events: list[Event] = field(default_factory=list)

    @property
    def event(self) -> Event | None:
        """The one matter, if there is one."""
        return self.events[0] if len(self.events) == 1 else None

    def visible(self) -> QuerySet[Event]:
        """What this person may see."""
        return Event.objects.visible_to(self.scope)

    def by_number(self, said: str) -> Event | None:
        """The matter of a number; of a running number alone, that of the same township and month."""
        whole = [said] if said.count("-") == 2 else self._whole(said)
        return self.visible().filter(number__in=whole).order_by("pk").first() if whole else None

    def _whole(self, said: str) -> list[str]:
        if not said.isdecimal() or len(said) > 9:
            return []
        if self.event is not None:
            return [f"{self.event.number.rpartition('-')[0]}-{int(said):06d}"]
        month = timezone.localtime(self.at).strftime("%Y%m")
        towns = {code[:9] for code in self.scope.area_codes if len(code) >= 9}
        return [f"{town}-{month}-{int(said):06d}" for town in sorted(towns)]


def desk_of(person: Person, scope: Scope, at: datetime, keys: list[str]) -> Desk:
    """The matters of these keys that this person may see, as far as a run goes; what is no key is passed over."""
    found = [key for one in keys[:MOST_MATTERS] if (key := _key(one))]
    events = Event.objects.visible_to(scope).filter(pk__in=found).select_related("area", "category")
    by_key = {event.pk: event for event in events} if found else {}
    return Desk(person, scope, at, [by_key[key] for key in dict.fromkeys(found) if key in by_key])


def _key(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def open_to(desk: Desk) -> list[str]:
    """The steps that are open: of one matter its own, of several those that are taken in bulk."""
    if desk.event is not None:
        return actions.steps_for(desk.event, desk.person, desk.at, desk.scope)
    return list(IN_BULK) if desk.events else []


def open_verbs(open_steps: list[str], known: Known) -> list[Verb]:
    """The verbs of these steps; opening a matter always, macros where there are some and something to run them on."""
    found = [verb for verb in VERBS if set(verb.steps) & set(open_steps)]
    return [*found, BY_NAME[OPEN], *([BY_NAME[MACRO]] if known.macros and open_steps else [])]


def offered(desk: Desk, typed: str) -> list[Offer]:
    """How the line may go on: at most ten, as many queries however many departments there are."""
    known = known_to(desk.person, desk.scope, desk.event.category_id if desk.event else None)
    return offers(typed, known, open_verbs(open_to(desk), known))


@dataclass
class Reading:
    """What a whole line means: a matter to open, a step with its form, a macro, or what is wrong with it."""

    command: Command
    problems: list[str] = field(default_factory=list)
    opens: Event | None = None
    filled: Filled | None = None
    macro: Macro | None = None
    event: Event | None = None
    form: StepForm | None = None
    outlooks: list[Outlook] = field(default_factory=list)

    @property
    def says(self) -> list[str]:
        """What would happen, step by step; the refusal last if there is one."""
        return [sentence(one) for one in self.outlooks]

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be done as it stands."""
        return any(one.refusal is not None for one in self.outlooks)

    @property
    def wants(self) -> str:
        """The field of the form on which it hangs; empty if on none."""
        facts = self.outlooks[-1].refusal.facts if self.outlooks and self.outlooks[-1].refusal else {}
        name = str(facts.get("name") or facts.get("field") or "")
        return name if self.form is not None and name in self.form.fields else ""

    @property
    def act(self) -> Any:
        """How the step looks."""
        return ACTS[self.filled.planned.step] if self.filled else None


def read(desk: Desk, typed: str) -> Reading:
    """Read a line to its end and try it out; nothing is done."""
    known = known_to(desk.person, desk.scope)
    command = parse(typed, known)
    reading = Reading(command, problems=_unclear(command))
    if command.verb is None:
        return reading
    if command.verb.name == OPEN:
        reading.opens = desk.by_number(command.number) if command.number else None
        if reading.opens is None:
            reading.problems.append(_("You see no matter of this number. Check it."))
        return reading
    _aim(desk, reading)
    if not reading.problems and command.verb.name == MACRO:
        _read_macro(desk, reading, known)
    elif not reading.problems:
        _read_step(desk, reading)
    return reading


def _unclear(command: Command) -> list[str]:
    said = [
        _("“%(word)s” may be: %(candidates)s") % {"word": one.word, "candidates": "、".join(one.candidates)}
        for one in command.ambiguous
    ]
    if command.verbs:
        said.append(_("This may be: %(candidates)s") % {"candidates": "、".join(v.words[0] for v in command.verbs)})
    elif command.unread:
        said.append(_("Not understood: %(words)s") % {"words": " ".join(command.unread)})
    elif command.verb is None:
        said.append(_("Write what is to be done, for example 派 城管局 3日."))
    return said


def _aim(desk: Desk, reading: Reading) -> None:
    """At which matter: the number that was said, where the step itself takes none, else the one at hand."""
    command = reading.command
    assert command.verb is not None
    takes_number = any(Takes.NUMBER in FIELDS.get(step, {}) for step in command.verb.steps)
    if command.number and not takes_number:
        other = desk.by_number(command.number)
        desk.events = [other] if other else []
        if other is None:
            reading.problems.append(_("You see no matter of this number. Check it."))
            return
    reading.event = desk.event
    if not desk.events:
        reading.problems.append(_("Choose a matter first, or write its number after #."))


def _read_macro(desk: Desk, reading: Reading, known: Known) -> None:
    named = reading.command.macro
    if named is None:
        reading.problems.append(_("Write the name of the macro."))
        return
    reading.macro = Macro.objects.usable_by(desk.person, desk.scope).get(pk=int(named.key))
    if reading.event is not None:
        meant = meant_by_macro(reading.macro, desk.person, desk.scope, desk.at, known)
        reading.outlooks = try_out(reading.event, meant, by=desk.person, at=desk.at, scope=desk.scope)


def _with_whole_number(desk: Desk, command: Command) -> Command:
    other = desk.by_number(command.number) if command.number else None
    return replace(command, number=other.number) if other else command


def _read_step(desk: Desk, reading: Reading) -> None:
    step = pick(reading.command, open_to(desk))
    assert step is not None
    reading.filled = fill(_with_whole_number(desk, reading.command), step, desk.at)
    reading.problems += reading.filled.problems
    if reading.event is None:
        if step not in IN_BULK:
            reading.problems.append(_("This step is not taken on many matters at once."))
        return
    if reading.problems:
        return
    planned = reading.filled.planned
    reading.outlooks = try_out(reading.event, [lambda event: planned], by=desk.person, at=desk.at, scope=desk.scope)
    if step in open_to(desk):
        reading.form = unbound(reading.event, planned, desk.scope)
        for name, field_ in reading.form.fields.items():
            field_.widget.attrs["id"] = f"bar-{name}"
