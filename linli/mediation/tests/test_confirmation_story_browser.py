"""The story of an agreement in writing that a court confirms: both sides apply together, the court answers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from linli.mediation.actions import agreeing, signing
from linli.mediation.models import Dispute
from linli.mediation.rules import CourtAnswer, Side, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import days_ago
from linli.mediation.tests.screens import Desk, Phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER, RULING = "Identity number for the court", "（2026）粤0881诉前调确12号"


@pytest.fixture
def here(tmp_path: Any, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


def agreed_in_writing(here: Mediation, at: datetime) -> Dispute:
    """A payment, signed on paper by both sides, by the mediator, and stamped."""
    dispute = make_dispute(here, State.MEDIATING, at=at)
    at += timedelta(hours=5)
    by, owed_by, owed_to = here.mediator, party_of(dispute, Side.RESPONDENT), party_of(dispute)
    due_on = (timezone.localdate(at) + timedelta(days=60)).isoformat()
    pay = {"owed_by": str(owed_by.pk), "owed_to": str(owed_to.pk), "reason": "修沟费用", "amount": "1.2万元"}
    story = agreeing.Story(facts="水沟改道后积水。", place="石城镇综治中心")
    clauses = [{"code": "pay_once", "values": {**pay, "due_on": due_on}}]
    made = agreeing.draft_agreement(dispute, clauses=clauses, story=story, by=by, at=at)
    agreeing.offer_agreement(made, by=by, at=at)
    for party in (owed_by, owed_to):
        signing.sign_on_paper(made, party=party, scan=b"%PDF-1.7 signed", by=by, at=at)
    typed = signing.Drawn(typed=by.name)
    signing.sign_as_mediator(made, drawn=typed, text_sha256=made.text_sha256, by=by, at=at)
    signing.stamp(made, by=here.head, at=at)
    dispute.refresh_from_db()
    return dispute


def test_both_sides_apply_together_and_the_court_confirms(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    dispute = agreed_in_writing(here, days_ago(4))
    applicant, respondent = on_phone(party_of(dispute)), on_phone(party_of(dispute, Side.RESPONDENT))
    _one_side_wants_it(applicant)
    mediator = at_desk(here.mediator)
    _one_side_alone_is_not_enough(mediator, dispute)
    _the_other_side_wants_it_too(respondent)
    _the_mediator_keeps_identity_numbers(mediator, dispute)
    _they_have_applied(mediator)
    _the_court_answers(mediator)
    dispute.refresh_from_db()
    assert dispute.confirmations.get().answer == CourtAnswer.CONFIRMED
    for phone in (applicant, respondent):
        phone.open()
        expect(phone.part("Judicial confirmation")).to_contain_text("廉江市人民法院")
        phone.reads("Confirmed by ruling", of="Judicial confirmation")
    applicant.looks_right()
    applicant.part("Your papers").get_by_role("link").click()
    expect(applicant.main).to_contain_text("司法确认申请书")


def _one_side_wants_it(phone: Phone) -> None:
    phone.open()
    phone.has_to("Think about judicial confirmation")
    phone.looks_right()
    phone.press("I want to apply together", of="Judicial confirmation")
    phone.is_told("It is noted. Both sides apply together: the other side is still to say yes.")
    phone.reads("You want it. The other side is still to say yes.", of="Judicial confirmation")


def _one_side_alone_is_not_enough(desk: Desk, dispute: Dispute) -> None:
    desk.open_file(dispute)
    court = desk.card("Judicial confirmation")
    expect(court).to_contain_text("days left to apply together")
    expect(court).to_contain_text("Respondent 1")
    desk.begin("They have applied to the court", of="Judicial confirmation")
    desk.page.get_by_label("Court", exact=True).fill("廉江市人民法院石城人民法庭")
    desk.do("They have applied to the court")
    expect(desk.problem).to_contain_text("Both sides apply together. Not yet said yes: 李大力")
    expect(desk.page.get_by_label("Court", exact=True)).to_have_value("廉江市人民法院石城人民法庭")


def _the_other_side_wants_it_too(phone: Phone) -> None:
    phone.open()
    phone.press("I want to apply together", of="Judicial confirmation")
    phone.is_told("Everybody wants it. The committee now prepares the joint application.")
    phone.reads("Everybody wants it. The committee prepares the application.", of="Judicial confirmation")


def _the_mediator_keeps_identity_numbers(desk: Desk, dispute: Dispute) -> None:
    desk.back_to_file(dispute)
    for party, number in (("Applicant 1", "11010519491231002X"), ("Respondent 1", "440881198001010017")):
        row = desk.page.locator(".party", has_text=party)
        row.locator("details.menu summary").click()
        row.get_by_role("link", name=NUMBER).click()
        if party == "Applicant 1":
            desk.page.get_by_label("Identity number").fill("110105194912310021")
            desk.do(NUMBER)
            expect(desk.problem).to_contain_text("This identity number has a slip in it")
        desk.page.get_by_label("Identity number").fill(number)
        desk.do(NUMBER)
        desk.was_done(NUMBER)


def _they_have_applied(desk: Desk) -> None:
    desk.begin("They have applied to the court", of="Judicial confirmation")
    expect(desk.page.get_by_label("Court", exact=True)).to_have_value("廉江市人民法院")
    desk.do("They have applied to the court")
    desk.was_done("They have applied to the court")
    expect(desk.card("Judicial confirmation")).to_contain_text("Court accepts by")


def _the_court_answers(desk: Desk) -> None:
    desk.begin("Note what the court answered", of="Judicial confirmation")
    desk.page.get_by_label("Accepted by the court").check()
    desk.do("Note what the court answered")
    expect(desk.card("Judicial confirmation")).to_contain_text("Court decides by")
    desk.begin("Note what the court answered", of="Judicial confirmation")
    desk.page.get_by_label("Confirmed by ruling").check()
    desk.page.get_by_label("In few words").fill("裁定有效")
    desk.do("Note what the court answered")
    expect(desk.problem).to_contain_text("Write the number of the ruling.")
    expect(desk.page.get_by_label("In few words")).to_have_value("裁定有效")
    desk.page.get_by_label("Number of the court").fill(RULING)
    desk.do("Note what the court answered")
    court = desk.card("Judicial confirmation")
    expect(court).to_contain_text("Confirmed by ruling")
    expect(court).to_contain_text(RULING)
    desk.looks_right()
