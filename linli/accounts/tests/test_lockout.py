"""Failures are counted before a try is looked at, and make one wait."""

from datetime import UTC, datetime, timedelta

import pytest

from linli.accounts import lockout
from linli.accounts.models import Tries
from linli.accounts.rules import ADDRESS, NAME

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 3, 4, tzinfo=UTC)


def fail(times: int, name: str = "worker", address: str = "10.1.1.1", at: datetime = NOON) -> list[lockout.Try]:
    return [lockout.try_password(name, address, at) for _time in range(times)]


def test_the_sixth_failure_is_refused_unseen_until_the_wait_is_over() -> None:
    tries = fail(6)
    assert [one.wait is None for one in tries] == [True] * 5 + [False]
    assert [one.locks for one in tries] == [False] * 4 + [True, False]
    assert tries[5].wait_min == 1
    (again,) = fail(1, at=NOON + timedelta(minutes=1))
    assert again.wait is None and again.locks
    (longer,) = fail(1, at=NOON + timedelta(minutes=1))
    assert longer.wait == timedelta(minutes=2)


def test_what_is_refused_makes_nobody_wait_longer() -> None:
    fail(50)
    (after,) = fail(1, at=NOON + timedelta(minutes=1))
    assert after.wait is None


def test_others_and_other_addresses_do_not_wait() -> None:
    fail(6)
    assert fail(1, name="desk")[0].wait is None
    assert fail(1, address="10.1.1.2")[0].wait is None


def test_one_name_from_everywhere_waits_a_while() -> None:
    tries = [fail(1, address=f"10.2.0.{number}")[0] for number in range(NAME.free + 1)]
    assert [one.wait is None for one in tries] == [True] * NAME.free + [False]


def test_one_address_with_ever_other_names_waits_a_while() -> None:
    tries = [fail(1, name=f"name{number}")[0] for number in range(ADDRESS.free + 1)]
    assert [one.wait is None for one in tries] == [True] * ADDRESS.free + [False]


def test_what_is_refused_fills_no_table() -> None:
    for number in range(ADDRESS.free):
        fail(1, name=f"name{number}")
    known = Tries.objects.count()
    assert [fail(1, name=f"other{number}")[0].wait is None for number in range(3)] == [False] * 3
    assert Tries.objects.count() == known


def test_the_right_password_wipes_the_slate_of_the_name_and_counts_for_nothing_at_the_address() -> None:
    fail(5)[-1].succeed()
    assert [row.count for row in Tries.objects.all()] == [4]
    assert [one.wait for one in fail(5)] == [None] * 5


def test_failures_of_yesterday_are_forgotten() -> None:
    fail(4)
    (late,) = fail(1, at=NOON + timedelta(days=1, seconds=1))
    assert not late.locks
    assert lockout.forget_old(NOON + timedelta(days=3)) == 3
    assert not Tries.objects.exists()


def test_neither_names_nor_addresses_are_kept() -> None:
    fail(1, name="13800138000", address="10.9.8.7")
    kept = " ".join(f"{row.mark}" for row in Tries.objects.all())
    assert "13800138000" not in kept and "10.9.8.7" not in kept


def test_nobody_waits_for_a_clock_that_was_set_back() -> None:
    fail(6, at=NOON + timedelta(days=3000))
    assert [one.wait is None for one in fail(6)] == [True] * 5 + [False]
    fail(6, name="other", at=NOON + timedelta(days=3000))
    assert lockout.forget_old(NOON) == 3
