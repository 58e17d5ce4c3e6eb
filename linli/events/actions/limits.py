"""The limits of the steps as the county keeps them: asked for in every act, changed seldom.

They are remembered in each process for some seconds: an act asks no further query, and a change reaches all processes within
that time. Clocks that run keep what was agreed; only another class of the matter counts them anew.
"""

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage, within
from linli.areas.models import Area
from linli.events.actions.categories import may_edit
from linli.events.models import Clock, StepLimit
from linli.events.rules import (
    LARGEST_LIMIT,
    STEP_LIMITS,
    Limit,
    OwnLimits,
    Urgency,
    clean_words,
    own_limit,
    step_limit,
)
from linli.journal.actions import record
from linli.kit.refusal import BadInput, NotYours
from linli.people.models import Person

#: How long a change may take to reach another process.
FRESH_S = 5.0

_lock = threading.Lock()
_kept: dict[str, Any] = {}


def own_limits() -> OwnLimits:
    """What the county has set, read at most every few seconds in a process."""
    now = time.monotonic()
    with _lock:
        if not _kept or now - _kept["at"] > FRESH_S:
            rows = StepLimit.objects.values_list("area", "kind", "urgency", "unit", "amount")
            limits = {(area, kind, urgency): Limit(**{unit: amount}) for area, kind, urgency, unit, amount in rows}
            _kept.update(at=now, limits=limits)
        found: OwnLimits = _kept["limits"]
        return found


def forget() -> None:
    """Read them anew when they are next asked for."""
    with _lock:
        _kept.clear()


def limit_of_step(kind: str, severity: str, urgency: str, area: str | None) -> Limit:
    """How long a step of a matter of this class may take there."""
    return step_limit(kind, severity, urgency, own_limits(), _codes(area))


def limit_to_accept(urgency: str, area: str | None) -> Limit:
    """How long a report may wait there until it is taken on or turned away."""
    return own_limit("accept", urgency, own_limits(), _codes(area))


def _codes(area: str | None) -> list[str]:
    """The areas from the top down; none for a matter that was brought in without its place."""
    return lineage(area) if area else []


@dataclass(frozen=True)
class Standing:
    """A limit as it holds in an area: whose it is (None: as linli comes)."""

    kind: str
    urgency: str
    limit: Limit
    set_in: str | None


def limits_in(area: str) -> list[Standing]:
    """Every limit that holds in an area, in the order of the clocks, read afresh."""
    forget()
    own, codes = own_limits(), lineage(area)
    return [
        Standing(kind, urgency, own_limit(kind, urgency, own, codes), _set_in(kind, urgency, own, codes))
        for kind, by_urgency in STEP_LIMITS.items()
        for urgency in by_urgency
    ]


def _set_in(kind: str, urgency: str, own: OwnLimits, codes: list[str]) -> str | None:
    return next((code for code in reversed(codes) if (code, kind, urgency) in own), None)


def running_under(kind: str, urgency: str, area: str) -> int:
    """How many clocks of this sort run there now: they keep the limit they began with."""
    running = Clock.objects.unstopped().filter(kind=kind, event__urgency=urgency)
    return running.filter(within(area, field="event__area")).count()


@transaction.atomic
def set_limit(
    area: Area, *, kind: str, urgency: str, limit: Limit | None, reason: str, by: Person, at: datetime
) -> None:
    """Set what holds in an area and all inside it; None: as it is above it. Raises `NotYours`, `BadInput`."""
    require_keeper(by, at)
    clean_words(reason, field="reason", required=True, longest=200)
    if kind not in STEP_LIMITS or urgency not in Urgency.values:
        raise BadInput("not_a_choice", _("“%(value)s” is not possible here. Choose one of the list."), value=kind[:60])
    if limit is not None and not 1 <= limit.amount <= LARGEST_LIMIT[limit.unit]:
        raise BadInput(
            "bad_limit",
            _("A time limit is a whole number from 1 to %(largest)s."),
            largest=LARGEST_LIMIT[limit.unit],
            field="amount",
        )
    row = StepLimit.objects.select_for_update().filter(area=area, kind=kind, urgency=urgency).first()
    before = row.limit if row else None
    if limit == before:
        raise BadInput("nothing_changed", _("Nothing would change."))
    if limit is None:
        StepLimit.objects.filter(area=area, kind=kind, urgency=urgency).delete()
    else:
        given = {"unit": limit.unit, "amount": limit.amount}
        StepLimit.objects.update_or_create(area=area, kind=kind, urgency=urgency, defaults=given)
    facts: dict[str, Any] = {
        "kind": kind,
        "urgency": urgency,
        "before": _code(before),
        "after": _code(limit),
        "why": reason.strip(),
    }
    record("limit.changed", on=area, area=area.pk, by=by, at=at, **facts)
    transaction.on_commit(forget)
    forget()


def require_keeper(by: Person, at: datetime) -> None:
    """Raises `NotYours` for whoever does not keep the county's limits."""
    if not may_edit(by, at):
        raise NotYours(
            "not_yours",
            _("Limits are kept by the county desk and the county's system administrator. Ask one of them."),
        )


def _code(limit: Limit | None) -> str:
    return "-" if limit is None else f"{limit.amount}:{limit.unit}"
