"""The story of a party that cannot be reached: tries are noted, the mediation ends lawfully, the other ways are told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from linli.mediation.models import Dispute
from linli.mediation.rules import Ending, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import days_ago, local
from linli.mediation.tests.screens import Desk, Phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TRY, BREAK_OFF = "Note a try to reach them", "Break the mediation off"


@pytest.fixture
def here(tmp_path: Any, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


def test_tries_are_noted_and_it_ends_with_the_other_ways_told(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[..., Phone]
) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(12))
    mediator, applicant = at_desk(here.mediator, width=1920), on_phone(party_of(dispute))
    mediator.open_file(dispute)
    _three_tries(mediator)
    _the_term_still_runs(mediator)
    _it_ends_because_nobody_was_reached(mediator)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.ending) == (State.TERMINATED, Ending.UNREACHABLE)
    assert dispute.ways_told == ["arbitration", "court"]
    _the_applicant_reads_what_stays_open(applicant)
    _the_paper_for_the_next_way(mediator, dispute)


def _three_tries(desk: Desk) -> None:
    tried = (
        ("By telephone", 5, "无人接听"),
        ("In person", 3, "家中无人，邻居称外出务工"),
        ("In writing", 1, "留置书面通知"),
    )
    for way, days, words in tried:
        desk.page.locator(".party", has_text="Respondent 1").locator("details.menu summary").click()
        desk.page.locator(".party", has_text="Respondent 1").get_by_role("link", name=TRY).click()
        desk.page.get_by_label(way).check()
        desk.page.get_by_label("What came of it").fill(words)
        if days == 5:
            _tomorrow_is_no_time_of_a_try(desk, words)
        desk.page.get_by_label("When it was tried").fill(local(days_ago(days)))
        desk.do(TRY)
        desk.was_done(TRY)
    respondent = desk.page.locator(".party", has_text="Respondent 1")
    respondent.get_by_text("Tried in vain to reach them: 3 times").click()
    expect(respondent).to_contain_text("家中无人，邻居称外出务工")
    desk.looks_right()


def _tomorrow_is_no_time_of_a_try(desk: Desk, words: str) -> None:
    desk.page.get_by_label("When it was tried").fill(local(timezone.now() + timedelta(days=1)))
    desk.do(TRY)
    expect(desk.problem).to_contain_text("It was tried between the registration of the dispute and now.")
    expect(desk.page.get_by_label("What came of it")).to_have_value(words)
    expect(desk.page.get_by_label("By telephone")).to_be_checked()


def _the_term_still_runs(desk: Desk) -> None:
    desk.begin(BREAK_OFF, of="Next step")
    desk.page.get_by_label("Term over, not extended").check()
    desk.page.get_by_label("In your own words").fill("三次联系被申请人未果")
    desk.page.get_by_label("Action in court").check()
    desk.page.get_by_label("Arbitration").check()
    desk.do(BREAK_OFF)
    expect(desk.problem).to_contain_text("The term is not over yet. Go on, or choose how else it ended.")
    expect(desk.page.get_by_label("In your own words")).to_have_value("三次联系被申请人未果")
    expect(desk.page.get_by_label("Action in court")).to_be_checked()


def _it_ends_because_nobody_was_reached(desk: Desk) -> None:
    desk.page.get_by_label("A party cannot be reached").check()
    desk.do(BREAK_OFF)
    expect(desk.page.get_by_text("Mediation terminated").first).to_be_visible()
    expect(desk.card("What it is about")).to_contain_text("A party cannot be reached")
    desk.looks_right()


def _the_applicant_reads_what_stays_open(phone: Phone) -> None:
    phone.open()
    phone.reads("The mediation was ended. Other ways are open to you; they stand below.")
    phone.reads("Action in court", of="Other ways")
    phone.reads(
        "You can bring an action in the people's court. The mediation takes no right from you.", of="Other ways"
    )
    expect(phone.part("End the mediation")).to_have_count(0)
    phone.looks_right()
    phone.part("Your papers").get_by_role("link").click()
    expect(phone.main).to_contain_text("终止")
    phone.looks_right()


def _the_paper_for_the_next_way(desk: Desk, dispute: Dispute) -> None:
    desk.page.goto(f"/mediation/{dispute.pk}/papers/")
    offered = desk.page.get_by_label("Which paper").locator("option").all_inner_texts()
    assert any("终止" in one for one in offered), offered
    desk.looks_right()
