"""What the figures mean: the tables, without a database."""

import pytest

from linli.events.rules import ENDED, OPEN, SOLVED, State
from linli.statistics.rules import BY_CODE, DAYS, FIGURES, OTHERWISE, RATES, TOO_FEW, Cohort, percent, quantile


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
