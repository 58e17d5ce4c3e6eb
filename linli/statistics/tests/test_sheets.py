"""Every figure on the pages of areas and departments, and in every file, equals the slow computation."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from arro3.io import read_parquet
from hypothesis import HealthCheck, Phase, given, settings
from python_calamine import load_workbook

from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.people.models import Department
from linli.statistics import department, sheet, table_files, tables
from linli.statistics.figures import Moment
from linli.statistics.periods import Period
from linli.statistics.rules import FIGURES, RATE_BY_CODE, Cohort, change
from linli.statistics.sheet import Line, Number
from linli.statistics.tables import Table
from linli.statistics.tests import slow
from linli.statistics.tests.test_counters import HISTORY, KEYS, LATER, PERIODS, below, count_all, live

COUNTY, TOWNSHIP = "440881", "440881101"
BY_LOT = {figure.code for figure in FIGURES if figure.cohort == Cohort.INSPECTED}


@pytest.mark.django_db
@settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY)
def test_every_figure_of_a_page_and_a_file_equals_the_slow_computation(
    world: World, history: list[tuple[object, ...]]
) -> None:
    live(world, history)
    for _each in range(2):  # from sums and what was done since, or from rows; then from sums alone
        for period in PERIODS[1:]:
            assert_area(world, COUNTY, "township", period)
            assert_area(world, TOWNSHIP, "village", period)
            assert_department(world, COUNTY, "township", period)
            assert_department(world, TOWNSHIP, "village", period)
        count_all()


def assert_area(world: World, code: str, level: str, period: Period) -> None:
    whole = (period.first, period.last, LATER)
    shown = sheet.sheet_of(world.areas[code], Moment(period, LATER))
    expected = slow.table(code, *whole).get("", {}) | slow.closings(code, period.first, period.last)
    assert_numbers({name: one for name, one in shown.numbers.items() if name not in BY_LOT}, expected)
    assert shown.as_of == LATER
    units = slow.table(code, *whole, key=below(code, level))
    assert_lines(shown.children, {"" if key == code else key: one for key, one in units.items()})
    departments = slow.table(code, *whole, key=KEYS["department"])
    if not shown.departments:
        assert set(departments) <= {"-"}
        departments = {}
    assert_lines(shown.departments, {"" if key == "-" else key: one for key, one in departments.items()})
    steps = {step.period: step.numbers["reported"].n for step in shown.steps}
    assert {step: n for step, n in steps.items() if step} == {
        step: slow.table(code, step.first, step.last, LATER).get("", {}).get("reported", 0) for step in steps if step
    }
    assert sum(number.n for _state, _name, number, _width in shown.states) == expected.get("reported", 0)
    took = {one.code: (length.n, length.median_h, length.ninetieth_h) for one, length in shown.lengths}
    assert took == slow.lengths(code, *whole)
    assert_files(tabled(shown.children, sheet.COLUMNS, period), units, code)


def assert_department(world: World, code: str, level: str, period: Period) -> None:
    whole = (period.first, period.last, LATER)
    shown = department.sheet_of(Department.objects.get(pk="water"), world.areas[code], Moment(period, LATER))
    assert_numbers(shown.numbers, slow.table(code, *whole, led_by="water").get("", {}))
    units = slow.table(code, *whole, key=below(code, level), led_by="water")
    assert_lines(shown.children, {"" if key == code else key: one for key, one in units.items()})
    took = {one.code: (length.n, length.median_h, length.ninetieth_h) for one, length in shown.lengths}
    assert took == slow.lengths(code, *whole, led_by="water")
    assert_files(tabled(shown.children, department.COLUMNS, period), units, code)


def assert_numbers(shown: Mapping[str, Number], expected: Mapping[str, int]) -> None:
    assert {code: one.n for code, one in shown.items()} == {code: expected.get(code, 0) for code in shown}


def assert_lines(lines: list[Line], expected: Mapping[str, Mapping[str, int]]) -> None:
    assert [line.code for line in lines if line.code] == sorted(line.code for line in lines if line.code)
    for line in lines:
        assert_numbers(line.numbers, expected.get(line.code, {}))
    seen = {line.code for line in lines}
    assert {key for key, one in expected.items() if any(one.get(code) for code in sheet.COLUMNS)} <= seen


def tabled(lines: list[Line], codes: tuple[str, ...], period: Period) -> Table:
    return tables.table_of("统计", "区域", codes, lines, area="廉江市", period=period, as_of=LATER)


def assert_files(table: Table, units: Mapping[str, Mapping[str, int]], rest: str) -> None:
    """The three files hold the same cells, and these are those of the slow computation."""
    rows = cells_of(table, table_files.as_csv(table))
    assert rows == cells_of_xlsx(table_files.as_xlsx(table)) == cells_of_parquet(table_files.as_parquet(table))
    for row in rows:
        counts = units.get(row[0] or rest, {})
        for column, cell in zip(table.columns[2:], row[2:], strict=True):
            if column.kind == tables.COUNT:
                assert cell == str(counts.get(column.code, 0))
            else:
                rate = RATE_BY_CODE[column.code]
                of = counts.get(rate.denominator, 0)
                n = counts.get(rate.numerator, 0)
                assert cell == ("" if of < 20 else f"{1000 * n // of / 10:g}")


def cells_of(table: Table, file: bytes) -> list[list[str]]:
    lines = [line for line in file.decode("utf-8-sig").splitlines() if not line.startswith("#")]
    found = list(csv.reader(lines))
    assert found[0] == [column.name for column in table.columns]
    return [[plain(cell) for cell in row] for row in found[1:]]


def cells_of_xlsx(file: bytes) -> list[list[str]]:
    rows = load_workbook(io.BytesIO(file)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    top = next(place for place, row in enumerate(rows) if not any(row)) + 2
    return [[plain(cell) for cell in row] for row in rows[top:]]


def cells_of_parquet(file: bytes) -> list[list[str]]:
    table = read_parquet(io.BytesIO(file)).read_all()
    columns = [table.column(name).to_pylist() for name in table.column_names]
    return [["" if cell is None else plain(cell) for cell in row] for row in zip(*columns, strict=True)]


def plain(cell: object) -> str:
    return f"{cell:g}" if isinstance(cell, int | float) else f"{float(cell):g}" if _is_number(str(cell)) else str(cell)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and len(text) < 6


# --- more or less than before ---------------------------------------------------------------------------------------------


def reported(world: World, count: int, on: datetime, **how: object) -> list[Event]:
    return [make_event(world, at=on + timedelta(minutes=one), **how) for one in range(count)]  # type: ignore[arg-type]


def test_a_number_has_its_change_against_the_year_and_the_month_before(world: World) -> None:
    reported(world, 40, datetime(2025, 10, 7, 2, tzinfo=UTC))
    reported(world, 25, datetime(2026, 9, 7, 2, tzinfo=UTC))
    reported(world, 30, datetime(2026, 10, 7, 2, tzinfo=UTC))
    october = Moment(Period(date(2026, 10, 1), date(2026, 10, 31)), LATER)
    for _each in range(2):  # from rows, then from sums
        shown = sheet.sheet_of(world.areas[COUNTY], october).numbers
        changes = [(one.comparison.code, one.percent) for one in shown["reported"].changes]
        assert changes == [("year_over_year", change(30, 40)), ("month_over_month", change(30, 25))]
        assert [str(percent) for _code, percent in changes] == ["-25.00", "20.00"]
        # Open now is no matter of the period.
        assert shown["open"].changes == ()
        count_all()


def test_of_fewer_than_twenty_no_change_is_said(world: World) -> None:
    reported(world, 19, datetime(2026, 9, 7, 2, tzinfo=UTC))
    reported(world, 30, datetime(2026, 10, 7, 2, tzinfo=UTC))
    october = Moment(Period(date(2026, 10, 1), date(2026, 10, 31)), LATER)
    assert sheet.sheet_of(world.areas[COUNTY], october).numbers["reported"].changes == ()


# --- files ------------------------------------------------------------------------------------------------------------------


def a_table(rows: list[list[tables.Cell]]) -> Table:
    columns = [
        *(tables.Column("code", "代码", tables.TEXT), tables.Column("name", "区域", tables.TEXT)),
        *(
            tables.Column("due", "应结案", tables.COUNT, "时限落在期内"),
            tables.Column("on_time", "率", tables.PERCENT, "按期"),
        ),
    ]
    return Table("统计", [("区域", "=廉江市"), ("时间", "2026-10-01 – 2026-10-31")], columns, rows)


def test_what_is_kept_back_stays_empty_in_every_file_and_the_file_says_so() -> None:
    table = a_table([["440881101", "石城镇", None, None], ["440881102", "新民镇", 60, 51.6]])
    text = table_files.as_csv(table).decode("utf-8-sig")
    assert "440881101,石城镇,,\r\n" in text
    assert all(f"# {note}" in text for note in table.notes)
    sheets = load_workbook(io.BytesIO(table_files.as_xlsx(table)))
    assert sheets.get_sheet_by_index(0).to_python()[-2:] == [
        ["440881101", "石城镇", "", ""],
        ["440881102", "新民镇", 60.0, 51.6],
    ]
    assert [row[0] for row in sheets.get_sheet_by_index(1).to_python()][-3:] == table.notes
    stored = read_parquet(io.BytesIO(table_files.as_parquet(table))).read_all()
    assert stored.column("due").to_pylist() == [None, 60]
    metadata = {key.decode(): value.decode() for key, value in stored.schema.metadata.items()}
    assert metadata["linli.meaning.due"] == "时限落在期内"
    assert metadata["linli.notes"].splitlines() == table.notes


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝"])
def test_no_cell_is_taken_for_a_formula(begin: str) -> None:
    table = a_table([["440881101", f"{begin}cmd", 1, None]])
    assert f"'{begin}cmd" in table_files.as_csv(table).decode("utf-8-sig")
    rows = load_workbook(io.BytesIO(table_files.as_xlsx(table))).get_sheet_by_index(0).to_python()
    assert rows[-1][1] == f"'{begin}cmd"


def test_every_file_says_what_its_columns_mean(world: World) -> None:
    make_event(world, State.CLOSED, at=datetime(2026, 10, 7, 2, tzinfo=UTC))
    shown = sheet.sheet_of(world.areas[COUNTY], Moment(PERIODS[0], LATER))
    table = tabled(shown.children, sheet.COLUMNS, PERIODS[0])
    counted = [column for column in table.columns if column.kind != tables.TEXT]
    assert counted and all(column.meaning for column in counted)
    text = table_files.as_csv(table).decode("utf-8-sig")
    for words in ("2026-10-01 – 2026-10-31", "2026-12-03 10:00", "廉江市", *(column.meaning for column in counted)):
        assert words in text
