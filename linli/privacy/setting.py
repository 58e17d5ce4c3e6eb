"""Sets a plain paper in the bounded process of `linli.kit.papers`: a title, headings, paragraphs and tables, as DOCX."""

from pathlib import Path
from typing import Any

_BODY, _TITLE, _HEADING = 14, 20, 15


def make(folder: Path, task: dict[str, Any]) -> None:
    """`paper.docx` in the folder, of `title`, `lines` and `sections` ({heading, lines, rows})."""
    from docx import Document
    from docx.shared import Mm

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(document.styles["Normal"], task["serif"][0], _BODY)
    for style, size in (("Title", _TITLE), ("Heading 1", _HEADING)):
        _font(document.styles[style], task["sans"][0], size)
    document.add_paragraph(task["title"], style="Title")
    _lines(document, task["lines"])
    for one in task["sections"]:
        document.add_paragraph(one["heading"], style="Heading 1")
        _lines(document, one["lines"])
        if one["rows"]:
            _table(document, one["rows"])
    document.core_properties.title = task["title"]
    document.core_properties.author = ""
    document.save(str(folder / "paper.docx"))


def _lines(document: Any, lines: list[str]) -> None:
    for line in lines:
        document.add_paragraph(line)


def _table(document: Any, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words


def _font(style: Any, name: str, size: int) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = name, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
