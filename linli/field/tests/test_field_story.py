"""The story of a day without signal: three reports with photos, one overtaken by the desk, a killed browser, and nothing lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from linli.field.tests.outbox import Phone, Town
from linli.field.tests.proxy import DROP, PASS, Action, Asked, Proxy
from linli.field.tests.test_outbox_killed import opened
from linli.field.tests.waiting import Made, journal, meanwhile, pictures, screen, start, take_photo
from linli.intake.proving import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def line(town: Town) -> Iterator[Proxy]:
    """The same address for both lives of the phone."""
    made = Proxy(town.home.port)
    yield made
    made.close()


def switched_on(phone: Phone) -> Page:
    """The app on a phone that stands in the grid."""
    phone.page.set_viewport_size({"width": 390, "height": 844})
    phone.context.grant_permissions(["geolocation"], origin=phone.line.address)
    phone.context.set_geolocation({"longitude": 110.05, "latitude": 21.7, "accuracy": 12})
    start(phone)
    return phone.page


def handle_on_the_spot(page: Page) -> str:
    """Before, after, what it was, sent; the id of the report."""
    screen(page, "spot")
    for seed, role in ((51, "before"), (52, "after")):
        take_photo(page, page.locator(f"[data-role={role}] input"), seed)
        expect(page.locator(f"[data-role={role}] img")).to_be_visible()
        expect(page.locator(f"[data-role={role}][aria-busy]")).to_have_count(0)
    page.get_by_text("排水管道").click()
    page.get_by_role("button", name="按已处置发送").click()
    expect(page.locator("html")).to_have_attribute("data-drawn", "receipt")
    return page.url.rpartition("/")[2]


def report(page: Page, category: str, seed: int) -> str:
    """Three taps: camera, what it is, send; the id of the report."""
    screen(page, "home")
    take_photo(page, page.locator("main input[type=file]").first, seed)
    expect(page.locator("html")).to_have_attribute("data-drawn", "report")
    page.get_by_text(category).click()
    page.locator("[data-is=send]").click()
    expect(page.locator("html")).to_have_attribute("data-drawn", "receipt")
    return page.url.rpartition("/")[2]


def event_of(town: Town, kept: str) -> Made:
    """The matter that a report became."""
    asked = f"""
from linli.intake.models import Kept
kept = Kept.objects.get(device_id={kept!r})
event = Event.objects.filter(pk=kept.pk).first()
print(event.pk if event else "", event.number if event else "")
"""
    found: list[Any] = []
    wait_for(lambda: bool(found.extend(town.does(asked).split()) or found), "It became no matter.")
    return Made(*found)


def test_three_reports_one_overtaken_a_killed_browser_and_nothing_is_lost(
    town: Town, line: Proxy, browser: Browser, tmp_path: Path
) -> None:
    with opened(tmp_path, town, line, browser.browser_type) as (phone, killable):
        page = switched_on(phone.sign_in("worker"))
        phone.context.set_offline(True)
        first = handle_on_the_spot(page)
        others = [report(page, "危墙", 53), report(page, "邻里纠纷", 54)]
        assert [town.kept(one) for one in (first, *others)] == [0, 0, 0]

        # A moment of signal: the words of the first get through, and nothing else.
        def moment(asked: Asked) -> Action:
            return (
                PASS
                if asked.path.endswith("/reports") and first.encode() in asked.body and b'"act"' not in asked.body
                else DROP
            )

        line.fault = moment
        phone.context.set_offline(False)
        wait_for(lambda: town.kept(first) == 1, "The first did not get through.")
        phone.context.set_offline(True)
        made = event_of(town, first)
        meanwhile(
            town,
            made,
            "actions.accept(event, by=cast.desk, at=at)",
            "actions.dispatch(event, lead=water, by=cast.desk, at=at)",
        )
        killable.kill()

    line.fault = lambda _asked: PASS
    with opened(tmp_path, town, line, browser.browser_type) as (phone, _killable):
        page = switched_on(phone)
        expect(page.locator("[data-queue]")).to_contain_text("需要您处理：1", timeout=60_000)
        assert [town.kept(one) for one in (first, *others)] == [1, 1, 1]
        wait_for(lambda: [town.photos(one) for one in (first, *others)] == [1, 1, 1], "Photos are missing.")
        assert "self_handled" not in journal(town, made.event)
        # What was written and photographed stays with the matter; the photo from after is beside that from before.
        assert len(pictures(town, made.event)) == 2
        screen(page, "outbox")
        page.get_by_role("link", name="去处理").first.click()
        expect(page.locator("main")).to_contain_text("已作为备注记入该事件")
        expect(page.locator("main")).to_contain_text("派遣")
        expect(page.locator("main")).to_contain_text("巡查中发现，已当场处理完毕。")
