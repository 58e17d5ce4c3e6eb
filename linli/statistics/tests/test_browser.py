"""The figures as a person meets them: open the page, follow a number, come back; on a phone and on a wide screen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events.rules import State
from linli.events.testing import World, make_event


@pytest.fixture
def counted(transactional_db: None, world: World) -> World:
    """A county with matters in every state."""
    for place, state in enumerate(State):
        make_event(world, state, at=timezone.now() - timedelta(days=25 + place))
    for _each in range(20):
        make_event(world, State.CLOSED, at=timezone.now() - timedelta(days=30))
    return world


@pytest.mark.parametrize("size", [(390, 844), (1920, 1080)], ids=["phone", "wide"])
def test_a_number_opens_its_rows_and_leads_back(
    counted: World,
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    accessible: Callable[[Page], None],
    size: tuple[int, int],
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    sign_in(page, counted.cast.county)
    page.goto("/desk/")
    page.get_by_role("link", name="统计").click()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    number = page.locator("[data-figure=closed]").first
    said = number.inner_text()
    number.click()
    expect(page.locator("#count")).to_have_text(said)
    expect(page.locator(".matters .row")).to_have_count(int(said))
    accessible(page)
    page.locator(".page-head .acts a").first.click()
    page.locator("details.behind summary").click()
    page.locator("details.meaning summary").first.click()
    expect(page.locator("details.meaning p").first).to_be_visible()
    accessible(page)


def test_days_are_chosen_and_a_wrong_one_is_said_in_words(
    counted: World, page: Page, sign_in: Callable[[Page, Any], None], accessible: Callable[[Page], None]
) -> None:
    sign_in(page, counted.cast.desk)
    page.goto("/desk/statistics/440881101/?from=2026-01-31&to=2026-01-01")
    expect(page.get_by_role("alert")).to_be_visible()
    accessible(page)
    days = page.locator(".period-form input")
    days.nth(0).fill("2026-01-01")
    days.nth(1).fill("2026-01-31")
    page.locator(".period-form button").click()
    expect(page.locator(".period-shown")).to_contain_text("2026年1月1日 至 2026年1月31日")
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("size", [(390, 844), (1920, 1080)], ids=["phone", "wide"])
def test_an_officer_finds_the_figures_of_the_department_and_takes_them_away(
    counted: World,
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    accessible: Callable[[Page], None],
    size: tuple[int, int],
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    sign_in(page, counted.cast.handler)
    page.goto("/desk/")
    page.get_by_role("link", name="统计").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("水务局")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    with page.expect_download() as file:
        page.get_by_role("link", name="XLSX").click()
    assert file.value.suggested_filename.startswith("linli-water-440881-")
    number = page.locator("[data-figure=closed]").first
    said = number.inner_text()
    number.click()
    expect(page.locator("#count")).to_have_text(said)
    page.locator(".page-head .acts a").first.click()
    page.get_by_role("link", name="石城镇").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("石城镇")
    expect(page.get_by_role("link", name="上县村")).to_be_visible()
    accessible(page)
