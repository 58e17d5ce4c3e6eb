"""Papers leave by an act that the parties see; the dossier is bound once, sealed and kept; a hash tells number and day alone."""

import dataclasses
import hashlib
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.events.testing import NOON
from linli.journal.models import Entry
from linli.kit.keys import new_key
from linli.kit.media.storing import original, store
from linli.kit.papers.asking import available
from linli.kit.papers.testing import words_of_docx, words_of_pdf
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import agreeing, ending, filing, parties, performing, proving, registering
from linli.mediation.actions.filing import (
    WHOLE,
    bind,
    export,
    export_for_party,
    lacks_of,
    open_bound,
    papers_for,
    papers_of,
    verify,
)
from linli.mediation.actions.signing import Drawn, sign_as_mediator, sign_on_paper, sign_on_phone, stamp
from linli.mediation.dossier.binding import bind as bound_of
from linli.mediation.dossier.binding import missing
from linli.mediation.dossier.parts import sha256_of
from linli.mediation.dossier.reading import read
from linli.mediation.dossier.testing import drawn
from linli.mediation.dossier.values import Agreement
from linli.mediation.models import Dispute, IssuedPaper, Look, Obligation, Party, sealed_words
from linli.mediation.rules import Door, Kind, Purpose, Side, State
from linli.mediation.testing import APPLICANT, RESPONDENT, Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import Desk
from linli.mediation.tests.test_agreeing import STROKES, offered
from linli.people.models import Person

LATER = NOON + timedelta(days=2)
needs_papers = pytest.mark.skipif(not available(), reason="the extra papers is not installed")


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def unspaced(text: str) -> str:
    return re.sub(r"\s+", "", text)


# --- what is read -------------------------------------------------------------------------------------------------------


def test_a_settled_dispute_has_all_forms_and_says_what_was_told(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED, due_on="2026-12-31")
    draft = read(dispute).draft(filing._filing(dispute, "黄主任", LATER))
    assert missing(draft) == []
    dossier = bound_of(draft)
    assert [form.title for _number, form in dossier.forms] == [
        "人民调解受理登记表",
        "人民调解权利义务告知书",
        "调解员披露及回避声明",
        "当事人身份核验表",
        "人民调解记录",
        "人民调解口头协议登记表",
    ]
    assert dossier.head.case_no == "(2026)石人调字第1号"
    assert dossier.head.name == "王小明与李大力邻里纠纷"
    assert (dossier.filing.retention.words, dossier.filing.by) == ("10年", "黄主任")
    assert draft.sessions[0].undisputed == "水沟于去年改道。"
    # The application for confirmation is pre-filled, and no part of the dossier before it was handed in.
    assert draft.confirmation is None
    application = read(dispute).single()["confirmation"]
    assert ("王小明" in str(application), "12,000" in str(application)) == (True, True)


@pytest.mark.parametrize("state", [one for one in State if one not in (State.SETTLED, State.CLOSED)])
def test_in_every_other_state_it_can_be_read_and_says_what_lacks(here: Mediation, state: State) -> None:
    dispute = make_dispute(here, state)
    codes = {one.code for one in lacks_of(dispute, at=LATER)}
    assert ("no_ending" in codes) == (state not in (State.FAILED, State.WITHDRAWN, State.TERMINATED))
    single = read(dispute).single()
    assert single == {code: read(dispute).paper(code) for code in single}
    assert [read(dispute).paper(code) for code in ("", "address", "address-0", "address-9", "address-x", "x-1")] == [
        None
    ] * 6
    assert {"register", "rights", "identity", "address-1", "address-2"} <= set(single)
    assert ("not_accepted" in single) == (state == State.NOT_ACCEPTED)


def test_reading_takes_as_many_queries_for_many_as_for_few(here: Mediation) -> None:
    counts = []
    for others in (1, 6):
        more = [
            dataclasses.replace(RESPONDENT, name=f"李{one}力", telephone=f"1390000010{one}") for one in range(others)
        ]
        told = registering.Told("排水", Kind.NEIGHBOURS, parties=(APPLICANT, *more))
        dispute = registering.register(
            told, area=here.world.grid, door=Door.WINDOW, by=here.world.cast.desk, at=NOON, body=here.township
        ).dispute
        with CaptureQueriesContext(connection) as caught:
            read(dispute).draft(filing._filing(dispute, "", LATER))
        counts.append(len(caught))
    assert counts[0] == counts[1] < 20


