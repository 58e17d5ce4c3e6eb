"""One language all through: the page, the categories and what the server says."""

import pytest
from playwright.sync_api import expect

from linli.field.tests.shell import NewPhone, held, named, report

pytestmark = pytest.mark.browser


def test_the_server_speaks_the_language_the_app_was_set_to(new_phone: NewPhone) -> None:
    page = held(new_phone, address="?language=en").page
    report(page, "Drains")
    expect(named(page, "state").first).to_contain_text("Received: 440881", timeout=30_000)
    expect(named(page, "facts")).to_contain_text("Reported")
    expect(named(page, "facts")).not_to_contain_text("已上报")
