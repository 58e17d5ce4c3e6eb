"""The course of an event, act by act, on the database."""

from datetime import timedelta

import pytest

from linli.events import actions
from linli.events.models import Event, NumberSeries
from linli.events.rules import Source, State
from linli.events.testing import NOON, PATHS, World, make_event
from linli.journal.models import Entry, Notice
from linli.journal.proving import verify_chain
from linli.kit.refusal import BadInput, NotYours, Refused

LATER = NOON + timedelta(hours=3)


def verbs(event: Event) -> list[str]:
    """What the journal says of an event."""
    return list(Entry.objects.filter(on_key=str(event.pk)).values_list("verb", flat=True))


@pytest.mark.parametrize("state", PATHS)
def test_every_state_is_reached_by_acts_and_journalled(world: World, state: str) -> None:
    event = make_event(world, state)
    assert event.state == state
    acts = [verb for verb in verbs(event) if verb != "event.part_dropped"]  # told beside the result
    assert len(acts) == 1 + len(PATHS[state])
    assert list(verify_chain()) == []


def test_the_whole_loop(world: World) -> None:
    cast = world.cast
    reported = actions.report(text="水沟堵塞", area=world.grid, category=world.drain, at=NOON, source=Source.RESIDENT)
    event = reported.event
    actions.check_truth(event, is_true=True, by=cast.worker, at=NOON)
    actions.accept(event, by=cast.worker, at=NOON)
    actions.dispatch(event, lead=world.water, co_handlers=[world.housing], by=cast.desk, at=NOON)
    actions.sign_for(event, by=cast.handler, at=NOON)
    actions.sign_for(event, by=cast.co_handler, at=NOON)
    actions.handle(event, by=cast.handler, at=NOON)
    actions.submit_result(event, text="已疏通", without="只作支持", by=cast.handler, at=LATER)
    actions.verify(event, by=cast.verifier, at=LATER)
    actions.close(event, text="水沟已疏通", by=cast.desk, at=LATER)
    actions.follow_up(event, rating="not_satisfied", by=None, at=LATER)
    actions.reopen(event, text="又堵了", by=None, at=LATER)
    assert verbs(event) == [
        *("event.reported", "event.truth_checked", "event.accepted", "event.dispatched", "event.signed_for"),
        *("event.signed_for", "event.handling_begun", "event.part_dropped", "event.result_submitted"),
        *("event.verified", "event.closed"),
        *("event.followed_up", "event.reopened"),
    ]
    event.refresh_from_db()
    assert (event.state, event.reopened, event.ended_at, event.rating) == (State.ACCEPTED, 1, None, "")
    assert not event.parts.exists()


