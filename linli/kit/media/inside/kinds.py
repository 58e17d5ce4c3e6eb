"""What a file is by its first bytes."""

import re

from linli.kit.media.inside.bad import Bad

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2"}
AVIF_BRANDS = {b"avif", b"avis", b"avio", b"av01"}
#: A QuickTime file from before there were brands begins with one of these boxes.
_OLD_QUICKTIME = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
#: Beginnings of what people do send, but is no photo or video we take; its name is said.
_OTHER_KINDS = (
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "BigTIFF"),
    (b"MM\0+", "BigTIFF"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"\0\0\1\0", "ICO"),
    (b"\0\0\2\0", "CUR"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"8BPS", "PSD"),
    (b"icns", "ICNS"),
    (b"\x97JB2", "JBIG2"),
    (b"%PDF-", "PDF"),
    (b"%!PS", "PostScript"),
    (b"PK\3\4", "ZIP"),
    (b"PK\5\6", "ZIP"),
    (b"Rar!\x1a\7", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC"),
    (b"\x1aE\xdf\xa3", "Matroska/WebM"),
    (b"FLV\1", "FLV"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"fLaC", "FLAC"),
    (b"0&\xb2u\x8ef\xcf\x11", "WMV"),
    (b"\0\0\1\xba", "MPEG"),
    (b"\0\0\1\xb3", "MPEG"),
)


def kind_of(head: bytes, size: int) -> str:
    """`jpeg`, `png`, `webp`, or `boxes` for all that is made of ISO boxes. Raises `Bad` with the name of another kind."""
    if size == 0:
        raise Bad("media_empty")
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF":
        return _of_riff(head[8:12])
    if head[4:8] == b"ftyp" or (head[4:8] in _OLD_QUICKTIME and _is_length(head)):
        return "boxes"
    other = next((name for begin, name in _OTHER_KINDS if head.startswith(begin)), "") or _of_text(head)
    if other:
        raise Bad("media_kind", kind=other)
    if b"\x89PNG\r\n\x1a\n".startswith(head) or b"\xff\xd8\xff".startswith(head):
        raise Bad("media_truncated")
    raise Bad("media_unknown")


def _of_riff(form: bytes) -> str:
    if form == b"WEBP":
        return "webp"
    if len(form) < 4:
        raise Bad("media_truncated")
    raise Bad("media_kind", kind={b"AVI ": "AVI", b"WAVE": "WAV"}.get(form, "RIFF"))


def _is_length(head: bytes) -> bool:
    return int.from_bytes(head[:4], "big") in (0, 1) or int.from_bytes(head[:4], "big") >= 8


def _of_text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"(<\?xml[^>]*>\s*)?(<!--.{0,200}?-->\s*)?(<!doctype svg[^>]*>\s*)?<svg", start, re.DOTALL):
        return "SVG"
    if re.match(rb"<(!doctype html|html|head|body|script)", start):
        return "HTML"
    return ""


def of_brands(major: bytes, compatible: set[bytes]) -> str:
    """What the brands of an `ftyp` box promise: `heic`, `video`. Raises `Bad` for AVIF and the like, which we name."""
    if major in AVIF_BRANDS or (major in (b"mif1", b"msf1") and compatible & AVIF_BRANDS):
        raise Bad("media_kind", kind="AVIF")
    if major in (b"crx ", b"jpeg", b"vvic", b"evbi", b"j2ki", b"avci"):
        raise Bad("media_kind", kind={b"crx ": "CR3"}.get(major, "HEIF without HEVC"))
    return "heic" if major in HEIC_BRANDS else "video"
