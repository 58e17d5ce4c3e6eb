"""What goes wrong at every door: said in a sentence, nothing stored, and whatever was typed stays in the form.

The same in a browser: `test_slips_browser`.
"""

import base64
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.mediation.actions import agreeing, parties, sessions
from linli.mediation.actions.performing import amount_of
from linli.mediation.models import Dispute, Evidence, Obligation, Proof, Recording, Signature
from linli.mediation.rules import AgreementState, ObligationState, Side, State
from linli.mediation.testing import Mediation, hold, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk, clause_fields, days_ago, local
from linli.mediation.tests.test_agreeing import PICTURE


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Mediation:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_mediation()


def at_desk(here: Mediation, dispute: Dispute) -> Desk:
    desk = Desk(here.mediator)
    desk.open(dispute)
    return desk


def on_page(dispute: Dispute, side: str = Side.APPLICANT) -> tuple[Client, str]:
    """A party's own page, and the beginning of the address of its acts."""
    return Client(), f"/mediation/party/{parties.make_link(party_of(dispute, side), timezone.now())}/do/"


def act(dispute: Dispute, name: str, of: Any = None) -> str:
    return reverse("mediation:act_on" if of else "mediation:act", args=[dispute.pk, name, *([of.pk] if of else [])])


def refused(answer: Any, *typed: str, status: int = 422) -> str:
    """The page of a refusal: a sentence stands in it, and all that was typed."""
    page = str(answer.content.decode())
    assert answer.status_code == status, page[:2000]
    assert 'role="alert"' in page or "field-error" in page
    assert [one for one in typed if one not in page] == []
    return page


# --- a scan of eighty megabytes -------------------------------------------------------------------------------------------


@pytest.fixture
def eighty(tmp_path: Path) -> IO[bytes]:
    path = tmp_path / "扫描件.pdf"
    with path.open("wb") as out:
        out.write(b"%PDF-1.7\n")
        out.truncate(80_000_000)
    return path.open("rb")


def test_a_scan_of_eighty_megabytes_is_evidence_at_no_door(here: Mediation, eighty: IO[bytes], tmp_path: Path) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    sent = {"party": str(party_of(dispute).pk), "name": "借条", "words": "证明借款", "file": eighty}
    page = refused(at_desk(here, dispute).client.post(act(dispute, "add_evidence"), sent), "借条", "证明借款")
    assert "80 MB" in page
    eighty.seek(0)
    client, own = on_page(dispute)
    page = refused(client.post(f"{own}evidence", {"name": "收据", "words": "付了钱", "file": eighty}), "收据", "付了钱")
    assert "80 MB" in page
    assert not Evidence.objects.exists() and not (tmp_path / "media").exists()


@pytest.mark.parametrize("name", ["claim_performed", "sign", "keep_sound"])
def test_nor_is_it_a_proof_a_signature_or_sound(here: Mediation, eighty: IO[bytes], name: str) -> None:
    if name == "claim_performed":
        dispute = make_dispute(here, State.SETTLED, at=days_ago(5), due_on=timezone.localdate().isoformat())
        of, sent = Obligation.objects.get(), {"kind": "receipt", "words": "已付清", "file": eighty}
    elif name == "sign":
        dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
        of, sent = offered(here, dispute), {"party": str(party_of(dispute).pk), "way": "paper", "scan": eighty}
    else:
        dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
        of = hold(here, dispute, days_ago(2))
        sent = {"sound": eighty, "agreed": of.present}
    page = refused(at_desk(here, dispute).client.post(act(dispute, name, of), sent), str(sent.get("words", "")))
    assert "80 MB" in page
    assert not Proof.objects.exists() and not Signature.objects.filter(agreement__state="offered").exists()
    assert not Recording.objects.exists()


def offered(here: Mediation, dispute: Dispute) -> Any:
    story = agreeing.Story(facts="水沟改道后积水。")
    clauses = [{"code": "end_of_matter", "values": {}}]
    made = agreeing.draft_agreement(dispute, clauses=clauses, story=story, by=here.mediator, at=days_ago(1))
    agreeing.offer_agreement(made, by=here.mediator, at=days_ago(1))
    return made


