"""What the county asks of a verification: finding the rule that speaks for a matter, and holding people to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.events.actions import promise
from linli.events.models import Category, Event, Hand, Part, Receipt, VerificationRule
from linli.events.rules import CHECKERS, PART_ACTING, Limit, Proof, Verification, asked_of, handling_units, units_of
from linli.events.rules.verification import Unit
from linli.kit.media.checking import File
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput
from linli.people.actions import scopes_of
from linli.people.models import Appointment, Department, Leave, Person
from linli.people.rules import Scope

#: So many people are named who may verify instead.
_NAMED = 3


def asked_for(event: Event) -> Verification:
    """What the rule that speaks for this matter asks; what is asked without any, if none does."""
    category, domain, pack = _codes_of(event.category_id)
    return asked_of(
        [one.said for one in _rules_of([category, domain], pack, lineage(event.area_id))],
        area=event.area_id,
        category=category,
        domain=domain,
    )


@Prepared
def _rules_of(categories: list[str], pack: str, areas: list[str]) -> QuerySet[VerificationRule]:
    """By code: a pack in its next version has other rows for the same categories. No category has an empty code."""
    wanted = Q(category__isnull=True) | Q(category__code__in=categories, category__pack__code=pack)
    rules = VerificationRule.objects.in_force().filter(wanted, area__in=areas)
    return rules.select_related("category")


def asked_for_each(events: Sequence[Event]) -> dict[Any, Verification]:
    """The same for many matters by their keys; one query beside that for their categories, which must have been read."""
    around = {code for event in events for code in lineage(event.area_id)}
    rules = list(VerificationRule.objects.in_force().filter(area__in=around).select_related("category__pack"))
    return {event.pk: _asked_of_read(event, rules) for event in events}


def _asked_of_read(event: Event, rules: Sequence[VerificationRule]) -> Verification:
    kind = event.category
    domain = kind.parent.code if kind and kind.parent else ""
    speaking = [
        one.said for one in rules if one.category is None or (kind and one.category.pack.code == kind.pack.code)
    ]
    return asked_of(speaking, area=event.area_id, category=kind.code if kind else "", domain=domain)


def _codes_of(category: int | None) -> tuple[str, str, str]:
    """The code of a category, of its domain and of its pack; empty where there is none."""
    if category is None:
        return "", "", ""
    ((code, domain, pack),) = _category(category)
    return code, domain or "", pack


@Prepared
def _category(pk: int) -> QuerySet[Any, Any]:
    return Category.objects.filter(pk=pk).order_by().values_list("code", "parent__code", "pack__code")


def require_photo(event: Event, proof: Proof, photos: Sequence[object]) -> None:
    """Raises `BadInput` where this act needs a photo and brings none. What it shows is judged by people."""
    seen = [one for one in photos if not (isinstance(one, File) and one.is_voice)]
    if not seen and asked_for(event).needs_photo(proof):
        raise BadInput("photo_missing", _("Here a photo is needed. Take one on the spot and add it."), field="photos")


def own_unit(event: Event, by: Person, scope: Scope, at: datetime) -> tuple[str, str]:
    """The name of the unit of theirs that handled the matter, and who may verify instead; empty where nothing bars them."""
    if not asked_for(event).other_unit:
        return "", ""
    handled = _handled_by(event, at)
    shared = units_of(scope.held, event.area_id) & handled
    if not shared:
        return "", ""
    return _name_of(min(shared)), _instead(event, handled, at)


def shared_units(
    events: Sequence[Event], hands: Mapping[Any, Sequence[int]], scope: Scope, at: datetime
) -> dict[Any, frozenset[Unit]]:
    """By key of the event the units of theirs that had a hand in it. One query; `hands`: who had one, by event.

    Of events whose parts have been read.
    """
    scopes = scopes_of({person for people in hands.values() for person in people}, at)
    found = {}
    for event in events:
        parts = {("department", part.department_id) for part in event.parts.all() if part.state in PART_ACTING}
        of_hands = (handling_units(scopes[person].held, event.area_id) for person in hands.get(event.pk, ()))
        found[event.pk] = units_of(scope.held, event.area_id) & parts.union(*of_hands)
    return found


def _handled_by(event: Event, at: datetime) -> frozenset[Unit]:
    """The units that led, co-handled or had a hand in it, in this round and those before."""
    parts, hands = _acting(event.pk), scopes_of(_hands(event.pk), at)
    units = {unit for scope in hands.values() for unit in handling_units(scope.held, event.area_id)}
    return frozenset(units | {("department", code) for code in parts})


@Prepared
def _acting(event: UUID) -> QuerySet[Any, str]:
    return Part.objects.acting().filter(event=event).values_list("department", flat=True)


@Prepared
def _hands(event: UUID) -> QuerySet[Any, int]:
    return Hand.objects.filter(event=event).values_list("person", flat=True)


def _name_of(unit: Unit) -> str:
    kind, code = unit
    return str(Department.objects.get(pk=code)) if kind == "department" else Area.objects.get(pk=code).name


def _instead(event: Event, handled: frozenset[Unit], at: datetime) -> str:
    """The nearest who may verify it: in words, for a person who may not."""
    away = Leave.objects.filter(appointment=OuterRef("pk"), from_at__lte=at, to_at__gt=at)
    rows = Appointment.objects.filter(
        area__in=lineage(event.area_id), role__in=sorted(CHECKERS), person__is_active=True
    ).valid_on(timezone.localdate(at))
    rows = rows.exclude(Exists(away)).exclude(person__in=Hand.objects.filter(event=event).values("person"))
    held = sorted(rows.select_related("person", "area"), key=lambda one: (one.role != "verifier", -len(one.area_id)))
    scopes = scopes_of([one.person_id for one in held], at)
    able = {one.person_id: one for one in held if not units_of(scopes[one.person_id].held, event.area_id) & handled}
    named = [
        _("%(name)s (%(role)s, %(area)s)")
        % {"name": one.person.name, "role": one.get_role_display(), "area": one.area.name}
        for one in list(able.values())[:_NAMED]
    ]
    return _(", ").join(named)


def answer_by(event: Event, at: datetime) -> datetime | None:
    """Until when the reporter of a matter closed now is asked for an answer; None where nobody holds a receipt."""
    if not Receipt.objects.filter(event=event).exists():
        return None
    return promise.runs_out(Limit(natural_days=asked_for(event).answer_days), at)
