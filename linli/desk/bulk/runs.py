"""The acts on a run: choose matters, try a step on them, do it. Each row is one transaction and is done once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.desk.bulk.plans import meant_by
from linli.desk.models import MOST_MATTERS, BulkRow, BulkRun, Macro, RowState, RunState
from linli.desk.rules.bulk import IN_BULK
from linli.desk.taking import Meant, Outlook, take, try_out
from linli.events import actions
from linli.events.models import Event
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused, to_keep
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Scope

#: Rows in one go: some seconds at most, so that neither a page nor a worker's lease waits for all of them.
SLICE = 20


@transaction.atomic
def choose(
    events: Iterable[Event], *, by: Person, at: datetime, key: UUID | None = None, macro: Macro | None = None
) -> BulkRun:
    """A run over these matters, which the caller has from `visible_to`. With a `key` that was used it is that run again."""
    chosen = list(dict.fromkeys(events))
    if not chosen:
        raise BadInput("nothing_chosen", _("No matter is chosen. Mark some of the list first."))
    if len(chosen) > MOST_MATTERS:
        raise BadInput("too_many_matters", _("%(most)s matters at most at a time."), most=MOST_MATTERS)
    known = BulkRun.objects.filter(pk=key, by=by).first() if key else None
    if known is not None:
        return known
    given: dict[str, Any] = {"id": key} if key else {}
    run = BulkRun.objects.create(by=by, made_at=at, macro=macro, **given)
    BulkRow.objects.bulk_create(BulkRow(run=run, event=event, position=n) for n, event in enumerate(chosen, 1))
    return run


@transaction.atomic
def look(
    run: BulkRun, *, step: str = "", macro: Macro | None = None, fields: dict[str, list[str]] | None = None
) -> None:
    """Have it tried what this step, or this macro, would do; nothing is done yet. May be said again with other values."""
    if macro is None and step not in IN_BULK:
        raise BadInput("not_in_bulk", _("This step is not taken on many matters at once."), field="step")
    changed = BulkRun.objects.filter(pk=run.pk, state__in=(RunState.CHOSEN, RunState.LOOKING, RunState.LOOKED)).update(
        state=RunState.LOOKING, step="" if macro else step, macro=macro, fields=fields or {}
    )
    if not changed:
        raise _begun_already()
    run.rows.update(state=RowState.WAITING, refusal=None)
    run.refresh_from_db()


@transaction.atomic
def begin(run: BulkRun, *, at: datetime) -> None:
    """Do it for the matters where it is possible. Said twice it begins once."""
    if not BulkRun.objects.filter(pk=run.pk, state=RunState.LOOKED).update(state=RunState.RUNNING, begun_at=at):
        run.refresh_from_db()
        if run.state in (RunState.RUNNING, RunState.DONE):
            return
        raise Refused("not_looked_yet", _("See first what it would do."))
    run.refresh_from_db()
    count = run.rows.filter(state=RowState.POSSIBLE).count()
    record("bulk.begun", on=run, by=run.by, at=at, step=run.step, macro=run.macro_id, count=count)


def do_at_once(run: BulkRun, *, macro: Macro, at: datetime) -> None:
    """A macro on a matter whose page has shown what it does: tried once more and done. Said twice it is done once."""
    if run.state == RunState.CHOSEN:
        look(run, macro=macro)
    while run.state == RunState.LOOKING:
        go_on(at, run)
    if run.state == RunState.LOOKED:
        run.rows.filter(state=RowState.IMPOSSIBLE).update(state=RowState.POSSIBLE, refusal=None)
        begin(run, at=at)
    while run.state == RunState.RUNNING:
        go_on(at, run)


def _begun_already() -> Refused:
    return Refused("bulk_begun", _("It has begun already. What was done stands below."))


def go_on(at: datetime, run: BulkRun | None = None, most: int = SLICE) -> bool:
    """Some rows more of the oldest run that is at work, or of this one; whether more is waiting."""
    run = run or BulkRun.objects.at_work().select_related("by", "macro").first()
    if run is None or not run.is_at_work:
        return False
    scope = scope_of(run.by, at)
    meant = meant_by(run, scope, at)
    one_row, waiting = _WORK[RunState(run.state)]
    rows = list(run.rows.filter(state=waiting).select_related("event")[:most])
    for row in rows:
        one_row(run, row, meant, scope, at)
    if not run.rows.filter(state=waiting).exists():
        _end(run, at)
    run.refresh_from_db()
    return BulkRun.objects.at_work().exists()


@transaction.atomic
def _end(run: BulkRun, at: datetime) -> None:
    """Whoever is first ends it."""
    if run.state == RunState.LOOKING:
        BulkRun.objects.filter(pk=run.pk, state=RunState.LOOKING).update(state=RunState.LOOKED)
        return
    if BulkRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(state=RunState.DONE, ended_at=at):
        done = run.rows.filter(state=RowState.DONE).count()
        refused = run.rows.filter(state=RowState.REFUSED).count()
        record("bulk.ended", on=run, by=run.by, at=at, step=run.step, macro=run.macro_id, done=done, refused=refused)


def outlook_of(row: BulkRow, meant: list[Meant], scope: Scope, by: Person, at: datetime) -> list[Outlook]:
    """What a run would do with one matter, if this person still sees it."""
    if not Event.objects.visible_to(scope).filter(pk=row.event_id).exists():
        return [Outlook(None, refusal=_out_of_sight())]
    return try_out(row.event, meant, by=by, at=at, scope=scope)


def _out_of_sight() -> Refused:
    return Refused("out_of_sight", _("You do not see this matter any more."))


def _look_at(run: BulkRun, row: BulkRow, meant: list[Meant], scope: Scope, at: datetime) -> None:
    last = outlook_of(row, meant, scope, run.by, at)[-1]
    state = RowState.POSSIBLE if last.refusal is None else RowState.IMPOSSIBLE
    refusal = to_keep(last.refusal) if last.refusal is not None else None
    BulkRow.objects.filter(pk=row.pk, state=RowState.WAITING).update(state=state, refusal=refusal)


def _do(run: BulkRun, row: BulkRow, meant: list[Meant], scope: Scope, at: datetime) -> None:
    """The steps of one row, each in a transaction that also says it was taken: killed in between, it goes on after it."""
    comes_of = {"bulk": run.pk.hex} | ({"macro": str(run.macro_id)} if run.macro_id else {})
    for number in range(row.steps_done, len(meant)):
        try:
            with transaction.atomic():
                if not _claim(row, number, len(meant)):
                    return
                event = (
                    Event.objects.visible_to(scope).select_related("area", "category").filter(pk=row.event_id).first()
                )
                if event is None:
                    raise _out_of_sight()
                with actions.coming_of(**comes_of):
                    take(event, meant[number](event), by=run.by, at=at, scope=scope)
        except Refused as refusal:
            BulkRow.objects.filter(pk=row.pk, state=RowState.POSSIBLE).update(
                state=RowState.REFUSED, refusal=to_keep(refusal)
            )
            return


def _claim(row: BulkRow, number: int, of: int) -> bool:
    """Of two that do the same row one changes it, and the other waits and finds it changed."""
    after = RowState.DONE if number + 1 == of else RowState.POSSIBLE
    standing = BulkRow.objects.filter(pk=row.pk, state=RowState.POSSIBLE, steps_done=number)
    return bool(standing.update(state=after, steps_done=number + 1))


_WORK = {
    RunState.LOOKING: (_look_at, RowState.WAITING),
    RunState.RUNNING: (_do, RowState.POSSIBLE),
}

__all__ = ["SLICE", "begin", "choose", "go_on", "look", "outlook_of"]
