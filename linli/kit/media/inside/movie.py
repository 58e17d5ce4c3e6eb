"""What the movie box of an MP4 or QuickTime file says: tracks, duration, time, position. Read without any decoder.

ISO/IEC 14496-12; Apple's QuickTime File Format for `©xyz` and the keys of telephones; ISO 6709 for positions.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from linli.kit.media.inside.bad import Bad
from linli.kit.media.inside.boxes import Box, child, children, inside_meta, walk
from linli.kit.media.inside.exif import Hidden, moment, position
from linli.kit.media.inside.smuggling import Content

_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_LOCKED = {b"encv", b"enca", b"drmi", b"drms", b"enct", b"encs"}
_MOST_TRACKS = 50


@dataclass
class Track:
    """One track: `vide`, `soun` or something else."""

    handler: bytes
    width: int = 0
    height: int = 0
    #: Clockwise, 0, 90, 180 or 270.
    turned: int = 0
    duration_s: float = 0.0


@dataclass
class Movie:
    """The whole: its duration is 0 in fragmented files that do not say."""

    duration_s: float
    tracks: list[Track] = field(default_factory=list)
    hidden: Hidden = field(default_factory=Hidden)

    @property
    def video(self) -> Track | None:
        """The track people see."""
        return next((one for one in self.tracks if one.handler == b"vide" and one.width and one.height), None)


def read(content: Content, top: list[Box]) -> Movie:
    """Raises `Bad` for a file without a movie box, locked, cut off, or with samples beyond its end."""
    moov = [box for box in top if box.kind == b"moov"]
    if not moov:
        raise Bad("media_truncated")
    if len(moov) > 1 or child(content, moov[0], b"mvhd") is None:
        raise Bad("media_broken")
    movie = Movie(_duration(content, child(content, moov[0], b"mvhd")))
    traks = children(content, moov[0], b"trak")
    if len(traks) > _MOST_TRACKS:
        raise Bad("media_bomb")
    movie.tracks = [_track(content, one) for one in traks]
    if not any(box.kind in (b"mdat", b"moof") for box in top):
        raise Bad("media_truncated")
    movie.hidden = _hidden(content, moov[0])
    return movie


def _number(content: Content, at: int, width: int) -> int:
    return int.from_bytes(content[at : at + width], "big")


def _times(content: Content, box: Box | None) -> tuple[int, int, int]:
    """(creation, timescale, duration) of an `mvhd` or `mdhd`."""
    if box is None or box.end - box.body < 20:
        return 0, 0, 0
    at = box.body + 4
    if content[box.body] == 1:
        return _number(content, at, 8), _number(content, at + 16, 4), _number(content, at + 20, 8)
    return _number(content, at, 4), _number(content, at + 8, 4), _number(content, at + 12, 4)


def _duration(content: Content, box: Box | None) -> float:
    _created, scale, length = _times(content, box)
    is_unknown = length in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
    return 0.0 if is_unknown or not scale else length / scale


def _track(content: Content, trak: Box) -> Track:
    handler = child(content, trak, b"mdia", b"hdlr")
    found = Track(bytes(content[handler.body + 8 : handler.body + 12]) if handler else b"")
    found.duration_s = _duration(content, child(content, trak, b"mdia", b"mdhd"))
    table = child(content, trak, b"mdia", b"minf", b"stbl")
    described = child(content, table, b"stsd")
    if described is not None:
        for entry in walk(content, described.body + 8, described.end):
            if entry.kind in _LOCKED:
                raise Bad("media_locked")
            if found.handler == b"vide" and not found.width:
                found.width, found.height = (_number(content, entry.body + at, 2) for at in (24, 26))
    header = child(content, trak, b"tkhd")
    if header is not None:
        found.turned = _turned(content, header)
    _refuse_beyond(content, table)
    return found


def _turned(content: Content, header: Box) -> int:
    """The quarter turns of a track's matrix; any other matrix counts as upright."""
    at = header.body + (52 if content[header.body] == 1 else 40)
    a, b, _u, c, d = (int.from_bytes(content[at + 4 * one : at + 4 * one + 4], "big", signed=True) for one in range(5))
    if a == d == 0 and b and c:
        return 90 if b > 0 else 270
    return 180 if a < 0 and d < 0 else 0


