"""Photos: real ones are kept as they were sent with what they say of time and place, and pages show nothing hidden."""

import csv
import hashlib
import io
import struct
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from linli.kit.media import renditions
from linli.kit.media.checking import File, inspect, inspect_bytes
from linli.kit.media.keeping import keep, keep_file
from linli.kit.media.renditions import LONGEST_SIDE, THUMB_SIDE
from linli.kit.media.storing import original, store
from linli.kit.media.testing import exif, fractions, picture, shown, text
from linli.kit.refusal import BadInput

HERE = {
    1: text("N"),
    2: fractions((21, 1), (37, 1), (3000, 100)),
    3: text("E"),
    4: fractions((110, 1), (17, 1), (0, 1)),
}


def of(content: bytes) -> Image.Image:
    """What a page shows of it."""
    return Image.open(io.BytesIO(shown(keep(content).sha256)))


def said(**parts: Any) -> File:
    return inspect_bytes(picture(exif=exif(**parts)))


# --- kept and shown -----------------------------------------------------------------------------------------------------


def test_what_was_sent_is_kept_byte_for_byte(tmp_path: Path) -> None:
    content = picture(size=(4000, 3000), exif=exif({0x0112: (3, [6])}))
    (tmp_path / "a.txt").write_bytes(content)
    for file in (keep(content), keep_file(tmp_path / "a.txt")):
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert (file.type, file.width, file.height, file.size) == ("image/jpeg", 3000, 4000, len(content))
        assert store().open(original(file.sha256)).read() == content


def test_a_large_photo_is_shown_reduced_and_upright() -> None:
    file = keep(picture(size=(4000, 3000), exif=exif({0x0112: (3, [6])}, {0x9003: text("2026:03:01 08:00:00")}, HERE)))
    view = Image.open(io.BytesIO(shown(file.sha256)))
    assert (view.size, view.info.get("progressive")) == ((1536, LONGEST_SIDE), 1)
    assert not {"exif", "icc_profile", "comment", "xmp", "photoshop"} & set(view.info)
    assert Image.open(store().open(renditions.thumb(file.sha256))).size == (360, THUMB_SIDE)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_camera_is_shown_upright(orientation: int, format: str) -> None:
    if format == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    corner = Image.new("RGB", (64, 32), "white")
    corner.paste("red", (0, 0, 16, 16))
    stored = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    out = io.BytesIO()
    way = stored.get(orientation)
    (corner if way is None else corner.transpose(way)).save(out, format, exif=exif({0x0112: (3, [orientation])}))
    file = keep(out.getvalue())
    view = Image.open(io.BytesIO(shown(file.sha256)))
    assert (file.width, file.height) == view.size == (64, 32)
    assert red(view.getpixel((4, 4))) and not red(view.getpixel((60, 28)))


def red(pixel: Any) -> bool:
    return bool(pixel[0] > 200 and pixel[1] < 80 and pixel[2] < 80)


def test_a_see_through_picture_is_put_on_white() -> None:
    for mode, colour in (("RGBA", (0, 0, 0, 0)), ("LA", (0, 0))):
        assert of(picture("PNG", mode=mode, colour=colour)).getpixel((4, 4)) == (255, 255, 255)
    assert of(picture("PNG", mode="P", colour=0, transparency=0)).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB", "1", "P", "I;16"])
def test_pictures_of_every_sort_of_colour_are_shown(mode: str) -> None:
    format = "JPEG" if mode in ("L", "CMYK", "RGB") else "PNG"
    image = Image.new(mode, (32, 32), 40_000 if mode == "I;16" else 1 if mode in ("1", "P") else None)
    out = io.BytesIO()
    image.save(out, format)
    view = of(out.getvalue())
    assert (view.mode, view.size) == ("RGB", (32, 32))
    if mode == "I;16":
        assert view.getpixel((3, 3))[0] == pytest.approx(156, abs=2)  # type: ignore[index]


def test_colours_of_a_wide_profile_are_shown_in_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert red(of(picture(colour="red", icc_profile=lab)).getpixel((3, 3)))
    assert red(of(picture(colour="red", icc_profile=b"no profile at all")).getpixel((3, 3)))


@pytest.mark.parametrize("more", [{"progressive": True}, {"quality": 100, "subsampling": 0}, {"optimize": True}])
def test_jpegs_of_every_make_are_taken(more: dict[str, Any]) -> None:
    assert inspect_bytes(picture(size=(300, 200), **more)).width == 300


