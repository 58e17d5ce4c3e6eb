"""A whistle, a joint closing and an objection through to the end, as people do them in a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.forms import ACTS, PART_FORMS
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_world
from linli.events.tests.pages import page_of, recent
from linli.events.tests.test_joint import roads_with
from tests.browser import settled

SignIn = Callable[[Page, Any], None]
OpenPage = Callable[..., Page]
Accessible = Callable[[Page], None]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def take(page: Page, step: str) -> None:
    """Open the form of a step, from the menu of further acts where it stands there."""
    settled(page)
    link = page.locator(f".steps a[href$='/{step}']")
    if not link.is_visible():
        page.locator(".steps details summary").click()
    link.click()
    expect(page.locator("#act form")).to_be_visible()


def send(page: Page, label: Any) -> None:
    page.locator("form").get_by_role("button", name=str(label)).last.click()


def test_a_community_whistles_and_a_department_reports_in(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    event = recent(world, State.ACCEPTED)
    page = open_page(viewport={"width": 390, "height": 844})
    sign_in(page, world.cast.cadre)
    page.goto(page_of(event))
    take(page, "whistle")
    page.get_by_label("水务局").check()
    page.get_by_label(_("Why they are needed there")).fill("墙有裂缝，请到场")
    accessible(page)
    send(page, ACTS["whistle"].label)
    expect(page.get_by_role("heading", name=_("Called to the spot"))).to_be_visible()
    expect(page.locator(".whistle").get_by_text(_("on its way"))).to_have_count(1)
    accessible(page)

    officer = open_page(viewport={"width": 390, "height": 844})
    sign_in(officer, world.cast.handler)
    officer.goto(page_of(event))
    officer.get_by_role("link", name=str(PART_FORMS["arrive"].label)).click()
    send(officer, PART_FORMS["arrive"].label)
    expect(officer.locator(".whistle .came")).to_be_visible()


def test_a_matter_of_two_departments_closes_once_both_are_done(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    event = recent(world, State.SIGNED_FOR)
    lead = open_page(viewport={"width": 1920, "height": 1080})
    sign_in(lead, world.cast.handler)
    lead.goto(page_of(event))
    take(lead, "submit_result")
    lead.get_by_role("textbox", name=_("What was done")).fill("今日上午已清出淤泥，水沟疏通")
    send(lead, ACTS["submit_result"].label)
    expect(lead.get_by_text("住建局", exact=False).locator("visible=true").first).to_be_visible()
    assert Event.objects.get(pk=event.pk).state == State.SIGNED_FOR

    other = open_page(viewport={"width": 390, "height": 844})
    sign_in(other, world.cast.co_handler)
    other.goto(page_of(event))
    other.get_by_role("link", name=str(PART_FORMS["answer_part"].label)).click()
    other.get_by_role("textbox", name=_("What was done")).fill("墙体已用钢架加固，警示牌已立")
    accessible(other)
    send(other, PART_FORMS["answer_part"].label)
    expect(other.get_by_role("heading", name=_("Where each department stands"))).to_be_visible()
    accessible(other)

    lead.goto(page_of(event))
    take(lead, "submit_result")
    lead.get_by_role("textbox", name=_("What was done")).fill("今日上午已清出淤泥，水沟疏通")
    send(lead, ACTS["submit_result"].label)
    expect(lead.locator(".event-marks .state").first).to_have_text(str(State.RESULT_SUBMITTED.label))
    event.refresh_from_db()
    actions.verify(event, by=world.cast.verifier, at=timezone.now())
    desk = open_page(viewport={"width": 1920, "height": 1080})
    sign_in(desk, world.cast.desk)
    desk.goto(page_of(event))
    take(desk, "close")
    send(desk, ACTS["close"].label)
    expect(desk.locator(".event-marks .state").first).to_have_text(str(State.CLOSED.label))


def test_an_objection_names_whose_it_is_and_a_second_one_is_settled(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    event = recent(world, State.DISPATCHED)
    page = open_page(viewport={"width": 390, "height": 844})
    sign_in(page, world.cast.handler)
    page.goto(page_of(event))
    take(page, "object")
    page.get_by_label(_("Who is responsible instead")).select_option(label="住建局")
    page.get_by_label(_("On what basis")).fill("权责清单第12项")
    accessible(page)
    send(page, ACTS["object"].label)
    expect(page.locator(".bounces li")).to_have_count(1)
    accessible(page)

    event.refresh_from_db()
    actions.uphold_objection(event, by=world.cast.desk, at=timezone.now())
    actions.dispatch(event, lead=world.housing, by=world.cast.desk, at=timezone.now())
    actions.object(event, next_owner=world.water, basis="清单第3项", by=world.cast.co_handler, at=timezone.now())
    leader = open_page(viewport={"width": 1920, "height": 1080})
    sign_in(leader, world.cast.leader)
    leader.goto(page_of(event))
    take(leader, "settle")
    leader.get_by_label(_("This department takes it")).select_option(label="水务局")
    leader.locator("form").get_by_label(_("Why")).last.fill("按清单由水务局牵头")
    send(leader, ACTS["settle"].label)
    expect(leader.locator(".event-marks .state").first).to_have_text(str(State.DISPATCHED.label))
    expect(leader.locator(".bounces li")).to_have_count(2)
    accessible(leader)


def test_a_co_handler_objects_to_its_part_and_the_lead_passes_it_on(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    roads, _officer = roads_with(world)
    event = recent(world, State.SIGNED_FOR)
    page = open_page(viewport={"width": 390, "height": 844})
    sign_in(page, world.cast.co_handler)
    page.goto(reverse("events:joint", args=[event.pk]))
    page.get_by_role("link", name=str(PART_FORMS["object_part"].label)).click()
    page.get_by_label(_("Who is responsible instead")).select_option(label=roads.name)
    page.get_by_label(_("On what basis")).fill("权责清单第12项")
    accessible(page)
    send(page, PART_FORMS["object_part"].label)
    expect(page.locator(".bounces li")).to_have_count(1)
    accessible(page)

    lead = open_page(viewport={"width": 1920, "height": 1080})
    sign_in(lead, world.cast.handler)
    lead.goto(page_of(event))
    lead.get_by_role("link", name=str(PART_FORMS["uphold_part"].label)).click()
    expect(lead.get_by_label(_("The part goes to"))).to_have_value(roads.pk)
    accessible(lead)
    send(lead, PART_FORMS["uphold_part"].label)
    expect(lead.locator(".bounces").get_by_text(_("upheld"))).to_be_visible()
    expect(lead.locator(".part-list").get_by_text(roads.name)).to_be_visible()
