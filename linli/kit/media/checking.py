"""What a file is: by its bytes, never by its name. Said once, before it is kept."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image

from linli.kit.refusal import BadInput

MAX_BYTES = 20_000_000
MAX_PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
#: What Pillow calls them. MPO is a JPEG with more pictures behind it.
TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True)
class File:
    """A photo or video as it was sent, and what its hidden data said."""

    sha256: str
    #: image/jpeg, image/png, image/webp, image/heic, video/mp4 or video/quicktime.
    type: str
    #: Pixels, as seen upright.
    width: int
    height: int
    #: Bytes.
    size: int
    #: None for a photo.
    duration_s: float | None
    taken_at: datetime | None
    #: (longitude, latitude) in degrees, WGS-84.
    position: tuple[float, float] | None

    @property
    def is_video(self) -> bool:
        """Whether it moves."""
        return self.type.startswith("video/")


def inspect(path: Path) -> File:
    """What the file at `path` is. Raises `BadInput` with a stable code and a sentence saying why it is not taken."""
    return inspect_bytes(path.read_bytes())


def inspect_bytes(content: bytes) -> File:
    """The same for what is in memory."""
    image = _open(content)
    taken_at, position = _hidden(image)
    width, height = image.size
    if image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8):
        width, height = height, width
    digest = hashlib.sha256(content).hexdigest()
    return File(digest, TYPES[str(image.format)], width, height, len(content), None, taken_at, position)


def _open(content: bytes) -> Image.Image:
    if len(content) > MAX_BYTES:
        raise BadInput(
            "photo_too_large", _("A photo may have 20 MB at most. Take it again at a lower resolution."), field="photos"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(content), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise BadInput("photo_too_large", _("A photo may have 60 million pixels at most."), field="photos")
            image.load()
    except BadInput:
        raise
    # Decoders raise whatever a broken file makes them raise; to the sender it is all one: not a whole photo.
    except Exception:
        raise BadInput(
            "not_a_photo",
            _("This file is not a whole JPEG, PNG or WebP photo. Choose another or take it again."),
            field="photos",
        ) from None
    return image


def _hidden(image: Image.Image) -> tuple[datetime | None, tuple[float, float] | None]:
    try:
        exif = image.getexif()
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        return _taken_at(detail.get(ExifTags.Base.DateTimeOriginal)), _position(exif.get_ifd(ExifTags.IFD.GPSInfo))
    # Hidden data is a courtesy of the camera; when it is broken the photo still counts.
    except Exception:
        return None, None


def _taken_at(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        return datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    except ValueError:
        return None


def _position(gps: dict[int, object]) -> tuple[float, float] | None:
    tags = ExifTags.GPS
    if tags.GPSLatitude not in gps or tags.GPSLongitude not in gps:
        return None
    lat = _degrees(gps[tags.GPSLatitude]) * (-1 if gps.get(tags.GPSLatitudeRef) == "S" else 1)
    lon = _degrees(gps[tags.GPSLongitude]) * (-1 if gps.get(tags.GPSLongitudeRef) == "W" else 1)
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 and (lon, lat) != (0, 0) else None


def _degrees(parts: object) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]
    return degrees + minutes / 60 + seconds / 3600
