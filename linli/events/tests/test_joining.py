"""Merge, separate and split: all stay readable, and all can be undone."""

from datetime import timedelta

import pytest

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.kit.refusal import BadInput, Refused

LATER = NOON + timedelta(hours=3)


def test_a_merged_matter_names_the_other_and_can_be_separated(world: World) -> None:
    first, second = make_event(world), make_event(world, State.DISPATCHED)
    actions.merge(second, into=first, text="同一处", by=world.cast.desk, at=LATER)
    assert (second.state, second.merged_into, second.ended_at) == (State.MERGED, first, LATER)
    actions.separate(second, by=world.cast.desk, at=LATER)
    assert (second.state, second.merged_into, second.ended_at) == (State.DISPATCHED, None, None)
    assert second.parts.count() == 2


def test_no_matter_is_merged_into_itself_or_into_an_ended_one(world: World) -> None:
    event = make_event(world)
    with pytest.raises(BadInput):
        actions.merge(event, into=event, by=world.cast.desk, at=LATER)
    with pytest.raises(Refused):
        actions.merge(event, into=make_event(world, State.CLOSED), by=world.cast.desk, at=LATER)


def test_two_matters_cannot_be_merged_into_each_other(world: World) -> None:
    first, second = make_event(world), make_event(world)
    stale_first = Event.objects.get(pk=first.pk)
    actions.merge(second, into=first, by=world.cast.desk, at=LATER)
    with pytest.raises(Refused):
        actions.merge(stale_first, into=second, by=world.cast.desk, at=LATER)


def test_a_split_makes_matters_of_their_own_in_the_same_place(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    made = actions.split(event, texts=["路灯不亮", "", "垃圾未清"], by=world.cast.desk, at=LATER)
    assert [one.text for one in made] == ["路灯不亮", "垃圾未清"]
    for one in made:
        assert (one.split_from, one.state, one.area_id, one.due_at) == (
            event,
            State.ACCEPTED,
            event.area_id,
            event.due_at,
        )
    assert [one.number[-1] for one in made] == ["2", "3"]


def test_a_split_is_undone_by_merging_back(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    (child,) = actions.split(event, texts=["路灯不亮"], by=world.cast.desk, at=LATER)
    actions.merge(child, into=event, by=world.cast.desk, at=LATER)
    assert child.merged_into == event
