"""The shape of a JPEG: its segments and where it ends. Nothing is decoded here. ITU-T T.81, annex B."""

import re
from dataclasses import dataclass, field

from linli.kit.media.inside import boxes, smuggling
from linli.kit.media.inside.bad import Bad
from linli.kit.media.inside.smuggling import Content

#: The next marker in scan data: 0xff followed by neither a stuffed zero, a restart marker nor another 0xff.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_ALONE = {0x01, *range(0xD0, 0xD8)}
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_MOST_SEGMENTS = 5_000
#: A progressive picture has about a dozen; each makes the decoder walk over the whole picture again.
_MOST_SCANS = 100
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"


@dataclass
class Jpeg:
    """What the segments of one JPEG say."""

    width: int = 0
    height: int = 0
    frames: int = 1
    is_progressive: bool = False
    scans: int = 0
    #: Just behind its last byte.
    end: int = 0
    exif: bytes = b""
    xmp: bytes = b""
    #: (from, to) of what is neither table nor scan.
    spoken: list[tuple[int, int]] = field(default_factory=list)


def walk(content: Content, at: int = 0) -> Jpeg:
    """The JPEG that begins at `at`. Raises `Bad` when it is cut off or is none."""
    found = Jpeg()
    at += 2
    for _turn in range(_MOST_SEGMENTS):
        at, marker = _marker(content, at)
        if marker == 0xD9:
            found.end = at
            return _whole(found)
        if marker not in _ALONE:
            at = _segment(content, at, marker, found)
    raise Bad("media_broken")


def _marker(content: Content, at: int) -> tuple[int, int]:
    """Behind the next marker, and which. Between segments there may be fill bytes, and some cameras leave rubbish."""
    found = _MARKER.search(content, at)
    if found is None:
        raise Bad("media_truncated")
    return found.end(), found.group()[1]


def _segment(content: Content, at: int, marker: int, found: Jpeg) -> int:
    length = int.from_bytes(content[at : at + 2], "big")
    end = at + length
    if at + 2 > len(content) or end > len(content):
        raise Bad("media_truncated")
    if length < 2 or marker == 0xD8:
        raise Bad("media_broken")
    if marker in _FRAMES:
        _frame(content[at + 2 : end], marker, found)
    elif marker == 0xDA:
        found.scans += 1
        if found.scans > _MOST_SCANS:
            raise Bad("media_bomb")
    elif 0xE0 <= marker <= 0xEF or marker == 0xFE:
        found.spoken.append((at, end))
        if marker == 0xE1:
            _hidden(content[at + 2 : end], found)
    return end


def _frame(body: bytes, marker: int, found: Jpeg) -> None:
    if len(body) < 6 or found.width:
        raise Bad("media_broken")
    found.height, found.width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    found.is_progressive = marker in (0xC2, 0xC6, 0xCA, 0xCE)
    if not (found.width and found.height):
        raise Bad("media_broken")


def _hidden(body: bytes, found: Jpeg) -> None:
    if body.startswith(_EXIF) and not found.exif:
        found.exif = body
    elif body.startswith(_XMP) and not found.xmp:
        found.xmp = body[len(_XMP) :]


def _whole(found: Jpeg) -> Jpeg:
    if not found.width or not found.scans:
        raise Bad("media_broken")
    return found


def refuse_smuggled(content: Content, first: Jpeg) -> None:
    """Raises `Bad` when comments or what follows hold another file; further pictures and films of telephones pass."""
    if content[4:6] == b"/*":  # the length of a segment that is also the beginning of a comment in JavaScript
        raise Bad("media_polyglot", kind="JavaScript")
    for start, end in first.spoken:
        smuggling.refuse_inside(content[start:end])
    smuggling.refuse_archive(content)
    smuggling.refuse_behind(*_unknown_rest(content, first.end))


def _unknown_rest(content: Content, at: int) -> tuple[Content, int]:
    """Behind further JPEGs and boxes. Samsung has a few words of its own between the picture and the film."""
    rest = b""
    for _turn in range(20):
        at = smuggling.behind_padding(content, at)
        film = content[at : at + 4096].find(b"ftyp") - 4
        if content[at : at + 3] == b"\xff\xd8\xff":
            end = _end_of_next(content, at)
        elif film >= 0:
            rest += content[at : at + film]
            end = boxes.end_of_film(content, at + film)
        else:
            break
        if end <= at:
            break
        at = end
    return rest + content[at:], 0


def _end_of_next(content: Content, at: int) -> int:
    """Where the next picture ends; not at all when it is not whole: then its bytes are looked through like any others."""
    try:
        following = walk(content, at)
    except Bad:
        return at
    for start, end in following.spoken:
        smuggling.refuse_inside(content[start:end])
    return following.end
