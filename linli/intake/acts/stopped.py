"""Acts from phones that a fault nobody foresaw has stopped: their desk sees them, has them tried again, or does them by hand.

What a rule refuses goes back to its phone and is none of these. Each desk sees what is about its matters; the top of the house
also what names none that is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import parent_of
from linli.events.forms import ACTS, PART_FORMS
from linli.events.models import Event
from linli.intake.acts import form
from linli.intake.models import Kept, KeptState, Outcome, PhoneAct
from linli.journal.actions import record
from linli.kit.refusal import Refused, to_keep
from linli.people.models import Person
from linli.people.rules import Role, Scope

_MOST = 100


@dataclass(frozen=True)
class Stopped:
    """One of them, with what can be read of it. `event` is None where none is known."""

    row: Kept
    event: Event | None
    label: str
    text: str
    photos: int


def seen_by(scope: Scope) -> list[Stopped]:
    """The oldest hundred, as far as this person is their desk."""
    rows = list(Kept.objects.set_aside().filter(kind=form.KIND)[:_MOST])
    acts = [_read(row) for row in rows]
    events = _events(rows, acts)
    found = (_stopped(row, act, event) for row, act, event in zip(rows, acts, events, strict=True))
    return [one for one in found if _is_desk_of(scope, one.event)]


def _is_desk_of(scope: Scope, event: Event | None) -> bool:
    if event is not None:
        return Role.DESK in scope.roles_in(event.area_id)
    return any(held.role == Role.DESK and parent_of(held.area) is None for held in scope.held)


def _stopped(row: Kept, act: form.Act | None, event: Event | None) -> Stopped:
    if act is None:
        return Stopped(row, event, "", bytes(row.content)[:500].decode(errors="replace"), 0)
    known = ACTS.get(act.step) or PART_FORMS.get(act.step)
    text = act.values.get("text") or act.values.get("place") or ""
    return Stopped(row, event, str(known.label) if known else act.step, str(text), len(act.photos))


def _read(row: Kept) -> form.Act | None:
    try:
        return form.read(bytes(row.content))
    except Refused:
        return None


def _events(rows: Sequence[Kept], acts: Sequence[form.Act | None]) -> list[Event | None]:
    """What each is about, by its key or by the report of the very sender; three queries for all."""
    abouts = [act.about if act else form.About() for act in acts]
    reports = Kept.objects.filter(device_id__in=[one.report for one in abouts if one.report]).exclude(kind=form.KIND)
    of_sender = {(one.device_id, one.sender, one.sender_key): one.pk for one in reports}
    keys = [
        about.event or of_sender.get((about.report, row.sender, _sender_key(row)))
        for row, about in zip(rows, abouts, strict=True)
    ]
    found = Event.objects.select_related("area", "category").in_bulk({key for key in keys if key})
    return [found.get(key) if key else None for key in keys]


def _sender_key(row: Kept) -> int:
    """Of a resident the number that stands with the act: it is that of the report."""
    try:
        sent: Any = msgspec.json.decode(bytes(row.content))
    except msgspec.MsgspecError:
        return row.sender_key
    return form.own_key(sent) or row.sender_key


def find(scope: Scope, key: UUID) -> Stopped | None:
    """One of those this person sees."""
    return next((one for one in seen_by(scope) if one.row.pk == key), None)


@transaction.atomic
def retry(one: Stopped, *, by: Person, at: datetime) -> None:
    """The worker takes it up again; what stands in its way once more stops it once more. Raises `Refused`."""
    _require_stopped(Kept.objects.set_aside().filter(pk=one.row.pk).update(state=KeptState.WAITING, reason=None))
    _note("act.retried", one, by, at)


@transaction.atomic
def settle(one: Stopped, *, by: Person, at: datetime) -> None:
    """Somebody has done by hand what it was for: its phone is told so, and keeps it no longer waiting. Raises `Refused`."""
    ours = Kept.objects.set_aside().filter(pk=one.row.pk)
    _require_stopped(ours.update(state=KeptState.DIGESTED, digested_at=at, reason=None))
    what, _is_new = PhoneAct.objects.get_or_create(kept=one.row)
    what.waits_for, what.outcome, what.reason = "", Outcome.REFUSED, to_keep(Refused("by_hand", _BY_HAND))
    what.save()
    _note("act.settled", one, by, at)


_BY_HAND = _("The desk has seen to it by hand. You need not send it again.")


def _require_stopped(changed: int) -> None:
    if not changed:
        raise Refused("moved_on", _("Somebody was quicker. Refresh the page."))


def _note(verb: str, one: Stopped, by: Person, at: datetime) -> None:
    record(verb, on=one.event or one.row, by=by, at=at, kept=str(one.row.pk))