def test_an_animation_is_shown_by_its_first_picture() -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue", "green")]
    for format, type in (("PNG", "image/png"), ("WEBP", "image/webp")):
        out = io.BytesIO()
        frames[0].save(out, format, save_all=True, append_images=frames[1:])
        assert inspect_bytes(out.getvalue()).type == type
        assert red(of(out.getvalue()).getpixel((5, 5)))


def test_heic_is_taken_and_shown() -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    taken = exif(detail={0x9003: text("2026:03:01 08:00:00"), 0x9011: text("+08:00")}, gps=HERE)
    file = keep(picture("HEIF", (640, 480), exif=taken))
    assert (file.type, file.width, file.height) == ("image/heic", 640, 480)
    assert file.position == pytest.approx((110.283333, 21.625), abs=1e-6)
    assert file.taken_at == datetime.fromisoformat("2026-03-01T08:00:00+08:00")
    assert not Image.open(io.BytesIO(shown(file.sha256))).getexif()


def test_without_the_extra_heic_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    content = picture("HEIF", (64, 48))
    from linli.kit.media import bounded

    bounded.forget()
    hidden = bounded._CODE.replace("import socket, sys;", "import socket, sys; sys.modules['pillow_heif'] = None;")
    monkeypatch.setattr(bounded, "_CODE", hidden)
    with pytest.raises(BadInput) as refusal:
        inspect_bytes(content)
    bounded.forget()
    assert refusal.value.code == "media_needs_extra"
    assert "linli[media]" in refusal.value.message


# --- time and place -----------------------------------------------------------------------------------------------------


def test_a_time_without_zone_is_the_countys() -> None:
    at = said(detail={0x9003: text("2026:03:01 08:00:00")}).taken_at
    assert at is not None and at.isoformat() == "2026-03-01T08:00:00+08:00"


@pytest.mark.parametrize(
    ("parts", "taken_at"),
    [
        ({"detail": {0x9003: text("2026:03:01 08:00:00"), 0x9011: text("+05:30")}}, "2026-03-01T08:00:00+05:30"),
        ({"detail": {0x9003: text("2026:03:01 08:00:00"), 0x9010: text("Z")}}, "2026-03-01T08:00:00+00:00"),
        (
            {"detail": {0x9003: text("0000:00:00 00:00:00"), 0x9004: text("2026:03:02 09:00:00")}},
            "2026-03-02T09:00:00+08:00",
        ),
        ({"gps": {7: fractions((7, 1), (30, 1), (145, 10)), 29: text("2026:03:01")}}, "2026-03-01T07:30:14+00:00"),
        ({"main": {0x0132: text("2026:03:01 08:00:00")}}, None),
        ({"detail": {0x9003: text("0000:00:00 00:00:00")}}, None),
        ({"detail": {0x9003: text("    :  :     :  :  ")}}, None),
        ({"detail": {0x9003: text("2026:02:30 25:61:61")}}, None),
        ({"detail": {0x9003: (4, [7])}}, None),
        ({"gps": {7: fractions((7, 0), (30, 0), (14, 0)), 29: text("2026:03:01")}}, None),
    ],
)
def test_the_time_is_that_of_the_shutter(parts: dict[str, Any], taken_at: str | None) -> None:
    at = said(**parts).taken_at
    assert (at and at.isoformat()) == taken_at


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("changed", "position"),
    [
        ({}, (110.283333, 21.625)),
        ({1: text("S"), 3: text("W")}, (-110.283333, -21.625)),
        ({1: (2, [ord("s")])}, (110.283333, -21.625)),
        ({2: fractions((21625, 1000))}, (110.283333, 21.625)),
        ({2: fractions((21, 1), (375, 10))}, (110.283333, 21.625)),
        ({2: fractions((0, 0), (0, 0), (0, 0))}, None),
        ({2: fractions((21, 1), (37, 1), (30, 0))}, None),
        ({2: fractions((0, 1), (0, 1), (0, 1)), 4: fractions((0, 1), (0, 1), (0, 1))}, None),
        ({2: fractions((91, 1), (0, 1), (0, 1))}, None),
        ({4: fractions((181, 1), (0, 1), (0, 1))}, None),
        ({4: text("110")}, None),
    ],
)
def test_the_position_is_read_or_ignored(
    changed: dict[int, Any], position: tuple[float, float] | None, order: str
) -> None:
    found = said(gps=HERE | changed, order=order).position
    assert found == (None if position is None else pytest.approx(position, abs=1e-6))


