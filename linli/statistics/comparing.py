"""The nightly comparison: every sum counted anew from the rows, and a matter for the administrator where one differs.

One area after the other, in a snapshot that hinders nobody: of a village and a township all is counted from their rows; a
county is the sum of its townships and of what lies directly under it. Matters that were changed and not counted yet count as
they were counted last. What each matter was counted as is looked at too: pages read there what is still to come today. What
differs is kept and told, never mended in silence: `linli statistics rebuild` counts all anew.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Length
from django.utils import timezone

from linli.areas.codes import contains, within
from linli.areas.models import Area
from linli.events.models import Event
from linli.journal import following
from linli.journal.actions import record
from linli.kit.flags import spread
from linli.people.models import Appointment, Person
from linli.people.rules import Role
from linli.statistics.counting import Sums, counted_before, matters_in
from linli.statistics.facts import AT_ONCE, facts_of, kept_widths
from linli.statistics.models import Cell, Difference, Follower, MapCell, Took
from linli.statistics.rules.cubes import ALL, BY_CATEGORY, BY_DEPARTMENT, COUNTED, EDITION, Facts

#: The comparison begins when offices sleep.
BEGINS = time(2)
#: So many differences of one area are kept: the first tell as much as all.
_AT_MOST = 200
#: Entries behind the sums that are read: all of them, a worker that stood still for days included.
_FAR = 10_000_000


class Place(NamedTuple):
    """A number of the sums: the cell and its column. Of the map, `facet` is zoom, column and row, `day` the month; of the kind
    `rows` it is how many matters were counted as something else than they are.
    """

    kind: str
    area: str
    facet: str
    day: str
    column: str


Numbers = Counter[Place]


def is_due(at: datetime) -> bool:
    """Whether tonight's comparison is still to be done, or to be gone on with."""
    local = timezone.localtime(at)
    ready = Follower.objects.filter(pk=1, is_walking=False, edition=EDITION).first()
    return ready is not None and local.time() >= BEGINS and ready.compared_on != local.date()


def compare_next(at: datetime) -> bool:
    """Compare the next area; whether there are more tonight."""
    if not is_due(at):
        return False
    code = _next_area(Follower.objects.get(pk=1).compared_to)
    if code is not None:
        compare_area(code, at)
        return bool(Follower.objects.filter(pk=1).update(compared_to=code))
    Follower.objects.filter(pk=1).update(compared_on=timezone.localdate(at), compared_to="")
    return False


def compare_all(at: datetime) -> int:
    """Compare every area now; how many numbers differ."""
    code, differing = _next_area(""), 0
    while code is not None:
        differing += compare_area(code, at)
        code = _next_area(code)
    Follower.objects.filter(pk=1).update(compared_on=timezone.localdate(at), compared_to="")
    return differing


def _next_area(after: str) -> str | None:
    """In the order of codes, of the levels that are counted ahead."""
    areas = Area.objects.annotate(width=Length("code")).filter(code__gt=after, width__in=kept_widths())
    code: str | None = areas.order_by("code").values_list("code", flat=True).first()
    return code


def compare_area(code: str, at: datetime) -> int:
    """Compare the sums of one area, and bring what differs to whoever keeps the system; how many numbers do."""
    with snapshot():
        stored, recounted = _stored(code), _recounted(code)
    found = [
        Difference(found_at=at, stored=stored[place], recounted=recounted[place], **place._asdict())
        for place in sorted(stored.keys() | recounted.keys())
        if stored[place] != recounted[place]
    ]
    if found:
        _tell(code, found, at)
    return len(found)


@contextmanager
def snapshot() -> Iterator[None]:
    """What is read inside is of one moment, and nobody waits for it."""
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@transaction.atomic
def _tell(code: str, found: list[Difference], at: datetime) -> None:
    Difference.objects.bulk_create(found[:_AT_MOST])
    held = Appointment.objects.filter(role=Role.SYSTEM_ADMIN).valid_on(timezone.localdate(at)).values("person")
    keepers = Person.objects.filter(pk__in=held, is_active=True)
    record("figures.differ", on=found[0], area=code, by=None, at=at, tell=keepers, numbers=len(found))


# --- what stands there ---------------------------------------------------------------------------------------------------


