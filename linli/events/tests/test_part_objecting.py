"""A co-handler objects to its own part: in time, once, with the next owner; the part goes on, and its clocks say so."""

import pytest
from django.urls import reverse

from linli.events import actions
from linli.events.actions.joint import drop_part
from linli.events.actions.objecting import bounces_of, next_owner
from linli.events.actions.part_objecting import dismiss_part, object_part, uphold_part
from linli.events.forms import PART_FORMS
from linli.events.models import Clock, Event, Objection, Part
from linli.events.rules import TURNING_POINTS, ClockKind, PartState, State
from linli.events.testing import NOON, World, make_event
from linli.events.tests.pages import desk_of, recent, words_of
from linli.events.tests.test_joint import HOUR, housing_of, roads_with, told
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.models import Department, Person


def objected(world: World, to: Department | None = None) -> Event:
    event = make_event(world, State.SIGNED_FOR)
    object_part(housing_of(event), basis="清单第12项", next_owner=to, by=world.cast.co_handler, at=NOON + HOUR)
    return event


def clock_of(event: Event, department: str, kind: str) -> Clock:
    return Clock.objects.unstopped().get(event=event, part__department=department, kind=kind)


def bounced_twice(world: World) -> tuple[Event, Department, Person]:
    """Housing objected and was upheld; the roads, next in turn, objected too."""
    roads, officer = roads_with(world)
    event = objected(world, roads)
    uphold_part(housing_of(event), to=roads, by=world.cast.handler, at=NOON + 2 * HOUR)
    part = Part.objects.get(event=event, department=roads)
    object_part(part, basis="清单第3项", next_owner=world.housing, by=officer, at=NOON + 3 * HOUR)
    return event, roads, officer


def test_it_names_the_next_owner_and_the_basis_and_lead_and_desk_are_told(world: World) -> None:
    roads, _officer = roads_with(world)
    event = make_event(world, State.SIGNED_FOR)
    with pytest.raises(BadInput) as refusal:
        object_part(housing_of(event), basis=" ", by=world.cast.co_handler, at=NOON + HOUR)
    assert refusal.value.facts["field"] == "basis"
    with pytest.raises(BadInput) as refusal:
        object_part(housing_of(event), basis="清单", next_owner=world.housing, by=world.cast.co_handler, at=NOON + HOUR)
    assert refusal.value.code == "next_owner_is_own"
    object_part(housing_of(event), basis="清单", next_owner=roads, by=world.cast.co_handler, at=NOON + HOUR)
    row = Objection.objects.get(event=event)
    assert (row.of_lead, row.department, row.next_owner, row.bounce) == (False, world.housing, roads, 1)
    assert told(event, "event.part_objected") == {world.cast.handler, world.cast.desk}


def test_the_matter_and_the_other_parts_go_on_and_the_clocks_of_the_part_stand_still(world: World) -> None:
    event = objected(world)
    event.refresh_from_db()
    assert event.state == State.SIGNED_FOR
    assert clock_of(event, "housing", ClockKind.SIGN).paused_at == NOON + HOUR
    assert clock_of(event, "housing", ClockKind.HANDLE).paused_at == NOON + HOUR
    assert clock_of(event, "housing", ClockKind.ANSWER).paused_at is None
    assert Clock.objects.unstopped().get(event=event, part=None, kind=ClockKind.HANDLE).paused_at is None
    actions.handle(event, by=world.cast.handler, at=NOON + 2 * HOUR)


def test_a_dismissed_one_signs_within_what_is_left_and_objects_no_more(world: World) -> None:
    event = objected(world)
    with pytest.raises(BadInput):
        dismiss_part(housing_of(event), by=world.cast.handler, at=NOON + 2 * HOUR)
    dismiss_part(housing_of(event), text="墙属住建", by=world.cast.handler, at=NOON + 2 * HOUR)
    assert housing_of(event).state == PartState.ASKED
    assert clock_of(event, "housing", ClockKind.SIGN).paused_at is None
    assert not Clock.objects.unstopped().filter(event=event, kind=ClockKind.ANSWER).exists()
    assert world.cast.co_handler in told(event, "event.part_objection_dismissed")
    with pytest.raises(Refused) as refusal:
        object_part(housing_of(event), basis="清单", by=world.cast.co_handler, at=NOON + 3 * HOUR)
    assert refusal.value.code == "objected_once"


