"""Bringing in the matters of another system from a table, by a map of its columns: `linli events import`.

The file is read twice: once to its end, so that a damaged one is refused before anything is stored, then in batches,
each of them one transaction. What was stored stays; a second run finds it by its numbers and adds nothing.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains
from linli.events import actions
from linli.events.actions import Fate, ImportedMatter
from linli.intake.importing.categories import categories_of
from linli.intake.importing.maps import ImportMap, check_columns, map_of, read_map
from linli.intake.importing.notes import Notes
from linli.intake.importing.places import Places
from linli.intake.importing.rows import Draft, RowReader
from linli.kit.forbidden import why_forbidden
from linli.kit.progress import progress
from linli.kit.refusal import BadInput
from linli.kit.tables import columns_of, count_rows, harmless, read_rows

__all__ = ["RefusedList", "Report", "Run", "import_events", "map_of", "prepared", "read_map", "unread_of"]

#: Rows a transaction; the desk waits for one batch at most, about a quarter of a second.
BATCH = 1000


@dataclass
class Report:
    """What an import did, as it goes: it can be read when the work was cut short."""

    new: int = 0
    known: int = 0
    #: By code of the reason; of each the first row, with its line and sentence.
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[int, str]] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    #: Columns of the file that no import may read, with the reason.
    unread: dict[str, str] = field(default_factory=dict)
    #: Where the refused rows are listed; None if there are none.
    refused_file: Path | None = None

    @property
    def rows(self) -> int:
        """Rows that have been read so far."""
        return self.new + self.known + self.refused.total()


def import_events(
    path: Path,
    chosen: ImportMap,
    report: Report,
    *,
    at: datetime,
    dry_run: bool = False,
    refused_to: Path | None = None,
) -> None:
    """Bring in the matters of a file; `report` tells how far it is. Raises `BadInput` before anything is stored.

    Refused rows are listed in `refused_to`, by default under `imports/` in the home: line, number, reason, no words.
    """
    total = prepared(path, chosen, report)
    run = Run(chosen, report, at=at, dry_run=dry_run)
    with closing(RefusedList(refused_to or _default_list(chosen, at), path, is_chosen=bool(refused_to))) as refused:
        rows = progress(
            read_rows(path, chosen.encoding, chosen.delimiter, sheet=chosen.sheet), total=total, label=path.name
        )
        while batch := list(islice(rows, BATCH)):
            refused.add(run.bring(batch))
            report.refused_file = refused.path


def prepared(path: Path, chosen: ImportMap, report: Report) -> int:
    """How many rows there are in a file that can be brought in by this map; notes the columns that nobody may read.

    Raises `BadInput` for a file that cannot be read to its end, and for columns that are missing or forbidden.
    """
    columns = columns_of(path, chosen.encoding, chosen.delimiter, sheet=chosen.sheet)
    check_columns(chosen, columns, path.name)
    report.unread |= unread_of(path, chosen)
    return _looked_through(path, chosen)


def unread_of(path: Path, chosen: ImportMap) -> dict[str, str]:
    """The columns of a file that nobody may read, with the reasons."""
    columns = columns_of(path, chosen.encoding, chosen.delimiter, sheet=chosen.sheet)
    return {name: why for name in columns if (why := why_forbidden(name))}


def _looked_through(path: Path, chosen: ImportMap) -> int:
    """How many rows the file has, read to its end. Raises `BadInput` if it cannot be, or has none."""
    count = count_rows(path, chosen.encoding, chosen.delimiter, sheet=chosen.sheet)
    if not count:
        raise BadInput("no_rows", _("%(file)s holds no rows below the names of its columns."), file=path.name)
    return count


def _default_list(chosen: ImportMap, at: datetime) -> Path:
    stamp = timezone.localtime(at).strftime("%Y%m%d-%H%M%S")
    return Path(settings.HOME) / "imports" / f"{chosen.source}-{stamp}.refused.csv"


Refusal = tuple[int, str, BadInput]


class Run:
    """One run over a file, batch by batch. `only_in`: rows of other areas than those within this one are refused."""

    def __init__(self, chosen: ImportMap, report: Report, *, at: datetime, dry_run: bool, only_in: str = "") -> None:
        self._only_in = only_in
        self._chosen, self._report, self._at = chosen, report, at
        self._places = Places(chosen, report.notes)
        self._reader = RowReader(chosen, categories_of(chosen, report.notes, dry_run=dry_run), at, report.notes)
        self._rehearsal: dict[str, datetime] | None = {} if dry_run else None

    def bring(self, rows: Iterable[tuple[int, dict[str, str]]]) -> list[Refusal]:
        """Store a batch; the rows refused, in the order of the file."""
        refused: list[Refusal] = []
        placed = list(self._placed(rows, refused))
        matters = [self._matter(draft, area) for draft, area in placed]
        fates = actions.import_matters(matters, source=self._chosen.source, at=self._at, rehearsal=self._rehearsal)
        for (draft, _area), fate in zip(placed, fates, strict=True):
            if isinstance(fate, BadInput):
                refused.append((draft.line, draft.number, fate))
        self._report.new += fates.count(Fate.NEW)
        self._report.known += fates.count(Fate.KNOWN)
        refused.sort(key=lambda one: one[0])
        for line, _number, why in refused:
            self._report.refused[why.code] += 1
            self._report.examples.setdefault(why.code, (line, why.message))
        return refused

    def _placed(
        self, rows: Iterable[tuple[int, dict[str, str]]], refused: list[Refusal]
    ) -> Iterator[tuple[Draft, Any]]:
        drafts = []
        for line, row in rows:
            try:
                drafts.append(self._reader.read(line, row))
            except BadInput as why:
                refused.append((line, self._reader.number(row), why))
        for draft, found in zip(drafts, self._places.find(drafts), strict=True):
            if isinstance(found, BadInput):
                refused.append((draft.line, draft.number, found))
            elif not contains(self._only_in, found.pk):
                refused.append((draft.line, draft.number, _elsewhere(found.name)))
            else:
                yield draft, found

    def _matter(self, draft: Draft, area: Any) -> ImportedMatter:
        return ImportedMatter(
            external_no=draft.number,
            area=area,
            reported_at=draft.reported_at,
            title=draft.title,
            text=draft.text,
            place=draft.place,
            category=draft.category,
            state=draft.state,
            source=draft.channel,
            lon=draft.lon,
            lat=draft.lat,
            source_crs=self._chosen.crs,
            due_at=draft.due_at,
            ended_at=draft.ended_at,
            outcome=draft.outcome,
            rating=draft.rating,
        )


def _elsewhere(area: str) -> BadInput:
    return BadInput("not_your_area", _("%(area)s is none of your areas. Whoever has it may bring it in."), area=area)


class RefusedList:
    """The refused rows as a table: line, number at the source, reason. Never their words: it may be passed on."""

    def __init__(self, path: Path, source: Path, *, is_chosen: bool) -> None:
        if path.exists() and path.samefile(source):
            raise BadInput(
                "refused_over_source", _("%(file)s is the file to be brought in. Choose another."), file=path.name
            )
        self._path, self._is_chosen = path, is_chosen
        self._file: IO[str] | None = None
        if is_chosen:
            self._open()

    @property
    def path(self) -> Path | None:
        """Where the rows are listed; None while none was refused and no file was asked for."""
        return self._path if self._file else None

    def add(self, rows: list[Refusal]) -> None:
        """List more rows."""
        if rows:
            file = self._file or self._open()
            csv.writer(file).writerows(
                [line, harmless(number[:80]), why.code, harmless(why.message)] for line, number, why in rows
            )
            file.flush()

    def close(self) -> None:
        """Nothing more will come."""
        if self._file:
            self._file.close()

    def _open(self) -> IO[str]:
        if not self._is_chosen:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
        # With a mark, by which spreadsheet programs see that it is UTF-8.
        self._file = self._path.open("w", encoding="utf-8-sig", newline="")
        csv.writer(self._file).writerow(["line", "number", "reason", "sentence"])
        return self._file
