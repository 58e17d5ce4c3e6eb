"""One dispute on a phone, from the application to what was promised, as both sides live it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.mediation.actions import agreeing, assigning, parties, screening, signing
from linli.mediation.models import Agreement, Dispute
from linli.mediation.rules import Side, State
from linli.mediation.testing import Mediation, make_mediation, party_of
from tests.browser import OpenPage

Accessible = Callable[[Page], None]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NOW = timezone.now


@pytest.fixture
def here(transactional_db: None) -> Mediation:
    return make_mediation()


def apply(page: Page) -> str:
    """Fill in the application; the link to the own page."""
    page.goto("/mediation/apply")
    page.locator("[name=kind][value='02']").check()
    page.locator("[name=township]").select_option("440881101")
    expect(page.locator("[name=area] option[value='440881101201']")).to_be_attached()
    page.locator("[name=area]").select_option("440881101201")
    page.locator("[name=summary]").fill("邻居把水沟改到我家门前，一下雨就积水。")
    page.locator("[name=claims]").fill("请把水沟恢复原样")
    page.locator("[name=own_name]").fill("王小明")
    page.locator("[name=own_telephone]").fill("13900000001")
    page.locator("[name=other_name]").fill("李大力")
    page.locator("[name=agrees]").check()
    page.locator(".apply-form button.primary").click()
    expect(page.locator(".good-news")).to_be_visible()
    return str(page.locator(".secret-link a").get_attribute("href"))


def committee_offers(here: Mediation) -> tuple[Dispute, str]:
    """What the committee does when the application has come; the link of the other side."""
    dispute = Dispute.objects.get()
    screening.offer(dispute, by=here.head, at=NOW(), body=here.township)
    return dispute, parties.give_link(party_of(dispute, Side.RESPONDENT), by=here.head, at=NOW())


def committee_mediates(here: Mediation, dispute: Dispute) -> Agreement:
    """Accepted, taken on, a session held, and a text offered."""
    screening.accept(dispute, by=here.head, at=NOW())
    assigning.choose(dispute, mediator=here.seat(here.mediator), by=here.head, at=NOW())
    assigning.take_on(dispute, declares_none=True, by=here.mediator, at=NOW())
    dispute.refresh_from_db()
    owed_by, owed_to = party_of(dispute, Side.RESPONDENT), party_of(dispute)
    values = {"owed_by": str(owed_by.pk), "owed_to": str(owed_to.pk), "reason": "修沟费用", "amount": "1.2万元"}
    values["due_on"] = (timezone.localdate() + timedelta(days=30)).isoformat()
    made = agreeing.draft_agreement(
        dispute,
        clauses=[{"code": "pay_once", "values": values}],
        story=agreeing.Story(facts="水沟改道后积水。", place="石城镇综治中心"),
        by=here.mediator,
        at=NOW(),
    )
    agreeing.offer_agreement(made, by=here.mediator, at=NOW())
    return made


def sign(page: Page) -> None:
    """Draw something with a finger in the field, and confirm it in words."""
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box: Any = pad.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 40 + step * 18, box["y"] + 60 + (step % 3) * 20)
    page.mouse.up()
    page.locator("#sign [name=sure]").check()
    page.locator("#sign button.primary").click()
    expect(page.locator("#sign")).to_have_count(0)


@pytest.mark.browser
def test_from_the_application_to_what_was_promised(
    here: Mediation, open_page: OpenPage, accessible: Accessible
) -> None:
    mine, theirs = open_page(**PHONE), open_page(**PHONE)
    link = apply(mine)
    accessible(mine)
    mine.goto(link)
    accessible(mine)
    dispute, secret = committee_offers(here)
    other = f"/mediation/party/{secret}/"
    theirs.goto(other)
    accessible(theirs)
    theirs.locator("#rights [name=read]").check()
    theirs.locator("#rights button.primary").click()
    theirs.locator("#consent button.primary").click()
    expect(theirs.locator("#consent .noted")).to_be_visible()
    agreement = committee_mediates(here, dispute)
    for page, address in ((mine, link), (theirs, other)):
        page.goto(address)
        page.locator(".to-do a[href$=agreement]").click()
        expect(page.locator("article.agreement-text")).to_contain_text("12,000")
        accessible(page)
        sign(page)
    kept = agreement.signatures.filter(party__isnull=False).first()
    assert kept is not None and len(kept.words["strokes"][0]) > 5 and json.dumps(kept.words["strokes"])
    name = signing.Drawn(typed=here.mediator.name)
    signing.sign_as_mediator(agreement, drawn=name, text_sha256=agreement.text_sha256, by=here.mediator, at=NOW())
    signing.stamp(agreement, by=here.head, at=NOW())
    theirs.goto(other)
    theirs.locator("#promises summary").first.click()
    theirs.locator("#promises form button.primary").click()
    mine.goto(link)
    accessible(mine)
    mine.locator("#promises form button.primary").first.click()
    expect(mine.locator("#promises .state-closed")).to_be_visible()
    dispute.refresh_from_db()
    assert dispute.state == State.SETTLED and agreement.obligations.get().state == "performed"
    for page in (mine, theirs):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
