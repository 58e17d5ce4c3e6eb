"""Agreements drafted, offered, signed, put in force; oral ones registered. Through the acts, on the database."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.events.testing import NOON
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions.agreeing import (
    Story,
    differences_of,
    draft_agreement,
    missing,
    offer_agreement,
    party_names,
    register_oral,
    settle,
    story_of,
)
from linli.mediation.actions.files import open_sealed
from linli.mediation.actions.signing import (
    Drawn,
    read_strokes,
    sign_as_mediator,
    sign_on_paper,
    sign_on_phone,
    signatures_of,
    stamp,
)
from linli.mediation.models import Agreement, Clock, Dispute, Signature
from linli.mediation.rules import AgreementState, ClockKind, ObligationState, Side, SignatureWay, State
from linli.mediation.testing import APPLICANT, RESPONDENT, Mediation, make_dispute, make_mediation, party_of

AT = NOON + timedelta(days=2)
PICTURE = b"\x89PNG\r\n\x1a\n" + b"picture"
STROKES = read_strokes(json.dumps([[[n, n * 2, n * 16 + n % 3] for n in range(20)]]))
DRAWN = Drawn(PICTURE, STROKES)
STORY = Story(facts="水沟改道后积水，淹了菜地。", disputed="水沟应从哪里走。", place="村委会", made_on=AT.date())
PDF = b"%PDF-1.7 scan"


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def clauses_of(dispute: Dispute, amount: str = "1.2万", due_on: str = "2026-12-31") -> list[dict[str, Any]]:
    values = {"owed_by": str(party_of(dispute, Side.RESPONDENT).pk), "owed_to": str(party_of(dispute).pk)}
    pay = {"code": "pay_once", "values": {**values, "reason": "菜地损失", "amount": amount, "due_on": due_on}}
    return [pay, {"code": "end_of_matter", "values": {}}, {"code": "copies", "values": {"copies": "3"}}]


def drafted(here: Mediation, dispute: Dispute, at: datetime = AT, **changed: Any) -> Agreement:
    facts: dict[str, Any] = {"clauses": clauses_of(dispute), "story": STORY, "by": here.mediator, "at": at}
    return draft_agreement(dispute, **facts | changed)


def offered(here: Mediation, dispute: Dispute) -> Agreement:
    made = drafted(here, dispute)
    offer_agreement(made, by=here.mediator, at=AT)
    return made


def signed_by_all(here: Mediation, made: Agreement, sides: Sequence[str] = (Side.APPLICANT, Side.RESPONDENT)) -> None:
    for number, side in enumerate(sides):
        picture = Drawn(PICTURE + str(number).encode(), STROKES)
        party = party_of(made.dispute, side)
        sign_on_phone(made, party=party, drawn=picture, text_sha256=made.text_sha256, at=AT)
    sign_as_mediator(made, drawn=Drawn(typed=here.mediator.name), text_sha256=made.text_sha256, by=here.mediator, at=AT)


def test_a_draft_is_text_and_clauses_behind_a_seal(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    made = drafted(here, dispute)
    text = made.words["text"]
    assert "李大力于2026年12月31日前（含当日）一次性向王小明支付菜地损失人民币12,000.00元（大写：壹万贰仟元整）" in text
    assert dispute.case_no in text and "石城镇人民调解委员会" in text and "村委会" in text
    assert story_of(made) == STORY
    # The other side reads it too.
    assert APPLICANT.telephone not in text and APPLICANT.address not in text
    assert b"12,000" not in bytes(made.sealed) and not differences_of(made)


def test_an_edit_is_a_new_version_and_the_same_again_is_none(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    first = drafted(here, dispute)
    assert drafted(here, dispute) == first
    second = drafted(here, dispute, text=first.words["text"].replace("12,000.00元（大写", "一万三千元（大写"))
    first.refresh_from_db()
    assert (first.state, second.version) == (AgreementState.REPLACED, 2)
    with pytest.raises(Refused) as refusal:
        offer_agreement(second, by=here.mediator, at=AT)
    assert refusal.value.code == "text_differs"
    offer_agreement(second, by=here.mediator, at=AT, as_it_stands=True)
    assert second.state == AgreementState.OFFERED


def test_only_the_mediator_drafts_and_only_what_can_be_read(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    with pytest.raises(NotYours):
        drafted(here, dispute, by=here.second)
    for changed, code in (
        ({"clauses": clauses_of(dispute, "约1万")}, "amount_not_exact"),
        ({"text": "字" * 20_001}, "text_too_long"),
        ({"text": " \n "}, "text_empty"),
        ({"story": Story(facts="字" * 5_001)}, "text_too_long"),
    ):
        with pytest.raises(BadInput) as refusal:
            drafted(here, dispute, **changed)
        assert refusal.value.code == code
    assert not dispute.agreements.exists()


def test_all_sign_the_head_stamps_and_it_is_in_force(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    made = offered(here, dispute)
    signed_by_all(here, made)
    stamp(made, by=here.head, at=AT)
    dispute.refresh_from_db()
    made.refresh_from_db()
    assert (made.state, made.effective_at, made.stamped_by) == (AgreementState.IN_FORCE, AT, here.head)
    assert (dispute.state, dispute.concluded_at, dispute.due_at) == (State.SETTLED, AT, None)
    (owed,) = made.obligations.all()
    assert (owed.state, owed.words["amount"]) == (ObligationState.OWED, "12000.00")
    running = Clock.objects.running().filter(dispute=dispute).values_list("kind", flat=True)
    assert list(running) == [ClockKind.CONFIRMATION]
    assert dispute.follow_ups.count() == 3 and made.confirmation.court == "廉江市人民法院"
    assert len(signatures_of(made)) == 3


def test_who_is_missing_is_named(here: Mediation) -> None:
    made = offered(here, make_dispute(here, State.MEDIATING))
    signed_by_all(here, made, sides=[Side.APPLICANT])
    with pytest.raises(Refused) as refusal:
        stamp(made, by=here.head, at=AT)
    assert refusal.value.code == "unsigned" and "李大力" in refusal.value.message
    with pytest.raises(Refused) as refusal:
        settle(made, by=here.mediator, at=AT)
    assert "李大力" in refusal.value.message and len(missing(made)) == 2
    assert made.dispute.state == State.MEDIATING


def test_what_was_to_be_done_before_today_is_offered_only_where_it_is_meant(here: Mediation) -> None:
    dispute, day = make_dispute(here, State.MEDIATING), timezone.localdate(AT)
    values = {"owed_by": str(party_of(dispute, Side.RESPONDENT).pk), "owed_to": str(party_of(dispute).pk)}
    values |= {"reason": "修沟费用", "amount": "1.2万元", "due_on": (day - timedelta(days=366)).isoformat()}
    clauses = [{"code": "pay_once", "values": values}]
    made = draft_agreement(dispute, clauses=clauses, story=Story(), by=here.mediator, at=AT)
    with pytest.raises(Refused) as refusal:
        offer_agreement(made, by=here.mediator, at=AT)
    assert refusal.value.code == "days_over" and values["due_on"] in refusal.value.message
    offer_agreement(made, by=here.mediator, at=AT, as_it_stands=True)
    values["due_on"] = day.isoformat()
    today = draft_agreement(dispute, clauses=clauses, story=Story(), by=here.mediator, at=AT)
    offer_agreement(today, by=here.mediator, at=AT)


def test_a_changed_text_voids_what_was_signed(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    first = offered(here, dispute)
    signed_by_all(here, first)
    second = drafted(here, dispute, clauses=clauses_of(dispute, "1.5万"))
    offer_agreement(second, by=here.mediator, at=AT)
    assert len(missing(second)) == 4
    assert Entry.objects.filter(verb="dispute.agreement_drafted").latest("pk").facts["signatures_voided"] == 3
    for agreement, digest in ((first, first.text_sha256), (second, first.text_sha256)):
        with pytest.raises(Refused) as refusal:
            sign_on_phone(agreement, party=party_of(dispute), drawn=DRAWN, text_sha256=digest, at=AT)
        assert refusal.value.code in ("moved_on", "text_changed")


def test_a_party_signs_once_and_only_in_its_own_dispute(here: Mediation) -> None:
    made = offered(here, make_dispute(here, State.MEDIATING))
    party = party_of(made.dispute)
    sign_on_phone(made, party=party, drawn=DRAWN, text_sha256=made.text_sha256, at=AT)
    with pytest.raises(Refused) as refusal:
        sign_on_phone(made, party=party, drawn=DRAWN, text_sha256=made.text_sha256, at=AT)
    assert refusal.value.code == "signed_already"
    other = party_of(make_dispute(here, State.MEDIATING, at=NOON + timedelta(hours=1)))
    with pytest.raises(NotYours):
        sign_on_phone(made, party=other, drawn=DRAWN, text_sha256=made.text_sha256, at=AT)
    with pytest.raises(NotYours):
        sign_on_paper(made, party=other, scan=PDF, by=here.mediator, at=AT)


NO_SIGNATURES = [
    (Drawn(), "not_drawn"),
    (Drawn(PICTURE), "not_drawn"),
    (Drawn(b"GIF89a", STROKES), "not_a_picture"),
    (Drawn(PICTURE + b"x" * 300_000, STROKES), "not_a_picture"),
    (Drawn(PICTURE, STROKES * 201), "too_many_strokes"),
    (Drawn(typed="王大明"), "name_differs"),
]


def test_what_is_no_signature_is_refused(here: Mediation) -> None:
    made = offered(here, make_dispute(here, State.MEDIATING))
    for drawn, code in NO_SIGNATURES:
        with pytest.raises(BadInput) as refusal:
            sign_on_phone(made, party=party_of(made.dispute), drawn=drawn, text_sha256=made.text_sha256, at=AT)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    "typed", ["买买提·吐尔逊", "买买提•吐尔逊", "买买提・吐尔逊", "买买提. 吐尔逊", "买买提吐尔逊"]
)
def test_a_name_is_typed_with_whatever_dot_a_keyboard_has(here: Mediation, typed: str) -> None:
    guest = replace(APPLICANT, name="买买提·吐尔逊")
    made = offered(here, make_dispute(here, State.MEDIATING, applicant=guest))
    party, drawn = party_of(made.dispute), Drawn(typed=typed)
    assert sign_on_phone(made, party=party, drawn=drawn, text_sha256=made.text_sha256, at=AT).words["typed"] == typed


def test_signatures_are_sealed_and_tell_only_what_integrity_asks(here: Mediation) -> None:
    made = offered(here, make_dispute(here, State.MEDIATING))
    party = party_of(made.dispute)
    even = Drawn(PICTURE, read_strokes(json.dumps([[[n, 0, n * 10] for n in range(20)]])))
    one = sign_on_phone(made, party=party, drawn=even, text_sha256=made.text_sha256, at=AT)
    assert (one.timing_varies, one.stroke_count, len(one.image_mark)) == (False, 1, 64)
    assert len(one.words["strokes"][0]) == 20
    other = party_of(made.dispute, Side.RESPONDENT)
    scan = sign_on_paper(made, party=other, scan=PDF, by=here.mediator, at=AT, way=SignatureWay.FINGERPRINT)
    assert open_sealed(scan) == PDF and scan.timing_varies is None and not scan.image_mark
    assert Signature.objects.filter(agreement=made).count() == 2
    with pytest.raises(BadInput):
        read_strokes('[["x"]]')


def test_an_oral_agreement_binds_when_all_have_said_yes(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    both = [party_of(dispute).pk, party_of(dispute, Side.RESPONDENT).pk]
    facts: dict[str, Any] = {"clauses": clauses_of(dispute, due_on=""), "story": STORY, "by": here.mediator, "at": AT}
    with pytest.raises(Refused) as refusal:
        register_oral(dispute, agreed_by=both[:1], **facts)
    assert "李大力" in refusal.value.message
    made = register_oral(dispute, agreed_by=both, **facts)
    assert made.state == AgreementState.IN_FORCE and made.words["text"].startswith("口头协议登记表")
    assert made.effective_at == AT and dispute.state == State.SETTLED


def test_who_has_left_need_not_sign(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    made = offered(here, dispute)
    party = party_of(dispute, Side.RESPONDENT)
    type(party).objects.filter(pk=party.pk).update(left_at=AT)
    assert not any("李大力" in one for one in missing(made))
    assert party_names(dispute)[str(party.pk)] == "李大力"


def test_the_journal_knows_no_name_no_amount_and_no_word_of_it(here: Mediation) -> None:
    made = offered(here, make_dispute(here, State.MEDIATING))
    signed_by_all(here, made)
    stamp(made, by=here.head, at=AT)
    told = json.dumps(list(Entry.objects.values_list("verb", "facts")), ensure_ascii=False)
    for secret in (APPLICANT.name, RESPONDENT.name, APPLICANT.telephone, "12000", "12,000", "菜地", "水沟", "村委会"):
        assert secret not in told
    assert made.text_sha256 in told
