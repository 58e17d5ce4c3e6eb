"""The conversation of a matter and the story of the reporter, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.rules import TURNING_POINTS, State
from linli.events.testing import World, make_world
from linli.events.tests.pages import page_of, recent
from linli.journal.models import Notice

SignIn = Callable[[Page, Any], None]
Accessible = Callable[[Page], None]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def test_somebody_is_called_on_by_a_few_letters_and_told(
    world: World, page: Page, sign_in: SignIn, accessible: Accessible
) -> None:
    event = recent(world, State.HANDLING)
    sign_in(page, world.cast.handler)
    page.goto(page_of(event))
    section = page.get_by_role("region", name=_("Conversation"))
    field = section.get_by_label(_("Message"))
    field.fill("")
    field.press_sequentially("井盖要配，请@李")
    expect(section.get_by_role("button", name="李分拨")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value("井盖要配，请@李分拨 ")
    accessible(page)
    section.get_by_role("button", name=_("Say it")).click()
    expect(section.locator(".call-on")).to_have_text("@李分拨")
    assert Notice.objects.filter(person=world.cast.desk, entry__verb="event.said").exists()
    accessible(page)
    section.get_by_role("button", name=_("Take it back")).click()
    expect(section.get_by_text(_("Taken back."))).to_be_visible()


def test_departments_talk_on_the_shared_page_and_the_other_reads_it_there(
    world: World, page: Page, sign_in: SignIn, accessible: Accessible
) -> None:
    event = recent(world, State.HANDLING)
    sign_in(page, world.cast.handler)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("events:joint", args=[event.pk]))
    section = page.get_by_role("region", name=_("Conversation"))
    section.get_by_label(_("Message")).fill("上午十点到现场 @李分拨 ")
    section.get_by_role("button", name=_("Say it")).click()
    expect(section.locator(".call-on")).to_have_text("@李分拨")
    section.get_by_role("button", name=_("Take it back")).click()
    expect(section.get_by_text(_("Taken back."))).to_be_visible()
    assert page.url.endswith("/joint")
    accessible(page)


def test_a_call_on_somebody_who_does_not_see_it_keeps_what_was_typed(world: World, page: Page, sign_in: SignIn) -> None:
    event = recent(world, State.HANDLING)
    sign_in(page, world.cast.handler)
    page.goto(page_of(event))
    section = page.get_by_role("region", name=_("Conversation"))
    section.get_by_label(_("Message")).fill("@邻村人 来看")
    section.get_by_role("button", name=_("Say it")).click()
    expect(section.get_by_role("alert")).to_be_visible()
    expect(section.get_by_label(_("Message"))).to_have_value("@邻村人 来看")


def test_a_resident_reads_what_happened_who_has_it_by_when_and_what_if_not(
    world: World, page: Page, accessible: Accessible
) -> None:
    at = timezone.now()
    reported = actions.report(text="水沟堵了", area=world.grid, category=world.drain, at=at, source="resident")
    actions.accept(reported.event, by=world.cast.desk, at=at)
    actions.dispatch(reported.event, lead=world.water, by=world.cast.desk, at=at)
    page.goto(f"/status/{reported.event.number}#{reported.secret}")
    story = page.get_by_role("region", name=_("What was done"))
    newest = story.get_by_role("listitem").first
    point = TURNING_POINTS["event.dispatched"]
    expect(newest).to_contain_text(str(point.happened))
    expect(newest).to_contain_text("水务局")
    expect(newest).to_contain_text(str(point.if_not))
    accessible(page)
