"""The page of the interface in a browser: narrow and wide, by keyboard, in both languages."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.events.testing import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def test_somebody_who_connects_a_system_reads_the_page_on_a_phone_and_on_a_desk(
    world: World, page: Page, accessible: Any
) -> None:
    for width in (390, 1920):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/api/v1/docs")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        accessible(page)
    page.get_by_role("link", name="Matters", exact=True).first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#form-Matters$"))
    expect(page.locator("#form-Matters")).to_be_in_viewport()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Programming interface")).to_be_visible()
