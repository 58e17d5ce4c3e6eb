"""An import map: which column of a file becomes what of a matter. Read strictly, so that a slip is found before any row.

The language is described in docs/import.md; examples/maps/ has maps that fit real files.
"""

import codecs
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.crs import Crs
from linli.events.actions import IMPORTABLE
from linli.events.rules import Rating, Source
from linli.intake.importing.tables import Table
from linli.kit.forbidden import why_forbidden
from linli.kit.reasons import reason
from linli.kit.refusal import BadInput

REFUSE, NONE, TOP = "refuse", "none", "top"
BY_CODE, BY_NAME, BY_POINT, FIXED = "code", "name", "point", "fixed"
ISO = "iso"
#: Instead of a time: how many of them lie between the opening and this one.
SPANS = ("days", "hours")
#: What a channel may be: the doors through which a report comes, without those that only linli itself has.
_CHANNELS = frozenset({Source.RESIDENT, Source.GRID, Source.DESK, Source.IMPORT})


@dataclass(frozen=True)
class When:
    """A column of times. `formats`: `iso`, patterns of strptime, or one of `SPANS`; `otherwise` where the field is empty."""

    column: str
    formats: tuple[str, ...] = (ISO,)
    otherwise: datetime | None = None


@dataclass(frozen=True)
class Choice:
    """A column of words that stand for ours."""

    column: str
    #: Their words to ours. Of categories, a code or name without a line here is taken as it stands.
    values: Mapping[str, str]
    #: For words without a line: `refuse`, `none`, or one of ours.
    otherwise: str


@dataclass(frozen=True)
class Where:
    """How the area is found: by a column of codes or names, by the position, or fixed for all rows."""

    by: str
    column: str = ""
    code: str = ""
    #: Names are looked for under this area only; empty for the whole home.
    under: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    #: For rows whose area is not found: `refuse`, `top`, or a code.
    otherwise: str = REFUSE


@dataclass(frozen=True)
class ImportMap:
    """A whole map, checked as far as it can be without a file and a home."""

    name: str
    source: str
    number: str
    reported_at: When
    area: Where
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    due_at: When | None = None
    closed_at: When | None = None
    state: Choice | None = None
    category: Choice | None = None
    #: The pack whose categories the map means; empty for the pack in use.
    pack: str = ""
    channel: Choice | None = None
    rating: Choice | None = None
    lon: str = ""
    lat: str = ""
    crs: str = Crs.WGS84
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(timezone.get_default_timezone_name()))
    encoding: str | None = None
    delimiter: str = ","
    #: Of a spreadsheet; None: the first that is filled.
    sheet: str | None = None

    def columns(self) -> set[str]:
        """All columns it reads."""
        single = [self.number, self.lon, self.lat, self.area.column]
        tables = (self.reported_at, self.due_at, self.closed_at, self.state, self.category, self.channel, self.rating)
        words = (*self.title, *self.text, *self.place, *self.outcome)
        return {name for name in (*single, *words, *(one.column for one in tables if one)) if name}


