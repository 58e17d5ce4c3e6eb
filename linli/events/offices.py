"""Which office has a matter, by name; never a person."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.events.models import Event
from linli.events.rules import Holder, State
from linli.people.models import Department

#: With the departments it was sent to. Once a result is there, the office has it checked and closes it.
_WITH_DEPARTMENTS = frozenset({State.DISPATCHED, State.SIGNED_FOR, State.HANDLING, State.DEFERRED})


def who_has(event: Event) -> str:
    """Departments while one has it, else the office whose desk has it."""
    return (departments_of(event) if event.state in _WITH_DEPARTMENTS else "") or desk_of(event)


def departments_of(event: Event, only: Iterable[str] = ()) -> str:
    """The departments that have a part in it, or those with these codes; the lead first."""
    rows: list[Department]
    if keys := list(only):
        rows = sorted(Department.objects.filter(pk__in=keys), key=lambda one: keys.index(one.pk))
    else:
        rows = [part.department for part in event.parts.acting().select_related("department")]
    return str(_(", ")).join(str(one) for one in rows)


def desk_of(event: Event) -> str:
    """The township, or the county where there is none."""
    above = Area.objects.filter(pk__in=lineage(event.area_id)[:2]).order_by("code").last()
    return above.name if above else event.area.name


def held_by(event: Event, holder: Holder, only: Iterable[str] = ()) -> str:
    """The office after a turning point; empty where nobody has it, or whoever reported it."""
    match holder:
        case Holder.DESK:
            return desk_of(event)
        case Holder.DEPARTMENTS:
            return departments_of(event, only) or desk_of(event)
        case Holder.SAME:
            return who_has(event)
        case _:
            return ""
