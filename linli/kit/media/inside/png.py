"""The shape of a PNG: chunks, their check sums, and how much its packed texts unpack to. W3C PNG, third edition."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from linli.kit.media.inside import smuggling
from linli.kit.media.inside.bad import Bad
from linli.kit.media.inside.smuggling import Content

_MOST_CHUNKS = 20_000
#: Colour profiles of printers have two million bytes.
_MOST_UNPACKED = 4_000_000


@dataclass
class Png:
    """What the chunks say."""

    width: int = 0
    height: int = 0
    frames: int = 1
    is_progressive: bool = False
    end: int = 0
    exif: bytes = b""
    xmp: bytes = b""


def walk(content: Content) -> Png:
    """Raises `Bad` when it is cut off, does not check, or unpacks to too much."""
    found, seen_data, first = Png(), False, True
    pixels = _Pixels()
    for kind, body in _chunks(content, found):
        if first != (kind == b"IHDR"):
            raise Bad("media_broken")
        first = False
        seen_data = seen_data or kind == b"IDAT"
        if kind == b"IEND":
            if not seen_data:
                raise Bad("media_broken")
            return found
        if kind == b"IDAT":
            pixels.take(body, found)
        elif kind != b"fdAT":
            _told(kind, body, found)
    raise Bad("media_truncated")


class _Pixels:
    """Unpacks the pixels and throws them away: no more may come out than the size of the picture says."""

    def __init__(self) -> None:
        self._worker = zlib.decompressobj()
        self._unpacked = 0

    def take(self, body: Content, found: Png) -> None:
        """Raises `Bad` as soon as it is more; that it does not unpack, a decoder will say."""
        # Four channels of two bytes at most; a byte before each line, and interlaced there are up to twice as many lines.
        most = found.width * found.height * 8 + found.height * 2 + 64
        try:
            while body and not self._worker.eof:
                self._unpacked += len(self._worker.decompress(body, 1 << 20))
                if self._unpacked > most:
                    raise Bad("media_bomb")
                body = self._worker.unconsumed_tail
        except zlib.error:
            return


def _chunks(content: Content, found: Png) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    for _turn in range(_MOST_CHUNKS):
        length = int.from_bytes(content[at : at + 4], "big")
        end = at + 12 + length
        if at + 12 > len(content) or end > len(content):
            raise Bad("media_truncated")
        kind, body = bytes(content[at + 4 : at + 8]), content[at + 8 : end - 4]
        if not kind.isalpha() or zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(content[end - 4 : end], "big"):
            raise Bad("media_broken")
        at = found.end = end
        yield kind, body
    raise Bad("media_bomb")


def _told(kind: bytes, body: bytes, found: Png) -> None:
    if kind == b"IHDR":
        if len(body) != 13:
            raise Bad("media_broken")
        found.width, found.height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        if not (found.width and found.height):
            raise Bad("media_broken")
    elif kind == b"acTL":
        found.frames = int.from_bytes(body[:4], "big")
    elif kind == b"eXIf":
        found.exif = body
    elif kind in (b"zTXt", b"iCCP"):
        _, _, packed = body.partition(b"\0")
        smuggling.refuse_inside(_unpacked(packed[1:]))
    elif kind == b"iTXt":
        _international(body, found)
    elif kind not in (b"PLTE", b"tRNS"):
        smuggling.refuse_inside(body)


def _international(body: bytes, found: Png) -> None:
    name, _, rest = body.partition(b"\0")
    is_packed, text = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    text = _unpacked(text) if is_packed else text
    smuggling.refuse_inside(text)
    if name == b"XML:com.adobe.xmp":
        found.xmp = text


def _unpacked(packed: bytes) -> bytes:
    """Raises `Bad` before more than a few million bytes are unpacked; what does not unpack says nothing."""
    worker = zlib.decompressobj()
    try:
        text = worker.decompress(packed, _MOST_UNPACKED)
    except zlib.error:
        return b""
    if worker.unconsumed_tail:
        raise Bad("media_bomb")
    return text


def refuse_smuggled(content: Content, found: Png) -> None:
    """Raises `Bad` when another file stands behind the end."""
    smuggling.refuse_archive(content)
    smuggling.refuse_behind(content, found.end, of_telephone=False)
