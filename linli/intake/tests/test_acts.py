"""Acts from phones: done once, kept as a note where the matter had moved on, refused in words; and never lost on the way."""

import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event, Hand, Picture, Remark
from linli.events.rules import State
from linli.events.testing import GRID, World
from linli.events.tests.pages import recent
from linli.intake import digest, media_uploads
from linli.intake.acts import taking
from linli.intake.models import Kept, KeptState, PhoneAct, Upload
from linli.intake.testing import Door, a_report
from linli.intake.tests.acts import BATCH, REPORTS, phone_of, residents_phone, taken_in, verbs_of
from linli.intake.tests.media import a_photo
from linli.intake.tests.test_accept import refusal
from linli.journal.models import Entry, Notice
from linli.journal.proving import verify_chain
from linli.people.actions import add_person, appoint
from linli.people.models import Person
from linli.people.rules import Role
from linli.people.testing import FROM

pytestmark = pytest.mark.django_db(transaction=True)
PHOTO = a_photo()
DONE = "清走路面砂石，已恢复通行"


def colleague_of(handler: Person, world: World) -> Person:
    other = add_person(username="second", name="冯水务")
    appoint(other, role=Role.HANDLER, area=world.areas["440881"], department=world.water, from_on=FROM)
    return other


# --- overtaken --------------------------------------------------------------------------------------------------------


def test_what_comes_after_the_matter_has_moved_on_is_kept_as_a_note(door: Door, world: World) -> None:
    event = recent(world)
    actions.accept(event, by=world.cast.desk, at=timezone.now())
    actions.dispatch(event, lead=world.water, by=world.cast.desk, at=timezone.now())
    phone = phone_of(door, world.cast.worker)
    told = phone.does(event, "self_handle", PHOTO, text=DONE, expected_state="reported")
    assert (told["state"], told["outcome"], told["matter_state"]) == ("taken_in", "noted", "dispatched")
    assert told["message"].startswith("The matter had moved on before this arrived. What you wrote")
    assert told["by_whom"].startswith(f"{world.cast.desk.name} dispatched it (")
    event.refresh_from_db()
    assert (event.state, verbs_of(event)[-1]) == (State.DISPATCHED, "noted")
    entry = Entry.objects.latest("id")
    assert (entry.by, entry.facts["meant"]) == (world.cast.worker, "event.self_handled")
    assert Remark.objects.get(entry=entry).text == DONE
    assert Picture.objects.get(entry=entry).kind == "after"
    told_of_it = set(Notice.objects.filter(entry=entry).values_list("person__username", flat=True))
    assert told_of_it == {"desk", "handler"}
    # Whoever has handled it on the spot does not verify it later.
    assert Hand.objects.filter(event=event, person=world.cast.worker).exists()


def test_of_two_who_sign_for_it_without_a_word_the_second_leaves_no_trace(door: Door, world: World) -> None:
    event, second = recent(world, State.DISPATCHED), colleague_of(world.cast.handler, world)
    first = phone_of(door, world.cast.handler).does(event, "sign_for", expected_state="dispatched")
    assert first["outcome"] == "done"
    told = phone_of(door, second).does(event, "sign_for", expected_state="dispatched")
    assert (told["outcome"], told["message"]) == (
        "noted", "The matter had moved on before this arrived. Nothing was lost by it.",
    )  # fmt: skip
    assert told["by_whom"].startswith(f"{world.cast.handler.name} signed for it (")
    assert verbs_of(event).count("signed_for") == 1
    assert "noted" not in verbs_of(event)


def test_a_step_that_is_still_open_is_taken_though_the_matter_has_moved(door: Door, world: World) -> None:
    event = recent(world, State.CHECKING)
    told = phone_of(door, world.cast.worker).does(event, "accept", expected_state="reported")
    assert (told["outcome"], told["matter_state"]) == ("done", "accepted")


def test_what_was_chosen_is_in_the_note_too(door: Door, world: World) -> None:
    event = recent(world, State.VOIDED)
    actions.reopen(event, text="不是误报", by=world.cast.desk, at=timezone.now())
    actions.reject(event, text="重复", turn_to="请拨打12345", by=world.cast.desk, at=timezone.now())
    told = phone_of(door, world.cast.worker).does(
        event, "refer_out", to="110", text="因涉及人身安全，请拨打110", expected_state="reported"
    )
    assert told["outcome"] == "noted"
    assert Remark.objects.latest("id").text == "因涉及人身安全，请拨打110\n转往：110"


