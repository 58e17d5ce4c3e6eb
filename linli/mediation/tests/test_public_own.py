"""A party's own page: each act once, and nothing that is another's."""

import base64
import hashlib
import io
import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from linli.journal.models import Entry
from linli.kit.papers.asking import available
from linli.kit.refusal import NotYours
from linli.mediation.actions import (
    agreeing,
    assigning,
    clocks,
    confirming,
    parties,
    proving,
    sessions,
    signing,
    visiting,
)
from linli.mediation.actions import own as own_acts
from linli.mediation.dossier.reading import read
from linli.mediation.models import Agreement, Dispute, Look, Party
from linli.mediation.public import doors
from linli.mediation.rules import Consent, ObligationState, Side, State
from linli.mediation.rules.parties import Particulars
from linli.mediation.testing import Mediation, hold, make_dispute, make_mediation, party_of

#: What only its owner, and nobody of the other side, may read.
SECRETS = ("13811112222", "上县村秘密巷9号")
ABOUT = Particulars(Side.RESPONDENT, "李大力", telephone=SECRETS[0], address=SECRETS[1])
NOW = timezone.now


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


class Holder:
    """Somebody with the link of a party."""

    def __init__(self, here: Mediation, party: Party) -> None:
        self.secret = parties.make_link(party, NOW())
        self.client = Client()

    def page(self, more: str = "") -> str:
        answer = self.client.get(f"/mediation/party/{self.secret}/{more}")
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer" and "no-store" in answer.headers["Cache-Control"]
        return str(answer.content.decode())

    def do(self, act: str, **sent: Any) -> Any:
        return self.client.post(f"/mediation/party/{self.secret}/do/{act}", sent)

    def done(self, act: str, **sent: Any) -> None:
        answer = self.do(act, **sent)
        assert answer.status_code == 302, answer.content.decode()[:3000]


def both(here: Mediation, state: str, **more: Any) -> tuple[Dispute, Holder, Holder]:
    dispute = make_dispute(here, state, at=NOW() - timedelta(days=2), respondent=ABOUT, **more)
    return dispute, Holder(here, party_of(dispute)), Holder(here, party_of(dispute, Side.RESPONDENT))


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "white").save(out, "PNG")
    return out.getvalue()


def offered(here: Mediation, dispute: Dispute, facts: str = "水沟改道后积水。") -> Agreement:
    owed_by, owed_to = party_of(dispute, Side.RESPONDENT), party_of(dispute)
    values = {"owed_by": str(owed_by.pk), "owed_to": str(owed_to.pk), "reason": "修沟费用", "amount": "1.2万元"}
    values["due_on"] = (timezone.localdate() + timedelta(days=30)).isoformat()
    story = agreeing.Story(facts=facts, place="石城镇综治中心")
    clauses = [{"code": "pay_once", "values": values}]
    made = agreeing.draft_agreement(dispute, clauses=clauses, story=story, by=here.mediator, at=NOW())
    agreeing.offer_agreement(made, by=here.mediator, at=NOW())
    return made


def drawn(text: str) -> dict[str, Any]:
    strokes = [[[10, 10, 0], [12, 15, 9], [20, 30, 21], [40, 32, 40]], [[50, 10, 90], [52, 40, 130]]]
    image = "data:image/png;base64," + base64.b64encode(picture()).decode()
    return {"act": "sign", "sure": "on", "text": text, "image": image, "strokes": json.dumps(strokes)}


# --- the door ------------------------------------------------------------------------------------------------------------


def test_a_wrong_link_leads_nowhere_and_is_slowed_down_while_right_ones_open(
    here: Mediation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "_WRONG", 3)
    _dispute, own, _other = both(here, State.OFFERED)
    for _time in range(3):
        assert Client().get("/mediation/party/of-nobody/").status_code == 404
    assert Client().get("/mediation/party/of-nobody/").status_code == 429
    own.page()


def test_a_link_that_was_taken_back_opens_nothing(here: Mediation) -> None:
    dispute, own, _other = both(here, State.OFFERED)
    parties.withdraw_link(party_of(dispute), by=here.head, at=NOW())
    assert own.client.get(f"/mediation/party/{own.secret}/").status_code == 404