def read_map(path: Path) -> ImportMap:
    """The map in this file. Raises `BadInput`, saying in which table and key something is wrong."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(
            "no_such_map", _("The map %(file)s cannot be read: %(why)s."), file=str(path), why=reason(error)
        ) from None
    return map_of(content, path.name)


def map_of(content: bytes, name: str) -> ImportMap:
    """The map of this text, which people know by this name. Raises `BadInput` as `read_map` does."""
    try:
        return _map(Table(tomllib.loads(content.decode("utf-8-sig")), name))
    except UnicodeDecodeError:
        raise BadInput("map_not_text", _("The map %(file)s is no text in UTF-8."), file=name) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput("map_not_toml", _("The map %(file)s is no TOML: %(why)s."), file=name, why=str(error)) from None


def check_columns(chosen: ImportMap, columns: Iterable[str], file: str) -> None:
    """Raises `BadInput` for columns that no import may read, and for those the file has not, naming those it has."""
    there = list(columns)
    for name in sorted(chosen.columns()):
        if reason := why_forbidden(name):
            raise BadInput(
                "column_forbidden",
                _("The map %(map)s reads the column “%(column)s”, which is refused. %(reason)s"),
                map=chosen.name,
                column=name,
                reason=reason,
            )
    missing = sorted(chosen.columns() - set(there))
    if missing:
        raise BadInput(
            "column_missing",
            _("%(file)s has no column “%(column)s”, which the map %(map)s reads. Its columns: %(columns)s."),
            file=file,
            map=chosen.name,
            column="”, “".join(missing),
            columns=", ".join(name[:40] for name in there[:60]),
        )


def _map(top: Table) -> ImportMap:
    zone = _zone(top)
    category = top.table("category")
    position = top.table("position")
    lon, lat, crs = _position(position)
    found = ImportMap(
        name=top.file,
        source=_source(top),
        number=top.text("number", None),
        reported_at=_opening(top, zone),
        area=_area(top, has_position=position is not None),
        title=top.words("title"),
        text=top.words("text"),
        place=top.words("place"),
        outcome=top.words("outcome"),
        due_at=_when(top.table("due_at"), zone, spans=True),
        closed_at=_when(top.table("closed_at"), zone, spans=True),
        state=_choice(top.table("state"), IMPORTABLE, REFUSE, {REFUSE}),
        pack=category.text("pack") if category else "",
        category=_choice(category, None, NONE, set()),
        channel=_choice(top.table("channel"), _CHANNELS, Source.IMPORT, {REFUSE}),
        rating=_choice(top.table("rating"), Rating.values, NONE, {REFUSE, NONE}),
        lon=lon,
        lat=lat,
        crs=crs,
        zone=zone,
        encoding=_encoding(top),
        delimiter=top.sign("delimiter", ","),
        sheet=top.text("sheet") or None,
    )
    top.done()
    if not (found.title or found.text):
        raise top.refuse("text", _("name at least one column for title or text."))
    return found


def _source(top: Table) -> str:
    source = top.text("source", None)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,39}", source):
        raise top.refuse("source", _("up to 40 small letters, digits, points and dashes, e.g. hotline-2025."))
    return source


def _zone(top: Table) -> ZoneInfo:
    name = top.text("zone", timezone.get_default_timezone_name())
    try:
        return ZoneInfo(name)
    # A name that leads out of the folder of zones is a ValueError, a folder an OSError.
    except (KeyError, ValueError, OSError):
        raise top.refuse("zone", _("“%(zone)s” is no time zone. E.g. Asia/Shanghai."), zone=name[:40]) from None


def _encoding(top: Table) -> str | None:
    name = top.text("encoding")
    if not name:
        return None
    try:
        codec = codecs.lookup(name)
    except LookupError:
        raise top.refuse("encoding", _("“%(name)s” is no encoding. E.g. utf-8, gb18030."), name=name[:40]) from None
    # The mark some programs put before UTF-8 is no part of the first column's name; GB2312 and GBK lie within GB18030.
    return {"utf-8": "utf-8-sig", "gbk": "gb18030", "gb2312": "gb18030"}.get(codec.name, codec.name)


def _position(table: Table | None) -> tuple[str, str, str]:
    if table is None:
        return "", "", Crs.WGS84
    found = table.text("lon", None), table.text("lat", None), table.one_of("crs", Crs.values, Crs.WGS84)
    table.done()
    return found


def _opening(top: Table, zone: ZoneInfo) -> When:
    when = _when(top.table("reported_at", needed=True), zone, spans=False)
    assert when is not None
    return when


def _when(table: Table | None, zone: ZoneInfo, *, spans: bool) -> When | None:
    if table is None:
        return None
    formats = table.words("format") or (ISO,)
    for one in formats:
        if one != ISO and not (spans and formats == (one,) and one in SPANS) and "%" not in one:
            raise table.refuse(
                "format", _("“%(format)s” is neither iso nor a pattern such as %%Y/%%m/%%d %%H:%%M."), format=one[:40]
            )
    found = When(table.text("column", None), formats, _moment(table, zone))
    table.done()
    return found


def _moment(table: Table, zone: ZoneInfo) -> datetime | None:
    given = table.text("otherwise")
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise table.refuse("otherwise", _("a date such as 2020-01-31 is needed.")) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _choice(table: Table | None, allowed: Iterable[str] | None, otherwise: str, more: set[str]) -> Choice | None:
    """`allowed` None: which words are ours is known only in a home."""
    if table is None:
        return None
    column, values = table.text("column", None), table.values(allowed)
    chosen = (
        table.text("otherwise", otherwise)
        if allowed is None
        else table.one_of("otherwise", {*map(str, allowed), *more}, otherwise)
    )
    table.done()
    return Choice(column, values, chosen)


def _area(top: Table, *, has_position: bool) -> Where:
    table = top.table("area", needed=True)
    assert table is not None
    by = table.one_of("by", {BY_CODE, BY_NAME, BY_POINT, FIXED})
    if by == BY_POINT and not has_position:
        raise table.refuse("by", _("the table [position] with lon and lat is needed for this."))
    found = Where(
        by,
        column=table.text("column", None) if by in (BY_CODE, BY_NAME) else "",
        code=table.text("code", None) if by == FIXED else "",
        under=table.text("under") if by == BY_NAME else "",
        values=table.values() if by in (BY_CODE, BY_NAME) else {},
        otherwise=table.text("otherwise", REFUSE) if by != FIXED else REFUSE,
    )
    table.done()
    return found
