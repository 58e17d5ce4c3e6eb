"""Counting tries: never more than allowed in any stretch of time, nobody forgotten who is at a limit, memory bounded."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kit.throttle import Throttle

WITHIN = 60.0
#: A try is counted for a twelfth of the time longer at most.
SURELY_OVER = WITHIN * 13 / 12


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


# Steps of eighths and twelfths of a second: sums of them are exact or fall beside the borders of the parts.
STEPS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 240).map(lambda eighths: eighths / 8)), max_size=80
)


@given(STEPS, st.integers(1, 6))
def test_in_no_stretch_of_time_more_pass_than_may_and_nobody_who_sends_less_is_refused(
    steps: list[tuple[str, float]], most: int
) -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    passed: dict[str, list[float]] = defaultdict(list)
    for key, later in steps:
        clock.now += later
        is_free = throttle.take(key, most=most, within_s=WITHIN)
        recent = [at for at in passed[key] if clock.now - at < WITHIN]
        maybe = [at for at in passed[key] if clock.now - at < SURELY_OVER]
        assert not is_free or len(recent) < most
        assert is_free or len(maybe) >= most
        assert len(recent) <= throttle.count(key) - is_free <= len(maybe)
        if is_free:
            passed[key].append(clock.now)
            assert throttle.wait_s(key) > 0


@given(st.lists(st.tuples(st.sampled_from(["take", "give back", "wait"]), st.integers(0, 40)), max_size=60))
def test_what_is_given_back_is_not_counted(steps: list[tuple[str, int]]) -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    counted: list[float] = []
    for what, seconds in steps:
        if what == "take" and throttle.take("a", most=5, within_s=WITHIN):
            counted.append(clock.now)
        elif what == "give back":
            throttle.give_back("a")
            counted = counted[:-1]
        else:
            clock.now += seconds
        counted = [at for at in counted if clock.now - at < SURELY_OVER]
        assert 0 <= throttle.count("a") <= len(counted)


def test_whoever_goes_on_guessing_goes_on_being_refused(clock: Clock) -> None:
    throttle = Throttle(clock=clock)
    refused = []
    for _try in range(40):
        clock.now += WITHIN / 4
        refused.append(throttle.too_many("a", most=3, within_s=WITHIN))
    assert refused == [False] * 3 + [True] * 37
    clock.now += SURELY_OVER
    assert not throttle.too_many("a", most=3, within_s=WITHIN)


def test_other_keys_in_any_number_free_nobody_from_a_limit(clock: Clock) -> None:
    throttle = Throttle(100, clock)
    for _try in range(5):
        throttle.too_many("guesser", most=5, within_s=WITHIN)
    for number in range(10_000):
        throttle.take(f"made up {number}", most=5, within_s=WITHIN)
    assert throttle.too_many("guesser", most=5, within_s=WITHIN)
    assert len(throttle) <= 100


def test_memory_is_bounded_even_if_everybody_is_at_the_limit(clock: Clock) -> None:
    throttle = Throttle(100, clock)
    for number in range(1000):
        throttle.take(f"{number}", most=1, within_s=WITHIN)
        assert len(throttle) <= 100


def test_keys_that_are_over_make_room_by_themselves(clock: Clock) -> None:
    throttle = Throttle(clock=clock)
    for number in range(50):
        throttle.take(f"{number}", most=5, within_s=WITHIN)
    for number in range(50):
        throttle.take(f"heavy {number}", most=1, within_s=WITHIN)
    clock.now += SURELY_OVER
    for number in range(50):
        throttle.take(f"later {number}", most=100, within_s=WITHIN)
    assert len(throttle) == 50


def test_forgetting_begins_again_for_one_or_for_all(clock: Clock) -> None:
    throttle = Throttle(clock=clock)
    for key in ("a", "b", "c"):
        throttle.take(key, most=1, within_s=WITHIN)
    throttle.forget("a")
    assert [throttle.count(key) for key in ("a", "b", "c")] == [0, 1, 1]
    throttle.forget()
    assert [throttle.count(key) for key in ("a", "b", "c")] == [0, 0, 0]
    throttle.give_back("a")
    assert throttle.wait_s("a") == 0