def test_the_secret_is_in_no_log(here: Mediation, caplog: pytest.LogCaptureFixture) -> None:
    _dispute, own, _other = both(here, State.OFFERED)
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        assert own.do("consent", says="perhaps").status_code == 422
        assert own.client.get(f"/mediation/party/{own.secret}/do/nothing").status_code == 404
    assert own.secret not in caplog.text and own.secret not in str(list(Entry.objects.values()))


@pytest.mark.parametrize("more", ["do/nothing", "papers/ending.exe", "evidence/01900000-0000-7000-8000-000000000000"])
def test_what_is_not_there_is_said_without_handing_the_address_on(here: Mediation, more: str) -> None:
    _dispute, own, _other = both(here, State.MEDIATING)
    answer = own.client.get(f"/mediation/party/{own.secret}/{more}")
    assert answer.status_code == 404 and answer.headers["Referrer-Policy"] == "no-referrer"
    links = re.findall(r'(?:href|action)="([^"]*)"', answer.content.decode())
    assert all(one.startswith("/mediation/party/") for one in links if own.secret in one)
    assert "csrfmiddlewaretoken" not in answer.content.decode()


def test_opening_the_own_page_is_a_look_that_the_other_side_sees(here: Mediation) -> None:
    dispute, own, other = both(here, State.OFFERED)
    own.page()
    assert Look.objects.get(dispute=dispute, party=party_of(dispute)).purpose == "own"
    assert len(other.client.get(f"/mediation/party/{other.secret}/").context["own"].looks()) == 1


# --- what is another's ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(State))
def test_no_state_shows_one_party_where_the_other_is_to_be_found(here: Mediation, state: str) -> None:
    dispute, own, other = both(here, state)
    if state == State.MEDIATING:
        offered(here, dispute)
    pages = [own.page()] + ([own.page("agreement")] if state in (State.MEDIATING, State.SETTLED) else [])
    for secret in SECRETS:
        assert not any(secret in one for one in pages)
    assert all("13900000001" not in one for one in [other.page()])


def test_the_other_side_has_no_name_before_the_mediation_is_accepted(here: Mediation) -> None:
    _dispute, own, other = both(here, State.OFFERED)
    assert "李大力" not in own.page() and "王小明" not in other.page()
    _dispute, own, other = both(here, State.ACCEPTED)
    assert "李大力" in own.page() and "王小明" in other.page()


def test_what_happened_is_for_the_applicant_alone_and_what_is_wanted_for_both(here: Mediation) -> None:
    _dispute, own, other = both(here, State.OFFERED, summary="我怕他打我", claims="修好水沟")
    assert "我怕他打我" in own.page() and "修好水沟" in own.page()
    assert "我怕他打我" not in other.page() and "修好水沟" in other.page()


def test_a_party_reaches_nothing_of_another_dispute(here: Mediation) -> None:
    _one, own, _other = both(here, State.MEDIATING)
    another = make_dispute(here, State.MEDIATING, at=NOW() - timedelta(days=1))
    item = proving.add_evidence(party_of(another), name="合同", content=picture(), by=here.mediator, at=NOW())
    assert own.client.get(f"/mediation/party/{own.secret}/evidence/{item.pk}").status_code == 404
    assert own.do("stance", key=item.pk, stance="accepts").status_code == 404
    assert own.do("stance", key="no-key", stance="accepts").status_code == 404


# --- each act once ------------------------------------------------------------------------------------------------------------


def test_saying_yes(here: Mediation) -> None:
    dispute, _own, other = both(here, State.OFFERED)
    other.done("consent", says="yes")
    assert party_of(dispute, Side.RESPONDENT).consent == Consent.AGREED


def test_saying_no_tells_of_the_other_ways(here: Mediation) -> None:
    dispute, _own, other = both(here, State.OFFERED)
    other.done("consent", says="no")
    assert party_of(dispute, Side.RESPONDENT).consent == Consent.REFUSED
    assert len(other.client.get(f"/mediation/party/{other.secret}/").context["own"].ways()) == 3


def test_rights_are_read_on_the_own_page(here: Mediation) -> None:
    dispute, own, _other = both(here, State.OFFERED)
    assert own.do("rights").status_code == 422
    own.done("rights", read="on")
    assert party_of(dispute).rights_told_at is not None


