"""Bringing in a table as people do it: file, columns, trial, progress, result."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from linli.events.models import Event
from linli.events.testing import World, make_world
from linli.intake.bulk import working
from linli.intake.tests.files import COLUMNS, good, table

SignIn = Callable[[Page, Any], None]


@pytest.fixture
def world(transactional_db: None, tmp_path: Path, settings: Any) -> World:
    settings.HOME = tmp_path
    return make_world()


@pytest.fixture
def worker(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A worker that does a slice of one row each time it is let go on; once `free`, all of them."""
    monkeypatch.setattr(working, "BATCH", 1)
    monkeypatch.setattr(working, "_SLICE_S", 0)
    free, over = threading.Event(), threading.Event()

    def work() -> None:
        while not over.wait(0.05):
            working.work(timezone.now())
            while not free.is_set() and working.ImportRun.objects.filter(state="running", rows_read__gte=2).exists():
                if over.wait(0.05):
                    return
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield free
    over.set()
    thread.join()
    connection.close()


@pytest.mark.parametrize("size", [(390, 844), (1920, 1080)], ids=["phone", "wide"])
def test_a_table_is_sent_tried_and_brought_in(
    world: World,
    worker: threading.Event,
    open_page: Callable[..., Page],
    sign_in: SignIn,
    accessible: Callable[[Page], None],
    size: tuple[int, int],
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    sign_in(page, world.cast.county)
    page.goto("/desk/import/")
    accessible(page)
    rows = table(*(good(no=str(n)) for n in range(5)), good(no="8", where="999"), columns=(*COLUMNS, "身份证号"))
    file: Any = {"name": "热线.csv", "mimeType": "text/csv", "buffer": rows.encode("gb18030")}
    page.get_by_label(_("The table")).set_input_files(file)
    expect(page.get_by_role("status").filter(has_text="热线.csv")).to_be_visible()
    page.get_by_role("button", name=_("Send the table")).click()
    expect(page.get_by_text("身份证号")).to_be_visible()
    accessible(page)
    for label, column in (
        (_("Number at its source"), "no"),
        (_("Opened at"), "opened"),
        (_("Text"), "words"),
        (_("Column of the area"), "where"),
        (_("How the area is found"), "code"),
    ):
        page.get_by_label(label).select_option(column)
    page.get_by_label(_("Rows whose area is not found go to the county")).uncheck()
    page.get_by_role("button", name=_("Try it"), exact=True).click()
    expect(page.get_by_role("heading", name=_("What it would do"))).to_be_visible(timeout=20_000)
    expect(page.get_by_role("cell", name="8", exact=True)).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".big.primary").click()
    expect(page.locator("progress")).to_have_attribute("value", "2", timeout=20_000)
    worker.set()
    expect(page.get_by_role("heading", name=_("Matters of this source"))).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name=Event.objects.earliest("external_no").number)).to_be_visible()
    accessible(page)
    assert Event.objects.count() == 5