def test_it_is_too_late_once_the_limit_to_sign_has_passed(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    due = clock_of(event, "housing", ClockKind.SIGN).due_at
    with pytest.raises(Refused) as refusal:
        object_part(housing_of(event), basis="清单", by=world.cast.co_handler, at=due + HOUR)
    assert refusal.value.code == "too_late_to_object"


def test_an_upheld_part_goes_to_the_next_owner_with_clocks_of_its_own(world: World) -> None:
    roads, officer = roads_with(world)
    event = objected(world, roads)
    at = NOON + 5 * HOUR
    uphold_part(housing_of(event), to=roads, by=world.cast.desk, at=at)
    assert housing_of(event).state == PartState.DROPPED
    assert Part.objects.get(event=event, department=roads).state == PartState.ASKED
    assert clock_of(event, "roads", ClockKind.SIGN).started_at == at
    assert {world.cast.co_handler, officer} <= told(event, "event.part_objection_upheld")
    assert not Clock.objects.unstopped().filter(event=event, part__department="housing").exists()
    row = Objection.objects.get(event=event)
    assert (row.was_upheld, row.passed_to, row.settled_on) == (True, roads, None)


def test_an_upheld_part_that_goes_to_nobody_is_dropped_with_a_reason(world: World) -> None:
    event = objected(world)
    with pytest.raises(BadInput) as refusal:
        uphold_part(housing_of(event), by=world.cast.handler, at=NOON + 2 * HOUR)
    assert refusal.value.facts["field"] == "text"
    uphold_part(housing_of(event), text="墙已无险", by=world.cast.handler, at=NOON + 2 * HOUR)
    part = housing_of(event)
    assert (part.state, part.answer) == (PartState.DROPPED, "墙已无险")
    with pytest.raises(BadInput) as refusal:
        actions.dispatch(event, lead=world.water, co_handlers=[world.housing], by=world.cast.desk, at=NOON + 3 * HOUR)
    assert refusal.value.code == "objection_was_upheld"


def test_the_second_bounce_of_a_part_is_answered_by_a_named_coordinator_and_that_binds(world: World) -> None:
    event, roads, _officer = bounced_twice(world)
    row = Objection.objects.get(event=event, department=roads)
    assert (row.bounce, row.coordinator) == (2, world.cast.leader)
    assert world.cast.leader in told(event, "event.part_objected")
    part = Part.objects.get(event=event, department=roads)
    for somebody in (world.cast.handler, world.cast.desk):
        with pytest.raises(NotYours):
            dismiss_part(part, text="是你的", by=somebody, at=NOON + 4 * HOUR)
    with pytest.raises(BadInput):
        uphold_part(part, to=world.housing, by=world.cast.leader, at=NOON + 4 * HOUR)
    dismiss_part(part, text="按清单属公路", by=world.cast.leader, at=NOON + 4 * HOUR)
    row.refresh_from_db()
    assert (row.was_upheld, row.settled_on) == (False, roads)


def test_only_its_own_officers_object_and_only_those_who_hold_the_part_answer(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    for somebody in (world.cast.handler, world.cast.desk, world.cast.worker, world.cast.neighbour):
        with pytest.raises(NotYours):
            object_part(housing_of(event), basis="清单", by=somebody, at=NOON + HOUR)
    object_part(housing_of(event), basis="清单", by=world.cast.co_handler, at=NOON + HOUR)
    for somebody in (world.cast.co_handler, world.cast.worker, world.cast.verifier):
        with pytest.raises(NotYours):
            uphold_part(housing_of(event), text="好", by=somebody, at=NOON + HOUR)
    with pytest.raises(Refused):
        drop_part(housing_of(event), text="不等了", by=world.cast.handler, at=NOON + HOUR)


def test_it_lapses_with_what_it_was_about(world: World) -> None:
    event = objected(world)
    actions.hand_back(event, text="不属本局", by=world.cast.handler, at=NOON + 2 * HOUR)
    row = Objection.objects.get(event=event)
    assert (row.answered_at, row.answered_by, row.was_upheld) == (NOON + 2 * HOUR, None, False)


def test_a_result_without_it_ends_it_with_the_part(world: World) -> None:
    event = objected(world)
    actions.submit_result(event, text="已疏通", without="另案办理", by=world.cast.handler, at=NOON + 2 * HOUR)
    assert housing_of(event).state == PartState.DROPPED
    assert not Objection.objects.waiting().filter(event=event).exists()


def test_it_counts_as_no_bounce_of_the_matter_and_proposes_no_lead(world: World) -> None:
    event = objected(world, world.water)
    assert bounces_of(event) == 0
    assert next_owner(event) is None
    assert not any(verb.startswith("event.part_object") for verb in TURNING_POINTS)


def test_both_pages_show_it_and_the_form_proposes_whom_it_named(world: World) -> None:
    roads, _officer = roads_with(world)
    event = recent(world, State.SIGNED_FOR)
    part = housing_of(event)
    client = desk_of(world.cast.co_handler)
    address = reverse("events:part_act", args=[event.pk, part.pk, "object_part"])
    assert client.post(address, {"basis": "清单第12项", "next_owner": "roads"}).status_code == 302
    for name in ("show", "joint"):
        page = words_of(desk_of(world.cast.handler).get(reverse(f"events:{name}", args=[event.pk])))
        assert "清单第12项" in page
        assert str(PART_FORMS["uphold_part"].label) in page
    form = desk_of(world.cast.handler).get(reverse("events:part_act", args=[event.pk, part.pk, "uphold_part"]))
    assert form.context["form"].initial["to"] == roads.pk
