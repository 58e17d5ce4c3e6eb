"""The app on the phone: how much is loaded once, how soon it stands there from then on, and how a newer one takes over."""

import gzip
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.field import files
from linli.field.tests.shell import NewPhone, drawn, held, named, received, shoot, wait_kept

pytestmark = pytest.mark.browser
LOADED = "performance.getEntriesByType('paint').find((one) => one.name === 'first-contentful-paint').startTime"
TIMES = f"[{LOADED}, performance.getEntriesByName('drawn')[0].startTime].map(Math.round)"


def _weighed(page: Page, go: Any) -> dict[str, int]:
    """Bytes over the wire of everything `go` makes the page ask for, by address."""
    weights: dict[str, int] = {}
    asked: dict[str, str] = {}
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.on("Network.requestWillBeSent", lambda told: asked.update({told["requestId"]: told["request"]["url"]}))
    line.on(
        "Network.loadingFinished",
        lambda told: weights.update({asked.get(told["requestId"], "?"): int(told["encodedDataLength"])}),
    )
    go()
    page.wait_for_timeout(500)
    return weights


def test_the_first_load_is_300_kilobytes_at_most(new_phone: NewPhone, capsys: pytest.CaptureFixture[str]) -> None:
    phone = new_phone(viewport={"width": 390, "height": 844}).sign_in("worker")

    def first_visit() -> None:
        phone.page.goto(phone.line.address + "/m/")
        drawn(phone.page, "home")
        expect(phone.page.locator("html")).to_have_attribute("data-reference", "fresh")

    weights = _weighed(phone.page, first_visit)
    # The worker then fetches its own copy of all of it, once, in the background.
    kept = phone.page.evaluate(
        """async () => {
            await navigator.serviceWorker.ready;
            const cache = await caches.open((await caches.keys()).find((one) => one.startsWith("linli-field-")));
            const answers = await cache.matchAll();
            return Promise.all(answers.map(async (one) => [one.url, await one.text()]));
        }"""
    )
    again = sum(len(gzip.compress(text.encode())) for _url, text in kept)
    total = sum(weights.values())
    with capsys.disabled():
        print(f"\nFirst load: {total / 1000:.0f} kB in {len(weights)} files; kept beside it {again / 1000:.0f} kB.")
    assert not [one for one in weights if "maplibre" in one]
    assert total <= 300_000
    assert total + again <= 600_000


def test_it_stands_there_within_a_second_from_the_phone(
    new_phone: NewPhone, capsys: pytest.CaptureFixture[str]
) -> None:
    page = held(new_phone).page
    wait_kept(page)
    page.context.set_offline(True)
    line = page.context.new_cdp_session(page)
    seen = {}
    for slower in (1, 4):
        line.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        times = []
        for _time in range(3):
            page.reload()
            drawn(page, "home")
            times.append(page.evaluate(TIMES))
        seen[slower] = min(times)
    with capsys.disabled():
        for slower, (paint, whole) in seen.items():
            print(f"\nFrom the phone, {slower}× slowed: first paint {paint} ms, first screen {whole} ms.", end="")
        print()
    assert seen[1][0] <= 1000


def test_three_taps_take_seconds_on_a_slow_phone(new_phone: NewPhone, capsys: pytest.CaptureFixture[str]) -> None:
    page = held(new_phone).page
    wait_kept(page)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.evaluate("window.began = performance.now()")
    shoot(page)
    page.locator(".tile").first.tap()
    named(page, "send").tap()
    drawn(page, "receipt")
    sent = page.evaluate("(performance.now() - window.began) / 1000")
    received(page)
    whole = page.evaluate("(performance.now() - window.began) / 1000")
    with capsys.disabled():
        print(f"\nThree taps 4× slowed: {sent:.1f} s to the receipt, {whole:.1f} s to its number.")
    assert sent <= 10


def test_a_newer_app_waits_until_the_person_says_so_and_leaves_the_queue_alone(new_phone: NewPhone) -> None:
    phone = held(new_phone)
    page = phone.page
    wait_kept(page)
    page.context.set_offline(True)
    shoot(page)
    page.locator(".tile").first.tap()
    named(page, "send").tap()
    drawn(page, "receipt")
    page.evaluate("location.hash = '#outbox'")
    drawn(page, "outbox")
    expect(page.locator("[data-update]")).to_be_hidden()
    _make_newer(phone)
    page.context.set_offline(False)
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    expect(page.locator("[data-update]")).to_contain_text("有新版本", timeout=30_000)
    assert page.evaluate("caches.keys()").count("linli-field-" + "0" * 12) == 1
    with page.expect_navigation():
        page.get_by_role("button", name="立即更新").click()
    drawn(page, "outbox")
    expect(page.locator("[data-update]")).to_be_hidden()
    names = page.evaluate("caches.keys()")
    assert "linli-field-" + "0" * 12 in names
    assert f"linli-field-{files.version()}" not in names
    expect(page.locator(".item, .row").first).to_be_visible()


def _make_newer(phone: Any) -> None:
    """From now on the server is a newer one: its worker has another version."""
    passed, old = phone.line._passed, files.version().encode()

    def newer(request: Any, body: bytes, action: Any) -> bytes:
        answer: bytes = passed(request, body, action)
        head, gap, content = answer.partition(b"\r\n\r\n")
        if request.path != "/m/sw.js":
            return answer
        script = gzip.decompress(content) if b"content-encoding: gzip" in head.lower() else content
        script = script.replace(old, b"0" * len(old))
        lines = [
            one for one in head.split(b"\r\n") if not one.lower().startswith((b"content-length", b"content-encoding"))
        ]
        return b"\r\n".join([*lines, b"content-length: %d" % len(script)]) + gap + script

    phone.line._passed = newer


def test_pages_of_the_desk_pass_by_the_app_and_are_never_kept(new_phone: NewPhone) -> None:
    page = held(new_phone).page
    wait_kept(page)
    page.goto(page.url.partition("/m/")[0] + "/desk/")
    page.goto(page.url.partition("/desk/")[0] + "/m/")
    drawn(page, "home")
    kept = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys())
            .map((one) => new URL(one.url).pathname)))).flat()"""
    )
    assert [one for one in kept if not one.startswith(("/static/", "/m/"))] == []
    assert [one for one in kept if one.startswith("/m/")] == ["/m/", "/m/", "/m/report", "/m/report"]


def test_the_map_is_kept_once_it_was_shown(new_phone: NewPhone) -> None:
    page = held(new_phone).page
    wait_kept(page)
    named(page, "write").tap()
    drawn(page, "report")
    named(page, "text").fill("路灯不亮")
    named(page, "send").tap()
    drawn(page, "receipt")
    named(page, "correct").tap()
    drawn(page, "correct")
    expect(named(page, "map")).to_have_attribute("data-ready", "1", timeout=30_000)
    page.context.set_offline(True)
    page.reload()
    drawn(page, "correct")
    expect(named(page, "map")).to_have_attribute("data-ready", "1", timeout=30_000)
