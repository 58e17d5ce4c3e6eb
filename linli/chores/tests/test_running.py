"""Chores: done when due, by one worker at a time, whatever happens to workers and clocks."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.chores import running
from linli.chores.models import Chore
from linli.chores.table import CHORES, Work
from linli.events.testing import NOON, World, make_world

MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=300)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(db: None) -> Clock:
    return Clock()


def chore(done: list[datetime], *, more: Callable[[], bool] = lambda: False) -> Work:
    def do(at: datetime) -> bool:
        done.append(at)
        return more()

    return Work("sweep", 60, do)


def test_a_chore_is_done_when_it_is_due(clock: Clock) -> None:
    done: list[datetime] = []
    for minutes in (0, 0, 0.5, 1, 1.5, 2):
        clock.now = NOON + minutes * MINUTE
        running.run_due(clock, [chore(done)])
    assert done == [NOON, NOON + MINUTE, NOON + 2 * MINUTE]


def test_a_chore_in_hand_is_not_taken_by_another_worker(clock: Clock) -> None:
    done: list[datetime] = []
    tried: list[int] = []

    def another_worker() -> bool:
        tried.append(running.run_due(clock, [work]))
        tried.append(len(running.run_once(clock, [work])))
        return False

    work = chore(done, more=another_worker)
    assert running.run_due(clock, [work]) == 1
    assert (done, tried) == ([NOON], [0, 0])


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_it_once() -> None:
    done: list[datetime] = []
    clock, both = Clock(), threading.Barrier(2)

    def work() -> None:
        both.wait()
        running.run_due(clock, [chore(done)])
        connection.close()

    workers = [threading.Thread(target=work) for _each in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert done == [NOON]


def test_a_killed_worker_loses_its_claim_in_time(clock: Clock) -> None:
    done: list[datetime] = []
    Chore.objects.create(name="sweep", due_at=NOON, claimed_until=NOON + LEASE)
    running.run_due(clock, [chore(done)])
    assert done == []
    clock.now = NOON + LEASE + MINUTE
    running.run_due(clock, [chore(done)])
    assert done == [clock.now]


def test_a_failing_chore_stops_no_other_and_waits_longer_each_time(clock: Clock) -> None:
    def fail(at: datetime) -> bool:
        tried.append(at)
        raise ZeroDivisionError

    tried: list[datetime] = []
    done: list[datetime] = []
    works = [Work("broken", 1, fail), chore(done)]
    for second in range(30):
        clock.now = NOON + timedelta(seconds=second)
        running.run_due(clock, works)
    assert [(at - NOON).seconds for at in tried] == [0, 1, 3, 7, 15]
    assert done == [NOON]
    assert running.run_once(clock, works) == ["broken"]


def test_a_chore_that_works_again_is_no_longer_failing(clock: Clock) -> None:
    Chore.objects.create(name="sweep", due_at=NOON, failures=3)
    assert running.run_once(clock, [chore([])]) == []
    assert Chore.objects.get().failures == 0


def test_what_is_waiting_is_done_without_delay(clock: Clock) -> None:
    done: list[datetime] = []
    work = chore(done, more=lambda: len(done) < 3)
    for _each in range(5):
        running.run_due(clock, [work])
    assert len(done) == 3
    done.clear()
    running.run_once(clock, [work])
    assert len(done) == 3


def test_a_clock_set_back_holds_up_nothing(clock: Clock) -> None:
    done: list[datetime] = []
    next_year = NOON + timedelta(days=365)
    Chore.objects.create(name="sweep", due_at=next_year, claimed_until=next_year)
    running.run_due(clock, [chore(done)])
    assert done == [NOON]


def test_every_chore_of_the_table_can_be_done(world: World, clock: Clock) -> None:
    assert running.run_once(clock) == []
    assert set(Chore.objects.values_list("pk", flat=True)) == {work.name for work in CHORES}


def test_work_that_people_wait_for_is_done_when_something_waits_and_not_by_the_clock(clock: Clock) -> None:
    done: list[datetime] = []
    waiting = iter((False, True, True, False))
    work = Work("digest", 0, lambda at: bool(done.append(at)), waits=lambda: next(waiting))
    assert [running.run_due(clock, [work]) for _each in range(4)] == [0, 1, 1, 0]
    assert len(done) == 2


def test_a_short_lease_hands_over_soon(clock: Clock) -> None:
    done: list[datetime] = []
    work = Work("digest", 0, lambda at: bool(done.append(at)), lease_s=10)
    Chore.objects.create(name="digest", due_at=NOON, claimed_until=NOON + timedelta(seconds=10))
    assert running.run_due(clock, [work]) == 0
    clock.now = NOON + timedelta(seconds=11)
    assert running.run_due(clock, [work]) == 1


def test_an_idle_worker_reads_its_chores_once_and_writes_nothing(clock: Clock) -> None:
    works = [Work(f"sweep_{number}", 60, lambda at: False) for number in range(12)]
    running.run_due(clock, works)
    with CaptureQueriesContext(connection) as asked:
        assert running.run_due(clock, works) == 0
    assert len(asked.captured_queries) == 1


def test_with_nothing_to_do_no_chore_of_the_table_writes_every_few_seconds(clock: Clock) -> None:
    make_world()
    assert not running.run_once(clock)
    clock.now += timedelta(seconds=30)
    with CaptureQueriesContext(connection) as asked:
        assert running.run_due(clock) == 0
    assert [query["sql"] for query in asked.captured_queries if not query["sql"].startswith("SELECT")] == []
