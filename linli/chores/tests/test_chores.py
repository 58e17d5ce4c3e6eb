"""What the chores do."""

from datetime import date, timedelta

from linli.chores.running import run_once
from linli.events import actions, search
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.journal.actions import mark_read
from linli.journal.models import Entry, Notice
from linli.kit.models import CalendarDay


def work_at(days: float) -> None:
    assert run_once(lambda: NOON + timedelta(days=days)) == []


def reminders(event: Event) -> int:
    return Entry.objects.filter(on_key=str(event.pk), verb="event.review_due").count()


def test_the_search_index_follows(world: World) -> None:
    make_event(world)
    work_at(0)
    assert search.lag() == 0


def test_the_desk_is_reminded_once_of_a_review_day(world: World) -> None:
    event = make_event(world, State.DEFERRED)
    counts = []
    for days in (0, 29, 30, 30.5, 45):
        work_at(days)
        counts.append(reminders(event))
    assert counts == [0, 0, 1, 1, 1]
    told = Notice.objects.filter(entry__verb="event.review_due").values_list("person__username", flat=True)
    assert list(told) == ["desk"]


def test_a_deferral_ends_with_its_review_day_if_nobody_defers_again(world: World) -> None:
    event = make_event(world, State.DEFERRED)
    states = []
    for days in (30, 30.5, 31):
        work_at(days)
        event.refresh_from_db()
        states.append(event.state)
    assert states == [State.DEFERRED, State.DISPATCHED, State.DISPATCHED]


def test_a_matter_deferred_again_is_reminded_of_again(world: World) -> None:
    event = make_event(world, State.DEFERRED)
    work_at(30)
    actions.resume(event, by=world.cast.county, at=NOON + timedelta(days=30.1))
    again = date(2027, 1, 20)
    actions.defer(event, review_on=again, text="还要等", by=world.cast.county, at=NOON + timedelta(days=33))
    work_at(40)
    assert reminders(event) == 1
    work_at(65)
    assert reminders(event) == 2


def test_limits_become_firm_once_the_calendar_reaches_them(world: World) -> None:
    event = make_event(world, State.ACCEPTED, at=NOON + timedelta(days=44))  # 30 December
    assert event.due_is_provisional
    work_at(45)
    event.refresh_from_db()
    assert event.due_is_provisional
    before = event.due_at
    new_year = date(2027, 1, 1)
    CalendarDay.objects.bulk_create(CalendarDay(day=new_year + timedelta(days=n), is_working=False) for n in range(20))
    work_at(46)
    event.refresh_from_db()
    assert not event.due_is_provisional
    assert before is not None and event.due_at is not None and event.due_at > before


def test_notices_read_long_ago_are_forgotten_and_others_kept(world: World) -> None:
    make_event(world)
    # The clock warns meanwhile; what is read long ago is the report.
    desk = Notice.objects.filter(person=world.cast.desk, entry__verb="event.reported")
    mark_read(world.cast.desk, at=NOON)
    work_at(89)
    assert desk.count() == 1
    work_at(91)
    assert desk.count() == 0
    assert Notice.objects.filter(person=world.cast.worker, entry__verb="event.reported").exists()
