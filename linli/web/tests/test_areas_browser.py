"""The page of a grid, its redrawing and the tree in a browser, as their keepers use them."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.areas.actions import set_boundary
from linli.areas.geometry import clean_outline
from linli.areas.models import Area, Place
from linli.events.models import Event
from linli.events.testing import GRID, World, make_event
from linli.people.models import Person
from linli.web.tests.test_areas import TOWN, VILLAGE, WHOLE, box
from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, Person], None]
Accessible = Callable[[Page], None]


@pytest.fixture
def drawn(world: World) -> World:
    """The world with an outline of the worker's grid, a matter at its west end, and one at its east end."""
    for code in (GRID, VILLAGE):
        set_boundary(world.areas[code], clean_outline(WHOLE), on=date(2024, 1, 1))
    for lon in (110.004, 110.015):
        event = make_event(world, at=timezone.now() - timedelta(hours=1))
        Event.objects.filter(pk=event.pk).update(lon=lon, lat=21.51)
    return world


def test_the_page_of_a_grid_is_accessible_and_fits_every_screen(
    drawn: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    for width, height in ((1920, 1080), (390, 844)):
        page = open_page(viewport={"width": width, "height": height})
        sign_in(page, drawn.cast.desk)
        for address in (f"areas/{GRID}", f"areas/{TOWN}", "areas/", f"areas/{GRID}/place", f"areas/{GRID}/appoint"):
            page.goto(f"/desk/{address}")
            expect(page.locator("h1")).to_be_visible()
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        page.goto(f"/desk/areas/{GRID}")
        expect(page.locator("#map[data-ready]")).to_be_visible()


def test_the_page_is_accessible_in_the_dark(
    drawn: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    page = open_page(color_scheme="dark")
    sign_in(page, drawn.cast.desk)
    page.goto(f"/desk/areas/{GRID}")
    accessible(page)


def test_a_grid_is_redrawn(drawn: World, page: Page, sign_in: SignIn, accessible: Accessible, tmp_path: Path) -> None:
    outlines = tmp_path / "new.geojson"
    halves = (("西网格", box(110.0, 21.5, 110.008, 21.52)), ("东网格", box(110.008, 21.5, 110.02, 21.52)))
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": shape} for name, shape in halves]
    outlines.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    sign_in(page, drawn.cast.desk)
    page.goto(f"/desk/areas/{GRID}")
    page.locator(".area-head .menu summary").click()
    page.locator(f'a[href="/desk/areas/{GRID}/redraw"]').click()
    accessible(page)
    page.locator("#id_file").set_input_files(outlines)
    page.locator("main form button").click()
    expect(page.locator(".redraw-picture .piece")).to_have_count(2)
    expect(page.locator(".dot-matter")).to_have_count(2)
    accessible(page)
    page.locator("#name-1").fill("上县西网格")
    page.locator("main form button").click()
    expect(page.locator(".area-closed a")).to_have_text(["上县西网格", "东网格"])
    page.locator(".area-closed a").first.click()
    expect(page.locator(".area-main .row")).to_have_count(1)
    accessible(page)
    assert Area.objects.get(pk=GRID).successor == Area.objects.get(name="东网格")


def test_the_tree_opens_level_by_level(drawn: World, page: Page, sign_in: SignIn, accessible: Accessible) -> None:
    sign_in(page, drawn.cast.county)
    page.goto("/desk/areas/")
    for code in (TOWN, VILLAGE):
        line = page.locator(".tree-item").filter(has=page.locator(f'a[href="/desk/areas/{code}"]')).last
        line.locator("summary").first.focus()
        page.keyboard.press("Enter")
    expect(page.locator(f'.tree a[href="/desk/areas/{GRID}"]')).to_be_visible()
    accessible(page)
    page.locator("#q").fill("第六")
    page.keyboard.press("Enter")
    expect(page.locator(".tree-item")).to_have_count(1)


def test_a_place_is_picked_on_the_map(drawn: World, page: Page, sign_in: SignIn) -> None:
    sign_in(page, drawn.cast.desk)
    page.goto(f"/desk/areas/{GRID}/place")
    page.locator("#map[data-ready]").wait_for()
    page.locator("#map").click()
    page.locator("#id_name").fill("上县小学")
    page.locator("main form button.primary").click()
    expect(page.locator(".places")).to_contain_text("上县小学")
    place = Place.objects.get()
    assert place.lon is not None and place.lat is not None
    assert abs(place.lon - 110.01) < 0.002 and abs(place.lat - 21.51) < 0.002
