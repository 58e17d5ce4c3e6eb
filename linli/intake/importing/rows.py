"""From a row of a file to a draft: words as they are, times, numbers and codes as values.

The first cell that cannot be understood refuses its row.
"""

import math
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from linli.events.models import Category
from linli.events.rules import Source, State, clean_position
from linli.intake.importing.maps import BY_CODE, ISO, NONE, REFUSE, SPANS, Choice, ImportMap, When
from linli.intake.importing.notes import Notes
from linli.kit.refusal import BadInput

Row = Mapping[str, str]
#: As many signs of a cell are told in a sentence. Not more: a row that slipped may have a person's words there.
_TOLD = 20


@dataclass(slots=True)
class Draft:
    """A row as far as it is understood; `where` is what it says of its area, before anybody has looked for it."""

    line: int
    number: str
    title: str
    text: str
    place: str
    outcome: str
    reported_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    state: str
    channel: str
    rating: str
    category: Category | None
    where: str
    lon: float | None
    lat: float | None
    #: The area in which the point lies, empty if in none; and that it would lie in one if they changed places.
    located: str = ""
    is_swapped: bool = False


def folded(cell: str) -> str:
    """A cell that holds a code, number or time: full-width signs are the plain ones (１２３ is 123)."""
    return cell.strip() if cell.isascii() else unicodedata.normalize("NFKC", cell).strip()


class RowReader:
    """Reads rows by a map. `categories` are those of the pack the map means, by code and by name."""

    def __init__(self, chosen: ImportMap, categories: Mapping[str, Category], at: datetime, notes: Notes) -> None:
        self._map, self._categories, self._at, self._notes = chosen, categories, at, notes
        self._opened = _reader_of(chosen.reported_at, chosen.zone)
        self._due = _reader_of(chosen.due_at, chosen.zone, ends=datetime.max.replace(tzinfo=UTC))
        # A closing of which only the day is known, and that day is not over: it was before now.
        self._closed = _reader_of(chosen.closed_at, chosen.zone, ends=at)
        self._title, self._text, self._place, self._outcome = map(
            _joiner, (chosen.title, chosen.text, chosen.place, chosen.outcome)
        )

    def number(self, row: Row) -> str:
        """The source's own number of this row."""
        return folded(row[self._map.number])

    def read(self, line: int, row: Row) -> Draft:
        """The draft of a row. Raises `BadInput`."""
        chosen = self._map
        opened = self._time(chosen.reported_at, self._opened, row)
        if opened is None:
            column = chosen.reported_at.column
            raise BadInput("opening_missing", _("The column %(column)s is empty: when was it reported?"), column=column)
        ended_at = self._time(chosen.closed_at, self._closed, row, opened)
        lon, lat = self._position(row)
        return Draft(
            line=line,
            number=self.number(row),
            title=self._title(row),
            text=self._text(row),
            place=self._place(row),
            outcome=self._outcome(row),
            reported_at=opened,
            due_at=self._time(chosen.due_at, self._due, row, opened),
            ended_at=ended_at,
            state=self._state(row, ended_at),
            channel=self._chosen(chosen.channel, row) or Source.IMPORT,
            rating=self._chosen(chosen.rating, row),
            category=self._category(row),
            where=self._where(row),
            lon=lon,
            lat=lat,
        )

    def _time(
        self, when: When | None, read: "TimeReader | None", row: Row, opened: datetime | None = None
    ) -> datetime | None:
        if when is None or read is None:
            return None
        cell = row[when.column].strip()
        if cell:
            return read(cell, opened)
        if when.otherwise is not None:
            self._notes.count("time", when.column, when.otherwise.astimezone(self._map.zone).date().isoformat())
        return when.otherwise

    def _position(self, row: Row) -> tuple[float | None, float | None]:
        if not self._map.lon:
            return None, None
        lon, lat = _degrees(row, self._map.lon), _degrees(row, self._map.lat)
        # At 0, 0 there is only sea: it is how some programs write "unknown".
        if lon == 0 and lat == 0:
            return None, None
        return clean_position(lon, lat) or (None, None)

    def _where(self, row: Row) -> str:
        """A code with plain signs, or a name as areas have them: as given, on one line."""
        area = self._map.area
        if not area.column:
            return ""
        return folded(row[area.column]) if area.by == BY_CODE else " ".join(row[area.column].split())

    def _state(self, row: Row, ended_at: datetime | None) -> str:
        if self._map.state is None:
            return State.CLOSED if ended_at else State.REPORTED
        state = self._chosen(self._map.state, row)
        if not state:
            raise BadInput(
                "state_missing",
                _("The column %(column)s is empty: is it open or closed?"),
                column=self._map.state.column,
            )
        return state

    def _chosen(self, choice: Choice | None, row: Row) -> str:
        """Our word for that of the row; empty where the row has none, or the map says none."""
        if choice is None:
            return ""
        word = row[choice.column].strip()
        ours = choice.values.get(word)
        if ours is not None or not word:
            return ours or ""
        if choice.otherwise == REFUSE:
            raise BadInput(
                "word_unknown",
                _("Column %(column)s: “%(word)s” has no line in the map."),
                column=choice.column,
                word=word[:_TOLD],
            )
        self._notes.count("word", choice.column, word)
        return "" if choice.otherwise == NONE else choice.otherwise

    def _category(self, row: Row) -> Category | None:
        choice = self._map.category
        if choice is None or not self._categories:
            return None
        word = row[choice.column].strip()
        found = self._categories.get(choice.values.get(word, word)) if word else None
        if found is not None:
            return found
        if choice.otherwise == REFUSE:
            raise BadInput(
                "word_unknown",
                _("Column %(column)s: “%(word)s” has no line in the map."),
                column=choice.column,
                word=word[:_TOLD],
            )
        self._notes.count("category", choice.column, word)
        return self._categories.get(choice.otherwise)


