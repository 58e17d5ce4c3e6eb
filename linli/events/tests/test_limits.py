"""Limits of the steps as the county keeps them: the nearest wins, what runs keeps its own, and no act asks more for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.events import actions
from linli.events.actions import limits
from linli.events.actions.categories import edit_category
from linli.events.models import Category, StepLimit
from linli.events.rules import STEP_LIMITS, ClockKind, Limit, State, Urgency, own_limit, step_limit
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours

TOWN = "440881101"


def set_limit(world: World, limit: Limit | None, *, area: str = "440881", kind: str = ClockKind.DISPATCH) -> None:
    limits.set_limit(
        world.areas[area], kind=kind, urgency=Urgency.NORMAL, limit=limit, reason="试行", by=world.cast.county, at=NOON
    )


def test_without_a_limit_of_its_own_the_county_has_those_that_linli_comes_with() -> None:
    for kind, by_urgency in STEP_LIMITS.items():
        for urgency, limit in by_urgency.items():
            assert own_limit(kind, urgency, {}, ["440881"]) == limit
    assert step_limit(ClockKind.SIGN, "grave", "normal", {}, []) == STEP_LIMITS[ClockKind.SIGN][Urgency.IMMEDIATE]


def test_the_limit_nearest_to_the_matter_wins(world: World) -> None:
    set_limit(world, Limit(hours=6))
    set_limit(world, Limit(natural_days=2), area=TOWN)
    here = make_event(world, State.ACCEPTED, at=NOON).clocks.get(kind=ClockKind.DISPATCH)
    there = make_event(world, State.ACCEPTED, at=NOON, area=world.areas["440881102201001"]).clocks.get(
        kind=ClockKind.DISPATCH
    )
    assert (here.unit, here.amount) == ("natural_days", 2)
    assert (there.unit, there.amount) == ("hours", 6)


def test_a_clock_that_runs_keeps_its_limit_unless_its_class_changes(world: World) -> None:
    event = make_event(world, State.ACCEPTED, at=NOON)
    clock = event.clocks.get(kind=ClockKind.DISPATCH)
    was = clock.due_at
    set_limit(world, Limit(hours=1))
    actions.supplement(event, text="又堵了", by=world.cast.desk, at=NOON)
    clock.refresh_from_db()
    assert clock.due_at == was
    actions.classify(event, urgency="urgent", by=world.cast.desk, at=NOON)
    clock.refresh_from_db()
    assert clock.amount == 2 and clock.due_at != was


def test_the_limit_to_accept_binds_the_promise(world: World) -> None:
    set_limit(world, Limit(hours=2), kind=ClockKind.ACCEPT)
    event = make_event(world, State.REPORTED, at=NOON)
    assert event.due_at is not None and (event.due_at - NOON).total_seconds() == 7200


def test_taking_a_limit_away_goes_back_to_what_holds_above(world: World) -> None:
    set_limit(world, Limit(hours=6))
    set_limit(world, None)
    assert not StepLimit.objects.exists()
    entry = Entry.objects.filter(verb="limit.changed").latest("id")
    assert (entry.facts["before"], entry.facts["after"], entry.by) == ("6:hours", "-", world.cast.county)
    with pytest.raises(BadInput):
        set_limit(world, None)


def test_only_the_county_sets_limits_and_only_possible_ones(world: World) -> None:
    area = world.areas[TOWN]
    given = {"kind": ClockKind.SIGN, "urgency": Urgency.NORMAL, "reason": "x", "at": NOON}
    with pytest.raises(NotYours):
        limits.set_limit(area, limit=Limit(hours=1), by=world.cast.desk, **given)
    for amount in (0, 9000):
        with pytest.raises(BadInput):
            limits.set_limit(area, limit=Limit(hours=amount), by=world.cast.county, **given)
    with pytest.raises(BadInput):
        limits.set_limit(area, limit=Limit(hours=1), by=world.cast.county, **{**given, "kind": "handle"})


def test_a_step_asks_no_further_query_for_its_limits(world: World) -> None:
    event, other = (make_event(world, State.REPORTED, at=NOON) for _n in range(2))
    limits.own_limits()
    with CaptureQueriesContext(connection) as queries:
        actions.accept(event, by=world.cast.desk, at=NOON)
    assert not [one for one in queries if "events_steplimit" in one["sql"]]
    limits.forget()
    with CaptureQueriesContext(connection) as queries:
        actions.accept(other, by=world.cast.desk, at=NOON)
    assert len([one for one in queries if "events_steplimit" in one["sql"]]) == 1


@pytest.mark.parametrize(
    ("field", "amount", "unit"), [("limit_natural_days", 3, "natural_days"), ("limit_shift_hours", 10, "shift_hours")]
)
def test_a_category_may_count_natural_days_or_working_hours(world: World, field: str, amount: int, unit: str) -> None:
    edit_category(world.drain, by=world.cast.county, at=NOON, **{field: amount})
    drain = Category.objects.get(pk=world.drain.pk)
    assert drain.limit == Limit(**{unit: amount}) and drain.limit_working_days is None
    event = make_event(world, State.ACCEPTED, at=NOON, category=drain)
    clock = event.clocks.get(kind=ClockKind.HANDLE)
    assert (clock.unit, clock.amount, clock.due_at) == (unit, amount, event.due_at)
