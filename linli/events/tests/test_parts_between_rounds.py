"""Parts, calls and their clocks when a matter goes round again: nothing that was done is lost, nothing is left hanging."""

from datetime import timedelta

import pytest

from linli.events import actions
from linli.events.actions.joint import answer_part, arrive
from linli.events.models import Call, Clock, Event, Part, Whistle
from linli.events.rules import ClockKind, PartState, State
from linli.events.testing import NOON, World, make_event
from linli.events.tests.test_joint import HOUR, housing_of, roads_with, whistled
from linli.kit.refusal import BadInput, Refused

DAY = timedelta(days=1)


def lead_of(event: Event) -> Part:
    return Part.objects.get(event=event, leads=True)


def test_an_answer_below_a_part_that_ends_is_kept(world: World) -> None:
    event, (roads, officer) = make_event(world, State.SIGNED_FOR), roads_with(world)
    actions.add_part(event, department=roads, text="恢复路面", by=world.cast.co_handler, at=NOON + HOUR)
    answer_part(Part.objects.get(event=event, department=roads), text="路面已恢复", by=officer, at=NOON + HOUR)
    actions.dispatch(event, lead=world.water, by=world.cast.desk, at=NOON + 2 * HOUR)
    kept = Part.objects.get(event=event, department=roads)
    assert (kept.state, kept.answer, kept.under) == (PartState.ANSWERED, "路面已恢复", None)


def test_who_came_to_the_spot_stays_recorded_when_it_is_dispatched_anew(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    whistled(world, event)
    arrive(lead_of(event), by=world.cast.handler, at=NOON + 2 * HOUR)
    actions.dispatch(event, lead=world.housing, co_handlers=[world.water], by=world.cast.desk, at=NOON + 3 * HOUR)
    calls = {call.department_id: call.arrived_at for call in Call.objects.filter(whistle__event=event)}
    assert calls == {"water": NOON + 2 * HOUR, "housing": None}
    arrive(lead_of(event), by=world.cast.co_handler, at=NOON + 4 * HOUR)
    assert not Call.objects.filter(whistle__event=event, arrived_at__isnull=True).exists()


@pytest.mark.parametrize("way", ["hand_back", "close"])
def test_a_matter_that_leaves_its_departments_calls_nobody_any_more(world: World, way: str) -> None:
    event = make_event(world, State.SIGNED_FOR)
    whistled(world, event)
    at = NOON + 3 * HOUR
    if way == "hand_back":
        actions.hand_back(event, text="需住建牵头", by=world.cast.handler, at=at)
    else:
        actions.submit_result(event, text="已疏通", without="不需要", by=world.cast.handler, at=at)
        actions.verify(event, by=world.cast.verifier, at=at)
        actions.close(event, text="已办结", by=world.cast.desk, at=at)
        actions.reopen(event, text="又堵了", by=world.cast.desk, at=at + HOUR)
    assert Whistle.objects.get(event=event).ended_at == at
    assert {call.department_id for call in Call.objects.filter(whistle__event=event)} == {"water", "housing"}
    actions.whistle(event, departments=[world.housing], be_there_by=at + 5 * HOUR, by=world.cast.cadre, at=at + HOUR)
    assert lead_of(event).department == world.housing


def test_the_limit_of_a_co_handler_follows_the_promise_unless_it_has_its_own(world: World) -> None:
    event, (roads, _officer) = make_event(world, State.SIGNED_FOR), roads_with(world)
    own = {"department": roads, "text": "恢复路面", "days": 1, "why_short": "后天通车"}
    actions.add_part(event, **own, by=world.cast.desk, at=NOON + HOUR)
    before = due_of(roads.pk)
    assert event.due_at is not None
    until = event.due_at + 5 * DAY
    actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=NOON + 2 * HOUR)
    actions.extend(event, by=world.cast.desk, at=NOON + 3 * HOUR)
    assert due_of("housing") == until
    assert due_of(roads.pk) == before


def due_of(department: str) -> object:
    return Clock.objects.unstopped().get(part__department=department, kind=ClockKind.HANDLE).due_at


def test_the_limit_of_a_co_handler_stands_still_as_the_promise_does(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    actions.ask_supplement(event, text="哪一户？", by=world.cast.desk, at=NOON + HOUR)
    actions.supplement(event, text="三巷五号", by=None, at=NOON + 3 * HOUR)
    assert due_of("housing") == event.due_at


def test_a_reserved_department_gets_its_limit_when_it_is_called_in(world: World) -> None:
    event, (roads, _officer) = make_event(world, State.SIGNED_FOR), roads_with(world)
    later = {"department": roads, "text": "恢复路面", "later": True, "days": 2}
    with pytest.raises(BadInput) as refusal:
        actions.add_part(event, **later, by=world.cast.desk, at=NOON + HOUR)
    assert (refusal.value.code, refusal.value.facts["field"]) == ("limit_of_reserved", "days")


def test_a_department_not_waited_for_reads_on_and_does_nothing_more(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    actions.PART_ACTS["drop_part"](housing_of(event), text="另案办理", by=world.cast.handler, at=NOON + HOUR)
    assert actions.steps_for(event, world.cast.co_handler, NOON + 2 * HOUR) == []
    with pytest.raises(Refused):
        actions.handle(event, by=world.cast.co_handler, at=NOON + 2 * HOUR)


def test_a_whistle_calls_no_department_whose_objection_was_upheld(world: World) -> None:
    event = make_event(world, State.OBJECTED)
    actions.uphold_objection(event, by=world.cast.desk, at=NOON + HOUR)
    with pytest.raises(BadInput):
        whistled(world, event)


def test_whoever_whistles_names_the_lead(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    both = {"departments": [world.housing, world.water], "lead": world.water}
    actions.whistle(event, **both, be_there_by=NOON + 4 * HOUR, by=world.cast.cadre, at=NOON + HOUR)
    assert lead_of(event).department == world.water
