"""Taking a step from values that were said beforehand, by the step's own form and action: tried, or done.

The command bar, acts on many matters and macros all go this way, so that what they may and what they are told is what the
form of the step says. What was not said is what the form proposes for this very matter.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.events import actions
from linli.events.forms import ACTS, StepForm
from linli.events.models import Clock, Event
from linli.events.rules import ClockKind, require, row_of
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Person
from linli.people.rules import Scope

#: Field to values, as an address or a form sends them.
Fields = Mapping[str, list[str]]


@dataclass(frozen=True)
class Planned:
    """One step that is meant, with what was said for it."""

    step: str
    fields: Fields = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The step in words."""
        return str(ACTS[self.step].label)


@dataclass(frozen=True)
class Outlook:
    """What a step would do: its clean values and the matter after it, or why not."""

    #: None where it is not even known which step is meant.
    planned: Planned | None
    cleaned: Mapping[str, Any] = field(default_factory=dict)
    after: Event | None = None
    refusal: Refused | None = None
    #: When the lead's own limit runs out, where it was given one.
    lead_until: datetime | None = None


def query_of(fields: Fields) -> QueryDict:
    """The fields as an address carries them."""
    query = QueryDict(mutable=True)
    for name, values in fields.items():
        query.setlist(name, values)
    return query


def unbound(event: Event, planned: Planned, scope: Scope) -> StepForm:
    """The form of a step with its proposals, and over them what was said."""
    return ACTS[planned.step].form(event=event, given=query_of(planned.fields), scope=scope)


def bound(event: Event, planned: Planned, scope: Scope) -> StepForm:
    """The same form as if it had been sent as it stands."""
    shown = unbound(event, planned, scope)
    sent = QueryDict(mutable=True)
    for name in shown.fields:
        sent.setlist(name, list(_sent(shown, name)))
    return ACTS[planned.step].form(sent, event=event, step=planned.step, scope=scope)


def _sent(form: StepForm, name: str) -> Iterator[str]:
    """What a browser would send of a field that stands as it does."""
    kind, value = form.fields[name], form[name].value()
    if isinstance(kind, forms.FileField) or value in (None, "", False):
        return
    if isinstance(value, list | tuple):
        yield from (str(kind.prepare_value(one)) for one in value)
    else:
        shown = form[name].field.widget.format_value(value)
        yield "on" if value is True else str(shown[0] if isinstance(shown, list) else shown)


def take(event: Event, planned: Planned, *, by: Person, at: datetime, scope: Scope) -> Mapping[str, Any]:
    """Take the step; its clean values. Raises `Refused` and its kinds, `BadInput` for what the form does not take."""
    if row_of(planned.step, event.state) is None:
        raise Refused(
            "step_not_open",
            _("“%(step)s” is not possible while it is “%(state)s”."),
            step=planned.label,
            state=event.get_state_display(),
        )
    require(
        planned.step,
        event.state,
        actions.standing_of(event, by, at, scope),
        questions=actions.questions_of(event),
    )
    form = bound(event, planned, scope)
    if not form.is_valid():
        raise _not_taken(form)
    getattr(actions, planned.step)(event, **form.values(), by=by, at=at)
    return form.cleaned_data


def _not_taken(form: StepForm) -> BadInput:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return BadInput("not_filled_in", _("%(field)s: %(why)s"), field=str(label), why=str(errors[0]), name=name)


#: A step as it is meant for a matter once its turn has come.
Meant = Callable[[Event], Planned]


def try_out(event: Event, meant: Iterable[Meant], *, by: Person, at: datetime, scope: Scope) -> list[Outlook]:
    """What these steps would do one after the other, up to the first that is refused; nothing of it is kept."""
    found: list[Outlook] = []
    with transaction.atomic():
        matter = Event.objects.select_related("area", "category").get(pk=event.pk)
        for one in meant:
            planned = None
            try:
                planned = one(matter)
                with transaction.atomic():
                    cleaned = take(matter, planned, by=by, at=at, scope=scope)
            except Refused as refusal:
                found.append(Outlook(planned, refusal=refusal))
                break
            found.append(Outlook(planned, cleaned, _as_it_is(matter), lead_until=_lead_until(matter)))
        transaction.set_rollback(True)
    return found


def _lead_until(matter: Event) -> datetime | None:
    own = Clock.objects.unstopped().filter(event=matter, part__leads=True, kind=ClockKind.HANDLE)
    return own.values_list("due_at", flat=True).first()


def _as_it_is(matter: Event) -> Event:
    """The matter at this point, which later steps do not change."""
    return (
        Event.objects.select_related("category", "merged_into").prefetch_related("parts__department").get(pk=matter.pk)
    )
