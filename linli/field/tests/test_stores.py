"""What the app asks of the store, on either of them: without pages, so that it runs on PostgreSQL as well."""

from datetime import timedelta

import pytest

from linli.events import actions
from linli.events.rules import OPEN, State
from linli.events.testing import GRID, NOON, World, draw_boundaries, make_event
from linli.field.grid import grid_for
from linli.field.likely import learn, likely_in
from linli.field.reference import reference_for, reference_for_everybody
from linli.field.tasks import tasks_for
from linli.people.actions import scope_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)


def test_reference_tasks_and_grid_of_everybody_are_read(world: World) -> None:
    draw_boundaries(world)
    for state in sorted(OPEN):
        make_event(world, state)
    waiting = {}
    for name in ("worker", "cadre", "desk", "county", "handler", "co_handler", "verifier", "leader", "nobody"):
        person = getattr(world.cast, name)
        scope = scope_of(person, LATER)
        reference_for(person, scope, LATER)
        grid_for(person, scope, LATER)
        waiting[name] = {one["state"] for one in tasks_for(person, scope, LATER)["tasks"]}
    assert {State.REPORTED, State.CHECKING} <= waiting["worker"] and not waiting["nobody"]
    assert {State.DISPATCHED, State.SIGNED_FOR, State.HANDLING} <= waiting["handler"]
    assert len(reference_for_everybody(LATER)["areas"]) == 3


def test_what_is_likely_is_learned_by_hours_of_the_local_day(world: World) -> None:
    for minute in range(2):
        # 23:30 in Shanghai, the afternoon in Greenwich.
        make_event(world, category=world.wall, at=NOON + timedelta(hours=11, minutes=30 + minute))
    while learn(NOON + timedelta(days=1)):
        pass
    assert likely_in([GRID], ["C01", "C02"])[GRID] == {
        "0-5": ["C01", "C02"],
        "6-11": ["C01", "C02"],
        "12-17": ["C01", "C02"],
        "18-23": ["C02", "C01"],
    }


def test_one_s_own_report_waits_for_details(world: World) -> None:
    event = make_event(world, source="grid", by=world.cast.worker)
    actions.ask_supplement(event, text="在哪？", by=world.cast.county, at=NOON + timedelta(hours=1))
    person = world.cast.worker
    found = tasks_for(person, scope_of(person, LATER), LATER)["tasks"]
    assert [one["number"] for one in found] == [event.number]
