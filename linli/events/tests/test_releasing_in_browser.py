"""Covering a photo as people do it: with the mouse, with a finger, by keyboard; and looking before anybody else may."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.actions.releasing import draft_name
from linli.events.models import Picture, Release
from linli.events.testing import World, make_world
from linli.kit.media.storing import store

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WIDE: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
SignIn = Callable[[Page, Any], None]
OpenPage = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def picture(world: World) -> Picture:
    """A white photo with a black square in its middle, and a draft of it."""
    image = Image.new("RGB", (800, 600), "white")
    image.paste("black", (360, 260, 440, 340))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    at = timezone.now() - timedelta(hours=1)
    event = actions.report(
        text="水沟堵了", area=world.grid, category=world.drain, at=at, source="resident", photos=[out.getvalue()]
    ).event
    actions.prepare_release(event.pictures.get(), by=world.cast.desk, at=at)
    actions.make_draft(at, by_hand=True)
    return event.pictures.get()


def opened(page: Page, picture: Picture) -> None:
    page.goto(f"/desk/events/{picture.event_id}/photos/{picture.pk}/public")
    expect(page.get_by_role("toolbar")).to_be_visible()


def point(page: Page, across: float, down: float) -> tuple[float, float]:
    """A point of the photo, in shares of it, as one of the window."""
    image = page.locator("[data-stage] img")
    image.scroll_into_view_if_needed()
    frame = image.bounding_box()
    assert frame
    return frame["x"] + across * frame["width"], frame["y"] + down * frame["height"]


def drawn(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*point(page, *start))
    page.mouse.down()
    page.mouse.move(*point(page, *end), steps=4)
    page.mouse.up()


def boxes(page: Page) -> Any:
    return page.get_by_role("button", name=_("Box {n}").replace("{n}", "")[:1]).and_(page.locator(".cover-box"))


def covered(page: Page) -> None:
    page.get_by_role("button", name=_("Cover the boxes and look again")).click()
    expect(page.get_by_text(_("Covered. Look at it again."))).to_be_visible()


def seen(picture: Picture, across: float, down: float) -> int:
    """How light the draft is at a point, from 0 to 255."""
    with store().open(draft_name(Release.objects.get(pk=picture.pk).draft_sha256 or "")) as file:
        image = Image.open(file).convert("L")
        return int(image.getpixel((int(across * image.width), int(down * image.height))))  # type: ignore[arg-type]


def test_a_box_is_drawn_with_the_mouse_moved_taken_back_and_covered(
    world: World, picture: Picture, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page(**WIDE)
    sign_in(page, world.cast.desk)
    opened(page, picture)
    drawn(page, (0.3, 0.3), (0.7, 0.7))
    drawn(page, (0.05, 0.05), (0.15, 0.15))
    expect(boxes(page)).to_have_count(2)
    page.get_by_role("button", name=_("Undo")).click()
    expect(boxes(page)).to_have_count(1)
    drawn(page, (0.35, 0.35), (0.4, 0.4))
    expect(boxes(page)).to_have_count(1)
    assert seen(picture, 0.5, 0.5) < 20
    covered(page)
    assert 100 < seen(picture, 0.5, 0.5) < 255 and seen(picture, 0.2, 0.2) > 250
    expect(boxes(page)).to_have_count(0)


def test_by_keyboard_a_box_is_added_moved_sized_and_removed(
    world: World, picture: Picture, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, world.cast.desk)
    opened(page, picture)
    add = page.get_by_role("button", name=_("Add a box"))
    add.focus()
    page.keyboard.press("Enter")
    expect(boxes(page)).to_be_focused()
    before = boxes(page).bounding_box()
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    after = boxes(page).bounding_box()
    assert before and after
    assert after["x"] > before["x"] and after["y"] < before["y"]
    assert after["width"] > before["width"] and after["height"] > before["height"]
    page.keyboard.press("Delete")
    expect(boxes(page)).to_have_count(0)
    expect(add).to_be_focused()
    page.keyboard.press("Enter")
    covered(page)
    assert seen(picture, 0.5, 0.5) > 20


def test_a_finger_draws_on_a_telephone_also_in_a_part_made_larger(
    world: World, picture: Picture, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page(**PHONE)
    sign_in(page, world.cast.desk)
    opened(page, picture)
    page.get_by_role("button", name=_("Larger")).click()
    page.get_by_role("button", name=_("Larger")).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    touched(page, point(page, 0.4, 0.4), point(page, 0.6, 0.6))
    expect(boxes(page)).to_have_count(1)
    covered(page)
    assert seen(picture, 0.5, 0.5) > 20


def touched(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    session = page.context.new_cdp_session(page)
    for kind, points in (("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])):
        sent = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": sent})


def test_it_is_public_only_after_looking_and_gone_when_taken_back(
    world: World, picture: Picture, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, world.cast.desk)
    opened(page, picture)
    drawn(page, (0.3, 0.3), (0.7, 0.7))
    page.get_by_role("button", name=_("Make it public"), exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(
        _("Some boxes are not covered yet. Cover them, then look at it again.")
    )
    expect(boxes(page)).to_have_count(1)
    covered(page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=_("Make it public"), exact=True).click()
    link = page.get_by_role("link", name=_("Public address of the photo"))
    address = link.get_attribute("href") or ""
    assert page.request.get(address).status == 200
    page.get_by_role("button", name=_("Take it back: show it to nobody")).click()
    expect(page.get_by_text(_("This photo is not public."))).to_be_visible()
    assert page.request.get(address).status == 404


def test_while_the_draft_is_made_the_page_waits_and_then_shows_it_by_itself(
    world: World, picture: Picture, page: Page, sign_in: SignIn
) -> None:
    sign_in(page, world.cast.desk)
    opened(page, picture)
    page.get_by_role("button", name=_("Start again")).click()
    expect(page.locator(".being-made")).to_be_visible()
    actions.make_draft(timezone.now(), by_hand=True)
    expect(page.get_by_role("toolbar")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_every_stage_is_accessible_and_fits(
    world: World,
    picture: Picture,
    open_page: OpenPage,
    sign_in: SignIn,
    accessible: Callable[[Page], None],
    size: dict[str, Any],
) -> None:
    page = open_page(**size)
    sign_in(page, world.cast.desk)
    opened(page, picture)
    page.get_by_role("button", name=_("Add a box")).click()
    for act in ("draft", "prepare", "withdraw"):
        if act != "draft":
            page.locator(f"button[value={act}]").click()
            page.wait_for_load_state()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
