"""Writes the DOCX by which briefings are set where an office has none of its own: `python -m tools.paper_template`.

The file is kept in the repository; this says what is in it, and makes it anew. Words in braces are what docxtpl fills in.
"""

import io
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

PLACE = Path(__file__).resolve().parent.parent / "linli" / "briefing" / "paper" / "briefing.docx"
RED, GREY = RGBColor(0xC8, 0x10, 0x2E), RGBColor(0x4A, 0x55, 0x60)
SERIF, SANS = "仿宋", "黑体"
CENTRE = WD_ALIGN_PARAGRAPH.CENTER


def main() -> int:
    """Write it."""
    document = Document()
    _pages(document)
    _head(document)
    _sections(document)
    _annex(document)
    document.core_properties.title, document.core_properties.author = "简报", "linli"
    PLACE.write_bytes(_dateless(document))
    return 0


def _pages(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(34), Mm(32)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(document.styles["Normal"], SERIF, 15)
    for name, size in (("Heading 1", 15.5), ("Caption", 10)):
        _font(document.styles[name], SANS, size)
        document.styles[name].font.bold = document.styles[name].font.italic = False
        document.styles[name].font.color.rgb = RGBColor(0x1F, 0x29, 0x33)
    footer = section.footer.paragraphs[0]
    footer.alignment = CENTRE
    for words in ("— ", "PAGE", " —"):
        run = footer.add_run("" if words == "PAGE" else words)
        run.font.size = Pt(12)
        if words == "PAGE":
            _page_number(run)


def _page_number(run: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)


def _font(of: Any, name: str, size: float) -> None:
    of.font.name, of.font.size = name, Pt(size)
    fonts = of.element.get_or_add_rPr().get_or_add_rFonts()
    for which in ("w:eastAsia", "w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(which), name)
    # A theme's font would win over the name.
    for which in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(which), None)


def _line(document: Any, words: str, size: float, *, font: str = SERIF, centred: bool = False, **more: Any) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = CENTRE if centred else None
    run = paragraph.add_run(words)
    _font(run, font, size)
    if "color" in more:
        run.font.color.rgb = more["color"]
    paragraph.paragraph_format.space_after = Pt(more.get("after", 4))
    paragraph.paragraph_format.space_before = Pt(more.get("before", 0))
    return paragraph


def _head(document: Any) -> None:
    document._body.clear_content()
    _line(document, "{{ masthead }}", 38, font=SANS, centred=True, color=RED)
    _line(document, "{{ issue }}", 14, centred=True, after=8)
    line = _line(document, "{{ office }}\t{{ day }}", 14, after=16)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "14"), ("space", "4"), ("color", "C8102E")):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    line._p.get_or_add_pPr().append(border)
    _line(document, "{{ title }}", 20, font=SANS, centred=True, after=8)
    _line(document, "{{ lead }}", 11, centred=True, color=GREY, after=8)


def _sections(document: Any) -> None:
    _line(document, "{%p for section in sections %}", 10)
    document.add_paragraph("{{ section.heading }}", style="Heading 1")
    _line(document, "{%p for one in section.paragraphs %}", 10)
    paragraph = _line(document, "{{ one }}", 15)
    paragraph.paragraph_format.first_line_indent = Pt(30)
    paragraph.paragraph_format.line_spacing = Pt(27)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _line(document, "{%p endfor %}", 10)
    _line(document, "{%p for one in section.charts %}", 10)
    _line(document, "{{ one.picture }}", 10, centred=True, before=6, after=2)
    document.add_paragraph("{{ one.title }}", style="Caption").alignment = CENTRE
    _line(document, "{%p endfor %}", 10)
    _line(document, "{%p for one in section.tables %}", 10)
    document.add_paragraph("{{ one.caption }}", style="Caption").alignment = CENTRE
    table = _table(document, 3, 3)
    _cells(table.rows[0], "{%tc for name in one.columns %}", "{{ name }}", "{%tc endfor %}", font=SANS)
    _row_tag(document, table, "{%tr for row in one.rows %}", 1)
    _cells(table.rows[2], "{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}")
    _row_tag(document, table, "{%tr endfor %}", None)
    _header(table.rows[0])
    _line(document, "{%p endfor %}", 10)
    _line(document, "{%p endfor %}", 10)


def _annex(document: Any) -> None:
    document.add_paragraph("{{ meanings_heading }}", style="Heading 1").paragraph_format.page_break_before = True
    _line(document, "{%p for one in notes %}", 9.5)
    _line(document, "· {{ one }}", 9.5)
    _line(document, "{%p endfor %}", 9.5)
    table = _table(document, 2, 2)
    _row_tag(document, table, "{%tr for one in meanings %}", 0)
    _cells(table.rows[1], "{{ one.name }}", "{{ one.words }}")
    table.rows[1].cells[0].width, table.rows[1].cells[1].width = Mm(40), Mm(116)
    _row_tag(document, table, "{%tr endfor %}", None)


def _table(document: Any, rows: int, columns: int) -> Any:
    table = document.add_table(rows, columns)
    table.style = document.styles["Table Grid"]
    return table


def _cells(row: Any, *words: str, font: str = SERIF) -> None:
    for cell, text in zip(row.cells, words, strict=True):
        paragraph = cell.paragraphs[0]
        _font(paragraph.add_run(text), font, 9.5)
        paragraph.paragraph_format.space_after = Pt(2)


def _row_tag(document: Any, table: Any, words: str, place: int | None) -> None:
    """A row that is only a word to docxtpl, in its first cell; `place` None: a new last one."""
    row = table.add_row() if place is None else table.rows[place]
    row.cells[0].paragraphs[0].add_run(words)


def _header(row: Any) -> None:
    """Said to be a header: printed again on every page, and read out as such."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _dateless(document: Any) -> bytes:
    """Nothing in it depends on the day, and there is no picture of another document in it."""
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        del relations[key]
    written = datetime(2026, 1, 1, tzinfo=UTC)
    document.core_properties.created = document.core_properties.modified = written
    made = io.BytesIO()
    document.save(made)
    out = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
