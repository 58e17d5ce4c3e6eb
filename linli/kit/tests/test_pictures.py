"""Photos: real ones are kept, malformed ones refused with a sentence, and nothing hidden stays."""

import csv
import io
from pathlib import Path

import pytest
from PIL import Image

from linli.kit.pictures import LONGEST_SIDE, keep, path_of
from linli.kit.refusal import BadInput


def test_a_large_photo_is_reduced_and_turned_upright() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (4000, 3000), "navy").save(out, "JPEG", exif=exif)
    photo = keep(out.getvalue())
    assert (photo.width, photo.height) == (1536, LONGEST_SIDE)
    assert not Image.open(path_of(photo.sha256)).getexif()


def test_a_see_through_picture_is_put_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(path_of(keep(out.getvalue()).sha256)).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"GIF89a....", b"%PDF-1.7", b"\xff\xd8\xff\xe0" + b"\0" * 40, b"<svg/>"])
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        keep(content)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_opened() -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(BadInput) as refusal:
        keep(out.getvalue())
    assert refusal.value.code == "photo_too_large"


def test_real_photos_are_kept_with_their_time_and_place(shared: Path) -> None:
    folder = shared / "data" / "photos"
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["lat"] and row["file"].lower().endswith((".jpg", ".jpeg"))]
    for row in rows:
        photo = keep((folder / row["file"]).read_bytes())
        assert photo.position == pytest.approx((float(row["lon"]), float(row["lat"])), abs=1e-4)


def test_malformed_photos_are_refused_or_kept_but_never_crash(shared: Path) -> None:
    for path in sorted((shared / "data" / "bad_images").iterdir()):
        try:
            kept = keep(path.read_bytes())
        except BadInput:
            continue
        assert Image.open(path_of(kept.sha256)).size == (kept.width, kept.height)
