"""The queue: what is in it, in which order, a page at a time."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.events import actions, queue
from linli.events.models import Event
from linli.events.queue import Filters, Order, Show
from linli.events.rules import Source, State
from linli.events.testing import NOON, World, make_event
from linli.kit.refusal import BadInput
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Held, Role, Scope

OTHER_GRID = "440881101202001"
ELSEWHERE = "440881102201001"


@pytest.fixture(params=["few in sight", "many in sight"])
def paths(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to the keys of a page; SQLite takes one or the other by how many are in sight."""
    monkeypatch.setattr("linli.events.queue.pages.FEW", 2000 if request.param == "few in sight" else -1)


EVERYTHING_OPEN = Filters()


def pages(
    person: Person | Scope, filters: Filters = EVERYTHING_OPEN, size: int = 50, **more: Any
) -> Iterator[list[Event]]:
    scope = person if isinstance(person, Scope) else scope_of(person, NOON)
    after = ""
    while True:
        page = queue.page_of(scope, filters, at=more.get("at", NOON), after=after, size=size)
        yield [row.event for row in page.rows]
        after = page.next_cursor
        if not after:
            return


def seen(person: Person | Scope, filters: Filters = EVERYTHING_OPEN, **more: Any) -> list[Event]:
    return [event for page in pages(person, filters, **more) for event in page]


def test_what_is_due_first_comes_first(world: World, paths: None) -> None:
    days = [make_event(world, at=NOON + timedelta(days=day)) for day in (2, 0, 1)]
    assert seen(world.cast.desk) == [days[1], days[2], days[0]]
    assert seen(world.cast.desk, Filters(order=Order.NEWEST)) == [days[0], days[2], days[1]]


def test_a_matter_without_a_limit_comes_last(world: World, paths: None) -> None:
    events = [make_event(world) for _each in range(5)]
    Event.objects.filter(pk__in=[events[0].pk, events[2].pk]).update(due_at=None)
    order = [events[1], events[3], events[4], events[0], events[2]]
    assert seen(world.cast.desk) == order
    assert list(pages(world.cast.desk, size=1)) == [[event] for event in order]


def test_the_overdue_come_first_and_those_whose_clock_stands_still_last(world: World, paths: None) -> None:
    paused = make_event(world, State.SUPPLEMENT_ASKED, at=NOON - timedelta(days=30))
    overdue, running = make_event(world, at=NOON - timedelta(days=20)), make_event(world)
    assert seen(world.cast.desk, size=1) == [overdue, running, paused]
    actions.supplement(paused, text="在村口", by=None, at=NOON - timedelta(days=29))
    assert seen(world.cast.desk) == [paused, overdue, running]


def test_pages_show_everything_once_while_rows_come_and_go(world: World, paths: None) -> None:
    events = [make_event(world, at=NOON + timedelta(minutes=minute)) for minute in range(7)]
    turned = pages(world.cast.desk, size=3)
    first = next(turned)
    actions.reject(first[0], text="重复", turn_to="12345", by=world.cast.county, at=NOON + timedelta(hours=1))
    make_event(world, at=NOON - timedelta(days=30))
    rest = [event for page in turned for event in page]
    assert first + rest == events


@pytest.mark.parametrize("show", [Show.ENDED, Show.ALL, Show.ENDED_TODAY])
def test_ended_matters_can_be_turned_over_too(world: World, paths: None, show: Show) -> None:
    events = [make_event(world, State.VOIDED, at=NOON + timedelta(minutes=minute)) for minute in range(4)]
    assert seen(world.cast.desk, Filters(show=show), size=3) == events[::-1]


def test_everybody_sees_what_is_theirs(world: World, paths: None) -> None:
    cast = world.cast
    here = make_event(world, State.DISPATCHED)
    village = make_event(world, area=world.areas[OTHER_GRID])
    away = make_event(world, area=world.areas[ELSEWHERE])
    assert seen(cast.worker) == [here]
    assert seen(cast.handler) == seen(cast.co_handler) == [here]
    assert set(seen(cast.desk)) == {here, village}
    assert set(seen(cast.county)) == {here, village, away}
    assert seen(cast.neighbour) == [away]
    assert seen(cast.nobody) == seen(cast.auditor) == seen(Scope()) == []


def test_areas_and_departments_of_one_person_add_up(world: World, paths: None) -> None:
    both = Scope((Held(Role.GRID_WORKER, OTHER_GRID), Held(Role.HANDLER, "440881", "water")))
    theirs = {make_event(world, State.HANDLING), make_event(world, area=world.areas[OTHER_GRID])}
    make_event(world)
    assert set(seen(both)) == theirs
    assert {event.area_id for event in seen(both, Filters(area=OTHER_GRID))} == {OTHER_GRID}


TABS = {
    Show.NEW: {State.REPORTED, State.CHECKING},
    Show.WITH_DEPARTMENTS: {State.DISPATCHED, State.SIGNED_FOR, State.HANDLING},
    Show.TO_VERIFY: {State.RESULT_SUBMITTED},
    Show.PAUSED: {State.SUPPLEMENT_ASKED, State.OBJECTED, State.DEFERRED},
    Show.MINE: {State.REPORTED, State.ACCEPTED, State.OBJECTED, State.VERIFIED},
}


def test_the_tabs_of_the_desk_and_their_figures(world: World, paths: None) -> None:
    events = [make_event(world, state) for state in State if state != State.MERGED]
    shown = {show: seen(world.cast.desk, Filters(show=show)) for show in TABS}
    assert {show: {event.state for event in rows} for show, rows in shown.items()} == TABS
    figures = queue.counts(scope_of(world.cast.desk, NOON), Filters(), at=NOON)
    assert {show: figures[show] for show in TABS} == {show: len(rows) for show, rows in shown.items()}
    assert figures[Show.OPEN] == len(seen(world.cast.desk))
    assert figures[Show.ENDED_TODAY] == sum(not event.is_open for event in events)


