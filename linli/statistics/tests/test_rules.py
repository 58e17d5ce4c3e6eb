"""What the figures mean: the tables, without a database."""

from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from linli.events.rules import ENDED, OPEN, SOLVED, State
from linli.statistics.rules import (
    BY_CODE,
    DAYS,
    FIGURES,
    INTERVALS,
    OTHERWISE,
    RATES,
    SMALL,
    TOO_FEW,
    Cohort,
    change,
    hours_begun,
    kept_back,
    may_show_share,
    percent,
    quantile,
    quantile_of_counts,
    signed,
)
from linli.statistics.rules.cubes import ZOOMS, at_zoom, corner, spot_of


def test_every_figure_and_rate_says_what_it_is() -> None:
    for one in (*FIGURES, *RATES, *DAYS):
        assert all(str(words) for words in (one.code, one.name, one.formula, one.unit))
    assert len(BY_CODE) == len(FIGURES)


def test_a_rate_is_made_of_figures_that_exist_and_of_one_cohort() -> None:
    for rate in RATES:
        assert BY_CODE[rate.numerator].cohort == BY_CODE[rate.denominator].cohort


def test_every_state_is_open_solved_or_counted_apart() -> None:
    assert OPEN | SOLVED | OTHERWISE == set(State)
    assert SOLVED | OTHERWISE == ENDED
    assert {figure.code for figure in FIGURES if figure.cohort == Cohort.ENDED} >= set(OTHERWISE)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (0, 0, None),
        (TOO_FEW - 1, TOO_FEW - 1, None),
        (TOO_FEW, TOO_FEW, 100.0),
        (9999, 10000, 99.9),
        (1, 3000, 0.0),
        (287, 1000, 28.7),
        (2, 30, 6.6),
    ],
)
def test_a_percentage_is_given_for_enough_and_rounded_down(
    numerator: int, denominator: int, shown: float | None
) -> None:
    assert percent(numerator, denominator) == shown


def test_nothing_is_counted_by_person() -> None:
    words = " ".join(str(figure.formula) + str(figure.name) for figure in FIGURES)
    assert not {"person", "worker", "officer"} & set(words.lower().split())


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([], 0.5, None), ([4.0], 0.9, 4.0), ([1, 2, 3, 4], 0.5, 2), ([1, 2, 3], 0.5, 2), (list(range(1, 11)), 0.9, 9)],
)
def test_a_quantile_is_one_of_the_values(values: list[float], share: float, found: float | None) -> None:
    assert quantile(values, share) == found


def test_every_key_names_one_thing() -> None:
    keys = [one.code for one in (*FIGURES, *RATES, *DAYS, *INTERVALS)]
    assert len(keys) == len(set(keys))
    assert all(code in BY_CODE for rate in RATES for code in rate.apart)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (31307, 56177, "−44.27 %"),
        (103, 100, "+3.00 %"),
        (5, 5, "0.00 %"),
        (0, 8, "−100.00 %"),
        (3, 0, "—"),
        (20001, 20000, "+0.01 %"),
        (19999, 20000, "−0.01 %"),
    ],
)
def test_a_change_has_its_sign_as_county_reports_state_it(now: int, before: int, said: str) -> None:
    assert signed(change(now, before)) == said


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 0, "b": 9}, set()),
        ({"a": 4, "b": 9, "c": 12}, {"a", "b"}),
        # Always the next smallest: else one would know of small ones that they are as many as they are.
        ({"a": 4, "b": 1, "c": 12}, {"a", "b", "c"}),
        ({"a": 1, "b": 1, "c": 12, "d": 9}, {"a", "b", "d"}),
        ({"a": 4, "b": 4, "c": 4, "d": 9, "e": 10}, {"a", "b", "c", "d"}),
        # Were only one of two alike kept back, it would be told which of the others is the small one.
        ({"a": 1, "b": 5, "c": 5, "d": 9}, {"a", "b", "c"}),
        # Five in five places are one in each, were it known that there is nothing elsewhere.
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 0}, {"a", "b", "c", "d", "e", "f"}),
        ({"a": 4}, {"a"}),
        ({"a": SMALL, "b": 0}, set()),
    ],
)
def test_small_numbers_are_kept_back_and_cannot_be_reckoned(counts: dict[str, int], hidden: set[str]) -> None:
    assert kept_back(counts) == hidden


@pytest.mark.parametrize("places", [2, 3, 4])
def test_no_small_number_follows_from_the_others_and_their_sum(places: int) -> None:
    """By trying all: whoever sees what is shown, the sum if it is none of the small ones, and knows the rule, is left with
    more than one number for each that is kept back.
    """
    left: dict[Any, list[set[int]]] = {}
    for numbers in product(range(2 * SMALL), repeat=places):
        counts = dict(zip("abcd", numbers, strict=False))
        back, whole = kept_back(counts), sum(numbers)
        seen = (whole if whole >= SMALL else None, *(None if key in back else n for key, n in counts.items()))
        for known, n in zip(left.setdefault(seen, [set() for _each in numbers]), numbers, strict=True):
            known.add(n)
    for seen, known in left.items():
        assert all(n is not None or len(one) > 1 for n, one in zip(seen[1:], known, strict=True)), seen


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"), [(10, 20, True), (3, 20, False), (18, 20, False), (20, 20, True)]
)
def test_a_share_of_a_few_is_not_shown_outside_scope(numerator: int, denominator: int, shown: bool) -> None:
    assert may_show_share(numerator, denominator) is shown


@given(some.lists(some.integers(0, 500), max_size=60), some.sampled_from([0.5, 0.9]))
def test_a_quantile_of_counts_is_that_of_the_values(values: list[int], share: float) -> None:
    assert quantile_of_counts(Counter(values), share) == quantile(sorted(values), share)


@given(some.lists(some.integers(0, 10_000_000), min_size=1, max_size=60), some.sampled_from([0.5, 0.9]))
def test_rounding_and_ranking_may_be_done_in_either_order(seconds: list[int], share: float) -> None:
    hours = Counter(hours_begun(one) for one in seconds)
    exact = quantile(sorted(seconds), share)
    assert exact is not None
    assert quantile_of_counts(hours, share) == hours_begun(exact)  # type: ignore[arg-type]


@given(some.floats(-180, 179.99), some.floats(-90, 89.99), some.sampled_from(range(len(ZOOMS))))
def test_a_position_lies_in_its_cell_at_every_zoom(lon: float, lat: float, zoom: int) -> None:
    x, y = at_zoom(spot_of(lon, lat), zoom)
    west, south = corner(x, y, zoom)
    side = 1 / ZOOMS[zoom]
    assert west <= lon < west + side
    assert south <= lat < south + side
