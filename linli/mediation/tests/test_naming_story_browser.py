"""The story of a mediator whom nobody proposed: one side names them and the other agrees, or both tell the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from linli.mediation.actions import assigning
from linli.mediation.models import Dispute
from linli.mediation.rules import AssignmentState, Chosen, Kind, Side, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import days_ago
from linli.mediation.tests.screens import Desk, Phone, zh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MEDIATOR, OTHERS = "Your mediator", "Name somebody else of the committee"


@pytest.fixture
def here(tmp_path: Any, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


@pytest.fixture
def dispute(here: Mediation) -> Dispute:
    """Three are proposed; 陈三调, who knows other things, is none of them."""
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2))
    proposed = assigning.propose(dispute, by=here.head, at=days_ago(1))
    assert here.third not in [one.mediator.person for one in proposed]
    return dispute


def test_both_sides_name_the_same_on_their_pages(
    dispute: Dispute, here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    applicant, respondent = on_phone(party_of(dispute)), on_phone(party_of(dispute, Side.RESPONDENT))
    _the_applicant_finds_and_names(applicant, "陈三调")
    head = at_desk(here.head, width=1920)
    head.open_file(dispute, "To oversee")
    expect(head.card("Mediator")).to_contain_text("Applicant 1: On their own page")
    head.looks_right()
    _the_respondent_wants_the_same(respondent, "陈三调")
    applicant.open()
    expect(applicant.part(MEDIATOR)).to_contain_text(zh("Chosen by the parties"))
    head.back_to_file(dispute)
    expect(head.card("Mediator")).to_contain_text("Chosen by the parties")
    asked = dispute.assignments.get()
    assert (asked.state, asked.chosen, len(asked.named_by)) == (AssignmentState.ASKED, Chosen.BY_PARTIES, 2)


def test_both_sides_tell_the_desk_whom_they_name(
    dispute: Dispute, here: Mediation, at_desk: Callable[..., Desk]
) -> None:
    head = at_desk(here.head, width=390)
    head.open_file(dispute, "To oversee")
    head.begin("Ask a mediator", of="Next step")
    head.page.get_by_label("陈三调").check()
    head.page.get_by_label("Applicant 1").check()
    head.page.get_by_label("How they told you").select_option(label="By telephone")
    head.do("Ask a mediator")
    expect(head.problem).to_contain_text("only when every side has named them")
    head.looks_right()
    head.page.get_by_label("Respondent 1").check()
    head.do("Ask a mediator")
    head.was_done("Ask a mediator")
    expect(head.card("Mediator")).to_contain_text("Chosen by the parties (Applicant 1: By telephone · Respondent 1")
    assert dispute.assignments.get().chosen == Chosen.BY_PARTIES


def _the_applicant_finds_and_names(phone: Phone, name: str) -> None:
    phone.open()
    phone.unfold(OTHERS, of=MEDIATOR)
    phone.looks_right()
    phone.part(MEDIATOR).get_by_role("combobox").first.select_option(Kind.LABOUR)
    phone.press("Find", of=MEDIATOR)
    listed = phone.part(MEDIATOR).locator("#others .person")
    expect(listed).to_have_count(1)
    listed.get_by_role("radio").check()
    phone.looks_right()
    phone.press("I name this one", of=MEDIATOR)
    phone.is_told("Thank you. It is noted whom you name. The other side reads it and says whether it wants the same.")
    expect(phone.part(MEDIATOR)).to_contain_text(name)
    phone.looks_right()


def _the_respondent_wants_the_same(phone: Phone, name: str) -> None:
    phone.open()
    phone.has_to("Say whether you want the mediator whom the other side named")
    expect(phone.part(MEDIATOR)).to_contain_text(name)
    phone.looks_right()
    phone.press("I want this one too", of=MEDIATOR)
    phone.is_told("Thank you. The mediator you chose has been asked.")
    expect(phone.part(MEDIATOR)).to_contain_text(zh("Chosen by the parties"))