def test_overdue_is_past_its_limit_and_not_paused(world: World, paths: None) -> None:
    late = make_event(world, State.HANDLING)
    make_event(world, State.DEFERRED)
    after = NOON + timedelta(days=20)
    assert seen(world.cast.desk, Filters(show=Show.OVERDUE), at=after) == [late]
    page = queue.page_of(scope_of(world.cast.desk, NOON), Filters(), at=after)
    assert {row.event.state: row.is_overdue for row in page.rows} == {"handling": True, "deferred": False}
    assert page.rows[0].lead == "水务局"


def test_a_question_for_the_desk_is_theirs_to_do(world: World, paths: None) -> None:
    asked, deferred = make_event(world, State.HANDLING), make_event(world, State.DEFERRED)
    until = NOON + timedelta(days=20)
    actions.ask_extension(asked, until=until, text="等材料", by=world.cast.handler, at=NOON + timedelta(hours=1))
    assert seen(world.cast.desk, Filters(show=Show.MINE)) == [asked]
    assert set(seen(world.cast.desk, Filters(show=Show.MINE), at=NOON + timedelta(days=40))) == {asked, deferred}


@pytest.mark.parametrize(
    "narrowed",
    [
        {"state": "dispatched"},
        {"category": "wall"},
        {"area": OTHER_GRID},
        {"area": "440881101202"},
        {"department": "water"},
        {"source": "grid"},
        {"urgency": "urgent"},
        {"severity": "major"},
        {"from": "2026-11-17"},
        {"q": "围墙"},
    ],
)
def test_filters_narrow_the_queue(world: World, paths: None, narrowed: dict[str, str]) -> None:
    make_event(world)
    wanted = actions.report(
        text="围墙开裂",
        area=world.areas[OTHER_GRID],
        category=world.wall,
        severity="major",
        urgency="urgent",
        source=Source.GRID,
        by=world.cast.county,
        at=NOON + timedelta(days=1),
    ).event
    actions.accept(wanted, by=world.cast.county, at=NOON + timedelta(days=1))
    actions.dispatch(wanted, lead=world.water, by=world.cast.county, at=NOON + timedelta(days=1))
    if "category" in narrowed:
        narrowed = {"category": str(world.wall.pk)}
    filters = Filters.parse(narrowed)
    assert filters.is_narrowed
    assert seen(world.cast.desk, filters) == [wanted]
    # A tab may stand for a state itself, so its figure does not follow that filter.
    figure = queue.counts(scope_of(world.cast.desk, NOON), filters, at=NOON)[Show.OPEN]
    assert figure == (2 if filters.state else 1)
    assert Filters.parse(dict(parse_qsl(filters.query()))) == filters


def test_a_domain_has_the_matters_of_its_categories(world: World) -> None:
    event = make_event(world)
    assert world.drain.parent is not None
    assert seen(world.cast.desk, Filters(category=world.drain.parent.pk)) == [event]
    assert seen(world.cast.desk, Filters(category=world.quarrel.pk)) == []


def test_days_begin_at_midnight_here(world: World) -> None:
    late = make_event(world, at=NOON.replace(hour=17))  # one o'clock in the night of the 17th in Shanghai
    assert seen(world.cast.desk, Filters(to_on=date(2026, 11, 16))) == []
    assert seen(world.cast.desk, Filters(from_on=date(2026, 11, 17), to_on=date(2026, 11, 17))) == [late]


@pytest.mark.parametrize(
    "sent",
    [
        {"show": "everything"},
        {"state": "gone"},
        {"category": "x"},
        {"category": "9" * 30},
        {"area": "44' OR 1=1"},
        {"from": "2026-13-01"},
        {"to": "0001-01-01"},
        {"order": "-id"},
        {"severity": "\0x"},
    ],
)
def test_what_cannot_be_understood_is_refused_in_a_sentence(sent: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        Filters.parse(sent)
    assert str(refused.value)


def test_full_width_and_empty_parameters_are_understood() -> None:
    filters = Filters.parse(
        {"area": "４４０８８１", "state": "", "from": "２０２６-11-01", "unknown": "1", "q": " 水沟 "}
    )
    assert filters == Filters(area="440881", from_on=date(2026, 11, 1), words="水沟")
    assert Filters.parse({}) == Filters()
    assert Filters().query() == ""


@pytest.mark.parametrize("after", ["x", "_", "20261116T040000.000000_zz", "-_", "9_" + "0" * 32])
def test_a_page_that_never_was_is_refused(world: World, after: str) -> None:
    with pytest.raises(BadInput):
        queue.page_of(scope_of(world.cast.desk, NOON), Filters(), at=NOON, after=after)


def test_one_row_and_many_cost_the_same_queries(world: World, paths: None) -> None:
    scope = Scope((Held(Role.DESK, "440881101"), Held(Role.HANDLER, "440881", "water")))
    asked = []
    make_event(world, State.DISPATCHED)
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            queue.page_of(scope, Filters(), at=NOON)
            queue.counts(scope, Filters(), at=NOON)
        asked.append(len(queries))
        for _each in range(9):
            make_event(world, State.DISPATCHED)
    assert asked[0] == asked[1]


def test_the_turn_of_every_open_state_is_settled() -> None:
    from linli.events.rules import OPEN

    assert OPEN - set(queue.TURN) == {State.SUPPLEMENT_ASKED, State.DEFERRED}
