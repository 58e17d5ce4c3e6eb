"""Which matters a figure counts: edges of the period, limits, and what may improve no rate."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import NOON, World, make_drawn, make_event
from linli.statistics.figures import Moment, matters_of, rows_of
from linli.statistics.periods import Period
from linli.statistics.rules import BY_CODE
from linli.statistics.sheet import Sheet, sheet_of

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
#: Midnight of the first of October in Shanghai.
BEGINS = datetime(2026, 9, 30, 16, tzinfo=UTC)
AFTERWARDS = datetime(2026, 12, 24, 4, tzinfo=UTC)


def counted(figure: str, period: Period = OCTOBER, at: datetime = AFTERWARDS) -> set[Event]:
    return set(rows_of(matters_of("440881"), BY_CODE[figure], Moment(period, at)))


def sheet(world: World, period: Period = OCTOBER, at: datetime = AFTERWARDS) -> Sheet:
    return sheet_of(world.areas["440881"], Moment(period, at))


def with_limit(event: Event, due_at: datetime) -> Event:
    Event.objects.filter(pk=event.pk).update(due_at=due_at)
    return event


def test_a_month_begins_and_ends_at_midnight_in_shanghai(world: World) -> None:
    second = timedelta(seconds=1)
    times = (BEGINS - second, BEGINS, OCTOBER.end - second, OCTOBER.end)
    events = [make_event(world, at=at) for at in times]
    assert counted("reported") == {events[1], events[2]}


def test_a_matter_is_due_when_its_limit_falls_inside_the_period(world: World) -> None:
    before = with_limit(make_event(world, at=BEGINS - timedelta(days=90)), BEGINS)
    with_limit(make_event(world, at=BEGINS), OCTOBER.end)
    assert counted("due") == {before}
    assert before not in counted("reported")


def test_a_limit_still_to_come_is_not_due_yet(world: World) -> None:
    event = with_limit(make_event(world), NOON + timedelta(days=2))
    assert counted("due", NOVEMBER, NOON) == set()
    assert counted("due", NOVEMBER, NOON + timedelta(days=3)) == {event}


def test_closed_at_its_very_limit_is_in_time(world: World) -> None:
    first, second = (make_event(world, State.CLOSED, at=BEGINS) for _each in range(2))
    with_limit(first, first.ended_at)
    with_limit(second, second.ended_at - timedelta(microseconds=1))
    assert counted("in_time") == {first}
    assert counted("late") == {second}
    assert counted("due_closed") == {first, second}


@pytest.mark.parametrize("state", [State.VOIDED, State.REJECTED, State.REFERRED_OUT, State.IN_MEDIATION, State.MERGED])
def test_no_rate_is_improved_by_ending_a_matter_otherwise(world: World, state: State) -> None:
    for _each in range(20):
        with_limit(make_event(world, State.CLOSED, at=BEGINS), BEGINS + timedelta(days=1))
    open_still = with_limit(make_event(world, at=BEGINS), BEGINS + timedelta(days=1))
    before = sheet(world).shares
    end_otherwise(world, open_still, state)
    after = sheet(world)
    assert open_still in counted("due_otherwise")
    for rate in ("on_time", "closing"):
        assert (before[rate].percent, after.shares[rate].percent) == (95.2, 95.2)
        assert after.shares[rate].denominator.n == 21
    assert after.numbers["closed"].n == 20


def end_otherwise(world: World, event: Event, state: State) -> None:
    by, at = world.cast.county, BEGINS + timedelta(hours=1)
    if state == State.MERGED:
        into = with_limit(make_event(world, at=BEGINS), AFTERWARDS + timedelta(days=9))
        actions.merge(event, into=into, by=by, at=at)
    elif state == State.REJECTED:
        actions.reject(event, text="不属受理范围", turn_to="12345", by=by, at=at)
    elif state == State.REFERRED_OUT:
        actions.refer_out(event, to="110", text="转110", by=by, at=at)
    elif state == State.IN_MEDIATION:
        actions.to_mediation(event, by=by, at=at)
    else:
        actions.void(event, text="误报", by=by, at=at)


def test_a_limit_reached_while_the_clock_stood_still_is_not_due(world: World) -> None:
    deferred = make_event(world, State.DEFERRED, at=BEGINS)
    with_limit(deferred, BEGINS + timedelta(days=1))
    overdue = make_event(world, State.DEFERRED, at=BEGINS)
    with_limit(overdue, BEGINS + timedelta(minutes=1))
    assert counted("due") == {overdue}
    assert counted("paused") == {deferred, overdue}
    assert counted("overdue") == set()


def test_a_reopened_matter_is_open_again_and_counted_as_reopened(world: World) -> None:
    event = make_event(world, State.CLOSED, at=BEGINS)
    assert counted("closed") == {event}
    actions.reopen(event, text="又堵了", by=None, at=BEGINS + timedelta(days=3))
    assert counted("closed") == counted("in_time") == set()
    assert counted("reopened") == counted("open") == {event}
    assert counted("due_open") == {event}


def test_a_matter_sent_back_by_the_verifier_is_counted_as_reworked(world: World) -> None:
    event = make_event(world, State.RESULT_SUBMITTED, at=BEGINS)
    actions.rework(event, text="没做完", by=world.cast.county, at=BEGINS + timedelta(days=1))
    assert counted("reworked") == {event}


def test_silence_is_unknown_and_never_satisfied(world: World) -> None:
    events = {rating: make_event(world, State.CLOSED, at=BEGINS) for rating in ("satisfied", "unreached", "partly", "")}
    for rating, event in events.items():
        if rating:
            actions.follow_up(event, rating=rating, by=world.cast.desk, at=BEGINS + timedelta(days=1))
    assert counted("asked") == set(events.values()) - {events[""]}
    assert counted("answered") == {events["satisfied"], events["partly"]}
    assert counted("satisfied") == {events["satisfied"]}
    assert counted("unknown") == {events["unreached"], events[""]}


def test_days_run_from_report_to_end_of_what_was_closed_in_the_period(world: World) -> None:
    for days in (1, 2, 3, 10):
        event = make_event(world, at=BEGINS)
        actions.self_handle(event, text="清理了", by=world.cast.worker, at=BEGINS + timedelta(days=days))
    make_event(world, State.VOIDED, at=BEGINS)
    make_event(world, State.CLOSED, at=NOON)
    assert [value for _one, value in sheet(world).days] == [2, 10]
    [(step, took)] = [(one.code, took) for one, took in sheet(world).lengths if one.code == "in_all"]
    assert (step, took.n, took.median_h, took.ninetieth_h) == ("in_all", 4, 48, 240)


def test_a_matter_without_a_limit_is_never_due(world: World) -> None:
    event = make_event(world, at=BEGINS)
    Event.objects.filter(pk=event.pk).update(due_at=None)
    assert counted("without_limit") == {event}
    assert counted("due") == counted("overdue") == set()


def test_matters_of_a_closed_area_are_still_shown(world: World) -> None:
    make_event(world, State.CLOSED, at=BEGINS)
    type(world.grid).objects.filter(code__startswith="440881101201").update(valid_to=date(2026, 11, 1))
    lines = sheet_of(world.areas["440881101"], Moment(OCTOBER, AFTERWARDS)).children
    assert [(line.name, line.numbers["reported"].n) for line in lines] == [("上县村", 1), ("下县村", 0)]


def test_each_step_counts_what_fell_into_it(world: World) -> None:
    make_event(world, State.CLOSED, at=BEGINS)
    make_event(world, at=BEGINS + timedelta(days=1, hours=15, minutes=59))
    steps = sheet(world).steps
    assert [(line.numbers["reported"].n, line.numbers["closed"].n) for line in steps[:3]] == [(1, 1), (1, 0), (0, 0)]


def looked_at(world: World, finding: str, at: datetime, closed_at: datetime = BEGINS) -> Event:
    event = make_event(world, State.CLOSED, at=closed_at)
    make_drawn(world, event)
    words = "" if finding == "held" else "又堆起来了"
    actions.reinspect(event, finding=finding, text=words, by=world.cast.verifier, at=at)
    return event


def test_a_matter_that_did_not_hold_counts_though_it_is_open_again(world: World) -> None:
    held, not_held, not_seen = (
        looked_at(world, finding, BEGINS + timedelta(days=9)) for finding in ("held", "not_held", "not_seen")
    )
    assert counted("closed") == {held, not_seen}
    assert counted("lots_looked_at") == {held, not_held}
    assert (counted("lot_held"), counted("lot_not_held"), counted("lot_not_seen")) == ({held}, {not_held}, {not_seen})


def test_a_look_counts_in_the_period_of_the_look(world: World) -> None:
    looked_at(world, "held", OCTOBER.end)
    assert counted("lots_looked_at") == set()
    assert len(counted("lots_looked_at", NOVEMBER)) == 1


def test_a_matter_drawn_by_township_and_county_is_counted_once(world: World) -> None:
    event = make_event(world, State.CLOSED, at=BEGINS)
    for _each in range(2):
        make_drawn(world, event)
    actions.reinspect(event, finding="held", text="", by=world.cast.verifier, at=BEGINS + timedelta(days=9))
    found = sheet(world)
    assert (found.numbers["lots_looked_at"].n, found.numbers["lot_held"].n) == (1, 1)
    assert [line.numbers["lot_held"].n for line in found.drawn] == [1]


def test_the_share_that_held_stands_beside_how_many_were_looked_at(world: World) -> None:
    for number in range(20):
        looked_at(world, "held" if number else "not_held", BEGINS + timedelta(days=9))
    looked_at(world, "not_seen", BEGINS + timedelta(days=9))
    share = sheet(world).shares["lots_holding"]
    assert (share.percent, share.numerator.n, share.denominator.n) == (95.0, 19, 20)
