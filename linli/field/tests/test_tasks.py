"""What a phone keeps of what waits for its holder, and of their grid."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.field.tasks import tasks_for
from linli.people.actions import scope_of
from linli.people.models import Person

pytestmark = pytest.mark.django_db


def kept(person: Person, where: str = "/m/tasks") -> dict[str, Any]:
    client = Client()
    client.force_login(person)
    answer = client.get(where)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def tasks(person: Person) -> dict[str, dict[str, Any]]:
    return {one["event"]: one for one in kept(person)["tasks"]}


def recent(world: World, state: str = State.REPORTED, **more: Any) -> Event:
    return make_event(world, state, at=timezone.now() - timedelta(hours=1), **more)


def test_a_grid_worker_finds_what_waits_in_their_grid_and_how_to_do_it(world: World) -> None:
    new, checking = recent(world), recent(world, State.CHECKING)
    recent(world, State.DISPATCHED), recent(world, State.CLOSED)
    elsewhere = recent(world, area=world.areas["440881102201001"])
    found = tasks(world.cast.worker)
    assert set(found) == {str(new.pk), str(checking.pk)} and str(elsewhere.pk) not in found
    one = found[str(checking.pk)]
    assert (one["base"], one["state_words"], one["area_name"]) == ("checking", "核实中", "上县第五网格")
    assert one["clock"]["kind"] == "accept" and one["clock"]["state"] in ("running", "due_soon")
    assert one["clock"]["soon_at"] < one["clock"]["due_at"]
    steps = {step["step"]: step for step in one["steps"]}
    assert {"check_truth", "accept", "self_handle"} <= set(steps)
    assert steps["self_handle"]["leads_to"] == "self_handled"
    assert steps["self_handle"]["label"] == "就地办结" or steps["self_handle"]["label"]
    assert one["told"][0]["words"].startswith("周县办")


def test_an_officer_finds_what_their_department_has_to_do_and_what_follows_without_network(world: World) -> None:
    event = recent(world, State.DISPATCHED)
    one = tasks(world.cast.handler)[str(event.pk)]
    assert next(step["step"] for step in one["steps"] if not step["is_side"]) == "sign_for"
    assert one["clock"]["kind"] == "sign"
    signed = {step["step"]: step for step in one["later"]["signed_for"]}
    assert {"handle", "submit_result", "hand_back"} <= set(signed) and "sign_for" not in signed
    assert signed["submit_result"]["leads_to"] == "result_submitted"
    assert "submit_result" in {step["step"] for step in one["later"]["handling"]}
    # Whoever submits the result does not verify it.
    assert "verify" not in {step["step"] for step in one["later"].get("result_submitted", [])}
    assert one["who"] == "水务局"


def test_a_co_handler_who_has_answered_has_nothing_to_do_any_more(world: World) -> None:
    event = recent(world, State.SIGNED_FOR)
    assert str(event.pk) in tasks(world.cast.co_handler)
    part = event.parts.get(department="housing")
    actions.PART_ACTS["answer_part"](part, text="已看过", by=world.cast.co_handler, at=timezone.now())
    assert str(event.pk) not in tasks(world.cast.co_handler)
    assert str(event.pk) in tasks(world.cast.handler)


def test_whoever_reported_it_is_asked_for_more(world: World) -> None:
    event = recent(world, State.SUPPLEMENT_ASKED, by=world.cast.worker, source="grid")
    recent(world, State.SUPPLEMENT_ASKED)
    found = tasks(world.cast.worker)
    assert set(found) == {str(event.pk)}
    assert "supplement" in {step["step"] for step in found[str(event.pk)]["steps"]}


def test_of_a_dispute_nothing_that_was_said_lies_on_a_phone(world: World) -> None:
    event = recent(world, category=world.quarrel, text="张家和李家为墙吵起来了")
    for person in (world.cast.worker, world.cast.cadre):
        for where in ("/m/tasks", "/m/grid"):
            assert "张家" not in json.dumps(kept(person, where), ensure_ascii=False)
    one = tasks(world.cast.worker)[str(event.pk)]
    assert (one["title"], one["text"], one["told"], one["at_the_desk_only"]) == ("邻里纠纷", "", [], True)


def test_who_reported_it_and_how_to_call_them_is_never_told(world: World) -> None:
    event = actions.report(
        text="水沟堵了", area=world.grid, category=world.drain, contact="19900000099", at=timezone.now(), source="grid",
        by=world.cast.cadre,
    ).event  # fmt: skip
    said = json.dumps([kept(world.cast.worker), kept(world.cast.worker, "/m/grid")], ensure_ascii=False)
    assert event.number in said and "19900000099" not in said and "黄村长" not in said.replace('"name": "黄村长"', "")


def test_steps_that_only_the_desk_shows_well_are_named_and_left_there(world: World) -> None:
    event = recent(world, State.ACCEPTED)
    one = tasks(world.cast.desk)[str(event.pk)]
    assert "dispatch" in one["elsewhere"] and "dispatch" not in {step["step"] for step in one["steps"]}
    assert one["desk"] == f"/desk/events/{event.pk}/" or one["desk"].startswith("/desk/")


def test_my_grid_shows_what_is_open_who_is_on_duty_and_what_i_was_told(world: World) -> None:
    event = recent(world)
    recent(world, State.CLOSED), recent(world, area=world.areas["440881102201001"])
    found = kept(world.cast.worker, "/m/grid")
    assert [one["event"] for one in found["open"]] == [str(event.pk)]
    assert found["open_by_area"] == {world.grid.code: 1}
    assert [one["name"] for one in found["on_duty"][world.grid.code]] == ["陈小禾"]
    notice = next(one for one in found["notices"] if one["event"] == str(event.pk))
    assert event.number in notice["words"] and not notice["read"]


def test_nobody_and_the_administrators_keep_nothing(world: World) -> None:
    recent(world)
    for person in (world.cast.nobody, world.cast.system, world.cast.auditor):
        assert kept(person)["tasks"] == [] and kept(person, "/m/grid")["open"] == []


def test_tasks_are_told_anew_only_when_something_happened(world: World) -> None:
    event = recent(world)
    client = Client()
    client.force_login(world.cast.worker)
    tag = client.get("/m/tasks").headers["ETag"]
    assert client.get("/m/tasks", headers={"if-none-match": tag}).status_code == 304
    actions.accept(event, by=world.cast.county, at=timezone.now())
    assert client.get("/m/tasks", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("where", ["/m/tasks", "/m/grid"])
def test_twenty_take_as_many_queries_as_one(world: World, where: str) -> None:
    client = Client()
    client.force_login(world.cast.desk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(where)
        return len(caught)

    states = (State.REPORTED, State.RESULT_SUBMITTED, State.SIGNED_FOR, State.ACCEPTED)
    for state in states:
        recent(world, state)
    queries()
    few = queries()
    for state in states * 4:
        recent(world, state)
    assert queries() <= few


def test_a_form_that_is_the_same_for_every_matter_is_described_once(world: World) -> None:
    from linli.field import describing

    for _each in range(8):
        recent(world, State.SIGNED_FOR)
    at = timezone.now()
    known = _told_for(world, at)
    described = describing._of_class.cache_info().misses + describing._of_all.cache_info().misses
    assert _told_for(world, at) == known and known["tasks"]
    assert describing._of_class.cache_info().misses + describing._of_all.cache_info().misses == described
    with translation.override("en"):
        labels = [step["label"] for task in _told_for(world, at)["tasks"] for step in task["steps"]]
    assert labels and all(label.isascii() for label in labels)


def _told_for(world: World, at: datetime) -> dict[str, Any]:
    return tasks_for(world.cast.handler, scope_of(world.cast.handler, at), at)


def test_a_phone_keeps_the_most_pressing_and_says_that_there_are_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.field.tasks.MOST_TASKS", 1)
    first = make_event(world, at=NOON)
    make_event(world, at=NOON + timedelta(days=1))
    at = NOON + timedelta(days=2)
    found = tasks_for(world.cast.worker, scope_of(world.cast.worker, at), at)
    assert ([one["event"] for one in found["tasks"]], found["is_cut"]) == ([str(first.pk)], True)
