"""Inside another app, where a browser has less than usual; and on phones whose browser is one of its own."""

import pytest
from playwright.sync_api import Page, expect

from linli.field.tests.outbox import Town
from linli.field.tests.shell import NewPhone, drawn, held, named, received, report, until, wait_kept
from linli.field.tests.waiting import matter

pytestmark = pytest.mark.browser
_ANDROID = (
    "Mozilla/5.0 (Linux; Android 13; V2164A; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36"
)
_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
)
VIEWS = {
    "WeChat on Android": f"{_ANDROID} XWEB/1300059 MMWEBSDK/20240404 MicroMessenger/8.0.49.2600(0x28003133) Language/zh_CN",
    "WeChat on an iPhone": f"{_IPHONE} MicroMessenger/8.0.49(0x18003137) NetType/4G Language/zh_CN",
    "WeCom": f"{_IPHONE} wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh",
    "DingTalk": f"{_ANDROID} AliApp(DingTalk/7.5.20) com.alibaba.android.rimet/38221310 language/zh-CN",
}
#: What such views lack: no service worker and nothing that needs one, no line between tabs, nothing to share or to lock with.
LESS = """
for (const name of ["PushManager", "Notification", "BroadcastChannel", "SyncManager"]) delete globalThis[name];
for (const name of ["serviceWorker", "locks", "share", "canShare", "setAppBadge", "clearAppBadge"]) {
  delete Navigator.prototype[name];
}
globalThis.opened = 0;
globalThis.open = () => { globalThis.opened += 1; return null; };
globalThis.offers = () => globalThis.dispatchEvent(Object.assign(new Event("beforeinstallprompt"), { prompt: async () => {} }));
"""
SAFARI = f"{_IPHONE} Version/17.5 Safari/604.1"


@pytest.mark.parametrize("view", VIEWS)
def test_inside_another_app_three_taps_report_and_nothing_is_asked_to_be_installed(
    new_phone: NewPhone, town: Town, view: str
) -> None:
    phone = new_phone(
        viewport={"width": 390, "height": 760},
        has_touch=True,
        is_mobile=True,
        user_agent=VIEWS[view],
        service_workers="block",
        geolocation={"longitude": 110.05, "latitude": 21.7, "accuracy": 8},
        permissions=["geolocation"],
    )
    phone.context.add_init_script(LESS)
    page = phone.sign_in("worker").page
    page.goto(phone.line.address + "/m/")
    drawn(page, "home")
    until(page, "document.documentElement.dataset.reference === 'fresh'")
    made = report(page)
    received(page)
    assert town.kept(made) == 1
    page.evaluate("offers(); location.hash = '#more'")
    drawn(page, "more")
    expect(named(page, "ring_state")).to_contain_text("无法弹出通知", timeout=30_000)
    expect(named(page, "install")).to_be_hidden()


def test_without_a_service_worker_every_screen_opens_in_the_village_once_the_app_was_opened(
    new_phone: NewPhone,
) -> None:
    phone = held(new_phone, service_workers="block", user_agent=VIEWS["WeChat on Android"])
    page = phone.page
    page.wait_for_load_state("networkidle")
    phone.context.set_offline(True)
    for name in ("tasks", "grid", "spot", "outbox", "more", "home"):
        page.evaluate("(name) => { location.hash = name }", f"#{name}")
        drawn(page, name)
    made = report(page)
    expect(named(page, "state").first).to_have_text("等待网络", timeout=30_000)
    phone.context.set_offline(False)
    received(page)
    assert phone.town.kept(made) == 1


def test_no_link_and_no_script_opens_a_window(new_phone: NewPhone, town: Town) -> None:
    event = matter(town, "reported").event
    town.does(f"Event.objects.filter(pk={event!r}).update(lon=110.05, lat=21.7)")
    phone = held(new_phone)
    page = phone.page
    page.evaluate(f"location.hash = '#task/{event}'")
    drawn(page, "task")
    page.locator(".route summary").tap()
    assert page.locator(".route a").count() == 4
    assert page.locator("[target]").count() == 0


def test_the_camera_is_a_plain_field_that_every_view_knows(new_phone: NewPhone) -> None:
    page = held(new_phone).page
    camera = page.locator("label.shutter input")
    assert [camera.get_attribute(name) for name in ("type", "accept", "capture")] == ["file", "image/*", "environment"]
    resident = held(new_phone, "").page
    assert resident.locator("label.shutter input").get_attribute("capture") is None  # the gallery is theirs, too


def test_what_the_screen_of_a_phone_cuts_away_holds_nothing(new_phone: NewPhone) -> None:
    page = held(new_phone).page
    assert "viewport-fit=cover" in (page.locator("meta[name=viewport]").get_attribute("content") or "")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setSafeAreaInsetsOverride", {"insets": {"top": 47, "bottom": 34}})
    assert page.locator(".bar-brand").bounding_box()["y"] >= 47  # type: ignore[index]
    tab = page.locator("[data-tab=home]").bounding_box()
    assert tab and tab["y"] + tab["height"] <= 844 - 34
    shutter = page.locator("label.shutter").bounding_box()
    assert shutter and shutter["y"] + shutter["height"] <= tab["y"]


def test_an_iphone_is_told_why_and_how_to_put_it_on_the_first_screen(new_phone: NewPhone) -> None:
    page = held(new_phone, address="#more", user_agent=SAFARI).page
    expect(named(page, "install_words")).to_contain_text("主屏幕")
    expect(named(page, "install_now")).to_be_hidden()


def test_a_browser_that_offers_it_is_asked_only_by_whoever_taps(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    page = phone.page
    page.evaluate(OFFER)
    expect(page.locator("html")).not_to_have_attribute("data-asked", "1")
    page.evaluate("location.hash = '#more'")
    drawn(page, "more")
    named(page, "install_now").tap()
    expect(page.locator("html")).to_have_attribute("data-asked", "1")
    expect(named(page, "install")).to_be_hidden()


OFFER = """() => {
  const offered = new Event("beforeinstallprompt", { cancelable: true });
  offered.prompt = async () => { document.documentElement.dataset.asked = "1"; };
  dispatchEvent(offered);
}"""


# --- closing ----------------------------------------------------------------------------------------------------------


def _asked(page: Page) -> list[str]:
    """What closing asks, and stays."""
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    return asked


def test_closing_with_something_unsent_asks_once(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    page = phone.page
    wait_kept(page)
    phone.context.set_offline(True)
    report(page)
    expect(page.locator("[data-queue]")).to_contain_text("1")
    asked = _asked(page)
    page.close(run_before_unload=True)
    until(page, "true")
    expect(page.locator("[data-queue]")).to_be_visible()
    assert asked == ["beforeunload"]
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_closing_asks_nothing_where_all_has_arrived_nor_whoever_follows_a_link(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    page, asked = phone.page, _asked(phone.page)
    wait_kept(page)
    phone.context.set_offline(True)
    report(page)
    expect(page.locator("[data-queue]")).to_contain_text("1")
    phone.context.set_offline(False)
    page.evaluate("location.hash = '#more'")
    drawn(page, "more")
    page.get_by_role("link", name="公众页面").tap()
    page.wait_for_url(phone.line.address + "/")
    page.go_back()
    drawn(page)
    expect(page.locator("[data-queue]")).to_be_hidden(timeout=60_000)
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == []
