"""Which signs the fonts at hand can draw, and what is printed for one that none of them can: nothing gets lost unseen."""

import struct
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

#: OpenType: how a file begins that holds several fonts, and the two kinds of tables of signs that matter.
_SEVERAL, _SHORT, _LONG = b"ttcf", 4, 12
#: Signs that turn the direction of what stands around them: a record could be made to read otherwise than it is.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = {"Cc", "Cf", "Cs", "Cn"}


def clean(words: str) -> str:
    """The words without what is no sign: controls (but line ends), halves of pairs, and what turns directions."""
    plain = words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(one for one in plain if one == "\n" or not _is_none(one))


def _is_none(one: str) -> bool:
    return one in _TURNING or unicodedata.category(one) in ("Cc", "Cs") or one in "\ufffe\uffff\u2028\u2029\ufeff"


def printable(words: str, covered: set[int]) -> str:
    """The words as these fonts can print them: a sign that they lack is named by its number, 〔U+20BB7〕."""
    return "".join(one if one == "\n" or ord(one) in covered else _named(one) for one in words)


def _named(one: str) -> str:
    return "" if unicodedata.category(one) in _UNSEEN or unicodedata.combining(one) else f"〔U+{ord(one):04X}〕"


def everywhere(change: Callable[[str], str], value: Any) -> Any:
    """The same mappings and lists with each text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: everywhere(change, one) for key, one in value.items()}
    return [everywhere(change, one) for one in value] if isinstance(value, list | tuple) else value


def covered_by(folders: Iterable[str]) -> set[int]:
    """All code points for which a font in these folders has a glyph. A file that is no font has none."""
    found: set[int] = set()
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix.lower() in (".otf", ".ttf", ".ttc", ".otc"):
                found |= _signs_of(path)
    return found


def _signs_of(path: Path) -> set[int]:
    content = path.read_bytes()
    try:
        starts = [0]
        if content[:4] == _SEVERAL:
            (count,) = struct.unpack_from(">I", content, 8)
            starts = list(struct.unpack_from(f">{count}I", content, 12))
        return set().union(*(_signs_at(content, start) for start in starts))
    except (struct.error, IndexError):
        return set()


def _signs_at(content: bytes, start: int) -> set[int]:
    (tables,) = struct.unpack_from(">H", content, start + 4)
    for number in range(tables):
        tag, _sum, offset, _length = struct.unpack_from(">4sIII", content, start + 12 + 16 * number)
        if tag == b"cmap":
            return _signs_in(content, offset)
    return set()


def _signs_in(content: bytes, cmap: int) -> set[int]:
    (count,) = struct.unpack_from(">H", content, cmap + 2)
    found: set[int] = set()
    for number in range(count):
        platform, _encoding, offset = struct.unpack_from(">HHI", content, cmap + 4 + 8 * number)
        (kind,) = struct.unpack_from(">H", content, cmap + offset)
        if platform in (0, 3) and kind == _LONG:
            found |= _long(content, cmap + offset)
        elif platform in (0, 3) and kind == _SHORT:
            found |= _short(content, cmap + offset)
    return found


def _long(content: bytes, at: int) -> set[int]:
    """Groups of code points, each with the glyph of its first."""
    (count,) = struct.unpack_from(">I", content, at + 12)
    found: set[int] = set()
    for first, last, glyph in struct.iter_unpack(">III", content[at + 16 : at + 16 + 12 * count]):
        found.update(range(first if glyph else first + 1, last + 1))
    return found


def _short(content: bytes, at: int) -> set[int]:
    """Segments up to U+FFFF. A glyph looked up in the list behind may be the empty one; we take only those that are not."""
    (twice,) = struct.unpack_from(">H", content, at + 6)
    count = twice // 2
    lasts, firsts = at + 14, at + 16 + twice
    deltas, offsets = firsts + twice, firsts + 2 * twice
    found: set[int] = set()
    for number in range(count):
        values = [
            struct.unpack_from(">H", content, where + 2 * number)[0] for where in (firsts, lasts, deltas, offsets)
        ]
        first, last, delta, offset = values
        for code in range(first, last + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", content, offsets + 2 * number + offset + 2 * (code - first))
            if (glyph + delta) % 65536 if glyph or not offset else 0:
                found.add(code)
    return found - {0xFFFF}
