"""Every page of the house is looked at by axe: at a desk and on a phone, in light and dark; nothing serious may be found."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page

from linli.events.testing import GRID, World, draw_boundaries, make_world
from tests.addresses import NAMES
from tests.browser import VIOLATIONS, OpenPage, Watch
from tests.test_sweeps import address, body
from tests.things import HERE, Things, things

#: Whose page of an address is looked at: the first of these to whom it is one. A sign-in shows itself to nobody else.
LOOKERS = ("nobody_here", "desk", "county", "system", "security", "worker", "handler", "leader", "mediator", "auditor")
#: Two looks at every page: wide and narrow, one in light and one in the dark; the next page has it the other way round.
LOOKS = (((1280, "light"), (390, "dark")), ((1280, "dark"), (390, "light")))
_HOW = {"resultTypes": ["violations"], "preload": False}
_BAD = ("serious", "critical")


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def here(world: World) -> Things:
    draw_boundaries(world)
    return things(world, GRID, HERE, world.cast.desk)


def pages_of(here: Things) -> Iterator[tuple[str, str, str]]:
    """Who looks at which page under which address: each that answers with one, once."""
    clients = {}
    for who in LOOKERS:
        clients[who] = Client()
        if person := getattr(here.world.cast, who, None):
            clients[who].force_login(person)
    for name in sorted(set(NAMES) - {"sign_out"}):
        where = address(name, here)
        for who, client in clients.items():
            response = client.get(where)
            if response.status_code == 200 and _is_page(response):
                yield who, name, where
            # Whoever may see it, it is a page for nobody: an address for forms alone, or for files.
            if response.status_code in (200, 405):
                break


def _is_page(response: Any) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html") and "<html" in body(response)[:2000]


def findings(page: Page) -> list[str]:
    """What is serious, with the places."""
    found = page.evaluate(VIOLATIONS, _HOW)
    return [
        f"{one['id']}: {one['help']} at {[' '.join(map(str, node['target'])) for node in one['nodes']][:4]}"
        for one in found
        if one["impact"] in _BAD
    ]


def looked_at(page: Page, where: str, looks: Any) -> list[str]:
    """What is found on a page, each way it is looked at."""
    page.goto(where, wait_until="load")
    page.evaluate(Axe().axe_script)
    found = []
    for width, light in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=light, reduced_motion="reduce")
        found += [f"{width} {light} {one}" for one in findings(page)]
    return found


def test_no_page_has_anything_serious_against_it(
    here: Things, open_page: OpenPage, sign_in: Callable[[Page, Any], None], watch: Watch
) -> None:
    seen: dict[str, Page] = {}
    found = {}
    for number, (who, name, where) in enumerate(list(pages_of(here))):
        if who not in seen:
            seen[who] = open_page()
            if person := getattr(here.world.cast, who, None):
                sign_in(seen[who], person)
        if wrong := looked_at(seen[who], where, LOOKS[number % 2]):
            found[f"{name} ({who})"] = wrong
    # The field app asks whether somebody is signed in, and is told that nobody is.
    watch.problems = [
        one for one in watch.problems if not (one.startswith("401 for ") and one.endswith("/m/reference"))
    ]
    assert len(seen) > 3
    assert found == {}