def test_a_court_gets_no_concessions_and_nobody_else_an_identity_number(here: Mediation) -> None:
    from linli.mediation.actions import sessions

    dispute = make_dispute(here, State.SETTLED)
    held = dispute.sessions.get()
    sessions.write_record(
        held, text="甲", undisputed="乙", concessions="愿少要一千元", by=here.mediator, at=LATER, after=1
    )
    filed = filing._filing(dispute, "", LATER)
    assert "愿少要一千元" in str(read(dispute).draft(filed))
    assert "愿少要一千元" not in str(read(dispute, for_court=True).draft(filed))
    party = party_of(dispute)
    parties.want_confirmation(dispute, wanted=True, by=here.mediator, at=LATER)
    parties.keep_id_number(party, id_number="11010519491231002X", by=here.mediator, at=LATER)
    file = read(dispute)
    assert "11010519491231002X" not in str([file.draft(filed), file.single()])
    assert file.head_with(id_numbers=True).parties[0].id_number == "11010519491231002X"


# --- who may take what ------------------------------------------------------------------------------------------------------


def test_only_its_head_and_its_mediator_take_papers_out_and_only_for_a_purpose(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED)
    cast = here.world.cast
    others: list[Person] = [here.stranger, here.second, here.county_head, cast.desk, cast.leader, cast.worker]
    for person in others:
        for what in (WHOLE, "rights"):
            with pytest.raises(NotYours):
                export(dispute, what=what, purpose=Purpose.MEDIATE, by=person, at=LATER)
    for purpose in ("", "own", "because"):
        with pytest.raises(BadInput):
            export(dispute, what="rights", purpose=purpose, by=here.mediator, at=LATER)
    assert not IssuedPaper.objects.exists()


@needs_papers
def test_an_export_is_an_act_that_the_parties_see(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED)
    papers = export(dispute, what="ending", purpose=Purpose.COURT, by=here.head, at=LATER, words="法院调卷")
    issued = IssuedPaper.objects.get()
    assert (issued.what, issued.content_sha256, issued.is_bound) == ("ending", papers.sha256, False)
    assert issued.pdf_sha256 == hashlib.sha256(papers.pdf).hexdigest()
    entry = Entry.objects.filter(verb="dispute.exported").get()
    assert entry.facts["sha256"] == papers.sha256
    assert not re.search("[\u4e00-\u9fff]", str(entry.facts))
    assert Look.objects.filter(dispute=dispute, person=here.head, purpose=Purpose.COURT, at=LATER).exists()
    assert "水沟改道后积水" in unspaced(words_of_pdf(papers.pdf))
    assert "水沟改道后积水" in unspaced(words_of_docx(papers.docx))
    with pytest.raises(BadInput):
        export(dispute, what="receipt-1", purpose=Purpose.COURT, by=here.head, at=LATER)


@needs_papers
def test_a_party_takes_its_own_papers_and_no_others(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED)
    party = party_of(dispute, Side.RESPONDENT)
    codes = {one.code for one in papers_for(party)}
    assert codes == {"rights", "ending", "confirmation", "address-2", "session-1"}
    papers = export_for_party(party, what="ending", at=LATER)
    assert IssuedPaper.objects.get().party == party
    assert verify(papers.sha256) is not None
    for what in ("identity", "register", "address-1", WHOLE):
        with pytest.raises(NotYours):
            export_for_party(party, what=what, at=LATER)


def test_a_receipt_is_for_who_paid_and_who_received(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED, due_on="2026-12-31")
    key, words = new_key(), party_of(dispute).words | {"name": "第三人"}
    third = Party(key=key, dispute=dispute, position=3, side=Side.THIRD, sealed=sealed_words(Party, key, words))
    third.save()
    owed = Obligation.objects.get(agreement__dispute=dispute)
    performing.confirm(performing.claim(owed, by=here.mediator, at=LATER), by=here.mediator, at=LATER)
    found = [{one.code for one in papers_for(party)} for party in (*dispute.parties.order_by("position")[:2], third)]
    assert ["receipt-1" in one for one in found] == [True, True, False]