def _stored(code: str) -> Numbers:
    numbers: Numbers = Counter()
    for row in (
        Cell.objects.filter(area=code, kind__in=_kinds(code))
        .order_by()
        .values_list("kind", "facet", "day", *COUNTED)
        .iterator(2000)
    ):
        kind, facet, day = row[:3]
        _add_columns(numbers, (kind, code, facet, str(day)), row[3:])
    for one in Took.objects.filter(area=code, kind__in=_kinds(code)).order_by().iterator(1000):
        for hours, n in one.hours.items():
            numbers[Place(one.kind, code, one.facet, str(one.day), f"{one.interval} {hours}")] += n
    for cell in MapCell.objects.filter(area=code).order_by().iterator(2000):
        _add_spot(numbers, code, (cell.zoom, cell.month, cell.x, cell.y), cell.reported, cell.open)
    return numbers


def _kinds(code: str) -> list[str]:
    return [f"{grain}{len(code)}{by}" for grain in "md" for by in (ALL, BY_CATEGORY, BY_DEPARTMENT)]


def _add_columns(numbers: Numbers, cell: tuple[str, str, str, str], columns: Iterable[int]) -> None:
    for column, n in zip(COUNTED, columns, strict=True):
        if n:
            numbers[Place(*cell, column)] += n


def _add_spot(numbers: Numbers, code: str, cell: tuple[int, str, int, int], reported: int, some: int) -> None:
    zoom, month, x, y = cell
    for column, n in (("reported", reported), ("open", some)):
        if n:
            numbers[Place("map", code, f"{zoom} {x} {y}", month, column)] += n


# --- what the rows say ---------------------------------------------------------------------------------------------------


def _recounted(code: str) -> Numbers:
    widths = kept_widths()
    place = widths.index(len(code))
    if place >= len(widths) - 2:
        # What lies in a village was looked at one by one with the township.
        return _numbers_of(code, _facts_in(code), with_each=place in (0, len(widths) - 2))
    below = widths[place + 1]
    numbers = _numbers_of(code, (one for one in _facts_in(code, below) if len(one[1].area) < below), with_each=True)
    # A sum of sums: each of them is compared by itself.
    for child in Area.objects.annotate(width=Length("code")).filter(within(code, field="code"), width=below):
        for one, n in _stored(child.code).items():
            if one.kind != "map":
                kind = one.kind.replace(str(below), str(len(code)), 1)
                numbers[one._replace(kind=kind, area=code)] += n
    return numbers


def _numbers_of(code: str, several: Iterable[tuple[UUID, Facts]], *, with_each: bool) -> Numbers:
    """The numbers of the cells of this area alone; and how many of the matters themselves were counted otherwise."""
    sums = Sums(kept_widths(), only=code)
    numbers: Numbers = Counter()
    matters = iter(several)
    while together := list(islice(matters, AT_ONCE)):
        for _key, facts in together:
            sums.add(facts, 1)
        was = counted_before([key for key, _facts in together]) if with_each else dict(together)
        numbers[Place("rows", code, "", "", "counted")] += sum(was.get(key) != facts for key, facts in together)
    sums.add_up_months()
    for key, by_bits in sums.cells.items():
        _add_columns(numbers, (key.kind, code, key.facet, str(key.day)), spread(by_bits, len(COUNTED)))
    for (key, interval), counts in sums.hours.items():
        for hours, n in counts.items():
            numbers[Place(key.kind, code, key.facet, str(key.day), f"{interval} {hours}")] += n
    for (zoom, month, x, y, _area), (reported, some) in sums.spots.items():
        _add_spot(numbers, code, (zoom, month, x, y), reported, some)
    return numbers


def _facts_in(code: str, shorter_than: int = 99) -> Iterator[tuple[UUID, Facts]]:
    """Matters of an area as their rows are; those that were changed since, as they were counted last."""
    entries, _end = following.since(Follower.objects.get(pk=1).place, _FAR)
    late = set(matters_in(entries))
    events = Event.objects.annotate(width=Length("area_id")).filter(within(code), width__lt=shorter_than)
    yield from (one for one in facts_of(events) if one[0] not in late)
    yield from (one for one in counted_before(list(late)).items() if contains(code, one[1].area))
