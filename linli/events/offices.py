"""Which office has a matter, by name; never a person."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.events.models import Event
from linli.events.rules import PART_ACTING, Holder, State
from linli.kit.prepared import Prepared
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
        rows = sorted(_departments(keys), key=lambda one: keys.index(one.pk))
    else:
        rows = _acting_in(event.pk)
    return str(_(", ")).join(str(one) for one in rows)


@Prepared
def _departments(keys: list[str]) -> QuerySet[Department]:
    return Department.objects.filter(pk__in=keys)


@Prepared
def _acting_in(event: UUID) -> QuerySet[Department]:
    rows = Department.objects.filter(parts__event=event, parts__state__in=sorted(PART_ACTING))
    return rows.order_by("-parts__leads", "pk")


def desk_of(event: Event) -> str:
    """The township, or the county where there is none."""
    return _nearest.one(lineage(event.area_id)[:2]) or event.area.name


@Prepared
def _nearest(areas: list[str]) -> QuerySet[Any, str]:
    return Area.objects.filter(pk__in=areas).order_by("-code").values_list("name", flat=True)[:1]


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
