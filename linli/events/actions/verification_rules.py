"""How the desk keeps the rules of verification: setting one, taking it back, putting it in force again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.models import ASKED, Category, VerificationRule
from linli.events.rules import LEAST_NEAR_M, MOST_ANSWER_DAYS, MOST_NEAR_M, Verification
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import require_register
from linli.people.models import Person


@transaction.atomic
def set_rule(
    *, area: Area, category: Category | None, asks: Verification, by: Person, at: datetime
) -> VerificationRule:
    """Ask this of matters of the category (or domain; None: all) in the area from now on.

    One rule for an area and category: setting it again changes it. Raises `NotYours`, `BadInput`.
    """
    require_register(by, area.pk, at)
    _check(area, asks)
    Area.objects.select_for_update().only("pk").get(pk=area.pk)
    rule = VerificationRule.objects.in_force().filter(area=area, category=category).first()
    before = rule.facts if rule else None
    if rule is None:
        rule = VerificationRule(area=area, category=category)
    elif rule.asks == asks:
        return rule
    for name in ASKED:
        setattr(rule, name, getattr(asks, name))
    rule.changed_by, rule.changed_at = by, at
    rule.save()
    changed = {f"was_{name}": before[name] for name in ASKED if before[name] != rule.facts[name]} if before else {}
    record("verification_rule.set", on=rule, by=by, at=at, **rule.facts, **changed)
    return rule


def _check(area: Area, asks: Verification) -> None:
    if not area.is_open:
        raise BadInput("area_closed", _("This area is closed. Choose the one that follows it."), field="area")
    if asks.near_m is not None and not LEAST_NEAR_M <= asks.near_m <= MOST_NEAR_M:
        words = _("Between %(least)s and %(most)s metres.")
        raise BadInput("bad_distance", words, field="near_m", least=LEAST_NEAR_M, most=MOST_NEAR_M)
    if not 1 <= asks.answer_days <= MOST_ANSWER_DAYS:
        raise BadInput("bad_days", _("Between 1 and %(most)s days."), field="answer_days", most=MOST_ANSWER_DAYS)


@transaction.atomic
def remove_rule(rule: VerificationRule, *, by: Person, at: datetime) -> None:
    """It asks nothing any more; the rule of a wider area or the standard speaks. Raises `NotYours`, `Refused`."""
    require_register(by, rule.area_id, at)
    if not VerificationRule.objects.in_force().filter(pk=rule.pk).update(removed_at=at, changed_by=by, changed_at=at):
        raise Refused("removed_already", _("This rule has been removed already. Refresh the page."))
    record("verification_rule.removed", on=rule, by=by, at=at, **rule.facts)


@transaction.atomic
def put_back_rule(rule: VerificationRule, *, by: Person, at: datetime) -> None:
    """A removed rule asks again what it asked. Raises `NotYours`; `Refused` where another has taken its place."""
    require_register(by, rule.area_id, at)
    Area.objects.select_for_update().only("pk").get(pk=rule.area_id)
    other = VerificationRule.objects.in_force().filter(area=rule.area_id, category=rule.category_id)
    if other.exists():
        raise Refused("rule_there", _("Another rule holds for this area and category. Change that one."))
    removed = VerificationRule.objects.filter(pk=rule.pk, removed_at__isnull=False)
    if removed.update(removed_at=None, changed_by=by, changed_at=at):
        record("verification_rule.put_back", on=rule, by=by, at=at, **rule.facts)
