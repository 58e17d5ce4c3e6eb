"""What somebody enters in the form of a step: values that fit its fields, drawn by chance, sometimes none at all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from django import forms
from django.utils import timezone

from linli.events.forms import ACTS, PART_FORMS
from linli.events.models import Event, Part
from linli.people.models import Department

#: What people write.
_WORDS = (
    "现场看过，已处理完毕。",
    "因材料未到，需再等几日。",
    "依据职责清单，不属本单位。",
    "请补充门牌号。",
    "已与住户说好。",
)
#: A form is sometimes sent empty: it must be refused and nothing be lost.
SENT_EMPTY = 0.01


def entered(step: str, event: Event, at: datetime, rng: Random, **more: Any) -> Any:
    """The form of this step as somebody sent it, checked or not; `more` goes to the form."""
    return _sent(partial(ACTS[step].form, event=event, **more), event, at, rng)


def entered_for_part(step: str, part: Part, event: Event, at: datetime, rng: Random) -> Any:
    """The form of this act on a part of the matter as somebody sent it, checked or not."""
    return _sent(partial(PART_FORMS[step].form, part=part), event, at, rng)


def _sent(form: Callable[..., forms.Form], event: Event, at: datetime, rng: Random) -> forms.Form:
    if rng.random() < SENT_EMPTY:
        return form({})
    filled: dict[str, Any] = {}
    for name, field in form().fields.items():
        filled[name] = _NAMED[name](event, at, rng) if name in _NAMED else _value(field, rng)
    return form(filled)


def _value(field: forms.Field, rng: Random) -> Any:
    if not field.required and rng.random() < 0.5:
        return ""
    for kind, make in _BY_KIND:
        if isinstance(field, kind):
            return make(field, rng)
    return ""


def _chosen(field: Any, rng: Random) -> str:
    values = [
        value for value, _label in field.choices if value not in ("", None) and not isinstance(_label, list | tuple)
    ]
    return str(rng.choice(values)) if values else ""


def _row(field: Any, rng: Random) -> str:
    keys = list(field.queryset.order_by("pk").values_list("pk", flat=True)[:50])
    return str(rng.choice(keys)) if keys else ""


def _rows(field: Any, rng: Random) -> list[str]:
    return [one for one in {_row(field, rng)} if one]


_BY_KIND: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.ModelMultipleChoiceField, _rows),
    (forms.ModelChoiceField, _row),
    (forms.ChoiceField, _chosen),
    (forms.BooleanField, lambda field, rng: rng.choice(("on", ""))),
    (forms.FileField, lambda field, rng: ""),
    (forms.IntegerField, lambda field, rng: str(rng.randint(1, 5))),
    (forms.CharField, lambda field, rng: rng.choice(_WORDS)),
)


def _later(event: Event, at: datetime, rng: Random) -> str:
    """A day after the present limit, or now and then before it, which is refused."""
    due = event.due_at or at
    return str(timezone.localdate(due + timedelta(days=rng.randint(-1, 12))))


def _soon(event: Event, at: datetime, rng: Random) -> str:
    return str(timezone.localdate(at + timedelta(days=rng.randint(1, 40))))


def _neighbouring(event: Event, at: datetime, rng: Random) -> str:
    return event.area_id[:-1] + str(rng.randint(1, 2))


def _lead(event: Event, at: datetime, rng: Random) -> str:
    """Mostly whom the category names; sometimes somebody else, who will object."""
    named = event.category.department_id if event.category else None
    if named and rng.random() < 0.8:
        return str(named)
    return str(rng.choice(list(Department.objects.order_by("pk").values_list("pk", flat=True))))


def _helpers(event: Event, at: datetime, rng: Random) -> list[str]:
    if rng.random() < 0.8:
        return []
    return rng.sample(list(Department.objects.order_by("pk").values_list("pk", flat=True)), rng.randint(1, 3))


#: Fields whose value follows from the matter.
_NAMED: dict[str, Any] = {
    "until": _later,
    "review_on": _soon,
    "area": _neighbouring,
    "lead": _lead,
    "co_handlers": _helpers,
    "be_there_by": lambda event, at, rng: timezone.localtime(at + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M"),
    "texts": lambda event, at, rng: "另一处井盖松动",
    "text": lambda event, at, rng: rng.choice(_WORDS),
    "turn_to": lambda event, at, rng: "请拨打12345",
}
