"""Tables brought in by page: sent, tried, then run by the worker, by the same code as `linli events import`.

Who may: the county desk and the system administrator, each within their area. The file lies in the home, readable by its
owner alone, and is deleted when the run is over: it may hold what nobody asked for.
"""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage, within
from linli.areas.models import Area
from linli.intake.doors import OVER, ImportRun, ImportRunQuerySet, RunState
from linli.intake.importing import map_of
from linli.intake.importing.maps import check_columns
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.kit.tables import columns_of
from linli.people.models import Person
from linli.people.rules import Role, Scope

#: A table that was sent and then forgotten is deleted after this.
FORGOTTEN_AFTER = timedelta(hours=24)


def area_of(scope: Scope) -> Area | None:
    """The area into which this person may bring matters; None if none: a desk of a township keeps to its pages."""
    roles = (Role.DESK, Role.SYSTEM_ADMIN)
    codes = [one.area for one in scope.held if one.role in roles and lineage(one.area)[0] == one.area]
    return Area.objects.open().filter(pk__in=codes).order_by("code").first() if codes else None


def required_area(scope: Scope) -> Area:
    """The same. Raises `NotYours` if there is none."""
    area = area_of(scope)
    if area is None:
        raise NotYours("not_yours", _("Tables are brought in by the county desk or the system administrator."))
    return area


def visible_to(scope: Scope) -> ImportRunQuerySet:
    """The runs of the areas into which this person may bring matters."""
    area = area_of(scope)
    return ImportRun.objects.filter(within(area.pk)) if area else ImportRun.objects.none()


def path_of(run: ImportRun) -> Path:
    """Where its file lies until it is over."""
    return folder() / f"{run.pk.hex}.table"


def refused_path_of(run: ImportRun) -> Path:
    """The list of its refused rows: line, number, reason, no words. It stays."""
    return folder() / f"{run.pk.hex}.refused.csv"


def folder() -> Path:
    """Of this home, for its owner alone."""
    path = Path(settings.HOME) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def send(name: str, content: IO[bytes], *, area: Area, by: Person, at: datetime) -> ImportRun:
    """Keep a table to be tried. Raises `BadInput` for a file that is none."""
    run = ImportRun(id=new_key(), by=by, area=area, file_name=Path(name).name[:120] or "table.csv", sent_at=at)
    path = path_of(run)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(content, file)
        columns_of(path)
        run.save(force_insert=True)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, BadInput) and "file" in error.facts:
            error.facts["file"] = run.file_name
        raise
    return run


def look(run: ImportRun, *, map_name: str, map_text: str) -> None:
    """Have it tried by this map. Raises `BadInput` for a map or columns that cannot be used, `Refused` if it is over."""
    chosen = map_of(map_text.encode(), map_name)
    check_columns(
        chosen, columns_of(_file_of(run), chosen.encoding, chosen.delimiter, sheet=chosen.sheet), run.file_name
    )
    fresh = {"rows": 0, "rows_read": 0, "new": 0, "known": 0, "refused": 0, "refused_bytes": 0}
    lists: dict[str, object] = {"reasons": {}, "first_refused": [], "notes": {}, "problem": None}
    named = {"map_name": map_name[:120], "map_text": map_text, "source": chosen.source}
    _step(run, (RunState.SENT, RunState.LOOKED), state=RunState.LOOKING, **fresh, **lists, **named)


@transaction.atomic
def begin(run: ImportRun, *, by: Person, at: datetime) -> None:
    """Bring it in, as it was tried. Raises `Refused` unless it was."""
    fresh = {"rows_read": 0, "new": 0, "known": 0, "refused": 0, "refused_bytes": 0}
    lists: dict[str, object] = {"reasons": {}, "first_refused": []}
    _step(run, (RunState.LOOKED,), state=RunState.RUNNING, begun_at=at, **fresh, **lists)
    record("import.begun", on=run, by=by, at=at, source=run.source, rows=run.rows)


def cancel(run: ImportRun, *, by: Person | None, at: datetime) -> None:
    """Stop it; what was brought in stays. Its file is deleted. Raises `Refused` if it is over."""
    with transaction.atomic():
        was_running = ImportRun.objects.filter(pk=run.pk, state=RunState.RUNNING).exists()
        open_states = tuple(state for state in RunState if state not in OVER)
        _step(run, open_states, state=RunState.CANCELLED, ended_at=at)
        if was_running:
            run.refresh_from_db()
            record("import.cancelled", on=run, by=by, at=at, source=run.source, new=run.new)
    delete_file(run)


def forget(at: datetime) -> int:
    """Cancel what was sent and then forgotten, and delete what a killed process left behind; how many were cancelled."""
    open_states = (RunState.SENT, RunState.LOOKED)
    old = list(ImportRun.objects.filter(state__in=open_states, sent_at__lt=at - FORGOTTEN_AFTER)[:50])
    for run in old:
        cancel(run, by=None, at=at)
    needed = {path_of(run) for run in ImportRun.objects.exclude(state__in=OVER)}
    before = (at - FORGOTTEN_AFTER).timestamp()
    for path in folder().glob("*.table"):
        if path not in needed and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
    return len(old)


def delete_file(run: ImportRun) -> None:
    """The table itself; the list of refused rows stays."""
    path_of(run).unlink(missing_ok=True)


def _file_of(run: ImportRun) -> Path:
    path = path_of(run)
    if not path.exists():
        raise Refused("file_gone", _("The file of this run is gone. Send it again."))
    return path


def _step(run: ImportRun, before: tuple[str, ...], **values: object) -> None:
    if not ImportRun.objects.filter(pk=run.pk, state__in=before).update(**values):
        raise Refused("moved_on", _("Somebody was quicker. Refresh the page."))
