"""The wall as people meet it: live, honest about its age, by keyboard, on every screen, and for days on end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import CDPSession, Page, Route, expect

from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, draw_boundaries, make_event
from linli.wall.models import Screen
from linli.wall.screens import end, set_up
from linli.wall.watching import COOKIE

pytestmark = pytest.mark.browser
#: A busy machine answers late, and the wall asks the more seldom the later it answers.
PATIENT_MS = 60_000
SignIn = Callable[[Page, Any], None]
OpenPage = Callable[..., Page]


@pytest.fixture
def busy(transactional_db: None, world: World) -> World:
    """A county with outlines and with matters in every state, some of them on the map."""
    draw_boundaries(world)
    for place, state in enumerate(State):
        make_event(world, state, at=timezone.now() - timedelta(days=place % 3, minutes=20))
    Event.objects.filter(ended_at=None).update(lon=110.281, lat=21.611)
    return world


@pytest.fixture
def wall(busy: World, open_page: OpenPage, sign_in: SignIn) -> Callable[..., Page]:
    """The wall of the county on a screen of this size, drawn to the end."""

    def make(width: int = 1920, height: int = 1080, **options: Any) -> Page:
        page = open_page(viewport={"width": width, "height": height}, **options)
        page.context.set_default_timeout(PATIENT_MS)
        sign_in(page, busy.cast.county)
        page.goto("/wall/")
        page.locator("[data-ground][data-ready]").wait_for()
        return page

    return make


def text(page: Page, tile: str) -> str:
    return page.locator(f"[data-tile={tile}] [data-n]").inner_text()


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 1080), (390, 844)], ids=["wall", "wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_every_screen_and_is_read_from_afar(
    wall: Callable[..., Page], accessible: Callable[[Page], None], size: tuple[int, int], theme: str
) -> None:
    page = wall(*size, color_scheme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    accessible(page)
    if size[1] == 1080:
        assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
        sizes = page.evaluate(
            """[...document.querySelectorAll(".wall *")]
                 .filter((one) => one.checkVisibility())
                 .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
                 .map((one) => parseFloat(getComputedStyle(one).fontSize))"""
        )
        assert min(sizes) >= 28
        numbers = page.locator(".wall-number b").evaluate_all(
            "all => all.map((b) => parseFloat(getComputedStyle(b).fontSize))"
        )
        assert min(numbers) >= 72


def test_a_number_opens_its_rows(wall: Callable[..., Page]) -> None:
    page = wall()
    said = text(page, "open")
    page.get_by_role("link", name="目前在办", exact=True).click()
    expect(page.locator("#count")).to_have_text(said)
    page.go_back()
    said = text(page, "due_soon")
    page.locator("[data-tile=due_soon] .wall-number").click()
    expect(page.locator("#count")).to_have_text(said)


def test_it_is_used_by_keyboard(wall: Callable[..., Page]) -> None:
    page = wall()
    page.keyboard.press("2")
    expect(page.locator("[data-tile=open] .wall-number")).to_be_focused()
    for digit, place in (
        ("7", ".maplibregl-canvas"),
        ("8", ".wall-queue li:first-child a"),
        ("9", ".wall-stages li:first-child a"),
    ):
        page.keyboard.press(digit)
        expect(page.locator(place)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("d")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_be_visible()


def test_what_happens_is_shown_in_its_place(busy: World, wall: Callable[..., Page]) -> None:
    page = wall()
    before = int(text(page, "reported"))
    make_event(busy, at=timezone.now())
    page.evaluate("document.dispatchEvent(new CustomEvent('live:queue', { detail: {} }))")
    expect(page.locator("[data-tile=reported] [data-n]")).to_have_text(str(before + 1), timeout=PATIENT_MS)
    expect(page.locator("[data-tile=reported] [data-age]")).to_contain_text("截至")


def test_a_mouse_left_on_the_queue_holds_it_for_a_minute_and_no_longer(wall: Callable[..., Page]) -> None:
    page = wall()
    page.route("**/now.json", lambda route: route.fulfill(status=304))
    first = page.locator(".wall-queue li:first-child [data-what]")
    first.hover()
    page.evaluate(
        """async () => {
          const { show } = await import(document.querySelector("script[src*='wall/wall']").src);
          const told = JSON.parse(document.getElementById("wall-first").textContent);
          show({ ...told, queue: told.queue.map((one) => ({ ...one, category: "刚来的" })) });
        }"""
    )
    expect(first).not_to_have_text("刚来的")
    page.evaluate("const told = performance.now.bind(performance); performance.now = () => told() + 61_000;")
    expect(first).to_have_text("刚来的", timeout=PATIENT_MS)


def test_matters_are_told_apart_from_near(busy: World, wall: Callable[..., Page]) -> None:
    page = wall()
    with page.expect_response(lambda answer: "map.json" in answer.url and "zoom" not in answer.url) as told:
        page.keyboard.press("7")
        for _each in range(5):
            page.keyboard.press("+")
            page.wait_for_function("delete document.querySelector('[data-ground]').dataset.ready")
            page.locator("[data-ground][data-ready]").wait_for()
    assert told.value.ok


def test_numbers_turn_grey_when_the_server_is_cut_and_come_back(wall: Callable[..., Page], watch: Any) -> None:
    page = wall()
    page.route("**/now.json", lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new CustomEvent('live:down'))")
    expect(page.locator(".wall")).to_have_class("wall is-old", timeout=PATIENT_MS)
    expect(page.locator("[data-state-words]")).to_contain_text("连接中断")
    expect(page.locator("[data-tile=open] [data-age]")).to_contain_text("数据已过")
    page.unroute("**/now.json")
    page.evaluate("document.dispatchEvent(new CustomEvent('live:up'))")
    expect(page.locator(".wall")).to_have_class("wall", timeout=PATIENT_MS)
    watch.problems.clear()


def test_a_number_older_than_a_minute_is_grey_whatever_the_stream_says(wall: Callable[..., Page]) -> None:
    page = wall()
    page.evaluate(
        """async () => {
          const { show } = await import(document.querySelector("script[src*='wall/wall']").src);
          const told = JSON.parse(document.getElementById("wall-first").textContent);
          show({ ...told, as_of: new Date(Date.parse(told.at) - 61_000).toISOString() });
        }"""
    )
    assert "is-old" in (page.locator(".wall").get_attribute("class") or "")
    expect(page.locator("[data-tile=open] [data-age]")).to_contain_text("1分")


# --- for days -------------------------------------------------------------------------------------------------------------

#: Goes on from one thousand to another: every update other numbers, other matters, other people and other clusters.
UPDATES = """
async ([from, until]) => {
  const { show, fillGround } = await import(document.querySelector("script[src*='wall/wall']").src);
  const first = JSON.parse(document.getElementById("wall-first").textContent);
  const at = Date.parse(first.at);
  for (let turn = from; turn < until; turn += 1) {
    const number = (given) => ({ ...given, n: (given.n + turn) % 977 });
    const numbers = (given) => Object.fromEntries(Object.entries(given).map(([key, one]) => [key, number(one)]));
    const moment = new Date(at + 1000 * turn).toISOString();
    const queue = [...Array(1 + (turn % 60)).keys()].map((place) => ({
      ...first.queue[(turn + place) % first.queue.length],
      number: `440881-${turn}-${place}`,
      due_at: new Date(at + 60000 * place).toISOString(),
    }));
    show({
      ...first, at: moment, as_of: moment, tiles: numbers(first.tiles), stages: numbers(first.stages),
      queue, waiting: queue.length,
      on_time: { ...first.on_time, percent: turn % 100, numerator: number(first.on_time.numerator) },
      hours: first.hours.map((hour, place) => ({ reported: (turn + place) % 31, closed: (turn * 3 + place) % 29 })),
      duty: { ...first.duty, empty: turn % 9, empty_names: [`${turn % 9}`] },
    });
    // As often as a wall that is told of something without a pause would draw.
    if (turn % 50 === 0) {
      const lat = 21.5 + (turn % 50) / 100;
      const clusters = [...Array(80).keys()].map((place) => ({ lon: 110 + place / 100, lat, n: turn + place }));
      fillGround({ clusters });
      await new Promise((done) => requestAnimationFrame(done));
    }
  }
  await new Promise((done) => setTimeout(done, 500));
}
"""


def weighed(session: CDPSession) -> tuple[int, int]:
    """Bytes of the script heap, and nodes of the document with those still held, after all that can go has gone."""
    for _each in range(3):
        session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return int(metrics["JSHeapUsedSize"]), int(metrics["Nodes"])


def test_ten_thousand_updates_leave_nothing_behind(wall: Callable[..., Page]) -> None:
    page = wall()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.evaluate(UPDATES, [0, 1_000])
    heap, nodes = weighed(session)
    page.evaluate(UPDATES, [1_000, 10_000])
    later_heap, later_nodes = weighed(session)
    print(
        f"after 1,000 updates {heap:,} bytes, {nodes:,} nodes; after 10,000 {later_heap:,} bytes, {later_nodes:,} nodes"
    )
    # What is compiled and cached on the way; it comes to rest. One answer kept each time would be a hundred megabytes.
    assert later_heap - heap < 2_000_000
    assert later_nodes - nodes < 100


def test_however_much_is_told_it_is_asked_once_a_second(wall: Callable[..., Page]) -> None:
    page = wall()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "now.json" in request.url else None)
    # A server that answers slowly is asked less often, but it is asked.
    with page.expect_request(lambda request: "now.json" in request.url, timeout=60_000):
        took_s = page.evaluate(
            """async () => {
              const begun = performance.now();
              for (let turn = 0; turn < 10_000; turn += 1) {
                document.dispatchEvent(new CustomEvent("live:queue", { detail: { n: 1 } }));
                if (turn % 100 === 0) await new Promise((done) => setTimeout(done, 30));
              }
              return (performance.now() - begun) / 1000;
            }"""
        )
        asked_meanwhile = len(asked)
    assert asked_meanwhile <= took_s + 2


def test_a_screen_stays_asks_before_anything_leads_off_it_and_goes_dark_from_afar(
    busy: World, wall: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    page = wall()
    page.get_by_role("link", name="设为常亮大屏").click()
    page.get_by_label("大屏所在位置").fill("三楼值班室")
    accessible(page)
    page.get_by_role("button", name="退出登录并显示大屏").click()
    page.locator("[data-ground][data-ready]").wait_for()
    assert settings.SESSION_COOKIE_NAME not in {one["name"] for one in page.context.cookies()}
    expect(page.locator(".wall-map .maplibregl-canvas")).to_be_visible()
    question = page.get_by_role("dialog")
    page.locator("[data-tile=open] .wall-number").click()
    expect(question).to_contain_text("本机无人登录")
    accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("8")
    page.keyboard.press("Enter")  # a matter of the queue
    expect(question).to_be_visible()
    page.get_by_role("link", name="登录").click()
    page.wait_for_url("**/sign-in?next=**")
    page.goto("/wall/")
    page.locator("[data-ground][data-ready]").wait_for()
    end(Screen.objects.get(), by=busy.cast.county, at=timezone.now())
    expect(page.locator("[data-wall]")).to_have_attribute("data-standing", "signed-out", timeout=PATIENT_MS)


def test_a_question_nobody_answers_goes_and_the_last_week_is_told(busy: World, wall: Callable[..., Page]) -> None:
    page = wall()
    county = busy.areas["440881"]
    screen, token = set_up(county, name="大厅", days=7, by=busy.cast.county, at=timezone.now())
    Screen.objects.filter(pk=screen.pk).update(ends_at=timezone.now() + timedelta(days=6))
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": page.url.partition("/wall")[0]}])
    page.goto("/wall/")
    page.locator("[data-ground][data-ready]").wait_for()
    expect(page.locator(".wall-ends")).to_contain_text("到期")
    page.evaluate(
        """() => {
          const later = setTimeout;
          globalThis.setTimeout = (act, ms, ...more) => later(act, ms === 20_000 ? 2_000 : ms, ...more);
        }"""
    )
    page.locator("[data-tile=open] .wall-number").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden(timeout=PATIENT_MS)


@pytest.mark.parametrize("width", [390, 1920])
def test_the_list_of_screens_fits(
    busy: World, wall: Callable[..., Page], accessible: Callable[[Page], None], width: int
) -> None:
    at, page = timezone.now(), wall(width)
    for name, code in (("三楼值班室", "440881"), ("石城镇综治中心一楼大厅东侧", "440881101")):
        set_up(busy.areas[code], name=name, days=90, by=busy.cast.desk if code != "440881" else busy.cast.county, at=at)
    page.goto("/wall/screens/")
    expect(page.get_by_text("三楼值班室")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="为“三楼值班室”续期").click()
    expect(page.get_by_text("已续期")).to_be_visible()


def test_when_another_version_answers_the_page_loads_itself_anew(wall: Callable[..., Page]) -> None:
    page = wall()
    page.evaluate("globalThis.isOld = true")

    def newer(route: Route) -> None:
        asked = {name: said for name, said in route.request.headers.items() if name != "if-none-match"}
        told = route.fetch(headers=asked)
        route.fulfill(response=told, json=told.json() | {"version": "99.0"})

    page.route("**/now.json", newer, times=1)
    page.evaluate("document.dispatchEvent(new CustomEvent('live:queue', { detail: {} }))")
    page.wait_for_function("() => !globalThis.isOld", timeout=PATIENT_MS)
    page.locator("[data-ground][data-ready]").wait_for()
