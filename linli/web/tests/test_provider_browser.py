"""Linking an account and signing in through a provider in a real browser, which holds forms to our own pages."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.accounts.models import Link, SignIn
from linli.accounts.testing import Provider, running, use
from linli.events.testing import World, make_world
from linli.people.testing import PASSWORD
from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def county(settings: Any, tmp_path: Path) -> Iterator[Provider]:
    with running() as one:
        use(one, settings, tmp_path)
        yield one


def at_the_provider(page: Page, county: Provider) -> None:
    expect(page.get_by_role("heading", name="County sign-on")).to_be_visible()
    assert page.url.startswith(county.issuer)
    page.get_by_label("Name").fill("worker")
    page.get_by_role("button", name="Go on").click()


def test_one_links_an_account_and_comes_in_by_it_the_next_time(
    world: World,
    county: Provider,
    open_page: OpenPage,
    sign_in: Callable[[Page, Any], None],
    live_server: Any,
    accessible: Callable[[Page], None],
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.context.add_cookies([{"name": "linli_language", "value": "en", "url": live_server.url}])
    sign_in(page, world.cast.worker)
    page.goto("/account/")
    page.get_by_role("link", name="Link my account").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="To County sign-on").click()
    at_the_provider(page, county)
    expect(page.get_by_text("worker.at.county")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Yes, link them").click()
    expect(page.get_by_text("Linked. From now on County sign-on signs you in, too.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove the link with County sign-on")).to_be_visible()
    accessible(page)
    assert Link.objects.get().person == world.cast.worker

    page.context.clear_cookies(name="sessionid")
    page.goto("/sign-in?next=/account/")
    accessible(page)
    page.get_by_role("link", name="Sign in with County sign-on").click()
    at_the_provider(page, county)
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    expect(page.get_by_text("single sign-on", exact=False).first).to_be_visible()
    assert SignIn.objects.get().way == "provider"
    page.goto("/desk/map/")
    assert page.url.endswith("/desk/map/")
