"""The auditor's pages as they are used: by keyboard alone, on a phone, on a wide screen, and on paper."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.exports.testing import taken_away
from linli.journal import verifying
from linli.journal.anchors import anchor
from linli.journal.models import Entry

pytestmark = pytest.mark.browser
SIZES = ((390, 844), (1920, 1080))


def test_an_auditor_searches_and_has_the_journal_verified(
    transactional_db: None,
    world: World,
    settings: Any,
    tmp_path: Path,
    page: Page,
    sign_in: Callable[[Page, Any], None],
    accessible: Callable[[Page], None],
) -> None:
    settings.ANCHORS = tmp_path
    make_event(world, State.DISPATCHED)
    anchor(NOON)
    changed = Entry.objects.get(verb="event.accepted")
    Entry.objects.filter(pk=changed.pk).update(at=NOON + timedelta(days=400), by=world.cast.desk)
    sign_in(page, world.cast.auditor)
    page.goto("/audit/")
    page.locator("#id_account").focus()
    page.keyboard.type("desk")
    page.keyboard.press("Enter")
    row = page.locator("tbody tr", has_text="event.accepted")
    expect(row).to_be_visible()
    looked_at_in_all_sizes(page, accessible)
    page.emulate_media(media="print")
    expect(row).to_be_visible()
    expect(page.locator("#id_account")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator(".take-away a").click()
    with taken_away(page) as file:
        accessible(page)
    assert "event.accepted" in Path(file.value.path()).read_text(encoding="utf-8-sig")

    page.goto("/audit/chains/")
    page.locator(".audit-chains button.primary").press("Enter")
    expect(page.locator("#progress")).to_be_visible()
    accessible(page)
    while verifying.go_on(NOON):
        pass
    # The page looks again by itself.
    expect(page.locator(".audit-breaks li")).to_contain_text("event.accepted")
    looked_at_in_all_sizes(page, accessible)


def looked_at_in_all_sizes(page: Page, accessible: Callable[[Page], None]) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        accessible(page)
