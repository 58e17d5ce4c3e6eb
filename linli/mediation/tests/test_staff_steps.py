"""Every step once by its form, through its address; and long forms that keep what was typed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from linli.kit.media.testing import voice
from linli.mediation.actions import sessions
from linli.mediation.models import Dispute
from linli.mediation.rules import STEP_NAMES, ObligationState, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import WAYS, Desk, clause_fields, days_ago, local, scan


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


# --- every step once by its form ----------------------------------------------------------------------------------------------


def test_every_step_is_taken_once_by_its_form(here: Mediation) -> None:
    done = _to_mediation(here) | _sessions_and_agreement(here) | _afterwards(here) | _other_ends(here)
    pages = {"draft_agreement", "settle", "export"}
    assert set(STEP_NAMES) - done - pages == set()


def _to_mediation(here: Mediation) -> set[str]:
    head, mediator = Desk(here.head), Desk(here.mediator)
    dispute = make_dispute(here, at=days_ago(5))
    applicant, respondent = party_of(dispute), party_of(dispute, "respondent")
    head.open(dispute)
    head.do(dispute, "note_consent", respondent, agrees="yes", way="phone")
    head.do(dispute, "tell_rights", applicant)
    head.do(dispute, "see_identity", applicant)
    person = {"kind": "natural", "language": "hakka", "group_size": "1"}
    head.do(dispute, "add_party", side="third", name="证人甲", telephone="13900000009", **person)
    third = dispute.parties.get(side="third")
    head.do(dispute, "correct_party", third, side="third", name="证人乙", telephone="13900000009", **person)
    third.refresh_from_db()
    assert (third.words["name"], third.language) == ("证人乙", "hakka")
    head.do(dispute, "remove_party", third)
    head.do(dispute, "give_link", applicant)
    head.do(dispute, "note_messages", applicant, agrees="no", way="phone")
    head.do(dispute, "withdraw_link", applicant)
    head.do(dispute, "note_try", respondent, way="phone", tried_at=local(days_ago(1)), words="无人接听")
    head.do(dispute, "find_doubles")
    head.do(dispute, "classify", kind="03", mediation_type="peoples", people_count="3")
    head.do(dispute, "note_risk", words="昨晚推搡")
    head.do(dispute, "end_risk")
    head.do(dispute, "offer")
    head.do(dispute, "accept")
    head.do(dispute, "propose")
    head.do(dispute, "choose", mediator=str(here.seat(here.mediator).pk))
    mediator.open(dispute)
    mediator.do(dispute, "decline", why="近期住院")
    head.do(dispute, "choose", mediator=str(here.seat(here.second).pk))
    second = Desk(here.second)
    second.open(dispute)
    second.do(dispute, "take_on", declares_none="on")
    head.do(dispute, "object_to_mediator", party=str(applicant.pk))
    head.do(dispute, "choose", mediator=str(here.seat(here.third).pk))
    third_desk = Desk(here.third)
    third_desk.open(dispute)
    third_desk.do(dispute, "declare_interest", interest="relative")
    assert dispute.state == State.ACCEPTED
    return head.done | mediator.done | second.done | third_desk.done


def _sessions_and_agreement(here: Mediation) -> set[str]:
    desk = Desk(here.mediator)
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    applicant, respondent = party_of(dispute), party_of(dispute, "respondent")
    both = [str(applicant.pk), str(respondent.pk)]
    desk.open(dispute)
    desk.do(
        dispute, "add_companion", kind="agent", party=both[0], name="代理人", powers="代为调解", agreed_by=[both[0]]
    )
    desk.do(dispute, "end_companion", dispute.companions.get())
    when = timezone.now() + timedelta(days=2)
    where = {"place": "镇综治中心", "invited": [str(one.pk) for one in dispute.parties.present()]}
    desk.do(dispute, "plan_session", planned_at=local(when), minutes="60", manner="together", **where)
    planned = dispute.sessions.get()
    ics = desk.client.get(reverse("mediation:session_calendar", args=[dispute.pk, planned.pk])).content.decode()
    assert dispute.number in ics and "王小明" not in ics
    desk.do(dispute, "move_session", planned, planned_at=local(when + timedelta(days=1)), minutes="90")
    desk.do(dispute, "cancel_session", planned, why="对方外出")
    began, ended = local(timezone.now() - timedelta(hours=2)), local(timezone.now() - timedelta(hours=1))
    spot = {"began_at": began, "ended_at": ended, "manner": "together", "place": "村委会", "present": both}
    desk.do(dispute, "hold_unplanned", **spot)
    earlier = days_ago(1)
    held = sessions.plan_session(dispute, planned_at=earlier, place="镇", by=here.mediator, at=days_ago(2))
    times = {"began_at": local(earlier), "ended_at": local(earlier + timedelta(hours=1))}
    desk.do(dispute, "hold_session", held, **times, present=both)
    desk.do(
        dispute, "write_record", held, text="各自陈述。" * 2000, undisputed="改道。", concessions="愿出工。", after="0"
    )
    desk.do(dispute, "agree_to_record", held.records.get(), party=both[0])
    desk.do(dispute, "keep_sound", held, sound=SimpleUploadedFile("录音.m4a", voice("aac.mp4")), agreed=both)
    desk.do(dispute, "drop_sound", held.recordings.get())
    desk.do(dispute, "end_sound", held, who=both[1])
    desk.do(dispute, "write_note", text="只给自己看")
    desk.do(dispute, "add_evidence", party=both[0], name="照片", words="改道前后", file=scan())
    item = dispute.evidence.get()
    kept = desk.client.get(reverse("mediation:kept_file", args=[dispute.pk, "evidence", item.pk]))
    assert kept.content.startswith(b"%PDF") and "default-src 'none'" in kept.headers["Content-Security-Policy"]
    desk.do(dispute, "see_original", item)
    desk.do(dispute, "take_stance", item, party=both[1], stance="disputes")
    assert dispute.due_at
    desk.do(dispute, "extend", until=(timezone.localdate(dispute.due_at) + timedelta(days=10)).isoformat())
    for key in both:
        desk.do(dispute, "agree_to_extension", party=key)
    return _written(here, desk, dispute, both) | desk.done


def _written(here: Mediation, desk: Desk, dispute: Dispute, both: list[str]) -> set[str]:
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    answer = desk.client.post(reverse("mediation:draft", args=[dispute.pk]), clause_fields(both, due_on=due))
    version = dispute.agreements.get()
    assert answer.headers["Location"] == reverse("mediation:agreement", args=[dispute.pk, version.pk])
    assert "12,000" in desk.client.get(answer.headers["Location"]).content.decode()
    desk.do(dispute, "offer_agreement", version)
    for key in both:
        desk.do(dispute, "sign", version, party=key, way="paper", scan=scan())
    address = reverse("mediation:agreement_sign", args=[dispute.pk, version.pk])
    typed = {"typed": here.mediator.name, "text_sha256": version.text_sha256}
    assert desk.client.post(address, typed | {"typed": "别人"}).status_code == 422
    assert desk.client.post(address, typed).status_code == 302
    head = Desk(here.head)
    head.open(dispute)
    head.do(dispute, "stamp", version)
    assert dispute.state == State.SETTLED
    return head.done


def _afterwards(here: Mediation) -> set[str]:
    desk, head = Desk(here.mediator), Desk(here.head)
    due = (timezone.localdate() - timedelta(days=1)).isoformat()
    dispute = make_dispute(here, State.SETTLED, at=days_ago(6), due_on=due)
    parties = [str(party_of(dispute, side).pk) for side in ("applicant", "respondent")]
    desk.open(dispute)
    promise = dispute.agreements.get().obligations.get()
    desk.do(dispute, "claim_performed", promise, kind="receipt", words="付了一部分", amount="5000", file=scan())
    desk.do(dispute, "confirm_performed", promise.proofs.get())
    desk.do(dispute, "claim_performed", promise, kind="receipt")
    desk.do(dispute, "deny_performed", promise.proofs.order_by("-at").first(), words="没有收到")
    promise.refresh_from_db()
    if promise.state == ObligationState.OWED:
        desk.do(dispute, "note_breach", promise)
    desk.do(dispute, "waive", promise, words="不要了")
    desk.do(dispute, "want_confirmation", wanted="yes")
    desk.do(dispute, "keep_id_number", party_of(dispute), id_number="11010519491231002X")
    confirmation = dispute.confirmations.get()
    for key in parties:
        desk.do(dispute, "want_court", confirmation, party=key)
    desk.do(dispute, "apply_confirmation", confirmation, court="廉江市人民法院")
    desk.do(dispute, "note_ruling", confirmation, answer="accepted")
    desk.do(dispute, "note_ruling", confirmation, answer="confirmed", court_no="(2026)粤0881民特1号")
    visit = dispute.follow_ups.filter(done_at__isnull=True).first()
    desk.do(dispute, "visit", visit, performed="yes", satisfied="unknown", words="都好")
    desk.do(dispute, "close")
    desk.do(dispute, "reopen", why="又起争执")
    return desk.done | head.done


def _other_ends(here: Mediation) -> set[str]:
    head, desk = Desk(here.head), Desk(here.mediator)
    refused = make_dispute(here, State.OFFERED, at=days_ago(5))
    head.open(refused)
    head.do(refused, "not_accept", reason="refused", why="对方明确拒绝", ways=WAYS)
    assert refused.state == State.NOT_ACCEPTED
    handed = make_dispute(here, at=days_ago(5))
    head.open(handed)
    head.do(handed, "hand_over", body=str(here.county.pk))
    back = make_dispute(here, State.MEDIATING, at=days_ago(5))
    desk.open(back)
    desk.do(back, "give_back", why="另有任务")
    for act, ending in (("fail", "too_far_apart"), ("terminate", "unreachable")):
        over = make_dispute(here, State.MEDIATING, at=days_ago(5))
        desk.open(over)
        desk.do(over, act, ending=ending, why="差距太大", ways=WAYS)
    taken = make_dispute(here, at=days_ago(5))
    head.open(taken)
    head.do(taken, "withdraw", ending="own_settlement", why="和好")
    closed = make_dispute(here, State.CLOSED, at=days_ago(40))
    head.open(closed)
    head.do(closed, "archive", checked_by="黄主任")
    assert closed.archived_at and closed.retention_until
    return head.done | desk.done


def test_an_oral_agreement_is_registered_with_everybody_s_yes(here: Mediation) -> None:
    desk, dispute = Desk(here.mediator), make_dispute(here, State.MEDIATING, at=days_ago(5))
    both = [str(party_of(dispute, side).pk) for side in ("applicant", "respondent")]
    desk.open(dispute)
    address = reverse("mediation:oral", args=[dispute.pk])
    assert desk.client.get(address).status_code == 200
    missing = desk.client.post(address, clause_fields(both) | {"agreed_by": both[:1]})
    assert missing.status_code == 409 and "1.2万元" in missing.content.decode()
    assert desk.client.post(address, clause_fields(both) | {"agreed_by": both}).status_code == 302
    dispute.refresh_from_db()
    assert dispute.state == State.SETTLED


# --- long forms keep what was typed ---------------------------------------------------------------------------------------------


def test_clauses_are_added_moved_and_taken_out_and_what_was_typed_stays(here: Mediation) -> None:
    desk, dispute = Desk(here.mediator), make_dispute(here, State.MEDIATING, at=days_ago(5))
    both = [str(party_of(dispute, side).pk) for side in ("applicant", "respondent")]
    desk.open(dispute)
    address = reverse("mediation:draft", args=[dispute.pk])
    for what in ({"do": "add", "code": "apologise"}, {"do": "up-1"}, {"do": "remove-1"}):
        page = desk.client.post(address, clause_fields(both) | what)
        assert page.status_code == 200 and "1.2万元" in page.content.decode()
    wrong = desk.client.post(address, clause_fields(both, amount="很多"))
    said = wrong.content.decode()
    assert wrong.status_code == 422 and 'id="id_c0-amount_error"' in said and "很多" in said and "修沟费用" in said
    assert not dispute.agreements.exists()


def test_an_edited_text_that_differs_from_what_is_owed_is_shown(here: Mediation) -> None:
    desk, dispute = Desk(here.mediator), make_dispute(here, State.MEDIATING, at=days_ago(5))
    both = [str(party_of(dispute, side).pk) for side in ("applicant", "respondent")]
    desk.open(dispute)
    desk.client.post(reverse("mediation:draft", args=[dispute.pk]), clause_fields(both))
    first = dispute.agreements.get()
    words = first.words["text"].replace("12,000", "13,000")
    edit = reverse("mediation:agreement_text", args=[dispute.pk, first.pk])
    answer = desk.client.post(edit, {"text": words}, follow=True)
    page = answer.content.decode()
    assert "<ins>" in page and "differences" in page
    second = dispute.agreements.order_by("-version").first()
    offer = reverse("mediation:act_on", args=[dispute.pk, "offer_agreement", second.pk])
    assert desk.client.post(offer, {}).status_code == 409
    assert desk.client.post(offer, {"as_it_stands": "on"}).status_code == 302


def test_a_scan_that_is_too_large_is_refused_and_the_words_stay(here: Mediation) -> None:
    desk, dispute = Desk(here.mediator), make_dispute(here, State.MEDIATING, at=days_ago(5))
    desk.open(dispute)
    address = reverse("mediation:act", args=[dispute.pk, "add_evidence"])
    sent = {"party": str(party_of(dispute).pk), "name": "借条", "words": "证明借款", "file": scan(size=21_000_000)}
    answer = desk.client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "21 MB" in page and "证明借款" in page
    assert not dispute.evidence.exists()


def test_a_record_somebody_changed_meanwhile_is_shown_beside_mine(here: Mediation) -> None:
    desk, dispute = Desk(here.mediator), make_dispute(here, State.SETTLED, at=days_ago(5))
    desk.open(dispute)
    session = dispute.sessions.get()
    address = reverse("mediation:act_on", args=[dispute.pk, "write_record", session.pk])
    sent = {"text": "我的文字", "undisputed": "", "concessions": "", "after": "0"}
    answer = desk.client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 409 and "我的文字" in page and "双方各自陈述" in page
    assert desk.client.post(address, sent | {"after": "1"}).status_code == 302
    page = desk.client.get(reverse("mediation:session", args=[dispute.pk, session.pk]) + "?with=1").content.decode()
    assert "<del>" in page or "<ins>" in page


def test_a_note_is_for_its_writer_alone(here: Mediation) -> None:
    desk, head = Desk(here.mediator), Desk(here.head)
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(5))
    for one in (desk, head):
        one.open(dispute)
    desk.do(dispute, "write_note", text="担心屋基进水")
    address = reverse("mediation:file", args=[dispute.pk])
    assert "担心屋基进水" in desk.client.get(address).content.decode()
    assert "担心屋基进水" not in head.client.get(address).content.decode()


def test_what_was_done_by_mistake_is_taken_back_from_the_message(here: Mediation) -> None:
    desk, dispute = Desk(here.mediator), make_dispute(here, State.MEDIATING, at=days_ago(5))
    desk.open(dispute)
    sent = {
        "planned_at": local(timezone.now() + timedelta(days=2)),
        "minutes": "60",
        "manner": "together",
        "invited": [str(one.pk) for one in dispute.parties.present()],
        "place": "镇",
    }
    page = desk.client.post(reverse("mediation:act", args=[dispute.pk, "plan_session"]), sent, follow=True)
    undo = reverse("mediation:act_on", args=[dispute.pk, "cancel_session", dispute.sessions.get().pk])
    assert f'<a href="{undo}">' in page.content.decode()
