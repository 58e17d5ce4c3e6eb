"""The pages as people use them: by keyboard, by a tap on the map, on a phone and on a wide screen, by day and by night."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.forms import ACTS
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import GRID, IN_GRID, World, draw_boundaries, make_event, make_world

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WIDE: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
SignIn = Callable[[Page, Any], None]
OpenPage = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make_world()
    draw_boundaries(made)
    return made


@pytest.fixture
def matters(world: World) -> list[Event]:
    """Three open matters, due in this order."""
    now = timezone.now()
    made = [
        make_event(world, State.HANDLING, text="第一件：水沟堵了", at=now - timedelta(days=40)),
        make_event(world, State.REPORTED, text="第二件：路灯不亮", at=now - timedelta(hours=3)),
        make_event(world, State.ACCEPTED, text="第三件：井盖缺失", at=now - timedelta(hours=2)),
    ]
    Event.objects.update(lon=IN_GRID[0], lat=IN_GRID[1])
    return made


def text_of(page: Page) -> str:
    return page.locator("[data-row]:focus").inner_text()


def drawn(page: Page) -> None:
    expect(page.locator("[data-map]")).to_have_attribute("data-ready", "1", timeout=15_000)


def test_the_queue_is_walked_by_keyboard(world: World, matters: list[Event], page: Page, sign_in: SignIn) -> None:
    sign_in(page, world.cast.desk)
    page.goto("/desk/")
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(3)
    order = page.locator("[data-row] b").all_inner_texts()
    page.keyboard.press("j")
    assert order[0] in text_of(page)
    page.keyboard.press("j")
    assert order[1] in text_of(page)
    page.keyboard.press("k")
    assert order[0] in text_of(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_label(_("Search in matters"))).to_be_focused()
    page.keyboard.type("路灯j")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.wait_for_load_state("load")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=_("What was reported"))).to_be_visible()
    expect(page.get_by_text("第二件：路灯不亮")).to_be_visible()


def test_on_a_wide_screen_a_matter_is_handled_beside_the_list(
    world: World, matters: list[Event], open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page(**WIDE)
    sign_in(page, world.cast.desk)
    page.goto("/desk/")
    preview = page.get_by_role("complementary", name=_("Preview"))
    page.get_by_role("link", name=re.compile("第二件")).click()
    expect(preview.get_by_text(matters[1].number)).to_be_visible()
    assert page.url.endswith("/desk/")
    preview.get_by_role("link", name=str(ACTS["accept"].label), exact=True).click()
    expect(preview.get_by_role("heading", name=str(ACTS["accept"].label))).to_be_focused()
    preview.get_by_role("button", name=str(ACTS["accept"].label), exact=True).click()
    expect(page.get_by_role("status").get_by_text(str(ACTS["accept"].label))).to_be_visible()
    assert Event.objects.get(pk=matters[1].pk).state == State.ACCEPTED


def test_a_tap_on_the_map_says_where_it_is(world: World, open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    page.goto("/report")
    page.get_by_label(_("In your words")).fill("路灯不亮")
    ground = page.get_by_role("application", name=_("Tap where it is"))
    drawn(page)
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()
    assert box
    # The county fills the map, and the worker's grid is its north-western eighth.
    page.touchscreen.tap(box["x"] + box["width"] / 2 - 110, box["y"] + box["height"] / 2 - 90)
    expect(page.locator("[name=lon]")).not_to_have_value("")
    page.get_by_role("button", name=_("Send the report")).click()
    expect(page.get_by_text(_("Thank you. Your report has arrived."))).to_be_visible()
    assert Event.objects.get().area_id == GRID


def test_without_a_position_the_page_says_what_to_do_instead(world: World, open_page: OpenPage) -> None:
    page = open_page(**PHONE, permissions=[])
    page.goto("/report")
    page.get_by_role("button", name=_("Use my position")).click()
    expect(page.get_by_text(_("The position is not available. Tap on the map or choose the area."))).to_be_visible()


def test_villages_follow_the_township(world: World, page: Page) -> None:
    page.goto("/report")
    page.get_by_label(_("Township")).select_option(label="石城镇")
    page.get_by_label(_("Village or community")).select_option(label="下县村")
    page.get_by_label(_("In your words")).fill("路灯不亮")
    page.get_by_role("button", name=_("Send the report")).click()
    expect(page.get_by_text(_("Thank you. Your report has arrived."))).to_be_visible()
    assert Event.objects.get().area.name == "下县村"


def test_the_link_of_a_receipt_opens_it_and_leaves_no_code_behind(world: World, page: Page) -> None:
    reported = actions.report(text="路灯不亮", area=world.grid, at=timezone.now(), source="resident")
    page.goto(f"/status/{reported.event.number}#{reported.secret}")
    expect(page.get_by_role("heading", name=_("Your report has arrived."))).to_be_visible()
    assert reported.secret not in page.url
    page.go_back()
    assert reported.secret not in page.url


def test_a_point_on_the_map_leads_to_its_matter(
    world: World, matters: list[Event], page: Page, sign_in: SignIn
) -> None:
    Event.objects.exclude(pk=matters[0].pk).update(lon=None, lat=None)
    sign_in(page, world.cast.worker)
    page.goto("/desk/map/")
    drawn(page)
    ground = page.get_by_role("application")
    box = ground.bounding_box()
    assert box
    # The point lies in the middle of the worker's grid, which fills the map.
    ground.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    page.get_by_role("link", name=_("Open"), exact=True).click()
    expect(page.get_by_text("第一件：水沟堵了")).to_be_visible()


def test_the_contact_is_opened_in_its_place(world: World, page: Page, sign_in: SignIn) -> None:
    event = actions.report(
        text="路灯不亮", area=world.grid, at=timezone.now(), source="resident", contact="林阿婆 19900000009"
    ).event
    sign_in(page, world.cast.desk)
    page.goto(f"/desk/events/{event.pk}/")
    page.get_by_label(_("Reason")).fill("问清门牌号")
    page.get_by_role("button", name=_("Open the contact")).click()
    expect(page.get_by_text("林阿婆 19900000009")).to_be_visible()
    expect(page.locator("[data-gone-after][data-until]")).to_be_visible()
    # By the clock: when the minute is over it is gone, and the page says how to go on.
    page.evaluate("() => { document.querySelector('[data-gone-after]').dataset.until = Date.now() - 1; }")
    expect(page.get_by_text("林阿婆 19900000009")).to_have_count(0)
    expect(
        page.get_by_text(_("It was shown for a minute. Load the page again to open it once more, with a reason."))
    ).to_be_visible()
    page.reload()
    expect(page.get_by_text("林阿婆 19900000009")).to_have_count(0)


def test_on_paper_there_is_the_matter_and_nothing_to_press(
    world: World, matters: list[Event], page: Page, sign_in: SignIn
) -> None:
    sign_in(page, world.cast.desk)
    page.goto(f"/desk/events/{matters[0].pk}/")
    page.emulate_media(media="print")
    expect(page.get_by_text("第一件：水沟堵了")).to_be_visible()
    for hidden in (page.get_by_role("navigation", name=_("Rooms")), page.get_by_role("button", name=_("Print"))):
        expect(hidden).to_be_hidden()


PUBLIC = ("/", "/report", "/sign-in", "/status/440881101-202611-000001", "/nowhere")
DESK = ("/desk/", "/desk/?area=440881101201&q=水沟", "/desk/?q=飞船", "/desk/new", "/desk/map/", "/desk/notices/")
#: Every page is looked at in other sizes and colours too, by `tests/test_accessible.py`.
LOOKS = [("phone", "light"), ("wide", "dark")]


@pytest.mark.parametrize(("screen", "scheme"), LOOKS)
def test_every_page_fits_its_screen_and_is_accessible(
    world: World,
    matters: list[Event],
    open_page: OpenPage,
    sign_in: SignIn,
    accessible: Callable[[Page], None],
    screen: str,
    scheme: str,
) -> None:
    page = open_page(**(PHONE if screen == "phone" else WIDE), color_scheme=scheme)
    for address in PUBLIC:
        fits(page, address, accessible)
    status_fits(page, world, accessible)
    sign_in(page, world.cast.desk)
    ended = make_event(world, State.CLOSED, at=timezone.now())
    sealed = actions.report(text="很" * 3000, area=world.grid, at=timezone.now(), source="resident", contact="阿婆")
    steps = ["accept", "dispatch", "check_truth", "move", "merge", "defer", "split", "nonsense"]
    addresses = [f"/desk/events/{one.pk}/" for one in (*matters, ended, sealed.event)]
    addresses += [f"/desk/events/{matters[1].pk}/{step}" for step in steps]
    for address in (*DESK, *addresses):
        fits(page, address, accessible)


def status_fits(page: Page, world: World, accessible: Callable[[Page], None]) -> None:
    """The receipt of a new report, and the page of a matter that was handled on the spot."""
    page.goto("/report")
    page.get_by_label(_("In your words")).fill("路灯不亮")
    page.get_by_label(_("How can we reach you?")).fill("阿婆")
    page.get_by_label(_("Township")).select_option(label="石城镇")
    page.get_by_label(_("Village or community")).select_option(label="上县村")
    page.get_by_role("button", name=_("Send the report")).click()
    expect(page.get_by_text(_("Thank you. Your report has arrived."))).to_be_visible()
    fits(page, "/receipt", accessible)
    event = Event.objects.latest("received_at")
    fits(page, f"/status/{event.number}", accessible)
    actions.self_handle(event, text="当场换了灯泡", by=world.cast.cadre, at=timezone.now())
    fits(page, f"/status/{event.number}", accessible)


def fits(page: Page, address: str, accessible: Callable[[Page], None]) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"{address} is {too_wide} px too wide"
    accessible(page)


def test_what_a_thumb_must_hit_is_large_enough(
    world: World, matters: list[Event], open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page(**PHONE)
    sign_in(page, world.cast.worker)
    for address in ("/desk/", f"/desk/events/{matters[1].pk}/", f"/desk/events/{matters[1].pk}/accept", "/desk/new"):
        page.goto(address)
        small = page.locator(".primary, .button, .quiet, .rooms a, select, textarea, [data-row]").evaluate_all(
            "all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 44)"
            ".map(one => `${one.className} ${one.innerText} ${one.getBoundingClientRect().height}`)"
        )
        assert small == [], address
