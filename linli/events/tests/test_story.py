"""What reporters are told at the turning points, and those who follow a matter that is the same."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.events import actions, story
from linli.events.actions.course import PAST
from linli.events.models import Event, ReporterMessage
from linli.events.rules import ENDED, STEPS, TURNING_POINTS, Holder, MessageState, State
from linli.events.testing import PATHS, World, make_event
from linli.kit.refusal import NotYours

PHONE = "199 0000 0077"
#: Steps a reporter is told nothing of: what is asked inside, and what changes nothing for them.
_INSIDE = {"ask_extension", "refuse_extension", "classify", "move", "split"}


def reported(world: World, contact: str = "") -> Event:
    return actions.report(
        text="水沟堵了", area=world.grid, category=world.drain, at=timezone.now(), source="resident", contact=contact
    ).event


def walked(world: World, event: Event, state: str) -> Event:
    at = timezone.now()
    for second, act in enumerate(PATHS[state]):
        act(world, event, at + timedelta(seconds=second))
    event.refresh_from_db()
    return event


def test_every_step_is_a_turning_point_or_named_as_none() -> None:
    told = {step.name for step in STEPS if f"event.{PAST[step.name]}" in TURNING_POINTS}
    assert {step.name for step in STEPS} - told == _INSIDE


def test_every_turning_point_says_what_if_not() -> None:
    assert [verb for verb, point in TURNING_POINTS.items() if point.is_told and not point.if_not] == []


def test_no_end_promises_anything() -> None:
    ends = {f"event.{PAST[step.name]}" for step in STEPS if step.target in ENDED and step.target not in ("merged",)}
    assert {TURNING_POINTS[verb].holder for verb in ends} <= {Holder.NOBODY, Holder.DESK}
    assert {TURNING_POINTS[verb].promise for verb in ends} == {"none"}


@pytest.mark.parametrize("state", [state for state in State if state not in ("reported", "merged")])
def test_each_step_tells_the_reporter_in_its_own_transaction(world: World, state: str) -> None:
    event = walked(world, reported(world), state)
    messages = list(ReporterMessage.objects.filter(event=event))
    assert len(messages) == len(PATHS[state])
    assert {message.state for message in messages} == {MessageState.NONE}
    persons = {person.name for person in vars(world.cast).values()}
    assert not [one for one in messages if any(name in one.office for name in persons)]


@pytest.mark.parametrize("state", [State.DISPATCHED, State.SIGNED_FOR, State.HANDLING])
def test_it_says_who_has_it_and_by_when(world: World, state: str) -> None:
    event = walked(world, reported(world), state)
    newest = story.lines(event)[0]
    assert (newest.office, newest.promised_at) == ("水务局、住建局", event.due_at)
    assert newest.if_not


def test_a_step_that_is_refused_tells_nobody(world: World) -> None:
    event = reported(world)
    with pytest.raises(NotYours):
        actions.accept(event, by=world.cast.neighbour, at=timezone.now())
    assert not ReporterMessage.objects.exists()


def test_whoever_says_theirs_is_the_same_is_told_too_and_reads_nobodys_words(world: World) -> None:
    other, mine = reported(world), reported(world, contact=f"王女士 {PHONE}")
    actions.support(mine, of=other, at=timezone.now())
    actions.ask_supplement(other, text="三巷哪一户？", by=world.cast.desk, at=timezone.now())
    message = ReporterMessage.objects.get(event=mine)
    assert message.state == MessageState.WAITING
    lines = story.followed_lines(other, mine)
    assert [line.remark for line in lines] == [""]
    assert str(TURNING_POINTS["event.supplement_asked"].happened) in [line.words for line in lines]


def test_a_merged_matter_is_told_of_the_one_it_goes_with_however_often_that_was_merged(world: World) -> None:
    first, second, third = (reported(world) for _one in range(3))
    actions.merge(first, into=second, by=world.cast.desk, at=timezone.now())
    actions.merge(second, into=third, by=world.cast.desk, at=timezone.now())
    actions.accept(third, by=world.cast.desk, at=timezone.now())
    accepted = ReporterMessage.objects.filter(entry__verb="event.accepted")
    assert set(accepted.values_list("event", flat=True)) == {first.pk, second.pk, third.pk}


def test_only_those_who_left_a_way_to_be_reached_have_messages_to_send(world: World) -> None:
    walked(world, reported(world), State.ACCEPTED)
    mine = walked(world, reported(world, contact=f"王女士 {PHONE}"), State.ACCEPTED)
    (message,) = ReporterMessage.objects.to_send()
    assert message.event == mine
    assert actions.reach(message) == ("telephone", "19900000077")
    assert "王" not in story.sentence(message)


def test_what_was_read_on_the_page_is_not_sent(world: World) -> None:
    event = walked(world, reported(world, contact=PHONE), State.ACCEPTED)
    assert actions.mark_told(event, at=timezone.now()) == 1
    assert not ReporterMessage.objects.to_send().exists()


def test_a_message_is_noted_as_sent_once(world: World) -> None:
    walked(world, reported(world, contact="wang@example.org"), State.ACCEPTED)
    (message,) = ReporterMessage.objects.to_send()
    assert actions.reach(message) == ("email", "wang@example.org")
    assert actions.note_sent(message, MessageState.SENT, at=timezone.now())
    assert not actions.note_sent(message, MessageState.UNKNOWN, at=timezone.now())


def test_a_report_of_our_own_people_is_told_by_notices_alone(world: World) -> None:
    make_event(world, State.CLOSED, source="grid", by=world.cast.worker)
    assert not ReporterMessage.objects.exists()


def test_a_message_changes_nothing_of_what_is_promised(world: World) -> None:
    event = walked(world, reported(world), State.HANDLING)
    before = story.as_context(event, None)["now"]
    actions.write_to_reporter(event, text="明早八点方便吗？", by=world.cast.handler, at=timezone.now())
    after = story.as_context(event, None)
    assert (after["now"], after["lines"][0].remark) == (before, "明早八点方便吗？")
