"""Reading one element of a message: each function answers the value, or None and tells why it cannot be one.

What is meant although it is written otherwise is read and told; what could mean two things is left out. Coordinates come as
latitude,longitude (WGS-84, CAP 1.2 §3.3.1) and leave as (longitude, latitude).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from linli.kit.cap.model import Circle, Named, Reference
from linli.kit.cap.notes import Notes
from linli.kit.cap.trees import Element
from linli.kit.distances import Point

#: What an element is read by: notes, the element, its path.
Reader = Callable[[Notes, Element, str], Any]
#: Signs: of a name, of a line of words, of a text, of something embedded.
NAME, LINE, TEXT, EMBEDDED = 500, 2000, 50_000, 7_000_000
_MOST_POINTS, _MOST_NAMED = 20_000, 500
#: Half around the earth, in kilometres.
_FARTHEST_KM = 20_040
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)([T ])(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?\s?(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE
)
_AS_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
#: A moment before or after is a slip of the pen; near the ends of the calendar it could not be reckoned with.
_YEARS = range(1950, 2200)
_FARTHEST_ZONE = timedelta(hours=14)
_DEGREES = r"[+-]?\d{1,3}(?:\.\d{0,20})?"
_PAIR = re.compile(rf"({_DEGREES}),({_DEGREES})", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_LANGUAGE = re.compile(r"(?:[a-z]{2,3}|[ix](?=-))(?:-[a-z0-9]{1,8}){0,6}", re.ASCII | re.IGNORECASE)
_MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*(?:\s*;.*)?", re.ASCII | re.IGNORECASE)
_DIGEST = re.compile(r"[0-9a-f]{40}", re.ASCII | re.IGNORECASE)
#: Latitude and longitude that are China's when they are exchanged: as written they lie in the Arctic Ocean north of Europe.
_CHINA_EXCHANGED = ((73.0, 90.0), (18.0, 54.0))


# --- words ------------------------------------------------------------------------------------------------------------


def words(most: int) -> Reader:
    """Text up to so many signs, cut there."""

    def read(notes: Notes, element: Element, where: str) -> str | None:
        text = element.text
        if len(text) > most:
            notes.tell("too_long", where, {"most": most})
        return text[:most] or None

    return read


line, text, embedded = words(LINE), words(TEXT), words(EMBEDDED)


def name(notes: Notes, element: Element, where: str) -> str | None:
    """Sender or identifier: never cut, for a part of it would name another message."""
    found = element.text
    if len(found) > NAME:
        notes.tell("name_too_long", where, {"most": NAME})
        return None
    if re.search(r"[\s,<&]", found):
        notes.tell("signs_in_name", where, {"name": element.name})
    return found or None


def one_of(
    known: Sequence[str],
    others: Mapping[str, str] | None = None,
    *,
    other: str = "old_value",
    unknown: str = "unknown_value",
) -> Reader:
    """One of these words, in whatever case; `others` are words that mean one of them, told by the code `other`."""
    by_case = {word.lower(): word for word in known}

    def read(notes: Notes, element: Element, where: str) -> str | None:
        found = element.text
        if not found or found in known:
            return found or None
        meant = by_case.get(found.lower())
        if meant is not None:
            notes.tell("other_case", where, {"found": found, "known": meant})
            return meant
        if others and found in others:
            notes.tell(other, where, {"found": found, "known": others[found]})
            return others[found]
        notes.tell(unknown, where, {"found": found, "known": ", ".join(known)})
        return None

    return read


def quoted(notes: Notes, element: Element, where: str) -> tuple[str, ...] | None:
    """Words with blanks between; one that has blanks itself stands in quotation marks (CAP 1.2 §3.2.1 addresses)."""
    whole = element.text[:TEXT]
    if whole.count('"') % 2:
        notes.tell("open_quotation", where)
        return tuple(whole.replace('"', " ").split()[:_MOST_NAMED]) or None
    found = (quotation or word for quotation, word in re.findall(r'"([^"]*)"|([^\s"]+)', whole))
    return tuple(one for one in found if one)[:_MOST_NAMED] or None


def language(notes: Notes, element: Element, where: str) -> str | None:
    """A language by its tag; one that is none stays as it is written."""
    found = element.text[:40]
    if found and not _LANGUAGE.fullmatch(found):
        notes.tell("bad_language", where, {"found": found})
    return found or None


def mime_type(notes: Notes, element: Element, where: str) -> str | None:
    """A type of content."""
    found = element.text[:LINE]
    if found and not _MIME.fullmatch(found):
        notes.tell("bad_mime_type", where, {"found": found})
    return found or None


def digest(notes: Notes, element: Element, where: str) -> str | None:
    """SHA-1, in small letters."""
    found = element.text[:LINE]
    if found and not _DIGEST.fullmatch(found):
        notes.tell("bad_digest", where, {"found": found})
        return None
    return found.lower() or None


def address(notes: Notes, element: Element, where: str) -> str | None:
    """An address that may be shown as a link: nothing but http and https."""
    found = element.text
    if found and not is_address(found):
        notes.tell("bad_address", where, {"found": found})
        return None
    return found or None


def uri(notes: Notes, element: Element, where: str) -> str | None:
    """Likewise; but beside embedded content it may be a bare file name (CAP 1.2 §3.2.3 uri)."""
    found = element.text
    if re.fullmatch(r"[^\s:/\\?#]{1,200}", found):
        return found
    return address(notes, element, where)


def is_address(found: str) -> bool:
    """Whether it is one of the web, whole and on one line."""
    if len(found) > LINE or not found.isprintable() or " " in found:
        return False
    try:
        parts = urlsplit(found)
        # It is asked for, since a wrong one is told only then.
        _port = parts.port
    except ValueError:
        return False
    return bool(parts.scheme in ("http", "https") and parts.hostname)


def named(notes: Notes, element: Element, where: str) -> Named | None:
    """`valueName` and `value`."""
    parts: dict[str, str] = {}
    for child in element.children:
        if child.space == element.space:
            parts.setdefault(child.name, child.text[:TEXT])
    if not parts.get("valueName"):
        notes.tell("no_value_name", where)
    return Named(parts.get("valueName", "")[:LINE], parts.get("value", ""))


def references(notes: Notes, element: Element, where: str) -> tuple[Reference, ...] | None:
    """Earlier messages, `sender,identifier,sent` each, blanks between. Those that cannot be read are left out."""
    found = []
    for triple in element.text[: TEXT * 4].split()[:_MOST_NAMED]:
        parts = triple.split(",")
        sent_at = _moment(notes, parts[2], where) if len(parts) == 3 and all(parts) else None
        if sent_at is None:
            notes.tell("bad_reference", where, {"found": triple})
        else:
            found.append(Reference(parts[0][:NAME], parts[1][:NAME], sent_at))
    return tuple(found) or None


# --- moments and numbers ----------------------------------------------------------------------------------------------


def moment(notes: Notes, element: Element, where: str) -> datetime | None:
    """A moment with its zone."""
    return _or_told("bad_time", notes, element, where)


def sent(notes: Notes, element: Element, where: str) -> datetime | None:
    """The moment that is part of a message's name."""
    return _or_told("no_sent", notes, element, where)


