"""How a message of another system is read: dotted paths into its JSON, as data, with tables of their words for ours.

TOML, in the language of the maps for tables (docs/import.md), with paths instead of columns: `data.town.code`,
`items.0.name`. What cannot be read is left out and told; only what nobody could act on makes a message fail.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.areas.crs import Crs
from linli.events.rules import MAX_TEXT, Urgency
from linli.intake.importing.maps import ISO, REFUSE
from linli.intake.importing.tables import Table
from linli.kit.forbidden import why_forbidden
from linli.kit.refusal import BadInput

_LONGEST = {"title": 200, "place": 300, "contact": 200}
_LONGEST_CODE, _LONGEST_AREA = 40, 30
LARGEST_MAPPING = 20_000
#: What a new pusher begins with.
EXAMPLE = """\
text = ["data.content"]
title = "data.title"
place = "data.address"
contact = "data.phone"
occurred_at = "data.created_at"

[area]
path = "data.town"
values = { "石城镇" = "440881101" }
otherwise = "refuse"

[position]
lon = "data.lng"
lat = "data.lat"
crs = "gcj02"

[category]
path = "data.kind"
values = { "排水" = "C01" }
"""


@dataclass(frozen=True)
class Words:
    """A path to a word of theirs, and what some of them are called here."""

    path: str
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""


@dataclass(frozen=True)
class Reading:
    """A whole mapping, checked as far as it can be without a message."""

    text: tuple[str, ...]
    title: str = ""
    place: str = ""
    contact: str = ""
    occurred_at: str = ""
    formats: tuple[str, ...] = (ISO,)
    area: Words | None = None
    category: Words | None = None
    urgency: Words | None = None
    lon: str = ""
    lat: str = ""
    crs: str = Crs.WGS84

    def paths(self) -> list[str]:
        """All paths it reads."""
        words = [one.path for one in (self.area, self.category, self.urgency) if one]
        single = [self.title, self.place, self.contact, self.occurred_at, self.lon, self.lat]
        return [path for path in (*self.text, *single, *words) if path]


@dataclass(frozen=True)
class Read:
    """What a message says, as fields of a report without its id; and what could not be read, as (path, why)."""

    report: dict[str, Any]
    #: The area where the one named is not known here; empty: refuse.
    otherwise: str
    problems: list[tuple[str, "str | Promise"]]


def read_mapping(text: str) -> Reading:
    """The mapping in this text. Raises `BadInput`, saying in which table and key something is wrong."""
    if len(text) > LARGEST_MAPPING or "\0" in text:
        raise BadInput("mapping_too_long", _("This is too long for a mapping."), field="mapping")
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput("map_not_toml", _("This is no TOML: %(why)s."), why=str(error), field="mapping") from None
    top = Table(content, str(_("of this system")))
    times, position = top.table("occurred_at"), top.table("position")
    found = Reading(
        text=top.words("text"),
        title=top.text("title"),
        place=top.text("place"),
        contact=top.text("contact"),
        occurred_at=_path(times) if times else "",
        formats=(times.words("format") or (ISO,)) if times else (ISO,),
        area=_words(top.table("area"), REFUSE),
        category=_words(top.table("category"), ""),
        urgency=_words(top.table("urgency"), "", Urgency.values),
        lon=position.text("lon", None) if position else "",
        lat=position.text("lat", None) if position else "",
        crs=position.one_of("crs", Crs.values, Crs.WGS84) if position else Crs.WGS84,
    )
    for table in (times, position, top):
        if table is not None:
            table.done()
    _check(found, top)
    return found


def _path(table: Table) -> str:
    """A word alone stands for a table with nothing but the path; `Table` calls that a column."""
    return table.text("column") or table.text("path", None)


def _words(table: Table | None, otherwise: str, allowed: Any = None) -> Words | None:
    if table is None:
        return None
    found = Words(_path(table), table.values(allowed), table.text("otherwise", otherwise) if otherwise else "")
    table.done()
    return found


def _check(reading: Reading, top: Table) -> None:
    if not (reading.text or reading.title):
        raise top.refuse("text", _("name at least one path for title or text."))
    # Names and numbers to call are read into the contact alone, where they are sealed.
    sealed = why_forbidden("telephone")
    for path in reading.paths():
        for part in path.split("."):
            reason = why_forbidden(part)
            if reason and not (path == reading.contact and reason == sealed):
                raise top.refuse(path, _("this is refused. %(reason)s"), reason=reason)


def apply(reading: Reading, message: Any) -> Read:
    """Read a message. Raises nothing: what cannot be read is among the problems."""
    problems: list[tuple[str, str | Promise]] = []
    report: dict[str, Any] = {}
    texts = [said for path in reading.text if (said := _said(message, path, problems))]
    for name in ("title", "place", "contact"):
        said = _said(message, getattr(reading, name), problems)
        if len(said) > _LONGEST[name]:
            texts += [said] if name != "contact" else []
            said = said[: _LONGEST[name] - 1] + "…"
        if said:
            report[name] = said
    if texts:
        report["text"] = _fitting("\n".join(texts), reading.text[0] if reading.text else "title", problems)
    report |= _position(reading, message, problems) | _codes(reading, message, problems)
    moment = _moment(reading, message, problems)
    if moment is not None:
        report["occurred_at"] = moment.isoformat()
    otherwise = reading.area.otherwise if reading.area and reading.area.otherwise != REFUSE else ""
    return Read(report, otherwise, problems)


def _fitting(text: str, path: str, problems: list[tuple[str, "str | Promise"]]) -> str:
    if len(text) <= MAX_TEXT:
        return text
    problems.append((path, _("longer than a matter may be, and cut")))
    return text[: MAX_TEXT - 1] + "…"


def found_at(message: Any, path: str) -> Any:
    """What lies at a path; None if nothing does."""
    for part in path.split("."):
        if isinstance(message, dict):
            message = message.get(part)
        elif isinstance(message, list) and part.isdecimal() and len(part) < 6 and int(part) < len(message):
            message = message[int(part)]
        else:
            return None
    return message


def _said(message: Any, path: str, problems: list[tuple[str, "str | Promise"]]) -> str:
    """The words at a path; several of a list in a row."""
    value = found_at(message, path) if path else None
    if isinstance(value, list):
        value = "、".join(str(one) for one in value if isinstance(one, str | int | float))
    if isinstance(value, dict):
        problems.append((path, _("a table, not words")))
        return ""
    return "" if value is None or isinstance(value, bool) else str(value).replace("\0", "").strip()


def _codes(reading: Reading, message: Any, problems: list[tuple[str, "str | Promise"]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words in (("area", reading.area), ("category", reading.category), ("urgency", reading.urgency)):
        said = _said(message, words.path, problems) if words else ""
        if not words or not said:
            continue
        code = words.values.get(said, "" if name == "urgency" else said)
        if len(code) > (_LONGEST_AREA if name == "area" else _LONGEST_CODE):
            problems.append((words.path, _("no word of ours stands for this")))
        elif code:
            found[name] = code
    return found


def _position(reading: Reading, message: Any, problems: list[tuple[str, "str | Promise"]]) -> dict[str, Any]:
    if not reading.lon:
        return {}
    try:
        lon, lat = (float(_said(message, path, problems)) for path in (reading.lon, reading.lat))
    except ValueError:
        return {}
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon, lat) == (0, 0):
        problems.append((reading.lon, _("no degrees on the earth")))
        return {}
    return {"lon": lon, "lat": lat, "crs": reading.crs}


def _moment(reading: Reading, message: Any, problems: list[tuple[str, "str | Promise"]]) -> datetime | None:
    said = _said(message, reading.occurred_at, problems)
    if not said:
        return None
    for moment in _moments(said, reading.formats):
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    problems.append((reading.occurred_at, _("no time as the mapping has it")))
    return None


def _moments(said: str, formats: tuple[str, ...]) -> Iterator[datetime]:
    """The time in each way in which it can be read. Bare digits are seconds since 1970, or thousandths of them."""
    if said.isdecimal() and len(said) in (10, 13):
        yield datetime.fromtimestamp(int(said) / (1000 if len(said) == 13 else 1), UTC)
    for one in formats:
        try:
            yield datetime.fromisoformat(said) if one == ISO else datetime.strptime(said, one)  # noqa: DTZ007
        except ValueError:
            continue
