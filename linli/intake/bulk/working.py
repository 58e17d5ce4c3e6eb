"""What the worker does of a run: a slice of batches, each one transaction together with how far the run has come.

A worker that is killed loses the batch it was at; the next one goes on behind the last that was committed.
"""

import csv
import io
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from linli.intake import bulk
from linli.intake.doors import ImportRun, RunState
from linli.intake.importing import Report, Run, map_of, unread_of
from linli.intake.importing.maps import ImportMap
from linli.intake.importing.telling import notes_of
from linli.journal.actions import record
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput, Refused, to_keep
from linli.kit.tables import harmless, read_rows

log = logging.getLogger(__name__)
#: Rows of a transaction: reports that arrive wait for it on SQLite, some tens of milliseconds.
BATCH = 250
#: A slice lasts no longer, so that reports that arrive become matters in between.
_SLICE_S = 0.5
_FIRST_REFUSED = 50
Rows = Iterator[tuple[int, dict[str, str]]]


@dataclass
class Open:
    """A run this process has begun: where it stands in the file, and what it remembers of it."""

    state: str
    run: Run
    report: Report
    rows: Rows
    rows_read: int


#: Of this process, for claims.
_ME = uuid4().hex
#: A worker that was killed holds a run no longer than this.
_HELD = timedelta(seconds=30)
_MOST_ROWS = 2_000_000
#: Files that are being counted, with the rows so far.
_counting: dict[Any, tuple[Rows, int]] = {}
#: By key of the run. Another worker may have gone on with it meanwhile: `rows_read` tells.
_opened: dict[Any, Open] = {}


class Overtaken(Exception):
    """The run was cancelled, or another worker was quicker."""


def waits() -> bool:
    """Whether a run is at work."""
    return bool(_first_at_work())


@Prepared
def _first_at_work() -> QuerySet[Any, UUID]:
    return ImportRun.objects.at_work().values_list("pk", flat=True)[:1]


def work(at: datetime) -> bool:
    """Do a slice of the oldest run that no other worker has in hand; whether more is waiting."""
    run = _claimed(at)
    if run is None:
        return False
    try:
        _slice(run, at)
    except Overtaken:
        _forget(run)
    except (OperationalError, InterfaceError):  # the store is away or full: no fault of the file
        _forget(run)
        raise
    except Refused as refused:
        _fail(run, refused, at)
    except Exception:
        log.exception("The import %s cannot go on.", run.pk)
        words = _(
            "Something nobody foresaw stands in its way; the log of the worker tells what. Tell your administrator."
        )
        _fail(run, Refused("unforeseen", words), at)
    return waits()


def _claimed(at: datetime) -> ImportRun | None:
    """The oldest run that is ours or free, ours for a while now: a run stays with one worker, which remembers it."""
    free = (
        Q(claimed_by=_ME)
        | Q(claimed_until__isnull=True)
        | Q(claimed_until__lt=at)
        | Q(claimed_until__gt=at + 2 * _HELD)
    )
    for run in ImportRun.objects.at_work().filter(free)[:5]:
        if ImportRun.objects.filter(free, pk=run.pk).update(claimed_by=_ME, claimed_until=at + _HELD):
            return run
    return None


def _forget(run: ImportRun) -> None:
    _opened.pop(run.pk, None)
    _counting.pop(run.pk, None)


def _slice(run: ImportRun, at: datetime) -> None:
    give_way_at = time.monotonic() + _SLICE_S
    if not run.rows and not _counted(run, give_way_at):
        return
    open_ = _open(run, at)
    while batch := list(islice(open_.rows, BATCH)):
        _bring(run, open_, batch)
        if time.monotonic() > give_way_at:
            return
    _end(run, open_, at)


def _rows_of(run: ImportRun) -> tuple[ImportMap, Rows]:
    path = bulk.path_of(run)
    if not path.exists():
        raise Refused("file_gone", _("The file of this run is gone. Send it again."))
    chosen = map_of(run.map_text.encode(), run.map_name)
    return chosen, iter(read_rows(path, chosen.encoding, chosen.delimiter, sheet=chosen.sheet))


def _counted(run: ImportRun, give_way_at: float) -> bool:
    """Read the file to its end, a slice at a time, so that a damaged one is refused before anything is stored."""
    rows, count = _counting.setdefault(run.pk, (_rows_of(run)[1], 0))
    while part := sum(1 for _row in islice(rows, BATCH)):
        count += part
        if count > _MOST_ROWS:
            raise BadInput("too_many_rows", _("%(file)s has more than two million rows. Cut it into several."), file="")
        if time.monotonic() > give_way_at:
            _counting[run.pk] = (rows, count)
            return False
    if not count:
        raise BadInput("no_rows", _("%(file)s holds no rows below the names of its columns."), file="")
    _counting.pop(run.pk)
    run.rows = count
    ImportRun.objects.filter(pk=run.pk).update(rows=count)
    return True


