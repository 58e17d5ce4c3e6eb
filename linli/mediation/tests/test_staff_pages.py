"""The pages of the staff, through their addresses: every step once by its form, and nothing sealed before the look."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linli.events.rules import State as EventState
from linli.events.testing import make_event
from linli.mediation.actions import sessions
from linli.mediation.models import Body, Dispute, Mediator
from linli.mediation.rules import STEP_NAMES, ObligationState, State
from linli.mediation.testing import CLAIMS, SUMMARY, Mediation, make_dispute, make_mediation, party_of
from linli.people.models import Person

SEALED = ("王小明", "李大力", "13900000001", "上县村一队3号", SUMMARY, CLAIMS)
WAYS = ["arbitration", "court"]


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def local(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def scan(name: str = "scan.pdf", size: int = 100) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n" + b"0" * size, content_type="application/pdf")


@dataclass
class Desk:
    """Somebody at their screen, with the files they have opened."""

    person: Person
    client: Client = field(default_factory=Client)
    done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.client.force_login(self.person)

    def open(self, dispute: Dispute) -> None:
        answer = self.client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": "mediate"})
        assert answer.status_code == 302

    def do(self, dispute: Dispute, act: str, of: Any = None, **sent: Any) -> None:
        """By its form: the page is there, and what is sent is done."""
        args = [dispute.pk, act] + ([of.pk] if of is not None else [])
        address = reverse("mediation:act_on" if of is not None else "mediation:act", args=args)
        assert self.client.get(address).status_code == 200, act
        answer = self.client.post(address, sent)
        said = re.findall(r'(?:field-error|problem)"[^>]*>(.*?)</', answer.content.decode(), re.DOTALL)
        assert answer.status_code == 302 or act in ("give_link", "find_doubles"), (act, answer.status_code, said)
        assert answer.status_code in (200, 302), (act, said)
        self.done.add(act)
        dispute.refresh_from_db()


# --- lists --------------------------------------------------------------------------------------------------------------


def test_the_list_says_what_needs_a_head_and_a_mediator_and_names_nobody(here: Mediation) -> None:
    waiting, mine = make_dispute(here, at=days_ago(1)), make_dispute(here, State.MEDIATING, at=days_ago(3))
    for person, number in ((here.head, waiting.number), (here.mediator, mine.case_no)):
        page = Desk(person).client.get(reverse("mediation:list")).content.decode()
        assert number in page
        assert not any(word in page for word in SEALED)


@pytest.mark.parametrize("who", ["worker", "cadre", "desk", "leader"])
def test_whoever_sees_an_area_reads_outlines_alone(here: Mediation, who: str) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    client = Desk(getattr(here.world.cast, who)).client
    page = client.get(reverse("mediation:list")).content.decode()
    assert dispute.number in page
    assert str(dispute.pk) not in page and dispute.case_no not in page
    assert not any(word in page for word in SEALED)


def test_whoever_serves_nowhere_is_told_so(here: Mediation) -> None:
    dispute = make_dispute(here, at=days_ago(1))
    page = Desk(here.world.cast.nobody).client.get(reverse("mediation:list"))
    assert page.status_code == 200
    assert dispute.number not in page.content.decode()


def test_a_number_leads_to_its_file_and_a_name_to_nothing(here: Mediation) -> None:
    dispute = make_dispute(here, at=days_ago(1))
    client = Desk(here.head).client
    found = client.get(reverse("mediation:list"), {"q": dispute.number})
    assert found.headers["Location"] == reverse("mediation:file", args=[dispute.pk])
    assert client.get(reverse("mediation:list"), {"q": "王小明"}).status_code == 200


def test_the_list_asks_as_often_for_many_as_for_one(here: Mediation) -> None:
    client = Desk(here.head).client
    make_dispute(here, at=days_ago(1))
    client.get(reverse("mediation:list"))
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("mediation:list"))
        counts.append(len(asked))
        for _again in range(3):
            make_dispute(here, at=days_ago(1))
    assert counts[0] == counts[1]


# --- the door -------------------------------------------------------------------------------------------------------------


def test_nothing_sealed_is_shown_before_the_look_and_no_name_after_it(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    desk, address = Desk(here.mediator), reverse("mediation:file", args=[dispute.pk])
    door = desk.client.get(address)
    assert "no-store" in door.headers["Cache-Control"]
    assert not any(word in door.content.decode() for word in SEALED)
    behind = reverse("mediation:act", args=[dispute.pk, "plan_session"])
    assert desk.client.get(behind).headers["Location"].startswith(address)
    desk.open(dispute)
    page = desk.client.get(address).content.decode()
    assert SUMMARY in page
    assert not any(name in page for name in ("王小明", "李大力", "13900000001"))
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert title and title[1].startswith(dispute.number)


def test_the_door_wants_a_purpose(here: Mediation) -> None:
    dispute = make_dispute(here, at=days_ago(1))
    answer = Desk(here.head).client.post(reverse("mediation:look", args=[dispute.pk]), {"words": "看看"})
    assert answer.status_code == 422 and "看看" in answer.content.decode()
    assert not dispute.looks.exists()


@pytest.mark.parametrize("who", ["worker", "desk", "leader", "auditor", "system", "nobody"])
def test_a_file_that_is_not_theirs_is_not_there(here: Mediation, who: str) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    client = Desk(getattr(here.world.cast, who)).client
    party = party_of(dispute)
    for name, args in (
        ("file", []),
        ("act", ["plan_session"]),
        ("act_on", ["correct_party", party.pk]),
        ("reveal", [party.pk]),
        ("draft", []),
        ("oral", []),
        ("papers", []),
    ):
        assert client.get(reverse(f"mediation:{name}", args=[dispute.pk, *args])).status_code == 404, name
    assert client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": "mediate"}).status_code == 404


def test_another_township_finds_nothing(here: Mediation) -> None:
    dispute = make_dispute(here, at=days_ago(1))
    assert Desk(here.stranger).client.get(reverse("mediation:file", args=[dispute.pk])).status_code == 404


def test_a_name_is_shown_for_a_reason_and_goes_by_itself(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    desk = Desk(here.mediator)
    desk.open(dispute)
    address = reverse("mediation:reveal", args=[dispute.pk, party_of(dispute).pk])
    assert "王小明" not in desk.client.get(address).content.decode()
    assert desk.client.post(address, {"reason": ""}).status_code == 422
    shown = desk.client.post(address, {"reason": "通知开会"})
    assert "王小明" in shown.content.decode() and "13900000001" in shown.content.decode()
    assert shown.headers["Refresh"].startswith("60;") and "no-store" in shown.headers["Cache-Control"]
    assert dispute.looks.filter(revealed=party_of(dispute)).exists()


# --- registering ------------------------------------------------------------------------------------------------------------


def told(here: Mediation, **changes: str) -> dict[str, str]:
    return {
        "area": here.village.area_id,
        "kind": "02",
        "summary": SUMMARY,
        "mediation_type": "peoples",
        "applicant_name": "王小明",
        "applicant_telephone": "13900000001",
        "applicant_kind": "natural",
        "applicant_language": "mandarin",
        "respondent_name": "李大力",
        "respondent_telephone": "13900000002",
        "respondent_kind": "natural",
        "respondent_language": "mandarin",
    } | changes


@pytest.mark.parametrize("door", ["window", "phone", "transfer", "early"])
def test_a_dispute_is_registered_at_each_door(here: Mediation, door: str) -> None:
    more = {"entruster": "court", "entrusted_by": "廉江市人民法院（2026）委调1号"} if door == "transfer" else {}
    desk = Desk(here.head)
    assert desk.client.get(reverse("mediation:new"), {"door": door}).status_code == 200
    answer = desk.client.post(f"{reverse('mediation:new')}?door={door}", told(here, **more))
    made = Dispute.objects.get()
    assert answer.headers["Location"] == reverse("mediation:file", args=[made.pk])
    assert (made.door, made.parties.count()) == (door, 2)


def test_whoever_may_not_open_the_file_is_told_its_number(here: Mediation) -> None:
    client = Desk(here.world.cast.cadre).client
    answer = client.post(f"{reverse('mediation:new')}?door=window", told(here), follow=True)
    page = answer.content.decode()
    assert Dispute.objects.get().number in page and "王小明" not in page


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"respondent_name": "王小明", "respondent_telephone": "13900000001"}, "id_respondent_name"),
        ({"respondent_telephone": "12"}, "id_respondent_telephone"),
        ({"kind": ""}, "id_kind"),
        ({"applicant_kind": "legal"}, "id_applicant_speaker"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    here: Mediation, changes: dict[str, str], beside: str
) -> None:
    answer = Desk(here.head).client.post(f"{reverse('mediation:new')}?door=window", told(here, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422 and f"{beside}_error" in page
    assert SUMMARY in page and "13900000001" in page
    assert not Dispute.objects.exists()


def test_an_event_that_went_to_mediation_is_registered_once(here: Mediation) -> None:
    event = make_event(here.world, EventState.IN_MEDIATION, at=days_ago(2))
    client, address = Desk(here.mediator).client, f"{reverse('mediation:new')}?door=event"
    page = client.get(address).content.decode()
    assert event.number in page and event.text not in page
    assert client.post(address, told(here, event=str(event.pk))).status_code == 302
    assert Dispute.objects.get().event == event
    assert event.number not in client.get(address).content.decode()


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
    head.do(dispute, "withdraw_link", applicant)
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
    desk.do(dispute, "plan_session", planned_at=local(when), minutes="60", manner="together", place="镇综治中心")
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
    desk.do(dispute, "write_note", text="只给自己看")
    desk.do(dispute, "add_evidence", party=both[0], name="照片", words="改道前后", file=scan())
    item = dispute.evidence.get()
    kept = desk.client.get(reverse("mediation:kept_file", args=[dispute.pk, "evidence", item.pk]))
    assert kept.content.startswith(b"%PDF") and "sandbox" in kept.headers["Content-Security-Policy"]
    desk.do(dispute, "see_original", item)
    desk.do(dispute, "take_stance", item, party=both[1], stance="disputes")
    assert dispute.due_at
    desk.do(dispute, "extend", until=(timezone.localdate(dispute.due_at) + timedelta(days=10)).isoformat())
    for key in both:
        desk.do(dispute, "agree_to_extension", party=key)
    _written(here, desk, dispute, both)
    return desk.done | {"stamp"}


def clause_fields(both: list[str], **changes: str) -> dict[str, Any]:
    """A payment, and what closes an agreement, as the page sends it."""
    fields = {"owed_by": both[1], "owed_to": both[0], "reason": "修沟费用", "amount": "1.2万元"} | changes
    return {
        "facts": SUMMARY,
        "place_of": ["0", "1"],
        "c0-code": "pay_once",
        **{f"c0-{name}": value for name, value in fields.items()},
        "c1-code": "end_of_matter",
        "do": "save",
    }


def _written(here: Mediation, desk: Desk, dispute: Dispute, both: list[str]) -> None:
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
    return head.done | desk.done | {"archive"}


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


# --- papers and bodies -------------------------------------------------------------------------------------------------


def test_papers_say_what_lacks_and_want_a_purpose(here: Mediation) -> None:
    desk, dispute = Desk(here.mediator), make_dispute(here, State.SETTLED, at=days_ago(5))
    desk.open(dispute)
    address = reverse("mediation:papers", args=[dispute.pk])
    assert desk.client.get(address).status_code == 200
    assert desk.client.post(address, {"what": "dossier", "kind": "pdf", "purpose": ""}).status_code == 422


def test_the_register_of_bodies_is_kept_by_the_desk(here: Mediation) -> None:
    county = Desk(here.world.cast.county).client
    added = {
        "area": here.township.area_id,
        "name": "石城镇乡贤会",
        "level": "township",
        "kind": "elders",
        "prefix": "乡贤调字",
    }
    assert county.post(reverse("mediation:body_add"), added).status_code == 302
    body = Body.objects.get(prefix="乡贤调字")
    assert county.post(reverse("mediation:body_add"), added).status_code == 422
    joined = {"person": "third", "from_on": "2026-01-01", "languages": ["hakka"], "skills": ["02"]}
    assert county.post(reverse("mediation:mediator_add", args=[body.pk]), joined).status_code == 302
    seat = Mediator.objects.get(body=body)
    day = timezone.localdate().isoformat()
    assert county.post(reverse("mediation:mediator_end", args=[seat.pk]), {"on": day}).status_code == 302
    assert county.post(reverse("mediation:body_close", args=[body.pk]), {"on": day}).status_code == 302
    assert "石城镇乡贤会" in county.get(reverse("mediation:bodies")).content.decode()


def test_whoever_does_not_keep_the_register_changes_nothing_in_it(here: Mediation) -> None:
    client = Desk(here.head).client
    assert client.get(reverse("mediation:bodies")).status_code == 200
    assert client.get(reverse("mediation:body_add")).status_code == 404
    assert client.get(reverse("mediation:mediator_add", args=[here.township.pk])).status_code == 404
