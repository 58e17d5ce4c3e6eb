"""Notices in a browser: the inbox, marking and taking back, ways to be reached, push as far as it goes."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.testing import World, make_event, make_world
from linli.notices import course
from linli.notices.models import Channel, Delivery
from linli.notices.rules import Group, Kind
from linli.notices.testing import LOOPBACK, a_channel, mail_server, receiver, work
from linli.people.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def test_an_inbox_is_read_marked_and_taken_back_by_keyboard(
    world: World, page: Page, sign_in: Any, accessible: Any
) -> None:
    for _each in range(2):
        actions.accept(make_event(world, at=timezone.now()), by=world.cast.county, at=timezone.now())
    sign_in(page, world.cast.desk)
    page.goto("/desk/notices/")
    accessible(page)
    expect(page.locator(".notice-row.unread")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-row]").nth(0)).to_be_focused()
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.locator(".notice-row.unread")).to_have_count(0)
    expect(page.locator("[data-unread]")).to_be_hidden()
    accessible(page)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[data-unread]")).to_have_text("4")
    page.locator(".notice-row").first.get_by_role("button").click()
    expect(page.locator(".notice-row.unread")).to_have_count(1)


def test_ways_to_be_reached_are_added_confirmed_chosen_and_removed(
    world: World, page: Page, sign_in: Any, accessible: Any, settings: Any
) -> None:
    sign_in(page, world.cast.desk)
    with mail_server() as server:
        settings.MAIL_OUT = f"smtp://linli%40county.example@127.0.0.1:{server.port}?tls=none"
        page.goto("/desk/notices/")
        page.get_by_role("link", name="通知方式").click()
        accessible(page)
        page.get_by_label("方式", exact=True).select_option(label="电子邮件")
        page.get_by_label("电子邮箱、手机号或机器人地址").fill("desk@county.example")
        page.get_by_role("button", name="添加", exact=True).click()
        expect(page.get_by_text("尚未确认")).to_be_visible()
        accessible(page)
        work(timezone.now())
        code = course.code_of(Channel.objects.get())
        assert len(server.got) == 1
        page.get_by_label("收到的验证码").fill(code)
        page.get_by_role("button", name="确认", exact=True).click()
        expect(page.get_by_text("尚未确认")).to_have_count(0)
        page.get_by_label("已核查或已结案的").check()
        page.get_by_label("汇总时间").select_option("0")
        page.get_by_role("button", name="保存").last.click()
        assert Group.CLOSED in Channel.objects.get().groups
        page.get_by_label("从几点").fill("21:30")
        page.get_by_label("到几点").fill("07:00")
        page.get_by_role("button", name="保存").first.click()
        expect(page.get_by_label("从几点")).to_have_value("21:30")
        page.get_by_role("button", name="发送测试").click()
        expect(page.get_by_text("结果见发送记录")).to_be_visible()
        work(timezone.now())
        assert len(server.got) == 2
        page.goto("/desk/notices/log")
        expect(page.locator(".sent-rows > li")).to_have_count(2)
        accessible(page)
        page.goto("/desk/notices/settings")
        page.get_by_role("button", name="移除").click()
        expect(page.get_by_role("button", name="移除")).to_have_count(0)


def test_a_browser_that_cannot_be_reached_says_so_in_words(
    world: World, open_page: Any, sign_in: Any, watch: Any
) -> None:
    """A headless browser has no push service: asking must end in a sentence, not in silence."""
    page = open_page(permissions=["notifications"])
    sign_in(page, world.cast.desk)
    page.goto("/desk/notices/settings")
    page.get_by_role("button", name="允许本浏览器弹出通知").click()
    expect(page.locator("[data-push-said]")).not_to_be_empty()
    expect(page.get_by_role("button", name="允许本浏览器弹出通知")).to_be_enabled()
    watch.problems.clear()


def test_what_the_page_sends_of_a_subscription_is_kept_and_reached(
    world: World, page: Page, sign_in: Any, settings: Any
) -> None:
    """The way from the script of the page to a push service, with a subscription as a browser makes one."""
    from linli.notices.tests.test_sending import Browser

    settings.WEBHOOK_NETWORKS = LOOPBACK
    browser = Browser()
    sign_in(page, world.cast.desk)
    with receiver() as service:
        said = browser.subscription(f"{service.address}/push/1")
        page.add_init_script(_SUBSCRIBED % said)
        page.goto("/desk/notices/settings")
        page.get_by_role("button", name="允许本浏览器弹出通知").click()
        expect(page.locator(".channel").get_by_role("heading", name="本浏览器")).to_be_visible()
        page.get_by_role("button", name="发送测试").click()
        expect(page.get_by_text("结果见发送记录")).to_be_visible()
        work(timezone.now())
        opened = browser.open(service.got[0].body)
    assert opened["tag"] == Delivery.objects.get().key.hex


#: What a push service would have made of asking; the page itself is as it is.
_SUBSCRIBED = """
Notification.requestPermission = async () => "granted";
navigator.serviceWorker.register = async () => ({ pushManager: { getSubscription: async () => ({
  toJSON: () => ({ endpoint: "%(endpoint)s", keys: { p256dh: "%(p256dh)s", auth: "%(auth)s" } }),
}) } });
"""


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (390, "en"), (1920, "zh-hans")])
def test_no_page_is_wider_than_the_screen(
    world: World, open_page: Any, sign_in: Any, accessible: Any, width: int, language: str
) -> None:
    page = open_page(viewport={"width": width, "height": 844 if width == 390 else 1080})
    Person.objects.update(language=language)
    _much(world)
    for path in ("", "settings", "robots", "log", "log?all=1", "log?show=unknown"):
        sign_in(page, world.cast.system if "all" in path else world.cast.county)
        page.goto(f"/desk/notices/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        accessible(page)
        if folder := os.environ.get("PICTURES_OF_NOTICES"):
            name = f"{language}-{width}-{path.replace('?', '-') or 'inbox'}.png"
            page.screenshot(path=Path(folder) / name, full_page=True)


def _much(world: World) -> None:
    """Notices in the inbox of the county's desk, and deliveries in every state."""
    from random import Random

    from linli.journal.actions import record
    from linli.notices import actions as own
    from linli.notices.testing import Outside

    now, county = timezone.now(), world.cast.county
    a_channel(county, Kind.MAIL, at=now, bundle_minutes=0, most_an_hour=60, name="办公邮箱")
    a_channel(county, Kind.WECOM, at=now, bundle_minutes=0, most_an_hour=60)
    own.add_channel(county, kind=Kind.SMS, address="19900000042", at=now)
    robot = {
        "kind": Kind.DINGTALK,
        "address": "token-of-a-group",
        "name": "城区分拨值班群",
        "area": world.areas["440881"],
    }
    own.add_robot(**robot, by=county, at=now)
    outside = Outside(Random(3))
    for verb in ("reported", "dispatched", "due_soon", "said", "supervised", "closed"):
        event = make_event(world, at=now)
        record(f"event.{verb}", on=event, by=world.cast.desk, at=now, tell=[county])
        work(now, outside.send)
