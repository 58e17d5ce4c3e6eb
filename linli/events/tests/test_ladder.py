"""The ladder: due soon, reminded, supervised, handed up; inside office hours; each warning once."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from linli.events import actions
from linli.events.actions import ladder
from linli.events.models import Clock, Event, Supervision
from linli.events.rules import State, Urgency
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import add_leave
from linli.people.models import Appointment, Person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - 8 * HOUR


def warned(event: Event, verb: str = "") -> list[tuple[str, int]]:
    """The warnings given, as kind of clock and rung."""
    entries = Entry.objects.filter(on_key=str(event.pk), facts__has_key="rung").order_by("id")
    return [(one.facts["kind"], one.facts["rung"]) for one in entries if verb in one.verb]


def told(event: Event, verb: str) -> set[Person]:
    entry = Entry.objects.filter(on_key=str(event.pk), verb=verb).latest("id")
    return {notice.person for notice in Notice.objects.filter(entry=entry).select_related("person")}


def climb_until(at: datetime) -> None:
    """The worker looks at every moment at which something is due, up to this one."""
    while (
        due := Clock.objects.to_look_at(at).order_by("next_at").values_list("next_at", flat=True).first()
    ) is not None:
        ladder.climb(due)


def test_a_report_climbs_from_due_soon_to_the_next_level(world: World) -> None:
    event = make_event(world)  # Monday noon, to be accepted by Tuesday 17:30
    climb_until(shanghai(17, 17, 59))
    assert warned(event) == [("accept", 1)]
    # The limit passes as the office closes: the reminder waits for the morning.
    climb_until(shanghai(18, 8, 29))
    assert warned(event) == [("accept", 1)]
    climb_until(shanghai(18, 8, 30))
    assert warned(event) == [("accept", 1), ("accept", 2)]
    assert told(event, "event.reminded") == {world.cast.worker, world.cast.desk}
    climb_until(shanghai(25, 18))
    assert warned(event) == [("accept", 1), ("accept", 2), ("accept", 3), ("accept", 4)]
    assert told(event, "event.raised") == {world.cast.worker, world.cast.desk, world.cast.county}
    assert not Clock.objects.filter(event=event, next_at__isnull=False).exists()


def test_a_supervisor_is_named_with_a_date_of_their_own(world: World) -> None:
    event = make_event(world)
    climb_until(shanghai(19, 18))
    supervision = Supervision.objects.get(event=event)
    assert (supervision.supervisor, supervision.ordered_by) == (world.cast.leader, None)
    assert supervision.due_at == shanghai(23, 17, 30)
    assert world.cast.leader in told(event, "event.supervised")
    assert ladder.climb(shanghai(23, 18)) >= 1
    assert world.cast.county in told(event, "event.supervision_overdue")
    assert Entry.objects.filter(on_key=str(event.pk), verb="event.supervision_overdue").count() == 1


def test_an_urgent_matter_warns_in_the_night_too(world: World) -> None:
    event = actions.report(
        text="墙要倒", area=world.grid, urgency=Urgency.IMMEDIATE, at=shanghai(17, 22), source="resident", by=None
    ).event
    climb_until(shanghai(17, 23))
    assert warned(event) == [("accept", 1), ("accept", 2)]


def test_a_worker_that_was_away_gives_the_last_warning_and_says_which_it_passed_over(world: World) -> None:
    event = make_event(world)
    ladder.climb(shanghai(27, 12))
    entry = Entry.objects.get(on_key=str(event.pk), facts__has_key="rung")
    assert (entry.facts["rung"], entry.facts["passed_over"]) == (4, [1, 2, 3])
    assert ladder.climb(shanghai(28, 12)) == 0


def test_what_was_done_in_time_warns_nobody(world: World) -> None:
    event = make_event(world, State.CLOSED)
    paused = make_event(world, State.DEFERRED)
    climb_until(shanghai(27, 9))
    assert warned(event) == []
    assert warned(paused) == []


def test_the_department_is_pressed_to_sign_and_its_co_handler_apart(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    climb_until(shanghai(17, 18))
    reminders = Entry.objects.filter(on_key=str(event.pk), verb="event.reminded", facts__kind="sign")
    assert [one.facts["department"] for one in reminders] == ["housing"]
    assert {n.person for n in Notice.objects.filter(entry=reminders[0])} == {world.cast.co_handler}


def test_leave_counts_when_the_warning_comes(world: World) -> None:
    leader = Appointment.objects.get(person=world.cast.leader)
    add_leave(leader, from_at=shanghai(18, 0), to_at=shanghai(30, 0))
    event = make_event(world)
    climb_until(shanghai(19, 18))
    assert Supervision.objects.get(event=event).supervisor == world.cast.county


def test_a_hundred_clocks_fire_once_each_whoever_looks_and_however_often(world: World) -> None:
    events = [make_event(world, at=NOON + timedelta(minutes=number)) for number in range(20)]
    at = shanghai(17, 8)
    while at < shanghai(26, 20):
        ladder.climb(at, limit=7)
        ladder.climb(at, limit=3)
        at += 37 * timedelta(minutes=10)
    fired = Counter(
        (one.facts["clock"], rung)
        for one in Entry.objects.filter(facts__has_key="rung")
        for rung in [one.facts["rung"], *one.facts.get("passed_over", [])]
    )
    assert set(fired.values()) == {1}
    assert len(fired) == 4 * len(events)


def test_a_reminder_by_hand_reaches_those_who_have_it_once_a_day(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    actions.remind(event, by=world.cast.leader, at=NOON + HOUR, text="群众在等")
    assert told(event, "event.reminded") == {world.cast.handler, world.cast.co_handler}
    with pytest.raises(Refused) as refusal:
        actions.remind(event, by=world.cast.desk, at=NOON + 2 * HOUR)
    assert refusal.value.code == "reminded_today"
    actions.remind(event, by=world.cast.desk, at=NOON + DAY)


def test_a_leader_has_a_matter_supervised_and_ends_it_with_words(world: World) -> None:
    event, leader = make_event(world, State.SIGNED_FOR), world.cast.leader
    actions.supervise(
        event, supervisor=leader, text="已拖三日", by=world.cast.desk, at=NOON + HOUR, due_at=NOON + 2 * DAY
    )
    assert told(event, "event.supervised") == {leader}
    assert [one.event for one in actions.open_supervisions(Event.objects.all())] == [event]
    with pytest.raises(Refused) as refusal:
        actions.supervise(event, supervisor=leader, text="再督办", by=leader, at=NOON + HOUR)
    assert refusal.value.code == "supervised_already"
    actions.end_supervision(event, text="已进场", by=leader, at=NOON + 3 * HOUR)
    assert Supervision.objects.get(event=event).result == "已进场"
    assert actions.open_supervisions(Event.objects.all()) == []


def test_only_who_answers_for_the_area_supervises(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    with pytest.raises(BadInput) as refusal:
        actions.supervise(event, supervisor=world.cast.handler, text="催", by=world.cast.desk, at=NOON)
    assert refusal.value.code == "no_supervisor"
    with pytest.raises(NotYours):
        actions.supervise(event, supervisor=world.cast.leader, text="催", by=world.cast.handler, at=NOON)


def test_a_supervision_ends_with_its_matter(world: World) -> None:
    event = make_event(world, State.VERIFIED)
    actions.supervise(event, supervisor=world.cast.leader, text="催", by=world.cast.desk, at=NOON + HOUR)
    actions.close(event, text="已办结", by=world.cast.desk, at=NOON + 2 * HOUR)
    assert Supervision.objects.get(event=event).ended_at == NOON + 2 * HOUR
    assert ladder.climb(NOON + 30 * DAY) == 0


def test_what_is_handed_up_reaches_the_next_levels_desk(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    actions.escalate(event, text="涉及三镇", by=world.cast.desk, at=NOON + HOUR)
    assert told(event, "event.raised") == {world.cast.county}
