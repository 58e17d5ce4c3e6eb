"""Ledgers as files: the rows, the figures and the matrix, each with what its columns mean in its head."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kit.tables import harmless
from linli.mediation.ledgers.figures import FIGURES
from linli.mediation.ledgers.listing import TIMES, Row
from linli.mediation.ledgers.matrix import WAYS, Matrix
from linli.mediation.ledgers.rates import HOW_KEPT_BACK, HOW_LONG, RATES
from linli.mediation.ledgers.sheet import Sheet
from linli.mediation.ledgers.small import figures_kept_back
from linli.statistics.periods import Period
from linli.statistics.rules import TOO_FEW
from linli.statistics.table_files import as_csv
from linli.statistics.tables import COUNT, EXACT, TEXT, Cell, Column, Table

#: More rows than that are taken as CSV: a workbook is made whole in memory.
MOST_IN_A_WORKBOOK = 20_000


@dataclass(frozen=True)
class LedgerTable(Table):
    """A table of a ledger, with the words that hold for all of it."""

    said: Sequence[str] = ()

    @property
    def notes(self) -> list[str]:
        """What holds for all of it."""
        return [*self.said, _("A ledger is a view of the disputes as they stand: nothing in it is typed.")]


def _asked(area: str, period: Period, at: datetime, words: Sequence[str] = ()) -> list[tuple[str, str]]:
    return [
        (_("Area"), area),
        (_("Period"), f"{period.first} – {period.last}"),
        *((_("Only"), one) for one in words),
        (_("As of"), _moment(at)),
    ]


# --- the rows -----------------------------------------------------------------------------------------------------------


def ledger_table(
    title: str, area: str, period: Period, at: datetime, words: Sequence[str], rows: Iterable[Row]
) -> LedgerTable:
    """The rows as a table: no names, no content, no keys."""
    said = [_("Numbers, kinds, places to the village, states and dates alone: no names, nothing of the matter itself.")]
    columns = [Column(code, name, TEXT, meaning) for code, name, meaning in _ledger_columns()]
    return LedgerTable(title, _asked(area, period, at, words), columns, [_ledger_cells(row) for row in rows], said)


def marked(table: LedgerTable, mark: str) -> LedgerTable:
    """The same with the mark of an export in its head."""
    return replace(table, asked=[*table.asked, (_("Export"), mark)])


def _ledger_columns() -> list[tuple[str, str, str]]:
    return [
        ("number", _("Number"), _("Given at registration: township, year, running number.")),
        ("case_no", _("Case number"), _("Given at acceptance, by body and year.")),
        ("kind", _("Kind of dispute"), ""),
        ("door", _("Came in by"), ""),
        ("village", _("Village"), _("As far as the village, never the grid.")),
        ("body", _("Mediation body"), ""),
        ("state", _("State"), ""),
        ("registered_at", _("Registered on"), ""),
        ("accepted_at", _("Accepted on"), _("All sides agreed.")),
        ("first_session_at", _("First session"), _("When the first session that was held began.")),
        ("settled_at", _("First agreement"), _("When the first agreement came into force.")),
        ("concluded_at", _("Concluded on"), _("When the mediation was over last; empty once it was reopened.")),
        ("ended_at", _("Ended on"), _("When the dispute ended last.")),
        ("ending", _("Ending"), _("How the mediation ended, or why it was not accepted.")),
        ("reopened", _("Reopened (times)"), ""),
    ]


def _ledger_cells(row: Row) -> list[Cell]:
    return [
        *(row.number, row.case_no, str(row.kind_label), str(row.door_label), row.village, row.body or ""),
        str(row.state_label),
        *(row.days.get(name, "") for name in TIMES),
        str(row.ending),
        str(row.reopened or ""),
    ]


def ledger_lines(table: LedgerTable, rows: Iterable[Row]) -> Iterator[bytes]:
    """As CSV, line by line, whatever their number: the head of the table, then the rows."""
    yield as_csv(table)
    for row in rows:
        text = io.StringIO()
        csv.writer(text).writerow([harmless(cell) for cell in _ledger_cells(row)])
        yield text.getvalue().encode()


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


# --- the figures --------------------------------------------------------------------------------------------------------


def figures_table(
    title: str, area: str, period: Period, at: datetime, sheet: Sheet, *, for_others: bool
) -> LedgerTable:
    """A line for each figure and rate, with its numerator, its denominator and what it means."""
    back = figures_kept_back({code: one.n for code, one in sheet.numbers.items()}) if for_others else set()
    shown = {code: None if code in back else one.n for code, one in sheet.numbers.items()}
    lines: list[list[Cell]] = [
        [figure.code, str(figure.name), shown[figure.code], None, None, _meaning(figure)] for figure in FIGURES
    ]
    for rate in RATES:
        n, of, percent = shown[rate.numerator], shown[rate.denominator], sheet.shares[rate.code].percent
        is_shown = percent is not None and n is not None and of is not None
        lines.append(
            [
                rate.code,
                str(rate.name),
                n,
                of,
                float(percent) if is_shown and percent is not None else None,
                _meaning(rate),
            ]
        )
    if not for_others:
        lines += _lengths(sheet)
    columns = [
        Column("code", _("Key"), TEXT),
        Column("name", _("Figure"), TEXT),
        Column("n", _("Number"), EXACT, _("How many; of a rate its numerator.")),
        Column("of", _("Of"), COUNT, _("Of a rate its denominator; of a time how many it was taken from.")),
        Column("percent", _("Percent"), EXACT, _("With two decimals; empty below %(few)s.") % {"few": TOO_FEW}),
        Column("meaning", _("What it counts"), TEXT),
    ]
    said = [str(HOW_LONG), *_said_of_small(for_others)]
    return LedgerTable(title, _asked(area, period, at), columns, lines, said)


def _lengths(sheet: Sheet) -> list[list[Cell]]:
    return [
        [f"{one.code}_{code}", f"{one.name} · {name}", value, length.n, None, f"{one.formula} {one.left_out}"]
        for one, length in sheet.lengths
        for code, name, value in (
            ("median", _("median, days"), length.median),
            ("ninetieth", _("nine of ten within, days"), length.ninetieth),
        )
    ]


def _meaning(one: Any) -> str:
    words = [one.formula, _("Left out:") + f" {one.left_out}" if one.left_out else "", one.note, one.source]
    return " · ".join(str(word) for word in words if word)


def _said_of_small(for_others: bool) -> list[str]:
    return [
        _("Below %(few)s there is no percentage: the cell is empty.") % {"few": TOO_FEW},
        _("Areas and bodies differ in people and in what comes to them: this is no ranking."),
        *([str(HOW_KEPT_BACK)] if for_others else []),
    ]


# --- the matrix ---------------------------------------------------------------------------------------------------------


def matrix_table(
    title: str, area: str, period: Period, at: datetime, matrix: Matrix, *, for_others: bool
) -> LedgerTable:
    """As on the page, the sums last."""
    shown = matrix.for_others() if for_others else matrix
    columns = [
        Column("line", str(WAYS[matrix.by_rows]), TEXT),
        *(Column(f"column_{place}", head_name(head.name), COUNT) for place, head in enumerate(shown.cols, 1)),
    ]
    rows: list[list[Cell]] = [[head_name(line.head.name), *(cell.n for cell in line.cells)] for line in shown.rows]
    return LedgerTable(
        f"{title} · {matrix.title}", _asked(area, period, at), columns, rows, _said_of_small(for_others)[1:]
    )


def head_name(name: Any) -> str:
    """A month as `2026-11`, a year as it is, days where it is cut off; else as it is called."""
    if not isinstance(name, Period):
        return str(name)
    is_whole = name.first.day == name.end.astimezone().day == 1
    if (name.first.year, name.first.month) == (name.last.year, name.last.month):
        return f"{name.first:%Y-%m}"
    return (
        f"{name.first.year}"
        if is_whole and name.first.month == 1 and name.last.month == 12
        else f"{name.first} – {name.last}"
    )
