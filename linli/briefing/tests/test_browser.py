"""Briefings as a desk meets them: make one, read it, follow a number, take the papers; on a phone and on a wide screen."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.briefing.actions import work
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.kit.papers.asking import available

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not available(), reason="the extra papers is not installed")]
SIZES = ((390, 844), (1920, 1080))


@pytest.fixture
def counted(transactional_db: None, world: World) -> World:
    """A county with matters of the month before."""
    last_month = timezone.localtime().replace(day=1, hour=9) - timedelta(days=10)
    for place, state in enumerate(State):
        make_event(world, state, at=last_month - timedelta(hours=place))
    for place in range(20):
        make_event(world, State.SELF_HANDLED, at=last_month - timedelta(hours=place))
    return world


def pictured(page: Page, name: str) -> None:
    """Kept where somebody wants to look."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_desk_makes_one_reads_it_and_has_it_made_from_now_on(
    counted: World, page: Page, sign_in: Callable[[Page, Any], None], accessible: Callable[[Page], None]
) -> None:
    sign_in(page, counted.cast.county)
    page.goto("/desk/statistics/440881/")
    page.get_by_role("link", name="简报", exact=True).click()
    expect(page.get_by_role("heading", name="还没有简报")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="编制", exact=True).press("Enter")
    expect(page.locator("#briefings")).to_contain_text("编制中")
    work(timezone.now())
    # The list looks again by itself.
    expect(page.locator("#briefings").get_by_role("link", name="PDF")).to_be_visible()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        pictured(page, f"list-{width}")
        accessible(page)
    with page.expect_download() as file:
        page.get_by_role("link", name="DOCX", exact=True).click()
    assert file.value.suggested_filename.startswith("廉江市简报")
    page.locator("#briefings .briefing-name").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("群众身边事办理情况")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        pictured(page, f"read-{width}")
        accessible(page)
    page.emulate_media(media="print")
    pictured(page, "print")
    page.emulate_media(media="screen")
    number = page.locator(".briefing section p a").first
    said = number.inner_text()
    number.click()
    expect(page.locator("#count")).to_have_text(said)
    page.goto("/desk/briefings/440881/schedule/?rhythm=week")
    accessible(page)
    pictured(page, "schedule")
    page.get_by_label("梁值班").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".briefing-schedule")).to_contain_text("阅读人： 梁值班")
    page.goto("/desk/briefings/440881/template/")
    accessible(page)
    pictured(page, "template")
