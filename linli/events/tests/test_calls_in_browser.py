"""The form of the hotline as it is used: by keyboard alone, over a reload and a lost session."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events.models import Event
from linli.events.testing import GRID, World, draw_boundaries, make_world

SignIn = Callable[[Page, Any], None]
OWN = "喂，村口那条沟又堵啦，臭得很！"


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make_world()
    draw_boundaries(made)
    return made


def on_the_form(page: Page) -> None:
    page.goto("/desk/new/call")
    expect(page.get_by_label(_("In the caller's own words"))).to_be_focused()


def test_a_call_is_entered_and_the_next_begun_without_the_mouse(world: World, page: Page, sign_in: SignIn) -> None:
    sign_in(page, world.cast.county)
    on_the_form(page)
    page.keyboard.type(OWN)
    page.keyboard.press("Tab")
    page.keyboard.type("村口水沟堵塞")
    page.get_by_label(_("Find the area by name")).focus()
    page.keyboard.type("第五")
    expect(page.locator("[data-take-area]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label(_("Where, in words"))).to_be_focused()
    page.keyboard.type("村口小卖部旁")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=_("Entered. Read this to the caller:"))).to_be_visible()
    event = Event.objects.select_related("statement").get()
    assert (event.area_id, event.text, event.statement.words) == (GRID, "村口水沟堵塞", OWN)
    expect(page.get_by_role("link", name=_("Next caller"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label(_("In the caller's own words"))).to_be_focused()
    expect(page.get_by_label(_("In the caller's own words"))).to_have_value("")
    expect(page.get_by_label(_("Grid, village or township"))).to_have_value(GRID)


def test_words_survive_a_reload_and_a_lost_session_but_never_the_contact(
    world: World, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, world.cast.county)
    on_the_form(page)
    page.keyboard.type(OWN)
    page.get_by_text(_("Transferred from 12345")).click()
    page.get_by_label(_("Number of the 12345 order")).fill("GD42")
    page.get_by_label(_("How to reach the reporter")).fill("13800000000")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sign-in**")
    assert "13800000000" not in page.evaluate("JSON.stringify(localStorage)")
    sign_in(page, world.cast.county)
    on_the_form(page)
    expect(page.get_by_label(_("In the caller's own words"))).to_have_value(OWN)
    expect(page.get_by_label(_("Number of the 12345 order"))).to_have_value("GD42")
    expect(page.get_by_label(_("How to reach the reporter"))).to_have_value("")
    expect(page.locator("#restored")).to_be_visible()


def test_what_was_typed_is_another_persons_no_more_than_it_outlives_the_sign_out(
    world: World, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, world.cast.county)
    on_the_form(page)
    page.keyboard.type(OWN)
    page.context.clear_cookies()
    sign_in(page, world.cast.desk)
    on_the_form(page)
    expect(page.get_by_label(_("In the caller's own words"))).to_have_value("")
    page.keyboard.type("另一通电话")
    page.locator("details.me summary").click()
    page.get_by_role("button", name=_("Sign out")).click()
    page.wait_for_load_state("load")
    assert page.evaluate("localStorage.length") == 0


def test_a_draft_is_gone_once_the_server_has_said_yes(world: World, page: Page, sign_in: SignIn) -> None:
    sign_in(page, world.cast.desk)
    on_the_form(page)
    page.keyboard.type(OWN)
    assert page.evaluate("localStorage.length") == 1
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=_("Entered. Read this to the caller:"))).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("size", [(390, 844), (1920, 1080)], ids=["phone", "wide"])
def test_the_pages_are_accessible_and_nothing_overflows(
    world: World,
    open_page: Callable[..., Page],
    sign_in: SignIn,
    accessible: Callable[[Page], None],
    size: tuple[int, int],
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    sign_in(page, world.cast.desk)
    on_the_form(page)
    page.get_by_text(_("Transferred from 12345")).click()
    accessible(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label(_("Number of the 12345 order")).fill("GD1")
    page.get_by_label(_("In the caller's own words")).fill(OWN)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=_("Entered. Read this to the caller:"))).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
