"""Many at once, each with a connection of its own: one wins, numbers have no gaps, the journal stays whole."""

from datetime import timedelta

import pytest

from linli.chores.examining import _number_faults
from linli.events import actions
from linli.events.models import Event
from linli.events.rules import Door, Source, State
from linli.events.testing import NOON, make_event, make_world
from linli.journal.models import Entry
from linli.journal.proving import verify_chain
from linli.kit.testing import together
from linli.people.models import Department

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(hours=1)
AT_ONCE = 6


def test_of_six_who_accept_at_once_one_wins() -> None:
    world = make_world()
    event = make_event(world)
    seen = [Event.objects.get(pk=event.pk) for _n in range(AT_ONCE)]
    answers = together(AT_ONCE, lambda number: actions.accept(seen[number], by=world.cast.desk, at=LATER))
    assert sorted(map(str, answers)) == ["None", *["moved_on"] * (AT_ONCE - 1)]
    assert Entry.objects.filter(on_key=str(event.pk), verb="event.accepted").count() == 1
    assert list(verify_chain()) == []


def test_reports_at_once_get_numbers_without_gaps() -> None:
    world = make_world()

    def report_some(_number: int) -> None:
        for _n in range(5):
            actions.report(text="路灯不亮", area=world.grid, category=world.drain, at=NOON, source=Source.RESIDENT)

    together(AT_ONCE, report_some)
    numbers = sorted(Event.objects.values_list("number", flat=True))
    assert numbers == [f"440881101-202611-{running:06d}" for running in range(1, 5 * AT_ONCE + 1)]
    assert list(_number_faults()) == []
    assert list(verify_chain()) == []


def test_two_merges_crosswise_leave_one_matter_open() -> None:
    world = make_world()
    pair = [make_event(world), make_event(world)]
    seen = [[Event.objects.get(pk=one.pk) for one in pair] for _n in range(AT_ONCE)]

    def merge(number: int) -> None:
        one, other = seen[number] if number % 2 else reversed(seen[number])
        actions.merge(one, into=other, by=world.cast.desk, at=LATER)

    answers = together(AT_ONCE, merge)
    assert answers.count(None) == 1
    assert sorted(Event.objects.values_list("state", flat=True)) == [State.MERGED, State.REPORTED]


def test_of_six_who_enter_the_same_order_of_the_hotline_at_once_one_wins() -> None:
    world = make_world()
    taken = actions.Taken(Door.HOTLINE, "村口水沟堵了", "GD 7")

    def enter(_number: int) -> str:
        return actions.report(
            text="水沟", area=world.grid, at=NOON, source=Source.DESK, by=world.cast.desk, taken=taken
        ).event.external_no

    assert sorted(together(AT_ONCE, enter)) == ["GD7", *["order_entered"] * (AT_ONCE - 1)]
    assert list(_number_faults()) == []


def test_while_the_lead_submits_no_answer_goes_back_unnoticed() -> None:
    world = make_world()
    event = make_event(world, State.SIGNED_FOR)
    part = event.parts.get(department=world.housing)
    actions.PART_ACTS["answer_part"](part, text="已加固", by=world.cast.co_handler, at=LATER)
    seen = [Event.objects.get(pk=event.pk) for _n in range(AT_ONCE)]

    def act_on_it(number: int) -> None:
        if number % 2:
            actions.submit_result(seen[number], text="已疏通", by=world.cast.handler, at=LATER)
        else:
            actions.PART_ACTS["send_back_part"](part, text="没有照片", by=world.cast.desk, at=LATER)

    together(AT_ONCE, act_on_it)
    event.refresh_from_db()
    verbs = list(Entry.objects.filter(on_key=str(event.pk)).order_by("id").values_list("verb", flat=True))
    if event.state == State.RESULT_SUBMITTED and "event.part_sent_back" in verbs:
        assert verbs.index("event.result_submitted") < verbs.index("event.part_sent_back")
    assert "event.result_submitted" in verbs or "event.part_sent_back" in verbs


def test_of_six_who_add_the_same_department_at_once_one_wins() -> None:
    world = make_world()
    event = make_event(world, State.SIGNED_FOR)
    roads = Department.objects.create(code="roads", name="公路局", area=world.areas["440881"])
    seen = [Event.objects.get(pk=event.pk) for _n in range(AT_ONCE)]
    answers = together(
        AT_ONCE,
        lambda number: actions.add_part(seen[number], department=roads, text="路面", by=world.cast.desk, at=LATER),
    )
    assert sorted(map(str, answers)) == ["None", *["has_a_part"] * (AT_ONCE - 1)]
    assert event.parts.filter(department=roads).count() == 1
