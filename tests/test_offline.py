"""No request leaves the machine: the program runs where there is no network, and its main pages are clicked through."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext as _
from playwright.sync_api import Browser, Page, expect

from tests.browser import Watch

pytestmark = pytest.mark.browser
CHECKOUT = Path(__file__).resolve().parent.parent
#: Read by every Python process of the program as it starts: a connection or look-up beyond this machine ends in a note.
GUARD = """
import os, socket

_HERE = ("127.", "::1", "localhost", "0.0.0.0", "::ffff:127.")

def _note(what):
    with open(os.environ["LINLI_TEST_NOTES"], "a") as notes:
        notes.write(what + "\\n")
    raise OSError("no network in this test: " + what)

def _connect(original):
    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_HERE):
            _note(f"connection to {address}")
        return original(self, address)
    return connect

_lookup = socket.getaddrinfo

def _getaddrinfo(host, *args, **more):
    name = host.decode() if isinstance(host, bytes) else host
    if name and not name.startswith(_HERE):
        _note(f"look-up of {name}")
    return _lookup(host, *args, **more)

for _name in ("connect", "connect_ex"):
    setattr(socket.socket, _name, _connect(getattr(socket.socket, _name)))
socket.getaddrinfo = _getaddrinfo
"""


@dataclass
class Running:
    """The program, started as people start it."""

    url: str
    notes: Path
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`linli up` in a home of its own with the small demo county."""
    folder = tmp_path_factory.mktemp("offline")
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(GUARD)
    port, notes = _free_port(), folder / "notes"
    home = {"LINLI_HOME": str(folder / "home"), "LINLI_PORT": str(port), "LINLI_TEST_NOTES": str(notes)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
    environment = {**kept, **home, "PYTHONPATH": str(folder / "guard")}
    program = [sys.executable, "-m", "linli.command"]
    subprocess.run([*program, "demo", "--small"], env=environment, cwd=CHECKOUT, check=True, capture_output=True)
    with subprocess.Popen(
        [*program, "up"], env=environment, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as up:
        here = Running(f"http://127.0.0.1:{port}", notes)
        assert up.stdout is not None
        here.said.append(up.stdout.readline())
        reading = threading.Thread(target=lambda: here.said.extend(up.stdout or ()), daemon=True)
        reading.start()
        yield here
        up.terminate()
        up.wait(30)
        reading.join(5)
    shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def open_page(browser: Browser, running: Running, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Pages of the program that runs, watched: a request to another host fails the test."""
    contexts = []

    def make(**options: Any) -> Page:
        context = browser.new_context(base_url=running.url, locale="zh-CN", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield make
    for context in contexts:
        context.close()


def maps_are_drawn(page: Page) -> None:
    for number in range(page.locator("[data-map]").count()):
        expect(page.locator("[data-map]").nth(number)).to_have_attribute("data-ready", "1", timeout=15_000)


def test_the_guard_would_notice(running: Running, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    environment = {"LINLI_TEST_NOTES": str(notes), "PYTHONPATH": str(running.notes.parent / "guard")}
    outside = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    assert subprocess.run([sys.executable, "-c", outside], env=environment, check=False, capture_output=True).returncode
    assert "192.0.2.1" in notes.read_text()


def test_residents_need_no_network_beyond_the_machine(running: Running, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto("/")
    page.get_by_role("link", name=_("Report something")).click()
    maps_are_drawn(page)
    page.get_by_label(_("In your words")).fill("测试：路灯不亮")
    page.get_by_label(_("Township")).select_option(index=1)
    page.get_by_role("button", name=_("Send the report")).click()
    page.get_by_role("link", name=_("To my matter")).click()
    expect(page.get_by_text("测试：路灯不亮")).to_be_visible()
    assert not running.notes.exists(), running.notes.read_text()


def test_the_desk_needs_no_network_beyond_the_machine(running: Running, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 1280, "height": 800})
    page.goto("/sign-in")
    page.get_by_role("button", name=re.compile("county")).click()
    page.get_by_role("main").get_by_role("button", name=_("Sign in"), exact=True).click()
    rooms = page.get_by_role("navigation", name=_("Rooms"))
    visited = []
    for number in range(rooms.get_by_role("link").count()):
        page.goto("/desk/")  # the wall has no rooms beside it
        rooms.get_by_role("link").nth(number).click()
        page.wait_for_load_state("networkidle")
        maps_are_drawn(page)
        visited.append(page.url)
    assert len(set(visited)) >= 6
    page.goto("/desk/?show=all")
    for number in range(3):
        page.goto("/desk/?show=all")
        page.locator("[data-row]").nth(number).click()
        maps_are_drawn(page)
    page.goto("/desk/notices/")
    assert not running.notes.exists(), running.notes.read_text()
    assert not [line for line in running.said if "Traceback" in line]