def _refuse_beyond(content: Content, table: Box | None) -> None:
    """A film cut off behind its tables: the last piece would begin beyond the end."""
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        box = child(content, table, kind)
        if box is not None and (count := _number(content, box.body + 4, 4)):
            at = box.body + 8 + (count - 1) * width
            if at + width > box.end:
                raise Bad("media_broken")
            if _number(content, at, width) >= len(content):
                raise Bad("media_truncated")


def _hidden(content: Content, moov: Box) -> Hidden:
    hidden = Hidden()
    named: dict[str, str] = {}
    # Word by word: one that is broken does not cost those before it.
    with suppress(Bad, IndexError, UnicodeDecodeError):
        for name, words in _named(content, moov):
            named.setdefault(name, words)
    place = named.get("com.apple.quicktime.location.ISO6709") or named.get("xyz", "")
    hidden.position = iso6709(place) or _of_loci(named.get("loci", ""))
    words = named.get("com.apple.quicktime.creationdate", "")
    hidden.taken_at = moment(words[:19].replace("T", " "), words[19:]) or _created(content, moov)
    return hidden


def _created(content: Content, moov: Box) -> str | None:
    """The creation time, in UTC. Zero, and the beginning of Unix time, are what recorders without a clock write."""
    seconds = _times(content, child(content, moov, b"mvhd"))[0]
    try:
        at = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return at.isoformat() if 1971 <= at.year <= 2200 else None


def _named(content: Content, moov: Box) -> Iterator[tuple[str, str]]:
    """Texts by name: of QuickTime's user data, and of the keys Apple and Android write."""
    for meta in children(content, moov, b"meta"):
        yield from _keyed(content, inside_meta(content, meta))
    for told in children(content, moov, b"udta"):
        for one in walk(content, told.body, told.end):
            if one.kind in (b"\xa9xyz", b"@xyz"):
                length = _number(content, one.body, 2)
                yield "xyz", content[one.body + 4 : min(one.end, one.body + 4 + length)].decode("ascii", "replace")
            elif one.kind == b"loci":
                yield "loci", content[one.body : one.end].hex()
            elif one.kind == b"meta":
                yield from _keyed(content, inside_meta(content, one))


def _keyed(content: Content, meta: Box) -> Iterator[tuple[str, str]]:
    keys, values = child(content, meta, b"keys"), child(content, meta, b"ilst")
    if keys is None or values is None:
        return
    names = [bytes(content[one.body : one.end]).decode() for one in walk(content, keys.body + 8, keys.end)]
    for one in walk(content, values.body, values.end):
        text, index = child(content, one, b"data"), int.from_bytes(one.kind, "big")
        if text is not None and 0 < index <= len(names):
            yield names[index - 1], content[text.body + 8 : min(text.end, text.body + 208)].decode("utf-8", "replace")


def _of_loci(body: str) -> tuple[float, float] | None:
    """The location box of 3GPP TS 26.244, in hexadecimal: a name, a role, then longitude and latitude in 16.16."""
    name, _, rest = bytes.fromhex(body)[6:].partition(b"\0")
    if name.startswith((b"\xfe\xff", b"\xff\xfe")) or len(rest) < 9:
        return None
    lon, lat = (int.from_bytes(rest[at : at + 4], "big", signed=True) / 65536 for at in (1, 5))
    return position(lat, lon)


_ISO6709 = re.compile(r"([+-])(\d{2,6}(?:\.\d{1,12})?)([+-])(\d{3,7}(?:\.\d{1,12})?)")


def iso6709(words: str) -> tuple[float, float] | None:
    """(lon, lat) of `+21.6176+110.2845+012.3/`, in degrees, degrees and minutes, or with seconds too."""
    found = _ISO6709.match(words)
    if found is None:
        return None
    lat = _sexagesimal(found[2], 2) * (-1 if found[1] == "-" else 1)
    lon = _sexagesimal(found[4], 3) * (-1 if found[3] == "-" else 1)
    return position(lat, lon)


def _sexagesimal(digits: str, wide: int) -> float:
    whole = len(digits.partition(".")[0])
    if whole <= wide:
        return float(digits)
    degrees, rest = int(digits[:wide]), digits[wide:]
    if whole <= wide + 2:
        return degrees + float(rest) / 60
    return degrees + int(rest[:2]) / 60 + float(rest[2:]) / 3600
