"""What reporters do about their own reports from the phone: take back, put the place right, answer, join, add, say."""

import random
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event, Picture, Remark, Support
from linli.events.rules import State
from linli.events.testing import GRID, IN_GRID, ON_BORDER, World, make_public
from linli.events.tests.pages import photo, recent
from linli.intake.testing import Door, a_report
from linli.intake.tests.acts import REPORTS, Phone, phone_of, residents_phone, taken_in
from linli.intake.tests.media import a_photo
from linli.journal.models import Entry, Notice
from linli.statistics.figures import Moment, rows_of
from linli.statistics.periods import Period
from linli.statistics.rules import BY_CODE

pytestmark = pytest.mark.django_db(transaction=True)
NEXT_GRID = "440881101201006"
DEPTH = {"code": "depth", "ask": "水多深？", "ask_en": "How deep?", "type": "number", "required": True}
KIND = {
    "code": "kind", "ask": "哪一种？", "ask_en": "Which?", "type": "choice", "required": True,
    "choices": [{"code": "pipe", "name": "管道", "name_en": "Pipe"}, {"code": "ditch", "name": "水沟", "name_en": "Ditch"}],
}  # fmt: skip


def last_verb(event: Event) -> str:
    return Entry.objects.filter(on_key=str(event.pk)).latest("id").verb.removeprefix("event.")


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_a_resident_adds_to_their_own_report_with_the_token_it_was_sent_with(door: Door, world: World) -> None:
    phone = residents_phone(door)
    report = phone.reports()
    told = phone.does(report, "supplement", a_photo(), text="三巷五号")
    assert (told["outcome"], told["event"], told["number"]) == ("done", None, Event.objects.get().number)
    assert told["state_words"] == "Your report has arrived."
    entry = Entry.objects.latest("id")
    assert (entry.verb, entry.by) == ("event.supplemented", None)
    assert Remark.objects.get(entry=entry).for_reporter
    assert Picture.objects.get().kind == "report"


def test_another_token_or_none_does_nothing_to_it(door: Door, world: World) -> None:
    phone, other, bare = residents_phone(door), residents_phone(door), Phone(door, "")
    report = phone.reports()
    told = other.does(report, "take_back")
    assert (told["outcome"], told["error"]["code"], told["number"]) == ("refused", "no_such_matter", None)
    status, answer = door.post(REPORTS, bare.acts(report, "take_back"))
    assert (status, answer["error"]["code"]) == (403, "acts_need_somebody")
    # Nor does one of us by way of a report that is not theirs.
    assert phone_of(door, world.cast.desk).does(report, "take_back")["outcome"] == "refused"
    assert Event.objects.get().state == State.REPORTED


def test_a_report_sent_without_a_token_is_acted_on_from_no_phone(door: Door, world: World) -> None:
    sent = a_report(random.Random(1), area=GRID)
    assert door.post(REPORTS, sent)[0] == 201
    taken_in()
    assert residents_phone(door).does(sent["id"], "take_back")["error"]["code"] == "no_such_matter"


def test_a_resident_takes_no_step_of_ours_and_every_step_of_theirs(door: Door, world: World) -> None:
    phone = residents_phone(door)
    report = phone.reports()
    event = Event.objects.get()
    for step in ("accept", "self_handle", "void", "arrive", "move"):
        told = phone.does(report, step, text="试试", area=NEXT_GRID, expected_state="reported")
        assert (told["outcome"], told["error"]["code"]) == ("refused", "not_yours"), step
    actions.self_handle(event, text="当场清理", by=world.cast.worker, at=timezone.now())
    assert phone.does(report, "follow_up", rating="not_satisfied", text="还是堵")["outcome"] == "done"
    assert phone.does(report, "reopen", text="还是堵")["outcome"] == "done"
    late = phone.does(report, "follow_up", rating="satisfied", text="现在好了", expected_state="self_handled")
    assert (late["outcome"], late["by_whom"]) == ("noted", "It has been taken up again.")
    assert Remark.objects.latest("id").for_reporter
    told = {one.person for one in Notice.objects.filter(entry=Entry.objects.latest("id"))}
    assert told == {world.cast.desk}


def test_what_a_resident_adds_after_the_end_is_kept_for_the_desk(door: Door, world: World) -> None:
    phone = residents_phone(door)
    report = phone.reports()
    event = Event.objects.get()
    actions.reject(event, text="重复上报", turn_to="请看原事件", by=world.cast.desk, at=timezone.now())
    told = phone.does(report, "supplement", text="不是重复，是另一处", expected_state="reported")
    assert (told["outcome"], told["by_whom"]) == ("noted", "It was not accepted. You read why below.")
    assert "不是重复" in Remark.objects.latest("id").text


