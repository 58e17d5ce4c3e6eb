"""What tests read back of papers: the words of a PDF as a reader would copy them, and those of a DOCX."""

import io
import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)endobj", re.S)
_PAGE = re.compile(rb"/Type\s*/Page\b")
_LENGTH = re.compile(rb"/Length (\d+)\b")
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
    """By the length it names: what was packed may itself end in what looks like an end of line."""
    head, found, rest = body.partition(b"stream\n")
    length = _LENGTH.search(head)
    if not found or length is None:
        return b""
    packed = rest[: int(length.group(1))]
    return zlib.decompress(packed) if b"/FlateDecode" in head else packed


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


# --- what an archive asks of a PDF ----------------------------------------------------------------------------------------

#: What PDF/A-2 (ISO 19005-2) lets no file hold: it would act, reach out of the file, or not look the same everywhere.
_FORBIDDEN = {
    "encryption": rb"/Encrypt\b",
    "JavaScript": rb"/(JavaScript|JS)\b",
    "an action that acts": rb"/S\s*/(Launch|Sound|Movie|ResetForm|ImportData|SubmitForm|GoToR|GoToE|Hide|Rendition|Trans)\b",
    "an action of its own": rb"/(AA|OpenAction)\b",
    "a form": rb"/(AcroForm|XFA)\b",
    "another file": rb"/(EmbeddedFiles|Filespec|EmbeddedFile|FFilter|FDecodeParms)\b",
    "LZW": rb"/LZWDecode\b",
    "PostScript": rb"/Subtype\s*/PS\b",
    "a picture of another for printing": rb"/(Alternates|OPI)\b",
    "a guessed picture": rb"/Interpolate\s+true\b",
    "a transfer function": rb"/TR\s+(?!/Identity)",
    "layers": rb"/OCProperties\b",
}
_PACKET = re.compile(rb"<\?xpacket begin.*?<\?xpacket end=.[rw].\?>", re.S)


def lacks_for_archive(content: bytes) -> list[str]:
    """What stands against keeping a PDF as PDF/A-2b, by the essential rules of ISO 19005-2; empty where nothing does.

    It reads files as typst writes them, whose objects lie open. It is no validator: it does not look at what pages draw.
    """
    objects = {int(key): _without_stream(body) for key, body in _OBJECT.findall(content)}
    trailer = content[content.rfind(b"trailer") :]
    said = b"\n".join([*objects.values(), trailer])
    lacks = [name for name, sign in _FORBIDDEN.items() if re.search(sign, said)]
    lacks += _lacks_of_file(content, objects, trailer)
    lacks += _lacks_of_description(content, objects, trailer)
    lacks += [f"font {key} inside" for key, body in objects.items() if _is_bare_font(objects, body)]
    return lacks


def _without_stream(body: bytes) -> bytes:
    return body.partition(b"stream")[0]


def _lacks_of_file(content: bytes, objects: dict[int, bytes], trailer: bytes) -> list[str]:
    head = content.split(b"\n", 2)
    catalog = next((one for one in objects.values() if re.search(rb"/Type\s*/Catalog", one)), b"")
    rules = {
        "a head that names its version": re.fullmatch(rb"%PDF-1\.[0-7]", head[0]),
        "a second line that says it is binary": re.match(rb"%[\x80-\xff]{4}", head[1]),
        "an end": content.rstrip(b"\r\n").endswith(b"%%EOF"),
        "objects that lie open": not re.search(rb"/Type\s*/ObjStm", content),
        "an identity": re.search(rb"/ID\s*\[\s*[(<]", trailer),
        "a description": re.search(rb"/Metadata (\d+) 0 R", catalog),
        "colours that mean the same everywhere": _has_colours(content, objects, catalog),
    }
    return [name for name, is_kept in rules.items() if not is_kept]


def _has_colours(content: bytes, objects: dict[int, bytes], catalog: bytes) -> bool:
    """An output intent with an ICC profile of three or four channels inside."""
    intents = [one for one in objects.values() if re.search(rb"/S\s*/GTS_PDFA1", one)]
    is_named = bool(re.search(rb"/OutputIntents\b", catalog)) and bool(intents)
    profile = re.search(rb"/DestOutputProfile (\d+) 0 R", intents[0]) if is_named else None
    if profile is None:
        return False
    whole = dict(_OBJECT.findall(content))[profile.group(1)]
    return bool(re.search(rb"/N [34]\b", whole)) and _stream(whole)[36:40] == b"acsp"


def _lacks_of_description(content: bytes, objects: dict[int, bytes], trailer: bytes) -> list[str]:
    """The packet of XMP is well formed, lies open, says which standard it keeps, and agrees with the dictionary beside it."""
    from xml.etree import ElementTree

    packets = _PACKET.findall(content)
    if len(packets) != 1:
        return ["one description"]
    root = ElementTree.fromstring(packets[0].decode("utf-8"))
    told = {one.tag: (one.text or "").strip() for one in root.iter()}
    named = re.search(rb"/Info (\d+) 0 R", trailer)
    info = objects.get(int(named.group(1)), b"") if named else b""
    made = re.search(rb"/CreationDate\s*\(D:(\d{14})", info)
    created = re.sub(r"\D", "", told.get("{http://ns.adobe.com/xap/1.0/}CreateDate", ""))[:14]
    rules = {
        "part 2": told.get("{http://www.aiim.org/pdfa/ns/id/}part") == "2",
        "conformance B": told.get("{http://www.aiim.org/pdfa/ns/id/}conformance") == "B",
        "one day in both descriptions": made is None or made.group(1).decode() == created,
    }
    return [name for name, is_kept in rules.items() if not is_kept]


def _is_bare_font(objects: dict[int, bytes], body: bytes) -> bool:
    """Whether a font that draws is not in the file, or its signs cannot be read as text."""
    if not re.search(rb"/Type\s*/Font\b", body):
        return False
    if re.search(rb"/Subtype\s*/Type0", body):
        return not (re.search(rb"/ToUnicode \d+ 0 R", body) and re.search(rb"/DescendantFonts", body))
    described = re.search(rb"/FontDescriptor (\d+) 0 R", body)
    return described is None or not re.search(rb"/FontFile[23]? \d+ 0 R", objects[int(described.group(1))])
