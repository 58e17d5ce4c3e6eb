"""The rules of verification and the hints at photos, as people use them: a desk at its screen, a verifier with a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.actions.verification_rules import set_rule
from linli.events.forms import ACTS
from linli.events.models import Event, VerificationRule
from linli.events.rules import State, Verification
from linli.events.testing import World, make_world
from linli.events.tests.pages import page_of, recent
from linli.events.tests.test_evidence import taken
from linli.kit.media import renditions
from linli.people.actions import appoint
from linli.people.rules import Role

SignIn = Callable[[Page, Any], None]
OpenPage = Callable[..., Page]
Accessible = Callable[[Page], None]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
WIDE: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def with_result(world: World) -> Event:
    event = recent(world, State.SIGNED_FOR)
    Event.objects.filter(pk=event.pk).update(lon=110.05, lat=21.70)
    event.refresh_from_db()
    photos = [taken(1, at=timezone.now(), north_m=35), taken(2, north_m=3000)]
    result = {"text": "已疏通", "without": "只作支持", "by": world.cast.handler, "at": timezone.now()}
    actions.submit_result(event, photos=photos, **result)
    # Drawn before a page asks for them: a process that draws takes its time to start.
    for picture in event.pictures.all():
        renditions.thumb(picture.sha256)
    return event


def fits(page: Page) -> None:
    """Nothing stands out of the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.browser
@pytest.mark.parametrize("screen", [PHONE, WIDE])
def test_a_desk_sets_a_rule_takes_it_back_and_puts_it_back(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible, screen: dict[str, Any]
) -> None:
    page = open_page(**screen)
    sign_in(page, world.cast.county)
    page.goto("/desk/verification/")
    expect(page.get_by_role("heading", name=_("No rule has been set"))).to_be_visible()
    accessible(page)
    page.get_by_role("link", name=_("Add a rule")).click()
    page.get_by_label(_("Another unit verifies")).check()
    page.get_by_label(_("The verification needs a photo")).check()
    page.get_by_label(_("Photos should be taken so near to the place, in metres")).fill("100")
    accessible(page)
    page.get_by_role("button", name=_("Save")).click()
    expect(page.get_by_text(_("set how results are verified"))).to_be_visible()
    accessible(page)
    fits(page)
    page.get_by_text(_("Remove this rule")).click()
    page.get_by_role("button", name=_("Remove"), exact=True).click()
    page.get_by_role("button", name=_("Put it back in force")).click()
    expect(page.locator(".rule-list")).to_contain_text(_("another unit verifies"))
    fits(page)
    rule = VerificationRule.objects.get()
    assert (rule.removed_at, rule.near_m, rule.other_unit) == (None, 100, True)


@pytest.mark.browser
@pytest.mark.parametrize("screen", [PHONE, WIDE])
def test_a_verifier_sees_where_and_when_the_photos_were_taken_beside_the_form(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible, screen: dict[str, Any]
) -> None:
    event = with_result(world)
    page = open_page(**screen)
    sign_in(page, world.cast.verifier)
    page.goto(f"{page_of(event)}verify")
    expect(page.get_by_role("heading", name=str(ACTS["verify"].label))).to_be_visible()
    hints = page.locator(".act-form .photo-hints")
    expect(hints.first).to_contain_text(_("taken %(m)s m from the place") % {"m": 35})
    expect(hints.last).to_contain_text(_("taken %(km)s km away") % {"km": 3})
    expect(hints.last).to_contain_text(_("no time in the photo"))
    accessible(page)
    fits(page)


@pytest.mark.browser
def test_whoever_belongs_to_the_unit_that_handled_it_reads_who_may_verify(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    county, at = world.areas["440881"], timezone.now()
    appoint(world.cast.verifier, role=Role.HANDLER, area=county, department=world.water, from_on=timezone.localdate())
    set_rule(area=county, category=None, asks=Verification(other_unit=True), by=world.cast.county, at=at)
    event = recent(world, State.RESULT_SUBMITTED)
    page = open_page(**PHONE)
    sign_in(page, world.cast.verifier)
    page.goto(page_of(event))
    expect(page.locator(".kept-apart")).to_contain_text("水务局")
    expect(page.locator(".steps a[href$='/verify']")).to_have_count(0)
    accessible(page)
    fits(page)
