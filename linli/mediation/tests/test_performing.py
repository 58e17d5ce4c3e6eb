"""Promises kept, broken and waived, and the reminders before. Through the acts and the worker, on the database."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.events.testing import NOON
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions.agreeing import Story, register_oral
from linli.mediation.actions.ending import reopen
from linli.mediation.actions.files import open_sealed
from linli.mediation.actions.performing import (
    claim,
    confirm,
    deny,
    is_due,
    note_breach,
    received,
    remind,
    waive,
)
from linli.mediation.actions.visiting import all_settled, visit
from linli.mediation.models import Dispute, Obligation, Party
from linli.mediation.rules import ObligationState, Side, State, VisitWhy
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.notices.letters import WRITERS
from linli.notices.models import Letter

AT = NOON + timedelta(days=2)
PDF = b"%PDF-1.7 receipt"
S = ObligationState


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def settled(here: Mediation, *clauses: tuple[str, dict[str, str]], at: datetime = AT) -> Dispute:
    dispute = make_dispute(here, State.MEDIATING)
    both = {"owed_by": str(party_of(dispute, Side.RESPONDENT).pk), "owed_to": str(party_of(dispute).pk)}
    sent: list[dict[str, Any]] = [{"code": code, "values": both | values} for code, values in clauses]
    agreed = list(dispute.parties.values_list("pk", flat=True))
    register_oral(dispute, clauses=sent, story=Story(), agreed_by=agreed, by=here.mediator, at=at)
    return dispute


def paying(here: Mediation, due_on: str = "") -> tuple[Obligation, Party, Party]:
    """A payment of 12,000 yuan, who owes and who receives it."""
    dispute = settled(here, ("pay_once", {"reason": "修沟费用", "amount": "1.2万", "due_on": due_on}))
    return Obligation.objects.get(), party_of(dispute, Side.RESPONDENT), party_of(dispute)


def test_what_was_due_before_the_agreement_came_into_force_is_not_forgotten(here: Mediation) -> None:
    owed, _debtor, _creditor = paying(here, due_on=(timezone.localdate(AT) - timedelta(days=3)).isoformat())
    remind(AT + timedelta(minutes=1))
    owed.refresh_from_db()
    assert owed.state == S.OWED
    remind(AT + timedelta(days=1))
    owed.refresh_from_db()
    assert (owed.state, owed.next_at) == (S.BREACHED, None)


def verbs() -> list[str]:
    return list(Entry.objects.filter(verb__startswith="dispute.").order_by("pk").values_list("verb", flat=True))


def test_who_owes_says_it_was_done_and_who_receives_confirms(here: Mediation) -> None:
    owed, debtor, creditor = paying(here)
    proof = claim(owed, party=debtor, words="转账给他了", file=PDF, kind="transfer", at=AT)
    assert (owed.state, proof.words["amount"], open_sealed(proof)) == (S.CLAIMED, "12000.00", PDF)
    later = AT + timedelta(days=9)
    confirm(proof, party=creditor, at=later)
    owed = Obligation.objects.get()
    # A late answer is no late payment.
    assert (owed.state, owed.state_at, owed.next_at) == (S.PERFORMED, AT, None)
    assert owed.due_at is not None and owed.state_at < owed.due_at
    dispute = owed.agreement.dispute
    dispute.refresh_from_db()
    assert all_settled(dispute) and verbs()[-1] == "dispute.all_performed"
    assert (dispute.settled_at, dispute.performed_at) == (AT, AT)
    assert list(dispute.follow_ups.values_list("why", flat=True)) == [
        VisitWhy.PERFORMED,
        VisitWhy.FIRST_LOOK,
        VisitWhy.LAST_LOOK,
    ]


def test_a_payment_in_parts_is_performed_when_all_has_come(here: Mediation) -> None:
    owed, debtor, creditor = paying(here)
    first = claim(owed, party=debtor, amount="5,000元", at=AT)
    confirm(first, party=creditor, at=AT)
    owed.refresh_from_db()
    assert (owed.state, received(owed)) == (S.OWED, 5000)
    with pytest.raises(BadInput) as refusal:
        claim(owed, party=debtor, amount="7,000.01", at=AT)
    assert refusal.value.code == "more_than_owed"
    rest = claim(owed, by=here.mediator, words="当面付清", at=AT)
    assert rest.words["amount"] == "7000.00"
    confirm(rest, by=here.mediator, at=AT)
    owed.refresh_from_db()
    assert owed.state == S.PERFORMED


def test_two_parts_may_wait_for_an_answer_together(here: Mediation) -> None:
    owed, debtor, creditor = paying(here)
    first = claim(owed, party=debtor, amount="5000", at=AT)
    second = claim(owed, party=debtor, amount="4000", at=AT)
    with pytest.raises(BadInput):
        claim(owed, party=debtor, amount="3001", at=AT)
    confirm(first, party=creditor, at=AT)
    owed.refresh_from_db()
    assert owed.state == S.CLAIMED
    deny(second, party=creditor, words="没收到", at=AT)
    owed.refresh_from_db()
    assert (owed.state, received(owed)) == (S.OWED, 5000)
    confirm(claim(owed, party=debtor, at=AT), party=creditor, at=AT)
    owed.refresh_from_db()
    assert (owed.state, received(owed)) == (S.PERFORMED, 12000)


def test_nobody_speaks_for_the_other_side(here: Mediation) -> None:
    owed, debtor, creditor = paying(here)
    with pytest.raises(NotYours):
        claim(owed, party=creditor, at=AT)
    proof = claim(owed, party=debtor, at=AT)
    for act in (
        lambda: confirm(proof, party=debtor, at=AT),
        lambda: deny(proof, party=debtor, words="没有", at=AT),
        lambda: waive(owed, party=debtor, at=AT),
        lambda: claim(owed, by=here.second, at=AT),
    ):
        with pytest.raises(NotYours):
            act()
    owed.refresh_from_db()
    assert owed.state == S.CLAIMED


def test_what_did_not_come_is_denied_and_owed_again(here: Mediation) -> None:
    owed, debtor, creditor = paying(here, "2026-12-31")
    proof = claim(owed, party=debtor, at=AT)
    deny(proof, party=creditor, words="没收到", at=AT)
    owed.refresh_from_db()
    proof.refresh_from_db()
    assert (owed.state, proof.words["denied"]) == (S.OWED, "没收到")
    with pytest.raises(Refused):
        confirm(proof, party=creditor, at=AT)


def test_a_proof_that_was_denied_is_not_confirmed_with_the_next(here: Mediation) -> None:
    owed, debtor, creditor = paying(here)
    denied = claim(owed, party=debtor, amount="12000", at=AT)
    deny(denied, party=creditor, words="没收到", at=AT)
    claim(owed, party=debtor, amount="100", at=AT)
    with pytest.raises(Refused):
        confirm(denied, party=creditor, at=AT)


def test_what_is_waived_is_settled_and_stays_so(here: Mediation) -> None:
    owed, debtor, creditor = paying(here)
    with pytest.raises(BadInput):
        waive(owed, by=here.mediator, at=AT)
    waive(owed, party=creditor, at=AT)
    assert Obligation.objects.get().state == S.WAIVED and all_settled(owed.agreement.dispute)
    with pytest.raises(Refused) as refusal:
        claim(owed, party=debtor, at=AT)
    assert refusal.value.code == "settled_already"


def test_a_breach_is_noted_only_after_the_last_day(here: Mediation) -> None:
    owed, debtor, creditor = paying(here, timezone.localdate(AT).isoformat())
    with pytest.raises(Refused) as refusal:
        note_breach(owed, party=creditor, at=AT)
    assert refusal.value.code == "not_late_yet"
    late = AT + timedelta(days=1)
    with pytest.raises(NotYours):
        note_breach(owed, party=debtor, at=late)
    note_breach(owed, party=creditor, at=late)
    # Later performance still counts.
    confirm(claim(owed, party=debtor, at=late), party=creditor, at=late)
    assert Obligation.objects.get().state == S.PERFORMED


def test_the_worker_warns_before_and_notes_a_breach_after(here: Mediation) -> None:
    owed, _debtor, _creditor = paying(here, "2026-12-31")
    mornings = [
        datetime(2026, 12, 24, 1, tzinfo=UTC),
        datetime(2026, 12, 30, 1, tzinfo=UTC),
        datetime(2027, 1, 1, 1, tzinfo=UTC),
    ]
    for number, morning in enumerate(mornings, 1):
        assert not is_due(morning - timedelta(seconds=1))
        assert is_due(morning) and remind(morning) == 1 and remind(morning) == 0
        owed.refresh_from_db()
        assert owed.rung == number
    assert (owed.state, owed.next_at) == (S.BREACHED, None)
    assert verbs()[-3:] == ["dispute.performance_due", "dispute.performance_due", "dispute.breached"]
    told = Notice.objects.filter(entry__verb="dispute.performance_due").values_list("person", flat=True)
    assert set(told) == {here.mediator.pk, here.head.pk}


def test_a_party_with_an_address_gets_a_letter_that_tells_no_matter(here: Mediation) -> None:
    owed, debtor, _creditor = paying(here, "2026-12-31")
    Party.objects.filter(pk=debtor.pk).update(sealed=debtor.with_words(mail="li@example.org"))
    remind(datetime(2026, 12, 24, 1, tzinfo=UTC))
    letter = Letter.objects.get()
    writing = WRITERS[letter.topic]
    assert writing.address(letter) == {"to": "li@example.org"}
    said = writing.words(letter).whole
    assert owed.agreement.dispute.case_no in said and "2026年12月31日" in said
    assert not any(secret in said for secret in ("12,000", "修沟", "王小明", "李大力"))
    waive(owed, by=here.mediator, words="不要了", at=AT)
    # What was kept or waived before it was sent goes nowhere.
    assert writing.address(letter) is None


def test_a_worker_that_slept_gives_the_last_warning_alone(here: Mediation) -> None:
    owed, debtor, _creditor = paying(here, "2026-12-31")
    claim(owed, party=debtor, at=AT)
    assert remind(datetime(2027, 3, 1, tzinfo=UTC)) == 1
    owed.refresh_from_db()
    # It was said in time: who receives has not answered, which breaks nothing.
    assert (owed.state, owed.rung) == (S.CLAIMED, 3) and verbs()[-1] == "dispute.performance_unanswered"


def test_a_denial_after_the_last_day_is_a_breach(here: Mediation) -> None:
    owed, debtor, creditor = paying(here, "2026-12-31")
    proof = claim(owed, party=debtor, at=AT)
    late = datetime(2027, 3, 1, tzinfo=UTC)
    remind(late)
    deny(proof, party=creditor, words="没收到", at=late)
    assert Obligation.objects.get().state == S.BREACHED


def test_what_is_to_be_left_be_reminds_nobody(here: Mediation) -> None:
    settled(here, ("refrain", {"matter": "堵塞水沟"}))
    owed = Obligation.objects.get()
    assert owed.next_at is None and owed.due_at is None
    note_breach(owed, party=party_of(owed.agreement.dispute), at=AT)
    assert Obligation.objects.get().state == S.BREACHED


def test_a_visit_finds_that_what_was_to_be_left_be_was(here: Mediation) -> None:
    dispute = settled(here, ("refrain", {"matter": "堵塞水沟"}))
    assert dispute.performed_at is None
    told = {"performed": True, "satisfied": True, "new_risk": False, "words": "沟通畅"}
    visit(dispute.follow_ups.first(), by=here.mediator, at=AT + timedelta(days=30), **told)
    dispute.refresh_from_db()
    assert Obligation.objects.get().state == S.PERFORMED and dispute.performed_at == AT + timedelta(days=30)


def test_a_visit_moves_no_day_where_nothing_was_promised(here: Mediation) -> None:
    dispute = settled(here, ("end_of_matter", {}))
    began = dispute.performed_at
    assert began == dispute.settled_at
    told = {"performed": True, "satisfied": True, "new_risk": False, "words": "两家和好"}
    visit(dispute.follow_ups.first(), by=here.mediator, at=AT + timedelta(days=30), **told)
    dispute.refresh_from_db()
    assert dispute.performed_at == began


def test_nothing_reminds_of_an_agreement_that_is_talked_about_anew(here: Mediation) -> None:
    owed, debtor, _creditor = paying(here, "2026-12-31")
    dispute = owed.agreement.dispute
    reopen(dispute, why="沟又堵了", by=here.mediator, at=AT + timedelta(days=1))
    remind(datetime(2026, 12, 24, 1, tzinfo=UTC))
    assert "dispute.performance_due" not in verbs()
    with pytest.raises(Refused):
        claim(owed, party=debtor, at=AT + timedelta(days=2))
    agreed = list(dispute.parties.values_list("pk", flat=True))
    end = [{"code": "end_of_matter", "values": {}}]
    register_oral(dispute, clauses=end, story=Story(), agreed_by=agreed, by=here.mediator, at=AT + timedelta(days=3))
    owed.refresh_from_db()
    owed.agreement.refresh_from_db()
    assert (owed.agreement.state, owed.next_at) == ("replaced", None)
    assert all_settled(dispute)


def test_the_journal_knows_no_amount_and_no_word(here: Mediation) -> None:
    owed, debtor, creditor = paying(here)
    proof = claim(owed, party=debtor, words="现金付给他", amount="5000", at=AT)
    deny(proof, party=creditor, words="只有四千", at=AT)
    told = json.dumps(list(Entry.objects.values_list("verb", "facts")), ensure_ascii=False)
    assert not any(secret in told for secret in ("5000", "12000", "现金", "四千", "修沟", debtor.words["name"]))


@pytest.mark.parametrize("breached", [False, True])
def test_what_is_to_be_left_be_and_is_said_not_to_have_been_is_broken_and_not_owed_again(
    here: Mediation, breached: bool
) -> None:
    settled(here, ("refrain", {"matter": "堵塞水沟"}))
    owed = Obligation.objects.get()
    debtor, creditor = owed.owed_by, party_of(owed.agreement.dispute)
    if breached:
        note_breach(owed, party=creditor, at=AT)
    deny(claim(owed, party=debtor, at=AT), party=creditor, words="又堵了", at=AT)
    owed.refresh_from_db()
    assert owed.state == S.BREACHED


@pytest.mark.parametrize("clause", ["refrain", "pay_once"])
def test_what_was_said_to_be_done_is_not_said_again_before_it_is_answered(here: Mediation, clause: str) -> None:
    if clause == "refrain":
        settled(here, ("refrain", {"matter": "堵塞水沟"}))
        owed = Obligation.objects.get()
        debtor, creditor = owed.owed_by, party_of(owed.agreement.dispute)
        proof = claim(owed, party=debtor, at=AT)
        with pytest.raises(Refused) as refusal:
            claim(owed, party=debtor, at=AT)
        assert refusal.value.code == "waits_for_answer"
        deny(proof, party=creditor, words="又堵了", at=AT)
        claim(owed, party=debtor, at=AT)
        assert owed.proofs.count() == 2
        return
    # Of a payment part after part may be told, until the whole is.
    owed, debtor, _creditor = paying(here)
    for _part in range(2):
        claim(owed, party=debtor, amount="6000", at=AT)
    with pytest.raises(BadInput):
        claim(owed, party=debtor, amount="1", at=AT)
