"""A resident asks to delete what is kept of them, the county answers; and the pages as people meet them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.events import actions as events
from linli.events.models import Contact
from linli.events.testing import NOON, World, make_world
from tests.browser import OpenPage, settled

pytestmark = pytest.mark.browser
SignIn = Callable[[Page, Any], None]
Accessible = Callable[[Page], None]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def in_english(page: Page) -> None:
    page.goto("/privacy")
    page.get_by_role("button", name="English").click()


def test_a_resident_asks_to_delete_and_the_county_answers(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    reported = events.report(text="路灯坏了", area=world.grid, at=NOON, source="resident", contact="13800138000")
    resident = open_page(viewport={"width": 390, "height": 844})
    in_english(resident)
    accessible(resident)
    assert resident.evaluate("document.documentElement.scrollWidth") <= 390
    resident.get_by_role("link", name="Use your rights").click()
    resident.get_by_label("Delete what is kept of me").check()
    resident.get_by_role("button", name="Send the request").click()
    expect(resident.get_by_text("Show that it is about you: number and code")).to_be_visible()
    accessible(resident)
    resident.get_by_label("Number of your matter").fill(reported.event.number)
    resident.get_by_label("Code of its receipt").fill(reported.secret or "")
    resident.get_by_role("button", name="Send the request").click()
    expect(resident.get_by_text("It has been taken down.")).to_be_visible()
    accessible(resident)

    office = open_page()
    sign_in(office, world.cast.security)
    office.goto("/desk/privacy/")
    office.get_by_role("button", name="English").click()
    office.get_by_role("link", name="Delete what is kept of me").click()
    expect(office.get_by_text("Contacts kept with them")).to_be_visible()
    accessible(office)
    office.locator("#do + p + form textarea").fill("Your number is deleted; the matter itself stays.")
    office.get_by_role("button", name="Do it and answer").click()
    expect(office.get_by_text("The answer is there for whoever asked.")).to_be_visible()
    assert not Contact.objects.exists()

    resident.reload()
    expect(resident.get_by_text("Your number is deleted")).to_be_visible()
    expect(resident.get_by_text("Contacts deleted")).to_be_visible()


def test_large_type_has_large_letters_and_targets(world: World, open_page: OpenPage, accessible: Accessible) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    in_english(page)
    page.goto("/accessibility")
    page.get_by_role("main").get_by_role("button", name="Large type").click()
    settled(page)
    page.goto("/report")
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('main label')).fontSize)") >= 18
    box = page.get_by_role("button", name="Send the report").bounding_box()
    assert box is not None and box["height"] >= 60
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    accessible(page)
    # A page that is the same for everybody learns it from the browser.
    page.goto("/area/")
    expect(page.locator("body.large-type")).to_be_visible()
