"""Asking for a list, letting somebody have it, making the file, fetching it, and its end."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.exports import files
from linli.exports.models import Export
from linli.exports.rules import ANSWERED_WITHIN, KINDS, LASTS, LONGEST_REASON, State, needs_approver
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import Scope, not_yours

SLICE = 100


@dataclass(frozen=True)
class Wanted:
    """A list somebody wants: where it is, and how many rows it has."""

    kind: str
    area: Area
    path: str
    query: str
    title: str
    rows: int
    file_name: str
    file_type: str


@transaction.atomic
def ask(wanted: Wanted, *, reason: str, unmasked: bool, by: Person, at: datetime) -> Export:
    """Say what a list is wanted for. Small and masked it may be made at once; else approvers are told. Raises `BadInput`."""
    words = " ".join(reason.split())
    if not words:
        raise BadInput("reason_missing", _("Say what you need this list for."), field="reason")
    if len(words) > LONGEST_REASON:
        raise BadInput("too_long", _("200 characters at most."), field="reason")
    unmasked = unmasked and bool(KINDS[wanted.kind].masked)
    waits = needs_approver(wanted.rows, unmasked=unmasked)
    made = Export.objects.create(
        kind=wanted.kind,
        area=wanted.area,
        path=wanted.path,
        query=wanted.query,
        title=wanted.title[:200],
        reason=words,
        unmasked=unmasked,
        rows=wanted.rows,
        state=State.WAITING if waits else State.GRANTED,
        asked_by=by,
        asked_at=at,
        expires_at=None if waits else at + LASTS,
        file_name=wanted.file_name,
        file_type=wanted.file_type,
    )
    told = approvers_of(made, at) if waits else []
    record(
        "export.asked",
        on=made,
        by=by,
        at=at,
        tell=told,
        kind=wanted.kind,
        rows=wanted.rows,
        unmasked=unmasked or None,
    )
    return made


def approvers_of(export: Export, at: datetime) -> list[Person]:
    """Who may answer: the roles of the kind, in the area of the list or above it; never who asked."""
    posts = Appointment.objects.valid_on(timezone.localdate(at)).filter(
        role__in=sorted(KINDS[export.kind].approvers), area__in=lineage(export.area_id), person__is_active=True
    )
    return list(Person.objects.filter(pk__in=posts.exclude(person=export.asked_by_id).values("person")).order_by("pk"))


def may_answer(export: Export, person: Person, scope: Scope) -> bool:
    """Whether this person is an approver of it."""
    return person.pk != export.asked_by_id and bool(scope.roles_in(export.area_id) & KINDS[export.kind].approvers)


@transaction.atomic
def answer(export: Export, *, grant: bool, by: Person, at: datetime) -> None:
    """Let them have it, or not; who asked is told. Raises `NotYours`, `Refused`."""
    if not may_answer(export, by, scope_of(by, at)):
        raise not_yours()
    after = State.GRANTED if grant else State.REFUSED
    changes = {"state": after, "answered_by": by, "answered_at": at, "expires_at": at + LASTS if grant else None}
    if not Export.objects.waiting().filter(pk=export.pk).update(**changes):
        raise Refused("moved_on", _("Somebody was quicker. Refresh the page."))
    record("export.granted" if grant else "export.refused", on=export, by=by, at=at, tell=[export.asked_by])
    export.refresh_from_db()


def make(export: Export, wanted: Wanted, write: Callable[[Export], Iterable[bytes]], *, at: datetime) -> None:
    """Write the file. `wanted` is asked for anew, so it holds what its asker may see now. Raises `Refused`."""
    _require_granted(export, wanted, at)
    key = secrets.token_bytes(32)
    name = files.keep(export, key, write(export))
    with transaction.atomic():
        sealed = files.key_column().seal(export, key)
        changes = {"state": State.MADE, "stored_as": name, "sealed_key": sealed, "rows": wanted.rows}
        changes |= {"expires_at": at + LASTS}
        is_first = Export.objects.filter(pk=export.pk, state=State.GRANTED).update(**changes)
        if is_first:
            record("export.made", on=export, by=export.asked_by, at=at, rows=wanted.rows)
    if not is_first:
        files.remove(name)
    export.refresh_from_db()


def _require_granted(export: Export, wanted: Wanted, at: datetime) -> None:
    if export.state != State.GRANTED or export.expires_at is None or export.expires_at <= at:
        raise Refused("export_not_granted", _("This list may not be made, or not any more. Ask for it again."))
    if (export.path, export.query) != (wanted.path, wanted.query):
        raise Refused("export_of_another_list", _("This was granted for another list. Ask for this one."))
    # A yes for 600 rows is none for 60,000: what came meanwhile has a tenth of room.
    if export.answered_at is not None and wanted.rows > export.rows + max(50, export.rows // 10):
        raise Refused("export_has_grown", _("The list has grown since it was granted. Ask for it again."))
    if export.answered_at is None and needs_approver(wanted.rows, unmasked=export.unmasked):
        raise Refused("export_has_grown", _("The list has grown since it was granted. Ask for it again."))


@transaction.atomic
def take(export: Export, *, by: Person, at: datetime) -> None:
    """Note that the file is fetched. Raises `Refused` when it is not there any more."""
    is_there = Export.objects.filter(pk=export.pk, asked_by=by, state=State.MADE, expires_at__gt=at)
    if not is_there.update(taken=F("taken") + 1):
        raise Refused("export_ended", _("This file was deleted. Ask for the list again."))
    record("export.taken", on=export, by=by, at=at)


def end_old(at: datetime) -> int:
    """Delete the files whose time is over, end what nobody made use of, and give up what nobody answered; how many."""
    over = list(Export.objects.filter(state__in=[State.GRANTED, State.MADE], expires_at__lte=at)[:SLICE])
    for one in over:
        files.remove(one.stored_as)
        Export.objects.filter(pk=one.pk).update(state=State.ENDED, sealed_key=b"", stored_as="")
    files.remove_strays(at)
    unanswered = list(Export.objects.waiting().filter(asked_at__lte=at - ANSWERED_WITHIN).order_by("key")[:SLICE])
    for one in unanswered:
        _lapse(one, at)
    return max(len(over), len(unanswered))


@transaction.atomic
def _lapse(export: Export, at: datetime) -> None:
    """Who asked is told: they may ask anew. Not where an answer was quicker."""
    if Export.objects.waiting().filter(pk=export.pk).update(state=State.LAPSED):
        record("export.lapsed", on=export, by=None, at=at, tell=[export.asked_by])


def mark_of(export: Export) -> str:
    """What stands in every file: number, who, when, for what, until when; in one line."""
    rows = ngettext("%(n)s row", "%(n)s rows", export.rows) % {"n": export.rows}
    facts = {
        "number": export.number,
        "who": export.asked_by.name,
        "when": f"{timezone.localtime(export.asked_at):%Y-%m-%d %H:%M}",
        "rows": rows,
        "reason": export.reason,
    }
    return gettext("Export %(number)s · %(who)s · %(when)s · %(rows)s · for: %(reason)s · not to be passed on") % facts
