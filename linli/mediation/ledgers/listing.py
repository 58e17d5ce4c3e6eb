"""The rows of a ledger, a page at a time: a page begins where the one before ended. Codes and dates, no names, no content."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import parent_of, within
from linli.areas.models import Area
from linli.kit.cursors import cursor, read_cursor
from linli.kit.refusal import BadInput
from linli.mediation.ledgers.narrowing import Narrowing
from linli.mediation.ledgers.reading import CLOCK, Asked
from linli.mediation.models import Dispute, DisputeQuerySet, village_of
from linli.mediation.rules import Door, Ending, Kind, NotAccepted, State

A_PAGE = 30
MOST_COUNTED = 10_000
_A_CHUNK = 2000
TIMES = ("registered_at", "accepted_at", "first_session_at", "settled_at", "concluded_at", "ended_at")
_FIELDS = (
    *("number", "case_no", "kind", "door", "area_id", "body__name", "state"),
    *TIMES,
    *("ending", "not_accepted_for", "reopened", "due_at"),
)


@dataclass(frozen=True)
class Row:
    """A line of a ledger."""

    number: str
    case_no: str
    kind: str
    door: str
    area_id: str
    body: str
    state: str
    registered_at: datetime
    accepted_at: datetime | None
    first_session_at: datetime | None
    settled_at: datetime | None
    concluded_at: datetime | None
    ended_at: datetime | None
    ending_code: str
    not_accepted_for: str
    reopened: int
    due_at: datetime | None
    #: The village; the township or county for what lies in no village.
    village: str = ""

    @property
    def kind_label(self) -> Any:
        """Its kind in words."""
        return Kind(self.kind).label

    @property
    def door_label(self) -> Any:
        """How it came in, in words."""
        return Door(self.door).label

    @property
    def state_label(self) -> Any:
        """Where it stands, in words."""
        return State(self.state).label

    @property
    def ending(self) -> Any:
        """How it ended: the outcome, or why it was not accepted; empty while it is open."""
        if self.not_accepted_for:
            return NotAccepted(self.not_accepted_for).label
        return Ending(self.ending_code).label if self.ending_code else ""

    @cached_property
    def days(self) -> dict[str, str]:
        """Its times as days where this home is, by their names."""
        times = {name: getattr(self, name) for name in TIMES}
        return {name: f"{timezone.localtime(moment):%Y-%m-%d}" for name, moment in times.items() if moment}


@dataclass(frozen=True)
class Listed:
    """One page; `next_cursor` is the `after` of the following one, empty on the last."""

    rows: list[Any]
    next_cursor: str
    is_first: bool


def disputes_of(asked: Asked, narrowing: Narrowing) -> DisputeQuerySet:
    """What a ledger lists."""
    return asked.rows(narrowing.of_figure.code).filter(narrowing.condition(asked.area))


def page_of(asked: Asked, narrowing: Narrowing, after: str = "", size: int = A_PAGE) -> Listed:
    """The latest first, by the date of the figure's cohort. Raises `BadInput` for an `after` that no page gave."""
    clock = CLOCK[narrowing.of_figure.cohort]
    found = disputes_of(asked, narrowing)
    if after:
        found = found.filter(_beyond(clock, *_read(after)))
    # Keys first: only what is shown is fetched whole.
    places = list(found.order_by(f"-{clock}", "-pk").values_list(clock, "pk")[: size + 1])
    keys = [key for _moment, key in places[:size]]
    by_key = dict(zip(keys, _rows_of(keys), strict=True))
    following = cursor(*places[size - 1]) if len(places) > size else ""
    return Listed([by_key[key] for key in keys], following, not after)


def _rows_of(keys: list[UUID]) -> list[Row]:
    found = {row[0]: row[1:] for row in Dispute.objects.filter(pk__in=keys).order_by().values_list("pk", *_FIELDS)}
    return with_villages(Row(*found[key]) for key in keys)


def all_rows(asked: Asked, narrowing: Narrowing) -> Iterator[Row]:
    """The same to the end, for a file; memory does not grow with it."""
    clock = CLOCK[narrowing.of_figure.cohort]
    rows = disputes_of(asked, narrowing).order_by(f"-{clock}", "-pk").values_list(*_FIELDS)
    found = (Row(*row) for row in rows.iterator(chunk_size=_A_CHUNK))
    while chunk := list(islice(found, _A_CHUNK)):
        yield from with_villages(chunk)


def count_of(asked: Asked, narrowing: Narrowing) -> tuple[int, bool]:
    """How many it lists, and whether there are more: nobody reads further, and counting all would cost more than the page."""
    rows = disputes_of(asked, narrowing).order_by()
    if parent_of(asked.area):
        # By the areas themselves, which an index finds one by one; a range would be passed over for that of the time.
        rows = rows.filter(area__in=Area.objects.filter(within(asked.area, field="code")).values("pk"))
    found = rows[: MOST_COUNTED + 1].count()
    return min(found, MOST_COUNTED), found > MOST_COUNTED


def with_villages(rows: Iterable[Row]) -> list[Row]:
    """With the names of their villages: one question."""
    found = list(rows)
    names = _names({village_of(row.area_id) for row in found})
    return [_placed(row, names) for row in found]


def _placed(row: Row, names: dict[str, str]) -> Row:
    return replace(row, village=names.get(village_of(row.area_id), ""))


def _names(codes: Iterable[str]) -> dict[str, str]:
    """By code; the township before the village, as villages of different townships share names."""
    wanted = set(codes)
    areas = Area.objects.filter(pk__in=wanted).select_related("parent")
    return {one.code: _named(one) for one in areas}


def _named(area: Area) -> str:
    above = area.parent
    return f"{above.name}·{area.name}" if above is not None and above.parent_id else area.name


def _beyond(clock: str, moment: datetime, key: UUID) -> Q:
    return Q(**{f"{clock}__lte": moment}) & (Q(**{f"{clock}__lt": moment}) | Q(pk__lt=key))


def _read(after: str) -> tuple[datetime, UUID]:
    try:
        return read_cursor(after)
    except ValueError:
        raise _no_such_page() from None


def _no_such_page() -> BadInput:
    return BadInput("bad_page", _("There is no such page of the list. Start again from the first."), field="after")


# --- the outline --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutlineRow:
    """All that a grid worker sees of a dispute."""

    number: str
    kind_label: Any
    village: str
    state_label: Any
    state: str


def outline_of(area: str, narrowing: Narrowing, after: str = "", size: int = A_PAGE) -> Listed:
    """By number, the last first: neither dates nor keys stand in its pages. Raises `BadInput`."""
    found = Asked(area, None, None).disputes.filter(narrowing.condition(area))  # type: ignore[arg-type]
    if after:
        if not after.replace("-", "").isalnum() or len(after) > 40:
            raise _no_such_page()
        found = found.filter(number__lt=after)
    rows = list(found.order_by("-number").values_list("number", "kind", "area_id", "state")[: size + 1])
    names = _names({village_of(area_id) for _number, _kind, area_id, _state in rows[:size]})
    shown = [
        OutlineRow(number, Kind(kind).label, names.get(village_of(area_id), ""), State(state).label, state)
        for number, kind, area_id, state in rows[:size]
    ]
    return Listed(shown, rows[size - 1][0] if len(rows) > size else "", not after)
