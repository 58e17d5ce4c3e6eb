"""Joint handling: parts with a state, a clock and an answer of their own; nothing closes over a department's head."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from linli.events import actions
from linli.events.actions.joint import (
    answer_part,
    arrive,
    call_in,
    drop_part,
    excuse,
    part_standing,
    send_back_part,
    verify_part,
)
from linli.events.models import Call, Clock, Event, Part, Whistle
from linli.events.rules import (
    PART_ENDED,
    PART_STEPS,
    By,
    ClockKind,
    PartState,
    State,
    part_steps_open,
    require_part_step,
)
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import add_person, appoint, scope_of
from linli.people.models import Department, Person
from linli.people.rules import Role
from linli.people.testing import FROM

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def housing_of(event: Event) -> Part:
    return Part.objects.get(event=event, department="housing")


def roads_with(world: World) -> tuple[Department, Person]:
    """A third department and its officer."""
    roads = Department.objects.create(code="roads", name="公路局", area=world.areas["440881"])
    officer = add_person(username="roads", name="公路人")
    appoint(officer, role=Role.HANDLER, area=world.areas["440881"], department=roads, from_on=FROM)
    return roads, officer


def told(event: Event, verb: str) -> set[Person]:
    entry = Entry.objects.filter(on_key=str(event.pk), verb=verb).latest("id")
    return {notice.person for notice in Notice.objects.filter(entry=entry).select_related("person")}


# --- the table --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "who"), list(product(PartState, By)))
def test_what_is_offered_on_a_part_is_allowed_and_nothing_else(state: PartState, who: By) -> None:
    for step, leads, called, asked in product(PART_STEPS, (False, True), (False, True), (False, True)):
        offered = step.name in part_steps_open(state, {who}, leads=leads, called=called, asked=asked)
        try:
            require_part_step(step.name, state, {who}, leads=leads, called=called, asked=asked)
            allowed = True
        except Refused:
            allowed = False
        assert offered == allowed


def test_every_part_can_end_and_an_ended_one_moves_no_more() -> None:
    for state in PartState:
        reachable, waiting = {state}, [state]
        while waiting:
            here = waiting.pop()
            targets = {row.target for row in PART_STEPS if here in row.sources and row.target} - reachable
            reachable |= targets
            waiting += targets
        assert reachable & PART_ENDED
        if state in PART_ENDED:
            assert reachable == {state}


# --- parts ------------------------------------------------------------------------------------------------------------


def test_a_co_handler_answers_with_its_evidence_and_somebody_else_verifies(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    answer_part(housing_of(event), text="墙已加固", by=world.cast.co_handler, at=NOON + HOUR)
    part = housing_of(event)
    assert (part.state, part.answer, part.answered_at) == (PartState.ANSWERED, "墙已加固", NOON + HOUR)
    assert told(event, "event.part_answered") == {world.cast.handler, world.cast.desk}
    assert not Clock.objects.unstopped().filter(part=part).exists()
    with pytest.raises(NotYours):
        verify_part(part, by=world.cast.co_handler, at=NOON + HOUR)
    verify_part(part, text="看过", by=world.cast.verifier, at=NOON + 2 * HOUR)
    assert housing_of(event).state == PartState.VERIFIED


def test_an_answer_that_does_not_do_goes_back_with_a_reason_and_its_clock_runs_again(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    answer_part(housing_of(event), text="已看", by=world.cast.co_handler, at=NOON + HOUR)
    with pytest.raises(BadInput):
        send_back_part(housing_of(event), by=world.cast.handler, at=NOON + 2 * HOUR)
    send_back_part(housing_of(event), text="没有照片", by=world.cast.handler, at=NOON + 2 * HOUR)
    part = housing_of(event)
    assert (part.state, part.answered_at) == (PartState.SIGNED_FOR, None)
    assert world.cast.co_handler in told(event, "event.part_sent_back")
    assert Clock.objects.running().filter(part=part, kind=ClockKind.HANDLE).exists()


def test_the_lead_waits_for_all_parts_or_says_why_not(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    with pytest.raises(BadInput) as refusal:
        actions.submit_result(event, text="已疏通", by=world.cast.handler, at=NOON + HOUR)
    assert (refusal.value.code, refusal.value.facts["field"]) == ("parts_open", "without")
    assert "住建局" in str(refusal.value.message)
    actions.submit_result(event, text="已疏通", without="雨季后再加固", by=world.cast.handler, at=NOON + HOUR)
    part = housing_of(event)
    assert (part.state, part.answer) == (PartState.DROPPED, "雨季后再加固")
    assert world.cast.co_handler in told(event, "event.part_dropped")


def test_verifying_the_matter_verifies_what_was_answered(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    answer_part(housing_of(event), text="已加固", by=world.cast.co_handler, at=NOON + HOUR)
    actions.submit_result(event, text="已疏通", by=world.cast.handler, at=NOON + HOUR)
    assert {part.state for part in event.parts.all()} == {PartState.ANSWERED}
    actions.verify(event, by=world.cast.verifier, at=NOON + 2 * HOUR)
    assert {part.state for part in Part.objects.filter(event=event)} == {PartState.VERIFIED}
    actions.close(event, text="已办结", by=world.cast.desk, at=NOON + 3 * HOUR)


def test_a_part_that_came_to_be_open_stops_the_closing(world: World) -> None:
    event = make_event(world, State.VERIFIED)
    Part.objects.filter(event=event, department="housing").update(state=PartState.ANSWERED)
    with pytest.raises(Refused) as refusal:
        actions.close(event, text="已办结", by=world.cast.desk, at=NOON + HOUR)
    assert refusal.value.code == "parts_open_at_closing"
    drop_part(housing_of(event), text="另案办理", by=world.cast.desk, at=NOON + HOUR)
    actions.close(event, text="已办结", by=world.cast.desk, at=NOON + HOUR)


def test_a_part_reserved_for_later_is_not_seen_until_it_is_called_in(world: World) -> None:
    event, (roads, officer) = make_event(world, State.SIGNED_FOR), roads_with(world)
    actions.add_part(event, department=roads, text="恢复路面", later=True, by=world.cast.desk, at=NOON + HOUR)
    part = Part.objects.get(event=event, department=roads)
    assert (part.state, part.task) == (PartState.RESERVED, "恢复路面")
    assert not Event.objects.visible_to(scope_of(officer, NOON)).filter(pk=event.pk).exists()
    assert officer not in told(event, "event.part_added")
    assert not Clock.objects.filter(part=part).exists()
    call_in(part, by=world.cast.handler, at=NOON + 2 * HOUR)
    assert Event.objects.visible_to(scope_of(officer, NOON)).filter(pk=event.pk).exists()
    assert officer in told(event, "event.part_called_in")
    assert {clock.kind for clock in Clock.objects.running().filter(part=part)} == {"sign", "handle"}


def test_co_handlers_nest_once(world: World) -> None:
    event, (roads, officer) = make_event(world, State.SIGNED_FOR), roads_with(world)
    actions.add_part(event, department=roads, text="恢复路面", by=world.cast.co_handler, at=NOON + HOUR)
    part = Part.objects.select_related("under").get(event=event, department=roads)
    assert part.under == housing_of(event)
    assert By.ABOVE in part_standing(part, world.cast.co_handler, NOON + HOUR)
    lights = Department.objects.create(code="lights", name="路灯所", area=world.areas["440881"])
    with pytest.raises(Refused) as refusal:
        actions.add_part(event, department=lights, text="照明", by=officer, at=NOON + HOUR)
    assert refusal.value.code == "nested_once"


def test_a_limit_does_not_shrink_silently(world: World) -> None:
    event, (roads, _officer) = make_event(world, State.SIGNED_FOR), roads_with(world)
    add = {"department": roads, "text": "恢复路面", "by": world.cast.desk, "at": NOON + HOUR}
    with pytest.raises(BadInput) as refusal:
        actions.add_part(event, days=1, **add)
    assert refusal.value.facts["field"] == "why_short"
    with pytest.raises(BadInput) as refusal:
        actions.add_part(event, days=9, **add)
    assert refusal.value.code == "later_than_promised"
    actions.add_part(event, days=1, why_short="后天通车", **add)
    clock = Clock.objects.get(part__department=roads, kind=ClockKind.HANDLE)
    assert event.due_at is not None
    assert clock.due_at < event.due_at
    entry = Entry.objects.get(on_key=str(event.pk), verb="event.part_added")
    assert "后天通车" in entry.remark.text


def test_a_new_dispatch_keeps_what_was_answered(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    answer_part(housing_of(event), text="已加固", by=world.cast.co_handler, at=NOON + HOUR)
    actions.dispatch(event, lead=world.water, co_handlers=[world.housing], by=world.cast.desk, at=NOON + 2 * HOUR)
    assert housing_of(event).answer == "已加固"


ACTS = (answer_part, send_back_part, verify_part, drop_part)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=some.lists(some.tuples(some.sampled_from(range(7)), some.integers(0, 3)), max_size=14))
def test_no_matter_closes_with_an_open_part_whatever_is_tried(world: World, moves: list[tuple[int, int]]) -> None:
    event = make_event(world, State.SIGNED_FOR)
    cast = (world.cast.handler, world.cast.co_handler, world.cast.verifier, world.cast.desk)
    at = NOON + HOUR
    for move, who in moves:
        by, at = cast[who], at + timedelta(minutes=1)
        try:
            if move < 4:
                ACTS[move](housing_of(event), text="说明", by=by, at=at)
            else:
                step = ("submit_result", "verify", "close")[move - 4]
                getattr(actions, step)(event, text="说明", by=by, at=at)
        except (Refused, BadInput):
            event.refresh_from_db()
        if event.state in (State.VERIFIED, State.CLOSED):
            assert not Part.objects.filter(event=event, state__in=set(PartState) - PART_ENDED).exists()


# --- the whistle ------------------------------------------------------------------------------------------------------


def whistled(world: World, event: Event) -> Whistle:
    both = [world.water, world.housing]
    by = world.cast.cadre
    actions.whistle(event, departments=both, be_there_by=NOON + 4 * HOUR, text="墙要倒", by=by, at=NOON + HOUR)
    return Whistle.objects.get(event=event)


def test_a_community_calls_departments_to_the_spot(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    whistle = whistled(world, event)
    assert event.state == State.DISPATCHED
    assert [(part.department, part.leads) for part in event.parts.all()] == [
        (world.water, True),
        (world.housing, False),
    ]
    assert told(event, "event.whistled") >= {world.cast.handler, world.cast.co_handler}
    assert whistle.place == event.place or whistle.place == event.area.name
    assert {c.due_at for c in Clock.objects.running().filter(event=event, kind="arrive")} == {NOON + 4 * HOUR}


def test_who_came_and_who_did_not_is_recorded(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    whistled(world, event)
    arrive(Part.objects.get(event=event, leads=True), by=world.cast.handler, at=NOON + 3 * HOUR)
    with pytest.raises(NotYours):
        arrive(housing_of(event), by=world.cast.handler, at=NOON + 3 * HOUR)
    excuse(housing_of(event), text="在另一处抢险", by=world.cast.cadre, at=NOON + 3 * HOUR)
    calls = {call.part.department_id: (call.arrived_at, call.excused) for call in Call.objects.all()}
    assert calls == {"water": (NOON + 3 * HOUR, ""), "housing": (None, "在另一处抢险")}
    assert told(event, "event.arrived") >= {world.cast.cadre}
    assert not Clock.objects.unstopped().filter(event=event, kind="arrive").exists()
    with pytest.raises(Refused):
        arrive(housing_of(event), by=world.cast.co_handler, at=NOON + 4 * HOUR)


def test_a_whistle_ends_with_what_was_agreed(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    whistled(world, event)
    with pytest.raises(Refused) as refusal:
        whistled(world, event)
    assert refusal.value.code == "whistled_already"
    actions.end_whistle(event, text="水务清沟，住建加固", by=world.cast.cadre, at=NOON + 5 * HOUR)
    assert Whistle.objects.get(event=event).agreed == "水务清沟，住建加固"
    assert not Clock.objects.unstopped().filter(event=event, kind="arrive").exists()
    assert told(event, "event.whistle_ended") == {world.cast.handler, world.cast.co_handler}


def test_a_grid_worker_blows_no_whistle(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    with pytest.raises(NotYours):
        actions.whistle(
            event, departments=[world.water], be_there_by=NOON + 2 * HOUR, by=world.cast.worker, at=NOON + HOUR
        )
