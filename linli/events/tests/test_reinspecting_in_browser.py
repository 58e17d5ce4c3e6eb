"""A desk draws by hand, and what does not hold on the spot is open again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events.forms import ACTS
from linli.events.rules import Finding, State
from linli.events.testing import World, make_event, make_world
from linli.events.tests.pages import page_of

SignIn = Callable[[Page, Any], None]
OpenPage = Callable[..., Page]
Accessible = Callable[[Page], None]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def test_the_desk_draws_and_what_does_not_hold_is_open_again(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    event = make_event(world, State.CLOSED, at=timezone.now() - timedelta(days=3))
    today = timezone.localdate()
    desk = open_page(viewport={"width": 1280, "height": 900})
    sign_in(desk, world.cast.desk)
    desk.goto("/desk/reinspections/")
    accessible(desk)
    desk.get_by_role("button", name=_("Keep"), exact=True).click()
    expect(desk.get_by_text(_("The plan is kept."))).to_be_visible()
    desk.get_by_label(_("Closed from")).fill((today - timedelta(days=5)).isoformat())
    desk.get_by_label(_("to"), exact=True).fill((today - timedelta(days=1)).isoformat())
    desk.get_by_role("button", name=_("Draw"), exact=True).click()
    expect(desk.get_by_text(event.number)).to_be_visible()
    accessible(desk)

    verifier = open_page(viewport={"width": 390, "height": 844})
    sign_in(verifier, world.cast.verifier)
    verifier.goto("/desk/reinspections/")
    expect(verifier.get_by_text(_("you look"))).to_be_visible()
    verifier.get_by_text(event.number).click()
    verifier.goto(page_of(event))
    verifier.get_by_role("link", name=str(ACTS["reinspect"].label)).first.click()
    verifier.get_by_label(str(Finding.NOT_HELD.label)).check()
    verifier.get_by_label(_("What you saw")).fill("水又漫上来了")
    verifier.locator("#act form").get_by_role("button", name=str(ACTS["reinspect"].label)).click()
    expect(verifier.get_by_text(str(State.ACCEPTED.label)).first).to_be_visible()
    event.refresh_from_db()
    assert event.state == State.ACCEPTED and event.reopened == 1
