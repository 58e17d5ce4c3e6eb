"""Every screen as people with old eyes, in the sun, with one hand or with a screen reader have it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from linli.field.tests.shell import DESK, NewPhone, drawn, held, named, received, report, shoot, until

pytestmark = pytest.mark.browser
Accessible = Callable[[Page], None]
#: Boxes of everything that is tapped and seen, smallest side first; what lies inside running text is a link of a sentence.
TARGETS = """() => {
  const boxes = [".tile", ".segment", ".shutter", ".shot-add"];
  const tapped = ["a", "button", "summary", "select", ...boxes, "input:not([type=hidden], [type=radio])"];
  const passed = ".skip, .skip *, .maplibregl-map *, p > a, .visually-hidden";
  const smallest = (box) => Math.round(Math.min(box.width, box.height));
  return [...document.querySelectorAll(tapped.join(","))]
    .filter((one) => one.checkVisibility() && !one.matches(passed))
    .map((one) => [smallest(one.getBoundingClientRect()), one.textContent.trim().slice(0, 30) || one.id]);
}"""
SIZES = """() => {
  const hasWords = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const passed = ".visually-hidden, .skip, .maplibregl-map, .bar-demo";
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && hasWords(one) && !one.closest(passed))
    .map((one) => [parseFloat(getComputedStyle(one).fontSize), one.textContent.trim().slice(0, 30)]);
}"""


def _screens(page: Page) -> list[str]:
    """Addresses of all screens of the shell, with a report made for those that show one."""
    page.evaluate("location.hash = '#home'")
    drawn(page, "home")
    shoot(page)
    draft = str(page.evaluate("location.hash"))
    return ["#home", draft, "#outbox", "#more"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_axe_finds_nothing_on_any_screen(new_phone: NewPhone, accessible: Accessible, language: str, size: str) -> None:
    page = held(
        new_phone, address=f"?language={language}", **(DESK | {"is_mobile": False} if size == "desk" else {})
    ).page
    expect(page.locator("html")).to_have_attribute("lang", language)
    made = report(page, "Drains" if language == "en" else "排水管道")
    expect(named(page, "photos_words")).to_contain_text("1", timeout=30_000)
    accessible(page)
    for address in [*_screens(page), f"#correct/{made}"]:
        page.evaluate("(address) => { location.hash = address }", address)
        drawn(page, address[1:].partition("/")[0])
        accessible(page)
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, address


def test_axe_finds_nothing_where_nobody_is_known(new_phone: NewPhone, accessible: Accessible) -> None:
    phone = new_phone(viewport={"width": 390, "height": 844})
    phone.page.goto(phone.line.address + "/m/")
    drawn(phone.page, "enter")
    accessible(phone.page)
    expect(phone.page.get_by_role("link", name="登录", exact=True)).to_have_attribute("href", "/sign-in?next=/m/")


@pytest.mark.parametrize(("kind", "least", "words"), [("normal", 44, 12), ("large", 60, 18), ("huge", 60, 18)])
def test_type_and_targets_are_as_large_as_the_phone_was_set_to(
    new_phone: NewPhone, accessible: Accessible, kind: str, least: int, words: int
) -> None:
    page = held(new_phone, address="#more").page
    page.locator(f"[name=type][value={kind}]").check(force=True)
    page.reload()
    drawn(page, "more")
    expect(page.locator("html")).to_have_attribute("data-type", kind)
    for address in _screens(page):
        page.evaluate("(address) => { location.hash = address }", address)
        drawn(page, address[1:].partition("/")[0])
        assert [one for one in page.evaluate(TARGETS) if one[0] < least] == [], address
        assert [one for one in page.evaluate(SIZES) if one[0] < words] == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    accessible(page)


def test_in_the_sun_it_is_black_on_white(new_phone: NewPhone, accessible: Accessible) -> None:
    page = held(new_phone, address="#more", color_scheme="dark").page
    page.locator("[name=light][value=sun]").check(force=True)
    for address in _screens(page):
        page.evaluate("(address) => { location.hash = address }", address)
        drawn(page, address[1:].partition("/")[0])
        accessible(page)
    colours = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_what_is_done_lies_within_reach_of_a_thumb(new_phone: NewPhone) -> None:
    page = held(new_phone).page
    assert page.locator("label.shutter").bounding_box()["y"] > 844 * 0.6  # type: ignore[index]
    shoot(page)
    assert named(page, "send").bounding_box()["y"] > 844 * 0.6  # type: ignore[index]
    assert all(box["y"] > 844 * 0.2 for box in (one.bounding_box() for one in page.locator(".tile").all()) if box)


def test_a_screen_begins_at_its_heading_and_news_are_read_aloud(new_phone: NewPhone) -> None:
    page = held(new_phone).page
    report(page)
    assert page.evaluate("document.activeElement.tagName") == "H1"
    received(page)
    assert page.evaluate("document.querySelector('main [data-is=state]').getAttribute('role')") == "status"
    expect(page.get_by_role("navigation", name="页面").get_by_role("link")).not_to_have_count(0)


def test_all_of_a_report_can_be_done_by_keys(new_phone: NewPhone) -> None:
    page = held(new_phone, is_mobile=False, has_touch=False).page
    named(page, "write").focus()
    page.keyboard.press("Enter")
    drawn(page, "report")
    named(page, "text").focus()
    page.keyboard.type("ditch blocked")
    page.locator(".tile input").first.focus()
    page.keyboard.press("Space")
    named(page, "send").focus()
    page.keyboard.press("Enter")
    drawn(page, "receipt")


@pytest.mark.parametrize("forbidden", ["签到", "打卡得", "积分榜", "排行", "排名", "里程", "在线时长"])
def test_nothing_in_the_app_counts_or_ranks_people(new_phone: NewPhone, forbidden: str) -> None:
    page = held(new_phone).page
    assert forbidden not in page.evaluate("document.documentElement.outerHTML")


def test_every_screen_has_the_button_to_complain(new_phone: NewPhone) -> None:
    page = held(new_phone).page
    for address in _screens(page):
        page.evaluate("(address) => { location.hash = address }", address)
        drawn(page, address[1:].partition("/")[0])
        expect(page.get_by_role("link", name="投诉与建议")).to_be_visible()
    page.get_by_role("link", name="投诉与建议").tap()
    page.wait_for_url("**/opinion/**")


def test_the_language_is_remembered_by_this_phone_without_a_network_too(new_phone: NewPhone) -> None:
    page = held(new_phone, address="#more").page
    page.evaluate("navigator.serviceWorker.ready")
    page.locator("[name=language][value=en]").check(force=True)
    expect(page.locator("html")).to_have_attribute("lang", "en", timeout=30_000)
    drawn(page, "more")
    expect(page.locator("h1")).to_have_text("More")
    assert "language" not in page.url
    until(page, "navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.reload()
    drawn(page, "more")
    expect(page.locator("html")).to_have_attribute("lang", "en")
