"""Requests of persons: asked with proof, done through the rooms, refused with a law, read by the code."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from linli.events import actions as events
from linli.events.actions.forgetting import reaches_in
from linli.events.models import Contact, Event, Statement
from linli.events.rules import State as EventState
from linli.events.testing import GRID, NOON, World, make_event
from linli.holds import actions as holds
from linli.intake import digest, setaside
from linli.intake.accept import Sender, accept
from linli.intake.answering import Answering
from linli.intake.models import Kept, KeptState
from linli.intake.testing import a_report
from linli.journal.models import Entry, Notice
from linli.kit import throttle
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.rules import Side
from linli.mediation.rules import State as DisputeState
from linli.mediation.rules.parties import Particulars
from linli.mediation.testing import make_dispute, make_mediation
from linli.notices.models import Delivery
from linli.openness import actions as openness
from linli.openness.models import Subscription
from linli.people.actions import scope_of
from linli.people.rules import Held, Role, Scope
from linli.privacy import actions
from linli.privacy.finding import _matter, copy_of, held_of
from linli.privacy.letters import Writing, code_of
from linli.privacy.models import PersonRequest
from linli.privacy.reminding import remind
from linli.privacy.rules.requests import State
from linli.privacy.testing import TELEPHONE, ask_at_window
from linli.web.tests.residents import TOWNSHIP, reported

pytestmark = pytest.mark.django_db
OTHER = "13900139000"


@pytest.fixture(autouse=True)
def _nobody_has_tried() -> None:
    for door in ("privacy", "privacy code", "report", "key"):
        throttle.forget(f"{door} 127.0.0.1")


def event_of(world: World, contact: str) -> Event:
    return events.report(text="路灯坏了", area=world.grid, at=NOON, source="resident", contact=contact).event


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def body(answer: Any) -> str:
    return str(answer.content.decode())


def answered(request: PersonRequest, world: World) -> PersonRequest:
    actions.answer(request, words="已办理", by=world.cast.security, at=NOON + timedelta(days=1))
    request.refresh_from_db()
    return request


def test_numbers_are_the_same_however_they_are_written() -> None:
    assert reaches_in("李 138-0013 8000") & reaches_in("+8613800138000") == {TELEPHONE}
    assert reaches_in("a@B.cn，15号") == {"a@b.cn"}


def test_by_a_number_only_its_own_matters_are_found(world: World) -> None:
    mine = event_of(world, f"王大爷 {TELEPHONE}")
    event_of(world, OTHER)
    assert [one.pk for one in held_of(ask_at_window(world.cast.security)).events] == [mine.pk]


def set_aside(contact: str) -> Kept:
    """A report routed to an area that is gone."""
    answering = Answering()
    answering.renew()
    sent = json.dumps(a_report(random.Random(contact), area=GRID, text="桥面裂缝", contact=contact)).encode()
    row = accept(sent, Sender("public"), answering, received_at=timezone.now(), sent_at=None)
    kept = Kept.objects.create(**row._asdict() | {"area": "440881101201999"})
    digest.digest_all(timezone.now())
    return kept


@pytest.mark.parametrize("kind", ["delete", "withdraw", "correct"])
def test_a_report_that_was_set_aside_is_found_and_its_contact_goes_too(world: World, kind: str) -> None:
    mine, other = set_aside(f"王大爷 {TELEPHONE}"), set_aside(OTHER)
    asked = ask_at_window(world.cast.security, kind, new_reach="13700137000" if kind == "correct" else "")
    assert [one.pk for one in held_of(asked).kept] == [mine.pk]
    (told,) = copy_of(asked)["set_aside"]
    assert (told["words"], told["contact"]) == ("桥面裂缝", f"王大爷 {TELEPHONE}")
    done = answered(asked, world)
    assert done.found["set_aside"] == done.found["corrected" if kind == "correct" else "deleted_contacts"] == 1
    for row in (mine, other):
        row.refresh_from_db()
    assert bytes(other.sealed_contact) and mine.state == KeptState.SET_ASIDE
    taken_in(mine, world)
    assert Contact.objects.filter(event=mine.pk).exists() == (kind == "correct")
    assert not held_of(ask_at_window(world.cast.security)).kept


def taken_in(row: Kept, world: World) -> None:
    county, at = world.cast.county, timezone.now()
    setaside.retake(row, scope=scope_of(county, at), by=county, at=at, area=GRID)


def test_deleting_takes_contact_and_own_words_and_leaves_the_matter(world: World) -> None:
    mine, other = event_of(world, TELEPHONE), event_of(world, OTHER)
    Statement.objects.create(event=mine, door="call", words="我是王大爷，路灯坏了")
    done = answered(ask_at_window(world.cast.security, "delete"), world)
    assert (done.found["deleted_contacts"], done.found["deleted_own_words"]) == (1, 1)
    assert list(Contact.objects.values_list("event", flat=True)) == [other.pk]
    assert Statement.objects.get(event=mine).words == ""
    assert Event.objects.get(pk=mine.pk).text == "路灯坏了"
    verbs = list(Entry.objects.filter(on_key=str(mine.pk)).values_list("verb", flat=True))
    assert verbs[-2:] == ["event.contact_forgotten", "event.own_words_forgotten"]
    assert TELEPHONE not in json.dumps(list(Entry.objects.values_list("facts", flat=True)))


def test_what_is_held_is_not_deleted_and_it_is_said(world: World) -> None:
    mine = event_of(world, TELEPHONE)
    holds.place(mine, reason="法院〔2026〕1号", by=world.cast.security, at=NOON)
    done = answered(ask_at_window(world.cast.security, "delete"), world)
    assert (done.found["deleted_contacts"], done.found["held"]) == (0, 1)
    assert Contact.objects.filter(event=mine).exists()
    with pytest.raises(Refused) as refused:
        events.withdraw_contact(mine, at=NOON)
    assert refused.value.code == "held"


def test_a_corrected_number_takes_the_place_of_the_old_one(world: World) -> None:
    mine = event_of(world, TELEPHONE)
    answered(ask_at_window(world.cast.security, "correct", new_reach=OTHER), world)
    assert events.open_contact(mine, by=world.cast.desk, at=NOON, reason="回访") == OTHER


def test_a_mailbox_that_is_deleted_follows_nothing_any_more(world: World) -> None:
    openness.ask(area=world.grid, address="wang@example.cn", pace="weekly", categories=[], language="zh-hans", at=NOON)
    done = answered(ask_at_window(world.cast.security, "withdraw", reach="Wang@example.cn"), world)
    assert done.found["deleted_followed"] == 1
    assert not Subscription.objects.exists()


def test_the_clock_is_fifteen_working_days(world: World) -> None:
    asked = ask_at_window(world.cast.security, at=NOON)
    assert timezone.localtime(asked.due_at).date().isoformat() == "2026-12-07"
    with pytest.raises(BadInput):
        actions.refuse(asked, reason="kept_by_law", words="不行", by=world.cast.security, at=NOON)
    actions.refuse(asked, reason="secret_by_law", words="涉密", by=world.cast.security, at=NOON)
    with pytest.raises(Refused):
        actions.answer(asked, words="再答", by=world.cast.security, at=NOON)


def test_the_office_is_told_once_before_the_clock_ends_and_once_when_it_is_over(world: World) -> None:
    asked, in_time = (ask_at_window(world.cast.security, at=NOON) for _each in range(2))
    assert asked.due_at is not None
    actions.answer(in_time, words="好", by=world.cast.security, at=NOON)
    told = [remind(asked.due_at + timedelta(days=days)) for days in (-4, -2, -1, 1, 2)]
    assert told == [0, 1, 0, 1, 0]
    notices = Notice.objects.filter(entry__on_key=str(asked.pk), entry__verb__startswith="request.").order_by("pk")
    verbs = [one.entry.verb for one in notices.filter(person=world.cast.security)]
    assert verbs[-2:] == ["request.due_soon", "request.overdue"]
    assert not notices.exclude(person=world.cast.security).exists()
    assert not Entry.objects.filter(on_key=str(in_time.pk), verb__in=verbs[-2:]).exists()
    page = signed_in(world.cast.security).get("/desk/notices/").content.decode()
    assert f"/desk/privacy/requests/{asked.pk}" in page


@pytest.mark.parametrize("who", ["desk", "system", "auditor", "nobody"])
def test_nobody_but_the_security_administrator_answers(world: World, who: str) -> None:
    asked = ask_at_window(world.cast.security)
    with pytest.raises(NotYours):
        actions.answer(asked, words="好", by=getattr(world.cast, who), at=NOON)
    client = signed_in(getattr(world.cast, who))
    assert client.get("/desk/privacy/").status_code == 404
    assert client.get(f"/desk/privacy/requests/{asked.pk}").status_code == 404


def test_by_a_receipt_one_sees_that_matter_and_takes_the_copy(world: World) -> None:
    client = Client()
    event, code = reported(client, contact=TELEPHONE)
    sent = client.post("/privacy/request", {"kind": "see", "number": event.number, "secret": code})
    assert sent.headers["Location"] == "/privacy/answer"
    asked = PersonRequest.objects.get()
    assert Notice.objects.filter(person=world.cast.security, entry__verb="request.asked").exists()
    assert client.post("/privacy/copy").status_code == 404
    answered(asked, world)
    shown = client.post("/privacy/copy", {"as": "json"})
    assert json.loads(shown.content)["reported"][0]["contact"] == TELEPHONE
    assert "no-store" in shown.headers["Cache-Control"]
    assert TELEPHONE in body(client.post("/privacy/copy", {"as": "page"}))
    assert Entry.objects.filter(verb="request.copied").count() == 2
    stranger = Client()
    assert stranger.post("/privacy/copy").status_code == 404
    assert TELEPHONE not in body(stranger.get("/privacy/answer"))


def test_the_copy_has_what_was_said_to_the_reporter_and_by_them(world: World) -> None:
    event = make_event(world, EventState.ACCEPTED, at=NOON)
    events.ask_supplement(event, text="哪一根灯杆？", by=world.cast.desk, at=NOON)
    events.supplement(event, text="桥头第二根", photos=(), by=None, at=NOON)
    said = _matter(event)["course"]
    assert [part in "\n".join(said) for part in ("哪一根灯杆？", "桥头第二根")] == [True, True]
    assert said[-1].endswith("桥头第二根")


def test_without_a_proof_or_with_a_wrong_one_nothing_is_taken_down(world: World) -> None:
    client = Client()
    event, _code = reported(client)
    for proof in ({}, {"number": event.number}, {"number": event.number, "secret": "AAAAA-AAAAA"}):
        assert Client().post("/privacy/request", {"kind": "see", **proof}).status_code == 422
    assert not PersonRequest.objects.exists()


@override_settings(SMS_GATEWAY="https://sms.example/send")
def test_a_number_is_proved_by_the_digits_that_were_sent(world: World) -> None:
    client = Client()
    assert (
        client.post("/privacy/request", {"kind": "delete", "reach": TELEPHONE}).headers["Location"] == "/privacy/prove"
    )
    asked = PersonRequest.objects.get()
    letter = Delivery.objects.get(kind="sms").letter
    assert letter is not None and Writing().address(letter) == {"to": TELEPHONE}
    assert code_of(asked.pk) in Writing().words(letter).sentence
    assert not PersonRequest.objects.visible_to(scope_of(world.cast.security, timezone.now())).exists()
    wrong = f"{(int(code_of(asked.pk)) + 1) % 10**6:06}"
    assert client.post("/privacy/prove", {"code": wrong}).status_code == 422
    assert PersonRequest.objects.get().tries == 1
    assert client.post("/privacy/prove", {"code": code_of(asked.pk)}).headers["Location"] == "/privacy/answer"
    assert PersonRequest.objects.get().state == State.OPEN
    assert Writing().address(letter) is None


@override_settings(SMS_GATEWAY="https://sms.example/send")
def test_digits_are_tried_five_times_and_hold_half_an_hour(world: World) -> None:
    said = {"reach": TELEPHONE, "kind": "see", "words": "", "name": "", "new_reach": "", "language": "zh-hans"}
    asked, _code = actions.ask_by_message(**said, at=NOON)
    with pytest.raises(Refused):
        actions.prove(asked, code=code_of(asked.pk), at=NOON + timedelta(minutes=31))
    wrong = f"{(int(code_of(asked.pk)) + 1) % 10**6:06}"
    codes = []
    for typed in [wrong] * actions.MOST_TRIES + [code_of(asked.pk)]:
        with pytest.raises(Refused) as refusal:
            actions.prove(asked, code=typed, at=NOON)
        codes.append(refusal.value.code)
    assert codes == ["code_wrong"] * actions.MOST_TRIES + ["code_over"]
    assert actions.forget_unproved(NOON + timedelta(days=2)) == 1


def test_a_copy_holds_nothing_of_others(world: World) -> None:
    event_of(world, TELEPHONE)
    event_of(world, OTHER)
    assert OTHER not in json.dumps(copy_of(ask_at_window(world.cast.security)), ensure_ascii=False)


def test_the_officer_sees_how_much_and_never_what(world: World) -> None:
    make_event(world, EventState.REPORTED, at=NOON)
    event_of(world, TELEPHONE)
    asked = ask_at_window(world.cast.security)
    page = body(signed_in(world.cast.security).get(f"/desk/privacy/requests/{asked.pk}"))
    assert "路灯坏了" not in page and TELEPHONE not in page


def test_the_answer_is_there_and_goes_out_as_a_letter(world: World) -> None:
    from linli.kit.papers.asking import available
    from linli.kit.papers.testing import words_of_docx

    asked = ask_at_window(world.cast.security, name="王大爷")
    client = signed_in(world.cast.security)
    assert client.get(f"/desk/privacy/requests/{asked.pk}/letter.docx").status_code == 404
    sent = {"act": "refuse", "reason": "not_proved", "words": "请带身份证到窗口"}
    assert client.post(f"/desk/privacy/requests/{asked.pk}", sent).status_code == 302
    if available():
        letter = client.get(f"/desk/privacy/requests/{asked.pk}/letter.docx")
        words = words_of_docx(letter.content)
        assert "王大爷" in words and "第五十条" in words and "请带身份证到窗口" in words


def test_requests_of_an_area_are_for_its_own_officers(world: World) -> None:
    asked = ask_at_window(world.cast.security)
    one = Held(Role.SECURITY_ADMIN, TOWNSHIP)
    assert not PersonRequest.objects.visible_to(Scope((one,))).filter(pk=asked.pk).exists()
    assert PersonRequest.objects.visible_to(Scope((Held(Role.SECURITY_ADMIN, "440881"),))).get() == asked


def test_a_copy_has_ones_own_particulars_of_a_dispute_and_nothing_of_the_other_side(db: None) -> None:
    here = make_mediation()
    other = Particulars(Side.RESPONDENT, "对方某某", telephone=OTHER)
    mine = make_dispute(
        here,
        DisputeState.REGISTERED,
        at=NOON,
        applicant=Particulars(Side.APPLICANT, "王大爷", telephone=TELEPHONE),
        respondent=other,
    )
    told = copy_of(ask_at_window(here.world.cast.security))["disputes"]
    assert [one["number"] for one in told] == [mine.number]
    assert told[0]["name"] == "王大爷"
    assert "对方某某" not in json.dumps(told, ensure_ascii=False) and OTHER not in json.dumps(told)
