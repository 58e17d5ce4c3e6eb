"""Phones for tests of the outbox: real pages of a real server, whose line can be made to fail."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from linli.field.tests.proxy import PASS, Action, Proxy
from linli.intake.proving import Home, on_sqlite, wait_for

GRID = "440881101201005"
#: A process of the town that does one thing after the other: to begin one for each took seconds. A line of JSON in, one out.
HAND = """
import contextlib, io, json, os, sys, traceback
os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
import django; django.setup()
from django.utils import timezone
from linli.events import actions
from linli.events.models import Event
from linli.people.models import Person
known = dict(globals())
for line in sys.stdin:
    said, wrong = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), dict(known))
    except Exception:
        wrong = traceback.format_exc()
    print(json.dumps([said.getvalue(), wrong]), flush=True)
"""
WORLD = """
from django.test import Client
from linli.events.models import Category, Pack
from linli.events.testing import draw_boundaries, make_world
from linli.people.models import Department
for rows in (Category.objects.exclude(parent=None), Category.objects, Pack.objects, Department.objects):
    rows.all().delete()
world = make_world()
draw_boundaries(world)
"""
#: Twenty more of a role, with the post of the one in the cast who has it, each signed in.
HIRED = """
from django.test import Client
from linli.people.actions import add_person, appoint
like = Person.objects.get(username=role)
held = like.appointments.get()
for number in range(first, first + 20):
    person = add_person(username=f"{role}{number}", name="网格员")
    since = timezone.localdate().replace(year=2025, day=1)
    appoint(person, role=held.role, area=held.area, department=held.department, from_on=since)
    client = Client()
    client.force_login(person)
    print(person.pk, client.cookies["sessionid"].value)
