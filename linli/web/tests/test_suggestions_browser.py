"""Suggestions in a browser: taken by one tap, announced, accessible on every screen, in light and in the dark."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events import learning
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.people.models import Person
from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, Person], None]
Accessible = Callable[[Page], None]

TEXT = "村口水沟堵了，污水流到路上"


@pytest.fixture
def learnt(world: World, settings: Any, tmp_path: Path) -> World:
    """The world with a model of its own matters, the newest of which are alike."""
    settings.HOME = tmp_path
    at = timezone.now() - timedelta(hours=1)
    for number in range(6):
        make_event(world, State.ACCEPTED, category=world.drain, text=f"{number}组水沟堵了污水外流", at=at)
        make_event(world, State.ACCEPTED, category=world.wall, text=f"{number}组围墙开裂要倒", at=at)
    learning.train(learning.our_own(), newest=at)
    make_event(world, State.ACCEPTED, text=TEXT, at=at)
    return world


def test_a_category_is_taken_by_one_tap_while_a_report_is_typed(
    learnt: World, page: Page, sign_in: SignIn, accessible: Accessible
) -> None:
    sign_in(page, learnt.cast.desk)
    page.goto("/desk/new")
    page.select_option("#id_area", learnt.grid.code)
    page.fill("#id_text", TEXT)
    page.locator("#id_place").click()
    chip = page.locator(f'[data-choose="id_category"][data-value="{learnt.drain.pk}"]')
    expect(chip).to_be_visible()
    expect(page.locator("#id_category")).to_have_value("")
    expect(page.locator("#known .alike li").first).to_be_visible()
    accessible(page)
    chip.click()
    expect(page.locator("#id_category")).to_have_value(str(learnt.drain.pk))
    expect(chip).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit_every_screen(
    learnt: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible, scheme: str
) -> None:
    event = make_event(learnt, text=TEXT, at=timezone.now() - timedelta(minutes=5))
    for width, height in ((1920, 1080), (390, 844)):
        page = open_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        sign_in(page, learnt.cast.desk)
        for address in (f"{event.pk}/", f"{event.pk}/accept"):
            page.goto(f"/desk/events/{address}")
            expect(page.locator(".alike, .likely").first).to_be_visible()
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_merge_form_opens_filled_in(learnt: World, page: Page, sign_in: SignIn) -> None:
    event = make_event(learnt, text=TEXT, at=timezone.now() - timedelta(minutes=5))
    sign_in(page, learnt.cast.desk)
    page.goto(f"/desk/events/{event.pk}/")
    page.locator(".alike .button").first.click()
    expect(page.locator("#step-into")).to_have_value(page.locator(".alike .number").first.inner_text())
