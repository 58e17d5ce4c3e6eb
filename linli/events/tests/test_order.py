"""The work order on paper: for one department or all, with what a handler needs and not who reported it."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import State
from linli.events.sketch import HEIGHT, WIDTH, sketch_of
from linli.events.testing import IN_GRID, World, draw_boundaries, make_world
from linli.events.tests.pages import desk_of, page_of, recent, words_of


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_the_order_says_what_where_until_when_and_by_whom(world: World) -> None:
    event = recent(world, State.SIGNED_FOR, by=world.cast.worker)
    page = words_of(desk_of(world.cast.handler).get(f"{page_of(event)}order"))
    for word in (event.number, event.text, "排水管道", "水务局", "住建局", "上县第五网格", page_of(event)):
        assert word in page, word
    assert world.cast.worker.name not in page


def test_an_order_for_one_department_names_it_and_another_matters_part_is_not_there(world: World) -> None:
    event, other = recent(world, State.DISPATCHED), recent(world, State.DISPATCHED)
    client, there = desk_of(world.cast.desk), f"{page_of(event)}order"
    part = event.parts.get(department=world.housing)
    assert 'class="chosen"' in words_of(client.get(f"{there}?part={part.pk}"))
    assert client.get(f"{there}?part={other.parts.first().pk}").status_code == 404  # type: ignore[union-attr]
    assert client.get(f"{there}?part=x").status_code == 404
    assert desk_of(world.cast.neighbour).get(there).status_code == 404


def test_without_a_department_there_is_no_order(world: World) -> None:
    assert desk_of(world.cast.desk).get(f"{page_of(recent(world))}order").status_code == 409


def test_the_order_shows_the_basis_of_the_duty_list(world: World) -> None:
    rows = [(2, {"category": "C01", "area": "440881", "lead": "water", "basis": "权责清单第12项", "contact": "值班室"})]
    made = actions.load_list(rows, name="2026", source="", by=None, at=recent(world).reported_at)
    event = recent(world, State.DISPATCHED)
    actions.put_in_use(made, from_on=timezone.localdate(), by=None, at=timezone.now())
    assert "权责清单第12项" in words_of(desk_of(world.cast.desk).get(f"{page_of(event)}order"))


def test_the_sketch_is_drawn_to_scale_from_the_stored_outline(world: World) -> None:
    event = recent(world, State.DISPATCHED)
    assert sketch_of(event) is None
    draw_boundaries(world)
    Event.objects.filter(pk=event.pk).update(lon=IN_GRID[0], lat=IN_GRID[1])
    drawn = sketch_of(Event.objects.get(pk=event.pk))
    assert drawn and drawn.path.startswith("M") and drawn.x is not None and drawn.y is not None
    # The point lies in the middle of the grid.
    assert abs(drawn.x - WIDTH / 2) < 1 and abs(drawn.y - HEIGHT / 2) < 1
    # 0.2 degrees of latitude are 22.3 km and fill the height.
    assert abs(drawn.bar / drawn.bar_m - (HEIGHT - 24) / 22_264) < 0.0005


@pytest.mark.browser
def test_the_order_is_one_page_of_a4_however_much_was_reported(
    transactional_db: None, page: Page, sign_in: object
) -> None:
    world = make_world()
    draw_boundaries(world)
    event = recent(world, State.DISPATCHED, text="村口水沟堵了，污水流到路上，" * 60)
    Event.objects.filter(pk=event.pk).update(
        lon=IN_GRID[0], lat=IN_GRID[1], place="村口大榕树旁第三根电线杆往东约五十米处"
    )
    sign_in(page, world.cast.desk)  # type: ignore[operator]
    page.goto(f"{page_of(event)}order")
    pages = re.search(rb"/Count (\d+)", page.pdf(prefer_css_page_size=True))
    assert pages and int(pages[1]) == 1
