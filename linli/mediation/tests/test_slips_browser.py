"""Slips of the hand on the way: each is told in a clear sentence, and nothing that was typed is lost."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from linli.mediation.actions import agreeing
from linli.mediation.actions.sessions import LONGEST_RECORD
from linli.mediation.models import Dispute
from linli.mediation.rules import Side, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import days_ago, local
from linli.mediation.tests.screens import Desk, Phone, zh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HELD, RECORD, ADD = "Enter a session on the spot", "Write the record", "Add a party"
#: Ten thousand signs as a mediator types them: a line for each word that was said.
LINES = "申请人陈述：水沟改道后积水，请求恢复。\n" * 500
TOO_LARGE = "This file has %(size)s MB; %(most)s MB at most. Scan it in grey at 200 dpi, or in parts."


@pytest.fixture
def here(tmp_path: Any, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


@pytest.fixture
def eighty_megabytes(tmp_path: Path) -> Path:
    """A scan in colour and far too fine: eighty megabytes, of which the disk keeps the first."""
    file = tmp_path / "large.pdf"
    with file.open("wb") as out:
        out.write(b"%PDF-1.7\n")
        out.truncate(80_000_000)
    return file


def test_a_session_and_a_long_record_and_the_same_person_twice(here: Mediation, at_desk: Callable[..., Desk]) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    desk = at_desk(here.mediator)
    desk.open_file(dispute)
    _a_session_that_ends_before_it_began(desk)
    _a_record_of_ten_thousand_signs(desk, dispute)
    _somebody_stands_on_the_other_side_already(desk)


def _a_session_that_ends_before_it_began(desk: Desk) -> None:
    desk.begin(HELD, of="Sessions")
    page, began = desk.page, timezone.now() - timedelta(hours=3)
    page.get_by_label("Began").fill(local(began))
    page.get_by_label("Over at").fill(local(began - timedelta(hours=1)))
    page.get_by_label("Where it is held").fill("石城镇综治中心")
    for party in ("Applicant 1", "Respondent 1"):
        page.get_by_label(party).check()
    desk.do(HELD)
    expect(desk.problem).to_be_visible()
    expect(page.get_by_label("Where it is held")).to_have_value("石城镇综治中心")
    expect(page.get_by_label("Respondent 1")).to_be_checked()
    desk.looks_right()
    page.get_by_label("Over at").fill(local(began + timedelta(hours=1)))
    desk.do(HELD)
    desk.was_done(HELD)


def _a_record_of_ten_thousand_signs(desk: Desk, dispute: Dispute) -> None:
    assert len(LINES) == 10_000
    desk.begin(RECORD, of="Sessions")
    said = desk.page.get_by_label("What was said, for all to read")
    far_too_long = LINES + LINES + "多一字"
    said.fill(far_too_long)
    desk.do(RECORD)
    expect(desk.problem).to_contain_text(f"{LONGEST_RECORD + 3}")
    expect(said).to_have_value(far_too_long)
    said.fill(LINES)
    desk.do(RECORD)
    desk.was_done(RECORD)
    assert dispute.sessions.get().records.get().words["text"].count("积水") == 500


def _somebody_stands_on_the_other_side_already(desk: Desk) -> None:
    desk.begin(ADD, of="Parties")
    page = desk.page
    page.get_by_label("On which side").select_option(label="Respondent")
    page.get_by_label("Name of person or organisation").fill("王小明")
    page.get_by_label("Telephone number").fill("139 0000 0001")
    desk.do(ADD)
    expect(desk.problem).to_contain_text("The same person stands on both sides.")
    expect(page.get_by_label("Name of person or organisation")).to_have_value("王小明")
    expect(page.get_by_label("Telephone number")).to_have_value("139 0000 0001")


def test_an_agreement_that_nobody_signed_is_not_stamped(here: Mediation, at_desk: Callable[..., Desk]) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    clauses = [{"code": "end_of_matter", "values": {}}]
    story = agreeing.Story(facts="水沟改道后积水。")
    made = agreeing.draft_agreement(dispute, clauses=clauses, story=story, by=here.mediator, at=timezone.now())
    agreeing.offer_agreement(made, by=here.mediator, at=timezone.now())
    head = at_desk(here.head)
    head.open_file(dispute, "To oversee")
    expect(head.card("Next step")).to_contain_text("Signatures are missing: Applicant 1, Respondent 1, the mediator.")
    expect(head.card("Next step").get_by_role("link", name="Stamp and put in force")).to_have_count(0)
    head.page.get_by_role("link", name="Version 1").click()
    head.begin("Stamp and put in force")
    head.do("Stamp and put in force")
    expect(head.problem).to_contain_text("The stamp comes last. Still missing: 王小明")
    head.looks_right()


def test_a_scan_of_eighty_megabytes_is_refused_before_it_is_sent(
    here: Mediation,
    at_desk: Callable[..., Desk],
    on_phone: Callable[..., Phone],
    eighty_megabytes: Path,
    a_scan: Path,
) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    desk = at_desk(here.mediator)
    desk.open_file(dispute)
    desk.begin("Add evidence", of="Evidence given")
    desk.page.get_by_label("Applicant 1").check()
    desk.page.get_by_label("What is given").fill("水沟照片")
    desk.lay_in(eighty_megabytes)
    expect(desk.problem).to_have_text(TOO_LARGE % {"size": 80, "most": 20})
    desk.lay_in(a_scan)
    desk.do("Add evidence")
    desk.was_done("Add evidence")
    phone = on_phone(party_of(dispute, Side.RESPONDENT))
    phone.open()
    phone.unfold("Hand something in", of="Evidence and documents")
    evidence = phone.part("Evidence and documents")
    evidence.locator("[name=name]").fill("改道同意书")
    evidence.locator("[type=file]").set_input_files(eighty_megabytes)
    expect(phone.problem).to_have_text(zh(TOO_LARGE, size=80, most=20))
    phone.looks_right()
    evidence.locator("[type=file]").set_input_files(a_scan)
    phone.press("Hand it in", of="Evidence and documents")
    phone.is_told("Thank you. It is in your list.")
    expect(evidence).to_contain_text("改道同意书")
