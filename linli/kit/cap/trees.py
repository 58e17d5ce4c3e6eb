"""XML from outside as a plain tree: without declarations of its own, nothing replaced, nothing fetched, bounded in every way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput

#: Of a file: bytes, how deep elements lie in one another, and how many there are.
LARGEST, DEEPEST, MOST_ELEMENTS = 10_000_000, 64, 100_000
#: Names of encodings that a declaration may give, to the codec that reads them. Each GB encoding is part of the next, and
#: programs name the smaller while they write the larger: all are read as GB18030.
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "big5-hkscs": "big5hkscs",
}
#: First bytes that tell the encoding (XML 1.0, appendix F), and how many of them are a mark and no text.
_BEGINNINGS: tuple[tuple[bytes, str, int], ...] = (
    (b"\xef\xbb\xbf", "utf-8", 3),
    (b"\xff\xfe", "utf-16-le", 2),
    (b"\xfe\xff", "utf-16-be", 2),
    (b"<\0", "utf-16-le", 0),
    (b"\0<", "utf-16-be", 0),
)
_DECLARED = re.compile(rb"""^<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")


@dataclass(slots=True)
class Element:
    """An element with what lies directly in it. `line` is that of its opening tag, from 1 on."""

    space: str
    name: str
    line: int
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, that of its children left out, without blanks around it."""
        return "".join(self.pieces).strip()

    def walk(self) -> Iterator["Element"]:
        """Itself and everything in it, as it stands in the file."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_tree(content: bytes) -> Element:
    """The root of an XML file. Raises `BadInput` naming the line for whatever is not well-formed, declares or is too much.

    Comments and processing instructions are left out; XInclude, style sheets and schema locations mean nothing here.
    """
    if len(content) > LARGEST:
        words = _("The file is larger than %(most)s MB. Ask for it in parts.")
        raise BadInput("alert_too_large", words, most=LARGEST // 1_000_000)
    # Before it is decoded, as people copy files about: an empty one is no broken encoding.
    if not content.strip():
        raise BadInput("alert_empty", _("The file is empty. Fetch it again."))
    growing = _Growing()
    try:
        # In one piece: expat looks at a token that goes on in the next piece anew with each.
        growing.parser.Parse(_as_utf8(content), True)
    except expat.ExpatError as error:
        words = _("Not well-formed XML: it breaks at line %(line)s, column %(column)s. Fetch it again.")
        raise BadInput("alert_not_xml", words, line=error.lineno, column=error.offset + 1) from None
    assert growing.root is not None
    return growing.root


def _as_utf8(content: bytes) -> bytes:
    codec, mark = _codec_of(content)
    try:
        return content[mark:].decode(codec).encode("utf-8")
    except UnicodeError:
        words = _("The file is not in %(encoding)s as it says. Save it as UTF-8.")
        raise BadInput("alert_encoding_broken", words, encoding=codec.upper()) from None


def _codec_of(content: bytes) -> tuple[str, int]:
    """The codec, and how many bytes of mark stand before the text."""
    for first, codec, mark in _BEGINNINGS:
        if content.startswith(first):
            return codec, mark
    declared = _DECLARED.match(content)
    name = declared[1].decode("ascii") if declared else "utf-8"
    if name.lower() not in _CODECS:
        words = _("Files in the encoding %(encoding)s are not read. Save it as UTF-8.")
        raise BadInput("alert_encoding_unknown", words, encoding=name)
    return _CODECS[name.lower()], 0


class _Growing:
    """The tree while it is read."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0
        # The declaration inside may name another encoding than the bytes have now; this one holds.
        self.parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._declares
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._say

    def _declares(self, *_args: object) -> None:
        """Entities and files from elsewhere begin with a DOCTYPE; no alert has one (CAP 1.2 is described by a schema)."""
        words = _("Line %(line)s declares a document type (DOCTYPE). Such files are not read: an alert needs none.")
        raise BadInput("alert_with_doctype", words, line=self.parser.CurrentLineNumber)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS:
            words = _("Line %(line)s: the file has more than %(most)s elements, or more than %(deep)s in one another.")
            line = self.parser.CurrentLineNumber
            raise BadInput("alert_too_many_elements", words, line=line, most=MOST_ELEMENTS, deep=DEEPEST)
        space, _blank, local = name.rpartition(" ")
        element = Element(space, local, self.parser.CurrentLineNumber, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _say(self, text: str) -> None:
        self._open[-1].pieces.append(text)
