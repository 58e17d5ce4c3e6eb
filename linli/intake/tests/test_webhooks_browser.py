"""The system administrator subscribes a system in a browser, sees a receiver fail, and sends again."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events.rules import State as MatterState
from linli.events.testing import World, make_event, make_world
from linli.intake.webhooks import actions, signing
from linli.intake.webhooks.models import Arrival, Delivery, Pusher
from linli.intake.webhooks.testing import LOOPBACK, a_subscription, receiver, work
from linli.people.models import Person
from tests.browser import settled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = LOOPBACK


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def test_subscribing_a_verified_delivery_a_failure_and_sending_again(
    world: World, page: Page, sign_in: Any, accessible: Any
) -> None:
    with receiver() as hook:
        sign_in(page, world.cast.system)
        page.goto("/desk/")
        page.get_by_role("link", name="系统推送").first.click()
        accessible(page)
        page.get_by_role("link", name="新增订阅").click()
        page.get_by_label("系统名称").fill("市热线平台")
        page.get_by_label("地址").fill(hook.address)
        page.get_by_label("已受理", exact=True).check()
        accessible(page)
        page.get_by_role("button", name="保存并显示密钥").click()
        secret = page.get_by_label("密钥", exact=True).input_value()
        accessible(page)
        page.get_by_role("link", name="已复制").click()
        expect(page.get_by_text("尚未发送过").first).to_be_visible()
        page.get_by_role("button", name="发送测试").click()
        settled(page)
        at = timezone.now()
        work(at)
        page.reload()
        expect(page.get_by_text("已收到", exact=True).last).to_be_visible()
        (got,) = hook.got
        given = (got.headers["webhook-id"], int(got.headers["webhook-timestamp"]), got.body)
        assert signing.is_signed([secret], *given, got.headers["webhook-signature"])
        hook.answers = [(503, {}, "正在维护".encode())]
        event = make_event(world, MatterState.ACCEPTED, at=at)
        work(at)
        page.reload()
        row = page.locator(".delivery-rows > li", has_text=event.number).last
        expect(row.get_by_text("1 次未成功")).to_be_visible()
        row.locator("summary").click()
        expect(row.get_by_text("正在维护")).to_be_visible()
        accessible(page)
        hook.answer(200)
        row.get_by_role("button", name="立即发送").click()
        settled(page)
        work(at + timedelta(seconds=5))
        page.reload()
        expect(page.locator(".delivery-rows .state", has_text="收到")).to_have_count(2)
        assert json.loads(hook.got[-1].body)["data"]["number"] == event.number


def test_a_mapping_is_tried_before_it_is_saved(world: World, page: Page, sign_in: Any, accessible: Any) -> None:
    sign_in(page, world.cast.system)
    page.goto("/desk/webhooks/")
    page.get_by_role("link", name="新增推送方").click()
    page.get_by_label("系统名称").fill("市热线")
    page.get_by_label("地址中的名称").fill("hotline")
    page.get_by_label("对方的消息样例").fill(
        '{"data": {"content": "水沟堵了", "town": "石城镇", "phone": "19900000099"}}'
    )
    page.get_by_role("button", name="试读").click()
    expect(page.get_by_text("读取结果")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("440881101", exact=True)).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="保存并显示密钥").click()
    expect(page.get_by_label("密钥", exact=True)).to_be_visible()
    page.get_by_role("link", name="已复制").click()
    expect(page.get_by_text("/intake/v1/hooks/hotline")).to_be_visible()
    accessible(page)


@pytest.mark.parametrize(("width", "language"), [(390, "zh-hans"), (390, "en"), (1920, "zh-hans")])
def test_no_page_is_wider_than_the_screen(
    world: World, open_page: Any, sign_in: Any, accessible: Any, width: int, language: str
) -> None:
    page = open_page(viewport={"width": width, "height": 844 if width == 390 else 1080})
    sign_in(page, world.cast.system)
    Person.objects.update(language=language)
    with receiver() as hook:
        one, other = _much(world, hook)
    for path in (
        "",
        "new",
        f"{one.pk}/",
        f"{one.pk}/edit",
        f"{one.pk}/close",
        f"in/{other.pk}/",
        f"in/{other.pk}/edit",
    ):
        page.goto(f"/desk/webhooks/{path}")
        if path == f"{one.pk}/":
            page.locator("summary", has_text="440881").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        accessible(page)
        if folder := os.environ.get("PICTURES_OF_WEBHOOKS"):
            name = f"{language}-{width}-{path.replace('/', '-') or 'index'}.png"
            page.screenshot(path=Path(folder) / name, full_page=True)


def _much(world: World, hook: Any) -> tuple[Any, Pusher]:
    """A subscription with deliveries in every state, others beside it, and a system that pushed."""
    at = timezone.now() - timedelta(hours=2)
    one, _secret = a_subscription(world, hook.address, name="市级城市运行管理服务平台", at=at)
    make_event(world, MatterState.CLOSED, at=at)
    work(at)
    hook.answers = [(503, {}, b"<html><body>Service Unavailable: maintenance window until 16:00</body></html>")]
    for minutes in range(3):
        make_event(world, MatterState.ACCEPTED, at=at + timedelta(minutes=minutes))
    for seconds in (0, 5, 40):
        work(at + timedelta(seconds=seconds))
    last = Delivery.objects.order_by("-pk").first()
    assert last is not None
    Delivery.objects.filter(pk=last.pk).update(state="given_up", due_at=None, finished_at=at, tries=15)
    a_subscription(
        world, "https://datahub.example.gov.cn/open/v3/hooks/linli/events?tenant=440881", name="数据共享平台"
    )
    paused, _secret = a_subscription(world, "https://paused.example/", name="旧平台")
    actions.pause(paused, by=world.cast.system, at=at)
    other, _secret = actions.let_push(
        name="hotline-12345", title="市12345热线", area=world.areas["440881"], scheme="standard",
        text='text = "data.content"\ntitle = "data.title"\n', by=world.cast.system, at=at,
    )  # fmt: skip
    for status, code in ((201, ""), (200, ""), (201, "unknown_area"), (401, "bad_signature")):
        Arrival.objects.create(pusher=other, at=at, message_id="msg_2f0c8a9b1d", status=status, code=code)
    return one, other
