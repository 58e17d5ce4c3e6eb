"""Another file inside a picture: behind its end, or in its comments. What honest telephones put there passes.

Telephones append a lot: second pictures (MPF), gain maps for HDR, the film of a motion photo, a directory of their own
(Samsung's SEFT), plain padding. So this is a list of what is refused and not of what may be there.
"""

import mmap
import re

from linli.kit.media.inside.bad import Bad

Content = bytes | mmap.mmap

#: Found anywhere in a part that is no picture data. Each is long enough not to turn up by chance.
_ANYWHERE = (
    (re.compile(rb"%PDF-\d\.\d"), "PDF"),
    (re.compile(rb"<\?php\s|<\?=\s*[`$(a-z_][\w(`$'\"\[\]{}., ]{6}|__HALT_COMPILER\(", re.IGNORECASE), "PHP"),
    (re.compile(rb"<(script|html|iframe|body)[\s>/]|<!doctype\s+html|javascript:", re.IGNORECASE), "HTML"),
    (re.compile(rb"PK\x03\x04[\n-?]\0[\0-\x0f][\0\x08]"), "ZIP"),
    (re.compile(rb"\x7fELF[\x01\x02][\x01\x02]\x01"), "ELF"),
    (re.compile(rb"This program (cannot|must) be run"), "EXE"),
    (re.compile(rb"Rar!\x1a\x07"), "RAR"),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "7z"),
    (re.compile(rb"\xfd7zXZ\0"), "XZ"),
    (re.compile(rb"SQLite format 3\0"), "SQLite"),
    (re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "DOC"),
    (re.compile(rb"(\A|\n)#!\s?/(bin|usr)/"), "script"),
)
#: Found behind the end: there it is a file of its own.
_BEHIND = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"\A(\x1f\x8b\x08|BZh[1-9])"), "gzip"),
    (re.compile(rb"\A\x28\xb5\x2f\xfd"), "zstd"),
    (re.compile(rb"\A\xca\xfe\xba\xbe"), "class"),
    (re.compile(rb"\A[\xce\xcf]\xfa\xed\xfe"), "Mach-O"),
    (re.compile(rb"\b(powershell|cmd\.exe|WScript)\b", re.IGNORECASE), "script"),
    (re.compile(rb"\AMZ.{58}[\x40-\xff][\0\x01]\0\0", re.DOTALL), "EXE"),
    (re.compile(rb"\A(ID3[\x02-\x04]|OggS\0|fLaC|\x1aE\xdf\xa3)"), "sound"),
    (re.compile(rb"\A.{257}ustar", re.DOTALL), "TAR"),
    (re.compile(rb"\b(function\s*\w*\s*\(|eval\s*\(|alert\s*\(|document\s*\.|window\s*\.|require\s*\()"), "JavaScript"),
    (re.compile(rb"<(svg|object|embed)[\s>/]", re.IGNORECASE), "HTML"),
    (re.compile(rb"\A<\?(=|\s)|\A<%"), "PHP"),
)
#: Telephones put these behind a JPEG, and behind nothing else.
_OF_TELEPHONES = (
    (re.compile(rb"\A\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\A.{0,4}ftyp", re.DOTALL), "MP4"),
    (re.compile(rb"\ARIFF.{4}WEBP", re.DOTALL), "WebP"),
)
#: What ends the filling: any byte that is none of it; a 0xff is none of it where another JPEG begins. Looked for, and not the
#: filling itself: a loop that gives nothing back goes a byte too far on Debian 12 (Python 3.11.2), and one that may takes memory.
_NO_PADDING = re.compile(rb"[^\0\s\xff]|\xff\xd8\xff")


def refuse_inside(part: bytes) -> None:
    """Raises `Bad` when a comment or the like holds another file."""
    _search(part, _ANYWHERE)


def refuse_behind(content: Content, at: int, *, of_telephone: bool = True) -> None:
    """Raises `Bad` when what stands from `at` on is another file. Padding passes, and what telephones put there."""
    rest = content[behind_padding(content, at) :]
    _search(rest, _ANYWHERE)
    _search(rest, _BEHIND)
    if not of_telephone:
        _search(rest, _OF_TELEPHONES)


def behind_padding(content: Content, at: int) -> int:
    """The first byte from `at` on that is no filling."""
    found = _NO_PADDING.search(content, at)
    return found.start() if found else len(content)


def _search(part: bytes, signs: tuple[tuple[re.Pattern[bytes], str], ...]) -> None:
    for sign, name in signs:
        if sign.search(part):
            raise Bad("media_polyglot", kind=name)


def refuse_archive(content: Content) -> None:
    """A ZIP is read from its end: its directory may lie anywhere before, even in comments. Raises `Bad`."""
    start = max(0, len(content) - 65_557)
    tail = content[start:]
    at = tail.rfind(b"PK\5\6")
    while at >= 0:
        size, offset = (
            int.from_bytes(tail[at + 12 : at + 16], "little"),
            int.from_bytes(tail[at + 16 : at + 20], "little"),
        )
        end = start + at
        comment = int.from_bytes(tail[at + 20 : at + 22], "little")
        is_directory = any(
            content[place : place + 4] == b"PK\1\2" for place in (end - size, offset) if 0 <= place < end
        )
        if len(tail) >= at + 22 and (is_directory or (size == 0 and comment == len(tail) - at - 22)):
            raise Bad("media_polyglot", kind="ZIP")
        at = tail.rfind(b"PK\5\6", 0, at)
