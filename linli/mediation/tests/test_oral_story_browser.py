"""The story of an oral agreement: registered at the desk, performed, confirmed by who receives, visited, closed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from linli.mediation.models import Dispute
from linli.mediation.rules import AgreementForm, ObligationState, Side, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import days_ago
from linli.mediation.tests.screens import Desk, Phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REGISTER = "Register it: it is in force from now"


@pytest.fixture
def here(tmp_path: Any, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


def test_it_is_registered_performed_visited_and_closed(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    mediator = at_desk(here.mediator)
    mediator.open_file(dispute)
    _what_was_said_is_written_down(mediator)
    _who_has_not_said_yes_is_named(mediator)
    applicant, respondent = on_phone(party_of(dispute)), on_phone(party_of(dispute, Side.RESPONDENT))
    _who_owes_pays_and_says_so(respondent)
    _who_receives_confirms(applicant)
    _it_is_visited_and_closed(mediator, dispute)
    dispute.refresh_from_db()
    made = dispute.agreements.get()
    assert (made.form, dispute.state) == (AgreementForm.ORAL, State.CLOSED)
    assert made.obligations.get().state == ObligationState.PERFORMED
    applicant.open()
    applicant.reads("This is finished. If it begins again, tell the committee with the number.")


def _what_was_said_is_written_down(desk: Desk) -> None:
    desk.begin("Register an oral agreement", of="Next step")
    desk.add_clause("Pay in one sum")
    page = desk.page
    page.get_by_label("Who owes it").select_option(label="Respondent 1")
    page.get_by_label("Who receives it").select_option(label="Applicant 1")
    page.get_by_label("For what it is paid").fill("修沟费用")
    page.get_by_label("By which day").fill(timezone.localdate().isoformat())
    for wrong in ("三千五左右", "-3500"):
        page.get_by_label("Amount in yuan").fill(wrong)
        desk.do(REGISTER)
        expect(desk.problem).to_contain_text("Nothing you typed is lost")
        expect(page.get_by_label("Amount in yuan")).to_have_value(wrong)
        expect(page.get_by_label("For what it is paid")).to_have_value("修沟费用")
    page.get_by_label("Amount in yuan").fill("3,500元")


def _who_has_not_said_yes_is_named(desk: Desk) -> None:
    agreed = desk.page.get_by_role("group", name="Who has said yes to exactly this")
    agreed.get_by_label("Applicant 1").check()
    desk.do(REGISTER)
    expect(desk.problem).to_contain_text("Not in force yet. Still missing: 李大力.")
    expect(agreed.get_by_label("Applicant 1")).to_be_checked()
    expect(desk.page.get_by_label("Amount in yuan")).to_have_value("3,500元")
    desk.looks_right()
    agreed.get_by_label("Respondent 1").check()
    desk.do(REGISTER)
    expect(desk.page.get_by_text("Registered: the oral agreement is in force.")).to_be_visible()
    expect(desk.card("Promises")).to_contain_text("3,500")
    expect(desk.card("Agreement")).to_contain_text("Oral agreement, registered")
    desk.looks_right()


def _who_owes_pays_and_says_so(phone: Phone) -> None:
    phone.open()
    phone.reads("You → %(name)s", of="What was promised", name="王小明")
    phone.unfold("I have done it", of="What was promised")
    promised = phone.part("What was promised")
    promised.locator("[name=words]").fill("当面付清")
    promised.locator("[name=amount]").fill("4,000元")
    phone.press("Say that it is done", of="What was promised")
    phone.reads("This is more than is still owed, with what waits for an answer. Correct the amount.")
    expect(promised.locator("[name=words]")).to_have_value("当面付清")
    expect(promised.locator("[name=amount]")).to_have_value("4,000元")
    promised.locator("[name=amount]").fill("0.35万")
    phone.press("Say that it is done", of="What was promised")
    phone.is_told("Thank you. Whoever receives it is asked to confirm.")
    phone.looks_right()


def _who_receives_confirms(phone: Phone) -> None:
    phone.open()
    phone.has_to("Say whether you received what was promised")
    phone.reads("当面付清", of="What was promised")
    phone.press("Yes, I received it", of="What was promised")
    phone.is_told("Thank you. It is noted that you received it.")
    phone.reads("Performed", of="What was promised")
    phone.looks_right()


def _it_is_visited_and_closed(desk: Desk, dispute: Dispute) -> None:
    desk.back_to_file(dispute)
    expect(desk.card("Promises")).to_contain_text("Performed")
    desk.begin("Close the dispute", of="Next step")
    desk.do("Close the dispute")
    expect(desk.problem).to_contain_text("Nobody has asked yet how it went. Visit or call the parties, then close it.")
    desk.back_to_file(dispute)
    desk.begin("Write down the visit", of="Visits and call-backs")
    page = desk.page
    page.get_by_role("group", name="Was it performed as agreed?").get_by_label("Yes").check()
    page.get_by_role("group", name="Are the parties content?").get_by_label("Yes").check()
    page.get_by_label("What was said").fill("两家都说款已付清，来往如常。")
    desk.do("Write down the visit")
    desk.was_done("Write down the visit")
    expect(desk.card("Visits and call-backs")).to_contain_text("来往如常")
    desk.begin("Close the dispute", of="Next step")
    desk.do("Close the dispute")
    expect(desk.page.get_by_text("Dispute closed").first).to_be_visible()
    desk.looks_right()
