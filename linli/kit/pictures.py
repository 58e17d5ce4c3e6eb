"""Photos as they come in: checked by content, turned upright, stripped of hidden data, kept under their SHA-256."""

import hashlib
import io
import os
import tempfile
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps

from linli.kit.refusal import BadInput

LONGEST_SIDE = 2048
MAX_BYTES = 20_000_000
MAX_PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True)
class Photo:
    """A stored photo: its name by content, size in pixels and bytes, and what its hidden data said."""

    sha256: str
    width: int
    height: int
    size: int
    taken_at: datetime | None
    #: (longitude, latitude) in degrees, WGS-84.
    position: tuple[float, float] | None


def keep(content: bytes) -> Photo:
    """Re-encode a photo as JPEG and keep it. Raises `BadInput`; nothing is stored then."""
    original = _open(content)
    taken_at, position = _hidden(original)
    upright = ImageOps.exif_transpose(original)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    flat = _on_white(upright)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=84, optimize=True, progressive=True)
    encoded = out.getvalue()
    digest = hashlib.sha256(encoded).hexdigest()
    _store(path_of(digest), encoded)
    return Photo(digest, flat.width, flat.height, len(encoded), taken_at, position)


def path_of(sha256: str) -> Path:
    """Where a photo lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / f"{sha256}.jpg"


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


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        ground = Image.new("RGB", rgba.size, "white")
        ground.paste(rgba, mask=rgba.getchannel("A"))
        return ground
    return image.convert("RGB")


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


def _store(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
