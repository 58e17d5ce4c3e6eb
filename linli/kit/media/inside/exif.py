"""Our own small reader of EXIF: only the orientation, the time and the position, and nothing a broken file can trip.

EXIF 2.32 (CIPA DC-008). Reads at most a few hundred entries; whatever is not as it should be counts as absent.
"""

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

_ORIENTATION, _EXIF, _GPS = 0x0112, 0x8769, 0x8825
_ORIGINAL, _DIGITIZED, _OFFSET_ORIGINAL, _OFFSET_DIGITIZED, _OFFSET = 0x9003, 0x9004, 0x9011, 0x9012, 0x9010
_MOST_ENTRIES = 500
_TIME = re.compile(r"(\d{4})[:\-/.](\d\d?)[:\-/.](\d\d?)[ T]+(\d\d?):(\d\d?):(\d\d?)")
_ZONE = re.compile(r"Z|[+-]\d\d:?\d\d")
#: Bytes of one value of a type, by its number.
_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_NUMBERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}


@dataclass
class Hidden:
    """What the hidden data of a file says; each may be absent."""

    #: 1 to 8; 1 is upright.
    orientation: int = 1
    #: `2021-04-11T15:47:53`, with a zone (`+08:00`) only where the camera gave one.
    taken_at: str | None = None
    #: (longitude, latitude) in degrees.
    position: tuple[float, float] | None = None