def test_a_broken_exif_block_does_not_cost_the_photo() -> None:
    whole = exif({0x0112: (3, [6])}, {0x9003: text("2026:03:01 08:00:00")}, HERE)
    for cut in range(0, len(whole), 3):
        assert inspect_bytes(picture(exif=whole[:cut] + b"\xff" * 8)).size


def test_time_and_place_are_read_from_a_png_and_a_webp() -> None:
    taken = exif(detail={0x9003: text("2026:03:01 08:00:00")}, gps=HERE)
    for format in ("PNG", "WEBP"):
        file = inspect_bytes(picture(format, exif=taken))
        assert file.position == pytest.approx((110.283333, 21.625), abs=1e-6)
        assert file.taken_at is not None


def test_what_only_xmp_says_counts_too() -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:DateTimeOriginal="2026-03-01T08:00:00.25+08:00"'
        ' exif:GPSLatitude="21,37.5N" exif:GPSLongitude="110,17.0E"/></x:xmpmeta>'
    )
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet, zip=True)
    for content in (picture(xmp=packet.encode()), picture("WEBP", xmp=packet.encode()), picture("PNG", pnginfo=info)):
        file = inspect_bytes(content)
        assert file.position == pytest.approx((110.283333, 21.625), abs=1e-6)
        assert file.taken_at is not None and file.taken_at.utcoffset() == timedelta(hours=8)


# --- real ones ----------------------------------------------------------------------------------------------------------


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_real_photos_are_taken_with_size_time_and_place(shared: Path) -> None:
    folder = shared / "data" / "photos"
    for row in manifest(folder):
        path = folder / row["file"]
        if row["format"] == "TIFF":
            with pytest.raises(BadInput) as refusal:
                inspect(path)
            assert (refusal.value.code, refusal.value.facts["kind"]) == ("media_kind", "TIFF")
            continue
        file = inspect(path)
        assert file.size == int(row["bytes"])
        if row["format"]:  # the tool that made the list could not open the others
            assert [file.width, file.height] in ([int(float(row["w"])), int(float(row["h"]))],) or row[
                "orientation"
            ] > "4"
            assert (file.taken_at.strftime("%Y:%m:%d %H:%M:%S") if file.taken_at else "") == row["taken_at"]
            place = pytest.approx((float(row["lon"]), float(row["lat"])), abs=1e-6) if row["lat"] else None
            assert file.position == place


def test_real_photos_of_telephones_in_heic_say_when_and_where(shared: Path) -> None:
    folder = shared / "data" / "photos"
    nokia, iphone = (
        inspect(folder / f"exifsamples__{name}") for name in ("HMD_Nokia_8.3_5G_hdr.heif", "IMG_5195.HEIC")
    )
    assert (nokia.width, nokia.height, iphone.width, iphone.height) == (4608, 3456, 2566, 3313)
    assert nokia.position == pytest.approx((-3.763740, 40.662993), abs=1e-5)
    assert iphone.taken_at is not None and iphone.taken_at.isoformat() == "2021-04-11T15:47:53-05:00"


def test_malformed_photos_are_refused_with_a_reason_or_shown(shared: Path) -> None:
    folder = shared / "data" / "bad_images"
    for row in manifest(folder):
        path = folder / row["file"]
        try:
            file = inspect(path)
        except BadInput as refusal:
            assert refusal.code != "media_too_slow"
            assert row["opens"] != "ok" or row["format"] not in ("JPEG", "MPO"), row["file"]
            continue
        assert (row["opens"], row["exif_error"]) == ("ok", ""), row["file"]
        view = Image.open(io.BytesIO(shown(keep_file(path).sha256)))
        assert view.width / view.height == pytest.approx(file.width / file.height, rel=0.02)


def test_a_size_is_a_number_of_the_picture_and_not_of_its_thumbnail() -> None:
    """A camera writes a small JPEG into the EXIF block of the large one."""
    block = exif({0x0112: (3, [1])}) + picture(size=(16, 12))
    content = picture(size=(160, 120))
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(block)) + block
    assert inspect_bytes(content[:2] + segment + content[2:]).width == 160
