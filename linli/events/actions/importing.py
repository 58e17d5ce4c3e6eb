"""Bringing in matters that another system kept: with their own times, once each, numbered without gaps."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import padded_township
from linli.areas.models import Area
from linli.events.actions import clocks, promise
from linli.events.actions.reporting import allot_numbers, format_number, month_of, require_open
from linli.events.models import Category, Event
from linli.events.rules import (
    EARLIEST_YEAR,
    ENDED,
    MAX_TEXT,
    SOLVED,
    ReferredTo,
    Severity,
    Source,
    State,
    Urgency,
    clean_position,
    clean_words,
)
from linli.journal.actions import Act, record_many
from linli.kit.bulk import insert
from linli.kit.refusal import BadInput
from linli.kit.workdays import WorkCalendar, stored_calendar

#: The states a matter may come in: those that need nobody here to have acted. The desk dispatches what is open.
IMPORTABLE = frozenset(
    {State.REPORTED, State.ACCEPTED, State.CLOSED, State.SELF_HANDLED, State.REJECTED, State.VOIDED, State.REFERRED_OUT}
)
_LONGEST_NO = 80
_CLOCK_MAY_BE_OFF = timedelta(minutes=10)
#: Two imports of one source at once: the second starts its batch again and finds what the first has brought.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class ImportedMatter:
    """A matter as another system tells it. Times as given there; `due_at` is the promise, `ended_at` the closing.

    `lon`, `lat` in degrees WGS-84, both or neither; `source_crs` is what they were turned from.
    """

    external_no: str
    area: Area
    reported_at: datetime
    title: str = ""
    text: str = ""
    place: str = ""
    category: Category | None = None
    state: str = State.REPORTED
    source: str = Source.IMPORT
    lon: float | None = None
    lat: float | None = None
    source_crs: str = "wgs84"
    due_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    rating: str = ""


class Fate(Enum):
    """What became of a matter that was not refused."""

    NEW = "new"
    #: Its number was here already, from an earlier run or an earlier row.
    KNOWN = "known"


Seen = dict[str, datetime]


def import_matters(
    matters: Sequence[ImportedMatter], *, source: str, at: datetime, rehearsal: Seen | None = None
) -> list[Fate | BadInput]:
    """Bring in matters of one source, in one transaction; what became of each, in order. None is stored twice.

    `source` and `external_no` together say whether a matter is here already. Nobody is told: it happened elsewhere, long
    ago. With a `rehearsal` nothing is stored; the dict gathers the numbers that would have been.
    """
    fates: list[Fate | BadInput | None] = [_refusal(matter, at) for matter in matters]
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction.atomic():
                return _bring(matters, list(fates), source, at, rehearsal)
        except IntegrityError:
            if attempt == _TRIES:
                raise
    raise AssertionError("unreachable")


def _bring(
    matters: Sequence[ImportedMatter],
    fates: list[Fate | BadInput | None],
    source: str,
    at: datetime,
    rehearsal: Seen | None,
) -> list[Fate | BadInput]:
    sound = [matter for matter, fate in zip(matters, fates, strict=True) if fate is None]
    seen = _opened_at(source, [matter.external_no for matter in sound]) | (rehearsal or {})
    decided: list[Fate | BadInput] = []
    new: list[ImportedMatter] = []
    for matter, fate in zip(matters, fates, strict=True):
        outcome = fate or _fate(matter, seen)
        decided.append(outcome)
        if outcome is Fate.NEW:
            seen[matter.external_no] = matter.reported_at
            new.append(matter)
    if rehearsal is not None:
        rehearsal.update((matter.external_no, matter.reported_at) for matter in new)
    elif new:
        _store(new, source, at)
    return decided


def _opened_at(source: str, numbers: list[str]) -> Seen:
    """Of these numbers those that are here, with the opening of their matters."""
    # `exclude` says what the partial index says, so that both stores use it.
    rows = Event.objects.filter(external_source=source, external_no__in=numbers).exclude(external_no="").order_by()
    return dict(rows.values_list("external_no", "reported_at"))


def _fate(matter: ImportedMatter, seen: Seen) -> Fate | BadInput:
    opened_at = seen.get(matter.external_no)
    if opened_at is None:
        return Fate.NEW
    if opened_at == matter.reported_at:
        return Fate.KNOWN
    return BadInput(
        "number_taken",
        _("The number %(number)s is here already with another time of opening. A source must not use a number twice."),
        number=matter.external_no,
    )


# --- what is refused --------------------------------------------------------------------------------------------------


def _refusal(matter: ImportedMatter, at: datetime) -> BadInput | None:
    try:
        _check(matter, at)
    except BadInput as refused:
        return refused
    return None


def _check(matter: ImportedMatter, at: datetime) -> None:
    _check_number(matter.external_no)
    require_open(matter.area, matter.category)
    _check_words(matter)
    clean_position(matter.lon, matter.lat)
    _check_state(matter)
    _check_times(matter, at)


def _check_number(number: str) -> None:
    if not number:
        raise BadInput(
            "number_missing", _("The row has no number of its own. Without one it could be brought in twice.")
        )
    if len(number) > _LONGEST_NO or not number.isprintable():
        raise BadInput(
            "number_unusable",
            _("“%(number)s” cannot be a number: 80 printable characters at most."),
            number=number[:20],
        )


#: With the most characters each may have. Answers of other systems are longer than what people type here.
_WORDS = (
    ("title", _("Title"), 200),
    ("text", _("Text"), MAX_TEXT),
    ("place", _("Place"), 300),
    ("outcome", _("Outcome"), 20_000),
)


def _check_words(matter: ImportedMatter) -> None:
    for field, label, longest in _WORDS:
        length = len(getattr(matter, field).strip())
        if length > longest:
            raise BadInput(
                "text_too_long",
                _("%(field)s: %(length)s characters, %(longest)s at most. Shorten it at its source."),
                field=label,
                length=length,
                longest=longest,
            )
        clean_words(getattr(matter, field), field=field, longest=longest)
    if not (matter.text.strip() or matter.title.strip()):
        raise BadInput("nothing_reported", _("The row has neither title nor text. It does not say what happened."))


def _check_state(matter: ImportedMatter) -> None:
    if matter.state not in IMPORTABLE:
        raise BadInput("state_unknown", _("A matter cannot come in as “%(state)s”."), state=matter.state[:20])
    if matter.state in ENDED and matter.ended_at is None:
        raise BadInput("closing_time_missing", _("The row says that it is closed, but not when."))
    if matter.state not in ENDED and matter.ended_at is not None:
        raise BadInput("open_but_closed", _("The row says that it is open, but gives a time of closing."))
    if matter.rating and matter.state not in SOLVED:
        raise BadInput("rated_before_closed", _("The row holds a rating, but the matter is not closed."))


def _check_times(matter: ImportedMatter, at: datetime) -> None:
    opened, latest = matter.reported_at, at + _CLOCK_MAY_BE_OFF
    if opened.year < EARLIEST_YEAR:
        raise BadInput("opened_too_long_ago", _("It was opened before the year 2000. Correct the time."))
    if opened > latest or (matter.ended_at is not None and matter.ended_at > latest):
        raise BadInput("time_in_the_future", _("Its time of opening or closing lies in the future. Correct it."))
    if matter.ended_at is not None and matter.ended_at < opened:
        raise BadInput("closed_before_opened", _("It was closed before it was opened. One of the two times is wrong."))
    if matter.due_at is not None and matter.due_at < opened:
        raise BadInput("due_before_opened", _("Its limit lies before it was opened. One of the two times is wrong."))


# --- storing ----------------------------------------------------------------------------------------------------------


def _store(matters: list[ImportedMatter], source: str, at: datetime) -> None:
    calendar = cache(stored_calendar)  # most matters that come in are closed and ask for none
    rows = [_row(matter, source, at, calendar) for matter in matters]
    _number(rows)
    insert(Event, rows)
    _start_clocks(row for row in rows if row["state"] not in ENDED)
    record_many(
        Act(
            "event.imported",
            "event",
            str(row["id"]),
            row["area_id"],
            None,
            at,
            {"source": source, "state": str(row["state"])},
        )
        for row in rows
    )


_OF_CLOCKS = (
    *("id", "state", "severity", "urgency", "category_id"),
    *("reported_at", "accepted_at", "clock_from", "due_at", "due_is_provisional"),
)


def _start_clocks(rows: Iterable[dict[str, Any]]) -> None:
    """Of those that are still open; of the others their times tell all."""
    for row in rows:
        event = Event(**{name: row[name] for name in _OF_CLOCKS})
        clocks.follow(event, event.reported_at)


def _row(matter: ImportedMatter, source: str, at: datetime, calendar: Callable[[], WorkCalendar]) -> dict[str, Any]:
    category = matter.category
    row: dict[str, Any] = {
        "id": Event._meta.pk.get_default(),
        "area_id": matter.area.code,
        "category_id": category.pk if category else None,
        "state": matter.state,
        "source": matter.source,
        "severity": category.severity if category else Severity.GENERAL,
        "urgency": category.urgency if category else Urgency.NORMAL,
        "title": matter.title.strip(),
        "text": matter.text.strip(),
        "place": matter.place.strip(),
        "lon": matter.lon,
        "lat": matter.lat,
        "source_crs": matter.source_crs,
        "reported_at": matter.reported_at,
        "received_at": at,
        "accepted_at": matter.reported_at if matter.state == State.ACCEPTED else None,
        "ended_at": matter.ended_at,
        "due_at": matter.due_at,
        "due_is_provisional": False,
        "clock_from": matter.reported_at,
        "outcome": matter.outcome.strip(),
        "referred_to": ReferredTo.OTHER if matter.state == State.REFERRED_OUT else "",
        "rating": matter.rating,
        "followed_up_at": matter.ended_at if matter.rating else None,
        "external_source": source,
        "external_no": matter.external_no,
    }
    if matter.due_at is None and matter.state not in ENDED:
        row |= _own_limit(matter, row, calendar())
    return row


def _own_limit(matter: ImportedMatter, row: dict[str, Any], calendar: WorkCalendar) -> dict[str, Any]:
    """Whoever has an open matter must know until when: where nothing was promised, our own limits hold."""
    names = ("state", "severity", "urgency", "reported_at", "accepted_at", "clock_from")
    event = Event(category=matter.category, **{name: row[name] for name in names})
    promise.reckon(event, calendar)
    return {"due_at": event.due_at, "due_is_provisional": event.due_is_provisional}


def _number(rows: Iterable[dict[str, Any]]) -> None:
    """The next numbers of each township and month, in the order of the rows; always taken in one order of series."""
    series: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        series[padded_township(row["area_id"]), month_of(row["reported_at"])].append(row)
    for (township, month), members in sorted(series.items(), key=lambda item: item[0]):
        first = allot_numbers(township, month, len(members))
        for running, row in enumerate(members, first):
            row["number"] = format_number(township, month, running)