# --- take back --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["resident", "worker"])
def test_a_slip_is_taken_back_by_its_reporter_and_counted_apart(door: Door, world: World, who: str) -> None:
    phone = residents_phone(door) if who == "resident" else phone_of(door, world.cast.worker)
    report = phone.reports()
    told = phone.does(report, "take_back", expected_state="reported")
    assert (told["outcome"], told["matter_state"]) == ("done", "voided")
    event = Event.objects.get()
    assert (event.state, event.is_open, event.taken_back_at) == (State.VOIDED, False, event.ended_at)
    entry = Entry.objects.latest("id")
    told_of_it = set(Notice.objects.filter(entry=entry).values_list("person__username", flat=True))
    assert told_of_it == {"desk", "worker"} - {who}
    slip = recent(world)
    actions.void(slip, text="误报，不是事件", by=world.cast.desk, at=timezone.now())
    moment = Moment(Period.parse({}, timezone.localdate()), timezone.now())
    counted = {
        code: [one.pk for one in rows_of(Event.objects.all(), BY_CODE[code], moment)]
        for code in ("voided", "taken_back")
    }
    assert counted == {"voided": [slip.pk], "taken_back": [event.pk]}
    # The desk may take it up all the same; then it is no longer taken back.
    actions.reopen(event, text="确有此事", by=world.cast.desk, at=timezone.now())
    event.refresh_from_db()
    assert (event.state, event.taken_back_at) == (State.REPORTED, None)


def test_who_took_it_back_is_not_named_to_those_who_may_not_know_the_reporter(door: Door, world: World) -> None:
    from linli.events.telling import who

    phone = phone_of(door, world.cast.worker)
    phone.does(phone.reports(), "take_back")
    entry = Entry.objects.latest("id")
    assert who(entry) == world.cast.worker.name
    assert who(entry, knows_reporter=False) != world.cast.worker.name


def test_what_somebody_has_acted_on_is_not_taken_back_but_the_wish_is_kept(door: Door, world: World) -> None:
    phone = residents_phone(door)
    report = phone.reports()
    event = Event.objects.get()
    actions.accept(event, by=world.cast.desk, at=timezone.now())
    told = phone.does(report, "take_back", expected_state="reported")
    assert (told["outcome"], told["by_whom"]) == ("noted", "It has been accepted.")
    event.refresh_from_db()
    assert (event.state, last_verb(event)) == (State.ACCEPTED, "noted")
    assert "撤回" in Remark.objects.latest("id").text


def test_after_ten_minutes_the_desk_is_asked(door: Door, world: World) -> None:
    phone = residents_phone(door)
    report = phone.reports()
    Event.objects.update(received_at=timezone.now() - timedelta(minutes=11))
    assert phone.does(report, "take_back")["error"]["code"] == "too_late_to_withdraw"
    # Said in time, and held up on the way.
    said_at = (timezone.now() - timedelta(minutes=5)).isoformat()
    assert phone.does(report, "take_back", made_at=said_at)["outcome"] == "done"


# --- the place --------------------------------------------------------------------------------------------------------


def test_near_a_border_the_reporter_is_asked_once_on_which_side_it_lies(door: Door, world: World) -> None:
    phone = phone_of(door, world.cast.worker)
    report = phone.reports(lon=ON_BORDER[0] - 0.00005, lat=ON_BORDER[1], accuracy_m=30.0)
    seen = phone.sees(report)
    assert {one["code"] for one in seen["sides"]} == {GRID, NEXT_GRID}
    assert phone.does(report, "place", area="440881101202001")["error"]["code"] == "point_elsewhere"
    told = phone.does(report, "place", area=NEXT_GRID, expected_state="reported")
    assert told["outcome"] == "done"
    event = Event.objects.get()
    assert (event.area_id, last_verb(event)) == (NEXT_GRID, "place_corrected")
    assert phone.sees(report)["area"] == NEXT_GRID
    # Still theirs to see and to put right, though the grid is not.
    assert phone.does(report, "place", lon=IN_GRID[0], lat=IN_GRID[1], place="村口小桥边")["outcome"] == "done"
    event.refresh_from_db()
    assert (event.area_id, event.place, event.lon, event.accuracy_m) == (GRID, "村口小桥边", IN_GRID[0], None)
    facts = Entry.objects.latest("id").facts
    assert (facts["came_from"], facts["to"]) == (NEXT_GRID, GRID)
    assert "place" not in facts
    assert phone.sees(report)["sides"] == []


def test_a_place_in_the_coordinates_of_a_chinese_map_is_turned_into_ours(door: Door, world: World) -> None:
    from linli.areas.crs import from_wgs84

    phone = residents_phone(door)
    report = phone.reports(lon=IN_GRID[0], lat=IN_GRID[1])
    lon, lat = from_wgs84(110.06, 21.71, "gcj02")
    assert phone.does(report, "place", lon=float(lon), lat=float(lat), crs="gcj02", accuracy_m=8)["outcome"] == "done"
    event = Event.objects.get()
    assert (event.lon, event.lat) == pytest.approx((110.06, 21.71), abs=1e-6)
    assert (event.accuracy_m, event.source_crs) == (8.0, "gcj02")


