"""Drawing by lot: the pure part, which anybody can reckon again."""

from collections import Counter
from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given

from linli.events.rules import commitment, drawn, fingerprint, how_many, inspector_of, left_of, lots, overlap, seed_of

NUMBERS = st.lists(st.text("0123456789-", min_size=1, max_size=20), unique=True, max_size=60)


@given(NUMBERS, st.binary(min_size=1, max_size=40))
def test_the_same_list_and_secret_give_the_same_lots_in_whatever_order_they_come(
    numbers: list[str], secret: bytes
) -> None:
    seed = seed_of(secret, fingerprint(numbers))
    assert lots(numbers, seed) == lots(sorted(numbers, reverse=True), seed)
    assert sorted(lots(numbers, seed)) == sorted(numbers)
    assert seed_of(secret, fingerprint(reversed(numbers))) == seed


@given(NUMBERS, st.text(max_size=10))
def test_one_more_in_the_list_leaves_the_order_of_the_others(numbers: list[str], seed: str) -> None:
    assert [one for one in lots([*numbers, "one more"], seed) if one != "one more"] == lots(numbers, seed)


@given(st.integers(0, 5000), st.integers(1, 100), st.integers(1, 300))
def test_as_many_are_drawn_as_the_share_says(count: int, share: int, most: int) -> None:
    number = how_many(count, share, most)
    assert min(count, 1) <= number <= min(count, most)
    assert number == most or 100 * number >= count * share > 100 * (number - 1)


def test_every_matter_has_the_same_chance() -> None:
    numbers = [f"440881101-202611-{number:06}" for number in range(20)]
    fell_on = Counter(one for draw in range(4000) for one in drawn(numbers, f"seed {draw}", 25, 100))
    # 1,000 each on average; five standard deviations are 137.
    assert sum(fell_on.values()) == 20_000
    assert all(863 < fell_on[number] < 1137 for number in numbers)


def test_another_list_has_another_seed_and_another_secret_another_commitment() -> None:
    assert fingerprint(["1", "2"]) != fingerprint(["12"]) != fingerprint([])
    assert seed_of(b"a", fingerprint(["1"])) != seed_of(b"a", fingerprint(["2"]))
    assert commitment(b"a") != commitment(b"b")


def test_the_vectors_that_the_documents_name() -> None:
    """Reckoned by `sha256sum` and `openssl dgst -mac hmac`; they stand in docs/reinspections.md too."""
    numbers = ["440881101-202611-000001", "440881101-202611-000002", "440881101-202611-000003"]
    secret = bytes(range(32))
    assert commitment(secret) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
    frozen = fingerprint(numbers)
    seed = seed_of(secret, frozen)
    assert (frozen, seed, lots(numbers, seed)) == (FROZEN, SEED, LOTS)


FROZEN = "a8987634204196c511cf8250d3b1953fda8a86c531e7c3586754297192b88d78"
SEED = "5de179b4d1ceb89bfb5818e0326f832608f3bab6dfaba993e6bfe3bae9af97e9"
LOTS = ["440881101-202611-000001", "440881101-202611-000002", "440881101-202611-000003"]


def test_nobody_looks_where_nobody_may() -> None:
    assert inspector_of("1", "seed", []) is None
    assert {inspector_of(str(number), "seed", [7, 8, 9]) for number in range(50)} == {7, 8, 9}


@pytest.mark.parametrize(
    ("first", "second", "meets"),
    [((1, 7), (8, 14), False), ((1, 7), (7, 8), True), ((5, 6), (1, 20), True), ((8, 9), (1, 7), False)],
)
def test_periods_overlap_when_they_share_a_day(first: tuple[int, int], second: tuple[int, int], meets: bool) -> None:
    days = [tuple(date(2026, 11, day) for day in one) for one in (first, second)]
    assert overlap(*days) is meets  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(1, 14), st.integers(0, 5)), max_size=6))
def test_what_is_left_of_a_period_are_just_the_days_nobody_drew_of(periods: list[tuple[int, int]]) -> None:
    drawn_of = [(date(2026, 11, first), date(2026, 11, first + more)) for first, more in periods]
    left = left_of((date(2026, 11, 5), date(2026, 11, 11)), drawn_of)
    days = [day for first, last in left for day in range(first.day, last.day + 1)]
    wanted = [day for day in range(5, 12) if not any(first.day <= day <= last.day for first, last in drawn_of)]
    assert days == wanted
