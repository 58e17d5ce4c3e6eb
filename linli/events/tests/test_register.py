"""Acts on the register: a grid that is redrawn or closed hands on what is open in it, and the journal says so."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.areas import ground
from linli.areas.actions import cover, set_boundary
from linli.areas.geometry import clean_outline
from linli.areas.models import Area, Kind, Place, PlaceKind
from linli.events import actions
from linli.events.actions import register
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import GRID, NOON, World, make_event
from linli.journal.models import Entry
from linli.journal.proving import verify_chain
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import on_duty
from linli.people.models import Appointment
from linli.people.rules import Role

TODAY = date(2026, 11, 16)
SIXTH = "440881101201006"


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


WHOLE = box(110.0, 21.5, 110.02, 21.52)
WEST, EAST = box(110.0, 21.5, 110.008, 21.52), box(110.008, 21.5, 110.02, 21.52)
HALVES = [("上县西网格", WEST), ("上县东网格", EAST)]


@pytest.fixture
def drawn(world: World) -> World:
    """The world with an outline of the worker's grid."""
    set_boundary(world.grid, clean_outline(WHOLE), on=date(2024, 1, 1))
    return world


def placed(world: World, lon: float | None, lat: float | None, state: str = State.REPORTED) -> Event:
    event = make_event(world, state, at=NOON - timedelta(hours=3))
    Event.objects.filter(pk=event.pk).update(lon=lon, lat=lat)
    return event


def area_of(event: Event) -> str:
    return Event.objects.get(pk=event.pk).area.name


def redrawn(world: World, outlines: Any = None, **more: Any) -> list[Area]:
    return register.redraw(world.grid, outlines or HALVES, by=world.cast.desk, at=NOON, **more)


def test_open_matters_go_where_they_lie_and_the_journal_says_so(drawn: World) -> None:
    west, east, nowhere = placed(drawn, 110.004, 21.51), placed(drawn, 110.015, 21.51), placed(drawn, None, None)
    ended = placed(drawn, 110.004, 21.51, State.SELF_HANDLED)
    made = redrawn(drawn)
    assert [area_of(one) for one in (west, east, nowhere, ended)] == [
        *("上县西网格", "上县东网格", "上县东网格"),
        "上县第五网格",
    ]
    told = Entry.objects.get(verb="event.carried_over", on_key=str(west.pk))
    assert told.facts == {"came_from": GRID, "to": made[0].code}
    assert Entry.objects.get(verb="area.redrawn").facts == {"into": [one.code for one in made]}
    assert {one.facts["in_place_of"] for one in Entry.objects.filter(verb="area.opened")} == {GRID}
    assert list(verify_chain()) == []


def test_the_plan_says_what_redrawing_then_does(drawn: World) -> None:
    events = [placed(drawn, lon, 21.51) for lon in (110.004, 110.005, 110.015)]
    plan = register.plan_redraw(drawn.grid, HALVES)
    assert [one.matters for one in plan] == [2, 1]
    assert [one.is_successor for one in plan] == [False, True]
    redrawn(drawn)
    assert [area_of(one) for one in events] == ["上县西网格", "上县西网格", "上县东网格"]


def test_planning_stores_nothing(drawn: World) -> None:
    placed(drawn, 110.004, 21.51)
    before = Area.objects.count(), Entry.objects.count()
    register.plan_redraw(drawn.grid, HALVES)
    assert (Area.objects.count(), Entry.objects.count()) == before


def test_reports_are_routed_to_the_new_grids(drawn: World) -> None:
    west, east = redrawn(drawn)
    ground.forget()
    assert ground.locate(110.004, 21.51) == west.code
    assert ground.locate(110.015, 21.51) == east.code


def test_whoever_answered_for_the_old_grid_answers_for_the_new_ones(drawn: World) -> None:
    held = Appointment.objects.get(area=GRID, person=drawn.cast.worker)
    register.add_leave(held, from_at=NOON, to_at=NOON + timedelta(days=3), by=drawn.cast.worker, at=NOON)
    for grid in redrawn(drawn):
        assert [turn.person for turn in on_duty(grid.code, NOON)] == [drawn.cast.deputy]
        assert [turn.person for turn in on_duty(grid.code, NOON + timedelta(days=4))] == [drawn.cast.worker]
    assert not Appointment.objects.filter(area=GRID).valid_on(TODAY).exists()


