"""Covering: what was under a box cannot be had back, and a model finds faces of every size where it is installed."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps

from linli.kit.media import faces
from linli.kit.media.faces import Box, blurred

with_model = pytest.mark.skipif(not faces.available(), reason="the extra `blur` is not installed")
MIDDLE = Box(0.25, 0.25, 0.5, 0.5)


def noise(seed: int, size: tuple[int, int] = (80, 60)) -> Image.Image:
    """Every pixel another one."""
    width, height = size
    return Image.frombytes("L", size, bytes(seed * at * at % 251 for at in range(width * height))).convert("RGB")


def test_what_was_under_a_box_cannot_be_had_back() -> None:
    """Turn each quarter under the box upside down: the covered pictures are the same, so nobody can tell which it was."""
    first = noise(7)
    other = first.copy()
    for left, top in ((20, 15), (40, 15), (20, 30), (40, 30)):
        other.paste(ImageOps.flip(first.crop((left, top, left + 20, top + 15))), (left, top))
    assert ImageChops.difference(first, other).getbbox()
    assert blurred(first, [MIDDLE]).tobytes() == blurred(other, [MIDDLE]).tobytes()


def test_only_what_is_under_a_box_changes_and_all_of_it() -> None:
    image = noise(7)
    changed = ImageChops.difference(image, blurred(image, [MIDDLE])).getbbox()
    assert changed == (20, 15, 60, 45)


def test_a_box_takes_in_each_pixel_it_touches_and_may_reach_beyond_the_picture() -> None:
    image = Image.new("RGB", (10, 10), "white")
    image.putpixel((0, 0), (0, 0, 0))
    covered = blurred(image, [Box(-0.5, -0.5, 0.501, 0.501)])
    assert covered.size == (10, 10)
    assert blurred(noise(3, (10, 10)), [Box(-1, -1, 3, 3)]).tobytes() != noise(3, (10, 10)).tobytes()


def test_the_picture_itself_is_left_alone() -> None:
    image = noise(7)
    blurred(image, [MIDDLE])
    assert image.tobytes() == noise(7).tobytes()


def test_neither_front_nor_worker_loads_the_model() -> None:
    """The library that finds faces lives in a process of its own, for as long as one picture takes."""
    code = (
        "import django, sys; django.setup(); import linli.urls, linli.chores.table, linli.intake.front; "
        "from linli.kit.media import faces; faces.available(); sys.exit('cv2' in sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**_environment(), "DJANGO_SETTINGS_MODULE": "linli.settings"}
    )


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ)


# --- with the model ---------------------------------------------------------------------------------------------------

#: Real photos with a face, and a point on it in shares of the picture: one of a dozen, one that fills a third, one drawn.
SHOWN = {
    "exifsamples__kodak-dc210.jpg": [(0.495, 0.54), (0.04, 0.57), (0.715, 0.62)],
    "exifsamples__DudleyLeavittUtah.tiff": [(0.53, 0.33)],
}


@with_model
@pytest.mark.parametrize("name", SHOWN)
def test_faces_in_real_photos_are_covered(shared: Path, name: str) -> None:
    image = ImageOps.exif_transpose(Image.open(shared / "data" / "photos" / name)).convert("RGB")
    found = faces.faces(image)
    for x, y in SHOWN[name]:
        assert any(box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height for box in found)
    covered = blurred(image, found)
    assert not _sees(covered, SHOWN[name])


@with_model
def test_a_face_is_found_whether_it_is_small_or_large(shared: Path) -> None:
    portrait = Image.open(shared / "data" / "photos" / "exifsamples__DudleyLeavittUtah.tiff").convert("RGB")
    street = Image.new("RGB", (2048, 1536), "#8a9a8a")
    street.paste(portrait.resize((80, 105)), (1700, 300))
    street.paste(portrait.resize((980, 1285)), (100, 100))
    found = faces.faces(street)
    assert any(abs(box.x + box.width / 2 - 1742 / 2048) < 0.01 and box.width < 0.05 for box in found)
    assert any(abs(box.x + box.width / 2 - 620 / 2048) < 0.05 and box.width > 0.15 for box in found)


@with_model
def test_in_a_wall_of_one_colour_there_is_no_face() -> None:
    assert faces.faces(Image.new("RGB", (300, 200), "#b0a090")) == []


def _sees(image: Image.Image, points: list[tuple[float, float]]) -> bool:
    """Whether the model still takes any of these points for a face."""
    return any(
        box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height
        for box in faces.faces(image)
        for x, y in points
    )
