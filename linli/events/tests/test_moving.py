"""The calendar changes, and the limits that are not met yet follow; what has stopped never does."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.events import actions
from linli.events.actions import calendar, moving, promise
from linli.events.models import CalendarEdit, Clock, Event
from linli.events.rules import ClockKind, State
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry
from linli.kit.dayfiles import FoundDay
from linli.kit.models import CalendarDay, OfficeHours, Origin
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.workdays import WorkCalendar, stored_calendar

#: The day after the matters of a test were accepted, a working Tuesday.
TOMORROW = date(2026, 11, 17)
HALF_DAYS = "09:00-12:00,15:00-17:00"


def change(world: World, *days: FoundDay | None, day: date = TOMORROW, at: datetime = NOON) -> CalendarEdit:
    changes = calendar.Changes({day: days[0]})
    return calendar.change_calendar(changes, reason="台风停工", by=world.cast.county, at=at)


def off(day: date = TOMORROW) -> FoundDay:
    return FoundDay(day, False, "台风停工")


def test_a_day_off_moves_the_promise_its_row_and_the_parts_that_end_with_it(world: World) -> None:
    event = make_event(world, State.HANDLING, at=NOON)
    was = event.due_at
    assert was is not None
    edit = change(world, off())
    event.refresh_from_db()
    assert event.due_at == was + timedelta(days=1)
    ends = set(event.clocks.unstopped().filter(kind=ClockKind.HANDLE).values_list("due_at", flat=True))
    # The co-handler had not signed for it yet: that limit moves too.
    assert ends == {event.due_at} and edit.moved == 2
    entry = Entry.objects.get(on_key=str(event.pk), verb="event.limits_moved")
    assert entry.facts == {"clocks": ["handle", "sign"], "edit": edit.entry_id}


def test_what_is_foreseen_is_what_happens(world: World) -> None:
    make_event(world, State.HANDLING, at=NOON)
    make_event(world, State.REPORTED, at=NOON)
    changes = calendar.Changes({TOMORROW: off()})
    foreseen = calendar.foreseen(changes, NOON)
    assert (foreseen.later, foreseen.sooner, foreseen.matters, foreseen.furthest) == (3, 0, 2, timedelta(days=1))
    assert not CalendarEdit.objects.exists()
    assert change(world, off()).moved == foreseen.limits


def test_clocks_that_have_stopped_and_matters_that_have_ended_are_never_touched(world: World) -> None:
    event = make_event(world, State.CLOSED, at=NOON)
    before = list(event.clocks.values())
    assert before and change(world, off()).moved == 0
    assert list(event.clocks.values()) == before


def test_an_extension_stays_as_it_was_granted(world: World) -> None:
    event = make_event(world, State.HANDLING, at=NOON)
    until = NOON + timedelta(days=20)
    actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=NOON + timedelta(hours=1))
    actions.extend(event, by=world.cast.desk, at=NOON + timedelta(hours=2))
    change(world, off(), at=NOON + timedelta(hours=3))
    event.refresh_from_db()
    assert event.due_at == until


def test_a_matter_that_stands_still_is_reckoned_by_the_new_calendar_when_it_runs_on(world: World) -> None:
    event = make_event(world, State.SUPPLEMENT_ASKED, at=NOON)
    change(world, off(), at=NOON + timedelta(hours=1))
    event.refresh_from_db()
    resumed = NOON + timedelta(hours=20)
    actions.supplement(event, text="在桥头", by=world.cast.desk, at=resumed)
    event.refresh_from_db()
    assert event.clock_from is not None and event.due_at is not None
    assert event.due_at == min(
        promise.end_of(limit, event.clock_from, stored_calendar(), promise.home_zone())
        for limit in promise.limits_of(event)
    )


def test_a_weekend_day_that_is_worked_brings_a_limit_forward(world: World) -> None:
    event = make_event(world, State.HANDLING, at=NOON + timedelta(days=3))
    was = event.due_at
    edit = change(
        world, FoundDay(date(2026, 11, 21), True, "补班"), day=date(2026, 11, 21), at=NOON + timedelta(days=3)
    )
    event.refresh_from_db()
    assert was is not None and event.due_at is not None and event.due_at < was and edit.moved >= 1


def test_shorter_office_hours_move_what_counts_working_hours(world: World) -> None:
    event = make_event(world, State.ACCEPTED, at=NOON)
    clock = event.clocks.unstopped().get(kind=ClockKind.DISPATCH)
    changes = calendar.Changes(hours=HALF_DAYS)
    calendar.change_calendar(changes, reason="冬令时", by=world.cast.county, at=NOON)
    was = clock.due_at
    clock.refresh_from_db()
    assert OfficeHours.objects.get().hours == HALF_DAYS
    expected = stored_calendar().shift_hours_after(clock.from_at, timedelta(hours=4), promise.home_zone())
    assert clock.due_at == expected != was


def test_a_change_taken_back_leaves_everything_as_it_was(world: World) -> None:
    event = make_event(world, State.HANDLING, at=NOON)
    holiday = date(2026, 10, 1)
    row = CalendarDay.objects.get(day=holiday)
    was, days = event.due_at, CalendarDay.objects.count()
    first = change(world, off())
    second = change(world, None, day=holiday)
    assert not CalendarDay.objects.filter(day=holiday).exists()
    calendar.take_back(second, by=world.cast.county, at=NOON)
    calendar.take_back(first, by=world.cast.county, at=NOON)
    event.refresh_from_db()
    assert (event.due_at, CalendarDay.objects.count()) == (was, days)
    again = CalendarDay.objects.get(day=holiday)
    assert (again.name, again.origin, again.is_working) == (row.name, Origin.NOTICE, False)
    with pytest.raises(Refused):
        calendar.take_back(first, by=world.cast.county, at=NOON)


def test_an_earlier_change_is_not_taken_back_over_a_later_one(world: World) -> None:
    first = change(world, off())
    change(world, FoundDay(TOMORROW, True, ""))
    with pytest.raises(Refused) as refused:
        calendar.take_back(first, by=world.cast.county, at=NOON)
    assert refused.value.code == "changed_since"


def test_only_who_keeps_the_county_changes_its_calendar(world: World) -> None:
    for person in (world.cast.worker, world.cast.desk, world.cast.leader, world.cast.nobody):
        with pytest.raises(NotYours):
            calendar.change_calendar(calendar.Changes({TOMORROW: off()}), reason="x", by=person, at=NOON)
    assert not CalendarEdit.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (calendar.Changes({TOMORROW: None}), "nothing_changed"),
        (calendar.Changes({date(1999, 1, 1): off(date(1999, 1, 1))}), "day_out_of_reach"),
        (calendar.Changes(hours="12:00-08:00"), "bad_hours"),
        (calendar.Changes(hours="soon"), "bad_hours"),
    ],
)
def test_what_cannot_be_is_refused(world: World, changes: calendar.Changes, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        calendar.change_calendar(changes, reason="通知", by=world.cast.county, at=NOON)
    assert refused.value.code == code


def test_a_years_notice_makes_provisional_limits_firm(world: World) -> None:
    at = datetime(2026, 12, 29, 4, tzinfo=NOON.tzinfo)
    event = make_event(world, State.HANDLING, at=at)
    assert event.due_is_provisional
    newyear = [FoundDay(date(2027, 1, day), False, "元旦") for day in range(1, 4)]
    rest = [FoundDay(date(2027, 2, day), False, "春节") for day in range(5, 13)]
    edit = calendar.bring_in([*newyear, *rest], file="2027.json", by=world.cast.county, at=at)
    event.refresh_from_db()
    assert edit is not None and not event.due_is_provisional
    assert CalendarDay.objects.get(day=date(2027, 1, 1)).note == "2027.json"
    assert calendar.bring_in(newyear, file="2027.json", by=world.cast.county, at=at) is None


_MATTERS = (State.REPORTED, State.ACCEPTED, State.HANDLING, State.RESULT_SUBMITTED)
_edits = st.dictionaries(
    st.dates(date(2026, 11, 9), date(2026, 12, 20)), st.sampled_from([True, False, None]), min_size=1, max_size=12
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=_edits)
def test_after_any_edit_every_limit_is_what_the_new_calendar_says(world: World, edits: dict[date, bool | None]) -> None:
    events = [make_event(world, state, at=NOON) for state in _MATTERS]
    changes = calendar.Changes({day: None if kind is None else FoundDay(day, kind) for day, kind in edits.items()})
    expected = changes.on(stored_calendar())
    try:
        calendar.change_calendar(changes, reason="试", by=world.cast.county, at=NOON)
    except BadInput as refusal:
        assert refusal.code == "nothing_changed"
    assert dict(stored_calendar().exceptions) == dict(expected.exceptions)
    _agree(events, expected)


def _agree(events: Iterable[Event], known: WorkCalendar) -> None:
    zone = promise.home_zone()
    for clock in Clock.objects.unstopped().filter(event__in=list(events), amount__isnull=False).select_related("event"):
        assert clock.due_at == moving._ends(clock, clock.event, known, zone)
        if clock.part_id is None and clock.kind in ("accept", "handle"):
            assert clock.due_at == clock.event.due_at
    for part in Clock.objects.unstopped().filter(event__in=list(events), part__isnull=False, kind="handle"):
        assert part.due_at == part.event.due_at


def test_the_limits_of_many_matters_move_in_one_change(world: World) -> None:
    for _n in range(20):
        make_event(world, State.HANDLING, at=NOON)
    assert change(world, off()).moved == 40
