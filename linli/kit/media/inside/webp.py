"""The shape of a WebP: the chunks of its RIFF container. RFC 9649."""

from dataclasses import dataclass

from linli.kit.media.inside import smuggling
from linli.kit.media.inside.bad import Bad
from linli.kit.media.inside.smuggling import Content

_MOST_CHUNKS = 20_000


@dataclass
class WebP:
    """What the chunks say."""

    width: int = 0
    height: int = 0
    frames: int = 0
    is_progressive: bool = False
    end: int = 0
    exif: bytes = b""
    xmp: bytes = b""


def walk(content: Content) -> WebP:
    """Raises `Bad` when it is cut off or has no picture."""
    found = WebP(end=8 + int.from_bytes(content[4:8], "little"))
    if found.end > len(content):
        raise Bad("media_truncated")
    at, has_picture = 12, False
    for _turn in range(_MOST_CHUNKS):
        if found.end - at < 8:
            break
        kind, length = bytes(content[at : at + 4]), int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + length > found.end:
            raise Bad("media_truncated")
        _told(kind, content[at + 8 : at + 8 + length], found)
        has_picture = has_picture or kind in (b"VP8 ", b"VP8L", b"ANMF")
        at += 8 + length + length % 2
    else:
        raise Bad("media_bomb")
    if not has_picture or not (found.width and found.height):
        raise Bad("media_broken")
    return found


def _told(kind: bytes, body: bytes, found: WebP) -> None:
    if kind == b"VP8X" and len(body) >= 10:
        found.width, found.height = (1 + int.from_bytes(body[at : at + 3], "little") for at in (4, 7))
    elif kind == b"VP8 " and not found.width and len(body) >= 10:
        found.width, found.height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    elif kind == b"VP8L" and not found.width and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        found.width, found.height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif kind == b"ANMF":
        found.frames += 1
    elif kind == b"EXIF":
        found.exif = body
    elif kind == b"XMP ":
        found.xmp = body
    if kind not in (b"VP8 ", b"VP8L", b"ALPH", b"ANMF"):
        smuggling.refuse_inside(body)


def refuse_smuggled(content: Content, found: WebP) -> None:
    """Raises `Bad` when another file stands behind the end."""
    smuggling.refuse_archive(content)
    smuggling.refuse_behind(content, found.end, of_telephone=False)
