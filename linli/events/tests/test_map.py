"""The map: matters in sight as points, and outlines of the ground."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import GRID, IN_GRID, World, draw_boundaries, make_event
from linli.people.models import Person

ELSEWHERE = "440881102201001"


@pytest.fixture(autouse=True)
def ground(world: World) -> None:
    draw_boundaries(world)


def ask(person: Person, address: str) -> Any:
    client = Client()
    client.force_login(person)
    return client.get(address)


def put(world: World, state: str = State.REPORTED, *, area: str = GRID, days_ago: int = 0, **more: Any) -> Event:
    """A matter with a position."""
    event = make_event(
        world, state, area=world.areas[area], at=timezone.now() - timedelta(days=days_ago, hours=1), **more
    )
    Event.objects.filter(pk=event.pk).update(lon=IN_GRID[0], lat=IN_GRID[1])
    return event


def points(person: Person, query: str = "") -> dict[str, dict[str, Any]]:
    features = ask(person, f"/desk/map/events.json{query}").json()["features"]
    return {feature["properties"]["id"]: feature for feature in features}


def outlines(person: Person, query: str = "") -> set[str]:
    return {feature["properties"]["name"] for feature in ask(person, f"/desk/map/areas.json{query}").json()["features"]}


def test_a_point_says_what_it_is_and_where_it_stands(world: World) -> None:
    event = put(world, State.HANDLING, days_ago=40)
    feature = points(world.cast.desk)[str(event.pk)]
    assert feature["geometry"] == {"type": "Point", "coordinates": list(IN_GRID)}
    assert feature["properties"]["state"] == State.HANDLING.label
    assert feature["properties"]["late"] is True


def test_matters_without_a_position_or_at_an_end_are_no_points(world: World) -> None:
    make_event(world, at=timezone.now())
    put(world, State.CLOSED)
    assert points(world.cast.desk) == {}


@pytest.mark.parametrize(
    ("name", "sees_here", "sees_there"),
    [
        ("worker", True, False),
        ("desk", True, False),
        ("county", True, True),
        ("neighbour", False, True),
        ("handler", True, False),
        ("auditor", False, False),
        ("nobody", False, False),
    ],
)
def test_everybody_has_the_points_of_what_they_see(world: World, name: str, sees_here: bool, sees_there: bool) -> None:
    here, there = put(world, State.DISPATCHED), put(world, area=ELSEWHERE)
    person = getattr(world.cast, name)
    assert set(points(person)) == {str(one.pk) for one, seen in ((here, sees_here), (there, sees_there)) if seen}
    page = ask(person, "/desk/map/").content.decode()
    assert (f"/desk/events/{here.pk}/" in page, f"/desk/events/{there.pk}/" in page) == (sees_here, sees_there)


def test_the_list_beside_the_map_has_what_is_due_first_and_what_stands_still_last(world: World) -> None:
    paused, late, new = put(world, State.DEFERRED, days_ago=50), put(world, State.HANDLING, days_ago=40), put(world)
    rows = [row["event"] for row in ask(world.cast.desk, "/desk/map/").context["events"]]
    assert rows == [late, new, paused]


def test_points_hold_no_words_of_contacts_and_are_for_one_browser(world: World) -> None:
    put(world)
    response = ask(world.cast.desk, "/desk/map/events.json")
    assert "private" in response.headers["Cache-Control"]
    assert set(response.json()["features"][0]["properties"]) == {"id", "title", "state", "category", "late"}


def test_a_grid_worker_sees_the_grid_and_a_desk_its_villages(world: World) -> None:
    assert outlines(world.cast.worker) == {"上县第五网格"}
    assert outlines(world.cast.desk) == {"石城镇", "上县村", "下县村"}
    assert outlines(world.cast.county) == {"廉江市", "石城镇", "新民镇"}


def test_whoever_has_no_area_sees_the_county_as_a_frame(world: World) -> None:
    assert outlines(world.cast.nobody) == {"廉江市", "石城镇", "新民镇"}


def test_the_outline_of_one_area_can_be_asked_for(world: World) -> None:
    assert outlines(world.cast.desk, "?in=440881101201") == {"上县村", "上县第五网格", "上县第六网格"}


@pytest.mark.parametrize("code", ["x", "44088110", "\0", "9" * 400, "1'--"])
def test_an_area_that_cannot_be_is_refused_in_words(world: World, code: str) -> None:
    client = Client()
    client.force_login(world.cast.desk)
    response = client.get("/desk/map/areas.json", {"in": code}, headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "unknown_area"
    assert client.get("/desk/map/events.json", {"in": code}).json()["features"] == []


def test_an_area_that_does_not_exist_has_no_outline(world: World) -> None:
    assert outlines(world.cast.desk, "?in=440881109") == set()
