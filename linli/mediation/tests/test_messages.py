"""Text messages to parties: who gets one, what it says, and what is kept of it. Through a real gateway on this machine."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from linli.events.testing import NOON
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import agreeing, assigning, ending
from linli.mediation.actions.messages import note_messages
from linli.mediation.actions.parties import correct_party, give_link, make_link, particulars_of
from linli.mediation.actions.performing import claim, confirm, note_breach, remind
from linli.mediation.actions.registering import Told, register
from linli.mediation.actions.sessions import cancel_session, move_session, plan_session
from linli.mediation.models import Dispute, Obligation, Party
from linli.mediation.rules import Door, Kind, PersonKind, SessionState, Side, State, Way
from linli.mediation.rules.parties import Representative, clean_particulars, mobile_among
from linli.mediation.testing import APPLICANT, RESPONDENT, Mediation, make_dispute, make_mediation, party_of
from linli.notices.courier import Courier
from linli.notices.models import Delivery, Letter
from linli.notices.testing import LOOPBACK, Receiver, receiver

AT = NOON + timedelta(days=2)
DUE = datetime(2026, 12, 24, 1, tzinfo=UTC)
NUMBER = "13900000002"
#: What a telephone on a table must not show: matter, amount, names, that it is a mediation, the way to the party's page.
SECRETS = ("调解", "纠纷", "沟", "12,000", "1.2", "王小明", "李大力", "/mediation/", "http", "人调")


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


@pytest.fixture
def gateway(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = LOOPBACK
    with receiver() as found:
        settings.SMS_GATEWAY = f"{found.address}/send"
        yield found


def courier_run(at: datetime) -> None:
    courier = Courier()
    while courier.turn(at):
        pass


def texts(gateway: Receiver) -> list[str]:
    return [one.json["text"] for one in gateway.got]


def owing(here: Mediation) -> tuple[Dispute, Party]:
    """A debt of 1.2 万元 due on the last day of the year, and who owes it and wants to be told by text message."""
    dispute = make_dispute(here, State.SETTLED, due_on="2026-12-31")
    debtor = party_of(dispute, Side.RESPONDENT)
    note_messages(debtor, agrees=True, way=Way.IN_PERSON, by=here.mediator, at=AT)
    return dispute, debtor


def test_a_debtor_who_agreed_is_told_number_day_and_nothing_else(
    here: Mediation, gateway: Receiver, caplog: Any
) -> None:
    dispute, debtor = owing(here)
    with caplog.at_level(logging.DEBUG):
        remind(DUE)
        courier_run(DUE)
    (message,) = gateway.got
    assert message.json["to"] == NUMBER and message.json["id"] == Delivery.objects.get().key.hex
    assert dispute.number in message.json["text"] and "2026年12月31日" in message.json["text"]
    assert not any(secret in message.json["text"] for secret in SECRETS)
    entry = Entry.objects.get(verb="dispute.party_messaged")
    assert entry.facts == {"party": str(debtor.pk), "way": "sms", "about": "due", "outcome": "delivered"}
    kept = [str(one.facts) for one in (*Entry.objects.all(), *Letter.objects.all())]
    assert not any(NUMBER in one for one in (*kept, caplog.text))


def test_nobody_is_told_who_did_not_agree_or_left_no_mobile_number(here: Mediation, gateway: Receiver) -> None:
    dispute = make_dispute(here, State.SETTLED, due_on="2026-12-31")
    remind(DUE)
    assert not Letter.objects.exists()
    debtor = party_of(dispute, Side.RESPONDENT)
    Party.objects.filter(pk=debtor.pk).update(sealed=debtor.with_words(telephone="07596600123"))
    with pytest.raises(BadInput) as refusal:
        note_messages(party_of(dispute, Side.RESPONDENT), agrees=True, way=Way.PHONE, by=here.mediator, at=AT)
    assert refusal.value.code == "no_mobile"


def test_without_a_gateway_nobody_is_asked_and_no_number_is_laid_into_a_folder(here: Mediation, settings: Any) -> None:
    dispute = make_dispute(here, State.SETTLED, due_on="2026-12-31")
    debtor = party_of(dispute, Side.RESPONDENT)
    with pytest.raises(Refused) as refusal:
        note_messages(debtor, agrees=True, way=Way.PHONE, by=here.mediator, at=AT)
    assert refusal.value.code == "no_gateway"
    settings.SMS_GATEWAY = "http://127.0.0.1:1/"
    note_messages(debtor, agrees=True, way=Way.PHONE, by=here.mediator, at=AT)
    remind(DUE)
    # The setting is taken away while one waits: it goes nowhere, and that is no failure of the party's.
    settings.SMS_GATEWAY = ""
    courier_run(DUE)
    assert Delivery.objects.get().why == "no_contact"
    assert not Entry.objects.filter(verb="dispute.party_messaged").exists()


def test_a_busy_gateway_is_asked_again_under_the_same_key(here: Mediation, gateway: Receiver) -> None:
    owing(here)
    remind(DUE)
    gateway.answers = [(503, ""), (200, "")]
    courier_run(DUE)
    waiting = Delivery.objects.get()
    assert waiting.due_at is not None and not Entry.objects.filter(verb="dispute.party_messaged").exists()
    courier_run(waiting.due_at)
    first, second = (one.headers["idempotency-key"] for one in gateway.got)
    assert first == second
    assert Entry.objects.get(verb="dispute.party_messaged").facts["outcome"] == "delivered"


def test_a_yes_is_taken_back_on_the_party_s_own_page_and_what_waits_is_not_sent(
    here: Mediation, gateway: Receiver, client: Client
) -> None:
    _dispute, debtor = owing(here)
    remind(DUE)
    secret = make_link(debtor, AT)
    page = client.get(reverse("mediation_public:party", args=[secret]))
    assert 'id="messages"' in page.content.decode()
    said = client.post(reverse("mediation_public:party_act", args=[secret, "messages"]), {"says": "no"})
    assert said.status_code == 302
    debtor.refresh_from_db()
    assert (debtor.sms_agreed_at, debtor.sms_agreed_way) == (None, "")
    courier_run(DUE)
    assert gateway.got == []
    assert Entry.objects.get(verb="dispute.messages_unwanted").facts == {"party": str(debtor.pk), "way": "online"}
    client.post(reverse("mediation_public:party_act", args=[secret, "messages"]), {"says": "yes"})
    debtor.refresh_from_db()
    assert debtor.sms_agreed_way == Way.ONLINE


def test_what_was_kept_meanwhile_is_not_urged(here: Mediation, gateway: Receiver) -> None:
    _dispute, debtor = owing(here)
    remind(DUE)
    owed = Obligation.objects.get()
    confirm(claim(owed, party=debtor, at=DUE), by=here.mediator, at=DUE)
    courier_run(DUE)
    assert gateway.got == []


def test_a_breach_that_somebody_notes_and_what_is_done_late_are_told(here: Mediation, gateway: Receiver) -> None:
    dispute, debtor = owing(here)
    creditor, owed = party_of(dispute), Obligation.objects.get()
    note_messages(creditor, agrees=True, way=Way.IN_PERSON, by=here.mediator, at=AT)
    midnight = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    remind(midnight)
    courier_run(midnight)
    gateway.got.clear()
    note_breach(owed, party=creditor, at=midnight)
    morning = midnight + timedelta(hours=9)
    remind(morning)
    courier_run(morning)
    assert sorted(one.json["to"] for one in gateway.got) == [APPLICANT.telephone, NUMBER]
    gateway.got.clear()
    claim(owed, party=debtor, at=morning)
    courier_run(morning)
    assert [one.json["to"] for one in gateway.got] == [APPLICANT.telephone]


def test_an_appointment_is_told_moved_remembered_and_called_off(here: Mediation, gateway: Receiver) -> None:
    dispute = make_dispute(here, State.MEDIATING)
    for side in (Side.APPLICANT, Side.RESPONDENT):
        note_messages(party_of(dispute, side), agrees=True, way=Way.IN_PERSON, by=here.mediator, at=AT)
    session = plan_session(
        dispute, planned_at=AT + timedelta(days=5), place="上县村调解室", by=here.mediator, at=AT + timedelta(hours=1)
    )
    courier_run(AT + timedelta(hours=1))
    assert len(gateway.got) == 2 and all("上县村" not in one and dispute.number in one for one in texts(gateway))
    move_session(session, planned_at=AT + timedelta(days=6), by=here.mediator, at=AT + timedelta(hours=2))
    # What was to remind of the first time goes nowhere; the day before the new one both are reminded.
    courier_run(AT + timedelta(days=4, hours=1))
    assert len(gateway.got) == 4
    courier_run(AT + timedelta(days=5, hours=1))
    assert len(gateway.got) == 6
    cancel_session(session, why="病了", by=here.mediator, at=AT + timedelta(days=5, hours=2))
    courier_run(AT + timedelta(days=5, hours=2))
    assert len(gateway.got) == 8 and not any(secret in one for one in texts(gateway) for secret in SECRETS)
    assert not any("病" in one for one in texts(gateway))


def _withdrawn(here: Mediation, dispute: Dispute, at: datetime) -> None:
    ending.withdraw(dispute, why="两家自行和好", by=here.mediator, at=at)


def _settled(here: Mediation, dispute: Dispute, at: datetime) -> None:
    agreed, clauses = [one.pk for one in dispute.parties.present()], [{"code": "end_of_matter", "values": {}}]
    agreeing.register_oral(dispute, clauses=clauses, story=agreeing.Story(), agreed_by=agreed, by=here.mediator, at=at)


def _given_back(here: Mediation, dispute: Dispute, at: datetime) -> None:
    assigning.give_back(dispute, why="外出学习", by=here.mediator, at=at)


def _objected(here: Mediation, dispute: Dispute, at: datetime) -> None:
    assigning.object_to_mediator(party_of(dispute), by=here.head, at=at)


@pytest.mark.parametrize("act", [_withdrawn, _settled, _given_back, _objected])
def test_nobody_waits_before_a_shut_door(here: Mediation, gateway: Receiver, act: Callable[..., None]) -> None:
    dispute, then = make_dispute(here, State.MEDIATING), AT + timedelta(hours=1)
    note_messages(party_of(dispute), agrees=True, way=Way.IN_PERSON, by=here.mediator, at=AT)
    session = plan_session(dispute, planned_at=AT + timedelta(days=5), place="上县村调解室", by=here.mediator, at=AT)
    courier_run(AT)
    act(here, dispute, then)
    session.refresh_from_db()
    assert session.state == SessionState.CANCELLED
    assert Entry.objects.get(verb="dispute.session_cancelled").facts == {"session": str(session.pk)}
    # The day before, nobody is reminded of what will not be.
    courier_run(AT + timedelta(days=4, hours=1))
    planned, called_off = texts(gateway)
    assert "约定取消" in called_off and "约定取消" not in planned


def test_a_new_link_is_told_without_the_link(here: Mediation, gateway: Receiver) -> None:
    dispute, debtor = owing(here)
    secret = give_link(debtor, by=here.mediator, at=AT)
    courier_run(AT)
    (said,) = texts(gateway)
    assert dispute.number in said and secret not in said and not any(one in said for one in SECRETS)


@pytest.mark.parametrize(("door", "way"), [(Door.WINDOW, Way.IN_PERSON), (Door.PHONE, Way.PHONE)])
def test_an_applicant_says_at_the_door_that_messages_are_wanted(
    here: Mediation, gateway: Receiver, door: str, way: str
) -> None:
    told = Told("沟", Kind.NEIGHBOURS, parties=(replace(APPLICANT, by_sms=True), replace(RESPONDENT, by_sms=True)))
    area = here.world.areas["440881101201"]
    registered = register(told, area=area, door=door, by=here.world.cast.desk, at=NOON)
    applicant, respondent = registered.dispute.parties.order_by("position")
    assert (applicant.sms_agreed_at, applicant.sms_agreed_way) == (NOON, way)
    # Nobody says yes for the other side.
    assert respondent.sms_agreed_at is None
    assert Entry.objects.get(verb="dispute.messages_wanted").facts == {"party": str(applicant.pk), "way": way}


def test_a_yes_ends_with_the_number_it_was_given_for(here: Mediation, gateway: Receiver) -> None:
    _dispute, debtor = owing(here)
    told = particulars_of(debtor)
    correct_party(debtor, replace(told, address="上县村三队1号"), by=here.mediator, at=AT)
    assert debtor.sms_agreed_at == AT
    correct_party(debtor, replace(told, telephone="13900000009"), by=here.mediator, at=AT)
    debtor.refresh_from_db()
    assert debtor.sms_agreed_at is None


def test_a_firm_is_told_on_the_number_of_who_speaks_for_it() -> None:
    firm = replace(
        RESPONDENT,
        name="廉江市某某有限公司",
        kind=PersonKind.LEGAL,
        telephone="07596600123",
        representatives=(Representative("陈经理", "+86 139-0000-0007", "经理"),),
        by_sms=True,
    )
    assert mobile_among(clean_particulars(firm).words) == "13900000007"
    with pytest.raises(BadInput):
        clean_particulars(replace(firm, representatives=(Representative("陈经理"),)))


def test_another_party_s_yes_is_not_a_party_s_to_give(here: Mediation, gateway: Receiver) -> None:
    dispute, _debtor = owing(here)
    with pytest.raises(NotYours):
        note_messages(party_of(dispute), agrees=True, way=Way.ONLINE, by=here.stranger, at=AT)


# --- asked at the doors ---------------------------------------------------------------------------------------------------

AT_WINDOW = {
    "kind": "02",
    "summary": "邻居把水沟改到我家门前",
    "mediation_type": "peoples",
    "applicant_name": "王小明",
    "applicant_telephone": "139 0000 0001",
    "applicant_kind": "natural",
    "applicant_language": "mandarin",
    "applicant_by_sms": "on",
    "respondent_kind": "natural",
    "respondent_language": "mandarin",
}
ONLINE = {
    "kind": "02",
    "township": "440881101",
    "area": "440881101201",
    "summary": "邻居把水沟改到我家门前",
    "claims": "请把水沟恢复原样",
    "own_kind": "natural",
    "own_name": "王小明",
    "own_telephone": "139 0000 0001",
    "own_by_sms": "on",
    "language": "mandarin",
    "agrees": "on",
}


@pytest.mark.parametrize(("door", "way"), [("window", Way.IN_PERSON), ("phone", Way.PHONE)])
def test_it_is_asked_at_the_window_and_by_telephone(
    here: Mediation, gateway: Receiver, client: Client, door: str, way: str
) -> None:
    client.force_login(here.head)
    address, sent = f"{reverse('mediation:new')}?door={door}", AT_WINDOW | {"area": here.village.area_id}
    landline = client.post(address, sent | {"applicant_telephone": "0759 6600123"})
    assert landline.status_code == 422 and "applicant_telephone_error" in landline.content.decode()
    assert "0759 6600123" in landline.content.decode() and not Party.objects.exists()
    assert client.post(address, sent).status_code == 302
    assert Party.objects.get().sms_agreed_way == way


def test_it_is_asked_online_and_stays_ticked_where_something_else_is_wrong(
    here: Mediation, gateway: Receiver, client: Client
) -> None:
    wrong = client.post("/mediation/apply", ONLINE | {"summary": ""})
    (field,) = [one for one in wrong.content.decode().split("<input") if 'name="own_by_sms"' in one]
    assert wrong.status_code == 422 and "checked" in field.partition(">")[0]
    assert client.post("/mediation/apply", ONLINE).status_code == 302
    assert Party.objects.get().sms_agreed_way == Way.ONLINE


def test_a_house_without_a_gateway_asks_nobody(here: Mediation, client: Client) -> None:
    assert "by_sms" not in client.get("/mediation/apply").content.decode()
    assert client.post("/mediation/apply", ONLINE).status_code == 302
    assert Party.objects.get().sms_agreed_at is None
    client.force_login(here.head)
    assert "by_sms" not in client.get(f"{reverse('mediation:new')}?door=window").content.decode()
    dispute = Dispute.objects.get()
    secret = give_link(dispute.parties.get(), by=here.head, at=AT)
    assert 'id="messages"' not in client.get(reverse("mediation_public:party", args=[secret])).content.decode()


def _named_by_the_applicant(here: Mediation) -> Dispute:
    """Somebody beyond the proposals; the other side wants to be told by text message."""
    dispute = make_dispute(here, State.ACCEPTED)
    note_messages(party_of(dispute, Side.RESPONDENT), agrees=True, way=Way.IN_PERSON, by=here.head, at=AT)
    assigning.choose(dispute, mediator=here.seat(here.third), by=None, at=AT, party=party_of(dispute))
    return dispute


def test_the_other_side_is_told_that_somebody_was_named_and_not_who(here: Mediation, gateway: Receiver) -> None:
    dispute = _named_by_the_applicant(here)
    courier_run(AT)
    (said,) = texts(gateway)
    assert dispute.number in said and here.third.name not in said and "调解" not in said
    # Taken back and named once more, it is told once.
    assigning.take_name_back(party_of(dispute), at=AT)
    assigning.choose(dispute, mediator=here.seat(here.third), by=None, at=AT, party=party_of(dispute))
    courier_run(AT)
    assert len(texts(gateway)) == 1


def test_who_has_named_the_same_meanwhile_is_asked_for_nothing(here: Mediation, gateway: Receiver) -> None:
    dispute = _named_by_the_applicant(here)
    respondent = party_of(dispute, Side.RESPONDENT)
    assigning.choose(dispute, mediator=here.seat(here.third), by=None, at=AT, party=respondent)
    courier_run(AT)
    assert texts(gateway) == []
