"""Two stories at the desk of a committee, in a browser: an agreement in writing from clauses to stamp, and a refusal."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.mediation.models import Dispute
from linli.mediation.rules import State
from linli.mediation.testing import Mediation, make_dispute, make_mediation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def here(tmp_path: Path, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


@pytest.fixture
def at_desk(live_server: Any, open_page: Callable[..., Page], sign_in: Callable[..., None]) -> Callable[..., Page]:
    """A page of somebody who reads English, at the list."""

    def come(person: Any, **options: Any) -> Page:
        page = open_page(**options)
        sign_in(page, person)
        english = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}
        page.context.add_cookies([english])
        page.goto("/mediation/")
        return page

    return come


def open_file(page: Page, number: str) -> None:
    page.get_by_role("link", name=number).click()
    page.get_by_label("To mediate it").check()
    page.get_by_role("button", name="Open the file").click()


def test_an_agreement_in_writing_from_clauses_to_stamp(
    here: Mediation, at_desk: Callable[..., Page], accessible: Callable[[Page], None], tmp_path: Path
) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=timezone.now() - timedelta(days=3))
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7\n")
    page = at_desk(here.mediator)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=dispute.case_no)).to_be_focused()
    open_file(page, dispute.case_no)
    accessible(page)
    page.get_by_role("link", name="Put the agreement together").first.click()
    page.get_by_label("Add a clause").select_option(label="Pay in one sum")
    page.get_by_role("button", name="Add this clause").click()
    page.get_by_label("Who owes it").select_option(label="Respondent 1")
    page.get_by_label("Who receives it").select_option(label="Applicant 1")
    page.get_by_label("For what it is paid").fill("修沟费用")
    page.get_by_label("Amount in yuan").fill("很多钱")
    page.get_by_role("button", name="Put the text together").click()
    expect(page.get_by_label("For what it is paid")).to_have_value("修沟费用")
    page.get_by_label("Amount in yuan").fill("1.2万元")
    page.get_by_role("button", name="Put the text together").click()
    expect(page.get_by_text("12,000").first).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Put it before the parties to sign").click()
    page.get_by_role("button", name="Put it before the parties to sign").click()
    for party in ("Applicant 1", "Respondent 1"):
        page.get_by_role("link", name="Version 1").click()
        page.get_by_role("link", name="Scan of a signed paper").click()
        page.get_by_label(party).check()
        page.get_by_label("On paper, scanned", exact=True).check()
        page.locator("input[type=file]").set_input_files(scan)
        page.get_by_role("button", name="Scan of a signed paper").click()
    page.get_by_role("link", name="Version 1").click()
    page.get_by_role("link", name="Sign here as mediator").click()
    _draw(page)
    page.get_by_role("button", name="Sign it").click()
    expect(page.get_by_text("On their own phone")).to_be_visible()
    head = at_desk(here.head)
    head.goto(f"/mediation/{dispute.pk}/")
    head.get_by_label("To oversee").check()
    head.get_by_role("button", name="Open the file").click()
    head.get_by_role("link", name="Stamp and put in force").click()
    head.get_by_role("button", name="Stamp and put in force").click()
    expect(head.get_by_role("heading", name="Promises")).to_be_visible()
    dispute.refresh_from_db()
    assert dispute.state == State.SETTLED


def _draw(page: Page) -> None:
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 40 + 20 * step, box["y"] + 60 + (step % 3) * 15)
    page.mouse.up()


def test_a_refusal_ends_with_the_ways_that_stay_open(
    here: Mediation, at_desk: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    page = at_desk(here.head, viewport={"width": 390, "height": 844})
    page.get_by_role("link", name="Register a dispute").click()
    page.get_by_label("Where it is").select_option(here.village.area_id)
    page.get_by_label("Type of dispute").select_option(label="Between neighbours")
    page.get_by_label("What it is about").fill("两家为排水沟改道争执")
    for side, name in (("Applicant", "王小明"), ("Respondent", "王小明")):
        group = page.get_by_role("group", name=side)
        group.get_by_label("Name of person or organisation").fill(name)
        group.get_by_label("Telephone number").fill("13900000001")
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_text("The same person stands on both sides")).to_be_visible()
    accessible(page)
    other = page.get_by_role("group", name="Respondent")
    other.get_by_label("Name of person or organisation").fill("李大力")
    page.get_by_role("button", name="Register it").click()
    page.get_by_role("button", name="Open the file").click()
    number = Dispute.objects.get().number
    expect(page).to_have_title(f"{number} · linli")
    page.get_by_role("link", name="Note what they say to mediation").last.click()
    page.get_by_label("They refuse mediation").check()
    page.get_by_label("By telephone").check()
    page.get_by_role("button", name="Note what they say to mediation").click()
    page.get_by_text("More", exact=True).first.click()
    page.get_by_role("link", name="Not for mediation").click()
    page.get_by_label("One side clearly refuses").check()
    page.get_by_label("In your own words").fill("对方在电话中明确拒绝")
    page.get_by_label("Action in court").check()
    page.get_by_role("button", name="Not for mediation").click()
    expect(page.get_by_text("Mediation not accepted").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
