"""The definitions of the ledgers are whole, shares are printed as reports print them, and nothing kept back can be reckoned."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from linli.mediation.ledgers.figures import BY_CODE, FIGURES, FUNNEL, PART_OF, Cohort
from linli.mediation.ledgers.rates import RATES, STRETCHES, percent_of
from linli.mediation.ledgers.reading import COMPARED
from linli.mediation.ledgers.small import figures_kept_back, places_kept_back
from linli.statistics.rules import SMALL


def test_the_county_report_and_the_ledger_of_twelve() -> None:
    assert percent_of(2359, 2418) == Decimal("97.56")
    assert percent_of(12, 12) is None
    assert percent_of(20, 20) == Decimal(100)
    assert percent_of(19_999, 20_000) == Decimal("99.99")
    assert percent_of(1, 200_000) == Decimal("0.01")
    assert percent_of(0, 200) == 0


def test_every_figure_says_what_it_counts_and_every_rate_is_made_of_figures() -> None:
    codes = [figure.code for figure in FIGURES]
    named = [*codes, *(rate.code for rate in RATES), *(one.code for one in STRETCHES)]
    assert len(set(named)) == len(named)
    for one in (*FIGURES, *RATES, *STRETCHES):
        assert str(one.name) and str(one.formula)
    for rate in RATES:
        assert {rate.numerator, rate.denominator, *rate.apart} <= set(codes)
        assert BY_CODE[rate.numerator].cohort == BY_CODE[rate.denominator].cohort
    assert {code for pair in FUNNEL for code in pair if code} | set(COMPARED) | set(PART_OF) <= set(codes)
    for part, whole in PART_OF.items():
        assert BY_CODE[part].cohort == BY_CODE[whole].cohort
    # Whatever is no part of another is all of its cohort.
    assert {code for code in codes if code not in PART_OF} == {
        *("registered", "accepted", "concluded", "agreements", "due", "called", "open")
    }
    assert {figure.cohort for figure in FIGURES} == set(Cohort)


CELLS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 9) | st.integers(5, 60), min_size=width, max_size=width), min_size=1, max_size=5
    )
)


@settings(max_examples=200)
@given(cells=CELLS)
def test_no_line_of_a_matrix_lets_a_cell_be_reckoned(cells: list[list[int]]) -> None:
    rows = [[*row, sum(row)] for row in cells]
    table = [*rows, [sum(column) for column in zip(*rows, strict=True)]]
    back = places_kept_back(table)
    height, width = len(table), len(table[0])
    assert {(row, col) for row in range(height) for col in range(width) if 0 < table[row][col] < SMALL} <= back
    assert all(table[row][col] for row, col in back)
    lines = [[(row, col) for col in range(width)] for row in range(height)]
    lines += [[(row, col) for row in range(height)] for col in range(width)]
    assert all(len(back & set(line)) != 1 for line in lines)


@settings(max_examples=200)
@given(draws=st.dictionaries(st.sampled_from(sorted(BY_CODE)), st.integers(0, 100)))
def test_no_part_of_a_figure_leaves_a_few_of_one_that_is_shown(draws: dict[str, int]) -> None:
    counts: dict[str, int] = {}
    for figure in FIGURES:
        whole = PART_OF.get(figure.code)
        counts[figure.code] = draws.get(figure.code, 30) if whole is None else 0
    for code, whole in PART_OF.items():
        counts[code] = min(draws.get(code, 30), counts[whole])
    back = figures_kept_back(counts)
    for code, n in counts.items():
        if code not in back:
            assert not 0 < n < SMALL
            above: str | None = code
            while above := PART_OF.get(above or ""):
                assert above in back or not 0 < counts[above] - n < SMALL