def _or_told(code: str, notes: Notes, element: Element, where: str) -> datetime | None:
    found = element.text
    at = _moment(notes, found, where) if found else None
    if found and at is None:
        notes.tell(code, where, {"found": found})
    return at


def _moment(notes: Notes, found: str, where: str) -> datetime | None:
    """Told here is only how it is written, not that it is none."""
    match = _MOMENT.fullmatch(found)
    if match is None or int(match[1]) not in _YEARS:
        return None
    year, month, day, hour, minute, second = (int(match[group] or 0) for group in (1, 2, 3, 5, 6, 7))
    offset = match[9]
    zone = _zone(offset) if offset else notes.zone
    if zone is None:
        return None
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    if offset is None:
        notes.tell("no_time_zone", where, {"found": found, "zone": at.isoformat()[-6:]})
    elif offset in "Zz":
        notes.tell("letter_as_zone", where)
    elif not _AS_WRITTEN.fullmatch(found):
        notes.tell("time_form", where, {"found": found})
    return at


def _zone(offset: str) -> timezone | None:
    if offset in "Zz":
        return UTC
    minutes = int(offset[-2:])
    ahead = timedelta(hours=int(offset[1:3]), minutes=minutes)
    if minutes > 59 or ahead > _FARTHEST_ZONE:
        return None
    return timezone(-ahead if offset[0] == "-" else ahead)


