"""Every figure of a ledger equals the slow computation over the same histories; the matrix adds up; files read back."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from linli.events.testing import NOON
from linli.mediation.ledgers import listing, tables
from linli.mediation.ledgers.figures import BY_CODE, Cohort
from linli.mediation.ledgers.listing import all_rows, disputes_of, outline_of, page_of
from linli.mediation.ledgers.matrix import AREA, KIND, MONTH, OF, matrix_of, ways_of
from linli.mediation.ledgers.narrowing import LISTED, Narrowing
from linli.mediation.ledgers.pairs import pairs
from linli.mediation.ledgers.rates import RATES, percent_of
from linli.mediation.ledgers.reading import Asked, caseload, counts, lengths
from linli.mediation.ledgers.sheet import sheet_of
from linli.mediation.ledgers.testing import History, histories, store
from linli.mediation.rules import Level, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation
from linli.mediation.tests import slow_ledgers as slow
from linli.statistics import table_files
from linli.statistics.periods import Period
from linli.statistics.rules import change

pytestmark = pytest.mark.django_db
COUNTY, TOWNSHIP, VILLAGE = "440881", "440881101", "440881101201"
AREAS = (COUNTY, TOWNSHIP, VILLAGE, "440881101201005", "440881101202001", "440881102201001")
YEAR = Period(date(2025, 12, 1), date(2026, 11, 16))
PERIODS = (YEAR, Period(date(2026, 5, 1), date(2026, 5, 31)), Period(date(2026, 11, 16), date(2026, 11, 16)))


def made(here: Mediation, count: int, seed: int, days: int = 500) -> list[History]:
    bodies = [here.village.pk, here.township.pk, here.county.pk]
    found = histories(count, draw=Random(seed), areas=AREAS, bodies=bodies, at=NOON, days=days)
    store(found, here.head)
    return found


@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(count=st.integers(0, 120), seed=st.integers(0, 2**32))
def test_every_figure_of_every_area_and_period_equals_the_slow_computation(db: None, count: int, seed: int) -> None:
    with transaction.atomic():
        found = made(make_mediation(), count, seed)
        for area in (COUNTY, TOWNSHIP, VILLAGE):
            for period in PERIODS:
                asked = Asked(area, period, NOON)
                expected = slow.figures(found, area, period, NOON)
                assert counts(asked) == expected
                took = {code: (one.n, one.median, one.ninetieth) for code, one in lengths(asked).items()}
                assert took == slow.lengths(found, area, period)
        transaction.set_rollback(True)


def test_every_number_opens_just_the_disputes_it_counts() -> None:
    made(make_mediation(), 300, 7)
    asked = Asked(COUNTY, YEAR, NOON)
    sheet = sheet_of(asked)
    assert all(one.n for one in sheet.numbers.values())
    for code in LISTED:
        assert disputes_of(asked, Narrowing(figure=code)).count() == sheet.numbers[code].n, code
    assert not sheet.numbers["due"].address
    assert all(bool(one.address) == bool(one.n) for code, one in sheet.numbers.items() if code in LISTED)
    for rate in RATES:
        share = sheet.shares[rate.code]
        assert share.percent == percent_of(sheet.numbers[rate.numerator].n, sheet.numbers[rate.denominator].n)


def test_a_number_is_compared_with_the_year_and_the_months_before() -> None:
    found = made(make_mediation(), 400, 3, days=700)
    period = Period(date(2026, 4, 1), date(2026, 9, 30))
    sheet = sheet_of(Asked(COUNTY, period, NOON))
    assert [one.period.first for one in sheet.earlier] == [date(2025, 4, 1), date(2025, 10, 1)]
    now = slow.figures(found, COUNTY, period, NOON)["registered"]
    before = [slow.figures(found, COUNTY, one.period, NOON)["registered"] for one in sheet.earlier]
    assert [one.percent for one in sheet.numbers["registered"].changes] == [change(now, n) for n in before]


# --- the reports of the county ------------------------------------------------------------------------------------------


def ended(here: Mediation, count: int, closed: int) -> list[History]:
    """So many accepted in the year, of which so many were closed after an agreement."""
    begun = NOON - timedelta(days=300)
    rows = []
    for number in range(count):
        at = begun + timedelta(minutes=number * 20)
        one = History(AREAS[number % 6], "02", here.township.pk, at, state=State.MEDIATING)
        one.screened_at = one.accepted_at = one.first_session_at = at
        if number < closed:
            one.settled_at = one.performed_at = one.concluded_at = one.ended_at = at + timedelta(days=9)
            one.state, one.ending = State.CLOSED, "agreement"
        rows.append(one)
    return rows


def test_a_year_of_2418_disputes_of_which_2359_are_closed_is_97_56_percent() -> None:
    here = make_mediation()
    store(ended(here, 2418, 2359), here.head)
    sheet = sheet_of(Asked(COUNTY, YEAR, NOON))
    closing = sheet.shares["closing"]
    assert (closing.numerator.n, closing.denominator.n, closing.percent) == (2359, 2418, Decimal("97.56"))
    assert (sheet.shares["settlement"].percent, sheet.shares["durability_180"].percent) == (100, 100)
    assert sheet.shares["in_30_days"].percent == 100


def test_a_ledger_of_twelve_of_twelve_has_no_percentage() -> None:
    here = make_mediation()
    store(ended(here, 12, 12), here.head)
    sheet = sheet_of(Asked(COUNTY, YEAR, NOON))
    closing = sheet.shares["closing"]
    assert (closing.numerator.n, closing.denominator.n, closing.percent) == (12, 12, None)
    assert {step.width for step in sheet.funnel} == {""}


def test_what_acts_have_done_is_counted() -> None:
    here = make_mediation()
    for state in State:
        make_dispute(here, state)
    at = NOON + timedelta(days=1)
    found = counts(Asked(COUNTY, Period(date(2026, 11, 1), date(2026, 11, 30)), at))
    assert {code: found[code] for code in ("registered", "screened_in", "engaged", "heard", "agreed", "performed")} == {
        "registered": 10,
        "screened_in": 9,
        "engaged": 6,
        "heard": 2,
        "agreed": 2,
        "performed": 2,
    }
    assert {code: found[code] for code in ("accepted", "closed", "concluded", "settled", "failed", "not_accepted")} == {
        "accepted": 6,
        "closed": 3,
        "concluded": 4,
        "settled": 2,
        "failed": 2,
        "not_accepted": 1,
    }


def test_caseload_is_told_of_five_mediators_or_of_none() -> None:
    here = make_mediation()
    make_dispute(here, State.MEDIATING)
    assert caseload(Asked(VILLAGE, YEAR, NOON)).median is None
    county = caseload(Asked(COUNTY, YEAR, NOON))
    assert (county.mediators, county.median, county.ninetieth) == (7, 0, 1)


# --- the matrix ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", OF)
def test_the_cells_of_a_matrix_add_up_and_open_their_rows(of: str) -> None:
    made(make_mediation(), 150, 11)
    for area in (COUNTY, TOWNSHIP, VILLAGE):
        asked, ways = Asked(area, YEAR, NOON), ways_of(area)
        whole = counts(asked, [of])[of]
        for rows in ways:
            for cols in set(ways) - {rows}:
                matrix = matrix_of(asked, rows, cols, of)
                table = [[cell.n or 0 for cell in line.cells] for line in matrix.rows]
                assert all(sum(line[:-1]) == line[-1] for line in table)
                assert [sum(column) for column in zip(*table[:-1], strict=True)] == table[-1]
                assert table[-1][-1] == whole
                assert all(bool(cell.address) == bool(cell.n) for line in matrix.rows for cell in line.cells)


def test_a_cell_opens_just_its_rows(client: object) -> None:
    here = make_mediation()
    made(here, 150, 5)
    client.force_login(here.world.cast.leader)  # type: ignore[attr-defined]
    asked = Asked(COUNTY, YEAR, NOON)
    matrix = matrix_of(asked, *ways_of(COUNTY)[:2], "concluded")
    for line in matrix.rows:
        cell = next(cell for cell in line.cells if cell.n)
        response = client.get(cell.address)  # type: ignore[attr-defined]
        assert response.context["count"] == cell.n


def test_a_village_is_not_told_apart_into_grids() -> None:
    assert ways_of(VILLAGE) == [KIND, MONTH]


def test_a_matrix_for_passing_on_keeps_small_numbers_back() -> None:
    made(make_mediation(), 90, 2)
    matrix = matrix_of(Asked(COUNTY, YEAR, NOON), KIND, MONTH)
    shown = [cell.n for line in matrix.for_others().rows for cell in line.cells]
    assert None in shown
    assert not any(n is not None and 0 < n < 5 for n in shown)


# --- the rows -----------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_to_the_end_and_say_nothing_twice() -> None:
    made(make_mediation(), 120, 13)
    asked = Asked(COUNTY, YEAR, NOON)
    for narrowing in (
        Narrowing(),
        Narrowing(figure="concluded"),
        Narrowing(state="closed"),
        Narrowing(level="village"),
    ):
        seen, after = [], ""
        while True:
            page = page_of(asked, narrowing, after, size=7)
            seen += [row.number for row in page.rows]
            after = page.next_cursor
            if not after:
                break
        assert seen == [row.number for row in all_rows(asked, narrowing)]
        assert len(set(seen)) == len(seen) == disputes_of(asked, narrowing).count()


def test_a_list_says_how_many_it_has_in_every_area() -> None:
    found = made(make_mediation(), 80, 37)
    for area in AREAS:
        here = [one for one in found if one.area.startswith(area) and YEAR.start <= one.registered_at < YEAR.end]
        assert listing.count_of(Asked(area, YEAR, NOON), Narrowing()) == (len(here), False)


def test_ledgers_of_levels_are_those_of_the_bodies() -> None:
    here = make_mediation()
    found = made(here, 100, 17)
    registered = [one for one in found if YEAR.start <= one.registered_at < YEAR.end]
    bodies = {Level.VILLAGE: here.village.pk, Level.TOWNSHIP: here.township.pk, Level.COUNTY: here.county.pk}
    for level, body in bodies.items():
        shown = disputes_of(Asked(COUNTY, YEAR, NOON), Narrowing(level=level))
        assert shown.count() == len([one for one in registered if one.body == body])


def test_an_outline_goes_by_numbers() -> None:
    found = made(make_mediation(), 60, 19)
    seen, after = [], ""
    while True:
        page = outline_of(COUNTY, Narrowing(), after, size=7)
        seen += [row.number for row in page.rows]
        after = page.next_cursor
        if not after:
            break
    assert len(seen) == len(found)
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("count", [1, 20])
def test_questions_do_not_grow_with_the_rows(count: int) -> None:
    made(make_mediation(), count, 23, days=300)
    asked = Asked(COUNTY, YEAR, NOON)
    with CaptureQueriesContext(connection) as queries:
        page_of(asked, Narrowing())
    assert len(queries) == 3
    with CaptureQueriesContext(connection) as queries:
        sheet_of(asked)
    assert len(queries) == 16
    with CaptureQueriesContext(connection) as queries:
        matrix_of(asked, *ways_of(COUNTY)[:2])
    assert len(queries) == 3


# --- files --------------------------------------------------------------------------------------------------------------


def test_the_rows_read_back_from_both_files() -> None:
    here = make_mediation()
    made(here, 40, 29)
    here.township.name = "=HYPERLINK(1)"
    here.township.save()
    asked = Asked(COUNTY, YEAR, NOON)
    rows = list(all_rows(asked, Narrowing()))
    head = ("廉江市 · 台账", "廉江市 (440881)", YEAR, NOON, [])
    text = b"".join(tables.ledger_lines(tables.ledger_table(*head, []), iter(rows))).decode("utf-8-sig")
    said = [line for line in text.splitlines() if line.startswith("# ")]
    read = list(csv.reader(io.StringIO("\r\n".join(line for line in text.splitlines() if not line.startswith("# ")))))
    assert said[0] == "# 廉江市 · 台账"
    assert [line[0] for line in read[1:]] == [row.number for row in rows]
    assert not any(cell.startswith("=") for line in read for cell in line)
    book = CalamineWorkbook.from_filelike(io.BytesIO(table_files.as_xlsx(tables.ledger_table(*head, rows))))
    sheet = book.get_sheet_by_index(0).to_python()
    assert [line[0] for line in sheet[-len(rows) :]] == [row.number for row in rows]
    assert not any(str(cell).startswith("=") for line in sheet for cell in line)
    assert len(book.sheet_names) == 2


@pytest.mark.parametrize("for_others", [False, True])
def test_the_figures_read_back_with_what_they_mean(for_others: bool) -> None:
    made(make_mediation(), 120, 31)
    sheet = sheet_of(Asked(COUNTY, YEAR, NOON))
    table = tables.figures_table("廉江市", "廉江市 (440881)", YEAR, NOON, sheet, for_others=for_others)
    book = CalamineWorkbook.from_filelike(io.BytesIO(table_files.as_xlsx(table)))
    read = {str(line[0]): line for line in book.get_sheet_by_index(0).to_python() if len(line) > 5}
    for code, figure in BY_CODE.items():
        n = sheet.numbers[code].n
        assert read[code][2] == n or (for_others and read[code][2] == "")
        assert str(figure.formula) in str(read[code][5])
        assert not (for_others and 0 < n < 5 and read[code][2] != "")
    closing = sheet.shares["closing"]
    if not for_others:
        assert read["closing"][2:5] == [closing.numerator.n, closing.denominator.n, float(closing.percent or 0)]
        assert "to_session_median" in read


def test_what_a_list_shows_of_a_dispute_is_neither_names_nor_content() -> None:
    here = make_mediation()
    dispute = make_dispute(here, State.CLOSED)
    (row,) = page_of(Asked(COUNTY, Period(date(2026, 11, 16), date(2026, 11, 16)), NOON), Narrowing()).rows
    shown = " ".join(str(getattr(row, name)) for name in listing.Row.__dataclass_fields__)
    assert dispute.number in shown
    for hidden in ("王小明", "李大力", "水沟", "13900000001", str(dispute.pk)):
        assert hidden not in shown
    assert row.village == "石城镇·上县村"


def test_cohorts_have_their_clocks() -> None:
    assert set(listing.CLOCK) == set(Cohort) - {Cohort.DUE}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="How SQLite goes about it.")
@pytest.mark.parametrize("of", OF)
def test_a_matrix_of_a_township_by_its_villages_looks_up_no_row(of: str) -> None:
    """It is not counted ahead: what it asks for stands in the index of the area."""
    make_mediation()
    for by_cols in (KIND, MONTH):
        with CaptureQueriesContext(connection) as asked:
            pairs(Asked(TOWNSHIP, YEAR, NOON), AREA, by_cols, of)
        (sql,) = [one["sql"] for one in asked.captured_queries if 'FROM "mediation_dispute"' in one["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
            ways = [row[3] for row in cursor.fetchall() if "mediation_dispute" in row[3]]
        assert ["USING COVERING INDEX" in way for way in ways] == [True], ways
