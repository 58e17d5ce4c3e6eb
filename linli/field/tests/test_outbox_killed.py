"""The phone dies in the middle: every process of the browser is killed, and opened again with the same profile."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from linli.field.tests.outbox import FAST, Phone, Town, furnished
from linli.field.tests.proxy import LOSE, PASS, Action, Asked, Proxy
from linli.intake.proving import wait_for
from tests.browser import ARGUMENTS

pytestmark = pytest.mark.browser


class Killable:
    """A browser of its own with a profile on the disk, that can be killed as a phone kills it."""

    def __init__(self, profile: Path, executable: str) -> None:
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the browser
        arguments = [executable, *ARGUMENTS, f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"]
        self.process = subprocess.Popen(
            arguments, stderr=self.errors, stdout=subprocess.DEVNULL, start_new_session=True
        )
        wait_for(lambda: bool(self._address()), "The browser did not start.", 60)
        self.address = self._address()

    def _address(self) -> str:
        self.errors.seek(0)
        found = re.search(r"DevTools listening on (ws://\S+)", self.errors.read())
        return found[1] if found else ""

    def kill(self) -> None:
        """Every process of it, at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait(20)


@contextmanager
def opened(profile: Path, town: Town, line: Proxy, chromium: Any) -> Iterator[tuple[Phone, Killable]]:
    """The phone switched on; it is killed in the end."""
    browser = Killable(profile, os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium")
    try:
        connected = chromium.connect_over_cdp(browser.address)
        yield furnished(connected.contexts[0], town, line, []), browser
    finally:
        browser.kill()
        (profile / "SingletonLock").unlink(missing_ok=True)


@pytest.fixture
def line(town: Town) -> Iterator[Proxy]:
    made = Proxy(town.home.port)
    yield made
    made.close()


def test_three_reports_made_offline_survive_a_killed_browser_and_arrive_once(
    town: Town, line: Proxy, browser: Browser, tmp_path: Path
) -> None:
    with opened(tmp_path, town, line, browser.browser_type) as (phone, killable):
        phone.sign_in("worker").open("worker")
        wait_for(lambda: phone.does("outbox.identity.token()"), "No token.")
        phone.context.set_offline(True)
        reports = [phone.report(f"第{number}件", photos=2) for number in range(3)]
        draft, holders = phone.draft("还没写完", photos=1), phone.holders
        killable.kill()
    with opened(tmp_path, town, line, browser.browser_type) as (phone, _killable):
        phone.holders = holders
        phone.context.clear_cookies()  # the session is over; the phone's token is not
        phone.open("worker")
        phone.until_received(*reports)
        assert phone.get(draft)["body"]["text"] == "还没写完"
        assert len(phone.get(draft)["photos"]) == 1
    assert [town.kept(one) for one in reports] == [1, 1, 1]
    assert [town.photos(one) for one in reports] == [2, 2, 2]


@pytest.mark.parametrize("moment", ["while_words_go", "while_a_photo_goes", "while_a_photo_is_scaled"])
def test_killed_while_something_is_on_its_way(
    town: Town, line: Proxy, browser: Browser, tmp_path: Path, moment: str
) -> None:
    """Words: kept, and the phone never heard of it. A photo: half of it is there."""

    def fault(asked: Asked) -> Action:
        if moment == "while_words_go":
            return LOSE if asked.path.endswith("/reports") else PASS
        return Action(cut_after=60_000) if asked.method == "PUT" else PASS

    with opened(tmp_path, town, line, browser.browser_type) as (phone, killable):
        line.fault = fault
        phone.open(settings=FAST | {"pace": 1000})
        report = phone.draft("在路上")
        if moment == "while_a_photo_is_scaled":
            phone.page.evaluate("void (outbox.photos.scale = () => new Promise(() => {}))")
        assert "key" in phone.add_photo(report, 5, 1600, 1200)
        phone.does("outbox.send(given)", report)
        if moment != "while_a_photo_is_scaled":
            wanted = "POST" if moment == "while_words_go" else "PUT"
            wait_for(
                lambda: any(
                    one.method == wanted and report.encode() in one.body + one.path.encode() for one in line.asked
                ),
                "Nothing was sent.",
            )
        killable.kill()
    line.fault = lambda _asked: PASS
    with opened(tmp_path, town, line, browser.browser_type) as (phone, _killable):
        phone.open()
        phone.does("outbox.retry(given)", report)
        phone.until_received(report)
    assert town.kept(report) == 1
    assert town.photos(report) == 1