def test_a_draft_is_no_paper_of_the_parties_before_it_is_put_before_them(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    clauses = [{"code": "own_words", "values": {"matter": "被申请人或许愿意让三千元"}}]
    made = agreeing.draft_agreement(dispute, clauses=clauses, story=agreeing.Story(), by=here.mediator, at=LATER)
    for party in dispute.parties.present():
        assert "ending" not in {one.code for one in papers_for(party)}
    with pytest.raises(NotYours):
        export_for_party(party_of(dispute), what="ending", at=LATER)
    assert "ending" in {one.code for one in papers_of(dispute)}
    agreeing.offer_agreement(made, by=here.mediator, at=LATER, as_it_stands=True)
    assert "ending" in {one.code for one in papers_for(party_of(dispute))}


def test_without_the_extra_it_says_what_to_install(here: Mediation, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.mediation.dossier import papers

    monkeypatch.setattr(papers, "available", lambda: False)
    with pytest.raises(Refused, match="papers"):
        export(make_dispute(here, State.SETTLED), what="rights", purpose=Purpose.MEDIATE, by=here.mediator, at=LATER)


@needs_papers
def test_a_written_agreement_shows_its_signatures_the_scan_and_the_text_that_was_signed(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    proving.add_evidence(party_of(dispute), name="照片", content=drawn().content, by=here.mediator, at=LATER)
    made = offered(here, dispute)
    picture, scan = drawn().content, drawn().content
    one, other = party_of(dispute), party_of(dispute, Side.RESPONDENT)
    sign_on_phone(made, party=one, drawn=Drawn(picture, STROKES), text_sha256=made.text_sha256, at=LATER)
    lacking = read(dispute).single()["ending"]
    assert isinstance(lacking, Agreement)
    assert [sign.is_signed for sign in (*lacking.signs, *lacking.mediators)] == [True, False, False]
    sign_on_paper(made, party=other, scan=scan, by=here.mediator, at=LATER)
    typed = Drawn(typed=here.mediator.name)
    sign_as_mediator(made, drawn=typed, text_sha256=made.text_sha256, by=here.mediator, at=LATER)
    stamp(made, by=here.head, at=LATER)
    from docx import Document

    papers = export(dispute, what="ending", purpose=Purpose.MEDIATE, by=here.mediator, at=LATER)
    words = unspaced(words_of_pdf(papers.pdf))
    for line in made.words["text"].splitlines()[2:]:
        assert unspaced(line) in words
    for said in ("手机签名", "纸上签名", "手机输入姓名确认", "李大力签署件扫描件", "（已盖章）", made.text_sha256):
        assert said in words
    described = [one._inline.docPr.get("descr") for one in Document(io.BytesIO(papers.docx)).inline_shapes]
    assert described == ["王小明的签名", "李大力签署件扫描件", "核验二维码"]
    evidence = export(dispute, what="evidence", purpose=Purpose.MEDIATE, by=here.mediator, at=LATER)
    assert "证据1：照片" in unspaced(words_of_pdf(evidence.pdf))
    # A party gets the same agreement, and nothing by which it could reach the other side.
    assert "13900000002" not in words_of_pdf(export_for_party(one, what="confirmation", at=LATER).pdf)
    assert "13900000002" in words_of_pdf(
        export(dispute, what="confirmation", purpose=Purpose.COURT, by=here.mediator, at=LATER).pdf
    )


# --- the archive --------------------------------------------------------------------------------------------------------


@needs_papers
def test_a_closed_dispute_is_bound_once_sealed_and_kept(here: Mediation) -> None:
    dispute = make_dispute(here, State.CLOSED)
    with pytest.raises(NotYours):
        bind(dispute, by=here.mediator, at=LATER)
    bound = bind(dispute, by=here.head, at=LATER, checked_by="县调主任", note="材料齐全。")
    dispute.refresh_from_db()
    assert dispute.archived_at == LATER
    assert dispute.retention_until is not None and dispute.retention_until.year == 2036
    with store().open(original(bound.file_sha256)) as file:
        kept = file.read()
    assert hashlib.sha256(kept).hexdigest() == bound.file_sha256
    assert b"%PDF" not in kept
    opened = open_bound(dispute, purpose=Purpose.ARCHIVE, by=here.head, at=LATER)
    assert hashlib.sha256(opened).hexdigest() == bound.pdf_sha256
    words = unspaced(words_of_pdf(opened))
    assert "材料齐全。" in words and "县调主任" in words and "保管期限10年" in words
    for hashed in (
        bound.content_sha256,
        bound.pdf_sha256,
        bound.content_sha256.upper()[:32] + " " + bound.content_sha256[32:],
    ):
        found = verify(hashed)
        assert found is not None
        assert dataclasses.asdict(found) == {"number": dispute.case_no, "made_at": LATER}
    with pytest.raises(Refused):
        bind(dispute, by=here.head, at=LATER)
    # Set anew a week later it says the same; a court gets it only without what was conceded.
    week = LATER + timedelta(days=7)
    assert export(dispute, what=WHOLE, purpose=Purpose.ARCHIVE, by=here.head, at=week).sha256 == bound.content_sha256
    with pytest.raises(Refused) as refused:
        open_bound(dispute, purpose=Purpose.COURT, by=here.head, at=week)
    assert refused.value.code == "conceded"


def test_a_dispute_that_goes_on_is_not_bound_and_one_that_lacks_says_what(here: Mediation) -> None:
    with pytest.raises(Refused):
        bind(make_dispute(here, State.SETTLED), by=here.head, at=LATER)
    closed = make_dispute(
        here, State.CLOSED, applicant=dataclasses.replace(APPLICANT, name="王二", telephone="13900000007")
    )
    closed.parties.update(identity_seen_at=None)
    with pytest.raises(Refused) as refused:
        bind(closed, by=here.head, at=LATER)
    assert refused.value.code == "dossier_lacks"
    assert "王二" in refused.value.message and "李大力" in refused.value.message
    assert Dispute.objects.get(pk=closed.pk).archived_at is None


@needs_papers
def test_what_changed_while_it_was_set_is_not_bound(here: Mediation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody corrects a name between the setting and the sealing."""
    dispute = make_dispute(here, State.FAILED)
    set_whole = filing.set_dossier

    def meanwhile(dossier, **more):  # type: ignore[no-untyped-def]
        papers = set_whole(dossier, **more)
        party = party_of(dispute)
        type(party).objects.filter(pk=party.pk).update(sealed=party.with_words(name="王小明明"))
        return papers

    monkeypatch.setattr(filing, "set_dossier", meanwhile)
    with pytest.raises(Refused) as refused:
        bind(dispute, by=here.head, at=LATER)
    assert refused.value.code == "moved_on"
    assert not IssuedPaper.objects.exists()


def test_a_hash_that_is_none_or_unknown_tells_nothing(here: Mediation) -> None:
    for sha256 in ("", "abc", "g" * 64, "0" * 64, "0" * 65):
        assert verify(sha256) is None
    with CaptureQueriesContext(connection) as caught:
        verify("0" * 64)
    assert len(caught) == 1


def test_the_hash_of_a_paper_does_not_depend_on_the_day_it_is_read(here: Mediation) -> None:
    dispute = make_dispute(here, State.SETTLED)
    single = [sha256_of(read(dispute).head, read(dispute).single()["ending"]) for _twice in range(2)]
    assert single[0] == single[1]


def test_a_dispute_found_early_has_no_party_no_paper_and_a_page_that_says_so(here: Mediation) -> None:
    at, told = timezone.now() - timedelta(hours=1), registering.Told("两家为水沟争执", Kind.NEIGHBOURS)
    area, worker = here.world.grid, here.world.cast.worker
    dispute = registering.register(told, area=area, door=Door.EARLY, by=worker, at=at, body=here.township).dispute
    desk, page = Desk(here.head), reverse("mediation:papers", args=[dispute.pk])
    desk.open(dispute)
    for act in (lambda: None, lambda: ending.withdraw(dispute, why="两家自行和好", by=here.head, at=at)):
        act()
        answer = desk.client.get(page)
        assert answer.status_code == 200 and _("There is no paper yet.") in answer.content.decode()
        assert papers_of(dispute) == []
    with pytest.raises(BadInput) as refused:
        export(dispute, what=WHOLE, purpose=Purpose.OVERSEE, by=here.head, at=timezone.now())
    assert refused.value.code == "no_such_paper"


def test_papers_of_one_kind_are_told_apart_without_a_name(db: None) -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.SETTLED)
    titles = {one.code: one.title for one in papers_of(dispute)}
    assert len(set(titles.values())) == len(titles)
    assert titles["address-2"] == "送达地址确认书（当事人2）"
    assert [one.title for one in papers_for(party_of(dispute)) if one.code == "address-1"] == ["送达地址确认书"]
    assert not any(name in title for name in ("王小明", "李大力") for title in titles.values())
