"""The story of who mediates: a tie is declared, a party objects once and gets another of those proposed, and not twice."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from linli.mediation.actions import assigning
from linli.mediation.models import Dispute
from linli.mediation.rules import AssignmentState, Interest, Side, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import days_ago
from linli.mediation.tests.screens import Desk, Phone, zh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROPOSE, OBJECT = "Propose three mediators", "A party objects to the mediator"
MEDIATOR = "Your mediator"


@pytest.fixture
def here(tmp_path: Any, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


def test_whoever_has_a_tie_declares_it_and_others_are_proposed(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2))
    applicant, head = on_phone(party_of(dispute)), at_desk(here.head, width=1920)
    head.open_file(dispute, "To oversee")
    _three_are_proposed(head)
    _the_applicant_chooses(applicant, "何调解")
    _whoever_has_a_tie_cannot_take_it(at_desk(here.mediator), dispute)
    applicant.open()
    applicant.reads("The committee is looking for somebody. You hear of it here.", of=MEDIATOR)
    head.back_to_file(dispute)
    expect(head.card("Mediator").locator(".past")).to_contain_text("Close relative of a party or its agent")
    _others_are_proposed(head, with_them="梁二调", without="何调解")
    _the_applicant_chooses(applicant, "梁二调")
    past = dispute.assignments.order_by("pk").values_list("mediator__person__name", "state", "interest")
    assert list(past) == [
        ("何调解", AssignmentState.DECLINED, Interest.RELATIVE),
        ("梁二调", AssignmentState.ASKED, ""),
    ]


def test_a_party_objects_once_and_not_twice(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    dispute = make_dispute(here, State.ACCEPTED, at=days_ago(2))
    assigning.propose(dispute, by=here.head, at=days_ago(1))
    assigning.choose(dispute, mediator=here.seat(here.second), by=here.head, at=days_ago(1))
    assigning.take_on(dispute, declares_none=True, by=here.second, at=days_ago(1))
    applicant, respondent = on_phone(party_of(dispute)), on_phone(party_of(dispute, Side.RESPONDENT))
    _the_respondent_objects(respondent)
    head = at_desk(here.head)
    head.open_file(dispute, "To oversee")
    _the_head_reads_why(head)
    _others_are_proposed(head, with_them="陈三调", without="梁二调")
    _the_applicant_chooses(applicant, "陈三调")
    _takes_it_on(at_desk(here.third), dispute)
    _a_second_objection_is_refused(respondent, head, dispute)
    dispute.refresh_from_db()
    past = dispute.assignments.order_by("pk").values_list("mediator__person__name", "state")
    assert dispute.state == State.MEDIATING
    assert list(past) == [("梁二调", AssignmentState.OBJECTED), ("陈三调", AssignmentState.ACCEPTED)]


def _three_are_proposed(desk: Desk) -> None:
    desk.begin(PROPOSE, of="Next step")
    desk.do(PROPOSE)
    proposed = desk.card("Mediator").locator(".proposals > li")
    expect(proposed).to_have_count(3)
    expect(desk.card("Mediator")).to_contain_text("In no order of merit.")
    expect(proposed.filter(has_text="何调解")).to_contain_text("Knows this kind of dispute")
    desk.looks_right()


def _the_applicant_chooses(phone: Phone, name: str) -> None:
    phone.open()
    phone.has_to("Choose a mediator, or leave it to the committee")
    phone.part(MEDIATOR).get_by_label(name).check()
    phone.press("I choose this one", of=MEDIATOR)
    phone.is_told("Thank you. The mediator you chose has been asked.")
    expect(phone.part(MEDIATOR)).to_contain_text(name)


def _whoever_has_a_tie_cannot_take_it(desk: Desk, dispute: Dispute) -> None:
    desk.open_file(dispute)
    desk.begin("Take it on", of="Next step")
    desk.do("Take it on")
    expect(desk.problem).to_contain_text("Declare first that no tie binds you to a party.")
    desk.fits()
    desk.back_to_file(dispute)
    desk.begin("Declare a tie", of="Next step")
    desk.page.get_by_label("Close relative of a party or its agent").check()
    desk.do("Declare a tie")
    desk.was_done("Declare a tie")
    expect(desk.page.get_by_role("heading", name="Mediation")).to_be_visible()
    desk.looks_right()
    answer = desk.page.goto(f"/mediation/{dispute.pk}/")
    assert answer is not None and answer.status == 404


def _others_are_proposed(desk: Desk, *, with_them: str, without: str) -> None:
    desk.begin(PROPOSE, of="Next step")
    desk.do(PROPOSE)
    proposed = desk.card("Mediator").locator(".proposals > li")
    expect(proposed.filter(has_text=with_them)).to_be_visible()
    expect(proposed.filter(has_text=without)).to_have_count(0)


def _takes_it_on(desk: Desk, dispute: Dispute) -> None:
    desk.open_file(dispute)
    desk.begin("Take it on", of="Next step")
    desk.page.get_by_label("I declare: no tie binds me").check()
    desk.do("Take it on")
    desk.was_done("Take it on")
    expect(desk.page.get_by_text("In mediation").first).to_be_visible()


def _the_respondent_objects(phone: Phone) -> None:
    phone.open()
    phone.reads("Has declared: no tie to any party.", of=MEDIATOR)
    phone.unfold("I do not want this mediator", of=MEDIATOR)
    phone.part(MEDIATOR).locator("[name=words]").fill("他和申请人是老同学")
    phone.looks_right()
    phone.press("Ask for somebody else", of=MEDIATOR)
    phone.is_told("It is noted. Somebody else will be asked.")


def _the_head_reads_why(desk: Desk) -> None:
    expect(desk.card("From the parties' own pages")).to_contain_text("他和申请人是老同学")
    expect(desk.card("Mediator").locator(".past")).to_contain_text("Objected to by a party · Respondent 1")


def _a_second_objection_is_refused(phone: Phone, desk: Desk, dispute: Dispute) -> None:
    phone.open()
    expect(phone.part(MEDIATOR).get_by_text(zh("I do not want this mediator"))).to_have_count(0)
    phone.reads("You have had the mediator changed once. You may still end the mediation at any time.", of=MEDIATOR)
    phone.looks_right()
    desk.back_to_file(dispute)
    desk.begin(OBJECT, of="Next step")
    desk.page.get_by_label("Respondent 1").check()
    desk.do(OBJECT)
    expect(desk.problem).to_contain_text("This party has had the mediator changed once.")
    expect(desk.page.get_by_label("Respondent 1")).to_be_checked()
