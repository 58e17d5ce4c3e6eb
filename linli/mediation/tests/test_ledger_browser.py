"""A ledger as a person meets it: its figures, a number that opens its rows, and a file; on a phone and on a wide screen."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.exports.testing import taken_away
from linli.mediation.ledgers.testing import histories, store
from linli.mediation.testing import Mediation, make_mediation


@pytest.fixture
def here(transactional_db: None) -> Mediation:
    """A county with some months of disputes."""
    found = make_mediation()
    bodies = [found.village.pk, found.township.pk]
    areas = ["440881101201005", "440881101202001", "440881102201001"]
    store(histories(240, draw=Random(1), areas=areas, bodies=bodies, at=timezone.now(), days=330), found.head)
    return found


@pytest.mark.parametrize("size", [(390, 844), (1920, 1080)], ids=["phone", "wide"])
def test_a_figure_opens_its_rows_and_they_are_taken_away(
    here: Mediation,
    open_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    accessible: Callable[[Page], None],
    size: tuple[int, int],
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    sign_in(page, here.world.cast.leader)
    page.goto("/mediation/ledgers/440881/figures/")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    number = page.locator("[data-rate=settlement] [data-figure=settled]")
    said = number.inner_text()
    number.click()
    expect(page.locator("#count")).to_have_text(said)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.get_by_role("link", name="XLSX").click()
    with taken_away(page) as file:
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert file.value.suggested_filename.startswith("linli-ledger-440881-")
