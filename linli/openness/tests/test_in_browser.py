"""The page of an area as people meet it: on a phone and a wide screen, by keyboard, without JavaScript, and on paper."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, draw_boundaries, make_event
from linli.openness.testing import make_secret

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]


@pytest.fixture
def busy(transactional_db: None, world: World) -> World:
    """A county with outlines and matters, some of them on the map."""
    draw_boundaries(world)
    for number in range(25):
        state = (State.CLOSED, State.HANDLING)[number % 2]
        make_event(world, state, at=timezone.now() - timedelta(days=30 - number, hours=1))
    Event.objects.update(lon=110.051, lat=21.701)
    make_secret(world, at=timezone.now() - timedelta(hours=2), category=world.wall)
    return world


def test_from_the_start_page_to_ones_own_area_and_its_matters(
    busy: World, open_page: OpenPage, accessible: Callable[[Page], None]
) -> None:
    page = open_page(
        viewport={"width": 390, "height": 844},
        permissions=["geolocation"],
        geolocation={"longitude": 110.0507, "latitude": 21.7003},
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data or ''}"))
    page.goto("/")
    page.get_by_role("link", name="看看您身边的办理情况").click()
    accessible(page)
    page.get_by_role("button", name="我在哪里？").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("上县村")
    # Rounded, in the body, and nowhere else.
    assert [one for one in asked if "110.05" in one] == [
        one for one in asked if one.endswith(" lon=110.051&lat=21.700")
    ]
    page.locator("[data-area-map][data-ready]").wait_for(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    accessible(page)
    page.get_by_label("类别", exact=True).select_option(label="危墙")
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".open-matters > li")).to_have_count(1)
    page.get_by_role("link", name="English").first.click()
    expect(page.get_by_role("heading", name="Unsafe wall", level=2)).to_be_visible()
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920
    accessible(page)


def test_without_javascript_all_is_there_and_on_paper_too(busy: World, open_page: OpenPage, settings: Any) -> None:
    settings.MAIL_OUT = "smtp://127.0.0.1:9?from=linli@county.example&tls=none"
    page = open_page(java_script_enabled=False)
    page.goto("/area/440881101/")
    expect(page.locator(".open-matters > li")).to_have_count(10)
    expect(page.get_by_text("地图需要 JavaScript")).to_be_visible()
    expect(page.locator("[data-area-map]")).to_be_hidden()
    page.get_by_role("link", name="更早的").click()
    expect(page.locator(".open-matters > li")).to_have_count(10)
    page.get_by_role("link", name="回到最新").click()
    page.get_by_label("电子邮箱").fill("neighbour@home.example")
    page.get_by_role("button", name="用邮件订阅").click()
    expect(page.get_by_role("heading", name="请查看您的邮箱")).to_be_visible()
    page.go_back()
    page.emulate_media(media="print")
    expect(page.locator(".open-tiles")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="反映问题").first).to_be_hidden()
