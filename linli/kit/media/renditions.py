"""What pages show: renditions of the original, made when first asked for, upright and without any hidden data."""

import io

from PIL import Image, ImageOps

from linli.kit.media.storing import original, store

LONGEST_SIDE = 2048
THUMB_SIDE = 480


def view(sha256: str, type: str = "") -> str:
    """The name in the store of a picture to look at: a JPEG of at most 2048 pixels a side; of a video, its poster.

    `type` saves a look at the original. Raises `FileNotFoundError` when the original is not here.
    """
    return _made(f"views/{sha256[:2]}/{sha256}.jpg", sha256, LONGEST_SIDE)


def thumb(sha256: str, type: str = "") -> str:
    """The same, small: at most 480 pixels a side."""
    return _made(f"thumbs/{sha256[:2]}/{sha256}.jpg", sha256, THUMB_SIDE)


def _made(name: str, sha256: str, longest_side: int) -> str:
    kept = store()
    if not kept.exists(name):
        with kept.open(original(sha256)) as source:
            kept.put(name, _drawn(source.read(), longest_side))
    return name


def _drawn(content: bytes, longest_side: int) -> bytes:
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    image.thumbnail((longest_side, longest_side))
    out = io.BytesIO()
    _on_white(image).save(out, "JPEG", quality=84, optimize=True, progressive=True)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        ground = Image.new("RGB", rgba.size, "white")
        ground.paste(rgba, mask=rgba.getchannel("A"))
        return ground
    return image.convert("RGB")