def test_places_and_settlements_are_handed_on(drawn: World) -> None:
    register.add_place(drawn.grid, "上县小学", PlaceKind.SCHOOL, lon=110.004, lat=21.51, by=drawn.cast.desk, at=NOON)
    hamlet = register.open_area(
        drawn.areas["440881101201"], "下头村", kind=Kind.NATURAL_VILLAGE, by=drawn.cast.desk, at=NOON
    )
    cover(drawn.grid, hamlet)
    west, east = redrawn(drawn)
    assert Place.objects.get().area == west
    assert {row.grid_id for row in hamlet.covered_by.all()} == {GRID, west.code, east.code}


def test_a_matter_reopened_in_a_closed_grid_goes_to_the_one_that_answers_there_now(drawn: World) -> None:
    west, nowhere = placed(drawn, 110.004, 21.51, State.CLOSED), placed(drawn, None, None, State.CLOSED)
    made = redrawn(drawn)
    ground.forget()
    for event in (west, nowhere):
        actions.reopen(Event.objects.get(pk=event.pk), text="没有解决", by=None, at=NOON + timedelta(hours=1))
    assert [area_of(west), area_of(nowhere)] == ["上县西网格", "上县东网格"]
    told = Entry.objects.get(verb="event.carried_over", on_key=str(west.pk))
    assert told.facts == {"came_from": GRID, "to": made[0].code}
    assert drawn.cast.worker.notices.filter(entry=told).exists()


def test_a_matter_reopened_in_a_grid_closed_without_successor_goes_to_its_village(drawn: World) -> None:
    event = placed(drawn, 110.004, 21.51, State.CLOSED)
    register.close_area(drawn.grid, by=drawn.cast.desk, at=NOON)
    ground.forget()
    actions.reopen(Event.objects.get(pk=event.pk), text="没有解决", by=None, at=NOON + timedelta(hours=1))
    assert area_of(event) == "上县村"


def test_outlines_that_overlap_are_refused_and_nothing_is_stored(drawn: World) -> None:
    event = placed(drawn, 110.004, 21.51)
    with pytest.raises(BadInput) as refused:
        redrawn(drawn, [("西", box(110.0, 21.5, 110.012, 21.52)), ("东", EAST)])
    assert refused.value.code == "pieces_overlap"
    assert Area.objects.get(pk=GRID).is_open and area_of(event) == "上县第五网格"


def test_a_grid_is_redrawn_once(drawn: World) -> None:
    stale = Area.objects.get(pk=GRID)
    redrawn(drawn)
    with pytest.raises(Refused) as refused:
        register.redraw(stale, HALVES, by=drawn.cast.desk, at=NOON)
    assert refused.value.code == "closed_already"
    assert Area.objects.filter(parent="440881101201", valid_to__isnull=True).count() == 3


def test_only_keepers_of_the_register_redraw(drawn: World) -> None:
    for person in (drawn.cast.worker, drawn.cast.cadre, drawn.cast.leader, drawn.cast.auditor, drawn.cast.neighbour):
        with pytest.raises(NotYours):
            register.redraw(drawn.grid, HALVES, by=person, at=NOON)


def test_closing_hands_open_matters_to_the_successor(drawn: World) -> None:
    event = placed(drawn, 110.004, 21.51)
    with pytest.raises(BadInput) as refused:
        register.close_area(drawn.grid, by=drawn.cast.desk, at=NOON)
    assert refused.value.code == "successor_needed"
    register.close_area(drawn.grid, successor=drawn.areas[SIXTH], by=drawn.cast.desk, at=NOON)
    assert area_of(event) == "上县第六网格"
    closed = Area.objects.get(pk=GRID)
    assert (closed.valid_to, closed.successor_id) == (TODAY, SIXTH)
    assert not Appointment.objects.filter(area=GRID).valid_on(TODAY).exists()
    assert Entry.objects.get(verb="area.closed").facts == {"successor": SIXTH}


def test_a_grid_without_open_matters_closes_without_a_successor(drawn: World) -> None:
    register.close_area(drawn.grid, by=drawn.cast.desk, at=NOON)
    ground.forget()
    assert ground.locate(110.004, 21.51) is None


def test_the_successor_must_be_theirs_and_open(drawn: World) -> None:
    placed(drawn, None, None)
    with pytest.raises(NotYours):
        register.close_area(drawn.grid, successor=drawn.areas["440881102201001"], by=drawn.cast.desk, at=NOON)
    register.close_area(drawn.areas[SIXTH], by=drawn.cast.desk, at=NOON)
    with pytest.raises(BadInput) as refused:
        register.close_area(drawn.grid, successor=Area.objects.get(pk=SIXTH), by=drawn.cast.desk, at=NOON)
    assert refused.value.code == "bad_successor"