# --- once, in order, complete -----------------------------------------------------------------------------------------


def test_the_same_act_twice_is_done_once_and_other_content_is_a_conflict(door: Door, world: World) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    act = phone.acts(event, "supplement", text="三巷五号")
    first = phone.send(act)
    assert phone.send(dict(reversed(act.items()))) == (200, first[1])
    taken_in()
    assert phone.send(act) == (200, first[1])
    taken_in()
    assert refusal(phone.send(act | {"values": {"text": "四巷"}})) == (409, "other_content")
    assert verbs_of(event) == ["reported", "supplemented"]
    # Of another person it is another act.
    deputy = phone_of(door, world.cast.deputy)
    assert deputy.send(act | {"by": deputy.by})[0] == 201


def test_a_mark_lost_with_a_restored_backup_does_it_no_second_time(door: Door, world: World) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    phone.does(event, "supplement", text="三巷五号")
    Kept.objects.update(state=KeptState.WAITING, digested_at=None)
    taken_in()
    assert verbs_of(event) == ["reported", "supplemented"]


def test_an_act_that_arrives_before_its_report_waits_for_it(door: Door, world: World) -> None:
    phone, report = phone_of(door, world.cast.worker), str(uuid4())
    act = phone.acts(report, "self_handle", text=DONE)
    phone.send(act)
    taken_in()
    assert (phone.sees(act)["state"], Kept.objects.get().state) == ("waiting", KeptState.HELD)
    assert not Kept.objects.waiting().exists()
    phone.reports(id=report)
    taken_in()
    told = phone.sees(act)
    assert (told["state"], told["outcome"], told["matter_state"]) == ("taken_in", "done", "self_handled")
    assert Event.objects.get().outcome == DONE


def test_report_and_act_of_one_batch_are_taken_in_together(door: Door, world: World) -> None:
    from linli.intake.tests.test_accept import report

    phone = phone_of(door, world.cast.worker)
    sent = report(by=phone.by)
    act = phone.acts(sent["id"], "self_handle", text=DONE, expected_state="reported")
    status, answers = door.post(BATCH, [act, sent], authorization=phone.authorization)
    assert (status, [one["status"] for one in answers]) == (200, [201, 201])
    taken_in()
    assert phone.sees(act)["outcome"] == "done"
    assert phone.sees(sent["id"])["matter_state"] == "self_handled"


def test_an_act_waits_for_its_photos_and_then_has_them_all(door: Door, world: World) -> None:
    event, phone = recent(world, State.HANDLING), phone_of(door, world.cast.handler)
    actions.PART_ACTS["answer_part"](
        event.parts.get(department=world.housing), text="已加固", by=world.cast.co_handler, at=timezone.now()
    )
    photos = [a_photo(seed) for seed in (1, 2)]
    act = phone.acts(event, "submit_result", *photos, text="清淤两立方米，水沟已疏通", expected_state="handling")
    phone.send(act)
    phone.brings(act, photos[0])
    taken_in()
    told = phone.sees(act)
    assert (told["state"], told["outcome"]) == ("waiting_for_photos", None)
    assert [one["state"] for one in told["photos"]] == ["received", "expected"]
    assert Picture.objects.count() == 0
    phone.brings(act, photos[1])
    taken_in()
    assert phone.sees(act)["outcome"] == "done"
    kept = Picture.objects.filter(entry__verb="event.result_submitted")
    assert [one.kind for one in kept] == ["after", "after"]
    assert not Upload.objects.filter(found__isnull=False).exists()


def test_a_photo_that_cannot_be_taken_does_not_hold_up_its_act(door: Door, world: World) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    act = phone.acts(event, "supplement", b"no photo at all", PHOTO, text="三巷五号")
    phone.send(act)
    with pytest.raises(AssertionError):
        phone.brings(act, b"no photo at all")
    phone.brings(act, PHOTO)
    taken_in()
    told = phone.sees(act)
    assert (told["outcome"], [one["state"] for one in told["photos"]]) == ("done", ["refused", "received"])
    assert Picture.objects.count() == 1


