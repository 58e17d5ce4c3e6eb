"""What a file is: by its bytes, never by its name. Said once, before it is kept."""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.kit.media import bounded
from linli.kit.media.inside.limits import MAX_PHOTO_BYTES, MAX_VIDEO_BYTES, MAX_VOICE_BYTES
from linli.kit.media.why import refused

#: How the types of voice notes begin.
VOICE = "audio/"
#: Of a photo.
MAX_BYTES = MAX_PHOTO_BYTES


@dataclass(frozen=True)
class File:
    """A photo, video or voice note as it was sent, and what its hidden data said."""

    sha256: str
    #: image/jpeg, image/png, image/webp, image/heic, video/mp4 or video/quicktime; audio/mp4, audio/webm or audio/ogg.
    type: str
    #: Pixels, as seen upright; 0 of a voice note.
    width: int
    height: int
    #: Bytes.
    size: int
    #: None for a photo.
    duration_s: float | None
    taken_at: datetime | None
    #: (longitude, latitude) in degrees, WGS-84.
    position: tuple[float, float] | None
    #: What a photo looks like, 64 bits as 16 hexadecimal digits; empty for a video and for one too plain to tell.
    likeness: str = ""
    #: Its sender chose it among photos that were there already; nothing in the file tells that.
    from_album: bool = False

    @property
    def is_video(self) -> bool:
        """Whether it moves."""
        return self.type.startswith("video/")

    @property
    def is_voice(self) -> bool:
        """Whether it is to be heard and not seen."""
        return self.type.startswith(VOICE)


def is_complete() -> bool:
    """Whether HEIC photos and videos can be read too: the extra `media` is installed."""
    return all(find_spec(name) for name in ("av", "pillow_heif"))


def inspect(path: Path, *, as_voice: bool = False) -> File:
    """What the file at `path` is. Raises `BadInput` with a stable code and a sentence saying why it is not taken.

    `as_voice`: it was named as a voice note, and is nothing else; without it there is no sound without pictures.
    """
    with path.open("rb") as source:
        return _inspected(source, as_voice)


def inspect_bytes(content: bytes) -> File:
    """The same for what is in memory."""
    with _as_file(content) as source:
        return _inspected(source)


def inspect_sound(content: bytes, *, most_bytes: int, most_s: int) -> tuple[str, float]:
    """Type and seconds of a recording that is longer than a note, checked as strictly. Raises `BadInput`, as of a voice note."""
    if len(content) > most_bytes:
        raise refused("media_voice_too_large", most=most_bytes // 1_000_000)
    with _as_file(content) as source:
        found = bounded.ask("listen", source, seconds=bounded.LISTEN_S, most_bytes=most_bytes, most_s=most_s)
    return found["type"], found["duration_s"]


def _as_file(content: bytes) -> IO[bytes]:
    source = os.fdopen(os.memfd_create("sent"), "w+b")
    source.write(content)
    source.flush()
    return source


def _inspected(source: IO[bytes], as_voice: bool = False) -> File:
    size = os.fstat(source.fileno()).st_size
    if as_voice and size > MAX_VOICE_BYTES:
        raise refused("media_voice_too_large", most=MAX_VOICE_BYTES // 1_000_000)
    if size > MAX_VIDEO_BYTES:
        raise refused("media_video_too_large", most=MAX_VIDEO_BYTES // 1_000_000)
    found = bounded.ask("listen" if as_voice else "look", source, seconds=bounded.CHECK_S)
    # Counted on this side: the other has had the file in its hands.
    digest = _sha256(source)
    hidden: dict[str, Any] = found["hidden"]
    lon_lat = hidden["position"]
    return File(
        sha256=digest,
        type=found["type"],
        width=found["width"],
        height=found["height"],
        size=size,
        duration_s=found["duration_s"],
        taken_at=_moment(hidden["taken_at"]),
        position=(lon_lat[0], lon_lat[1]) if lon_lat else None,
        likeness=found["likeness"],
    )


def _sha256(source: IO[bytes]) -> str:
    source.seek(0)
    digest = hashlib.sha256()
    while piece := source.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def _moment(words: str | None) -> datetime | None:
    """A time without a zone is the county's."""
    with suppress(ValueError, OverflowError):
        at = datetime.fromisoformat(words) if words else None
        return at if at is None or at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    return None
