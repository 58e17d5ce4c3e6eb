"""What a file is and whether it is whole: all readers in the order that costs least, decoders last."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import IO, Any

from linli.kit.media.inside import boxes, jpeg, kinds, movie, photos, png, videos, webp
from linli.kit.media.inside.bad import Bad
from linli.kit.media.inside.exif import Hidden, merged
from linli.kit.media.inside.limits import MAX_DURATION_S, MAX_PHOTO_BYTES, MAX_VIDEO_BYTES
from linli.kit.media.inside.smuggling import Content


@dataclass
class Found:
    """What was found; width and height as seen upright."""

    type: str
    #: What Pillow calls it; empty for a video.
    format: str
    width: int
    height: int
    hidden: Hidden
    #: As the file is stored, to be turned when it is drawn: EXIF's number for a photo, degrees for a video.
    orientation: int = 1
    duration_s: float | None = None
    #: What a photo looks like; empty where it was not decoded.
    likeness: str = ""

    def plain(self) -> dict[str, Any]:
        """As it is sent to the other side."""
        return asdict(self)


def look(content: Content, source: IO[bytes], *, is_known: bool = False) -> Found:
    """What `content` is, which `source` reads too. Raises `Bad`. `is_known`: it was looked at before it was kept."""
    kind = kinds.kind_of(bytes(content[:4096]), len(content))
    if kind == "boxes":
        return _boxes(content, source, is_known)
    _refuse_heavy(content, MAX_PHOTO_BYTES, "media_photo_too_large")
    walk, refuse_smuggled, format, type = _PHOTOS[kind]
    shape = walk(content)
    photos.refuse_large(format, shape.width, shape.height, shape.frames, is_progressive=shape.is_progressive)
    if not is_known:
        refuse_smuggled(content, shape)
    hidden = merged(shape.exif, shape.xmp)
    likeness = "" if is_known else photos.decode(source, format, hidden.orientation)
    size = (shape.height, shape.width) if photos.is_turned(hidden.orientation) else (shape.width, shape.height)
    return Found(type, format, *size, hidden, hidden.orientation, likeness=likeness)


def _refuse_heavy(content: Content, most: int, code: str) -> None:
    if len(content) > most:
        raise Bad(code, most=most // 1_000_000)


_PHOTOS: dict[str, tuple[Callable[[Content], Any], Callable[[Content, Any], None], str, str]] = {
    "jpeg": (jpeg.walk, jpeg.refuse_smuggled, "JPEG", "image/jpeg"),
    "png": (png.walk, png.refuse_smuggled, "PNG", "image/png"),
    "webp": (webp.walk, webp.refuse_smuggled, "WEBP", "image/webp"),
}


def _boxes(content: Content, source: IO[bytes], is_known: bool) -> Found:
    _refuse_heavy(content, MAX_VIDEO_BYTES, "media_video_too_large")
    brand = _brand(content)
    found, end = boxes.top(content)
    # What it is made of counts, whatever the brand says.
    is_film = any(box.kind in (b"moov", b"moof") for box in found)
    meta = next((box for box in found if box.kind == b"meta"), None)
    if not is_known:
        boxes.refuse_smuggled(content, found, end)
    if brand == "heic" and meta is not None:
        return _heic(content, source, meta, is_known)
    if not is_film and meta is not None:
        raise Bad("media_unknown")
    return _video(content, source, found, brand, is_known)


def _brand(content: Content) -> str:
    if content[4:8] != b"ftyp":
        return "quicktime"
    length = min(int.from_bytes(content[:4], "big"), 400)
    major, rest = bytes(content[8:12]), content[16:length]
    brand = kinds.of_brands(major, {bytes(rest[at : at + 4]) for at in range(0, len(rest) - 3, 4)})
    return "quicktime" if major == b"qt  " else brand


def _heic(content: Content, source: IO[bytes], meta: boxes.Box, is_known: bool) -> Found:
    _refuse_heavy(content, MAX_PHOTO_BYTES, "media_photo_too_large")
    reader = photos.use_heif()
    for size in _sizes(content, meta):
        photos.refuse_large("HEIF", *size)
    source.seek(0)
    try:
        first = reader.open_heif(source)
    except MemoryError:
        raise
    except Exception as error:
        raise Bad("media_broken") from error
    width, height = first.size
    photos.refuse_large("HEIF", width, height)
    likeness = "" if is_known else photos.decode(source, "HEIF")
    # It is turned by its own boxes, which the reader has followed; EXIF says the same again.
    hidden = merged(first.info.get("exif") or b"", first.info.get("xmp") or b"")
    return Found("image/heic", "HEIF", width, height, hidden, likeness=likeness)


def _sizes(content: Content, meta: boxes.Box) -> list[tuple[int, int]]:
    """The sizes named in the properties of a HEIC: asked before a decoder sees it."""
    properties = boxes.child(content, boxes.inside_meta(content, meta), b"iprp", b"ipco")
    found = boxes.children(content, properties, b"ispe") if properties else []
    return [tuple(int.from_bytes(content[one.body + at : one.body + at + 4], "big") for at in (4, 8)) for one in found]  # type: ignore[misc]


def _video(content: Content, source: IO[bytes], found: list[boxes.Box], brand: str, is_known: bool) -> Found:
    film = movie.read(content, found)
    track = film.video
    if track is None:
        # Pictures in a row, as a HEIC may hold them, are no film either.
        raise Bad("media_no_video") if brand != "heic" else Bad("media_kind", kind="HEIF")
    if track.width * track.height > videos.MAX_PIXELS:
        raise Bad("media_too_many_pixels", most=videos.MAX_PIXELS // 1_000_000)
    # One duration may lie: the longest that any of them names counts.
    duration = max(film.duration_s, track.duration_s)
    if duration > MAX_DURATION_S:
        raise Bad("media_too_long", most=int(MAX_DURATION_S) // 60)
    if not is_known:
        duration = max(duration, videos.decode(source))
        if duration > MAX_DURATION_S:
            raise Bad("media_too_long", most=int(MAX_DURATION_S) // 60)
    width, height = (track.height, track.width) if track.turned % 180 else (track.width, track.height)
    type = "video/quicktime" if brand == "quicktime" else "video/mp4"
    return Found(type, "", width, height, film.hidden, track.turned, duration)
