"""Looking at a Word template that an office sends, before anything opens it."""

import io
import zipfile
import zlib
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput

#: Of a template: bytes as sent, bytes unpacked, and how many parts.
LARGEST, _UNPACKED, _PARTS = 2_000_000, 20_000_000, 300
#: Kinds of references out of a document that are shown and never fetched when it is opened.
_HARMLESS = "/hyperlink"
#: What a damaged archive may raise while it is read.
_DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError, OSError)
_NEVER = ("vbaproject", "/activex/", "/embeddings/", "oleobject", "vbadata")


def check_template(content: bytes) -> None:
    """Whether it is a Word document that does nothing but stand there. Raises `BadInput`."""
    if len(content) > LARGEST:
        raise _bad("template_too_large", _("The template is larger than 2 MB. Make its pictures smaller."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _check_parts(parts)
    except _DAMAGED:
        raise _bad(
            "template_no_docx", _("This is no Word document (.docx). Save it as one, and send it again.")
        ) from None


def _check_parts(parts: zipfile.ZipFile) -> None:
    listed = parts.infolist()
    names = {one.filename for one in listed}
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise _bad("template_no_docx", _("This is no Word document (.docx). Save it as one, and send it again."))
    if len(listed) > _PARTS or sum(one.file_size for one in listed) > _UNPACKED:
        raise _bad("template_too_large", _("The template is larger than 2 MB. Make its pictures smaller."))
    if any(part in name.lower() for name in names for part in _NEVER):
        raise _bad("template_with_macros", _("The template holds macros or embedded objects. Remove them in Word."))
    for one in listed:
        if one.filename.lower().endswith((".xml", ".rels")):
            _check_words(one.filename, parts.read(one))


def _check_words(name: str, content: bytes) -> None:
    """In UTF-8, without declarations of its own and without anything that is fetched from elsewhere when it is opened."""
    from xml.etree import ElementTree

    text = content.decode("utf-8-sig")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _bad("template_no_docx", _("This is no Word document (.docx). Save it as one, and send it again."))
    if "macroEnabled" in text and name == "[Content_Types].xml":
        raise _bad("template_with_macros", _("The template holds macros or embedded objects. Remove them in Word."))
    if not name.endswith(".rels"):
        return
    try:
        relations = list(ElementTree.fromstring(text))
    except ElementTree.ParseError:
        raise ValueError(name) from None
    for one in relations:
        if one.get("TargetMode") == "External" and not str(one.get("Type")).endswith(_HARMLESS):
            raise _bad(
                "template_from_elsewhere",
                _(
                    "The template fetches something from elsewhere (a linked picture or template). Put it inside instead."
                ),
            )


def _bad(code: str, words: Any) -> BadInput:
    return BadInput(code, words, field="template")
