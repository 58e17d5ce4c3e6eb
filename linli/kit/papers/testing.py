"""What tests read back of papers: the words of a PDF as a reader would copy them, and those of a DOCX."""

import io
import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)endobj", re.S)
_PAGE = re.compile(rb"/Type\s*/Page\b")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
#: A string; brackets that match each other stand in it as they are.
_PLAIN = rb"(?:\\.|[^\\()])"
_NESTED = rb"\((?:%b|\((?:%b|\(%b*\))*\))*\)" % (_PLAIN, _PLAIN, _PLAIN)
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(((?:%b|%b)*)\)|<([0-9A-Fa-f]+)>" % (_PLAIN, _NESTED), re.S)
_ESCAPED = re.compile(rb"\\(\d{1,3}|.)", re.S)
_SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of_pdf(content: bytes) -> str:
    """All text of a PDF as typst writes it, in its order and without the spaces between lines; by what it says of its glyphs."""
    return "".join(pages_of_pdf(content))


def pages_of_pdf(content: bytes) -> list[str]:
    """The same, page by page."""
    objects = {int(key): body for key, body in _OBJECT.findall(content)}
    return [_words_of_page(objects, body) for _key, body in sorted(objects.items()) if _PAGE.search(body)]


def _words_of_page(objects: dict[int, bytes], page: bytes) -> str:
    """Each page has names of its own for its fonts."""
    resources = re.search(rb"/Resources (\d+) 0 R", page)
    named = re.search(rb"/Font\s*<<(.*?)>>", objects[int(resources.group(1))] if resources else page)
    keys = re.findall(rb"/(f\d+) (\d+) 0 R", named.group(1)) if named else []
    fonts = {name: _glyphs(objects, objects[int(key)]) for name, key in keys}
    contents = re.search(rb"/Contents (\d+) 0 R", page)
    return _shown(objects[int(contents.group(1))], fonts) if contents else ""


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    try:
        return zlib.decompress(found.group(1)) if found else b""
    except zlib.error:
        return b""


def _glyphs(objects: dict[int, bytes], font: bytes) -> dict[bytes, str]:
    """Two bytes each, and the text they stand for."""
    named = re.search(rb"/ToUnicode (\d+) 0 R", font)
    table = _stream(objects[int(named.group(1))]) if named else b""
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", table)
    return {bytes.fromhex(glyph.decode()): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _shown(body: bytes, fonts: dict[bytes, dict[bytes, str]]) -> str:
    drawn, glyphs, words = _stream(body), {}, ""
    if b" Tf" not in drawn:
        return ""
    for font, text, digits in _SHOWN.findall(drawn):
        if font:
            glyphs = fonts[font]
            continue
        plain = bytes.fromhex(digits.decode()) if digits else _ESCAPED.sub(_unescaped, text)
        words += "".join(glyphs.get(plain[at : at + 2], "") for at in range(0, len(plain), 2))
    return words


def _unescaped(found: "re.Match[bytes]") -> bytes:
    sign = found.group(1)
    return bytes([int(sign, 8)]) if sign.isdigit() else _SIGNS.get(sign, sign)


def words_of_docx(content: bytes) -> str:
    """All text of a DOCX, paragraphs first and cells after them, each on a line."""
    from docx import Document

    document = Document(io.BytesIO(content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines)


def fonts_of_pdf(content: bytes) -> tuple[int, int]:
    """How many fonts it names, and how many of them it holds."""
    objects = [body for _key, body in _OBJECT.findall(content)]
    described = [body for body in objects if re.search(rb"/Type\s*/FontDescriptor", body)]
    return len(described), sum(b"/FontFile" in body for body in described)
