"""When the outbox tries again, what it asks the browser for, and what it says of the room on the phone."""

import pytest
from playwright.sync_api import expect

from linli.field.tests.outbox import FAST, Phone, Town
from linli.field.tests.proxy import DROP, PASS
from linli.field.tests.shell import NewPhone, drawn, held, named

pytestmark = pytest.mark.browser
#: Waits so long that nothing goes by itself within a test.
SLOW = FAST | {"pace": 1000}
SIGNS = {
    "the page is shown again": "globalThis.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))",
    "the app comes to the front": "document.dispatchEvent(new Event('visibilitychange'))",
    "there is a network": "globalThis.dispatchEvent(new Event('online'))",
}


@pytest.mark.parametrize("sign", SIGNS)
def test_whatever_shows_that_somebody_is_there_makes_it_try(phone: Phone, town: Town, sign: str) -> None:
    phone.open(settings=SLOW)
    phone.line.fault = lambda asked: DROP if "/reports" in asked.path else PASS
    report = phone.report()
    phone.until(report, lambda one: one["tries"] > 0 and one["state"] == "waiting")
    phone.line.fault = lambda _asked: PASS
    phone.page.wait_for_timeout(1500)
    assert town.kept(report) == 0
    phone.page.evaluate(SIGNS[sign])
    phone.until_received(report)


def test_the_next_thing_made_takes_along_what_waits(phone: Phone, town: Town) -> None:
    phone.open(settings=SLOW)
    phone.line.fault = lambda asked: DROP if "/reports" in asked.path else PASS
    first = phone.report()
    phone.until(first, lambda one: one["tries"] > 0 and one["state"] == "waiting")
    phone.line.fault = lambda _asked: PASS
    second = phone.report("路灯不亮")
    phone.until_received(first, second)


def test_the_browser_is_asked_to_keep_it_with_the_first_draft_and_not_before(phone: Phone) -> None:
    phone.page.evaluate(
        "() => { window.wishes = 0; StorageManager.prototype.persist = async () => { window.wishes += 1; return true; }; "
        "StorageManager.prototype.persisted = async () => window.wishes > 0; }"
    )
    phone.open()
    assert phone.page.evaluate("window.wishes") == 0
    phone.draft(), phone.draft("路灯不亮")
    assert phone.page.evaluate("window.wishes") == 1


@pytest.mark.parametrize(("used", "words"), [(0.1, "已用 100 MB，共 1000 MB"), (0.85, "850")])
def test_the_room_on_the_phone_is_shown_in_words_and_as_a_bar(new_phone: NewPhone, used: float, words: str) -> None:
    phone = held(new_phone)
    quota = 1000 * 1024 * 1024
    phone.page.evaluate(
        "(given) => { StorageManager.prototype.estimate = async () => given; }",
        {"usage": int(used * quota), "quota": quota},
    )
    phone.page.evaluate("location.hash = '#outbox'")
    drawn(phone.page, "outbox")
    expect(named(phone.page, "space_words")).to_contain_text(words)
    assert round(float(phone.page.evaluate("document.querySelector('main meter').value")), 2) == used
