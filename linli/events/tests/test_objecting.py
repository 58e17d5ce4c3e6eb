"""Objections end: once per department, in time, with the next owner and the basis; the second bounce is settled for good."""

from datetime import timedelta

import pytest

from linli.events import actions
from linli.events.forms import ACTS
from linli.events.models import Clock, Event, Objection, Part
from linli.events.rules import ClockKind, State
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.models import Appointment

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def bounced_twice(world: World) -> Event:
    """Water objected and was upheld; housing, next in turn, objected too."""
    event, desk = make_event(world, State.OBJECTED), world.cast.desk
    actions.uphold_objection(event, by=desk, at=NOON + HOUR)
    actions.dispatch(event, lead=world.housing, by=desk, at=NOON + HOUR)
    actions.object(event, next_owner=world.water, basis="清单第3项", by=world.cast.co_handler, at=NOON + HOUR)
    return event


def test_an_objection_names_the_next_owner_and_the_basis(world: World) -> None:
    event = make_event(world, State.DISPATCHED)
    with pytest.raises(BadInput) as refusal:
        actions.object(event, next_owner=world.housing, basis=" ", by=world.cast.handler, at=NOON + HOUR)
    assert refusal.value.facts["field"] == "basis"
    with pytest.raises(BadInput) as refusal:
        actions.object(event, next_owner=world.water, basis="清单", by=world.cast.handler, at=NOON + HOUR)
    assert refusal.value.code == "next_owner_is_own"
    actions.object(event, next_owner=world.housing, basis="清单第12项", by=world.cast.handler, at=NOON + HOUR)
    row = Objection.objects.get(event=event)
    assert (row.department, row.next_owner, row.bounce, row.coordinator) == (world.water, world.housing, 1, None)


def test_it_is_too_late_once_the_limit_to_sign_has_passed(world: World) -> None:
    event = make_event(world, State.DISPATCHED)
    due = Clock.objects.get(event=event, kind=ClockKind.SIGN, part__department=world.water).due_at
    with pytest.raises(Refused) as refusal:
        actions.object(event, basis="清单", by=world.cast.handler, at=due + HOUR)
    assert refusal.value.code == "too_late_to_object"
    actions.object(event, basis="清单", by=world.cast.handler, at=due)


def test_a_department_objects_once(world: World) -> None:
    event = make_event(world, State.OBJECTED)
    actions.dismiss_objection(event, text="按清单属水务", by=world.cast.desk, at=NOON + HOUR)
    with pytest.raises(Refused) as refusal:
        actions.object(event, basis="清单", by=world.cast.handler, at=NOON + HOUR)
    assert refusal.value.code == "objected_once"
    assert "2026-11-16" in str(refusal.value.message)


def test_an_upheld_objection_proposes_the_next_owner_and_never_comes_back(world: World) -> None:
    event = make_event(world, State.OBJECTED)
    actions.uphold_objection(event, by=world.cast.desk, at=NOON + HOUR)
    assert ACTS["dispatch"].form(event=event).initial["lead"] == "housing"
    with pytest.raises(BadInput) as refusal:
        actions.dispatch(event, lead=world.water, by=world.cast.desk, at=NOON + HOUR)
    assert refusal.value.code == "objection_was_upheld"


def test_the_second_bounce_goes_to_a_named_coordinator_with_a_clock(world: World) -> None:
    event = bounced_twice(world)
    row = Objection.objects.filter(event=event).last()
    assert row is not None
    assert (row.bounce, row.coordinator) == (2, world.cast.leader)
    entry = Entry.objects.filter(on_key=str(event.pk), verb="event.objected").last()
    assert Notice.objects.filter(entry=entry, person=world.cast.leader).exists()
    clock = Clock.objects.unstopped().get(event=event, kind=ClockKind.ANSWER)
    assert clock.paused_at is None
    assert actions.bound_by(clock, event, NOON + HOUR) == [world.cast.leader]
    for step in (actions.uphold_objection, actions.dismiss_objection):
        with pytest.raises(Refused) as refusal:
            step(event, text="退回", by=world.cast.desk, at=NOON + 2 * HOUR)
        assert refusal.value.code == "bounced_twice"


def test_what_the_coordinator_settles_binds(world: World) -> None:
    event = bounced_twice(world)
    with pytest.raises(NotYours):
        actions.settle(event, lead=world.water, text="由水务牵头", by=world.cast.desk, at=NOON + 2 * HOUR)
    actions.settle(event, lead=world.water, text="由水务牵头", by=world.cast.leader, at=NOON + 2 * HOUR)
    assert event.state == State.DISPATCHED
    assert Part.objects.get(event=event, leads=True).department == world.water
    assert {n.person for n in Notice.objects.filter(entry__verb="event.objection_settled")} >= {world.cast.handler}
    for officer in (world.cast.handler, world.cast.co_handler):
        with pytest.raises(Refused):
            actions.object(event, basis="清单", by=officer, at=NOON + 3 * HOUR)
    actions.sign_for(event, by=world.cast.handler, at=NOON + 3 * HOUR)


def test_where_no_leader_is_the_desk_above_coordinates(world: World) -> None:
    Appointment.objects.filter(person=world.cast.leader).delete()
    event = bounced_twice(world)
    assert "settle" not in actions.steps_for(event, world.cast.desk, NOON + 2 * HOUR)
    assert "settle" in actions.steps_for(event, world.cast.county, NOON + 2 * HOUR)
    actions.settle(event, lead=world.water, text="由水务牵头", by=world.cast.county, at=NOON + 2 * HOUR)


def test_whoever_objected_last_may_be_settled_on(world: World) -> None:
    event = bounced_twice(world)
    actions.settle(event, lead=world.housing, text="由住建牵头", by=world.cast.leader, at=NOON + 2 * HOUR)
    assert [part.department for part in event.parts.all()] == [world.housing]
    with pytest.raises(Refused) as refusal:
        actions.object(event, basis="清单", by=world.cast.co_handler, at=NOON + 3 * HOUR)
    assert refusal.value.code == "objected_once"


def test_a_hand_back_after_signing_counts_as_a_bounce(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    actions.hand_back(event, text="需住建牵头", by=world.cast.handler, at=NOON + HOUR)
    actions.dispatch(event, lead=world.housing, by=world.cast.desk, at=NOON + HOUR)
    actions.object(event, basis="清单", by=world.cast.co_handler, at=NOON + 2 * HOUR)
    assert Objection.objects.get(event=event).bounce == 2


def test_a_matter_taken_up_again_begins_a_new_round(world: World) -> None:
    event, desk = make_event(world, State.OBJECTED), world.cast.desk
    actions.dismiss_objection(event, text="属水务", by=desk, at=NOON + HOUR)
    actions.sign_for(event, by=world.cast.handler, at=NOON + HOUR)
    actions.submit_result(event, text="已疏通", without="只作支持", by=world.cast.handler, at=NOON + HOUR)
    actions.verify(event, by=desk, at=NOON + HOUR)
    actions.close(event, text="已办结", by=desk, at=NOON + HOUR)
    actions.reopen(event, text="又堵了", by=None, at=NOON + DAY)
    actions.dispatch(event, lead=world.water, by=desk, at=NOON + DAY)
    actions.object(event, basis="清单", by=world.cast.handler, at=NOON + DAY)
    assert list(Objection.objects.filter(event=event).values_list("round", "bounce")) == [(0, 1), (1, 1)]
