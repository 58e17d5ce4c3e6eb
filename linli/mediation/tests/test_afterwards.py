"""What follows an agreement: judicial confirmation, visits, call-backs by another committee."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from linli.areas.models import Area
from linli.events.testing import NOON
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.workdays import stored_calendar
from linli.mediation.actions import clocks
from linli.mediation.actions.agreeing import Story, register_oral
from linli.mediation.actions.calling_back import (
    draw_call_backs,
    draw_of_last_month,
    drawn_again,
    note_call_back,
    outcomes,
)
from linli.mediation.actions.confirming import apply, court_terms, deadline_of, note_answer, silent, want
from linli.mediation.actions.ending import archive, fail, reopen, withdraw
from linli.mediation.actions.parties import keep_id_number, want_confirmation
from linli.mediation.actions.visiting import has_lasted, is_due, remind, visit
from linli.mediation.agreeing.suspicions import Share, Sign
from linli.mediation.dossier.reading import read
from linli.mediation.models import CallBack, Clock, Confirmation, Dispute
from linli.mediation.rules import CallBackResult, ClockKind, CourtAnswer, Side, State, Unit, VisitWhy, end_of
from linli.mediation.testing import RESPONDENT, Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk
from linli.people.models import Person

DAY = timedelta(days=1)
ALL = Share(of_flagged_percent=100, of_all_percent=100)


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def force_of(dispute: Dispute) -> datetime:
    effective_at: datetime = dispute.agreements.get().effective_at
    return effective_at


# --- judicial confirmation ------------------------------------------------------------------------------------------------


def wanted_by_both(here: Mediation, at: datetime) -> Confirmation:
    confirmation: Confirmation = make_dispute(here, State.SETTLED, due_on="2027-06-30").confirmations.get()
    want(confirmation, party=party_of(confirmation.dispute), own=True, at=at)
    want(confirmation, party=party_of(confirmation.dispute, Side.RESPONDENT), by=here.mediator, at=at)
    return confirmation


def test_both_apply_within_thirty_days(here: Mediation) -> None:
    confirmation = make_dispute(here, State.SETTLED).confirmations.get()
    at = force_of(confirmation.dispute)
    assert timezone.localdate(deadline_of(confirmation)) >= timezone.localdate(at + 30 * DAY)
    assert [one.side for one in want(confirmation, party=party_of(confirmation.dispute), own=True, at=at)] == [
        Side.RESPONDENT
    ]
    with pytest.raises(Refused) as refusal:
        apply(confirmation, court="", about_status=False, by=here.mediator, at=at)
    assert refusal.value.code == "not_together" and "李大力" in refusal.value.message
    want(confirmation, party=party_of(confirmation.dispute, Side.RESPONDENT), by=here.mediator, at=at)
    apply(confirmation, court="", about_status=False, by=here.mediator, at=at + DAY)
    assert (confirmation.applied_at, confirmation.court, silent(confirmation)) == (at + DAY, "廉江市人民法院", [])
    assert not Clock.objects.running().filter(kind=ClockKind.CONFIRMATION).exists()
    assert confirmation.dispute.wants_confirmation


def test_too_late_or_about_status_is_refused(here: Mediation) -> None:
    confirmation = wanted_by_both(here, NOON + DAY)
    late = deadline_of(confirmation) + timedelta(seconds=1)
    for about_status, at, code in ((True, NOON + DAY, "not_confirmed"), (False, late, "too_late")):
        with pytest.raises(Refused) as refusal:
            apply(confirmation, court="", about_status=about_status, by=here.mediator, at=at)
        assert refusal.value.code == code
    with pytest.raises(Refused):
        want(confirmation, party=party_of(confirmation.dispute), own=True, at=late)
    with pytest.raises(NotYours):
        apply(confirmation, court="", about_status=False, by=here.second, at=NOON + DAY)


def test_what_was_handed_in_in_time_may_be_noted_later_and_is_dated_by_its_day(here: Mediation) -> None:
    confirmation = wanted_by_both(here, NOON + DAY)
    last = timezone.localdate(deadline_of(confirmation))
    later, noon = deadline_of(confirmation) + DAY, timezone.make_aware(datetime.combine(last, time(12)))
    told: dict[str, Any] = {"court": "", "about_status": False, "by": here.mediator, "at": later}
    for day in (timezone.localdate(force_of(confirmation.dispute)) - DAY, last + 9 * DAY):
        with pytest.raises(BadInput) as refusal:
            apply(confirmation, **told, applied_on=day)
        assert refusal.value.facts["field"] == "applied_on"
    with pytest.raises(Refused) as over:
        apply(confirmation, **told, applied_on=timezone.localdate(later))
    assert over.value.code == "too_late"
    apply(confirmation, **told, applied_on=last)
    assert confirmation.applied_at == noon
    accepted = {"answer": CourtAnswer.ACCEPTED, "by": here.mediator, "at": later + 9 * DAY}
    note_answer(confirmation, **accepted, answered_on=last + DAY)
    assert court_terms(confirmation).decides_by == court_decides(noon + DAY)
    ruling = {"answer": CourtAnswer.CONFIRMED, "court_no": "(2026)粤0881民特1号", "by": here.mediator}
    with pytest.raises(BadInput):
        note_answer(confirmation, **ruling, at=later + 20 * DAY, answered_on=last)
    note_answer(confirmation, **ruling, at=later + 20 * DAY, answered_on=last + 5 * DAY)
    paper = read(confirmation.dispute).confirmation[1]
    assert paper is not None and paper.answered_on == last + 5 * DAY


def court_decides(since: datetime) -> datetime:
    return end_of(Unit.DAY, 15, since, stored_calendar(since.date()), clocks.home_zone())


def test_the_page_offers_to_note_it_while_both_had_said_yes(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED, at=timezone.now() - 60 * DAY, due_on="2099-06-30")
    confirmation, desk = dispute.confirmations.get(), Desk(here.mediator)
    address = reverse("mediation:act_on", args=[dispute.pk, "apply_confirmation", confirmation.pk])
    desk.open(dispute)
    assert address not in desk.client.get(f"/mediation/{dispute.pk}/").content.decode()
    for party in dispute.parties.present():
        want(confirmation, party=party, own=True, at=timezone.now() - 50 * DAY)
    assert address in desk.client.get(f"/mediation/{dispute.pk}/").content.decode()
    day = timezone.localdate() - 45 * DAY
    desk.do(dispute, "apply_confirmation", confirmation, court="廉江市人民法院", applied_on=f"{day:%Y-%m-%d}")
    confirmation.refresh_from_db()
    assert confirmation.applied_at is not None and timezone.localdate(confirmation.applied_at) == day


@pytest.mark.parametrize("goes_on", [State.MEDIATING, State.FAILED])
def test_an_agreement_in_force_goes_to_court_whatever_became_of_its_dispute(here: Mediation, goes_on: State) -> None:
    confirmation = wanted_by_both(here, NOON + DAY)
    dispute = confirmation.dispute
    reopen(dispute, why="又起争执", by=here.head, at=NOON + 2 * DAY)
    if goes_on == State.FAILED:
        fail(dispute, ending="too_far_apart", why="差距太大", ways=["court"], by=here.mediator, at=NOON + 3 * DAY)
    assert dispute.state == goes_on
    apply(confirmation, court="", about_status=False, by=here.mediator, at=NOON + 4 * DAY)
    note_answer(confirmation, answer=CourtAnswer.ACCEPTED, by=here.mediator, at=NOON + 5 * DAY)
    note_answer(
        confirmation, answer=CourtAnswer.CONFIRMED, court_no="(2026)粤0881民特1号", by=here.mediator, at=NOON + 6 * DAY
    )
    assert (dispute.state, confirmation.answer) == (goes_on, CourtAnswer.CONFIRMED)


def test_the_page_of_a_reopened_dispute_offers_the_way_to_court(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED, at=timezone.now() - 3 * DAY, due_on="2099-06-30")
    desk = Desk(here.mediator)
    desk.open(dispute)
    desk.do(dispute, "reopen", why="又起争执")
    confirmation = dispute.confirmations.get()
    for side in (Side.APPLICANT, Side.RESPONDENT):
        desk.do(dispute, "want_court", confirmation, party=str(party_of(dispute, side).pk))
    said = desk.client.get(f"/mediation/{dispute.pk}/").content.decode()
    assert reverse("mediation:act_on", args=[dispute.pk, "apply_confirmation", confirmation.pk]) in said
    desk.do(dispute, "apply_confirmation", confirmation, court="廉江市人民法院")
    assert dispute.state == State.MEDIATING


def test_the_court_answers_in_its_order_and_terms(here: Mediation) -> None:
    at = NOON + DAY
    confirmation = wanted_by_both(here, at)
    with pytest.raises(Refused):
        note_answer(confirmation, answer=CourtAnswer.ACCEPTED, by=here.mediator, at=at)
    apply(confirmation, court="廉江市人民法院", about_status=False, by=here.mediator, at=at)
    with pytest.raises(Refused):
        note_answer(confirmation, answer=CourtAnswer.CONFIRMED, court_no="1", by=here.mediator, at=at)
    assert court_terms(confirmation).decides_by is None
    note_answer(confirmation, answer=CourtAnswer.ACCEPTED, by=here.mediator, at=at + 2 * DAY)
    terms = court_terms(confirmation)
    assert terms.accepts_by and terms.decides_by and terms.decides_at_the_latest
    assert terms.accepts_by >= at + 2 * DAY < terms.decides_by < terms.decides_at_the_latest
    with pytest.raises(BadInput):
        note_answer(confirmation, answer=CourtAnswer.CONFIRMED, by=here.mediator, at=at + 5 * DAY)
    number = "（2026）粤0881民特12号"
    note_answer(confirmation, answer=CourtAnswer.CONFIRMED, court_no=number, by=here.mediator, at=at + 5 * DAY)
    assert confirmation.words["court_no"] == number
    assert number not in json.dumps(list(Entry.objects.values_list("facts", flat=True)), ensure_ascii=False)
    with pytest.raises(Refused):
        note_answer(confirmation, answer=CourtAnswer.WITHDRAWN, by=here.mediator, at=at + 6 * DAY)


# --- visits ---------------------------------------------------------------------------------------------------------------


def test_visits_are_planned_told_once_and_written_down(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED)
    began = timezone.localdate(force_of(dispute))
    first, *later = dispute.follow_ups.order_by("due_on")
    assert [(one.why, (one.due_on - began).days) for one in later] == [
        (VisitWhy.FIRST_LOOK, 90),
        (VisitWhy.LAST_LOOK, 180),
    ]
    come = datetime(first.due_on.year, first.due_on.month, first.due_on.day, 2, tzinfo=UTC)
    assert not is_due(come - DAY) and is_due(come)
    assert (remind(come), remind(come)) == (1, 0)
    assert Entry.objects.filter(verb="dispute.visit_due").count() == 1
    told = {"performed": True, "satisfied": True, "new_risk": False}
    visit(first, by=here.mediator, at=come, words="双方都说好", **told)
    first.refresh_from_db()
    assert (first.performed, first.by, first.words["words"]) == (True, here.mediator, "双方都说好")
    with pytest.raises(Refused):
        visit(first, by=here.mediator, at=come, words="再来一次", **told)
    with pytest.raises(NotYours):
        visit(later[0], by=here.stranger, at=come, words="路过", **told)


def test_a_new_risk_needs_words_and_is_told_around(here: Mediation) -> None:
    follow_up = make_dispute(here, State.SETTLED).follow_ups.first()
    facts = {"performed": False, "satisfied": None, "by": here.mediator, "at": NOON + 3 * DAY, "words": "又吵了"}
    with pytest.raises(BadInput):
        visit(follow_up, new_risk=True, **facts)
    visit(follow_up, new_risk=True, risk="扬言动手", **facts)
    told = Notice.objects.filter(entry__verb="dispute.visited").values_list("person", flat=True)
    assert here.world.cast.desk.pk in set(told)
    assert "动手" not in json.dumps(list(Entry.objects.values_list("facts", flat=True)), ensure_ascii=False)


def test_whether_an_agreement_has_lasted(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED)
    began = force_of(dispute)
    assert has_lasted(dispute, 90, at=began + 89 * DAY) is None
    assert has_lasted(dispute, 90, at=began + 90 * DAY) is True
    reopen(dispute, why="又起争执", by=here.mediator, at=began + 100 * DAY)
    assert has_lasted(dispute, 90, at=began + 200 * DAY) is True
    assert has_lasted(dispute, 180, at=began + 200 * DAY) is False
    assert has_lasted(make_dispute(here, State.MEDIATING), 90, at=began + 200 * DAY) is None


# --- call-backs -----------------------------------------------------------------------------------------------------------


def last_month(here: Mediation, count: int = 2) -> tuple[Area, date, date, datetime]:
    """So many agreements came into force; the area and days to draw of, and a moment after them."""
    for number in range(count):
        make_dispute(here, State.SETTLED, at=NOON + timedelta(minutes=number))
    first = timezone.localdate(NOON)
    return here.county.area, first, first + 2 * DAY, NOON + 40 * DAY


def test_another_committee_calls_and_says_what_it_heard(here: Mediation) -> None:
    area, first, last, at = last_month(here)
    draw = draw_call_backs(area, from_on=first, to_on=last, by=here.county_head, at=at, share=ALL)
    calls = list(draw.call_backs.select_related("body"))
    assert len(calls) == 2 and all(one.body_id != here.township.pk and "random" in one.why for one in calls)
    assert sorted(lot.key for lot in drawn_again(draw)) == sorted(one.dispute.number for one in calls)
    call = calls[0]
    heads = {here.village: here.village_head, here.county: here.county_head, here.elsewhere: here.stranger}
    caller = heads[call.body]
    assert call.dispute in Dispute.objects.visible_to(caller, at)
    for nobody in (here.head, here.mediator):
        with pytest.raises(NotYours):
            note_call_back(call, result=CallBackResult.VERIFIED, words="好", by=nobody, at=at)
    note_call_back(call, result=CallBackResult.VERIFIED, words="双方都说是真的", by=caller, at=at)
    with pytest.raises(Refused):
        note_call_back(call, result=CallBackResult.NOT_VERIFIED, words="改口", by=caller, at=at)
    assert outcomes(area.pk, from_on=first, to_on=last) == {"": 1, CallBackResult.VERIFIED: 1}
    told = set(Notice.objects.filter(entry__verb="dispute.call_back_drawn").values_list("person", flat=True))
    assert not told & {here.head.pk, here.mediator.pk}


def test_of_the_same_days_nobody_draws_twice(here: Mediation) -> None:
    area, first, last, at = last_month(here, 1)
    with pytest.raises(NotYours):
        draw_call_backs(area, from_on=first, to_on=last, by=here.head, at=at)
    with pytest.raises(Refused) as refusal:
        draw_call_backs(area, from_on=first, to_on=at.date(), by=None, at=at)
    assert refusal.value.code == "days_not_over"
    draw_call_backs(area, from_on=first, to_on=last, by=None, at=at)
    with pytest.raises(Refused) as refusal:
        draw_call_backs(area, from_on=last, to_on=last + DAY, by=None, at=at)
    assert refusal.value.code == "drawn_already"


def test_the_worker_draws_of_the_month_that_is_over_once(here: Mediation) -> None:
    last_month(here, 1)
    next_month = (timezone.localdate(NOON).replace(day=1) + 35 * DAY).replace(day=1)
    at = datetime(next_month.year, next_month.month, 1, 2, tzinfo=UTC)
    assert (draw_of_last_month(at), draw_of_last_month(at)) == (1, 0)
    assert CallBack.objects.count() == 1


def test_signs_stand_at_the_dispute_and_name_nobody(here: Mediation) -> None:
    Person.objects.filter(pk=here.third.pk).update(telephone="13800000077")
    story = Story(facts="因排水沟改道引发口角，经现场查看和耐心劝说，双方互相谅解，握手言和，今后和睦相处。")
    for number in range(3):
        told = replace(RESPONDENT, name=f"李大{number}", telephone=f"1380000007{number + 5}")
        dispute = make_dispute(here, State.MEDIATING, at=NOON + timedelta(minutes=number), respondent=told)
        agreed = list(dispute.parties.values_list("pk", flat=True))
        facts = {"story": story, "agreed_by": agreed, "by": here.mediator, "at": NOON + DAY}
        register_oral(dispute, clauses=[{"code": "end_of_matter"}], **facts)
    first = timezone.localdate(NOON)
    draw = draw_call_backs(
        here.county.area, from_on=first, to_on=first + 2 * DAY, by=None, at=NOON + 40 * DAY, share=ALL
    )
    assert [codes for _number, codes in draw.population] == [
        [Sign.LIKE_TEXTS],
        [Sign.LIKE_TEXTS],
        [Sign.LIKE_TEXTS, Sign.SAME_TELEPHONE],
    ]
    assert [lot.key for lot in drawn_again(draw)] == [lot.key for lot in drawn_again(draw)]
    assert {one.dispute.number: one.why for one in draw.call_backs.all()} == {
        lot.key: [str(sign) for sign in lot.why] for lot in drawn_again(draw)
    }
    journal = json.dumps(list(Entry.objects.values_list("facts", flat=True)), ensure_ascii=False)
    assert not any(secret in journal for secret in ("王小明", "李大", "排水沟", "13800000077"))


@pytest.mark.parametrize("answer", [CourtAnswer.CONFIRMED, CourtAnswer.REFUSED, CourtAnswer.WITHDRAWN])
def test_identity_numbers_go_with_the_last_word_of_the_court(here: Mediation, answer: str) -> None:
    confirmation = wanted_by_both(here, NOON + DAY)
    dispute = confirmation.dispute
    dispute.refresh_from_db()
    for party in dispute.parties.all():
        keep_id_number(party, id_number="11010519491231002X", by=here.mediator, at=NOON + DAY)
    apply(confirmation, court="", about_status=False, by=here.mediator, at=NOON + DAY)
    told: dict[str, Any] = {"by": here.mediator, "at": NOON + 3 * DAY}
    note_answer(confirmation, answer=CourtAnswer.ACCEPTED, **told)
    assert all(one.words["id_number"] for one in dispute.parties.all())
    note_answer(confirmation, answer=answer, court_no="(2026)粤0881民特1号", **told)
    assert not any("id_number" in one.words for one in dispute.parties.all())
    with pytest.raises(Refused):
        keep_id_number(party_of(dispute), id_number="11010519491231002X", by=here.mediator, at=NOON + 3 * DAY)


def test_identity_numbers_are_not_laid_in_the_archive(here: Mediation) -> None:
    dispute, at = make_dispute(here, State.MEDIATING), NOON + DAY
    party = party_of(dispute)
    want_confirmation(dispute, wanted=True, by=here.mediator, at=at)
    keep_id_number(party, id_number="11010519491231002X", by=here.mediator, at=at)
    withdraw(dispute, why="两家自行和好", by=here.mediator, at=at)
    archive(dispute, by=here.head, at=at)
    party.refresh_from_db()
    assert "id_number" not in party.words


@pytest.mark.parametrize("together", [False, True])
def test_identity_numbers_go_when_the_days_are_over_and_a_side_was_silent(here: Mediation, together: bool) -> None:
    dispute = make_dispute(here, State.SETTLED)
    confirmation, party = dispute.confirmations.get(), party_of(dispute)
    for one in dispute.parties.all() if together else [party]:
        want(confirmation, party=one, own=True, at=NOON + DAY)
    keep_id_number(party, id_number="11010519491231002X", by=here.mediator, at=NOON + DAY)
    clocks.climb(deadline_of(confirmation) - DAY)
    party.refresh_from_db()
    assert party.words["id_number"]
    clocks.climb(deadline_of(confirmation))
    party.refresh_from_db()
    assert bool(party.words.get("id_number")) == together
