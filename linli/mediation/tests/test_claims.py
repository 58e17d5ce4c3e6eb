"""A claim for the next way: filled in with what one party knows itself, and with nothing of the other side but its name."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linli.events.testing import NOON
from linli.mediation.actions import ending, parties, performing, proving, sessions
from linli.mediation.actions.filing import papers_for, papers_of
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.reading import read
from linli.mediation.dossier.values import Claim
from linli.mediation.models import Dispute, Obligation
from linli.mediation.rules import Ending, Kind, Side, State
from linli.mediation.testing import (
    APPLICANT,
    CLAIMS,
    RESPONDENT,
    SUMMARY,
    WAYS,
    hold,
    make_dispute,
    make_mediation,
    party_of,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=40)


def claim_for(dispute: Dispute, side: str = Side.APPLICANT) -> tuple[str, Claim]:
    """What is offered to a party on its own page: how it is called there, and the paper."""
    party = party_of(dispute, side)
    (offered,) = [one for one in papers_for(party) if one.code.startswith("claim-")]
    paper = read(dispute, for_party=party.pk).paper(offered.code)
    assert isinstance(paper, Claim)
    return offered.title, paper


def said(paper: Claim, dispute: Dispute) -> str:
    return json.dumps(blocks_of(paper, read(dispute).head), ensure_ascii=False, default=str)


def failed(kind: str = Kind.NEIGHBOURS) -> Dispute:
    """In vain after a session, with a piece of evidence."""
    here = make_mediation()
    dispute, at = make_dispute(here, State.MEDIATING, kind=kind), NOON + timedelta(days=1)
    proving.add_evidence(party_of(dispute), name="水沟照片", words="", content=None, by=here.mediator, at=at)
    written: Any = {"text": "各说各的", "undisputed": "水沟于去年改道", "concessions": "愿意出一半工钱"}
    sessions.write_record(hold(here, dispute, at), **written, by=here.mediator, at=at)
    ending.fail(dispute, ending=Ending.TOO_FAR_APART, why="金额相差太大", ways=WAYS, by=here.mediator, at=at)
    dispute.refresh_from_db()
    return dispute


def test_in_vain_it_says_what_the_applicant_wants_and_told_and_what_nobody_disputed() -> None:
    dispute = failed()
    title, paper = claim_for(dispute)
    assert title == "民事起诉状（草稿）（申请人1）"
    words = said(paper, dispute)
    for one in (
        "原告：王小明",
        "被告：李大力",
        CLAIMS,
        SUMMARY,
        "水沟于去年改道",
        "水沟照片",
        "终止调解通知书",
        dispute.case_no,
    ):
        assert one in words
    assert APPLICANT.address in words and APPLICANT.telephone in words
    # Neither how the other side is reached, nor what was conceded.
    for one in (RESPONDENT.address, RESPONDENT.telephone, "愿意出一半工钱", "金额相差太大"):
        assert one not in words


def test_the_other_side_claims_for_itself_and_reads_nothing_of_what_the_applicant_told() -> None:
    dispute = failed()
    _title, paper = claim_for(dispute, Side.RESPONDENT)
    words = said(paper, dispute)
    assert "原告：李大力" in words and "被告：王小明" in words and "（由本人填写）" in words
    for one in (SUMMARY, CLAIMS, APPLICANT.address, APPLICANT.telephone, "水沟照片"):
        assert one not in words


def test_a_labour_dispute_goes_to_arbitration_first() -> None:
    dispute = failed(Kind.LABOUR)
    title, paper = claim_for(dispute)
    assert title.startswith("劳动人事争议仲裁申请书") and paper.to == "有管辖权的劳动人事争议仲裁委员会"
    assert "仲裁请求" in said(paper, dispute)


def test_who_is_owed_claims_what_was_not_kept_and_who_owes_claims_nothing() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.SETTLED, due_on="2026-12-10")
    owed, debtor = Obligation.objects.get(agreement__dispute=dispute), party_of(dispute, Side.RESPONDENT)
    assert not any(one.code.startswith("claim-") for one in papers_of(dispute))
    proof = performing.claim(owed, party=debtor, amount="2000", at=LATER)
    performing.confirm(proof, party=party_of(dispute), at=LATER)
    owed.refresh_from_db()
    performing.note_breach(owed, by=here.mediator, at=LATER)
    _title, paper = claim_for(dispute)
    words = said(paper, dispute)
    assert paper.to == "廉江市人民法院" and "尚欠10,000.00元" in words and "应于2026年12月10日前履行" in words
    assert "判令李大力履行" in words and "第三十二条" in words
    assert not any(one.code.startswith("claim-") for one in papers_for(debtor))


@pytest.mark.parametrize("state", [State.OFFERED, State.MEDIATING, State.WITHDRAWN, State.SETTLED, State.CLOSED])
def test_while_it_is_mediated_or_was_kept_there_is_none(state: str) -> None:
    dispute = make_dispute(make_mediation(), state)
    assert not any(one.code.startswith("claim-") for one in papers_of(dispute))


def test_whoever_never_said_yes_gets_none_and_the_applicant_gets_its_own() -> None:
    dispute = make_dispute(make_mediation(), State.NOT_ACCEPTED)
    _title, paper = claim_for(dispute)
    assert "不予受理通知书" in paper.evidence and "被告：李大力" in said(paper, dispute)
    assert not any(one.code.startswith("claim-") for one in papers_for(party_of(dispute, Side.RESPONDENT)))


def test_claimants_are_told_apart_by_their_number_on_their_side() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.MEDIATING)
    second = replace(RESPONDENT, name="李二力", telephone="13944444444")
    parties.add_party(dispute, second, by=here.mediator, at=LATER)
    ending.fail(dispute, ending=Ending.TOO_FAR_APART, why="金额相差太大", ways=WAYS, by=here.mediator, at=LATER)
    dispute.refresh_from_db()
    titles = [one.title for one in papers_of(dispute) if one.code.startswith("claim-")]
    assert [one.rpartition("（")[2] for one in titles] == ["申请人1）", "被申请人1）", "被申请人2）"]