class _Tiff:
    """The directories of a TIFF header: tag → (type, count, where the value lies)."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        if content[:2] not in (b"II", b"MM"):
            raise ValueError("no TIFF header")
        self.order = "<" if content[:2] == b"II" else ">"

    def number(self, form: str, at: int) -> int:
        return int(struct.unpack_from(self.order + form, self.content, at)[0])

    def directory(self, at: int) -> dict[int, tuple[int, int, int]]:
        return dict(self._entries(at))

    def _entries(self, at: int) -> Iterator[tuple[int, tuple[int, int, int]]]:
        for index in range(min(self.number("H", at), _MOST_ENTRIES)):
            entry = at + 2 + 12 * index
            if entry + 12 > len(self.content):
                return
            tag, kind = self.number("H", entry), self.number("H", entry + 2)
            count = self.number("I", entry + 4)
            if kind in _WIDTHS:
                fits = _WIDTHS[kind] * count <= 4
                yield tag, (kind, count, entry + 8 if fits else self.number("I", entry + 8))

    def text(self, entry: tuple[int, int, int] | None) -> str:
        if entry is None or entry[0] not in (2, 7):
            return ""
        _kind, count, at = entry
        return self.content[at : at + min(count, 64)].split(b"\0")[0].decode("ascii", "replace").strip()

    def values(self, entry: tuple[int, int, int] | None, most: int) -> list[float]:
        """Numbers; a fraction over nothing is not a number, and none of them counts then."""
        if entry is None or not 0 < entry[1]:
            return []
        kind, count, at = entry
        found = []
        for index in range(min(count, most)):
            place = at + index * _WIDTHS[kind]
            if kind in (5, 10):
                form = "I" if kind == 5 else "i"
                above, below = self.number(form, place), self.number(form, place + 4)
                if below == 0:
                    return []
                found.append(above / below)
            elif kind in _NUMBERS:
                found.append(float(struct.unpack_from(self.order + _NUMBERS[kind], self.content, place)[0]))
        return found


def read(content: bytes) -> Hidden:
    """What an EXIF block says, with or without the word `Exif` before it."""
    hidden = Hidden()
    try:
        tiff = _Tiff(content.removeprefix(b"Exif\0\0"))
        first = tiff.directory(tiff.number("I", 4))
    except (struct.error, ValueError):
        return hidden
    for read_one in (_orientation, _time, _place):
        try:
            read_one(tiff, first, hidden)
        # Hidden data is a courtesy of the camera; when a part of it is broken the rest still counts.
        except (struct.error, ValueError, OverflowError):
            continue
    return hidden


def _orientation(tiff: _Tiff, first: dict[int, tuple[int, int, int]], hidden: Hidden) -> None:
    value = tiff.values(first.get(_ORIENTATION), 1)
    hidden.orientation = int(value[0]) if value and value[0] in range(1, 9) else 1


def _below(tiff: _Tiff, first: dict[int, tuple[int, int, int]], tag: int) -> dict[int, tuple[int, int, int]]:
    where = tiff.values(first.get(tag), 1)
    return tiff.directory(int(where[0])) if where else {}


def _time(tiff: _Tiff, first: dict[int, tuple[int, int, int]], hidden: Hidden) -> None:
    detail: dict[int, tuple[int, int, int]] = {}
    with suppress(struct.error):
        detail = _below(tiff, first, _EXIF)
    zone = tiff.text(detail.get(_OFFSET))
    for tag, offset in ((_ORIGINAL, _OFFSET_ORIGINAL), (_DIGITIZED, _OFFSET_DIGITIZED)):
        hidden.taken_at = moment(tiff.text(detail.get(tag)), tiff.text(detail.get(offset)) or zone)
        if hidden.taken_at:
            return
    gps = _below(tiff, first, _GPS)
    clock, day = tiff.values(gps.get(7), 3), tiff.text(gps.get(29))
    if len(clock) == 3:
        hidden.taken_at = moment(f"{day} {clock[0]:.0f}:{clock[1]:.0f}:{int(clock[2])}", "Z")


def moment(words: str, zone: str = "") -> str | None:
    """A time as ISO 8601 has it, or None: cameras without a clock write zeros or blanks."""
    found = _TIME.match(words)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    try:
        # A zone is said beside it; what has none is the county's, which this side does not know.
        local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
    mark = _ZONE.fullmatch(zone.strip())
    ending = "" if mark is None else "+00:00" if mark.group() == "Z" else f"{zone.strip()[:3]}:{zone.strip()[-2:]}"
    return f"{local.isoformat()}{ending}"


def _place(tiff: _Tiff, first: dict[int, tuple[int, int, int]], hidden: Hidden) -> None:
    gps = _below(tiff, first, _GPS)
    lat, lon = _degrees(tiff.values(gps.get(2), 3)), _degrees(tiff.values(gps.get(4), 3))
    if lat is None or lon is None:
        return
    south, west = tiff.text(gps.get(1)).upper() == "S", tiff.text(gps.get(3)).upper() == "W"
    hidden.position = position(-lat if south else lat, -lon if west else lon)


def _degrees(parts: list[float]) -> float | None:
    if not parts:
        return None
    degrees, minutes, seconds = (*parts, 0.0, 0.0)[:3]
    return degrees + minutes / 60 + seconds / 3600


def position(lat: float, lon: float) -> tuple[float, float] | None:
    """(lon, lat) if such a place exists; zero and zero is what a receiver without a fix writes."""
    inside = -90 <= lat <= 90 and -180 <= lon <= 180
    return (lon, lat) if inside and (lat, lon) != (0, 0) else None


_XMP_TIME = re.compile(rb"exif:DateTimeOriginal(?:=[\"']|>)\s*([0-9T:.\-+Z]{19,40})")
_XMP_PLACE = rb"exif:GPS%s(?:=[\"']|>)\s*(\d{1,3}),([0-9.]{1,20})(?:,([0-9.]{1,20}))?([NSEW])"


def read_xmp(packet: bytes) -> Hidden:
    """The same from an XMP packet, for files that have no EXIF. No XML is parsed: three patterns are looked for."""
    hidden = Hidden()
    packet = packet[:1_000_000]
    time = _XMP_TIME.search(packet)
    if time is not None:
        words = time.group(1).decode("ascii")
        hidden.taken_at = moment(words[:19], re.sub(r"^\.\d+", "", words[19:]))
    lat, lon = (_xmp_degrees(re.search(_XMP_PLACE % name, packet)) for name in (b"Latitude", b"Longitude"))
    if lat is not None and lon is not None:
        hidden.position = position(lat, lon)
    return hidden


def _xmp_degrees(found: re.Match[bytes] | None) -> float | None:
    if found is None:
        return None
    try:
        value = int(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    except ValueError:
        return None
    return -value if found[4] in b"SW" else value


def merged(exif: bytes, xmp: bytes) -> Hidden:
    """EXIF first; the time or position it lacks, from XMP. Nobody turns a picture by what XMP says."""
    ours, other = read(exif), read_xmp(xmp)
    return Hidden(ours.orientation, ours.taken_at or other.taken_at, ours.position or other.position)