def test_once_a_department_has_it_a_better_place_is_a_note(door: Door, world: World) -> None:
    phone = residents_phone(door)
    report = phone.reports()
    event = Event.objects.get()
    actions.accept(event, by=world.cast.desk, at=timezone.now())
    actions.dispatch(event, lead=world.water, by=world.cast.desk, at=timezone.now())
    told = phone.does(report, "place", lon=110.06, lat=21.71, place="小桥东头", expected_state="reported")
    assert told["outcome"] == "noted"
    assert "小桥东头" in Remark.objects.latest("id").text
    assert Event.objects.get().lon is None


# --- answers ----------------------------------------------------------------------------------------------------------


def test_required_questions_are_asked_on_the_receipt_and_answered_there(door: Door, world: World) -> None:
    world.drain.questions = [DEPTH, KIND, {"code": "more", "ask": "其他", "type": "text"}]
    world.drain.save()
    phone = residents_phone(door)
    report = phone.reports()
    event = Event.objects.get()
    assert event.category == world.drain
    seen = phone.sees(report, accept_language="en")
    assert [one["ask"] for one in seen["questions"]] == ["How deep?", "Which?"]
    assert seen["questions"][1]["choices"] == [{"code": "pipe", "name": "Pipe"}, {"code": "ditch", "name": "Ditch"}]
    assert phone.sees(report)["questions"][0]["ask"] == "水多深？"
    assert phone.does(report, "answers", values={"kind": "moon"})["error"]["code"] == "answer_unknown"
    assert phone.does(report, "answers", values={"depth": 0.5, "kind": "ditch"})["outcome"] == "done"
    event.refresh_from_db()
    assert event.answers == {"depth": "0.5", "kind": "ditch"}
    assert Entry.objects.latest("id").facts["questions"] == ["depth", "kind"]
    assert phone.sees(report)["questions"] == []


def test_whoever_has_the_matter_answers_for_its_reporter_and_nobody_else(door: Door, world: World) -> None:
    event = recent(world)
    world.drain.questions = [DEPTH]
    world.drain.save()
    assert phone_of(door, world.cast.worker).does(event, "answers", values={"depth": "2"})["outcome"] == "done"
    told = phone_of(door, world.cast.leader).does(event, "answers", values={"depth": "3"})
    assert told["error"]["code"] == "not_your_report"


# --- is it this one? --------------------------------------------------------------------------------------------------


def test_a_resident_is_offered_what_everybody_may_see_and_joins_it_with_one_tap(door: Door, world: World) -> None:
    there = recent(world, text="村口水沟堵了，污水流到路上")
    actions.supplement(there, text="照片", photos=[photo().read()], by=world.cast.worker, at=timezone.now())
    public = make_public(there.pictures.get(), by=world.cast.desk, at=timezone.now())
    hidden = recent(world, category=world.quarrel, text="村口水沟堵了，邻里争吵")
    phone = residents_phone(door)
    report = phone.reports(text="村口水沟堵了，污水流到路上", contact="19900000099")
    (one,) = phone.sees(report, accept_language="en")["alike"]
    assert (one["number"], one["event"], one["title"]) == (there.number, None, "Drains")
    assert one["thumb"] == f"/public/media/{public}.jpg" or public in one["thumb"]
    # `recent` stays within the day: in its first hour the matter is not as old as that.
    assert re.fullmatch(r"(1\xa0hour|\d+\xa0minutes?) ago", one["age_words"])
    assert "污水" not in str(one)
    assert phone.does(report, "join", of=hidden.number)["error"]["code"] == "not_offered"
    assert phone.does(report, "join", of=there.number)["outcome"] == "done"
    assert Support.objects.get().of == there
    assert phone.sees(report)["alike"] == []
    assert phone.does(report, "join", of="")["outcome"] == "done"
    assert not Support.objects.exists()
    assert len(phone.sees(report)["alike"]) == 1


