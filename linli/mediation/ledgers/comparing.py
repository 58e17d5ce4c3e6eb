"""The nightly comparison: the ledgers' sums counted anew from the rows; what differs is told, and pages read the rows again.

One area after the other, in a snapshot that hinders nobody: of a township all is counted from its rows; a county is the sum of
its townships and of what lies directly under it. What was changed and not counted yet counts as it was counted last. Nothing
is mended in silence: `linli ledgers rebuild` counts all anew.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone

from linli.areas.codes import contains, within
from linli.areas.models import Area
from linli.journal import following
from linli.journal.actions import record
from linli.kit.flags import spread
from linli.mediation.ledgers.counting import counted_before, written_between
from linli.mediation.ledgers.facts import AT_ONCE, Facts, Sums, edition, facts_by_key, widths_counted
from linli.mediation.ledgers.taken import counts_in
from linli.mediation.models import COUNTED_FIGURES, CountedDispute, Dispute, LedgerCell, LedgerFollower, LedgerHours
from linli.people.models import Appointment, Person
from linli.people.rules import Role
from linli.statistics.comparing import BEGINS, snapshot


class Place(NamedTuple):
    """A number of the sums. Of hours, `kind` is the stretch and `column` how many they are."""

    grain: str
    area: str
    day: str
    kind: str
    column: str


Numbers = Counter[Place]


class Differing(NamedTuple):
    """A number that is not what the rows say."""

    place: Place
    stored: int
    recounted: int


def is_due(at: datetime) -> bool:
    """Whether tonight's comparison is still to be done, or to be gone on with."""
    local = timezone.localtime(at)
    ready = LedgerFollower.objects.filter(pk=1, is_walking=False, edition=edition()).first()
    return ready is not None and local.time() >= BEGINS and ready.compared_on != local.date()


def compare_next(at: datetime) -> bool:
    """Compare the next area; whether there are more tonight."""
    if not is_due(at):
        return False
    code = _next_area(LedgerFollower.objects.get(pk=1).compared_to)
    if code is not None:
        _tell(code, compare_area(code, at), at)
        return bool(LedgerFollower.objects.filter(pk=1).update(compared_to=code))
    _end(at)
    return False


def compare_all(at: datetime) -> Iterator[Differing]:
    """Compare every area now; what differs."""
    code = _next_area("")
    while code is not None:
        found = compare_area(code, at)
        _tell(code, found, at)
        yield from found
        code = _next_area(code)
    _end(at)


def _end(at: datetime) -> None:
    LedgerFollower.objects.filter(pk=1).update(compared_on=timezone.localdate(at), compared_to="")


def _next_area(after: str) -> str | None:
    """In the order of codes, of the levels that are counted ahead."""
    areas = Area.objects.annotate(width=Length("code")).filter(code__gt=after, width__in=widths_counted())
    code: str | None = areas.order_by("code").values_list("code", flat=True).first()
    return code


def compare_area(code: str, at: datetime) -> list[Differing]:
    """What of the sums of one area is not what its rows say."""
    with snapshot():
        counted_at = LedgerFollower.objects.get(pk=1).counted_at
        stored, recounted = _stored(code), _recounted(code, max(at, counted_at or at))
    return [
        Differing(place, stored[place], recounted[place])
        for place in sorted(stored.keys() | recounted.keys())
        if stored[place] != recounted[place]
    ]


@transaction.atomic
def _tell(code: str, found: list[Differing], at: datetime) -> None:
    if not found:
        return
    follower = LedgerFollower.objects.select_for_update().get(pk=1)
    follower.differing += len(found)
    follower.version += 1
    follower.save(update_fields=["differing", "version"])
    held = Appointment.objects.filter(role=Role.SYSTEM_ADMIN).valid_on(timezone.localdate(at)).values("person")
    keepers = Person.objects.filter(pk__in=held, is_active=True)
    record("ledgers.differ", on=follower, area=code, by=None, at=at, tell=keepers, numbers=len(found))


# --- what stands there ---------------------------------------------------------------------------------------------------


def _stored(code: str) -> Numbers:
    numbers: Numbers = Counter()
    cells = LedgerCell.objects.filter(area=code).order_by()
    for grain, day, kind, *columns in cells.values_list("grain", "day", "kind", *COUNTED_FIGURES).iterator(2000):
        _add(numbers, Place(grain, code, day.isoformat(), kind, ""), columns)
    hours = LedgerHours.objects.filter(area=code).order_by()
    for grain, day, stretch, taken in hours.values_list("grain", "day", "stretch", "hours").iterator(1000):
        for hour, n in counts_in(taken).items():
            numbers[Place(grain, code, day.isoformat(), stretch, str(hour))] += n
    return numbers


def _add(numbers: Numbers, cell: Place, columns: list[int]) -> None:
    for column, n in zip(COUNTED_FIGURES, columns, strict=True):
        if n:
            numbers[cell._replace(column=column)] += n


# --- what the rows say ---------------------------------------------------------------------------------------------------


def _recounted(code: str, at: datetime) -> Numbers:
    finest = widths_counted()[-1]
    if len(code) == finest:
        return _numbers_of(code, _facts_in(code, at))
    numbers = _numbers_of(code, _facts_in(code, at, shorter_than=finest))
    # A sum of sums: each of them is compared by itself.
    for child in Area.objects.annotate(width=Length("code")).filter(within(code, field="code"), width=finest):
        for one, n in _stored(child.code).items():
            numbers[one._replace(grain=f"{one.grain[0]}{len(code)}", area=code)] += n
    return numbers


def _numbers_of(code: str, several: Iterator[Facts]) -> Numbers:
    """The numbers of the cells of this area alone."""
    sums = Sums(only=code)
    for facts in several:
        sums.add(facts, 1)
    numbers: Numbers = Counter()
    for key, by_bits in sums.cells.items():
        _add(numbers, Place(*key, ""), spread(by_bits, len(COUNTED_FIGURES)))
    for place, counts in sums.hours.items():
        for hours, n in counts.items():
            numbers[Place(*place, str(hours))] += n
    return numbers


def _facts_in(code: str, at: datetime, shorter_than: int = 99) -> Iterator[Facts]:
    """Disputes of an area as their rows are; those that were changed since, by acts or by time, as they were counted last."""
    late = set(written_between(LedgerFollower.objects.get(pk=1).place, following.place()))
    late |= set(CountedDispute.objects.filter(within(code), next_at__lte=at).values_list("pk", flat=True))
    here = Dispute.objects.annotate(width=Length("area_id")).filter(within(code), width__lt=shorter_than)
    keys = [key for key in here.order_by("pk").values_list("pk", flat=True) if key not in late]
    for begin in range(0, len(keys), AT_ONCE):
        yield from facts_by_key(keys[begin : begin + AT_ONCE], at).values()
    for facts in counted_before(list(late)).values():
        if contains(code, facts.area) and len(facts.area) < shorter_than:
            yield facts