"""
#: Opens the outbox as a screen does; `window.heard` has what its listeners hear.
OPEN = """async (options) => {
    const { open } = await import("/static/field/js/outbox/index.js");
    window.heard = [];
    window.outbox = await open(options);
    window.outbox.on((record) => window.heard.push(record && [record.id, record.state]));
}"""
#: Waits as short as a test may have them.
FAST = {"pace": 0.01, "timeout_ms": 10_000}


@dataclass
class Town:
    """A county of its own with its cast, the front and a worker running."""

    home: Home
    hand: subprocess.Popen[str]
    #: For each role people who have no phone yet: their numbers and sessions.
    unhired: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    hired: Counter[str] = field(default_factory=Counter)

    def hire(self, role: str) -> tuple[int, str]:
        """Somebody new of this role."""
        if not self.unhired[role]:
            lines = self.does(f"role, first = {role!r}, {self.hired[role]}\n{HIRED}").splitlines()
            self.unhired[role] = [(int(number), session) for number, session in map(str.split, lines)]
        self.hired[role] += 1
        return self.unhired[role].pop(0)

    def does(self, words: str) -> str:
        """Something done beside front and worker; what it prints."""
        assert self.hand.stdin and self.hand.stdout
        self.hand.stdin.write(json.dumps(words) + "\n")
        self.hand.stdin.flush()
        said, wrong = json.loads(self.hand.stdout.readline())
        assert not wrong, wrong
        return str(said).strip()

    def kept(self, record: str) -> int:
        """How many rows the server keeps of this id."""
        rows = self.home.query(f"SELECT count(*) FROM intake_kept WHERE device_id = x'{record.replace('-', '')}'")
        return int(rows[0][0])

    def photos(self, record: str) -> int:
        """How many pictures of it the server has whole."""
        asked = (
            "SELECT count(*) FROM intake_upload u JOIN intake_kept k ON k.id = u.kept_id "
            f"WHERE k.device_id = x'{record.replace('-', '')}' AND u.state = 'received'"
        )
        return int(self.home.query(asked)[0][0])


def make_town(folder: Path) -> Iterator[Town]:
    """One, until it is no more needed."""
    home = on_sqlite(folder)
    del home.environment["LINLI_LANGUAGE"]
    home.linli("doctor", may_fail=True)  # any command makes an empty home ready
    command = [sys.executable, "-c", HAND]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=home.environment, stdin=pipe, stdout=pipe, text=True) as hand:
        town = Town(home, hand)
        town.does(WORLD)
        home.start("serve", "work")
        try:
            yield town
        finally:
            home.reap()
            hand.kill()


@dataclass
class Phone:
    """A page with an outbox, on a line of its own."""

    town: Town
    line: Proxy
    page: Page
    #: Who uses it: number and session by role.
    holders: dict[str, tuple[int, str]] = field(default_factory=dict)

    def number(self, role: str) -> int:
        """Of the one of this role who uses this phone."""
        if role not in self.holders:
            self.holders[role] = self.town.hire(role)
        return self.holders[role][0]

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def sign_in(self, role: str) -> "Phone":
        """The session of the one of this role."""
        self.number(role)
        session = self.holders[role][1]
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.line.address}])
        return self

    def open(self, who: str = "", **options: Any) -> "Phone":
        """The outbox of the one of this role, or of a resident."""
        given = {"owner": self.number(who) if who else 0, "version": "1.2.3", "settings": FAST} | options
        self.page.evaluate(OPEN, given)
        return self

    def tab(self) -> "Phone":
        """Another tab of the same phone."""
        page = self.context.new_page()
        page.goto(self.line.address + "/report")
        return Phone(self.town, self.line, page, self.holders)

    def tab_offline(self) -> "Phone":
        """The same while the phone has no network: as a service worker gives the page from its cache."""
        self.context.set_offline(False)
        tab = self.context.new_page()
        self.line.fault, fault = (lambda _asked: Action(drops=True)), self.line.fault
        tab.goto(self.line.address + "/report")
        tab.evaluate("import('/static/field/js/outbox/index.js')")
        self.context.set_offline(True)
        self.line.fault = fault
        return Phone(self.town, self.line, tab, self.holders)

    def does(self, words: str, given: Any = None) -> Any:
        """What `words` come to, an expression with `outbox` and `given`; a refusal as `refused: its code`."""
        script = f"""async (given) => {{
            try {{ return await ({words}); }}
            catch (error) {{ if (error.code && error.name === "Refusal") return "refused: " + error.code; throw error; }}
        }}"""
        return self.page.evaluate(script, given)

    def draft(self, text: str = "村口水沟堵了", photos: int = 0, **fields: Any) -> str:
        """A draft with so many photos; its id."""
        record = self.does("outbox.draft(given)", {"text": text, "area": GRID} | fields)
        for number in range(photos):
            assert "key" in self.add_photo(record["id"], number)
        return str(record["id"])

    def report(self, text: str = "村口水沟堵了", photos: int = 0, **fields: Any) -> str:
        """The same, sent."""
        made = self.draft(text, photos, **fields)
        self.does("outbox.send(given)", made)
        return made

    def add_photo(self, record: str, seed: int = 0, width: int = 1200, height: int = 900) -> Any:
        """A photo drawn on the spot, whose every `seed` is another picture."""
        return self.does(
            "(async () => outbox.addPhoto(given[0], await window.drawn(...given.slice(1)), {role: 'before'}))()",
            [record, seed, width, height],
        )

    def get(self, record: str) -> Any:
        """The record as screens see it."""
        return self.does("outbox.get(given)", record)

    def list(self) -> Any:
        return self.does("outbox.list()")

    def until(self, record: str, holds: Callable[[Any], bool], within_s: float = 30) -> Any:
        """Wait until this holds of a record; the record."""
        found: Any = None

        def ask() -> bool:
            nonlocal found
            found = self.get(record)
            return found is not None and holds(found)

        _wait(ask, lambda: found, within_s)
        return found

    def until_received(self, *records: str) -> None:
        """Wait until the server has said yes to all of these."""
        for record in records:
            self.until(record, lambda one: one["state"] == "received")

    def close(self) -> None:
        with suppress(Exception):
            self.page.close()


def _wait(holds: Callable[[], bool], found: Callable[[], Any], within_s: float) -> None:
    try:
        wait_for(holds, "", within_s)
    except AssertionError:
        raise AssertionError(json.dumps(found(), ensure_ascii=False, indent=1)) from None


#: A picture that no two seeds share, with grain enough to weigh something.
DRAWN = """window.drawn = async (seed, width, height, type = "image/jpeg") => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context.fillStyle = `hsl(${seed * 47} 60% 50%)`;
    context.fillRect(0, 0, width, height);
    let state = seed + 1;
    for (let i = 0; i < 4000; i++) {
        state = (state * 48271) % 2147483647;
        context.fillStyle = `hsl(${state % 360} 70% 50%)`;
        context.fillRect(state % width, (state >> 8) % height, 9, 9);
    }
    return canvas.convertToBlob({ type, quality: 0.95 });
};"""


def new_phone(browser: Any, town: Town, problems: list[str], **options: Any) -> Phone:
    """A phone that was never here, looking at a page of the server through a line of its own."""
    line = Proxy(town.home.port)
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    return furnished(context, town, line, problems)


def furnished(context: BrowserContext, town: Town, line: Proxy, problems: list[str]) -> Phone:
    """A page in a context that may have been here before."""
    context.add_init_script(DRAWN)
    context.on("weberror", lambda error: problems.append(str(error.error)))
    page = context.pages[0] if context.pages else context.new_page()
    fault, line.fault = line.fault, lambda _asked: PASS
    page.goto(line.address + "/report")
    line.fault = fault
    return Phone(town, line, page)