# --- ten thousand signs ---------------------------------------------------------------------------------------------------


def test_a_record_of_ten_thousand_signs_is_kept_whole_and_twice_as_many_stay_in_the_form(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    session = hold(here, dispute, days_ago(2))
    desk = at_desk(here, dispute)
    lines = [f"第{number:03}句：申请人陈述水沟改道后积水请求恢复" for number in range(400)]
    text = "\r\n".join(lines)
    sent = {"text": text * 3, "undisputed": "水沟去年改道", "concessions": "愿让一尺", "after": "0"}
    address = act(dispute, "write_record", session)
    refused(desk.client.post(address, sent), lines[-1], "水沟去年改道", "愿让一尺")
    assert not session.records.exists()
    assert desk.client.post(address, sent | {"text": text}).status_code == 302
    assert len(text) >= 9_000 and session.records.get().words["text"].splitlines() == lines


# --- nobody signed --------------------------------------------------------------------------------------------------------


def test_what_nobody_signed_is_not_stamped_and_says_who_is_missing(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    made = offered(here, dispute)
    head = Desk(here.head)
    head.open(dispute)
    page = refused(head.client.post(act(dispute, "stamp", made), {}), status=409)
    assert "王小明" in page and "李大力" in page
    made.refresh_from_db()
    assert (made.state, made.stamped_at) == (AgreementState.OFFERED, None)


def test_a_signature_without_strokes_or_name_is_none(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    made = offered(here, dispute)
    address = reverse("mediation:agreement_sign", args=[dispute.pk, made.pk])
    refused(at_desk(here, dispute).client.post(address, {"text_sha256": made.text_sha256, "typed": ""}))
    assert not made.signatures.exists()


@pytest.mark.parametrize(
    "strokes",
    ["", "[]", "null", '"abc"', "[[[1, 2]]]", "[[[NaN, 0, 0]]]", f"[[[1{'0' * 400}, 0, 0]]]", "[" * 100_000],
    ids=["empty", "none", "null", "a word", "no time", "no number", "too large a number", "too deep"],
)
def test_strokes_that_are_none_are_said_to_be_none(here: Mediation, strokes: str) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    made = offered(here, dispute)
    sent = {"image": f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}", "strokes": strokes}
    address = reverse("mediation:agreement_sign", args=[dispute.pk, made.pk])
    refused(at_desk(here, dispute).client.post(address, {"text_sha256": made.text_sha256, **sent}))
    own, page = on_page(dispute)
    page = page.removesuffix("do/") + "agreement"
    said = refused(own.post(page, {"text": made.text_sha256, "sure": "on", **sent}))
    assert _("Nothing was signed yet. Sign in the field, or type the name.") in said
    assert not made.signatures.exists()


# --- dates in the wrong order ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("began", "ended"),
    [(timedelta(hours=-2), timedelta(hours=-3)), (timedelta(hours=1), timedelta(hours=2)), (timedelta(days=-30),) * 2],
    ids=["ends before it began", "to come", "before it was accepted"],
)
def test_a_session_at_times_that_cannot_be_is_refused_and_stays(
    here: Mediation, began: timedelta, ended: timedelta
) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    now = timezone.now()
    sent = {"began_at": local(now + began), "ended_at": local(now + ended + timedelta(minutes=5 * (began == ended)))}
    sent |= {"manner": "together", "place": "石城镇综治中心", "present": [str(one.pk) for one in dispute.parties.all()]}  # type: ignore[dict-item]
    page = refused(
        at_desk(here, dispute).client.post(act(dispute, "hold_unplanned"), sent), sent["began_at"], "石城镇综治中心"
    )
    assert page.count("checked") >= 2 and not dispute.sessions.exists()


def test_a_session_in_the_past_is_not_planned(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    when = local(days_ago(1))
    invited = [str(one.pk) for one in dispute.parties.present()]
    sent = {"planned_at": when, "minutes": "60", "manner": "together", "invited": invited, "place": "石城镇综治中心"}
    refused(at_desk(here, dispute).client.post(act(dispute, "plan_session"), sent), when, "石城镇综治中心")
    assert not dispute.sessions.exists()


# --- amounts as people write them -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["1.2万元", "12,000", "１２，０００．００元", "一万二千元整", "12000元"])
def test_an_amount_is_read_as_it_is_written_in_a_clause(here: Mediation, typed: str) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    both = [str(party_of(dispute, side).pk) for side in ("applicant", "respondent")]
    desk = at_desk(here, dispute)
    assert (
        desk.client.post(reverse("mediation:draft", args=[dispute.pk]), clause_fields(both, amount=typed)).status_code
        == 302
    )
    assert "12,000" in dispute.agreements.get().words["text"]


@pytest.mark.parametrize("typed", ["三千五左右", "-3500", "1.2.3万", "12,00元", "0"])
def test_what_is_no_amount_is_refused_beside_it_and_stays(here: Mediation, typed: str) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    both = [str(party_of(dispute, side).pk) for side in ("applicant", "respondent")]
    sent = clause_fields(both, amount=typed, reason="修沟的钱")
    answer = at_desk(here, dispute).client.post(reverse("mediation:draft", args=[dispute.pk]), sent)
    refused(answer, f'value="{typed}"', "修沟的钱")
    assert not dispute.agreements.exists()


def test_a_part_is_paid_in_the_words_of_who_pays(here: Mediation) -> None:
    """12,000 yuan are owed: a party says 4,000 in its way, the mediator 0.8 ten thousands in theirs."""
    dispute = make_dispute(here, State.SETTLED, at=days_ago(5), due_on=timezone.localdate().isoformat())
    owed, desk = Obligation.objects.get(), at_desk(here, dispute)
    client, own = on_page(dispute, Side.RESPONDENT)
    wrong = {"key": str(owed.pk), "kind": "transfer", "words": "微信转的", "amount": "四千多吧"}
    refused(client.post(f"{own}claim", wrong), "微信转的", "四千多吧")
    assert not Proof.objects.exists()
    assert client.post(f"{own}claim", wrong | {"amount": "４，０００元"}).status_code == 302
    desk.do(dispute, "confirm_performed", Proof.objects.get())
    refused(
        desk.client.post(act(dispute, "claim_performed", owed), {"kind": "receipt", "amount": "0.8亿万"}), "0.8亿万"
    )
    desk.do(dispute, "claim_performed", owed, kind="receipt", amount="0.8万元")
    desk.do(dispute, "confirm_performed", Proof.objects.order_by("-at").first())
    owed.refresh_from_db()
    assert (owed.state, amount_of(owed)) == (ObligationState.PERFORMED, Decimal(12_000))


# --- the same person on both sides ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "telephone"), [("王小明", "139 0000 0001"), ("王 小明", "+86 13900000001")])
def test_nobody_is_added_or_corrected_to_stand_on_both_sides(here: Mediation, name: str, telephone: str) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    desk, other = at_desk(here, dispute), party_of(dispute, Side.RESPONDENT)
    sent = {"side": "respondent", "kind": "natural", "language": "mandarin", "group_size": "1"}
    sent |= {"name": name, "telephone": telephone}
    refused(desk.client.post(act(dispute, "add_party"), sent), name, telephone)
    refused(desk.client.post(act(dispute, "correct_party", other), sent), name, telephone)
    other.refresh_from_db()
    assert other.words["name"] == "李大力" and dispute.parties.count() == 2


def test_a_session_that_was_called_off_takes_no_record(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    planned = sessions.plan_session(
        dispute, planned_at=timezone.now() + timedelta(days=1), place="镇", by=here.mediator, at=days_ago(1)
    )
    sessions.cancel_session(planned, why="对方外出", by=here.mediator, at=days_ago(1))
    sent = {"text": "写了半天的笔录", "undisputed": "", "concessions": "", "after": "0"}
    refused(
        at_desk(here, dispute).client.post(act(dispute, "write_record", planned), sent), "写了半天的笔录", status=409
    )
