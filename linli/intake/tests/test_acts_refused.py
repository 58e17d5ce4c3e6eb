"""Acts that cannot be: turned away at the door, or refused with a sentence; nothing is written, and the phone keeps them."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from linli.events.models import Event
from linli.events.testing import World
from linli.events.tests.pages import recent
from linli.intake import keys
from linli.intake.models import Kept, KeptState, PhoneAct, Purpose
from linli.intake.testing import Door
from linli.intake.tests.acts import REPORTS, phone_of, residents_phone, taken_in, verbs_of
from linli.intake.tests.test_accept import refusal
from linli.journal.models import Entry
from linli.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_matter_out_of_sight_is_not_confirmed_and_nothing_is_written(door: Door, world: World) -> None:
    event = recent(world)
    for about in (event, Event(pk=uuid4())):
        told = phone_of(door, world.cast.neighbour).does(about, "accept", expected_state="reported")
        assert (told["state"], told["outcome"], told["number"]) == ("refused", "refused", None)
        assert told["error"]["code"] == "no_such_matter"
        assert told["error"]["message"] == told["message"]
    assert verbs_of(event) == ["reported"]


#: What is sent, and with which code and beside which field it is refused.
REFUSED: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("dispatch", {"lead": "water"}, "not_yours", None),
    ("reject", {"text": "x", "turn_to": "y"}, "not_yours", None),
    ("check_truth", {}, "required", "is_true"),
    ("check_truth", {"is_true": "no"}, "text_missing", "text"),
    ("self_handle", {"text": "请联系13800138000"}, "telephone", "text"),
    ("explode", {}, "unknown_step", "step"),
    ("take_step", {}, "unknown_step", "step"),
    ("move", {"area": "火星100%"}, "no_area", "area"),
    ("take_back", {}, "not_your_report", None),
    ("join", {"of": "1"}, "not_offered", None),
    ("answers", {"depth": "3"}, "no_such_question", None),
    ("place", {"lon": "east", "lat": 21.7}, "no_number", "lon"),
    ("place", {"lon": 1.0, "lat": 1.0}, "outside", "area"),
    ("place", {"crs": "mars"}, "unknown_crs", "crs"),
    ("note", {}, "text_missing", "text"),
]


def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(door: Door, world: World) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    for step, values, code, field in REFUSED:
        told = phone.does(event, step, values=values, expected_state="reported")
        assert (told["state"], told["error"]["code"], told["error"].get("field")) == ("refused", code, field), step
        assert told["message"] and told["message"].isascii()
    assert verbs_of(event) == ["reported"]
    assert {row.state for row in Kept.objects.all()} == {KeptState.DIGESTED}


def test_words_that_say_nothing_are_to_be_looked_at_and_may_be_sent_as_they_are(door: Door, world: World) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    told = phone.does(event, "self_handle", text="已处理")
    assert (told["outcome"], told["error"]["look_at"]) == ("refused", ["empty"])
    again = phone.does(event, "self_handle", text="已处理", as_it_is=" ".join(told["error"]["look_at"]))
    assert again["outcome"] == "done"
    assert Entry.objects.latest("id").facts["as_it_is"] == ["empty"]


def test_somebody_whose_account_was_closed_meanwhile_is_refused(door: Door, world: World) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    act = phone.acts(event, "accept")
    phone.send(act)
    Person.objects.filter(pk=world.cast.worker.pk).update(is_active=False)
    taken_in()
    assert PhoneAct.objects.get().reason["code"] == "left"  # type: ignore[index]
    assert verbs_of(event) == ["reported"]


def test_only_somebody_may_act(door: Door, world: World) -> None:
    _key, plain = keys.create("hotline", purpose=Purpose.INTAKE, at=timezone.now())
    phone = residents_phone(door)
    act = phone.acts(str(uuid4()), "take_back")
    assert refusal(door.post(REPORTS, act)) == (403, "acts_need_somebody")
    assert refusal(door.post(REPORTS, act, authorization=f"Bearer {plain}")) == (403, "acts_need_somebody")
    assert refusal(phone.send(phone.acts(recent(world), "supplement", text="三巷"))) == (403, "own_reports_only")
    assert refusal(phone.send(act | {"by": world.cast.worker.pk})) == (401, "sign_in_again")
    assert not Kept.objects.exists()


UNREADABLE: list[tuple[dict[str, Any], tuple[int, str]]] = [
    ({"about": {}}, (422, "about_what")),
    ({"about": {"report": str(uuid4()), "event": str(uuid4())}}, (422, "about_what")),
    ({"about": 7}, (422, "wrong_form")),
    ({"step": "Sign For"}, (422, "wrong_form")),
    ({"step": None}, (422, "wrong_form")),
    ({"values": {"text": {"a": 1}}}, (422, "wrong_form")),
    ({"values": {"text": "长" * 4001}}, (422, "wrong_form")),
    ({"values": {"text": "一\0二"}}, (422, "nul_in_text")),
    ({"photos": [{"sha256": "x", "size": 1}]}, (422, "wrong_form")),
    ({"made_at": "2100-01-01T00:00:00+08:00"}, (422, "in_the_future")),
    ({"kind": "poem"}, (422, "unknown_kind")),
]


def test_an_act_that_cannot_be_read_is_turned_away_in_words(door: Door, world: World) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    for more, expected in UNREADABLE:
        assert refusal(phone.send(phone.acts(event, "accept") | more)) == expected, more
    assert not Kept.objects.exists()


def test_of_a_contact_sent_with_an_act_nothing_is_kept(door: Door, world: World) -> None:
    phone = phone_of(door, world.cast.worker)
    phone.send(phone.acts(recent(world), "accept") | {"contact": "13800138000", "device": str(uuid4()), "own": 7})
    content = bytes(Kept.objects.get().content)
    assert b"13800138000" not in content and b"device" not in content and b'"own":0' in content
