"""Pages that listen, in a real browser over the real front and worker: what others do is seen without loading anew."""

import json
import random
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils.translation import gettext as _
from playwright.sync_api import BrowserContext, Page, expect

from linli.events.forms import ACTS
from linli.intake.proving import Home, on_postgres, on_sqlite
from linli.intake.testing import a_report
from tests.browser import Watch

pytestmark = pytest.mark.django_db
OpenPage = Callable[..., Page]
GRID = "440881101201005"
BEGIN = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django; django.setup()
from django.utils import timezone
from linli.events import actions
from linli.events.models import Event
from linli.people.models import Person
"""
WORLD = """
from django.test import Client
from linli.events.models import Category, Pack
from linli.events.testing import make_world
from linli.people.models import Department
for rows in (Category.objects.exclude(parent=None), Category.objects, Pack.objects, Department.objects):
    rows.all().delete()
world = make_world()
for name in ("desk", "worker", "county", "neighbour"):
    client = Client()
    client.force_login(getattr(world.cast, name))
    print(name, client.cookies["sessionid"].value)
"""


@dataclass
class Town:
    """A county of its own with its cast signed in, the front and a worker running."""

    home: Home
    sessions: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.home.port}"

    def does(self, words: str) -> str:
        """Something done by a process of its own."""
        command = [sys.executable, "-c", BEGIN + words]
        ran = subprocess.run(command, env=self.home.environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def report(self, text: str) -> None:
        """A report comes in by the hatch."""
        body = json.dumps(a_report(random.Random(text), area=GRID, text=text)).encode()
        headers = {"Authorization": f"Bearer {self.home.key}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.address}/intake/v1/reports", body, headers)
        with urllib.request.urlopen(asked) as answer:
            assert answer.status == 201

    def open(self, name: str, path: str, page: Page) -> Page:
        """The page of this address, for somebody of the cast."""
        page.context.add_cookies([{"name": "sessionid", "value": self.sessions[name], "url": self.address}])
        page.goto(self.address + path)
        return page

    def listening(self) -> int:
        with urllib.request.urlopen(f"{self.address}/metrics") as answer:
            found = re.search(r"linli_live_clients (\d+)", answer.read().decode())
        assert found
        return int(found.group(1))


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Town | None:
    """A home on SQLite with the county in it, to be copied: each command of its making takes seconds."""
    return _furnish(on_sqlite(tmp_path_factory.mktemp("furnished"))) if connection.vendor == "sqlite" else None


@pytest.fixture
def town(tmp_path: Path, furnished: Town | None) -> Iterator[Town]:
    with nullcontext(_copy(furnished, tmp_path)) if furnished else _on_postgres(tmp_path) as made:
        made.home.start("serve", "work")
        try:
            yield made
        finally:
            made.home.reap()


def _furnish(home: Home) -> Town:
    del home.environment["LINLI_LANGUAGE"]  # the pages are read as people read them
    home.linli("doctor", may_fail=True)  # any command makes an empty home ready
    made = Town(home, {})
    made.sessions = dict(line.split() for line in made.does(WORLD).splitlines())
    home.key = re.findall(r"linli_\S+", home.linli("keys", "create", "live", "--for", "intake"))[0]
    return made


def _copy(town: Town, folder: Path) -> Town:
    home = on_sqlite(folder)
    del home.environment["LINLI_LANGUAGE"]
    home.key = town.home.key
    shutil.copytree(town.home.environment["LINLI_HOME"], home.environment["LINLI_HOME"], dirs_exist_ok=True)
    return Town(home, town.sessions)


@contextmanager
def _on_postgres(folder: Path) -> Iterator[Town]:
    with on_postgres(folder, connection.settings_dict) as home:
        yield _furnish(home)


#: A matter is there: its key, its number, and the code of its receipt.
MATTER = f"""
from linli.areas.models import Area
from linli.events.models import Category
made = actions.report(text={{!r}}, area=Area.objects.get(pk="{GRID}"), category=Category.objects.get(code="C01"),
                      at=timezone.now(), source="resident")