def feet(notes: Notes, element: Element, where: str) -> float | None:
    """A height in feet above the sea."""
    found = element.text
    if found and not _NUMBER.fullmatch(found):
        notes.tell("bad_number", where, {"found": found})
        return None
    return float(found) if found else None


def size(notes: Notes, element: Element, where: str) -> int | None:
    """Bytes."""
    found = element.text
    if found and not re.fullmatch(r"\d{1,12}", found, re.ASCII):
        notes.tell("bad_size", where, {"found": found})
        return None
    return int(found) if found else None


# --- shapes -----------------------------------------------------------------------------------------------------------


def polygon(notes: Notes, element: Element, where: str) -> tuple[Point, ...] | None:
    """A closed ring; one with a pair that is none is left out whole, for it would enclose another ground."""
    pairs = element.text.split(None, _MOST_POINTS)
    points = [_point(notes, pair, where) for pair in _until_bad(pairs)]
    if not points or None in points:
        return None
    ring = [point for point in points if point is not None]
    if ring[0] != ring[-1]:
        notes.tell("not_closed", where)
        ring.append(ring[0])
    if len(ring) < 4:
        notes.tell("few_points", where, {"count": len(points)})
        return None
    if all(_within(value, span) for point in ring for value, span in zip(point[::-1], _CHINA_EXCHANGED, strict=True)):
        notes.tell("arctic_china", where)
    return tuple(ring)


def _until_bad(pairs: Sequence[str]) -> Sequence[str]:
    """Up to and with the first that is none: one is told of each polygon."""
    bad = next((number for number, pair in enumerate(pairs) if not _is_point(pair)), len(pairs))
    return pairs[: bad + 1]


def _is_point(pair: str) -> bool:
    match = _PAIR.fullmatch(pair)
    return match is not None and abs(float(match[1])) <= 90 and abs(float(match[2])) <= 180


def _point(notes: Notes, pair: str, where: str) -> Point | None:
    match = _PAIR.fullmatch(pair)
    if match is None:
        notes.tell("bad_point", where, {"found": pair})
        return None
    north, east = float(match[1]), float(match[2])
    if abs(north) <= 90 and abs(east) <= 180:
        return east, north
    exchanged = abs(north) <= 180 and abs(east) <= 90
    notes.tell("swapped_point" if exchanged else "bad_point", where, {"found": pair})
    return None


def _within(value: float, span: tuple[float, float]) -> bool:
    return span[0] <= value <= span[1]


def circle(notes: Notes, element: Element, where: str) -> Circle | None:
    """`latitude,longitude radius`; a radius of 0 is a point."""
    parts = element.text.split()
    if not parts:
        return None
    if len(parts) != 2 or not _NUMBER.fullmatch(parts[1]):
        notes.tell("bad_circle", where, {"found": element.text})
        return None
    center, radius_km = _point(notes, parts[0], where), float(parts[1])
    if not 0 <= radius_km < _FARTHEST_KM:
        notes.tell("bad_radius", where, {"found": parts[1]})
        return None
    return Circle(center, radius_km) if center else None
