"""The forms of the steps as an app draws them: the same fields that draw the desk, told as names, kinds and choices.

Read from the classes of the forms, so that fifty tasks ask the store for nothing. What a form changes for one matter stands in
the table `OF_ONE`; a test holds every description against the form itself.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django import forms
from django.forms.fields import Field
from django.utils.translation import get_language

from linli.events.forms import ACTS, PART_FORMS, Photos
from linli.events.forms.fields import say_of_photos
from linli.events.forms.steps import Classed, Close, SubmitResult, Verify
from linli.events.rules import PART_ACTING, PartState, Proof
from linli.events.standings import Read
from linli.people.models import Department

#: Chosen from what the desk's page alone shows side by side: the duty list's advice, the other matter, who may supervise.
AT_THE_DESK = frozenset({"dispatch", "whistle", "settle", "supervise", "merge"})
#: Longer lists are told once (`reference.choices`), and named here.
_LISTS: tuple[tuple[type, str], ...] = ((Department, "departments"),)


@dataclass
class Drawn:
    """A form for one matter: its fields, and what stands in them before anybody writes."""

    fields: dict[str, Field]
    values: dict[str, Any] = field(default_factory=dict)
    #: Names of the fields that are of this matter alone.
    changed: set[str] = field(default_factory=set)


def steps_of(one: Read) -> list[dict[str, Any]]:
    """The steps open on a matter, with those on its parts, each with its fields."""
    language = get_language()
    own = [_step(name, one, language) for name in one.steps if name not in AT_THE_DESK]
    return own + [_part_step(name, part, language) for part, names in one.part_steps.items() for name in names]


def _step(name: str, one: Read, language: str | None) -> dict[str, Any]:
    if not _changes(ACTS[name].form):
        return dict(_of_all(name, language))
    made = drawn(name, one)
    return {**_named(name, language), "fields": [_field(field, made, language) for field in made.fields]}


@cache
def _of_all(name: str, language: str | None) -> dict[str, Any]:
    """A step whose form is the same for every matter is described once in a language. Its fields are only read."""
    made = Drawn(dict(ACTS[name].form.base_fields))  # type: ignore[attr-defined]
    return {**_named(name, language), "fields": [_field(field, made, language) for field in made.fields]}


@cache
def _named(name: str, _language: str | None) -> dict[str, Any]:
    act = ACTS[name]
    return {"step": name, "label": str(act.label), "icon": act.icon, "is_side": act.is_side}


def _part_step(name: str, part: Any, language: str | None) -> dict[str, Any]:
    act = PART_FORMS[name]
    told = {"step": name, "label": str(act.label), "icon": act.icon, "is_side": False}
    of = {"part": part.department_id, "part_name": str(part.department)}
    form: Any = act.form
    ordered = Drawn({name: form.base_fields[name] for name in _in_order(form)})
    return told | of | {"fields": [_field(field, ordered, language) for field in ordered.fields]}


def _in_order(form: Any) -> list[str]:
    first = [name for name in form.field_order or () if name in form.base_fields]
    return first + [name for name in form.base_fields if name not in first]


def drawn(name: str, one: Read) -> Drawn:
    """The form of a step for this matter."""
    kind: Any = ACTS[name].form
    made = Drawn(dict(kind.base_fields))
    for change in _changes(kind):
        change(made, one)
    return made


@cache
def _changes(kind: Any) -> list["Change"]:
    return [change for parent, change in OF_ONE.items() if issubclass(kind, parent)]


# --- what a form changes for one matter ----------------------------------------------------------------------------------


def _classed(made: Drawn, one: Read) -> None:
    event = one.event
    made.values |= {"category": event.category_id, "severity": event.severity, "urgency": event.urgency}


def _result(made: Drawn, one: Read) -> None:
    _ask_for_photos(made, one, Proof.RESULT)
    waited_for = (part for part in one.event.parts.all() if not part.leads and part.state in _UNANSWERED)
    if not any(waited_for):
        del made.fields["without"]


#: As `Part.objects.unanswered()` has it.
_UNANSWERED = (PART_ACTING | {PartState.RESERVED}) - {PartState.ANSWERED, PartState.VERIFIED}


def _ask_for_photos(made: Drawn, one: Read, proof: Proof) -> None:
    made.fields["photos"] = deepcopy(made.fields["photos"])
    made.changed.add("photos")
    say_of_photos(made.fields["photos"], one.asks, proof)


def _closing(made: Drawn, one: Read) -> None:
    made.values["text"] = one.event.outcome


Change = Callable[[Drawn, Read], None]
#: By the form, which its kinds share.
OF_ONE: Mapping[type, Change] = {
    Classed: _classed,
    SubmitResult: _result,
    Verify: lambda made, one: _ask_for_photos(made, one, Proof.CHECK),
    Close: _closing,
}


# --- fields --------------------------------------------------------------------------------------------------------------


def _field(name: str, made: Drawn, language: str | None) -> dict[str, Any]:
    known = made.fields[name]
    described = _described(name, known) if name in made.changed else _of_class(name, known, language)
    value = made.values.get(name, known.initial)
    return described if value in (None, "") else {**described, "value": value}


@cache
def _of_class(name: str, known: Field, _language: str | None) -> dict[str, Any]:
    """A field as its class has it, described once in a language."""
    return _described(name, known)


def _described(name: str, known: Field) -> dict[str, Any]:
    told = {"name": name, "label": str(known.label), "kind": _kind(known), "required": known.required}
    limits = {"help": str(known.help_text), "max_length": getattr(known, "max_length", None)}
    limits |= {"min": getattr(known, "min_value", None), "max": getattr(known, "max_value", None)}
    limits |= {"rows": known.widget.attrs.get("rows"), "many": isinstance(known, _MANY) or None}
    return told | {key: said for key, said in limits.items() if said not in (None, "")} | _choices(known)


_MANY = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
#: The first that fits: a model's choice is a choice, and one of several too.
_KINDS: tuple[tuple[type[Field], str], ...] = (
    (Photos, "photos"),
    (forms.ModelChoiceField, "choice"),
    (forms.ChoiceField, "choice"),
    (forms.BooleanField, "yes_no"),
    (forms.DateTimeField, "moment"),
    (forms.DateField, "date"),
    (forms.IntegerField, "number"),
    (forms.CharField, "line"),
)


def _kind(known: Field) -> str:
    if isinstance(known.widget, forms.Textarea):
        return "text"
    return next(kind for form, kind in _KINDS if isinstance(known, form))


def _choices(known: Field) -> dict[str, Any]:
    if isinstance(known, forms.ModelChoiceField):
        model = known.queryset.model  # type: ignore[union-attr]
        named = next((name for row, name in _LISTS if model is row), "categories")
        return {"choices_from": named, "empty": str(known.empty_label or "")}
    if isinstance(known, forms.ChoiceField):
        choices: Any = known.choices
        return {"choices": [{"value": value, "label": str(label)} for value, label in choices]}
    return {}
