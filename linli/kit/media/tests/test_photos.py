"""Photos: real ones are kept, malformed ones refused with a sentence, and pages show nothing hidden."""

import csv
import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from linli.kit.media import renditions
from linli.kit.media.keeping import keep, keep_file
from linli.kit.media.renditions import LONGEST_SIDE, THUMB_SIDE
from linli.kit.media.storing import original, store
from linli.kit.media.testing import shown
from linli.kit.refusal import BadInput


def turned() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (4000, 3000), "navy").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_what_was_sent_is_kept_byte_for_byte(tmp_path: Path) -> None:
    content = turned()
    (tmp_path / "a.txt").write_bytes(content)
    for file in (keep(content), keep_file(tmp_path / "a.txt")):
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert (file.type, file.width, file.height, file.size) == ("image/jpeg", 3000, 4000, len(content))
        assert store().open(original(file.sha256)).read() == content


def test_a_large_photo_is_shown_reduced_and_upright() -> None:
    file = keep(turned())
    view = Image.open(io.BytesIO(shown(file.sha256)))
    assert view.size == (1536, LONGEST_SIDE)
    assert not view.getexif()
    assert Image.open(store().open(renditions.thumb(file.sha256))).size == (360, THUMB_SIDE)


def test_a_see_through_picture_is_put_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    view = Image.open(io.BytesIO(shown(keep(out.getvalue()).sha256)))
    assert view.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"GIF89a....", b"%PDF-1.7", b"\xff\xd8\xff\xe0" + b"\0" * 40, b"<svg/>"])
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        keep(content)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_opened() -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(BadInput) as refusal:
        keep(out.getvalue())
    assert refusal.value.code == "media_too_many_pixels"


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
        assert (kept.width, kept.height) == Image.open(path).size[:: -1 if kept.width != Image.open(path).width else 1]
