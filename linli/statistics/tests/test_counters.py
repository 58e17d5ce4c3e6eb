"""Figures from sums equal an independent slow computation, whatever was done and wherever the worker was stopped."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import Source, State
from linli.events.testing import NOON, PATHS, World, make_event
from linli.journal.models import Entry, Notice
from linli.kit.refusal import Refused
from linli.people.actions import scope_of
from linli.people.rules import Held, Role, Scope
from linli.statistics import counting, reading
from linli.statistics.comparing import compare_all, compare_next, is_due
from linli.statistics.counting import begin_anew, follow, has_news
from linli.statistics.durations import lengths
from linli.statistics.map_cells import Window, cells
from linli.statistics.models import Cell, Counted, Difference, Follower, MapCell, Took
from linli.statistics.periods import Period
from linli.statistics.reading import figures, opens
from linli.statistics.rules.cubes import COUNTED, ZOOMS
from linli.statistics.tests import slow

BEGUN = datetime(2026, 9, 28, 1, tzinfo=UTC)
LATER = datetime(2026, 12, 3, 2, tzinfo=UTC)
PERIODS = (
    Period(date(2026, 10, 1), date(2026, 10, 31)),
    Period(date(2026, 9, 29), date(2026, 11, 12)),
    Period(date(2026, 1, 1), date(2026, 12, 3)),
)
ALL = Scope((Held(Role.DESK, "440881"),))
EVERYWHERE = Window(-180, -90, 180, 90)


def count_all(at: datetime = LATER) -> None:
    while follow(at):
        pass


def numbers(found: Mapping[str, object]) -> dict[str, dict[str, int]]:
    """Rows as the slow computation gives them: noughts left out."""
    return {
        key: {code: n for code, n in row.counts.items() if n}  # type: ignore[attr-defined]
        for key, row in found.items()
        if any(row.counts.values())  # type: ignore[attr-defined]
    }


KEYS: dict[str, Callable[[slow.Matter], str]] = {
    "": lambda one: "",
    "township": lambda one: one.event.area_id[:9] if len(one.event.area_id) >= 9 else "440881",
    "village": lambda one: one.event.area_id[:12] if len(one.event.area_id) >= 12 else "440881",
    "category": lambda one: str(one.event.category_id or "-"),
    "department": lambda one: one.department or "-",
}


def below(area: str, by: str) -> Callable[[slow.Matter], str]:
    """The key of a matter by the level below an area."""
    width = {"": 0, "township": 9, "village": 12}[by]
    return lambda one: one.event.area_id[:width] if len(one.event.area_id) >= width else area


def assert_all_figures(at: datetime = LATER, *, from_sums: bool = True) -> None:
    for period in PERIODS:
        whole = (period.first, period.last, at)
        for by, key in KEYS.items():
            found = figures(ALL, "440881", period, by=by, at=at)
            assert found.from_sums is from_sums
            assert found.as_of == at
            assert numbers(found.rows) == slow.table("440881", *whole, key=key), (by, period)
        for area, by in (("440881", ""), ("440881", "township"), ("440881101", "village")):
            led = figures(ALL, area, period, by=by, at=at, led_by="water").rows
            assert numbers(led) == slow.table(area, *whole, key=below(area, by), led_by="water"), (period, by)
        found = figures(ALL, "440881", period, by="month", at=at)
        assert numbers(found.rows) == slow.by_month("440881", *whole)
        for area in ("440881101", "440881101201"):
            assert numbers(figures(ALL, area, period, at=at).rows) == slow.table(area, *whole)
            took = {
                code: (one.n, one.median_h, one.ninetieth_h)
                for code, one in lengths(area, period, at=at).get("", {}).items()
                if one.n
            }
            assert took == slow.lengths(area, *whole)
        led = lengths("440881101201", period, at=at, led_by="water").get("", {})
        shown = {code: (one.n, one.median_h, one.ninetieth_h) for code, one in led.items() if one.n}
        assert shown == slow.lengths("440881101201", *whole, led_by="water")
    for zoom, times in enumerate(ZOOMS):
        drawn = {(one.x, one.y): (one.reported, one.open) for one in cells(ALL, EVERYWHERE, zoom)}
        assert drawn == slow.map_of("440881", times)


def assert_rows_open(at: datetime = LATER) -> None:
    """Every number leads to just as many rows, and they are the right ones."""
    period = PERIODS[1]
    counts = figures(ALL, "440881", period, at=at).whole.counts
    matters = {one.event.pk: slow.figures_of(one, period.first, period.last, at) for one in slow.all_matters()}
    for code in COUNTED:
        found = set(opens(code, "440881", period, at=at).values_list("pk", flat=True))
        assert found == {key for key, codes in matters.items() if code in codes}, code
        assert len(found) == counts[code], code


# --- acts ----------------------------------------------------------------------------------------------------------------


def _reopen(world: World, event: Event, at: datetime) -> None:
    actions.reopen(event, text="又堵了", by=world.cast.county, at=at)


def _hand_back(world: World, event: Event, at: datetime) -> None:
    actions.hand_back(event, text="非我局职责", by=world.cast.handler, at=at)


def _rework(world: World, event: Event, at: datetime) -> None:
    actions.rework(event, text="没有疏通", by=world.cast.county, at=at)


def _extend(world: World, event: Event, at: datetime) -> None:
    until = (event.due_at or at) + timedelta(days=3)
    actions.ask_extension(event, until=until, text="等材料", by=world.cast.handler, at=at)
    actions.extend(event, by=world.cast.county, at=at + timedelta(minutes=1))


def _answer(world: World, event: Event, at: datetime) -> None:
    actions.follow_up(event, rating="satisfied", by=None, at=at)


def _classify(world: World, event: Event, at: datetime) -> None:
    actions.classify(event, category=world.wall, severity="major", urgency=None, by=world.cast.county, at=at)


def _void(world: World, event: Event, at: datetime) -> None:
    actions.void(event, text="重复", by=world.cast.county, at=at)


def _dispatch_elsewhere(world: World, event: Event, at: datetime) -> None:
    actions.dispatch(event, lead=world.housing, by=world.cast.county, at=at)


ACTS = (_reopen, _hand_back, _rework, _extend, _answer, _classify, _void, _dispatch_elsewhere)
PLACES = ("440881101201005", "440881101202001", "440881102201001")
REPORT = some.tuples(
    some.just("report"),
    some.sampled_from(sorted(PATHS)),
    some.integers(0, 60),
    some.sampled_from(PLACES),
)
STEP = some.tuples(some.just("step"), some.integers(0, 30), some.sampled_from(range(len(ACTS))), some.integers(0, 2000))
WORK = some.tuples(some.just("work"), some.integers(1, 40), some.integers(0, 6), some.booleans())
HISTORY = some.lists(some.one_of(REPORT, STEP, STEP, WORK), min_size=4, max_size=14)


class Killed(Exception):
    """The worker ended here."""


def work(slice_size: int, dies_at: int) -> None:
    """A turn of the worker; it may die between any two of its statements, which its transaction undoes."""
    left = dies_at

    def passing(execute: Callable[..., object], *arguments: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed
        return execute(*arguments)

    with suppress(Killed), connection.execute_wrapper(passing), transaction.atomic():
        follow(LATER, slice_size=slice_size, stride=slice_size)


def live(world: World, history: list[tuple[object, ...]]) -> None:
    """Reports, acts and turns of the worker, one after the other."""
    events: list[Event] = list(Event.objects.all())
    for kind, *rest in history:
        if kind == "report":
            state, day, place = rest
            at = BEGUN + timedelta(days=int(day), hours=int(day) % 11)  # type: ignore[call-overload]
            events.append(make_placed(world, str(state), at, str(place)))
        elif kind == "step" and events:
            which, act, minutes = (int(one) for one in rest)  # type: ignore[call-overload]
            event = events[which % len(events)]
            event.refresh_from_db()
            at = max(event.reported_at, event.ended_at or event.reported_at) + timedelta(hours=1 + minutes)
            with suppress(Refused), transaction.atomic():
                ACTS[act](world, event, min(at, LATER))
        elif kind == "work":
            slice_size, dies_at, _more = rest
            work(int(slice_size), int(dies_at) * 4)  # type: ignore[call-overload]


@pytest.mark.django_db
@settings(
    max_examples=6,
    # A history takes seconds: what fails is looked at as it was found.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY)
def test_every_figure_equals_the_slow_computation(world: World, history: list[tuple[object, ...]]) -> None:
    live(world, history)
    while has_news() and not figures(ALL, "440881", PERIODS[0], at=LATER).from_sums:
        follow(LATER, slice_size=3)
    assert_all_figures()  # with the tail
    assert_rows_open()
    count_all()
    assert not has_news()
    assert_all_figures()


def make_placed(world: World, state: str, at: datetime, place: str) -> Event:
    """As `make_event`, two of three with a position."""
    spot = {"lon": 110.05 + at.day / 90, "lat": 21.6 - at.day / 70} if at.day % 3 else {}
    # The worker handles what is in their own grid.
    area = world.grid if state == State.SELF_HANDLED else world.areas[place]
    event = actions.report(
        text="水沟堵了", area=area, category=world.drain, at=at, source=Source.RESIDENT, **spot
    ).event
    for minute, act in enumerate(PATHS[state], 1):
        act(world, event, at + timedelta(minutes=minute))
    event.refresh_from_db()
    return event


# --- what is kept, told and shown ------------------------------------------------------------------------------------------


def test_a_matter_counted_twice_changes_nothing(world: World) -> None:
    event = make_placed(world, State.CLOSED, BEGUN, PLACES[0])
    count_all()
    before = [list(model.objects.order_by("pk").values()) for model in (Cell, Took, MapCell, Counted)]
    counting.count([event.pk, event.pk])
    assert [list(model.objects.order_by("pk").values()) for model in (Cell, Took, MapCell, Counted)] == before


@pytest.mark.parametrize("walked", [1, 2])
def test_a_matter_that_moves_while_a_walk_is_under_way_is_counted_once(world: World, walked: int) -> None:
    first, second = sorted((world.grid.code, "440881102201001"))
    events = {code: make_event(world, at=BEGUN, area=world.areas[code]) for code in (first, second)}
    begin_anew(LATER)
    for _each in range(walked):
        follow(LATER, stride=1)
    # From what was walked over into what was not, and the other way round.
    actions.correct_place(events[first], area=second, by=world.cast.county, at=LATER)
    actions.correct_place(events[second], area=first, by=world.cast.county, at=LATER)
    count_all()
    assert Counted.objects.count() == 2
    assert_all_figures()


def test_a_report_costs_no_query_more_for_being_counted(world: World) -> None:
    count_all()
    with CaptureQueriesContext(connection) as queries:
        make_event(world)
    assert not [one["sql"] for one in queries if "statistics_" in one["sql"]]


def test_figures_are_as_old_as_the_sums_when_too_much_was_done_since(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_event(world, at=BEGUN)
    count_all(NOON)
    make_event(world, at=BEGUN)
    found = figures(ALL, "440881", PERIODS[2], at=LATER)
    assert (found.whole.counts["reported"], found.as_of) == (2, LATER)
    monkeypatch.setattr(reading, "TAIL", 0)
    found = figures(ALL, "440881", PERIODS[2], at=LATER)
    assert (found.whole.counts["reported"], found.as_of) == (1, NOON)


def test_pages_read_the_rows_until_all_is_counted(world: World) -> None:
    make_placed(world, State.CLOSED, BEGUN, PLACES[0])
    make_placed(world, State.DISPATCHED, BEGUN + timedelta(days=1), PLACES[2])
    assert_all_figures(from_sums=False)
    count_all()
    begin_anew(LATER)
    assert_all_figures(from_sums=False)
    count_all()
    assert_all_figures()


def test_a_lead_department_that_changes_takes_the_matter_with_it(world: World) -> None:
    event = make_placed(world, State.SIGNED_FOR, BEGUN, PLACES[0])
    count_all()
    actions.hand_back(event, text="非我局职责", by=world.cast.handler, at=BEGUN + timedelta(days=1))
    actions.dispatch(event, lead=world.housing, by=world.cast.county, at=BEGUN + timedelta(days=1))
    count_all()
    by_department = figures(ALL, "440881", PERIODS[2], by="department", at=LATER).rows
    assert {key: row.counts["reported"] for key, row in by_department.items()} == {"housing": 1}
    assert set(opens("reported", "440881", PERIODS[2], at=LATER, department="housing")) == {event}
    assert not opens("reported", "440881", PERIODS[2], at=LATER, department="water").exists()


def test_a_rate_has_what_it_is_made_of_and_no_percentage_of_a_few(world: World) -> None:
    for _each in range(19):
        make_event(world, at=BEGUN)
    count_all()
    few = figures(ALL, "440881", PERIODS[2], at=LATER).whole.value("valid_reports")
    assert (few.numerator, few.denominator, few.percent) == (19, 19, None)
    make_event(world, State.VOIDED, at=BEGUN)
    some_more = figures(ALL, "440881", PERIODS[2], at=LATER).whole.value("valid_reports")
    assert (some_more.numerator, some_more.denominator, some_more.percent) == (19, 20, 95.0)
    assert opens("valid_reports", "440881", PERIODS[2], at=LATER).count() == 19
    assert opens("valid_reports", "440881", PERIODS[2], at=LATER, part="denominator").count() == 20


def test_small_numbers_are_kept_back_outside_scope(world: World) -> None:
    for place, count in ((PLACES[0], 6), (PLACES[2], 2)):
        for _each in range(count):
            make_event(world, at=BEGUN, area=world.areas[place])
    count_all()
    outside = scope_of(world.cast.neighbour, LATER)
    shown = figures(outside, "440881", PERIODS[2], by="township", at=LATER).rows
    # The second one would follow from the sum.
    assert {key: row.counts["reported"] for key, row in shown.items()} == {"440881101": None, "440881102": None}
    assert figures(outside, "440881", PERIODS[2], at=LATER).whole.counts["reported"] == 8
    assert shown["440881101"].value("valid_reports").numerator is None


# --- the nightly comparison ------------------------------------------------------------------------------------------------

NIGHT = datetime(2026, 12, 3, 18, 30, tzinfo=UTC)  # half past two in Shanghai


def a_counted_home(world: World) -> None:
    make_placed(world, State.CLOSED, BEGUN, PLACES[0])
    make_placed(world, State.DISPATCHED, BEGUN + timedelta(days=1), PLACES[2])
    make_event(world, at=BEGUN, area=world.areas["440881101"])
    count_all()


def compare_tonight() -> None:
    while compare_next(NIGHT):
        pass


def test_nothing_is_said_of_sums_that_agree(world: World) -> None:
    a_counted_home(world)
    make_event(world, State.CLOSED, at=BEGUN)  # not counted yet
    compare_tonight()
    assert not Difference.objects.exists()
    assert Follower.objects.get().compared_on == date(2026, 12, 4)
    assert not is_due(NIGHT)


@pytest.mark.parametrize("kind", ["m6", "d6", "m9c", "d9d", "m12", "d12"])
def test_a_corrupted_sum_is_found_in_the_night_and_told(world: World, kind: str) -> None:
    a_counted_home(world)
    cell = Cell.objects.filter(kind=kind, reported__gt=0).first()
    assert cell is not None
    Cell.objects.filter(pk=cell.pk).update(reported=F("reported") + 1)
    compare_tonight()
    found = Difference.objects.filter(kind=kind)
    assert [(one.area, one.column, one.stored - one.recounted) for one in found] == [(cell.area, "reported", 1)]
    entry = Entry.objects.filter(verb="figures.differ", area=cell.area).get()
    assert Notice.objects.filter(entry=entry, person=world.cast.system).exists()
    begin_anew(LATER)
    count_all()
    assert compare_all(NIGHT) == 0
    assert not Difference.objects.exists()


def test_corrupted_hours_and_map_cells_are_found_too(world: World) -> None:
    a_counted_home(world)
    Took.objects.filter(kind="m12").update(hours={"1": 5})
    MapCell.objects.filter(zoom=2).update(open=7)
    assert compare_all(NIGHT) > 0
    assert {one.kind for one in Difference.objects.all()} >= {"m12", "map"}


@pytest.mark.parametrize("changed", [{"due_at": LATER}, {"bits": 0}, {"category": None}, None])
def test_a_matter_that_was_counted_as_something_else_is_found_too(
    world: World, changed: dict[str, object] | None
) -> None:
    a_counted_home(world)
    one = Counted.objects.filter(area=PLACES[2])
    if changed is None:
        one.delete()
    else:
        one.update(**changed)
    assert compare_all(NIGHT) == 1
    [found] = Difference.objects.all()
    assert (found.kind, found.area, found.stored, found.recounted) == ("rows", PLACES[2][:9], 0, 1)


def test_the_command_counts_anew_and_compares(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    a_counted_home(world)
    Cell.objects.filter(kind="m6").update(reported=99)
    with pytest.raises(Refused):
        call_command("statistics", "compare")
    assert "m6 440881" in capsys.readouterr().out
    call_command("statistics", "rebuild")
    call_command("statistics", "compare")
    assert not Difference.objects.exists()