print(made.event.pk, made.event.number, made.secret)
"""


def test_a_new_report_is_seen_in_the_open_queue_and_moves_nothing(
    town: Town, page: Page, accessible: Callable[[Page], None]
) -> None:
    town.does(MATTER.format("第一件：水沟堵了"))
    town.open("desk", "/desk/", page)
    expect(page.locator("[data-row]")).to_have_count(1)
    town.report("第二件：路灯不亮")
    bar = page.get_by_role("status").filter(has_text=_("1 new matter"))
    expect(bar).to_be_visible()
    expect(page.get_by_role("navigation", name=_("Sorts of matters")).locator("[aria-current]")).to_contain_text("2")
    expect(page.locator("[data-row]")).to_have_count(1)
    accessible(page)
    bar.get_by_role("button", name=_("Show")).click()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[data-row]:focus")).to_contain_text("第二件")
    expect(bar).to_be_hidden()
    accessible(page)


def test_an_empty_queue_fills_by_itself(town: Town, page: Page) -> None:
    town.open("desk", "/desk/", page)
    expect(page.get_by_text(_("Nothing to do here"))).to_be_visible()
    town.report("第一件：水沟堵了")
    expect(page.get_by_role("link", name=re.compile("第一件"))).to_be_visible()


def test_eight_windows_share_one_stream_and_hold_up_nothing(town: Town, page: Page, watch: Watch) -> None:
    windows = [page, *(_another(page.context, watch) for _each in range(7))]
    for window in windows:
        town.open("desk", "/desk/", window)
    town.report("第一件：水沟堵了")
    for window in windows:
        expect(window.get_by_role("link", name=re.compile("第一件"))).to_be_visible(timeout=60_000)
    assert town.listening() == 1
    windows[0].close()  # the one that listened for all
    town.report("第二件：路灯不亮")
    for window in windows[1:]:
        # Pages ask a slow server less often, and eight windows on two processors make it slow.
        expect(window.get_by_role("status").filter(has_text=_("1 new matter"))).to_be_visible(timeout=60_000)
    assert town.listening() == 1


def _another(context: BrowserContext, watch: Watch) -> Page:
    window = context.new_page()
    watch.over(window)
    return window


def test_a_matter_that_somebody_else_takes_on_is_shown_as_it_is(town: Town, page: Page) -> None:
    key = town.does(MATTER.format("第一件：水沟堵了")).split()[0]
    town.open("desk", f"/desk/events/{key}/", page)
    expect(page.get_by_role("link", name=str(ACTS["accept"].label), exact=True)).to_be_visible()
    town.does(
        f"actions.accept(Event.objects.get(pk='{key}'), by=Person.objects.get(username='worker'), at=timezone.now())"
    )
    expect(page.get_by_text(_("This matter has changed. The page shows it as it is now."))).to_be_visible()
    expect(page.get_by_role("link", name=str(ACTS["accept"].label), exact=True)).to_have_count(0)
    page.get_by_role("link", name=str(ACTS["dispatch"].label), exact=True).click()
    expect(page.get_by_role("heading", name=str(ACTS["dispatch"].label))).to_be_visible()


def test_nothing_is_taken_from_under_the_hands_of_somebody_who_writes(town: Town, page: Page) -> None:
    key = town.does(MATTER.format("第一件：水沟堵了")).split()[0]
    town.open("desk", f"/desk/events/{key}/", page)
    page.get_by_role("link", name=str(ACTS["reject"].label), exact=True).click()
    words = page.locator("#act textarea").first
    words.fill("不属受理范围")
    town.does(
        f"actions.accept(Event.objects.get(pk='{key}'), by=Person.objects.get(username='worker'), at=timezone.now())"
    )
    expect(page.get_by_text(_("This matter has changed meanwhile."))).to_be_visible()
    expect(words).to_have_value("不属受理范围")
    page.get_by_role("button", name=_("Show it as it is now")).click()
    expect(page.get_by_role("link", name=str(ACTS["dispatch"].label), exact=True)).to_be_visible()


def test_the_badge_counts_what_arrives(town: Town, page: Page) -> None:
    town.open("worker", "/desk/notices/", page)
    badge = page.locator("[data-unread]")
    expect(badge).to_be_hidden()
    town.report("第一件：水沟堵了")
    expect(badge).to_have_text("1")


def test_a_resident_sees_their_matter_go_on(town: Town, page: Page, accessible: Callable[[Page], None]) -> None:
    key, number, secret = town.does(MATTER.format("路灯不亮")).split()
    page.goto(f"{town.address}/status/{number}#{secret}")
    expect(page.get_by_role("heading", name=_("Your report has arrived."))).to_be_visible()
    town.does(
        f"actions.accept(Event.objects.get(pk='{key}'), by=Person.objects.get(username='worker'), at=timezone.now())"
    )
    expect(page.get_by_role("heading", name=_("It has been accepted."))).to_be_visible()
    accessible(page)


def test_a_lost_connection_is_told_quietly_and_what_was_missed_comes_after_it(
    town: Town, page: Page, watch: Watch
) -> None:
    page.clock.install()
    town.open("desk", "/desk/", page)
    town.report("第一件：水沟堵了")
    expect(page.get_by_role("link", name=re.compile("第一件"))).to_be_visible()
    town.home.stop()
    gone = page.get_by_text(_("No connection to the server. What you see here may be old."))
    expect(gone).to_have_count(0)
    _wait_until_lost(page)
    page.clock.run_for(30_000)
    expect(gone).to_be_visible()
    town.does(MATTER.format("第二件：路灯不亮"))
    town.home.start("serve", "work")
    expect(page.get_by_role("status").filter(has_text=_("1 new matter"))).to_be_visible(timeout=30_000)
    expect(gone).to_have_count(0)
    watch.problems.clear()


def _wait_until_lost(page: Page) -> None:
    page.wait_for_event("console", lambda message: "ERR_" in message.text or "EventSource" in message.text)


def test_a_hidden_window_lets_go_and_asks_for_what_it_missed(town: Town, page: Page) -> None:
    town.open("desk", "/desk/", page)
    town.report("第一件：水沟堵了")
    expect(page.get_by_role("link", name=re.compile("第一件"))).to_be_visible()
    _turn(page, is_hidden=True)
    town.does(
        "import time\nwhile 'linli_live_clients 0' not in __import__('urllib.request').request.urlopen("
        f"'{town.address}/metrics').read().decode(): time.sleep(0.05)"
    )
    town.report("第二件：路灯不亮")
    _turn(page, is_hidden=False)
    expect(page.get_by_role("status").filter(has_text=_("1 new matter"))).to_be_visible()


def _turn(page: Page, *, is_hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


#: The desk wants text messages, of every sort and each at once.
REACHED = """
from linli.notices import actions as notices
from linli.notices.models import Channel
person = Person.objects.get(username="desk")
channel = notices.add_channel(person, kind="sms", address="19900000042", at=timezone.now())
Channel.objects.filter(pk=channel.pk).update(verified_at=timezone.now(), groups=["to_do"], bundle_minutes=0)
"""


def test_the_open_inbox_fills_by_itself_and_the_worker_sends_what_is_wanted(town: Town, page: Page) -> None:
    town.does(REACHED)
    town.open("desk", "/desk/notices/", page)
    expect(page.locator(".notice-row")).to_have_count(0)
    town.report("村口水沟堵了")
    expect(page.locator(".notice-row.unread")).to_have_count(1, timeout=20_000)
    expect(page.locator("[data-unread]")).to_have_text("1")
    expect(page.get_by_text("村口水沟堵了")).to_be_visible()
    page.wait_for_function(
        "async () => (await (await fetch('/desk/notices/log')).text()).split('state-closed').length > 2", polling=200
    )
    sent = [json.loads(file.read_text()) for file in (Path(town.home.environment["LINLI_HOME"]) / "outbox").iterdir()]
    assert {one["to"] for one in sent} == {"19900000042"}
    assert not [one for one in sent if "水沟" in one["text"] or "上县" in one["text"]]


def test_the_desk_works_without_a_front_that_tells(live_server: Any, page: Page, world: Any, sign_in: Any) -> None:
    sign_in(page, world.cast.desk)
    page.goto("/desk/")
    expect(page.get_by_role("heading", name=_("Matters"), level=1)).to_be_visible()
