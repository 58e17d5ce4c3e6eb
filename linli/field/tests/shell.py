"""The app as people hold it: a phone of 390 × 844 with a place, its camera, and whoever is signed in."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from linli.events.testing import IN_GRID
from linli.field.tests.outbox import Phone, Town
from linli.intake.proving import wait_for

NewPhone = Callable[..., Phone]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1920, "height": 1080}}
#: Machines that run tests are shared.
PATIENCE_MS = 30_000
PLACE = {"longitude": IN_GRID[0], "latitude": IN_GRID[1], "accuracy": 8}
#: A camera makes a file of it: red, 64 × 48, with grain enough that no two tests send the same.
PHOTO = Path(__file__).with_name("shutter.jpg")
#: Taps and typed signs of a person, counted as the browser hears them.
COUNTED = """
const count = (name) => (event) => {
    if (event.isTrusted) sessionStorage[name] = Number(sessionStorage[name] ?? 0) + 1;
};
addEventListener("pointerdown", count("taps"), true);
addEventListener("keydown", count("typed"), true);
"""


def held(new_phone: NewPhone, who: str = "worker", *, address: str = "", **options: Any) -> Phone:
    """A phone with the app open, of somebody of the cast or (`""`) of a resident."""
    given = PHONE | {"geolocation": PLACE, "permissions": ["geolocation"]} | options
    phone = new_phone(**given)
    phone.context.add_init_script(COUNTED)
    if who:
        phone.sign_in(who)
    phone.page.goto(phone.line.address + ("/m/" if who else "/m/report") + address)
    drawn(phone.page)
    expect(phone.page.locator("html")).to_have_attribute(
        "data-reference", re.compile("fresh|same"), timeout=PATIENCE_MS
    )
    return phone


def drawn(page: Page, screen: str = "") -> None:
    """Wait until this screen (or any) is there."""
    expect(page.locator("html")).to_have_attribute("data-drawn", screen or re.compile(".+"), timeout=PATIENCE_MS)


def named(page: Page, name: str) -> Locator:
    """What carries this name on the screen that is shown."""
    return page.locator(f'main [data-is="{name}"]')


def shoot(page: Page, photo: Path = PHOTO) -> None:
    """The camera is tapped, and a photo made with it."""
    with page.expect_file_chooser() as chooser:
        page.locator("label.shutter").tap()
    chooser.value.set_files(photo)
    drawn(page, "report")


def report(page: Page, category: str = "排水管道") -> str:
    """Three taps; the id of the report."""
    shoot(page)
    page.locator(".tile", has_text=category).tap()
    named(page, "send").tap()
    drawn(page, "receipt")
    return str(page.evaluate("location.hash")).split("/")[1]


def received(page: Page) -> None:
    """Wait until the receipt has a number."""
    expect(named(page, "state").first).to_contain_text("已收到 440881", timeout=PATIENCE_MS)


def until(page: Page, holds: str) -> None:
    """Wait until this expression holds. Asked from outside: the page allows no script but its own."""
    wait_for(lambda: bool(page.evaluate(holds)), holds, PATIENCE_MS / 1000)


def wait_kept(page: Page) -> None:
    """Wait until the app itself is on the phone."""
    page.evaluate("navigator.serviceWorker.ready")
    until(page, "navigator.serviceWorker.controller !== null")


__all__ = [
    "DESK",
    "PHOTO",
    "NewPhone",
    "Phone",
    "Town",
    "drawn",
    "held",
    "named",
    "received",
    "report",
    "shoot",
    "until",
    "wait_kept",
]
