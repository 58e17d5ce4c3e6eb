"""One phone, several people; a sign-in that ends; and what needs its owner, in words."""

import pytest
from playwright.sync_api import expect

from linli.field.tests.proxy import PASS, PORTAL, said
from linli.field.tests.shell import NewPhone, Town, drawn, held, named, received, report, shoot, wait_kept

pytestmark = pytest.mark.browser
ENDED = said(401, b'{"error": {"code": "sign_in_again", "message": "x"}}', "application/json")


def test_the_next_one_on_a_shared_phone_sees_nothing_of_the_first(new_phone: NewPhone, town: Town) -> None:
    phone = held(new_phone)
    page = phone.page
    phone.line.fault = lambda asked: said(503, b"", "text/plain") if "reports" in asked.path else PASS
    report(page)
    expect(page.locator("[data-queue]")).to_contain_text("1")
    phone.sign_in("neighbour")
    with page.expect_navigation(url="**/m/"):
        page.reload()
    page.locator("[data-tab=outbox]").tap()
    drawn(page, "outbox")
    expect(named(page, "others")).to_contain_text("1 件", timeout=30_000)
    expect(named(page, "unsent")).to_be_hidden()
    phone.line.fault = lambda _asked: PASS
    phone.sign_in("worker")
    page.goto(phone.line.address + "/m/")
    page.reload()
    named(page, "list").get_by_role("link").first.tap()
    received(page)


def test_a_sign_in_that_has_ended_keeps_the_queue_and_says_what_to_do(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    page = phone.page
    phone.line.fault = lambda asked: ENDED
    report(page)
    expect(named(page, "state").first).to_have_text("等待登录", timeout=30_000)
    expect(named(page, "pause")).to_contain_text("登录已过期")
    page.locator("[data-tab=outbox]").tap()
    drawn(page, "outbox")
    expect(named(page, "pause").get_by_role("link", name="登录")).to_have_attribute("href", "/sign-in?next=/m/")
    phone.line.fault = lambda _asked: PASS
    phone.sign_in("worker")
    page.goto(phone.line.address + "/m/#home")
    page.reload()
    drawn(page, "home")
    named(page, "list").get_by_role("link").first.tap()
    received(page)


def test_a_page_of_a_public_network_is_named_as_such(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    phone.line.fault = lambda _asked: PORTAL
    report(phone.page)
    expect(named(phone.page, "state").first).to_have_text("网络需要先登录", timeout=30_000)
    phone.page.locator("[data-tab=outbox]").tap()
    drawn(phone.page, "outbox")
    expect(named(phone.page, "pause")).to_contain_text("公共 Wi-Fi")


def test_a_report_the_server_refuses_is_mended_and_sent(new_phone: NewPhone, town: Town) -> None:
    phone = held(new_phone)
    page = phone.page
    refusal = '{"error": {"code": "outside", "message": "这个位置不在本县范围内。"}}'.encode()
    phone.line.fault = lambda asked: said(422, refusal, "application/json") if "reports" in asked.path else PASS
    made = report(page)
    expect(named(page, "problem")).to_contain_text("不在本县范围内", timeout=30_000)
    named(page, "problem").click()
    drawn(page, "conflict")
    expect(named(page, "what")).to_have_text("这个位置不在本县范围内。")
    named(page, "edit").click()
    drawn(page, "report")
    phone.line.fault = lambda _asked: PASS
    named(page, "send").tap()
    drawn(page, "receipt")
    received(page)
    assert town.kept(made) == 1


def test_something_that_waits_is_saved_as_a_file(new_phone: NewPhone) -> None:
    phone = held(new_phone, is_mobile=False, has_touch=False, accept_downloads=True)
    page = phone.page
    phone.line.fault = lambda _asked: said(503, b"", "text/plain")
    named(page, "write").click()
    drawn(page, "report")
    named(page, "text").fill("路灯不亮")
    named(page, "send").click()
    drawn(page, "receipt")
    page.evaluate("location.hash = '#outbox'")
    drawn(page, "outbox")
    with page.expect_download() as saved:
        named(page, "export").click()
    content = saved.value.path().read_text("utf-8")
    assert "路灯不亮" in content
    assert "linlid_" not in content


def test_whoever_signs_out_with_something_unsent_is_asked_once_and_it_stays(new_phone: NewPhone, town: Town) -> None:
    phone = held(new_phone)
    page = phone.page
    phone.line.fault = lambda asked: said(503, b"", "text/plain") if "reports" in asked.path else PASS
    shoot(page)
    page.locator(".tile").first.tap()
    named(page, "send").tap()
    drawn(page, "receipt")
    page.locator("[data-tab=more]").tap()
    drawn(page, "more")
    named(page, "leave_now").click()
    expect(named(page, "confirm")).to_contain_text("1 件")
    phone.context.clear_cookies()
    with page.expect_navigation():
        named(page, "confirm_yes").click()
    drawn(page, "enter")
    phone.line.fault = lambda _asked: PASS
    # The session has ended with the sign-out; they sign in again.
    number = phone.number("worker")
    again = f"client = Client()\nclient.force_login(Person.objects.get(pk={number}))"
    session = town.does(f"from django.test import Client\n{again}\nprint(client.cookies['sessionid'].value)")
    phone.holders["worker"] = (number, session)
    phone.sign_in("worker")
    page.reload()
    drawn(page, "home")
    named(page, "list").get_by_role("link").first.tap()
    received(page)


def test_a_phone_that_knows_nobody_says_so_without_a_network(new_phone: NewPhone) -> None:
    phone = new_phone(viewport={"width": 390, "height": 844})
    phone.page.goto(phone.line.address + "/m/report")
    drawn(phone.page, "home")
    wait_kept(phone.page)
    phone.context.set_offline(True)
    phone.page.goto(phone.line.address + "/m/")
    drawn(phone.page, "enter")
    expect(named(phone.page, "offline")).to_be_visible()


def test_nothing_waits_in_an_empty_outbox(new_phone: NewPhone) -> None:
    page = held(new_phone, address="#outbox").page
    expect(named(page, "empty")).to_contain_text("没有待发内容")
    expect(named(page, "space")).to_contain_text("MB")
