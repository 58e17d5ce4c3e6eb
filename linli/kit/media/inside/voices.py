"""Voice notes as browsers record them: AAC or Opus in MP4, Opus in WebM or Ogg. Read strictly, and without any decoder.

ISO/IEC 14496-12 and -1 for MP4 and its descriptors, RFC 9559 for Matroska and WebM, RFC 3533 and RFC 7845 for Ogg and Opus.
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from linli.kit.media.inside import boxes, movie
from linli.kit.media.inside.bad import Bad
from linli.kit.media.inside.boxes import Box, child, children, walk
from linli.kit.media.inside.exif import Hidden
from linli.kit.media.inside.limits import LEAST_VOICE_S, MAX_VOICE_BYTES, MAX_VOICE_S, VOICE_SLACK_S
from linli.kit.media.inside.smuggling import Content, refuse_inside

#: What no recorder of a voice writes: a place, or a picture. Looked for in what the file says of itself.
_MORE = re.compile(rb"location|\xa9xyz|loci|geotag|gps_?(lat|lon)|covr|metadata_block_picture|coverart", re.IGNORECASE)


@dataclass(frozen=True)
class Sound:
    """A recording: its type as players know it, and how long it plays."""

    type: str
    duration_s: float

    def plain(self) -> dict[str, Any]:
        """As it is sent to the other side: what is asked of every file, so that no reader of pictures is loaded for it."""
        hidden = asdict(Hidden())
        return {**asdict(self), "width": 0, "height": 0, "hidden": hidden, "likeness": ""}


def read(content: Content, *, most_bytes: int = MAX_VOICE_BYTES, most_s: float = MAX_VOICE_S) -> Sound:
    """Raises `Bad` for what is no recording, too large, too long, damaged, or holds more than a voice."""
    if len(content) > most_bytes:
        raise Bad("media_voice_too_large", most=most_bytes // 1_000_000)
    type, reader = _reader(bytes(content[:12]))
    try:
        duration_s = reader(content)
    except Bad as bad:
        raise bad if bad.code in _PASSED_ON else Bad("media_voice_broken") from bad
    except (IndexError, ValueError, OverflowError) as error:
        raise Bad("media_voice_broken") from error
    if duration_s > most_s + VOICE_SLACK_S:
        raise Bad("media_voice_too_long", most=int(most_s))
    if duration_s < LEAST_VOICE_S:
        raise Bad("media_voice_empty")
    return Sound(type, round(duration_s, 3))


#: All else that is wrong with a file is said of recordings in one sentence.
_PASSED_ON = {"media_no_voice", "media_voice_holds_more", "media_voice_broken", "media_polyglot"}


def _reader(head: bytes) -> tuple[str, Callable[[Content], float]]:
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "audio/webm", _webm
    if head.startswith(b"OggS"):
        return "audio/ogg", _ogg
    if head[4:8] == b"ftyp":
        return "audio/mp4", _mp4
    raise Bad("media_no_voice")


def _refuse_more(told: bytes) -> None:
    if _MORE.search(told):
        raise Bad("media_voice_holds_more")
    refuse_inside(told)


# --- MP4 --------------------------------------------------------------------------------------------------------------


def _mp4(content: Content) -> float:
    """Seconds of the one track of sound, in one piece or in fragments."""
    found, end = boxes.top(content)
    boxes.refuse_smuggled(content, found, end)
    if end != len(content):
        raise Bad("media_voice_broken")
    moov = next((box for box in found if box.kind == b"moov"), None)
    film = movie.read(content, found)
    if moov is None or [track.handler for track in film.tracks] != [b"soun"]:
        raise Bad("media_no_voice")
    if film.hidden.position:
        raise Bad("media_voice_holds_more")
    for box in found:
        if box.kind not in boxes.CODED:
            _refuse_more(bytes(content[box.body : box.end]))
    _require_known(content, moov)
    return max(film.duration_s, film.tracks[0].duration_s, _of_fragments(content, moov, found))


def _require_known(content: Content, moov: Box) -> None:
    """The track is AAC or Opus. Raises `Bad`."""
    described = child(content, moov, b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    entries = list(walk(content, described.body + 8, described.end)) if described else []
    if len(entries) != 1 or entries[0].kind not in (b"mp4a", b"Opus"):
        raise Bad("media_no_voice")
    if entries[0].kind == b"mp4a" and _object_type(content, entries[0]) not in _AAC:
        raise Bad("media_no_voice")


#: Object types of ISO/IEC 14496-1: AAC of MPEG-4, and the three profiles of MPEG-2.
_AAC = {0x40, 0x66, 0x67, 0x68}


def _object_type(content: Content, entry: Box) -> int:
    """What an `esds` says is in the track; 0 when it says nothing that we read."""
    # QuickTime's second version of this entry has sixteen bytes more before its boxes.
    version = int.from_bytes(content[entry.body + 8 : entry.body + 10], "big")
    inside = Box(entry.kind, entry.start, entry.body + 28 + (16 if version == 1 else 0), entry.end)
    told = child(content, inside, b"esds") or child(content, inside, b"wave", b"esds")
    if told is None:
        return 0
    at = _descriptor(content, told.body + 4, 3)
    # Number and flags; none of the additions that flags announce is written by a recorder.
    return int(content[_descriptor(content, at + 3, 4)]) if content[at + 2] & 0xE0 == 0 else 0


def _descriptor(content: Content, at: int, tag: int) -> int:
    """Where the body of a descriptor with this tag begins. Raises `Bad` for another."""
    if content[at] != tag:
        raise Bad("media_voice_broken")
    at += 1
    while content[at] & 0x80:
        at += 1
    return at + 1


def _of_fragments(content: Content, moov: Box, found: list[Box]) -> float:
    """Seconds in all fragments together; 0 when there are none."""
    header = child(content, moov, b"trak", b"mdia", b"mdhd")
    if header is None:
        raise Bad("media_voice_broken")
    scale = _number(content, header.body + (20 if content[header.body] == 1 else 12), 4)
    usual = child(content, moov, b"mvex", b"trex")
    default = _number(content, usual.body + 12, 4) if usual else 0
    ticks = 0
    for moof in found:
        if moof.kind == b"moof":
            ticks += sum(_ticks(content, traf, default) for traf in children(content, moof, b"traf"))
    return ticks / scale if scale else 0.0


def _ticks(content: Content, traf: Box, default: int) -> int:
    header = child(content, traf, b"tfhd")
    if header is None:
        raise Bad("media_voice_broken")
    flags, at = _number(content, header.body + 1, 3), header.body + 8
    if flags & 0x8:
        at += 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
        default = _number(content, at, 4)
    return sum(_of_run(content, run, default) for run in children(content, traf, b"trun"))


def _of_run(content: Content, run: Box, default: int) -> int:
    flags, count = _number(content, run.body + 1, 3), _number(content, run.body + 4, 4)
    if not flags & 0x100:
        return count * default
    at = run.body + 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    step = 4 * sum(bool(flags & one) for one in (0x100, 0x200, 0x400, 0x800))
    if at + count * step > run.end:
        raise Bad("media_voice_broken")
    return sum(_number(content, at + step * one, 4) for one in range(count))


def _number(content: Content, at: int, width: int, order: str = "big") -> int:
    if at + width > len(content):
        raise Bad("media_voice_broken")
    return int.from_bytes(content[at : at + width], "little" if order == "little" else "big")


# --- WebM -------------------------------------------------------------------------------------------------------------

_EBML, _SEGMENT, _CLUSTER, _INFO, _TRACKS, _TAGS = (
    0x1A45DFA3,
    0x18538067,
    0x1F43B675,
    0x1549A966,
    0x1654AE6B,
    0x1254C367,
)
#: Beside these a segment may hold a list of its parts, one of its places, filling and a checksum; no attachments, no chapters.
_IN_SEGMENT = {_CLUSTER, _INFO, _TRACKS, _TAGS, 0x114D9B74, 0x1C53BB6B, 0xEC, 0xBF}
_DOC_TYPE, _SCALE, _DURATION = 0x4282, 0x2AD7B1, 0x4489
_TRACK, _TRACK_TYPE, _CODEC, _ENCODINGS = 0xAE, 0x83, 0x86, 0x6D80
_TIME, _SIMPLE_BLOCK, _GROUP, _BLOCK = 0xE7, 0xA3, 0xA0, 0xA1
#: What a packet of Opus lasts when recorders make it, in seconds: beyond the last that begins.
_PACKET_S = 0.02


@dataclass(frozen=True)
class _Element:
    """Its body is `content[body:end]`; `is_open`: it did not say where it ends."""

    kind: int
    body: int
    end: int
    is_open: bool = False


def _webm(content: Content) -> float:
    """Seconds from the first packet to the end of the last."""
    header = _element(content, 0, len(content))
    if header.kind != _EBML or _inside(content, header, _DOC_TYPE) != b"webm":
        raise Bad("media_no_voice")
    segment = _element(content, header.end, len(content))
    if segment.kind != _SEGMENT or segment.end != len(content):
        raise Bad("media_voice_broken")
    scale, said, times, has_track = 1_000_000, 0.0, [], False
    for one in _elements(content, segment):
        if one.kind == _CLUSTER:
            times += _times(content, one)
        elif one.kind not in _IN_SEGMENT:
            raise Bad("media_voice_holds_more")
        elif one.kind != 0xEC:
            _refuse_more(bytes(content[one.body : one.end]))
        if one.kind == _INFO:
            scale = int.from_bytes(_inside(content, one, _SCALE), "big") or scale
            said = _float(_inside(content, one, _DURATION))
        elif one.kind == _TRACKS:
            _require_one_of_opus(content, one)
            has_track = True
    if not has_track or not times:
        raise Bad("media_voice_empty" if has_track else "media_no_voice")
    return max((max(times) - min(times)) * scale / 1e9 + _PACKET_S, said * scale / 1e9)


def _require_one_of_opus(content: Content, tracks: _Element) -> None:
    entries = [one for one in _elements(content, tracks) if one.kind == _TRACK]
    if len(entries) != 1:
        raise Bad("media_no_voice")
    is_sound = _inside(content, entries[0], _TRACK_TYPE) == b"\2"
    is_plain = not _inside(content, entries[0], _ENCODINGS)
    if not is_sound or not is_plain or _inside(content, entries[0], _CODEC).rstrip(b"\0") != b"A_OPUS":
        raise Bad("media_no_voice")


def _times(content: Content, cluster: _Element) -> list[int]:
    """When each packet of a cluster begins, in ticks."""
    base, found = 0, []
    for one in _elements(content, cluster):
        if one.kind == _TIME:
            base = int.from_bytes(content[one.body : one.end], "big")
        elif one.kind == _SIMPLE_BLOCK:
            found.append(base + _after_track(content, one))
        elif one.kind == _GROUP:
            found += [base + _after_track(content, below) for below in _elements(content, one) if below.kind == _BLOCK]
    return found


def _after_track(content: Content, block: _Element) -> int:
    """The time of a block, which follows the number of its track."""
    _track, at = _vint(content, block.body, block.end, keeps_mark=False)
    if at + 2 > block.end:
        raise Bad("media_voice_broken")
    return int.from_bytes(content[at : at + 2], "big", signed=True)


def _inside(content: Content, parent: _Element, kind: int) -> bytes:
    """The body of the first element of a kind directly below; empty if there is none."""
    found = next((one for one in _elements(content, parent) if one.kind == kind), None)
    return bytes(content[found.body : found.end]) if found else b""


def _elements(content: Content, parent: _Element) -> Iterator[_Element]:
    at = parent.body
    while at < parent.end:
        one = _element(content, at, parent.end)
        if one.is_open and one.kind == _CLUSTER:
            one = _Element(one.kind, one.body, _end_of_open(content, one))
        elif one.is_open:
            raise Bad("media_voice_broken")
        yield one
        at = one.end


def _end_of_open(content: Content, cluster: _Element) -> int:
    """A cluster that was written while it grew ends where something begins that stands beside clusters, or with the file."""
    at = cluster.body
    while at < cluster.end:
        kind, _after = _vint(content, at, cluster.end, keeps_mark=True)
        if kind in _IN_SEGMENT - {0xEC, 0xBF}:
            break
        at = _element(content, at, cluster.end).end
    return at


def _element(content: Content, at: int, end: int) -> _Element:
    """Raises `Bad` when it reaches beyond `end`."""
    kind, at = _vint(content, at, end, keeps_mark=True)
    width = 9 - content[at].bit_length() if at < end else 0
    size, body = _vint(content, at, end, keeps_mark=False)
    if size == (1 << 7 * width) - 1:
        return _Element(kind, body, end, is_open=kind != _SEGMENT)
    if body + size > end:
        raise Bad("media_voice_broken")
    return _Element(kind, body, body + size)


def _vint(content: Content, at: int, end: int, *, keeps_mark: bool) -> tuple[int, int]:
    """A number that says its own width (RFC 8794 §4), and what follows it."""
    width = 9 - content[at].bit_length() if at < end else 9
    if width > (4 if keeps_mark else 8) or at + width > end:
        raise Bad("media_voice_broken")
    number = int.from_bytes(content[at : at + width], "big")
    return number if keeps_mark else number & ((1 << 7 * width) - 1), at + width


def _float(body: bytes) -> float:
    if len(body) not in (4, 8):
        return 0.0
    number = float(struct.unpack(">f" if len(body) == 4 else ">d", body)[0])
    # No number at all and less than nothing count as nothing said; beyond all bounds is too long.
    return number if number > 0 else 0.0


# --- Ogg --------------------------------------------------------------------------------------------------------------


def _ogg(content: Content) -> float:
    """Seconds by the counter of the last page: samples of 48 kHz, without those that go before."""
    packets: list[bytes] = []
    at, pages, last, open_packet = 0, 0, 0, b""
    serial = bytes(content[14:18])
    while at < len(content):
        body, end, laces = _page(content, at, serial, pages)
        granule = int.from_bytes(content[at + 6 : at + 14], "little", signed=True)
        last = max(last, granule)
        for lace in laces if len(packets) < 2 else b"":
            open_packet += content[body : body + lace]
            body += lace
            if lace < 255:
                packets.append(open_packet)
                open_packet = b""
        at, pages = end, pages + 1
    if len(packets) < 2 or not packets[0].startswith(b"OpusHead") or len(packets[0]) < 19:
        raise Bad("media_no_voice")
    if not packets[1].startswith(b"OpusTags"):
        raise Bad("media_voice_broken")
    _refuse_more(packets[1])
    return (last - int.from_bytes(packets[0][10:12], "little")) / 48_000


def _page(content: Content, at: int, serial: bytes, number: int) -> tuple[int, int, bytes]:
    """(where its body begins, where it ends, the lengths of its pieces) of the page that is to follow. Raises `Bad`."""
    head = content[at : at + 27]
    if len(head) < 27 or head[:5] != b"OggS\0" or head[14:18] != serial:
        raise Bad("media_voice_broken")
    if int.from_bytes(head[18:22], "little") != number:
        raise Bad("media_voice_broken")
    laces = bytes(content[at + 27 : at + 27 + head[26]])
    body = at + 27 + head[26]
    end = body + sum(laces)
    if end > len(content):
        raise Bad("media_voice_broken")
    return body, end, laces
