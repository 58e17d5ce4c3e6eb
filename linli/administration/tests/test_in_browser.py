"""An emergency access as three people live it: asked for, granted by two, read in red, ended by one of them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events.testing import World, make_event, make_world
from linli.journal.models import Entry
from tests.browser import OpenPage

SignIn = Callable[[Page, Any], None]
Accessible = Callable[[Page], None]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def in_english(page: Page, live_server: Any) -> Page:
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}])
    return page


@pytest.mark.browser
def test_asked_granted_by_two_read_in_red_and_ended(
    world: World, page: Page, open_page: OpenPage, sign_in: SignIn, accessible: Accessible, live_server: Any
) -> None:
    number = make_event(world, at=timezone.now() - timedelta(hours=3), text="水库边的井盖没了").number
    asker = in_english(page, live_server)
    sign_in(asker, world.cast.neighbour)
    asker.goto("/desk/emergency/")
    asker.get_by_label("Number of the matter, or code of the area").fill(number)
    asker.get_by_label("Why it cannot wait").fill("邻镇网格员联系不上")
    asker.get_by_role("button", name="Ask two persons").click()
    expect(asker.get_by_text("Waits for two decisions")).to_be_visible()
    for person in (world.cast.security, world.cast.leader):
        other = in_english(open_page(), live_server)
        sign_in(other, person)
        other.goto("/desk/emergency/")
        accessible(other)
        other.get_by_role("button", name="Grant it", exact=True).click()
        expect(other.get_by_text("Your decision is written down.")).to_be_visible()
    asker.goto("/desk/emergency/")
    asker.get_by_role("button", name="Look under it").click()
    band = asker.get_by_role("complementary", name="Emergency access")
    expect(band).to_contain_text(f"Emergency access to {number}")
    expect(asker.get_by_text("水库边的井盖没了").first).to_be_visible()
    red, green, blue = map(int, re.findall(r"\d+", band.evaluate("one => getComputedStyle(one).backgroundColor"))[:3])
    assert red > 2 * max(green, blue)
    accessible(asker)
    assert Entry.objects.filter(verb="emergency.looked", by=world.cast.neighbour).exists()
    other.get_by_role("button", name="End it now").click()
    expect(other.get_by_text("It has ended.")).to_be_visible()
    assert asker.goto("/desk/").status == 200  # type: ignore[union-attr]
    expect(band).to_have_count(0)
