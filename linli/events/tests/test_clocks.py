"""Clocks: working days of the real calendar, caps by severity and urgency, pauses, provisional limits."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linli.events import actions
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry
from linli.kit.models import CalendarDay
from linli.kit.refusal import BadInput


def shanghai(month: int, day: int, hour: int, year: int = 2026) -> datetime:
    """A moment in Shanghai."""
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=8)


def closing(month: int, day: int, year: int = 2026) -> datetime:
    """When offices in Guangdong close on that day."""
    return shanghai(month, day, 17, year) + timedelta(minutes=30)


def test_a_report_waits_a_working_day_to_be_accepted(world: World) -> None:
    assert make_event(world, at=shanghai(11, 13, 17)).due_at == closing(11, 16)


def test_acceptance_starts_the_clock_of_the_category(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    assert event.due_at == closing(11, 19)
    assert event.clock_from == event.accepted_at


def test_national_day_and_its_make_up_days_are_counted(world: World) -> None:
    # 2026: 1 to 7 October are free, Saturday the 10th is worked.
    event = make_event(world, State.ACCEPTED, at=shanghai(9, 30, 10))
    assert event.due_at == closing(10, 10)


def test_severity_and_urgency_only_tighten(world: World) -> None:
    event = make_event(world)
    actions.accept(event, severity="grave", urgency="immediate", by=world.cast.desk, at=NOON)
    assert event.due_at == NOON + timedelta(hours=2)
    mild = make_event(world, category=world.wall)
    actions.accept(mild, severity="general", urgency="normal", by=world.cast.desk, at=NOON)
    assert mild.due_at == NOON + timedelta(hours=72)


def test_the_clock_stands_still_while_the_reporter_is_asked(world: World) -> None:
    event = make_event(world, State.ACCEPTED, category=world.wall)
    due_at = event.due_at
    assert due_at is not None
    actions.ask_supplement(event, text="哪一户？", by=world.cast.desk, at=NOON + timedelta(hours=10))
    assert event.paused_at == NOON + timedelta(hours=10)
    actions.supplement(event, text="第三户", by=None, at=NOON + timedelta(hours=34))
    assert (event.paused_at, event.due_at) == (None, due_at + timedelta(hours=24))


def test_an_overdue_matter_stays_overdue_after_a_pause(world: World) -> None:
    event = make_event(world, State.ACCEPTED, category=world.wall)
    late = NOON + timedelta(hours=80)
    actions.ask_supplement(event, text="哪一户？", by=world.cast.desk, at=late)
    actions.supplement(event, text="第三户", by=None, at=late + timedelta(hours=5))
    assert event.due_at is not None
    assert event.due_at < late + timedelta(hours=5)


def test_an_extended_limit_moves_by_the_pause(world: World) -> None:
    event = make_event(world, State.HANDLING)
    assert event.due_at is not None
    until = event.due_at + timedelta(days=2)
    actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=NOON + timedelta(hours=1))
    actions.extend(event, by=world.cast.desk, at=NOON + timedelta(hours=1))
    actions.ask_supplement(event, text="在哪？", by=world.cast.handler, at=NOON + timedelta(hours=2))
    actions.supplement(event, text="桥头", by=None, at=NOON + timedelta(hours=5))
    assert event.due_at == until + timedelta(hours=3)


def test_classifying_again_does_not_buy_time(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    actions.classify(event, category=world.quarrel, by=world.cast.desk, at=NOON + timedelta(days=1))
    assert event.due_at == closing(11, 30)
    actions.classify(event, category=world.drain, by=world.cast.desk, at=NOON + timedelta(days=1))
    assert event.due_at == closing(11, 19)


@pytest.mark.parametrize(("month", "provisional"), [(11, False), (12, True)])
def test_a_limit_beyond_the_published_calendar_is_provisional(world: World, month: int, provisional: bool) -> None:
    event = make_event(world, State.ACCEPTED, category=world.quarrel, at=shanghai(month, 25, 10))
    assert event.due_is_provisional is provisional


def test_a_provisional_limit_is_reckoned_again_once_the_year_is_published(world: World) -> None:
    event = make_event(world, State.ACCEPTED, category=world.quarrel, at=shanghai(12, 25, 10))
    assert event.due_at == closing(1, 8, 2027)
    newyear = [date(2027, 1, day) for day in (1, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15)]
    CalendarDay.objects.bulk_create(CalendarDay(day=day, is_working=False, name="元旦") for day in newyear)
    assert actions.reckon_provisional(shanghai(12, 28, 10)) == 1
    event.refresh_from_db()
    assert (event.due_at, event.due_is_provisional) == (closing(1, 25, 2027), False)
    moved = Entry.objects.get(verb="event.limits_moved", on_key=str(event.pk))
    assert moved.facts == {"clocks": ["handle"]}


def test_an_extension_is_granted_before_the_limit_runs_out_or_not_at_all(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    assert event.due_at is not None
    until = event.due_at + timedelta(days=3)
    actions.ask_extension(
        event, until=until, text="等材料", by=world.cast.handler, at=event.due_at - timedelta(hours=1)
    )
    with pytest.raises(BadInput) as refusal:
        actions.extend(event, by=world.cast.desk, at=event.due_at + timedelta(hours=1))
    assert refusal.value.code == "too_late_to_extend"
    actions.refuse_extension(event, text="已超期", by=world.cast.desk, at=event.due_at + timedelta(hours=1))