def test_photos_of_a_step_without_a_field_for_them_are_kept_beside_it(door: Door, world: World) -> None:
    event = recent(world, State.SIGNED_FOR)
    told = phone_of(door, world.cast.handler).does(
        event, "hand_back", PHOTO, text="需住建牵头", expected_state="signed_for"
    )
    assert told["outcome"] == "done"
    assert verbs_of(event)[-2:] == ["noted", "handed_back"]
    assert Picture.objects.get().entry.verb == "event.noted"  # type: ignore[union-attr]


def test_after_a_week_an_act_is_taken_in_with_what_is_there(door: Door, world: World) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    act, orphan = phone.acts(event, "supplement", PHOTO, text="三巷五号"), phone.acts(str(uuid4()), "take_back")
    for one in (act, orphan):
        phone.send(one)
    taken_in()
    assert taking.wake_old(timezone.now()) == 0
    later = timezone.now() + taking.WAITS
    assert taking.wake_old(later) == 2
    digest.digest_all(later)
    assert (phone.sees(act)["outcome"], phone.sees(orphan)["error"]["code"]) == ("done", "no_such_matter")
    # The photo comes after all.
    phone.brings(act, PHOTO)
    media_uploads.settle_waiting(timezone.now())
    assert (verbs_of(event)[-1], Picture.objects.get().event) == ("noted", event)


def test_a_worker_that_dies_in_the_middle_has_done_nothing_or_all_of_it(door: Door, world: World) -> None:
    from linli.intake.tests.test_media_crashes import Crash, crashing

    phone = phone_of(door, world.cast.worker)
    places: list[tuple[Any, str]] = [
        (taking, "_lacking"), (taking, "_doing"), (taking, "do"), (actions, "supplement"), (taking, "_end"), (taking, "take"),
    ]  # fmt: skip
    for owner, name in places:
        for after in (False, True):
            event = recent(world)
            act = phone.acts(event, "supplement", PHOTO, text=f"{name} {after}")
            phone.send(act)
            phone.brings(act, PHOTO)
            with pytest.MonkeyPatch.context() as patched, crashing(owner, name, after=after):
                patched.setitem(digest.SINGLY, "act", lambda row, at: taking.take(row, at))
                with pytest.raises(Crash):
                    digest.digest_all(timezone.now())
            taken_in()
            assert phone.sees(act)["outcome"] == "done", (name, after)
            assert (verbs_of(event), event.pictures.count()) == (["reported", "supplemented"], 1), (name, after)
    assert list(verify_chain()) == []