def test_choosing_a_mediator_and_having_it_changed_once(here: Mediation) -> None:
    dispute, own, other = both(here, State.ACCEPTED)
    proposed = assigning.propose(dispute, by=here.head, at=NOW())
    assert own.do("choose", mediator="0").status_code == 422
    own.done("choose", mediator=proposed[0].mediator_id)
    other.done("object", words="他是对方的邻居")
    dispute.refresh_from_db()
    assert own_acts.from_parties(dispute, names={}, by=here.head, at=NOW()).objections[0].words == "他是对方的邻居"
    assert not dispute.assignments.in_force().exists()
    assert other.do("object").status_code == 409


def test_handing_in_evidence_and_saying_what_one_thinks_of_it(here: Mediation) -> None:
    dispute, own, other = both(here, State.MEDIATING)
    file = io.BytesIO(picture())
    file.name = "沟.png"
    own.done("evidence", name="水沟照片", words="下雨后", file=file)
    item = dispute.evidence.get()
    other.done("stance", key=item.pk, stance="disputes")
    got = other.client.get(f"/mediation/party/{other.secret}/evidence/{item.pk}")
    assert got.content.startswith(b"\xff\xd8\xff") and got.headers["Content-Disposition"].startswith("attachment")
    assert own.client.get(f"/mediation/party/{own.secret}/evidence/{item.pk}").content == picture()
    own.page()
    (shown,) = own.client.get(f"/mediation/party/{own.secret}/").context["own"].items()
    assert shown.said and "李大力" in shown.said[0]


def test_what_is_for_the_mediator_alone_is_hidden_from_the_other_side_and_the_dossier(here: Mediation) -> None:
    dispute, own, other = both(here, State.MEDIATING)
    file = io.BytesIO(picture())
    file.name = "录音文字.png"
    own.done("evidence", name="只给调解员看的材料", file=file, alone="on")
    item = dispute.evidence.get()
    assert "只给调解员看的材料" in own.page() and "只给调解员看的材料" not in other.page()
    assert other.client.get(f"/mediation/party/{other.secret}/evidence/{item.pk}").status_code == 404
    assert other.do("stance", key=item.pk, stance="accepts").status_code == 404
    with pytest.raises(NotYours):
        proving.open_evidence_as_party(item, party=party_of(dispute, Side.RESPONDENT), at=NOW())
    assert read(dispute).evidence is None
    staff = Client()
    staff.force_login(here.mediator)
    staff.post(f"/mediation/{dispute.pk}/look", {"purpose": "mediate"})
    assert "只给调解员看的材料" in staff.get(f"/mediation/{dispute.pk}/").content.decode()


def test_a_file_of_another_kind_is_refused_and_the_words_stay(here: Mediation) -> None:
    _dispute, own, _other = both(here, State.MEDIATING)
    file = io.BytesIO(b"MZ not a picture")
    file.name = "a.exe"
    answer = own.do("evidence", name="水沟照片", words="下雨以后的样子", file=file)
    assert answer.status_code == 422 and "下雨以后的样子" in answer.content.decode()