TimeReader = Callable[[str, datetime | None], datetime]


def _reader_of(when: When | None, zone: ZoneInfo, *, ends: datetime | None = None) -> TimeReader | None:
    """What turns a cell into a moment. A day without a time is its first second, or with `ends` its last, if before that."""
    if when is None:
        return None
    if when.formats[0] in SPANS:
        return _span_reader(when.column, when.formats[0])

    def read(cell: str, opened: datetime | None) -> datetime:
        for one in when.formats:
            try:
                moment, is_day = _parsed(folded(cell), one, zone)
                return _end_of(moment, ends) if is_day and ends else moment
            # Beyond the years that Python knows, it is an OverflowError.
            except (ValueError, OverflowError):
                continue
        raise BadInput(
            "bad_time",
            _("Column %(column)s: “%(cell)s” is no time of the form %(format)s."),
            column=when.column,
            cell=cell[:_TOLD],
            format=" / ".join(when.formats),
        )

    return read


def _parsed(cell: str, form: str, zone: ZoneInfo) -> tuple[datetime, bool]:
    """The moment, and whether it is only a day. A time that names no zone is one of `zone`."""
    if form == ISO:
        moment, is_day = datetime.fromisoformat(cell), len(cell) <= len("2026-11-16")
    else:
        moment = datetime.strptime(cell, form)  # noqa: DTZ007 - its zone comes in the next line
        is_day = not any(sign in form for sign in ("%H", "%I", "%c", "%X"))
    return moment.replace(tzinfo=moment.tzinfo or zone).astimezone(UTC), is_day


def _end_of(day: datetime, latest: datetime) -> datetime:
    return max(day, min(day + timedelta(hours=23, minutes=59, seconds=59), latest))


def _span_reader(column: str, unit: str) -> TimeReader:
    def read(cell: str, opened: datetime | None) -> datetime:
        try:
            assert opened is not None
            return opened + timedelta(**{unit: float(folded(cell))})
        except (ValueError, OverflowError):
            raise BadInput(
                "bad_span",
                _("Column %(column)s: “%(cell)s” is no number of days or hours."),
                column=column,
                cell=cell[:_TOLD],
            ) from None

    return read


def _degrees(row: Row, column: str) -> float | None:
    cell = folded(row[column])
    if not cell:
        return None
    try:
        degrees = float(cell)
    except ValueError:
        degrees = math.nan
    if not math.isfinite(degrees):
        raise BadInput(
            "bad_degrees",
            _("Column %(column)s: “%(cell)s” is no number of degrees, e.g. 110.2863."),
            column=column,
            cell=cell[:_TOLD],
        )
    return degrees


def _joiner(columns: tuple[str, ...]) -> Callable[[Row], str]:
    """The words of one or several columns, each on a line of its own; the same words are not said twice."""
    if not columns:
        return lambda row: ""
    if len(columns) == 1:
        only = columns[0]
        return lambda row: row[only].strip()
    return lambda row: "\n".join(dict.fromkeys(filter(None, (row[name].strip() for name in columns))))