def test_one_of_us_is_offered_what_they_see_and_joins_that(door: Door, world: World) -> None:
    there = recent(world, text="村口水沟堵了，污水流到路上")
    away = recent(world, area=world.areas["440881102201001"], text="村口水沟堵了，污水流到路上")
    phone = phone_of(door, world.cast.worker)
    report = phone.reports(text="村口水沟堵了，污水流到路上", lon=IN_GRID[0], lat=IN_GRID[1])
    seen = phone.sees(report)
    assert [one["number"] for one in seen["alike"]] == [there.number]
    assert seen["alike"][0]["event"] == str(there.pk)
    assert phone.does(report, "join", of=away.number)["error"]["code"] == "not_offered"
    assert phone.does(report, "join", of=there.number)["outcome"] == "done"
    assert Entry.objects.get(verb="event.supported").by == world.cast.worker
    # Only the reporter says so.
    event = Event.objects.get(reported_by=world.cast.worker)
    told = phone_of(door, world.cast.desk).does(event, "join", of=there.number)
    assert told["error"]["code"] == "not_your_report"


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_staff_see_who_is_on_duty_and_a_resident_the_office_alone(door: Door, world: World) -> None:
    ours, theirs = phone_of(door, world.cast.worker), residents_phone(door)
    mine = ours.sees(ours.reports(1), accept_language="en")
    assert mine["who"] == [{"role": "Grid worker", "name": world.cast.worker.name}]
    assert (mine["state"], mine["matter_state"], mine["state_words"]) == ("taken_in", "reported", "Reported")
    assert mine["event"] == str(Event.objects.get().pk)
    their = theirs.sees(theirs.reports(2), accept_language="en")
    assert (their["office"], their["area_name"], their["state_words"]) == (
        "石城镇", "上县第五网格", "Your report has arrived.",
    )  # fmt: skip
    assert not {"who", "event"} & their.keys()
    names = {person.name for person in vars(world.cast).values()}
    assert not [name for name in names if name in str(their)]


def test_a_report_that_was_set_aside_says_so(door: Door, world: World) -> None:
    from linli.intake.models import Kept

    phone = residents_phone(door)
    sent = a_report(random.Random(5), area=GRID)
    phone.send(sent)
    Kept.objects.update(kind="patrol")
    taken_in()
    assert phone.sees(sent["id"])["state"] == "set_aside"


def test_looking_at_a_report_asks_the_store_a_fixed_number_of_times(door: Door, world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from linli.intake import seeing
    from linli.intake.accept import Sender
    from linli.intake.models import Kept

    phone = phone_of(door, world.cast.worker)
    report = phone.reports(text="村口水沟堵了，污水流到路上")
    row = Kept.objects.get(device_id=report)
    senders = {"worker": Sender("person", world.cast.worker.pk), "resident": Sender("public")}
    counts: dict[str, set[int]] = {who: set() for who in senders}
    for number in (1, 20):
        for _each in range(number):
            recent(world, text="村口水沟堵了，污水流到路上")
        for who, sender in senders.items():
            with CaptureQueriesContext(connection) as asked:
                found = seeing.told(row, sender, timezone.now())
            assert len(found["alike"]) == min(5, number)
            counts[who].add(len(asked))
    assert {who: len(one) for who, one in counts.items()} == {"worker": 1, "resident": 1}
    assert max(max(one) for one in counts.values()) <= 22


def test_a_report_taken_in_after_it_was_set_aside_wakes_the_act_that_waited(door: Door, world: World) -> None:
    from linli.intake import setaside
    from linli.intake.models import Kept, KeptState
    from linli.people.actions import scope_of

    phone = phone_of(door, world.cast.worker)
    sent = a_report(random.Random(6), area=GRID, by=phone.by)
    phone.send(sent)
    row = Kept.objects.get()
    content = bytes(row.content)
    Kept.objects.update(content=b"{")
    taken_in()
    act = phone.acts(sent["id"], "self_handle", text="清走路面砂石，已恢复通行")
    phone.send(act)
    taken_in()
    assert phone.sees(act)["state"] == "waiting"
    Kept.objects.filter(pk=row.pk).update(content=content)
    now, desk = timezone.now(), world.cast.desk
    row = Kept.objects.set_aside().get(pk=row.pk)
    setaside.retake(row, scope=scope_of(desk, now), by=desk, at=now)
    assert Kept.objects.get(device_id=act["id"]).state == KeptState.WAITING
    taken_in()
    assert phone.sees(act)["outcome"] == "done"


def test_the_reporter_reads_on_phone_and_page_that_they_took_it_back_and_what_was_answered(
    door: Door, world: World
) -> None:
    from linli.web import standing

    phone = residents_phone(door)
    slip, turned_away = phone.reports(1), phone.reports(2)
    phone.does(slip, "take_back")
    event = Event.objects.get(state=State.VOIDED)
    said = "您已撤回这件上报。"
    assert phone.sees(slip)["state_words"] == standing.of(event, timezone.now()).words == said
    other = Event.objects.get(state=State.REPORTED)
    actions.reject(other, text="重复上报", turn_to="请看原事件", by=world.cast.desk, at=timezone.now())
    seen = phone.sees(turned_away, accept_language="en")
    assert (seen["state_words"], seen["answer"]) == ("It was not accepted.", "重复上报\n请看原事件")