def test_one_act_that_nobody_foresaw_stays_on_its_phone_and_the_others_go_on(
    door: Door, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, phone = recent(world), recent(world), phone_of(door, world.cast.worker)
    do = taking.do

    def stumbles(doing: Any) -> None:
        if doing.event.pk == first.pk:
            raise ZeroDivisionError
        do(doing)

    monkeypatch.setattr(taking, "do", stumbles)
    acts = [phone.acts(event, "supplement", text="三巷") for event in (first, second)]
    for act in acts:
        phone.send(act)
    taken_in()
    told = phone.sees(acts[0], accept_language="en")
    assert (told["state"], told["outcome"]) == ("set_aside", None)
    assert told["message"].startswith("Something nobody foresaw")
    assert phone.sees(acts[1])["outcome"] == "done"


def test_two_hundred_acts_of_one_batch_are_each_done_once(door: Door, world: World) -> None:
    events, phone = [recent(world) for _each in range(4)], phone_of(door, world.cast.worker)
    acts = [phone.acts(events[number % 4], "note", text=f"第{number}次查看") for number in range(200)]
    for expected in (201, 200):
        status, answers = door.post(BATCH, acts, authorization=phone.authorization)
        assert (status, {one["status"] for one in answers}) == (200, {expected})
    taken_in()
    taken_in()
    assert PhoneAct.objects.filter(outcome="done").count() == 200
    assert sorted(Remark.objects.values_list("text", flat=True)) == sorted(f"第{number}次查看" for number in range(200))
    assert list(verify_chain()) == []


def test_a_clock_that_is_off_is_told_and_moves_no_limit(door: Door, world: World) -> None:
    event, phone, now = recent(world), phone_of(door, world.cast.worker), timezone.now()
    ahead = timedelta(hours=3)
    act = phone.acts(event, "accept", made_at=(now + ahead - timedelta(minutes=20)).isoformat())
    assert refusal(phone.send(act)) == (422, "in_the_future")
    assert phone.send(act, linli_sent_at=(now + ahead).isoformat())[0] == 201
    taken_in()
    entry = Entry.objects.latest("id")
    event.refresh_from_db()
    assert abs(entry.at - now) < timedelta(minutes=1)
    assert event.accepted_at == entry.at
    assert entry.facts["clock_off_min"] == "180"
    made_at = timezone.datetime.fromisoformat(entry.facts["made_at"])
    assert abs(made_at - (now - timedelta(minutes=20))) < timedelta(minutes=1)
    client = Client()
    client.force_login(world.cast.desk)
    page = client.get(f"/desk/events/{event.pk}/").content.decode()
    assert "手机时钟快 180 分钟" in page and "到达" in page


def test_a_report_made_long_before_its_arrival_says_when_and_that_its_clock_was_off(door: Door, world: World) -> None:
    phone, now, behind = phone_of(door, world.cast.worker), timezone.now(), timedelta(hours=-2)
    made_at = now - timedelta(hours=5)
    sent = a_report(random.Random(3), area=GRID, by=phone.by, made_at=(made_at + behind).isoformat())
    assert phone.send(sent, linli_sent_at=(now + behind).isoformat())[0] == 201
    taken_in()
    entry = Entry.objects.get(verb="event.reported", facts__has_key="made_at")
    assert abs(timezone.datetime.fromisoformat(entry.facts["made_at"]) - made_at) < timedelta(minutes=1)
    assert abs(entry.at - now) < timedelta(minutes=1)  # limits run from its arrival
    client = Client()
    client.force_login(world.cast.desk)
    page = client.get(f"/desk/events/{entry.on_key}/").content.decode()
    assert "手机时钟慢 120 分钟" in page and "手机上操作时间" in page


def test_an_act_is_never_earlier_than_what_was_done_before_it(door: Door, world: World) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    act = phone.acts(event, "supplement", text="三巷")
    phone.send(act)
    later = timezone.now() + timedelta(minutes=2)
    actions.accept(event, by=world.cast.desk, at=later)
    taken_in()
    assert Entry.objects.latest("id").at == later


# --- seen -------------------------------------------------------------------------------------------------------------


def test_nobody_else_sees_what_became_of_an_act(door: Door, world: World) -> None:
    phone = phone_of(door, world.cast.worker)
    act = phone.acts(recent(world), "accept")
    phone.send(act)
    for other in (phone_of(door, world.cast.desk), residents_phone(door)):
        assert refusal(door.get(f"{REPORTS}/{act['id']}", authorization=other.authorization)) == (404, "no_such_report")


def test_an_act_is_answered_and_seen_alike_after_its_content_was_deleted(door: Door, world: World) -> None:
    from linli.intake import retention

    event, phone = recent(world), phone_of(door, world.cast.worker)
    act = phone.acts(event, "supplement", PHOTO, text="三巷")
    first = phone.send(act)[1]
    phone.brings(act, PHOTO)
    taken_in()
    before = phone.sees(act)
    now = timezone.now() + timedelta(days=1)
    assert retention.empty_sent(digested_before=now, at=now) == 1
    assert phone.send(act) == (200, first)
    assert phone.sees(act) == before


def test_looking_at_an_act_asks_the_store_a_fixed_number_of_times(door: Door, world: World) -> None:
    from linli.intake import seeing
    from linli.intake.accept import Sender

    event, phone = recent(world), phone_of(door, world.cast.worker)
    counts = set()
    for number in (1, 12):
        for _each in range(number):
            phone.does(event, "note", PHOTO, text="查看")
        row = Kept.objects.latest("id")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            seeing.told(row, Sender("person", world.cast.worker.pk), timezone.now())
        counts.add(len(asked))
    assert len(counts) == 1 and counts.pop() <= 4
