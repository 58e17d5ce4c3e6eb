"""The screens of waiting work for everybody: axe finds nothing in either language or size, and targets suit gloves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from linli.field.tests.outbox import Town
from linli.field.tests.waiting import PHONE, NewPhone, app_of, matter, screen

pytestmark = pytest.mark.browser
SIZES = {"phone": PHONE["viewport"], "desk": {"width": 1280, "height": 800}}
#: What is touched on these screens.
TARGETS = "main :is(a, button, summary, select, input:not(.visually-hidden), textarea, label:has(input))"
#: Their heights where they are less; a label beside the field it names is not what is touched.
SMALL = """([targets, least]) => [...document.querySelectorAll(targets)]
    .filter((one) => one.checkVisibility() && !one.closest(".hint"))
    .filter((one) => !(one.matches("label") && one.control?.matches("textarea, select, [type=text], [type=search]")))
    .map((one) => [one.getBoundingClientRect(), one])
    .filter(([box]) => box.height && box.height < least)
    .map(([box, one]) => `${one.className} ${one.textContent.trim().slice(0, 20)}: ${Math.round(box.height)} px`)"""


def each_screen(new_phone: NewPhone, town: Town, look: Callable[[Page], None], **options: object) -> None:
    """Every screen of waiting work, with a form open and with nothing in it."""
    made = matter(town, "dispatched", "桥栏杆松动")
    worker = app_of(new_phone, "worker", **options).page
    for name in ("grid", "spot", "tasks"):
        screen(worker, name)
        look(worker)
    handler = app_of(new_phone, "handler", **options).page
    screen(handler, "tasks")
    look(handler)
    screen(handler, "task", made.event)
    handler.locator("[data-is=has_more] > summary").click()
    handler.locator("[data-step=supplement] > summary").click()
    expect(handler.locator("[data-step=supplement] textarea")).to_be_visible()
    look(handler)
    screen(handler, "task", "00000000-0000-0000-0000-000000000000")
    look(handler)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(
    new_phone: NewPhone, town: Town, accessible: Callable[[Page], None], size: str, language: str
) -> None:
    each_screen(new_phone, town, accessible, language=language, viewport=SIZES[size])


@pytest.mark.parametrize(("letters", "least"), [("normal", 44), ("large", 60), ("huge", 60)])
def test_targets_are_large_enough_for_gloves_and_elder_eyes(
    new_phone: NewPhone, town: Town, letters: str, least: int
) -> None:
    def look(page: Page) -> None:
        page.evaluate("(type) => { document.documentElement.dataset.type = type; }", letters)
        assert page.evaluate(SMALL, [TARGETS, least]) == []
        # One hand, one column: nothing is reached by scrolling sideways.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    each_screen(new_phone, town, look)