def test_a_grid_worker_may_not_dispatch(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    with pytest.raises(NotYours):
        actions.dispatch(event, lead=world.water, by=world.cast.worker, at=LATER)
    assert verbs(event)[-1] == "event.accepted"


def test_the_neighbour_may_do_nothing(world: World) -> None:
    for state in PATHS:
        assert actions.steps_for(make_event(world, state), world.cast.neighbour, LATER) == []


def test_who_handled_never_verifies_even_as_desk(world: World) -> None:
    event = make_event(world, State.RESULT_SUBMITTED)
    with pytest.raises(NotYours):
        actions.verify(event, by=world.cast.handler, at=LATER)
    event.hands.create(person=world.cast.desk)
    with pytest.raises(NotYours) as refusal:
        actions.verify(event, by=world.cast.desk, at=LATER)
    assert refusal.value.code == "own_work"
    assert "verify" not in actions.steps_for(event, world.cast.desk, LATER)


def test_of_two_at_once_one_wins(world: World) -> None:
    event = make_event(world)
    seen_by_the_other = Event.objects.get(pk=event.pk)
    actions.accept(event, by=world.cast.desk, at=LATER)
    with pytest.raises(Refused) as refusal:
        actions.reject(seen_by_the_other, text="不是", turn_to="12345", by=world.cast.desk, at=LATER)
    assert refusal.value.code == "moved_on"
    assert verbs(event) == ["event.reported", "event.accepted"]


def test_a_refused_act_leaves_nothing_behind(world: World) -> None:
    event = make_event(world, State.HANDLING)
    with pytest.raises(BadInput):
        actions.submit_result(event, text="", by=world.cast.handler, at=LATER)
    event.refresh_from_db()
    assert event.state == State.HANDLING
    assert verbs(event)[-1] == "event.handling_begun"


def test_a_rejection_says_why_and_where_to_turn(world: World) -> None:
    event = make_event(world)
    with pytest.raises(BadInput):
        actions.reject(event, text="不归本平台", turn_to=" ", by=world.cast.desk, at=LATER)
    event.refresh_from_db()
    actions.reject(event, text="不归本平台", turn_to="请拨打12345", by=world.cast.desk, at=LATER)
    assert event.outcome == "不归本平台\n请拨打12345"
    assert event.remarks.get(for_reporter=True).text == event.outcome


def test_notices_go_to_those_on_duty_and_not_to_who_acts(world: World) -> None:
    event = make_event(world)
    assert _told(event) == {"worker", "desk"}
    actions.accept(event, by=world.cast.desk, at=LATER)
    actions.dispatch(event, lead=world.water, by=world.cast.desk, at=LATER)
    assert _told(event) == {"handler"}


def _told(event: Event) -> set[str]:
    last = Entry.objects.filter(on_key=str(event.pk)).latest("id")
    return set(Notice.objects.filter(entry=last).values_list("person__username", flat=True))


def test_a_new_dispatch_takes_the_place_of_the_old(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    actions.dispatch(event, lead=world.housing, by=world.cast.desk, at=LATER)
    assert [(part.department_id, part.leads, part.signed_at) for part in event.parts.all()] == [("housing", True, None)]


def test_an_upheld_objection_and_a_hand_back_end_the_parts(world: World) -> None:
    objected = make_event(world, State.OBJECTED)
    actions.uphold_objection(objected, by=world.cast.desk, at=LATER)
    handed = make_event(world, State.HANDLING)
    actions.hand_back(handed, text="需要城管先清场", by=world.cast.handler, at=LATER)
    for event in (objected, handed):
        assert event.state == State.ACCEPTED
        assert not event.parts.exists()


def test_rework_goes_back_to_the_same_departments(world: World) -> None:
    event = make_event(world, State.RESULT_SUBMITTED)
    due_at = event.due_at
    actions.rework(event, text="还有积水", by=world.cast.verifier, at=LATER)
    assert (event.state, event.reworked, event.handled_at, event.due_at) == (State.HANDLING, 1, None, due_at)
    assert event.parts.count() == 2


def test_the_holder_of_a_receipt_reopens_within_thirty_days(world: World) -> None:
    event = make_event(world, State.CLOSED)
    assert event.ended_at is not None
    with pytest.raises(Refused) as refusal:
        actions.reopen(event, text="没有解决", by=None, at=event.ended_at + timedelta(days=31))
    assert refusal.value.code == "too_late_to_reopen"
    actions.reopen(event, text="没有解决", by=None, at=event.ended_at + timedelta(days=29))
    assert event.state == State.ACCEPTED


def test_a_supplement_answers_the_question_and_goes_back(world: World) -> None:
    event = make_event(world, State.SUPPLEMENT_ASKED)
    actions.supplement(event, text="在祠堂门口", by=None, at=LATER)
    assert event.state == State.REPORTED
    assert event.remarks.latest("id").text == "在祠堂门口"


def test_moving_tells_the_other_grid_and_keeps_the_number(world: World) -> None:
    event = make_event(world)
    number = event.number
    actions.move(event, area=world.areas["440881102201001"], text="在隔壁镇", by=world.cast.desk, at=LATER)
    assert "neighbour" in _told(event)
    assert (event.number, event.area_id) == (number, "440881102201001")
    assert actions.steps_for(event, world.cast.desk, LATER) == []


def test_an_extension_is_asked_for_granted_and_counted(world: World) -> None:
    event = make_event(world, State.HANDLING)
    assert event.due_at is not None
    until = event.due_at + timedelta(days=5)
    actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=LATER)
    assert "ask_extension" not in actions.steps_for(event, world.cast.handler, LATER)
    actions.extend(event, by=world.cast.desk, at=LATER)
    assert (event.due_at, event.extensions, event.extension_asked_until) == (until, 1, None)
    with pytest.raises(Refused):
        actions.refuse_extension(event, text="不行", by=world.cast.desk, at=LATER)


@pytest.mark.parametrize(("days", "code"), [(-1, "extension_not_later"), (91, "extension_too_long")])
def test_an_extension_lies_after_the_limit_and_not_too_far(world: World, days: int, code: str) -> None:
    event = make_event(world, State.HANDLING)
    assert event.due_at is not None
    with pytest.raises(BadInput) as refusal:
        actions.ask_extension(
            event, until=event.due_at + timedelta(days=days), text="等", by=world.cast.handler, at=LATER
        )
    assert refusal.value.code == code


def test_too_late_to_ask_for_an_extension(world: World) -> None:
    event = make_event(world, State.HANDLING)
    assert event.due_at is not None
    late = event.due_at + timedelta(hours=1)
    with pytest.raises(BadInput):
        actions.ask_extension(event, until=late + timedelta(days=9), text="等", by=world.cast.handler, at=late)


def test_deferring_needs_a_day_of_review(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    with pytest.raises(BadInput):
        actions.defer(event, review_on=NOON.date(), text="以后", by=world.cast.desk, at=NOON)
    actions.defer(event, review_on=NOON.date() + timedelta(days=30), text="等雨季过后", by=world.cast.desk, at=NOON)
    assert actions.review_days_come(NOON) == []
    assert actions.review_days_come(NOON + timedelta(days=30)) == [event]


def test_numbers_are_gap_free_per_township_and_month(world: World) -> None:
    numbers = [make_event(world).number for _n in range(3)]
    assert numbers == [f"440881101-202611-{n:06d}" for n in (1, 2, 3)]
    with pytest.raises(BadInput):
        actions.report(text="", area=world.grid, at=NOON, source=Source.DESK)
    assert make_event(world).number == "440881101-202611-000004"
    assert make_event(world, area=world.areas["440881"]).number == "440881000-202611-000001"
    assert NumberSeries.objects.get(township="440881101").last == 4


def test_the_month_of_a_number_is_the_homes_month(world: World) -> None:
    evening_in_utc = NOON.replace(month=10, day=31, hour=17)
    assert make_event(world, at=evening_in_utc).number == "440881101-202611-000001"