def _open(run: ImportRun, at: datetime) -> Open:
    """The run as this process has it, or from the file anew up to where it stands."""
    known = _opened.get(run.pk)
    if known is not None and (known.state, known.rows_read) == (run.state, run.rows_read):
        return known
    (chosen, rows), report = _rows_of(run), Report()
    is_trial = run.state == RunState.LOOKING
    bringing = Run(chosen, report, at=at, dry_run=is_trial, only_in=run.area_id)
    passed = islice(rows, run.rows_read)
    while batch := list(islice(passed, BATCH)):
        if is_trial:  # a trial must know the numbers before, to see those that come twice
            bringing.bring(batch)
    _opened.clear()
    found = _opened[run.pk] = Open(run.state, bringing, report, rows, run.rows_read)
    return found


def _bring(run: ImportRun, open_: Open, batch: list[tuple[int, dict[str, str]]]) -> None:
    """A batch and how far the run has come, in one transaction."""
    before = (open_.report.new, open_.report.known)
    with transaction.atomic():
        ours = ImportRun.objects.select_for_update().filter(pk=run.pk, state=open_.state, rows_read=open_.rows_read)
        now = ours.first()
        if now is None:
            raise Overtaken
        refused = open_.run.bring(batch)
        now.rows_read += len(batch)
        now.new += open_.report.new - before[0]
        now.known += open_.report.known - before[1]
        now.refused += len(refused)
        for line, number, why in refused:
            now.reasons[why.code] = now.reasons.get(why.code, 0) + 1
            if len(now.first_refused) < _FIRST_REFUSED:
                now.first_refused.append({"line": line, "number": number[:80], **to_keep(why)})
        now.refused_bytes = _list(now, refused)
        now.save()
    open_.rows_read = run.rows_read = now.rows_read


def _list(run: ImportRun, refused: list[tuple[int, str, BadInput]]) -> int:
    """Write them behind those of the batches before, over what a killed worker may have left; how long the list is now."""
    if not refused:
        return run.refused_bytes
    words = io.StringIO()
    writer = csv.writer(words)
    if not run.refused_bytes:
        # With a mark, by which spreadsheet programs see that it is UTF-8.
        words.write("\ufeff")
        writer.writerow(["line", "number", "reason", "sentence"])
    writer.writerows([line, harmless(number[:80]), why.code, harmless(why.message)] for line, number, why in refused)
    path = bulk.refused_path_of(run)
    path.touch(mode=0o600)
    with path.open("r+b") as file:
        file.truncate(run.refused_bytes)
        file.seek(run.refused_bytes)
        file.write(words.getvalue().encode())
        return file.tell()


def _end(run: ImportRun, open_: Open, at: datetime) -> None:
    _close(run, open_, at)
    _opened.pop(run.pk, None)
    if open_.state == RunState.RUNNING:
        bulk.delete_file(run)


@transaction.atomic
def _close(run: ImportRun, open_: Open, at: datetime) -> None:
    is_trial = open_.state == RunState.LOOKING
    values: dict[str, Any] = {"state": RunState.LOOKED, "notes": _notes(run, open_)}
    if not is_trial:
        values = {"state": RunState.DONE, "ended_at": at}
    ours = ImportRun.objects.filter(pk=run.pk, state=open_.state, rows_read=open_.rows_read)
    if not ours.update(claimed_by="", claimed_until=None, **values):
        raise Overtaken
    if not is_trial:
        run.refresh_from_db()
        facts: dict[str, Any] = {"source": run.source, "new": run.new, "known": run.known, "refused": run.refused}
        record("import.ended", on=run, by=run.by, at=at, **facts)


def _notes(run: ImportRun, open_: Open) -> dict[str, list[str]]:
    """What people should know beyond the refusals, for readers of either language. The trial has seen every row."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            open_.report.unread = unread_of(bulk.path_of(run), map_of(run.map_text.encode(), run.map_name))
            found[language] = [line.removeprefix("! ") for line in notes_of(open_.report)]
    return found


def _fail(run: ImportRun, refused: Refused, at: datetime) -> None:
    """A file or map that cannot be used. What was brought in before stays."""
    _forget(run)
    if "file" in refused.facts:
        refused.facts["file"] = run.file_name
    with transaction.atomic():
        ours = ImportRun.objects.filter(pk=run.pk, state=run.state)
        if not ours.update(state=RunState.FAILED, problem=to_keep(refused), ended_at=at):
            return
        record("import.failed", on=run, by=run.by, at=at, source=run.source, reason=refused.code)
    bulk.delete_file(run)
