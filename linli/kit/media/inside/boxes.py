"""Walking over ISO boxes (HEIC, MP4, QuickTime) without decoding anything. ISO/IEC 14496-12, 4.2."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from linli.kit.media.inside import smuggling
from linli.kit.media.inside.bad import Bad
from linli.kit.media.inside.smuggling import Content

#: Long parts that hold nothing but coded pictures and sound.
CODED = {b"mdat", b"idat", b"imda"}
_KIND = re.compile(rb"[A-Za-z0-9 _\-.\xa9]{4}")
_TOP = {
    *(b"ftyp", b"styp", b"moov", b"mdat", b"meta", b"moof", b"mfra", b"sidx", b"ssix", b"free", b"skip", b"wide"),
    *(b"uuid", b"udta", b"pnot", b"pdin", b"prft", b"emsg", b"mpvd", b"sefd"),
}
_MOST_BOXES = 20_000


@dataclass(frozen=True)
class Box:
    """One box: its body is `content[body:end]`."""

    kind: bytes
    start: int
    body: int
    end: int


def walk(content: Content, start: int, end: int) -> Iterator[Box]:
    """The boxes between `start` and `end`. Raises `Bad` when one reaches beyond, or there are too many."""
    for _turn in range(_MOST_BOXES):
        # A QuickTime list may end with four zero bytes.
        if end - start < 8:
            return
        box = _box(content, start, end)
        if box.end > end:
            raise Bad("media_truncated")
        yield box
        start = box.end
    raise Bad("media_bomb")


def _box(content: Content, start: int, end: int) -> Box:
    size, kind, body = (
        int.from_bytes(content[start : start + 4], "big"),
        bytes(content[start + 4 : start + 8]),
        start + 8,
    )
    if size == 1:
        size, body = int.from_bytes(content[start + 8 : start + 16], "big"), start + 16
    elif size == 0:
        size = end - start
    if size < body - start:
        raise Bad("media_broken")
    return Box(kind, start, body, start + size)


def top(content: Content) -> tuple[list[Box], int]:
    """The boxes of a whole file, and where they end: telephones and forgers put other things behind. Raises `Bad`."""
    found: list[Box] = []
    at, size, has_coded, has_tables = 0, len(content), False, False
    while at < size:
        if len(found) > _MOST_BOXES:
            raise Bad("media_bomb")
        kind = bytes(content[at + 4 : at + 8])
        is_whole = has_coded and has_tables
        if size - at < 8 or (kind not in _TOP and (is_whole or not _KIND.fullmatch(kind))):
            if is_whole:
                break
            raise Bad("media_truncated" if size - at < 8 else "media_broken")
        box = _box(content, at, size)
        if box.end > size:
            raise Bad("media_truncated")
        found.append(box)
        has_coded, has_tables = has_coded or kind == b"mdat", has_tables or kind in (b"moov", b"meta")
        at = box.end
    return found, at


def end_of_film(content: Content, at: int) -> int:
    """Where the film behind a photo ends; `at` when there is none."""
    size = len(content)
    while size - at >= 8 and bytes(content[at + 4 : at + 8]) in _TOP:
        box = _box(content, at, size)
        if box.end > size:
            break
        _look_through(content, box)
        at = box.end
    return at


def refuse_smuggled(content: Content, found: list[Box], end: int) -> None:
    """Raises `Bad` when another file stands in a box that players pass over, or behind the last."""
    for box in found:
        _look_through(content, box)
    smuggling.refuse_archive(content)
    smuggling.refuse_behind(content, end)


def _look_through(content: Content, box: Box) -> None:
    if box.kind not in CODED:
        smuggling.refuse_inside(content[box.body : box.end])


def child(content: Content, box: Box | None, *path: bytes) -> Box | None:
    """The first box along a path below `box`; None if there is none."""
    for kind in path:
        if box is None:
            return None
        box = next((one for one in walk(content, box.body, box.end) if one.kind == kind), None)
    return box


def children(content: Content, box: Box, kind: bytes) -> list[Box]:
    """All boxes of a kind directly below."""
    return [one for one in walk(content, box.body, box.end) if one.kind == kind]


def inside_meta(content: Content, meta: Box) -> Box:
    """The same box without the version QuickTime leaves out and ISO puts in."""
    has_version = content[meta.body + 4 : meta.body + 8] != b"hdlr"
    return Box(meta.kind, meta.start, meta.body + 4 if has_version else meta.body, meta.end)
