"""The clocks of matters and parts follow their states; every pause has a reason, an author and an end."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from linli.events import actions
from linli.events.actions import clocks, promise, reminding
from linli.events.models import Clock, Event
from linli.events.rules import ENDED, ClockKind, Limit, PauseReason, State, Unit, due_soon_at
from linli.events.testing import NOON, PATHS, World, make_event
from linli.journal.models import Entry, Notice
from linli.kit.workdays import WorkCalendar, stored_calendar

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def running(event: Event) -> set[tuple[str, str]]:
    """Kind and department of the clocks that have not stopped."""
    rows = Clock.objects.unstopped().filter(event=event)
    return {(clock.kind, clock.part.department_id if clock.part else "") for clock in rows}


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (State.REPORTED, {("accept", "")}),
        (State.ACCEPTED, {("dispatch", ""), ("handle", "")}),
        (
            State.DISPATCHED,
            {("handle", ""), ("sign", "water"), ("sign", "housing"), ("handle", "housing")},
        ),
        (State.SIGNED_FOR, {("handle", ""), ("sign", "housing"), ("handle", "housing")}),
        (State.RESULT_SUBMITTED, {("verify", "")}),
        (State.CLOSED, set()),
    ],
)
def test_each_state_has_its_clocks(world: World, state: str, wanted: set[tuple[str, str]]) -> None:
    assert running(make_event(world, state)) == wanted


@pytest.mark.parametrize("state", sorted(PATHS))
def test_open_matters_have_a_clock_and_ended_ones_none(world: World, state: str) -> None:
    event = make_event(world, state)
    assert bool(running(event)) == (state not in ENDED)
    assert not Clock.objects.filter(event=event, stopped_at__isnull=False, next_at__isnull=False).exists()


@pytest.mark.parametrize("state", [State.REPORTED, State.ACCEPTED, State.DISPATCHED, State.SIGNED_FOR])
def test_the_promise_says_the_same_in_the_event_and_in_its_clock(world: World, state: str) -> None:
    event = make_event(world, state)
    clock = Clock.objects.unstopped().get(event=event, part=None, kind__in=["accept", "handle"])
    assert (clock.from_at, clock.due_at) == (event.clock_from, event.due_at)
    assert clock.next_at == due_soon_at(clock.from_at, clock.due_at)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.SUPPLEMENT_ASKED, PauseReason.SUPPLEMENT),
        (State.OBJECTED, PauseReason.OBJECTION),
        (State.DEFERRED, PauseReason.DEFERRAL),
    ],
)
def test_a_pause_has_a_reason_an_author_and_warns_nobody(world: World, state: str, reason: PauseReason) -> None:
    event = make_event(world, state)
    paused = Clock.objects.unstopped().filter(event=event).exclude(kind=ClockKind.ANSWER)
    assert {(clock.pause_reason, clock.next_at) for clock in paused} == {(reason, None)}
    assert all(clock.paused_at for clock in paused)
    assert all(clock.paused_by_id for clock in paused)


def test_whoever_answers_an_objection_has_a_clock_that_runs_meanwhile(world: World) -> None:
    event = make_event(world, State.OBJECTED)
    answer = Clock.objects.unstopped().get(event=event, kind=ClockKind.ANSWER)
    assert answer.paused_at is None
    assert answer.next_at is not None


def test_a_question_nobody_answers_ends_after_five_working_days(world: World) -> None:
    event = make_event(world, State.SUPPLEMENT_ASKED)
    until = Clock.objects.unstopped().filter(event=event).values_list("paused_until", flat=True)[0]
    assert until == datetime(2026, 11, 23, 17, 30, tzinfo=SHANGHAI)
    assert reminding.end_pauses(until - HOUR) == 0
    assert reminding.end_pauses(until) == 1
    event.refresh_from_db()
    assert (event.state, event.paused_at) == (State.REPORTED, None)
    assert not Clock.objects.filter(event=event, paused_at__isnull=False).exists()
    entry = Entry.objects.get(on_key=str(event.pk), verb="event.ran_on")
    assert Notice.objects.filter(entry=entry, person=world.cast.desk).exists()
    assert reminding.end_pauses(until + DAY) == 0


def test_a_deferral_ends_with_its_day_of_review(world: World) -> None:
    event = make_event(world, State.DEFERRED)
    assert event.review_on is not None
    close = datetime.combine(event.review_on, time(17, 30), SHANGHAI)
    assert reminding.end_pauses(close - HOUR) == 0
    reminding.end_pauses(close)
    event.refresh_from_db()
    assert (event.state, event.review_on) == (State.DISPATCHED, None)
    assert event.due_at is not None
    assert event.due_at > close


def test_an_extension_moves_the_clock_and_its_warnings_begin_anew(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    clock = Clock.objects.unstopped().get(event=event, kind="handle", part=None)
    Clock.objects.filter(pk=clock.pk).update(rung=1, next_at=clock.due_at)
    until = clock.due_at + 3 * DAY
    actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=NOON + HOUR)
    actions.extend(event, by=world.cast.desk, at=NOON + 2 * HOUR)
    clock.refresh_from_db()
    assert (clock.due_at, clock.rung, clock.extensions) == (until, 0, 1)
    assert clock.next_at == due_soon_at(clock.from_at, until)


def test_a_home_from_before_gets_its_clocks(world: World) -> None:
    events = [make_event(world, state) for state in (State.REPORTED, State.SIGNED_FOR, State.CLOSED)]
    before = [running(event) for event in events]
    Clock.objects.all().delete()
    assert clocks.start_missing(NOON + HOUR) == 2
    assert [running(event) for event in events] == before
    assert clocks.start_missing(NOON + HOUR) == 0


def test_a_reopened_matter_has_clocks_again_and_a_merged_one_none(world: World) -> None:
    event = make_event(world, State.CLOSED)
    actions.reopen(event, text="又堵了", by=None, at=NOON + DAY)
    assert running(event) == {("dispatch", ""), ("handle", "")}
    other = make_event(world)
    actions.merge(other, into=event, by=world.cast.desk, at=NOON + DAY)
    assert running(other) == set()
    actions.separate(other, by=world.cast.desk, at=NOON + DAY)
    assert running(other) == {("accept", "")}


def test_acts_before_their_report_by_the_clock_of_a_device_break_nothing(world: World) -> None:
    event = make_event(world)
    actions.accept(event, by=world.cast.desk, at=NOON - 3 * HOUR)
    assert running(event) == {("dispatch", ""), ("handle", "")}


def test_a_promise_of_another_system_is_moved_by_a_pause_and_not_replaced(world: World) -> None:
    promised = NOON + 20 * DAY
    matter = actions.ImportedMatter(
        "1", world.grid, NOON - 10 * DAY, title="路灯不亮", state=State.ACCEPTED, due_at=promised, category=world.drain
    )
    actions.import_matters([matter], source="old", at=NOON)
    event = Event.objects.get(external_no="1")
    actions.ask_supplement(event, text="哪一盏？", by=world.cast.desk, at=NOON + HOUR)
    actions.supplement(event, text="桥头", by=None, at=NOON + 3 * HOUR)
    assert event.due_at == promised + 2 * HOUR
    assert Clock.objects.unstopped().get(event=event, kind=ClockKind.HANDLE).due_at == event.due_at


def test_a_graver_class_leaves_less_time_for_the_step_that_runs(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    at = NOON + timedelta(minutes=5)
    actions.classify(event, severity="grave", urgency="immediate", by=world.cast.desk, at=at)
    clock = Clock.objects.unstopped().get(event=event, kind=ClockKind.DISPATCH)
    assert clock.due_at == clock.from_at + HOUR
    assert clock.next_at == due_soon_at(clock.from_at, clock.due_at)


def test_a_co_handlers_clock_ends_with_the_promise_also_when_that_is_extended(world: World) -> None:
    event = make_event(world, State.HANDLING)
    assert event.due_at is not None
    until = event.due_at + 5 * DAY
    actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=NOON + HOUR)
    actions.extend(event, by=world.cast.desk, at=NOON + HOUR)
    clock = Clock.objects.unstopped().get(event=event, kind=ClockKind.HANDLE, part__department=world.housing)
    assert clock.due_at == until


def test_a_shorter_limit_of_a_co_handler_stays_when_the_promise_is_extended(world: World) -> None:
    event = make_event(world, State.HANDLING, category=world.quarrel)
    assert event.due_at is not None
    clock = Clock.objects.unstopped().get(event=event, kind=ClockKind.HANDLE, part__department=world.housing)
    Clock.objects.filter(pk=clock.pk).update(due_at=event.due_at - 2 * DAY)
    until = event.due_at + 5 * DAY
    actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=NOON + HOUR)
    actions.extend(event, by=world.cast.desk, at=NOON + HOUR)
    clock.refresh_from_db()
    assert clock.due_at == until - 7 * DAY


def test_no_co_handlers_clock_outlives_a_promise_that_became_shorter(world: World) -> None:
    event = make_event(world, State.HANDLING)
    actions.classify(event, severity="grave", urgency="immediate", by=world.cast.desk, at=NOON + HOUR)
    clock = Clock.objects.unstopped().get(event=event, kind=ClockKind.HANDLE, part__department=world.housing)
    assert clock.due_at == event.due_at == (event.accepted_at or NOON) + 2 * HOUR


def test_a_co_handler_and_the_promise_still_end_together_after_a_pause_over_a_weekend(world: World) -> None:
    event = make_event(world, State.HANDLING)
    actions.ask_supplement(event, text="哪一户？", by=world.cast.handler, at=NOON + 3 * DAY)
    actions.supplement(event, text="第三户", by=None, at=NOON + 6 * DAY + HOUR)
    clock = Clock.objects.unstopped().get(event=event, kind=ClockKind.HANDLE, part__department=world.housing)
    assert clock.due_at == event.due_at


# --- arithmetic, by any example ---------------------------------------------------------------------------------------

#: New Year and Spring Festival 2026 with its make-up weekends, month ends, and a year without a published calendar.
MOMENTS = some.integers(0, 396 * 24 * 60).map(
    lambda minutes: datetime(2025, 12, 20, tzinfo=UTC) + timedelta(minutes=minutes)
)
LIMITS = some.one_of(
    some.integers(1, 30).map(lambda days: Limit(working_days=days)),
    some.integers(1, 60).map(lambda days: Limit(natural_days=days)),
    some.integers(1, 80).map(lambda hours: Limit(shift_hours=hours)),
    some.integers(1, 300).map(lambda hours: Limit(hours=hours)),
)
#: Days off and days made up for that differ from their weekday, as any county might enter them.
CALENDARS = some.dictionaries(some.dates(date(2025, 12, 1), date(2027, 3, 1)), some.booleans(), max_size=60).map(
    WorkCalendar
)
ZONES = some.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]).map(ZoneInfo)


@given(LIMITS, MOMENTS, some.timedeltas(timedelta(0), 40 * DAY), CALENDARS, ZONES)
def test_whoever_begins_later_never_has_to_be_done_sooner(
    limit: Limit, begun: datetime, later: timedelta, calendar: WorkCalendar, zone: ZoneInfo
) -> None:
    assert promise.end_of(limit, begun, calendar, zone) <= promise.end_of(limit, begun + later, calendar, zone)


@given(LIMITS, MOMENTS, CALENDARS, ZONES)
def test_a_longer_limit_never_ends_sooner_and_none_before_it_begins(
    limit: Limit, begun: datetime, calendar: WorkCalendar, zone: ZoneInfo
) -> None:
    longer = Limit(**{limit.unit: limit.amount + 1})
    assert begun < promise.end_of(limit, begun, calendar, zone) <= promise.end_of(longer, begun, calendar, zone)


@given(some.integers(1, 40), MOMENTS, CALENDARS, ZONES)
def test_a_limit_in_working_days_counts_just_those(
    days: int, begun: datetime, calendar: WorkCalendar, zone: ZoneInfo
) -> None:
    end = promise.end_of(Limit(working_days=days), begun, calendar, zone)
    first, last = begun.astimezone(zone).date(), end.astimezone(zone).date()
    between = (first + number * DAY for number in range(1, (last - first).days + 1))
    assert sum(calendar.is_working(day) for day in between) == days
    assert calendar.is_working(last)


@given(some.integers(1, 60), MOMENTS, CALENDARS, ZONES)
def test_so_many_working_hours_have_gone_by_when_they_run_out(
    hours: int, begun: datetime, calendar: WorkCalendar, zone: ZoneInfo
) -> None:
    end = promise.end_of(Limit(shift_hours=hours), begun, calendar, zone)
    assert calendar.open_between(begun, end, zone) == hours * HOUR


@given(MOMENTS, CALENDARS, ZONES)
def test_the_office_opens_next_on_a_working_day_and_not_before(
    moment: datetime, calendar: WorkCalendar, zone: ZoneInfo
) -> None:
    opens = calendar.opens_next(moment, zone)
    assert opens >= moment
    assert calendar.is_working(opens.astimezone(zone).date())
    assert calendar.opens_next(opens, zone) == opens


@given(MOMENTS, some.timedeltas(HOUR, 30 * DAY))
def test_due_soon_lies_between_the_beginning_and_the_end(begun: datetime, length: timedelta) -> None:
    assert begun < due_soon_at(begun, begun + length) < begun + length


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begun", "days", "end"),
    [
        # New Year 2026: 1 to 3 January are free, Sunday the 4th is worked.
        ((2025, 12, 31, 10), 1, (2026, 1, 4)),
        ((2026, 1, 1, 0), 1, (2026, 1, 4)),
        # Spring Festival 2026: 15 to 23 February are free, Saturdays the 14th and 28th are worked.
        ((2026, 2, 13, 17), 2, (2026, 2, 24)),
        ((2026, 2, 14, 23), 1, (2026, 2, 24)),
        ((2026, 2, 27, 9), 1, (2026, 2, 28)),
        # The end of a month; a minute before midnight and a minute after.
        ((2026, 4, 30, 23), 1, (2026, 5, 6)),
        ((2026, 6, 30, 9), 1, (2026, 7, 1)),
    ],
)
def test_the_published_calendar_is_counted_by(begun: tuple[int, ...], days: int, end: tuple[int, ...]) -> None:
    from linli.kit.holidays import load_calendar

    load_calendar()
    start = datetime(*begun, tzinfo=SHANGHAI)  # type: ignore[arg-type, misc]
    found = promise.end_of(Limit(working_days=days), start, stored_calendar(), SHANGHAI)
    assert found == datetime(*end, 17, 30, tzinfo=SHANGHAI)  # type: ignore[arg-type, misc]


@pytest.mark.django_db
@given(LIMITS, some.lists(some.timedeltas(timedelta(minutes=1), 9 * DAY), min_size=1, max_size=4))
def test_pauses_move_a_limit_by_as_long_as_they_last(limit: Limit, lengths: list[timedelta]) -> None:
    calendar, clock = stored_calendar(), Clock(unit=limit.unit, amount=limit.amount, started_at=NOON, from_at=NOON)
    clocks._reckon(clock, calendar)
    at = NOON
    for length in lengths:
        at += HOUR
        clock.paused_at, clock.pause_reason = at, PauseReason.SUPPLEMENT
        at += length
        clocks._run_on(clock, at)
    stood_still = sum(lengths, timedelta(0))
    assert clock.from_at == NOON + stood_still
    assert clock.due_at == promise.end_of(limit, NOON + stood_still, calendar, promise.home_zone())
    if limit.unit == Unit.HOURS:
        assert clock.due_at == NOON + limit.amount * HOUR + stood_still
