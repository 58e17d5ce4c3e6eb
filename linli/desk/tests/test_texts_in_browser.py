"""Choosing a ready text as people do: on the form beside the matter, at the cursor, taken back with one key."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.desk.texts import actions
from linli.events.forms import ACTS
from linli.events.rules import State
from linli.events.testing import World, make_world
from linli.events.tests.pages import page_of, recent

SignIn = Callable[[Page, Any], None]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make_world()
    text = {"step": "reject", "words": "{number}因【理由】不予受理。", "by": None, "at": timezone.now()}
    actions.add_text(area=made.areas["440881"], title="不予受理告知", **text)  # type: ignore[arg-type]
    return made


@pytest.mark.browser
def test_a_ready_text_is_inserted_at_the_cursor_and_taken_back(world: World, page: Page, sign_in: SignIn) -> None:
    event = recent(world, State.REPORTED)
    sign_in(page, world.cast.desk)
    page.goto(page_of(event))
    page.get_by_role("link", name=str(ACTS["reject"].label), exact=True).click()
    field = page.get_by_label(_("Why it is not accepted"))
    field.fill("前后")
    field.press("ArrowLeft")
    page.get_by_text(_("Ready texts"), exact=True).locator("visible=true").last.click()
    page.get_by_role("button", name=_("Insert") + " 不予受理告知").click()
    filled = f"前{event.number}因【理由】不予受理。后"
    expect(field).to_have_value(filled)
    page.keyboard.type("超出职责")
    expect(field).to_have_value(filled.replace("【理由】", "超出职责"))
    for _step in range(len("超出职责") + 1):
        page.keyboard.press("Control+z")
    expect(field).to_have_value("前后")
    page.get_by_role("button", name=_("Insert") + " 不予受理告知").click()
    page.get_by_role("button", name=_("Undo")).click()
    expect(field).to_have_value("前后")
    expect(page.get_by_role("button", name=_("Undo"))).to_be_hidden()


@pytest.mark.browser
def test_ready_texts_are_searched_by_words_step_and_whether_they_are_closed(
    world: World, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, world.cast.county)
    page.goto(reverse("tools:texts"))
    found = page.locator("#found").get_by_role("link", name="不予受理告知")
    expect(found).to_be_visible()
    page.locator("#q").press_sequentially("没有这样的")
    expect(found).to_have_count(0)
    page.locator("#q").fill("")
    expect(found).to_be_visible()
    page.locator("#f-step").select_option(index=1)
    expect(found).to_have_count(0)
    page.locator("#f-step").select_option("")
    expect(found).to_be_visible()
    page.get_by_label(_("Closed ones")).check()
    page.wait_for_url("**closed=1*")
