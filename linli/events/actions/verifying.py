"""What the county asks of a verification: finding the rule that speaks for a matter, and holding people to it."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.events.actions import promise
from linli.events.models import Category, Event, Hand, Part, Receipt, VerificationRule
from linli.events.rules import CHECKERS, Limit, Proof, Verification, asked_of, handling_units, units_of
from linli.events.rules.verification import Unit
from linli.kit.refusal import BadInput
from linli.people.actions import scopes_of
from linli.people.models import Appointment, Department, Leave, Person
from linli.people.rules import Scope

#: So many people are named who may verify instead.
_NAMED = 3


def asked_for(event: Event) -> Verification:
    """What the rule that speaks for this matter asks; what is asked without any, if none does."""
    category, domain, pack = _codes_of(event.category_id)
    wanted = Q(category__isnull=True)
    if category:
        # By code: a pack in its next version has other rows for the same categories.
        wanted |= Q(category__code__in=[category, domain], category__pack__code=pack)
    rules = VerificationRule.objects.in_force().filter(wanted, area__in=lineage(event.area_id))
    return asked_of(
        [one.said for one in rules.select_related("category")],
        area=event.area_id,
        category=category,
        domain=domain,
    )


def _codes_of(category: int | None) -> tuple[str, str, str]:
    """The code of a category, of its domain and of its pack; empty where there is none."""
    if category is None:
        return "", "", ""
    row = Category.objects.values_list("code", "parent__code", "pack__code").get(pk=category)
    return row[0], row[1] or "", row[2]


def require_photo(event: Event, proof: Proof, photos: Sequence[object]) -> None:
    """Raises `BadInput` where this act needs a photo and brings none. What it shows is judged by people."""
    if not photos and asked_for(event).needs_photo(proof):
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


def _handled_by(event: Event, at: datetime) -> frozenset[Unit]:
    """The units that led, co-handled or had a hand in it, in this round and those before."""
    parts = Part.objects.acting().filter(event=event).values_list("department", flat=True)
    hands = scopes_of(Hand.objects.filter(event=event).values_list("person", flat=True), at)
    units = {unit for scope in hands.values() for unit in handling_units(scope.held, event.area_id)}
    return frozenset(units | {("department", code) for code in parts})


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
