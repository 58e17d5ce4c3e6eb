"""The story of a complaint: a party writes it on its phone, the head of the committee answers it, and the party reads that."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from linli.mediation.actions import own
from linli.mediation.models import Dispute
from linli.mediation.rules import State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import days_ago
from linli.mediation.tests.screens import Desk, Phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANSWER = "Answer the complaint"
SAID, ANSWERED = "调解员迟到两个小时，还偏着对方", "经了解，迟到属实，调解员已当面道歉，下次会议由负责人到场"


@pytest.fixture
def here(tmp_path: Any, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


def test_a_party_complains_and_reads_what_the_head_answers(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    phone = on_phone(party_of(dispute))
    _it_is_written(phone)
    _the_head_answers(at_desk(here.head, width=1920), dispute)
    phone.open()
    phone.has_to("Read the answer to your complaint")
    expect(phone.part("Not content?")).to_contain_text(ANSWERED)
    expect(phone.part("Not content?")).to_contain_text(here.head.name)
    phone.looks_right()


def test_on_a_phone_the_tab_that_is_shown_is_in_sight(here: Mediation, at_desk: Callable[..., Desk]) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    own.complain(party_of(dispute), words=SAID, at=days_ago(1))
    desk = at_desk(here.head, width=390)
    desk.page.goto("/mediation/?show=complaints")
    expect(desk.main.get_by_role("link", name="Complaints")).to_be_in_viewport(ratio=0.9)
    desk.page.goto("/mediation/?show=mine")
    expect(desk.main.get_by_role("link", name="My disputes")).to_be_in_viewport(ratio=0.9)
    desk.fits()


def _it_is_written(phone: Phone) -> None:
    phone.open()
    phone.unfold("Complain about the mediation", of="Not content?")
    phone.page.locator("#complain-words").fill(SAID)
    phone.press("Send the complaint", of="Not content?")
    phone.is_told("Your complaint has gone to the head of the committee. The mediator does not get it.")
    expect(phone.part("Not content?")).to_contain_text(SAID)
    phone.looks_right()


def _the_head_answers(desk: Desk, dispute: Dispute) -> None:
    desk.page.goto("/mediation/?show=complaints")
    desk.looks_right()
    desk.page.locator(".row", has_text=dispute.case_no).get_by_role("link").click()
    expect(desk.page.get_by_label("To answer a complaint")).to_be_checked()
    desk.page.get_by_role("button", name="Open the file").click()
    expect(desk.card("From the parties' own pages")).to_contain_text(SAID)
    desk.looks_right()
    desk.begin(ANSWER, of="Next step")
    desk.page.get_by_label("Answer to the complaint").fill(" ")
    desk.do(ANSWER)
    expect(desk.problem).to_contain_text("Write something here first.")
    expect(desk.main).to_contain_text(SAID)
    desk.page.get_by_label("Answer to the complaint").fill(ANSWERED)
    desk.looks_right()
    desk.do(ANSWER)
    desk.was_done(ANSWER)
    expect(desk.card("From the parties' own pages")).to_contain_text(ANSWERED)
    desk.page.goto("/mediation/")
    expect(desk.main.get_by_role("link", name="Complaints")).to_have_count(0)
