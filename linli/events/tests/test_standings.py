"""What is read of many matters at once is what is asked of each alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.events import actions, standings
from linli.events.actions.verification_rules import set_rule
from linli.events.actions.verifying import asked_for
from linli.events.models import Event
from linli.events.pressing import running
from linli.events.rules import OPEN, State, Verification, steps_open
from linli.events.testing import NOON, World, make_event
from linli.people.actions import scope_of

pytestmark = pytest.mark.django_db
WHO = ("worker", "cadre", "desk", "county", "handler", "co_handler", "verifier", "leader", "neighbour", "nobody")
LATER = NOON + timedelta(hours=3)


def matters(world: World) -> list[Event]:
    """One in each open state, and some with questions open beside it."""
    made = [make_event(world, state) for state in sorted(OPEN)]
    handled = next(one for one in made if one.state == State.HANDLING)
    asked, at = NOON + timedelta(days=30), NOON + timedelta(hours=1)
    actions.ask_extension(handled, until=asked, text="等材料", by=world.cast.handler, at=at)
    called = make_event(world, State.SIGNED_FOR, category=world.wall)
    actions.whistle(
        called,
        departments=[world.housing],
        place="村口",
        be_there_by=at + timedelta(hours=4),
        text="来看",
        by=world.cast.cadre,
        at=at,
    )
    actions.supervise(called, supervisor=world.cast.leader, due_at=asked, text="盯住", by=world.cast.county, at=at)
    return [*made, called]


def assert_alike(world: World) -> None:
    read = list(standings.with_parts(Event.objects.order_by("pk")))
    for name in WHO:
        person = getattr(world.cast, name)
        scope = scope_of(person, LATER)
        for one in standings.read(read, person, LATER, scope):
            event = Event.objects.get(pk=one.event.pk)
            alone = actions.standing_of(event, person, LATER, scope)
            assert (one.standing.roles, one.standing.handled, one.standing.leads, one.standing.signed) == (
                *(alone.roles, alone.handled, alone.leads, alone.signed),
            )
            assert bool(one.standing.unit) == bool(alone.unit)
            assert list(one.steps) == steps_open(event.state, alone, questions=actions.questions_of(event)), name
            parts = list(event.parts.select_related("under").prefetch_related("calls__whistle"))
            of_parts = actions.steps_of_parts(event, parts, person, scope, alone, running(event))
            assert {part.pk: list(steps) for part, steps in one.part_steps.items()} == {
                part: steps for part, steps in of_parts.items() if steps
            }
            assert one.asks == asked_for(event)


def test_what_is_read_at_once_is_what_is_asked_one_by_one(world: World) -> None:
    matters(world)
    assert_alike(world)


def test_also_where_the_county_has_another_unit_verify(world: World) -> None:
    matters(world)
    asks = Verification(other_unit=True, result_photo=True, near_m=100)
    set_rule(area=world.areas["440881"], category=None, asks=asks, by=world.cast.county, at=NOON)
    assert_alike(world)


def test_fifty_take_as_many_queries_as_one(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            events = list(standings.with_parts(Event.objects.order_by("pk")))
            standings.read(events, world.cast.handler, LATER, scope_of(world.cast.handler, LATER))
        return len(caught)

    make_event(world, State.SIGNED_FOR)
    few = queries()
    for state in (State.SIGNED_FOR, State.RESULT_SUBMITTED, State.OBJECTED) * 3:
        make_event(world, state)
    assert queries() <= few
