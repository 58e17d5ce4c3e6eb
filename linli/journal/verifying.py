"""Verifying the journal beside all other work: asked for by an auditor or once a week by the clock, done in slices."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from linli.journal.actions import Act, record, record_many
from linli.journal.models import ChainHead, Verification
from linli.journal.proving import Break, Course
from linli.kit.prepared import Prepared
from linli.people.models import Appointment, Person
from linli.people.rules import Role

#: Places that are kept and shown; the others are counted.
KEPT = 50
_WEEK = timedelta(days=7)
_SLICE_S = 0.5


@transaction.atomic
def ask(*, by: Person | None, at: datetime) -> Verification:
    """Have the whole journal verified by the worker; the one under way, if there is one."""
    under_way = Verification.objects.filter(ended_at__isnull=True).first()
    if under_way is not None:
        return under_way
    made = Verification.objects.create(asked_by=by, asked_at=at, total=_entries())
    if by is not None:
        record("journal.verification_asked", on=made, by=by, at=at)
    return made


def ask_weekly(at: datetime) -> None:
    """Have it verified once a week, whoever else does; also once the clock of this machine was set back."""
    last = Verification.objects.order_by("-id").values_list("asked_at", flat=True).first()
    if (last is None or abs(at - last) > _WEEK) and ChainHead.objects.exists():
        ask(by=None, at=at)


def waits() -> bool:
    """Whether one is under way."""
    return bool(_under_way())


@Prepared
def _under_way() -> QuerySet[Any, int]:
    return Verification.objects.filter(ended_at__isnull=True).order_by("id").values_list("pk", flat=True)[:1]


def go_on(at: datetime) -> bool:
    """Read on for half a second; whether more is waiting."""
    found = Verification.objects.filter(ended_at__isnull=True).order_by("id").first()
    if found is None:
        return False
    course, breaks, give_way_at = Course(**found.course), list[Break](), time.monotonic() + _SLICE_S
    while not course.is_over:
        breaks += course.step()
        if time.monotonic() >= give_way_at:
            break
    _keep(found, course, breaks, at)
    return waits()


@transaction.atomic
def _keep(one: Verification, course: Course, breaks: list[Break], at: datetime) -> None:
    one.course, one.read = course.kept(), course.read
    one.found += len(breaks)
    one.breaks += [each.kept() for each in breaks[: max(0, KEPT - len(one.breaks))]]
    if course.is_over:
        one.ended_at = timezone.now()
        _end(one, at)
    one.save(update_fields=["course", "read", "found", "breaks", "ended_at"])


def _end(one: Verification, at: datetime) -> None:
    """Write down what came of it; auditors are told of what does not hold."""
    if one.found:
        record("journal.broken", on=one, by=None, at=at, tell=_auditors(at), found=one.found, read=one.read)
    else:
        record("journal.verified", on=one, by=None, at=at, read=one.read)


def keep_result(course: Course, breaks: list[Break], found: int, at: datetime) -> None:
    """Keep what the command line has found of the whole journal, so that the page of the auditor says so."""
    made = Verification(asked_at=at, ended_at=timezone.now(), total=course.read, read=course.read, found=found)
    made.course, made.breaks = course.kept(), [one.kept() for one in breaks[:KEPT]]
    with transaction.atomic():
        made.save(force_insert=True)
        facts = {"found": found, "read": course.read} if found else {"read": course.read}
        verb = "journal.broken" if found else "journal.verified"
        record_many([Act(verb, "verification", str(made.pk), None, None, at, facts)])


def _entries() -> int:
    """How many entries there are to be read."""
    return int(ChainHead.objects.aggregate(all=Sum("length"))["all"] or 0)


def _auditors(at: datetime) -> list[Person]:
    held = Appointment.objects.filter(role=Role.AUDITOR).valid_on(timezone.localdate(at)).values("person")
    return list(Person.objects.filter(pk__in=held, is_active=True))
