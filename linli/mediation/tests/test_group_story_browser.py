"""The story of a group: twelve on one side speak through five, a sixth is refused; each of the five signs, and it is in force."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from linli.mediation.actions import agreeing, signing
from linli.mediation.models import Agreement, Dispute
from linli.mediation.rules import Side, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import days_ago
from linli.mediation.tests.screens import Desk, Phone, draw, zh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIVE = ("陈一", "陈二", "陈三", "陈四", "陈五")
CORRECT, SIZE = "Correct what was entered", "Correct type or size"


@pytest.fixture
def here(tmp_path: Any, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


def test_twelve_speak_through_five_and_each_of_them_signs(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    mediator = at_desk(here.mediator)
    mediator.open_file(dispute)
    _the_applicant_is_a_group_of_twelve(mediator)
    _thirteen_people_are_in_it(mediator)
    agreement = _an_agreement_is_offered(here, dispute)
    group = on_phone(party_of(dispute))
    _each_representative_signs(group)
    _the_stamp_waits_for_the_other_side(mediator, agreement)
    _the_others_sign(here, dispute, agreement)
    head = at_desk(here.head)
    head.open_file(dispute, "To oversee")
    head.begin("Stamp and put in force", of="Next step")
    head.do("Stamp and put in force")
    expect(head.card("Promises")).to_be_visible()
    group.open()
    group.reads("The agreement binds everybody. Now what was promised is done.")
    dispute.refresh_from_db()
    assert dispute.state == State.SETTLED and dispute.people_count == 13
    assert set(agreement.signatures.filter(party=party_of(dispute)).values_list("speaker", flat=True)) == {
        1,
        2,
        3,
        4,
        5,
    }


def _the_applicant_is_a_group_of_twelve(desk: Desk) -> None:
    page = desk.page
    page.locator(".party", has_text="Applicant 1").get_by_role("link", name=CORRECT).click()
    page.get_by_label("Name of person or organisation").fill("上县村一队村民")
    page.get_by_label("It is a group that speaks through representatives").check()
    page.get_by_label("How many people").fill("12")
    desk.do(CORRECT)
    expect(desk.problem).to_contain_text("A group has at least two people and one representative.")
    page.get_by_text("Who speaks for it").click()
    page.get_by_label("Name of representative 1").fill("、".join((*FIVE, "陈六")))
    desk.do(CORRECT)
    expect(desk.problem).to_contain_text("A party speaks through five representatives at most.")
    expect(page.get_by_label("Name of representative 1")).to_have_value("陈一、陈二、陈三、陈四、陈五、陈六")
    expect(page.get_by_label("How many people")).to_have_value("12")
    desk.looks_right()
    for number, name in enumerate(FIVE, 1):
        page.get_by_label(f"Name of representative {number}").fill(name)
    page.get_by_label("Telephone of representative 1").fill("13900000011")
    desk.do(CORRECT)
    desk.was_done(CORRECT)
    expect(page.locator(".party", has_text="Applicant 1")).to_contain_text("group of 12")


def _thirteen_people_are_in_it(desk: Desk) -> None:
    desk.begin(SIZE, of="Next step")
    desk.page.get_by_label("How many people are in it").fill("13")
    desk.do(SIZE)
    desk.was_done(SIZE)


def _an_agreement_is_offered(here: Mediation, dispute: Dispute) -> Agreement:
    owed_by, owed_to = party_of(dispute, Side.RESPONDENT), party_of(dispute)
    values = {"owed_by": str(owed_by.pk), "owed_to": str(owed_to.pk), "reason": "青苗补偿", "amount": "3.6万元"}
    values["due_on"] = (timezone.localdate() + timedelta(days=30)).isoformat()
    made = agreeing.draft_agreement(
        dispute,
        clauses=[{"code": "pay_once", "values": values}],
        story=agreeing.Story(facts="修路占用一队菜地。", place="村委会"),
        by=here.mediator,
        at=timezone.now(),
    )
    agreeing.offer_agreement(made, by=here.mediator, at=timezone.now())
    return made


def _each_representative_signs(phone: Phone) -> None:
    phone.open()
    phone.has_to("Read the agreement, and sign it if you want it")
    phone.page.goto(f"{phone.address}agreement")
    expect(phone.main).to_contain_text("陈一、陈二、陈三、陈四、陈五")
    sign = phone.page.locator("#sign")
    for place, name in enumerate(FIVE):
        if place:
            sign.get_by_label(name, exact=False).check()
        draw(phone.page)
        sign.locator("[name=sure]").check()
        sign.get_by_role("button", name=zh("Sign the agreement")).click()
        if not place:
            expect(phone.problem).to_have_text(zh("Say which of you signs now: each representative signs."))
            phone.looks_right()
            sign.get_by_label(name, exact=False).check()
            sign.get_by_role("button", name=zh("Sign the agreement")).click()
        expect(phone.part("Who has signed")).to_contain_text(name)
    expect(sign).to_have_count(0)
    phone.looks_right()


def _the_stamp_waits_for_the_other_side(desk: Desk, agreement: Agreement) -> None:
    desk.back_to_file(agreement.dispute)
    expect(desk.card("Next step")).to_contain_text("Signatures are missing: Respondent 1, the mediator.")
    desk.page.get_by_role("link", name="Version 1").click()
    expect(desk.main).to_contain_text("Applicant 1, representative 5")
    desk.looks_right()


def _the_others_sign(here: Mediation, dispute: Dispute, agreement: Agreement) -> None:
    sha, at = agreement.text_sha256, timezone.now()
    other = party_of(dispute, Side.RESPONDENT)
    signing.sign_on_phone(agreement, party=other, drawn=signing.Drawn(typed="李大力"), text_sha256=sha, at=at)
    typed = signing.Drawn(typed=here.mediator.name)
    signing.sign_as_mediator(agreement, drawn=typed, text_sha256=sha, by=here.mediator, at=at)
