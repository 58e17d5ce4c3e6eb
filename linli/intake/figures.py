"""Figures for `/metrics`, asked of the store and of this machine: how far each follower is behind, how much room is left."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.models import Count, Min, QuerySet

from linli.events import search
from linli.intake.models import NOT_DIGESTED, Kept
from linli.intake.webhooks.models import Delivery as WebhookDelivery
from linli.journal.anchors import anchors_path
from linli.kit import last_backup, timekeeping
from linli.notices.models import Delivery as Notice

Figure = tuple[str, float]


def lines(at: datetime) -> list[str]:
    """As Prometheus reads them. What the store does not say now is left out, and `linli_store_up` is 0."""
    figures = list(_of_machine(at))
    try:
        figures += [*_of_store(at), ("linli_store_up", 1)]
    except (DatabaseError, InterfaceError):
        figures.append(("linli_store_up", 0))
    return [f"{name} {value:g}" if abs(value) < 10**6 else f"{name} {value:.0f}" for name, value in figures]


def digest_lag_s(at: datetime) -> float:
    """For how long the oldest report waits to be taken in; 0 when none waits."""
    return _since(Kept.objects.waiting().values_list("received_at", flat=True).first(), at)


def anchors_age_s(at: datetime) -> float:
    """Seconds since the journal was last anchored; infinite if it never was."""
    try:
        return max(0.0, at.timestamp() - anchors_path().stat().st_mtime)
    except OSError:
        return float("inf")


def _of_machine(at: datetime) -> Iterator[Figure]:
    yield "linli_disk_free_bytes", shutil.disk_usage(settings.HOME).free
    # Of the home, the same in every process; `inf` if there was none.
    yield "linli_backup_age_seconds", last_backup.age_s(at)
    yield "linli_backup_verified", last_backup.last_backup().verified
    yield "linli_anchors_age_seconds", anchors_age_s(at)
    kept = timekeeping.is_kept()
    if kept is not None:
        yield "linli_clock_synchronised", kept


def _of_store(at: datetime) -> Iterator[Figure]:
    states = Kept.objects.filter(NOT_DIGESTED).order_by().values_list("state").annotate(Count("pk"))
    for state, count in ({"waiting": 0, "set_aside": 0} | dict(states)).items():
        yield f'linli_intake_to_digest{{state="{state}"}}', count
    yield "linli_digest_lag_seconds", digest_lag_s(at)
    yield "linli_search_lag_acts", search.lag()
    queues: dict[str, QuerySet[Any]] = {
        "webhooks": WebhookDelivery.objects.filter(due_at__isnull=False),
        "notices": Notice.objects.filter(due_at__isnull=False),
    }
    for name, waiting in queues.items():
        found = waiting.order_by().aggregate(count=Count("pk"), due_at=Min("due_at"))
        yield f'linli_queue_waiting{{queue="{name}"}}', found["count"]
        yield f'linli_queue_overdue_seconds{{queue="{name}"}}', _since(found["due_at"], at)
    offset = timekeeping.store_offset_s()
    if offset is not None:
        yield "linli_clock_store_offset_seconds", offset


def _since(moment: datetime | None, at: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (at - moment).total_seconds())
