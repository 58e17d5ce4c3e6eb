"""Photos: decoded once to see that they are whole, and drawn again for pages. Pillow does both; HEIC needs `pillow-heif`."""

import io
import warnings
from typing import IO, Any

from PIL import Image, ImageCms, ImageOps

from linli.kit.media.inside.bad import Bad

#: Of a JPEG only every eighth pixel is drawn, so the large ones of telephones pass; all else is decoded whole.
MAX_PIXELS = {"JPEG": 120_000_000, "PNG": 60_000_000, "WEBP": 40_000_000, "HEIF": 60_000_000}
MAX_PIXELS_PROGRESSIVE = 60_000_000
MAX_PIXELS_ALL_FRAMES = 300_000_000
_TURNED = {5, 6, 7, 8}
#: Errors by which decoders say that there is not enough of it.
_CUT_OFF = ("truncated", "not enough data", "end of file", "eof")

Image.MAX_IMAGE_PIXELS = None  # ours is asked before


def refuse_large(format: str, width: int, height: int, frames: int = 1, *, is_progressive: bool = False) -> None:
    """Raises `Bad` for more pixels than we ever decode; asked before anything is."""
    most = MAX_PIXELS_PROGRESSIVE if is_progressive else MAX_PIXELS[format]
    if width * height > most:
        raise Bad("media_too_many_pixels", most=most // 1_000_000)
    if width * height * max(1, frames) > MAX_PIXELS_ALL_FRAMES:
        raise Bad("media_bomb")


def decode(source: IO[bytes], format: str, orientation: int = 1) -> str:
    """Decode all of it, small where the format can; what it looks like. Raises `Bad` when it is not whole."""
    with _opened(source, format) as image:
        if format == "JPEG":
            image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
        _load(image)
        return likeness_of(image, orientation)


#: So many of the 64 bits are set at least and left out at least; a photo with fewer is a plain wall, the sky, the dark.
_PLAIN = 8


def likeness_of(image: Image.Image, orientation: int = 1) -> str:
    """What a photo looks like upright: 64 bits as 16 hexadecimal digits, almost the same after it was saved again or reduced.

    Each bit says whether of two neighbours in a grid of 9 by 8 the right one is brighter (dHash: N. Krawetz, "Kind of like
    that", 2013). Empty where that would say nothing.
    """
    # A hint is not worth refusing a photo that has been decoded, whatever its mode.
    try:
        small = turn(image.resize((72, 72), Image.Resampling.BOX).convert("L"), orientation)
        grey = small.resize((9, 8), Image.Resampling.BOX).tobytes()
    except (OSError, ValueError, MemoryError):
        return ""
    pairs = ((grey[9 * row + column], grey[9 * row + column + 1]) for row in range(8) for column in range(8))
    bits = sum((left < right) << place for place, (left, right) in enumerate(pairs))
    return f"{bits:016x}" if _PLAIN <= bits.bit_count() <= 64 - _PLAIN else ""


def _opened(source: IO[bytes], format: str) -> Image.Image:
    source.seek(0)
    if format == "HEIF":
        use_heif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(source, formats=(format,))
    except MemoryError:
        raise
    except Exception as error:
        raise _told(error) from error


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except MemoryError:
        raise
    # Decoders raise whatever a broken file makes them raise; to the sender it is all one: not a whole photo.
    except Exception as error:
        raise _told(error) from error


def _told(error: Exception) -> Bad:
    words = str(error).lower()
    return Bad("media_truncated" if any(sign in words for sign in _CUT_OFF) else "media_broken")


def use_heif() -> Any:
    """The reader of HEIC. Raises `Bad` where the extra `media` is not installed."""
    try:
        import pillow_heif
    except ImportError:
        raise Bad("media_needs_extra", kind="HEIC") from None
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.options.DEPTH_IMAGES = False
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener()
    return pillow_heif


def is_turned(orientation: int) -> bool:
    """Whether width and height change places when it is put upright."""
    return orientation in _TURNED


def draw(source: IO[bytes], format: str, longest_side: int, out: IO[bytes], orientation: int = 1) -> None:
    """A JPEG in sRGB, upright, of at most `longest_side` pixels a side, with nothing hidden."""
    image = _opened(source, format)
    if format == "JPEG":
        image.draft(None, (longest_side, longest_side))
    _load(image)
    profile = image.info.get("icc_profile")
    image.info = {key: value for key, value in image.info.items() if key == "transparency"}
    save(turn(_small(image, longest_side), orientation), longest_side, out, profile)


def _small(image: Image.Image, longest_side: int) -> Image.Image:
    """Reduced before anything else is done to it: that is dear in memory."""
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    image.thumbnail((longest_side, longest_side), reducing_gap=2.0)
    return image


def turn(image: Image.Image, orientation: int) -> Image.Image:
    """Put upright what the camera held otherwise."""
    ways = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return image.transpose(ways[orientation]) if orientation in ways else image


def save(image: Image.Image, longest_side: int, out: IO[bytes], profile: bytes | None = None) -> None:
    """Write it as pages show it."""
    image.thumbnail((longest_side, longest_side))
    flat = _on_white(_in_srgb(image, profile))
    flat.info = {}
    flat.save(out, "JPEG", quality=84, optimize=True, progressive=True)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours of telephones and printers as a browser without their profile shows them right."""
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            own, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            turned = ImageCms.profileToProfile(image, own, srgb, outputMode=mode)
            return turned or image
        # A profile that cannot be used is none.
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return image
    return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        ground = Image.new("RGB", rgba.size, "white")
        ground.paste(rgba, mask=rgba.getchannel("A"))
        return ground
    if image.mode.startswith(("I", "F")):
        return ImageOps.autocontrast(_eight_bits(image)).convert("RGB") if image.mode == "F" else _eight_bits(image)
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey in 16 bits: Pillow would cut off what is above 255."""
    return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
