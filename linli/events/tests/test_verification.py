"""What the county asks of a verification: which rule speaks, who may verify, and which acts need a photo."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.events import actions
from linli.events.actions.verification_rules import put_back_rule, remove_rule, set_rule
from linli.events.actions.verifying import asked_for
from linli.events.models import Category, Event, VerificationRule
from linli.events.rules import Said, State, Verification, asked_of
from linli.events.testing import NOON, World, make_event
from linli.events.tests.pages import photo
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import add_person, appoint
from linli.people.models import Person
from linli.people.rules import Role

LATER = NOON + timedelta(hours=2)
COUNTY, TOWNSHIP, VILLAGE = "440881", "440881101", "440881101201"


def ask(world: World, area: str = COUNTY, *, category: Category | None = None, **asked: Any) -> VerificationRule:
    asks = Verification(**asked)
    return set_rule(area=world.areas[area], category=category, asks=asks, by=world.cast.county, at=NOON)


def appointed(world: World, name: str, role: Role, area: str, **more: Any) -> Person:
    person = add_person(username=name, name=name)
    appoint(person, role=role, area=world.areas[area], from_on=date(2025, 1, 1), **more)
    return person


# --- which rule speaks ------------------------------------------------------------------------------------------------


def days(area: str, category: str, answer_days: int) -> Said:
    return Said(area, category, Verification(answer_days=answer_days))


def test_the_most_specific_area_speaks_then_the_category_before_its_domain() -> None:
    said = [days(COUNTY, "", 1), days(COUNTY, "C", 2), days(COUNTY, "C01", 3), days(TOWNSHIP, "", 4)]
    cases = [
        (said[:1], 1),
        (said[:2], 2),
        (said[:3], 3),
        (said, 4),
        ([days("440882", "", 9)], 7),
        ([days(COUNTY, "C02", 9)], 7),
        ([], 7),
    ]
    for rules, expected in cases:
        assert asked_of(rules, area=VILLAGE, category="C01", domain="C").answer_days == expected
    assert asked_of(said[:3], area=VILLAGE, category="", domain="").answer_days == 1


def test_a_rule_of_a_category_speaks_for_the_next_version_of_its_pack(world: World) -> None:
    ask(world, category=world.drain, answer_days=20)
    event = make_event(world)
    assert asked_for(event).answer_days == 20
    pack = world.drain.pack
    newer = type(pack).objects.create(code=pack.code, version="2", name=pack.name)
    event.category = Category.objects.create(pack=newer, code="C01", name="排水管道", limit_working_days=3)
    assert asked_for(event).answer_days == 20


# --- another unit -----------------------------------------------------------------------------------------------------


def test_a_colleague_of_the_lead_does_not_verify_where_another_unit_has_to(world: World) -> None:
    colleague = appointed(world, "同事", Role.VERIFIER, TOWNSHIP, department=world.water)
    event = make_event(world, State.RESULT_SUBMITTED)
    assert "verify" in actions.steps_for(event, colleague, LATER)
    ask(world, other_unit=True)
    assert not {"verify", "rework"} & set(actions.steps_for(event, colleague, LATER))
    with pytest.raises(NotYours) as refusal:
        actions.verify(event, by=colleague, at=LATER)
    assert refusal.value.code == "same_unit"
    assert "水务局" in refusal.value.message
    assert "许核查" in refusal.value.message
    actions.verify(event, by=world.cast.verifier, at=LATER)
    assert event.state == State.VERIFIED


def test_nor_does_one_of_a_department_that_co_handled_in_whatever_role(world: World) -> None:
    ask(world, other_unit=True)
    both = appointed(world, "兼职", Role.VERIFIER, TOWNSHIP)
    appoint(both, role=Role.HANDLER, area=world.areas[COUNTY], department=world.housing, from_on=date(2025, 1, 1))
    event = make_event(world, State.DISPATCHED)
    part = event.parts.get(department=world.housing)
    actions.sign_for(event, by=world.cast.handler, at=LATER)
    actions.PART_ACTS["answer_part"](part, text="已加固", by=world.cast.co_handler, at=LATER)
    actions.submit_result(event, text="已疏通", by=world.cast.handler, at=LATER)
    assert "verify" not in actions.steps_for(event, both, LATER)
    assert "verify" in actions.steps_for(event, world.cast.verifier, LATER)


def test_a_neighbour_at_the_grid_that_handled_it_before_does_not_verify_the_next_round(world: World) -> None:
    event = make_event(world, State.SELF_HANDLED)
    actions.reopen(event, text="又堵了", by=world.cast.desk, at=LATER)
    actions.dispatch(event, lead=world.water, by=world.cast.desk, at=LATER)
    actions.sign_for(event, by=world.cast.handler, at=LATER)
    actions.submit_result(event, text="已疏通", by=world.cast.handler, at=LATER)
    assert "verify" in actions.steps_for(event, world.cast.deputy, LATER)
    ask(world, TOWNSHIP, other_unit=True)
    assert "verify" not in actions.steps_for(event, world.cast.deputy, LATER)
    assert "verify" in actions.steps_for(event, world.cast.cadre, LATER)


def test_where_nobody_of_another_unit_is_there_the_refusal_says_whom_to_ask(world: World) -> None:
    colleague = appointed(world, "同事", Role.VERIFIER, TOWNSHIP, department=world.water)
    event = make_event(world, State.RESULT_SUBMITTED)
    ask(world, other_unit=True)
    for name in ("worker", "deputy", "cadre", "desk", "county", "verifier"):
        person = getattr(world.cast, name)
        person.is_active = False
        person.save(update_fields=["is_active"])
    with pytest.raises(NotYours) as refusal:
        actions.verify(event, by=colleague, at=LATER)
    assert "请县分拨" in refusal.value.message or "county desk" in refusal.value.message


# --- photos -----------------------------------------------------------------------------------------------------------


def test_a_result_without_the_photo_that_is_asked_for_is_refused_and_nothing_has_changed(world: World) -> None:
    ask(world, category=world.drain.parent, result_photo=True)
    event = make_event(world, State.DISPATCHED)
    actions.sign_for(event, by=world.cast.handler, at=LATER)
    submit: dict[str, Any] = {"text": "已疏通", "without": "只作支持", "by": world.cast.handler, "at": LATER}
    with pytest.raises(BadInput) as refusal:
        actions.submit_result(event, **submit)
    assert (refusal.value.code, refusal.value.facts["field"]) == ("photo_missing", "photos")
    event = Event.objects.get(pk=event.pk)
    assert event.state == State.SIGNED_FOR
    actions.submit_result(event, photos=[photo().read()], **submit)
    assert event.state == State.RESULT_SUBMITTED


def test_a_verification_without_the_photo_that_is_asked_for_is_refused(world: World) -> None:
    event = make_event(world, State.RESULT_SUBMITTED)
    ask(world, VILLAGE, check_photo=True)
    with pytest.raises(BadInput):
        actions.verify(event, by=world.cast.verifier, at=LATER)
    event = Event.objects.get(pk=event.pk)
    actions.verify(event, by=world.cast.verifier, at=LATER, photos=[photo().read()])
    assert event.state == State.VERIFIED


# --- keeping the rules ------------------------------------------------------------------------------------------------


def test_a_township_desk_keeps_the_rules_of_its_own_area_only(world: World) -> None:
    by, asks = world.cast.desk, Verification(other_unit=True)
    set_rule(area=world.areas[VILLAGE], category=None, asks=asks, by=by, at=NOON)
    for area in (COUNTY, "440881102"):
        with pytest.raises(NotYours):
            set_rule(area=world.areas[area], category=None, asks=asks, by=by, at=NOON)
    with pytest.raises(NotYours):
        set_rule(area=world.areas[VILLAGE], category=None, asks=asks, by=world.cast.verifier, at=NOON)
    assert VerificationRule.objects.count() == 1


def test_each_change_is_in_the_journal_and_saving_the_same_is_none(world: World) -> None:
    rule = ask(world, near_m=100)
    assert ask(world, near_m=100).pk == ask(world, near_m=150, check_photo=True).pk == rule.pk
    remove_rule(rule, by=world.cast.county, at=LATER)
    assert asked_for(make_event(world)) == Verification()
    put_back_rule(rule, by=world.cast.county, at=LATER)
    assert asked_for(make_event(world)).near_m == 150
    entries = Entry.objects.filter(on_kind="verificationrule").order_by("id")
    assert [one.verb.removeprefix("verification_rule.") for one in entries] == ["set", "set", "removed", "put_back"]
    assert entries[1].facts["was_near_m"] == 100
    assert entries[1].by == world.cast.county


def test_a_removed_rule_does_not_come_back_beside_another(world: World) -> None:
    rule = ask(world, category=world.drain, near_m=100)
    remove_rule(rule, by=world.cast.county, at=LATER)
    with pytest.raises(Refused):
        remove_rule(rule, by=world.cast.county, at=LATER)
    ask(world, category=world.drain, near_m=200)
    with pytest.raises(Refused):
        put_back_rule(rule, by=world.cast.county, at=LATER)


@pytest.mark.parametrize("asked", [{"near_m": 5}, {"near_m": 6000}, {"answer_days": 0}, {"answer_days": 31}])
def test_what_no_rule_can_ask_is_refused_beside_its_field(world: World, asked: dict[str, int]) -> None:
    with pytest.raises(BadInput) as refusal:
        ask(world, **asked)
    assert refusal.value.facts["field"] in asked
