"""A browser for tests: Debian's chromium without its windows, in Chinese, watched for anything a person would call broken."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, Request, Response, sync_playwright

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Maps are drawn by the processor: the machines that run tests have no graphics card.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # A microphone that beeps, and nobody who has to allow it; nothing else of a page asks for either.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # Whatever a page asks of another host fails here, before it leaves.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
#: Where pictures of failed tests go.
PICTURES = Path("test-results")
#: Answers with which a fragment says no in words; the page shows them.
REFUSALS = {403, 409, 422}

OpenPage = Callable[..., Page]


class Watch:
    """Collects what goes wrong on the pages of one test."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.pages: list[Page] = []

    def over(self, page: Page) -> None:
        """Watch this page from now on."""
        self.pages.append(page)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A failed load is reported with its status below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.problems.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        kind = response.request.resource_type
        said_no = kind == "document" or (kind in ("xhr", "fetch") and response.status in REFUSALS)
        if response.status >= 500 or (response.status >= 400 and not said_no):
            self.problems.append(f"{response.status} for {response.url}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers of a process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One chromium for all tests of a process, the one without windows where it is installed: they cost time for each page."""
    yield from _launched(playwright, ["chromium-headless-shell", "chromium"])


@pytest.fixture(scope="session")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """A chromium that can do what needs windows: show notifications."""
    yield from _launched(playwright, ["chromium"])


def _launched(playwright: Playwright, names: list[str]) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), "")
    if not path:
        needed = "chromium chromium-headless-shell fonts-wqy-microhei"
        pytest.fail(f"Browser tests need chromium: apt-get install {needed}", pytrace=False)
    chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    yield chromium
    chromium.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What went wrong on this test's pages; a test that means to provoke something empties `watch.problems`."""
    watching = Watch()
    yield watching
    assert not watching.problems, "\n".join(watching.problems)


@pytest.fixture
def open_page(browser: Browser, live_server: Any, watch: Watch, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens a page for another person: own cookies, addresses relative to the live server. Takes context options."""
    contexts = []

    def make(**options: Any) -> Page:
        options = {
            "locale": "zh-CN",
            "viewport": {"width": 1280, "height": 800},
            "timezone_id": "Asia/Shanghai",
        } | options
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        context.add_init_script(LEAVES)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield make
    if getattr(request.node, "went_wrong", False):
        _keep_pictures(watch.pages, request.node.name)
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page of a desktop browser, not signed in."""
    return open_page()


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, Any], None]:
    """`sign_in(page, person)` gives the page a session of that person, without the form."""
    from django.conf import settings
    from django.test import Client

    def give(page: Page, person: Any) -> None:
        client = Client()
        client.force_login(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return give


#: A page remembers that it is being left: playwright's clicks return before the page they lead to has come.
LEAVES = """globalThis.navigation?.addEventListener("navigate", (event) => {
  if (!event.destination.sameDocument && event.downloadRequest === null) globalThis.isLeft = true;
});"""
#: Whether the page is being left, is not all here yet, or waits for a part of itself.
COMES = """() => Boolean(globalThis.isLeft) || document.readyState !== "complete" ||
  document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling") !== null"""
#: Whether a transition that ends is under way: half-way between two colours there is a contrast nobody reads at.
MOVES = """() => document.getAnimations().some((one) =>
  one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity)"""

#: What axe finds against a page. Nobody reads what passed, and to bring it out of the browser takes as long as to look.
VIOLATIONS = "(how) => axe.run(how).then((found) => found.violations)"


def settled(page: Page) -> None:
    """Wait until the page a click led to is here, whole and still.

    Three seconds at most for the page, as a link that gives a file leaves nothing; one for what moves, as a transition of what
    is not drawn never ends.
    """
    _while(page, COMES, 60)
    _while(page, MOVES, 20)


def _while(page: Page, question: str, times: int) -> None:
    for _each in range(times):
        with suppress(Error):  # it left while it was asked: the next page answers
            if not page.evaluate(question):
                return
        page.wait_for_timeout(50)


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """`accessible(page)` fails on what axe finds against WCAG 2.1 AA once no colour is on its way any more."""
    from axe_playwright_python.sync_playwright import Axe

    def look(page: Page) -> None:
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
        # Preloading would ask for the files a style sheet imports as if they lay beside the page.
        how = {"runOnly": {"type": "tag", "values": tags}, "preload": False, "resultTypes": ["violations"]}
        settled(page)
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(Axe().axe_script)
        found = page.evaluate(VIOLATIONS, how)
        lines = [f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']]}" for one in found]
        assert not lines, "\n".join(lines)

    return look


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember that a test failed, so that its pages are pictured before they close."""
    report: Any = yield
    if report.when == "call" and report.failed:
        item.went_wrong = True  # type: ignore[attr-defined]
    return report


def _keep_pictures(pages: list[Page], name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    for number, page in enumerate(pages, 1):
        if not page.is_closed():
            page.screenshot(path=PICTURES / f"{re.sub(r'[^0-9A-Za-z]+', '-', name)}-{number}.png", full_page=True)