def test_an_area_with_areas_in_it_does_not_close(drawn: World) -> None:
    with pytest.raises(Refused) as refused:
        register.close_area(drawn.areas["440881101201"], by=drawn.cast.county, at=NOON)
    assert refused.value.code == "children_open"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.GRID, "440881101201001"),
        (Kind.SPECIAL_GRID, "440881101201500"),
        (Kind.NATURAL_VILLAGE, "440881101201600"),
        (Kind.VILLAGE_GROUP, "440881101201900"),
    ],
)
def test_a_new_area_is_given_the_next_code_of_its_kind(world: World, kind: Kind, code: str) -> None:
    village = world.areas["440881101201"]
    made = register.open_area(village, "新区", kind=kind, by=world.cast.desk, at=NOON)
    assert (made.code, made.valid_from) == (code, TODAY)
    register.close_area(made, by=world.cast.desk, at=NOON)
    again = register.open_area(village, "新区", kind=kind, by=world.cast.desk, at=NOON)
    assert int(again.code) == int(code) + 1


def test_a_kind_of_another_level_is_refused(world: World) -> None:
    with pytest.raises(BadInput) as refused:
        register.open_area(world.areas["440881101201"], "镇", kind=Kind.TOWNSHIP, by=world.cast.desk, at=NOON)
    assert refused.value.code == "bad_kind"


def test_a_grid_with_an_outline_is_redrawn_not_drawn_over(drawn: World) -> None:
    with pytest.raises(Refused) as refused:
        register.draw(drawn.grid, WEST, by=drawn.cast.desk, at=NOON)
    assert refused.value.code == "redraw_it"
    register.draw(drawn.areas[SIXTH], box(110.02, 21.5, 110.03, 21.52), by=drawn.cast.desk, at=NOON)
    village = drawn.areas["440881101201"]
    for outline in (WHOLE, box(110.0, 21.5, 110.03, 21.52)):
        register.draw(village, outline, by=drawn.cast.desk, at=NOON)
    assert village.boundaries.count() == 2


def test_nobody_appoints_themselves(world: World) -> None:
    with pytest.raises(NotYours) as refused:
        register.appoint(
            world.cast.desk, role=Role.VERIFIER, area=world.grid, from_on=TODAY, by=world.cast.desk, at=NOON
        )
    assert refused.value.code == "own_appointment"


def test_only_a_security_administrator_appoints_administrators(world: World) -> None:
    county = world.areas["440881"]
    for other in (world.cast.county, world.cast.system):
        with pytest.raises(NotYours):
            register.appoint(world.cast.nobody, role=Role.SYSTEM_ADMIN, area=county, from_on=TODAY, by=other, at=NOON)
    made = register.appoint(
        world.cast.nobody, role=Role.AUDITOR, area=county, from_on=TODAY, by=world.cast.security, at=NOON
    )
    assert made.role == Role.AUDITOR


def test_a_desk_ends_no_appointment_of_an_administrator(world: World) -> None:
    held = Appointment.objects.get(person=world.cast.auditor)
    with pytest.raises(NotYours):
        register.end_appointment(held, on=TODAY, by=world.cast.county, at=NOON)
    register.end_appointment(held, on=TODAY, by=world.cast.security, at=NOON)
    assert Entry.objects.get(verb="appointment.ended").by == world.cast.security


def test_an_ended_appointment_is_not_ended_again(world: World) -> None:
    held = Appointment.objects.get(person=world.cast.worker)
    register.end_appointment(held, on=TODAY, by=world.cast.desk, at=NOON)
    with pytest.raises(Refused) as refused:
        register.end_appointment(held, on=TODAY + timedelta(days=30), by=world.cast.desk, at=NOON)
    assert refused.value.code == "ended_already"


@pytest.mark.parametrize(("lon", "lat"), [(111.0, 21.51), (21.51, 110.004)])
def test_a_place_outside_its_area_is_refused(drawn: World, lon: float, lat: float) -> None:
    with pytest.raises(BadInput) as refused:
        register.add_place(drawn.grid, "学校", PlaceKind.SCHOOL, lon=lon, lat=lat, by=drawn.cast.desk, at=NOON)
    assert refused.value.code in ("place_outside", "bad_place_position")
    assert not Place.objects.exists()
