"""What strangers send: other kinds, cut off, packed to burst, two files in one. Refused with a reason; telephones pass."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from linli.kit.media.checking import inspect_bytes
from linli.kit.media.keeping import keep
from linli.kit.media.testing import box, picture, shown, video
from linli.kit.refusal import BadInput


def why(content: bytes) -> str:
    """The code with which it is refused; empty if it is taken."""
    try:
        inspect_bytes(content)
    except BadInput as refusal:
        assert refusal.message and "%(" not in refusal.message
        return refusal.code
    return ""


def archive(comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("evil.js", "alert(1)")
        file.comment = comment
    return out.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", 2 + len(body)) + body


def with_segment(marker: int, body: bytes) -> bytes:
    content = picture()
    return content[:2] + segment(marker, body) + content[2:]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(kind: bytes, body: bytes) -> bytes:
    content = picture("PNG")
    return content[:33] + chunk(kind, body) + content[33:]


# --- other kinds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("TIFF"), "TIFF"),
        (picture("GIF"), "GIF"),
        (picture("BMP"), "BMP"),
        (picture("ICO"), "ICO"),
        (picture("JPEG2000"), "JPEG 2000"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "AVIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"%PDF-1.7\n", "PDF"),
        (archive(), "ZIP"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "ELF"),
        (b"RIFF\x24\0\0\0AVI LIST", "AVI"),
        (b"\x1aE\xdf\xa3" + bytes(60), "Matroska/WebM"),
    ],
)
def test_a_kind_we_do_not_take_is_named(content: bytes, kind: str) -> None:
    with pytest.raises(BadInput) as refusal:
        inspect_bytes(content)
    assert (refusal.value.code, refusal.value.facts["kind"]) == ("media_kind", kind)
    assert kind in refusal.value.message


@pytest.mark.parametrize("content", [b"hello", b"\0" * 100, b"<?xml version='1.0'?><a/>", bytes(range(256))])
def test_what_is_neither_photo_nor_video_is_refused(content: bytes) -> None:
    assert why(content) == "media_unknown"


def test_nothing_at_all_is_refused() -> None:
    assert why(b"") == "media_empty"


# --- cut off and broken -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF", "mp4", "mov", "faststart"])
def test_a_file_cut_off_anywhere_is_refused(format: str) -> None:
    content = made(format)
    for share in (0.02, 0.1, 0.3, 0.5, 0.8, 0.95):
        assert why(content[: int(len(content) * share)]) in ("media_truncated", "media_broken", "media_unknown"), share
    assert why(content[: len(content) // 2]) == why(content[:-1]) == "media_truncated"


def made(format: str) -> bytes:
    if format in ("mp4", "mov"):
        return video(format)
    if format == "faststart":
        # Written by FFmpeg, whose second pass needs a file with a name; a fragment at a time comes to the same here.
        return video(options={"movflags": "frag_keyframe+empty_moov"})
    if format == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    noise = Image.effect_noise((200, 150), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, format)
    return out.getvalue()


def test_one_wrong_bit_in_a_png_is_found() -> None:
    content = bytearray(made("PNG"))
    content[len(content) // 2] ^= 1
    assert why(bytes(content)) == "media_broken"


def test_bytes_changed_at_random_never_bring_it_down() -> None:
    chance = Random(8)
    seeds = [made(format) for format in ("JPEG", "PNG", "WEBP", "HEIF", "mp4", "mov", "faststart")]
    for turn in range(140):
        content = bytearray(seeds[turn % len(seeds)])
        for _change in range(chance.choice([1, 3, 20])):
            # Nearer to the beginning there is more to trip over.
            at = int(len(content) * chance.random() ** 3)
            content[at : at + 4] = chance.choice(
                [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f", b"", content[at : at + 90]]
            )
        assert why(bytes(content)) not in ("media_crashes", "media_too_slow")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0" + b"\0" * 40,
        b"\xff\xd8" + segment(0xC0, b"\x08\0\0\0\0\x01\x01\x11\0") + segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"\xff\xd9",
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 5, 8, 2, 0, 0, 0)) + chunk(b"IEND", b""),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        b"RIFF\x0c\0\0\0WEBPVP8 \0\0\0\0",
    ],
)
def test_what_only_begins_like_a_photo_is_refused(content: bytes) -> None:
    assert why(content) in ("media_broken", "media_truncated")


# --- packed to burst ----------------------------------------------------------------------------------------------------


def test_a_photo_of_many_bytes_is_refused() -> None:
    assert why(picture() + bytes(20_000_000)) == "media_photo_too_large"


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_opened() -> None:
    assert why(picture("PNG", (9000, 9000), "1", 0)) == "media_too_many_pixels"
    assert why(picture("JPEG", (12_000, 12_000), "L", 0)) == "media_too_many_pixels"


def test_a_few_bytes_that_say_they_are_huge_are_refused() -> None:
    content = picture()
    at = content.index(b"\xff\xc0") + 5
    assert why(content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :]) == "media_too_many_pixels"
    png = picture("PNG")
    head = chunk(b"IHDR", struct.pack(">II", 2**31 - 1, 2**31 - 1) + png[24:29])
    assert why(png[:8] + head + png[33:]) == "media_too_many_pixels"


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt"])
def test_a_text_that_unpacks_to_megabytes_is_refused(kind: bytes) -> None:
    assert why(with_chunk(kind, b"name\0\0" + zlib.compress(bytes(50_000_000), 9))) == "media_bomb"
    assert why(with_chunk(b"iTXt", b"name\0\x01\0\0\0" + zlib.compress(bytes(50_000_000), 9))) == "media_bomb"


def test_pixels_beyond_the_size_of_the_picture_are_refused() -> None:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0))
    pixels, end = chunk(b"IDAT", zlib.compress(bytes(50_000_000), 9)), chunk(b"IEND", b"")
    assert why(b"\x89PNG\r\n\x1a\n" + head + pixels + end) == "media_bomb"


def test_an_animation_of_very_many_pictures_is_refused() -> None:
    assert why(with_chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))) == "media_bomb"


def test_a_jpeg_that_is_drawn_over_and_over_is_refused() -> None:
    content = picture(progressive=True)
    start = content.rindex(b"\xff\xda")
    assert why(content[:start] + content[start:-2] * 5000 + content[-2:]) in ("media_bomb", "media_broken")


def test_boxes_without_end_are_refused() -> None:
    assert why(box(b"ftyp", b"isom\0\0\0\0") + box(b"free") * 30_000 + video()) == "media_bomb"


# --- two files in one ---------------------------------------------------------------------------------------------------

FORGED: dict[str, Callable[[], bytes]] = {
    "zip": lambda: archive(),
    "zip with a comment": lambda: archive(b"x" * 3000),
    "zip behind padding": lambda: bytes(5000) + archive(),
    "pdf": lambda: b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF",
    "html": lambda: b"<html><body onload=alert(1)></body></html>",
    "script": lambda: b"\n<SCRIPT src=//evil></SCRIPT>",
    "javascript": lambda: b"*/=1;alert(document.cookie)",
    "php": lambda: b"<?php system($_GET['c']); ?>",
    "php short": lambda: b"<?=`$_GET[0]`?>",
    "elf": lambda: b"\x7fELF\x02\x01\x01" + bytes(60),
    "exe": lambda: b"MZ" + bytes(58) + b"\x80\0\0\0" + b"\0" * 14 + b"This program cannot be run in DOS mode.",
    "rar": lambda: b"Rar!\x1a\x07\x01\0" + bytes(20),
    "7z": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(20),
    "gzip": lambda: b"\x1f\x8b\x08\0" + bytes(20),
    "shell": lambda: b"\n#!/bin/sh\nrm -rf /\n",
    "gif": lambda: picture("GIF"),
    "png": lambda: picture("PNG"),
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
}


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "mp4"])
def test_another_file_behind_the_end_is_refused(format: str, name: str) -> None:
    host = video() if format == "mp4" else picture(format)
    assert why(host + FORGED[name]()) == "media_polyglot"


@pytest.mark.parametrize("behind", [picture(), picture("WEBP"), box(b"ftyp", b"isom\0\0\0\0")])
def test_what_telephones_put_behind_a_jpeg_is_refused_behind_others(behind: bytes) -> None:
    assert why(picture("PNG") + behind) == why(picture("WEBP") + bytes(8) + behind) == "media_polyglot"


@pytest.mark.parametrize("name", ["pdf", "html", "script", "php", "zip", "elf"])
def test_another_file_in_a_comment_is_refused(name: str) -> None:
    body = FORGED[name]()
    assert why(with_segment(0xFE, body)) == "media_polyglot"
    assert why(with_segment(0xE4, body)) == "media_polyglot"
    assert why(with_chunk(b"tEXt", b"Comment\0" + body)) == "media_polyglot"
    assert why(with_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(body))) == "media_polyglot"
    content = video()
    head = int.from_bytes(content[:4], "big")
    assert why(content[:head] + box(b"free", body) + content[head:]) == "media_polyglot"


def test_a_jpeg_that_is_also_a_script_is_refused() -> None:
    content = picture()
    assert why(content[:2] + segment(0xE0, b"JFIF".ljust(0x2F2A - 2, b"\0")) + content[2:]) == "media_polyglot"


# --- honest telephones --------------------------------------------------------------------------------------------------

SEFT = b"SEFH" + bytes(24) + struct.pack("<I", 28) + b"SEFT"
HONEST: dict[str, Callable[[], bytes]] = {
    "a motion photo of Google's": lambda: video(),
    "a motion photo of Samsung's": lambda: b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + video() + SEFT,
    "a directory of Samsung's": lambda: SEFT,
    "a second picture": lambda: picture(size=(30, 20)),
    "a gain map and a film": lambda: picture(size=(30, 20)) + video(),
    "padding": lambda: bytes(4096),
    "words of Vivo's": lambda: b'vivo{"cameraVersion":"3.1","module":"portrait"}',
    "words of Huawei's": lambda: b"LIVE_12345678 v2_f10 0:0 ",
    "anything unknown": lambda: bytes(range(1, 200)),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_telephones_put_behind_a_photo_passes_and_is_not_shown(name: str) -> None:
    content = picture(colour="red") + HONEST[name]()
    file = keep(content)
    assert (file.type, file.width, file.size) == ("image/jpeg", 60, len(content))
    assert Image.open(io.BytesIO(shown(file.sha256))).size == (60, 40)
    assert len(shown(file.sha256)) < 5000


def test_a_photo_with_a_second_picture_inside_is_taken() -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(
        out, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")]
    )
    pixel: Any = Image.open(io.BytesIO(shown(keep(out.getvalue()).sha256))).getpixel((5, 5))
    assert pixel[0] > 200


def test_a_png_with_words_in_it_is_taken() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Description", "巷口的井盖 <坏了>, see https://example.org/?a=1&b=2")
    info.add_text("Software", "Screenshot", zip=True)
    assert why(picture("PNG", pnginfo=info)) == ""


def test_random_bytes_in_a_photo_are_no_second_file() -> None:
    """A large photo is noise to whoever looks for signs in it."""
    out = io.BytesIO()
    Image.effect_noise((3000, 2000), 100).save(out, "JPEG", quality=95)
    assert why(out.getvalue()) == ""
