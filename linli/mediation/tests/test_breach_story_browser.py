"""The story of a promise that is not kept: reminded, overdue, a part is paid, the creditor speaks, and what comes next."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from linli.journal.models import Entry
from linli.mediation.actions import performing
from linli.mediation.models import Dispute
from linli.mediation.rules import ObligationState, Side, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import days_ago
from linli.mediation.tests.screens import Desk, Phone, zh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROMISED = "What was promised"
URGED = (
    "It was not kept in time. The mediator urges the other side; you may also go to court with the agreement. "
    "If both want, the mediation can go on: tell the mediator."
)


@pytest.fixture
def here(tmp_path: Any, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


def overdue(here: Mediation) -> Dispute:
    """12,000 yuan were due three days ago; the clock has reminded twice and noted the day after that it was not kept."""
    due_on = timezone.localdate() - timedelta(days=3)
    dispute = make_dispute(here, State.SETTLED, at=days_ago(30), due_on=due_on.isoformat())
    for days in (-7, -1, 1):
        performing.remind(_morning(due_on + timedelta(days=days)))
    return dispute


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9, 30)))


def test_a_part_is_paid_late_and_the_dispute_is_opened_again(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    dispute = overdue(here)
    told = Entry.objects.filter(verb__in=["dispute.performance_due", "dispute.breached"]).order_by("pk")
    assert list(told.values_list("verb", flat=True)) == ["dispute.performance_due"] * 2 + ["dispute.breached"]
    applicant, respondent = on_phone(party_of(dispute)), on_phone(party_of(dispute, Side.RESPONDENT))
    _who_is_owed_reads_what_is_open(applicant)
    _who_owes_pays_a_part(respondent)
    _who_is_owed_got_only_a_part(applicant)
    mediator = at_desk(here.mediator)
    mediator.open_file(dispute)
    _the_mediator_visits(mediator)
    _it_goes_on(mediator)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.reopened) == (State.MEDIATING, 1)
    assert dispute.agreements.get().obligations.get().state == ObligationState.BREACHED
    applicant.open()
    applicant.reads("The mediator talks with both sides. You can hand in what shows your point below.")


def _who_is_owed_reads_what_is_open(phone: Phone) -> None:
    phone.open()
    phone.reads("Not performed in time", of=PROMISED)
    phone.reads("overdue", of=PROMISED)
    expect(phone.part(PROMISED)).to_contain_text(zh(URGED))
    phone.looks_right()


def _who_owes_pays_a_part(phone: Phone) -> None:
    phone.open()
    phone.has_to("Something you promised is overdue")
    promised = phone.part(PROMISED)
    promised.locator("[name=amount]").fill("五千块左右")
    phone.press("Say that it is done", of=PROMISED)
    expect(phone.problem).to_be_visible()
    expect(promised.locator("[name=amount]")).to_have_value("五千块左右")
    promised.locator("[name=amount]").fill("0.5万")
    promised.locator("[name=words]").fill("先付一部分")
    phone.press("Say that it is done", of=PROMISED)
    phone.is_told("Thank you. Whoever receives it is asked to confirm.")
    phone.looks_right()


def _who_is_owed_got_only_a_part(phone: Phone) -> None:
    phone.open()
    phone.has_to("Say whether you received what was promised")
    phone.reads("先付一部分", of=PROMISED)
    phone.press("Yes, I received it", of=PROMISED)
    phone.is_told("Thank you. It is noted that you received it.")
    phone.reads("Not performed in time", of=PROMISED)
    expect(phone.part(PROMISED)).to_contain_text("5,000.00")
    expect(phone.part(PROMISED)).to_contain_text("7,000.00")


def _the_mediator_visits(desk: Desk) -> None:
    promises = desk.card("Promises")
    expect(promises).to_contain_text("Not performed in time")
    expect(promises).to_contain_text("received 5,000.00")
    expect(desk.card("Next step")).to_contain_text("A promise was not kept in time: Respondent 1.")
    desk.looks_right()
    desk.begin("Write down the visit", of="Visits and call-backs")
    page = desk.page
    page.get_by_role("group", name="Was it performed as agreed?").get_by_label("No", exact=True).check()
    page.get_by_role("group", name="Are the parties content?").get_by_label("No", exact=True).check()
    page.get_by_label("What was said").fill("只收到五千元，余款未付。")
    page.get_by_label("It may turn violent").check()
    desk.do("Write down the visit")
    expect(desk.problem).to_contain_text("Write what may happen, so that others can prevent it.")
    expect(page.get_by_label("What was said")).to_have_value("只收到五千元，余款未付。")
    page.get_by_label("It may turn violent").uncheck()
    desk.do("Write down the visit")
    expect(desk.card("Visits and call-backs")).to_contain_text("not performed")


def _it_goes_on(desk: Desk) -> None:
    desk.begin("Open it again", of="Next step")
    desk.page.get_by_label("Why it goes on").fill("余款七千元未付，双方愿意再谈分期")
    desk.do("Open it again")
    desk.was_done("Open it again")
    expect(desk.page.get_by_text("In mediation").first).to_be_visible()
    expect(desk.page.get_by_text("Reopened")).to_be_visible()
    desk.looks_right()


def test_what_is_never_paid_goes_to_court_with_its_papers(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    dispute = overdue(here)
    applicant, respondent = on_phone(party_of(dispute)), on_phone(party_of(dispute, Side.RESPONDENT))
    respondent.open()
    respondent.press("Say that it is done", of=PROMISED)
    applicant.open()
    applicant.unfold("No, I did not", of=PROMISED)
    applicant.press("Say that it did not come", of=PROMISED)
    applicant.reads("Write in a few words what was said.")
    applicant.part(PROMISED).locator("[name=words]").fill("账上没有到款")
    applicant.press("Say that it did not come", of=PROMISED)
    applicant.is_told("It is noted. The mediator has been told and will ask.")
    mediator = at_desk(here.mediator)
    mediator.open_file(dispute)
    expect(mediator.card("Promises")).to_contain_text("账上没有到款")
    mediator.begin("Write down the visit", of="Visits and call-backs")
    for question in ("Was it performed as agreed?", "Are the parties content?"):
        mediator.page.get_by_role("group", name=question).get_by_label("No", exact=True).check()
    mediator.page.get_by_label("What was said").fill("对方称无钱可付")
    mediator.do("Write down the visit")
    _it_is_closed_with_the_way_to_court(mediator)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.ways_told) == (State.CLOSED, ["court"])
    applicant.open()
    applicant.reads("Action in court", of="Other ways")
    applicant.looks_right()
    mediator.page.goto(f"/mediation/{dispute.pk}/papers/")
    mediator.page.get_by_label("What do you take it out for?").select_option(label="For a court")
    papers = mediator.page.get_by_label("Which paper").locator("option").all_inner_texts()
    assert any("协议" in one for one in papers), papers


def _it_is_closed_with_the_way_to_court(desk: Desk) -> None:
    desk.begin("Close the dispute", of="Next step")
    desk.do("Close the dispute")
    expect(desk.problem).to_contain_text("Tell the parties which ways stay open")
    desk.page.get_by_label("Action in court").check()
    desk.do("Close the dispute")
    expect(desk.problem).to_be_visible()
    expect(desk.page.get_by_label("Action in court")).to_be_checked()
    desk.page.get_by_label("Why it is closed").fill("对方拒不付款，申请人改走诉讼")
    desk.do("Close the dispute")
    expect(desk.page.get_by_text("Dispute closed").first).to_be_visible()