def test_what_is_too_large_or_too_often_is_refused_in_a_sentence_that_keeps_the_words(
    here: Mediation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _dispute, own, _other = both(here, State.MEDIATING)
    monkeypatch.setattr("linli.mediation.public.own.MOST_BYTES", 1000)
    file = io.BytesIO(b"%PDF-" + b" " * 2_000_000)
    file.name = "扫描件.pdf"
    answer = own.do("evidence", name="合同扫描件", file=file)
    assert answer.status_code == 422 and "2 MB" in answer.content.decode() and "合同扫描件" in answer.content.decode()
    monkeypatch.setattr("linli.mediation.public.own._AN_HOUR", 1)
    answer = own.do("complain", words="投诉的话还在")
    assert answer.status_code == 429 and "投诉的话还在" in answer.content.decode()


def test_a_session_goes_into_a_calendar_that_says_nothing_of_the_matter(here: Mediation) -> None:
    dispute, own, _other = both(here, State.MEDIATING)
    planned = sessions.plan_session(
        dispute, planned_at=NOW() + timedelta(days=1), place="镇综治中心", by=here.mediator, at=NOW()
    )
    got = own.client.get(f"/mediation/party/{own.secret}/session/{planned.pk}.ics").content.decode()
    assert "BEGIN:VEVENT" in got and "镇综治中心" in got and "李大力" not in got


def test_a_record_is_read_and_found_right_by_who_was_there(here: Mediation) -> None:
    dispute, own, _other = both(here, State.MEDIATING)
    held = hold(here, dispute, NOW())
    written = sessions.write_record(held, text="双方同意再谈", by=here.mediator, at=NOW())
    assert "双方同意再谈" in own.page()
    own.done("record", key=written.pk)
    written.refresh_from_db()
    assert written.read_by == [str(party_of(dispute).pk)]


def test_more_time_is_agreed_to(here: Mediation) -> None:
    dispute, own, other = both(here, State.MEDIATING)
    until = timezone.localdate() + timedelta(days=60)
    clocks.ask_extension(dispute, until=until, by=here.mediator, at=NOW())
    own.done("time")
    other.done("time")
    assert dispute.clocks.filter(kind="term").get().extended_until == until


def test_a_complaint_goes_to_the_head_and_not_to_the_mediator(here: Mediation) -> None:
    dispute, own, other = both(here, State.MEDIATING)
    own.done("complain", words="调解员偏袒对方")
    dispute.refresh_from_db()
    assert dispute.complaints.get().words["words"] == "调解员偏袒对方"
    entry = Entry.objects.get(verb="dispute.complained")
    assert "偏袒" not in str(entry.facts)
    assert [one.person for one in entry.notices.all()] == [here.head]
    assert "调解员偏袒对方" in own.page() and "调解员偏袒对方" not in other.page()
    assert own_acts.from_parties(dispute, names={}, by=here.head, at=NOW()).complaints[0].words == "调解员偏袒对方"
    assert not own_acts.from_parties(dispute, names={}, by=here.mediator, at=NOW())
    address = f"/mediation/{dispute.pk}/"
    for person, reads in ((here.head, True), (here.mediator, False)):
        staff = Client()
        staff.force_login(person)
        staff.post(f"{address}look", {"purpose": "complaint"})
        assert ("调解员偏袒对方" in staff.get(address).content.decode()) == reads


def test_taking_it_back(here: Mediation) -> None:
    dispute, own, _other = both(here, State.MEDIATING)
    answer = own.do("withdraw", words="我们自己谈好了")
    assert answer.status_code == 422 and "我们自己谈好了" in answer.content.decode()
    own.done("withdraw", words="我们自己谈好了", ending="own_settlement")
    dispute.refresh_from_db()
    assert dispute.state == State.WITHDRAWN


# --- the agreement --------------------------------------------------------------------------------------------------------------


def test_both_sign_the_exact_text_and_what_comes_of_it_is_confirmed(here: Mediation) -> None:
    dispute, own, other = both(here, State.MEDIATING)
    hold(here, dispute, NOW())
    agreement = offered(here, dispute)
    for one in (own, other):
        answer = one.client.post(f"/mediation/party/{one.secret}/agreement", drawn(agreement.text_sha256))
        assert answer.status_code == 302, answer.content.decode()[:3000]
    kept = agreement.signatures.filter(party__isnull=False).first()
    assert kept is not None and kept.stroke_count == 2 and kept.timing_varies
    assert len(kept.words["strokes"][0]) == 4
    name = signing.Drawn(typed=here.mediator.name)
    signing.sign_as_mediator(agreement, drawn=name, text_sha256=agreement.text_sha256, by=here.mediator, at=NOW())
    signing.stamp(agreement, by=here.head, at=NOW())
    dispute.refresh_from_db()
    assert dispute.state == State.SETTLED
    promise = agreement.obligations.get()
    assert other.do("confirm", key=promise.pk).status_code == 404
    answer = other.do("claim", key=promise.pk, amount="很多钱", words="现金给了")
    assert answer.status_code == 422 and "现金给了" in answer.content.decode()
    other.done("claim", key=promise.pk, words="微信转账", kind="transfer")
    first = promise.proofs.get()
    own.done("deny", key=first.pk, words="没有收到")
    other.done("claim", key=promise.pk, words="今天已补转", kind="transfer")
    own.done("confirm", key=promise.proofs.order_by("-at").first().pk)  # type: ignore[union-attr]
    promise.refresh_from_db()
    assert promise.state == ObligationState.PERFORMED
    own.done("court")
    other.done("court")
    found = dispute.confirmations.get()
    assert confirming.silent(found) == []


def test_what_is_not_ticked_changed_or_empty_is_not_signed(here: Mediation) -> None:
    dispute, own, _other = both(here, State.MEDIATING)
    agreement = offered(here, dispute)
    address = f"/mediation/party/{own.secret}/agreement"
    sent = drawn(agreement.text_sha256)
    for changed, status in (
        ({"sure": ""}, 422),
        ({"text": "0" * 64}, 409),
        ({"image": "", "strokes": ""}, 422),
        ({"image": "data:image/png;base64,%%%"}, 422),
        ({"strokes": "[[["}, 422),
        ({"image": "", "typed": "别人"}, 422),
    ):
        assert own.client.post(address, sent | changed).status_code == status, changed
    assert not agreement.signatures.exists()
    assert own.client.post(address, sent | {"image": "", "strokes": "", "typed": "王小明"}).status_code == 302


def test_paper_is_asked_for_without_any_script(here: Mediation) -> None:
    dispute, own, _other = both(here, State.MEDIATING)
    agreement = offered(here, dispute)
    assert own.client.post(f"/mediation/party/{own.secret}/agreement", {"act": "paper"}).status_code == 302
    assert party_of(dispute).words["paper_wanted"] == agreement.version
    assert Entry.objects.filter(verb="dispute.paper_wanted").exists()


def test_a_version_is_compared_with_the_one_offered_before(here: Mediation) -> None:
    dispute, own, _other = both(here, State.MEDIATING)
    offered(here, dispute)
    offered(here, dispute, facts="水沟改道后积水，墙脚受损。")
    words = own.page("agreement")
    assert "<ins>" in words and "墙脚受损" in words


def test_a_promise_that_was_not_kept_and_one_done_without(here: Mediation) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    dispute, own, other = both(here, State.SETTLED, due_on=tomorrow)
    promise = dispute.agreements.in_force().get().obligations.get()
    assert own.do("breach", key=promise.pk).status_code == 409
    assert own.do("waive", key=promise.pk).status_code == 422
    assert other.do("waive", key=promise.pk, sure="on").status_code == 403
    own.done("waive", key=promise.pk, sure="on")
    assert visiting.all_settled(dispute)


# --- is it genuine --------------------------------------------------------------------------------------------------------------


def test_a_hash_tells_number_date_kind_and_committee_and_nothing_else(here: Mediation, client: Client) -> None:
    dispute, _own, _other = both(here, State.SETTLED)
    agreement = dispute.agreements.in_force().get()
    got = client.get(f"/mediation/verify/{agreement.text_sha256}")
    words = got.content.decode()
    assert got.status_code == 200 and dispute.case_no in words and "石城镇人民调解委员会" in words
    assert "王小明" not in words and "李大力" not in words and "水沟" not in words


def test_what_was_only_offered_or_made_up_is_not_genuine(here: Mediation, client: Client) -> None:
    dispute, _own, _other = both(here, State.MEDIATING)
    agreement = offered(here, dispute)
    assert client.get(f"/mediation/verify/{agreement.text_sha256}").status_code == 404
    assert client.get("/mediation/verify/of-nothing").status_code == 404
    assert client.get("/mediation/verify/?hash=abc").status_code == 422
    spaced = " ".join([agreement.text_sha256[:32].upper(), agreement.text_sha256[32:]])
    assert client.get("/mediation/verify/", {"hash": spaced}).headers["Location"].endswith(agreement.text_sha256)


def test_a_party_takes_its_paper_which_is_genuine_and_the_look_is_noted(here: Mediation, client: Client) -> None:
    if not available():
        pytest.skip("the extra papers is not installed")
    dispute, own, _other = both(here, State.SETTLED)
    assert "papers/ending.pdf" in own.page("papers")
    got = own.client.post(f"/mediation/party/{own.secret}/papers/ending.pdf")
    assert got.status_code == 200 and got.content.startswith(b"%PDF-")
    verified = client.get(f"/mediation/verify/{hashlib.sha256(got.content).hexdigest()}")
    assert verified.status_code == 200 and dispute.case_no in verified.content.decode()
    assert own.client.post(f"/mediation/party/{own.secret}/papers/evidence.pdf").status_code == 403
