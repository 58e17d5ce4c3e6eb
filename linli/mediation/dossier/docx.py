"""The same blocks as a Word document. Page numbers of the contents are fields: Word reckons them anew when it opens the file."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linli.kit.papers.inside import dateless

_SERIF, _SANS = "仿宋", "黑体"
_BODY, _SMALL, _TINY = 14.0, 10.5, 9.0
_WIDTH_MM = 154
#: WD_ALIGN_PARAGRAPH.CENTER, which is there only in the bounded process.
_CENTRE: Any = 1


def docx_of(said: dict[str, Any], pages: list[list[int]], folder: Path) -> bytes:
    """The file. `pages`: first and last page of each form; `folder`: where pictures lie."""
    writer = _Writer(folder)
    if said["is"] == "dossier":
        writer.cover(said)
        writer.contents(said["forms"], pages)
        writer.next_section(numbered=True)
    else:
        writer.number_pages()
    for place, form in enumerate(said["forms"]):
        writer.form(form, place)
    if said["is"] == "dossier":
        writer.next_section(numbered=False)
        writer.back(said["back"], pages)
    writer.verification(said)
    return writer.saved(said)


class _Writer:
    """A document as it grows, from its first line to its last."""

    def __init__(self, folder: Path) -> None:
        from docx import Document
        from docx.shared import Mm

        self.folder = folder
        self.document = Document()
        self.document._body.clear_content()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(30), Mm(28)
        section.left_margin, section.right_margin = Mm(30), Mm(26)
        _font(self.document.styles["Normal"], _SERIF, _BODY)
        for style in ("Heading 1", "Heading 2"):
            _font(self.document.styles[style], _SANS, _BODY)
            self.document.styles[style].font.bold = False
            self.document.styles[style].font.color.rgb = None
        self.marks = 0

    # --- blocks ---

    def form(self, form: dict[str, Any], place: int) -> None:
        """One paper, on a page of its own, with a mark by which the contents find it."""
        for number, block in enumerate(form["blocks"]):
            made = getattr(self, f"_{block['is']}")(block)
            if block["keeps"]:
                made.paragraph_format.keep_with_next = True
            if number == 0:
                made.paragraph_format.page_break_before = place > 0
                self._mark(made, f"form{place}")
        self._mark(made, f"end{place}")

    def _title(self, block: dict[str, Any]) -> Any:
        made = self.line(block["words"], 22, font=_SANS, centred=True, after=6, style="Heading 1")
        if block["below"]:
            self.line(block["below"], 12, centred=True, after=8)
        return made

    def _heading(self, block: dict[str, Any]) -> Any:
        made = self.line(block["words"], _BODY, font=_SANS, after=2, before=6, style="Heading 2")
        made.paragraph_format.keep_with_next = True
        return made

    def _text(self, block: dict[str, Any]) -> Any:
        from docx.shared import Pt

        for line in block["lines"]:
            made = self.line(line, _BODY, after=0, before=0)
            made.paragraph_format.line_spacing = Pt(30 if block["spaced"] else 25)
            if block["indent"]:
                made.paragraph_format.first_line_indent = Pt(2 * _BODY)
        return made

    def _small(self, block: dict[str, Any]) -> Any:
        for line in block["words"].splitlines():
            made = self.line(line, _SMALL, before=4, after=2)
        return made

    def _tick(self, block: dict[str, Any]) -> Any:
        return self.line(f"{'√' if block['on'] else '□'} {block['words']}", _BODY, after=4)

    def _form(self, block: dict[str, Any]) -> Any:
        rows = block["rows"]
        table = self._table_of(len(rows), block["columns"])
        for row, cells in zip(table.rows, rows, strict=True):
            place = 0
            for cell in cells:
                into = row.cells[place]
                if cell["span"] > 1:
                    into = into.merge(row.cells[place + cell["span"] - 1])
                self.into(into, cell["words"], font=_SANS if cell["label"] else _SERIF, centred=cell["label"])
                place += cell["span"]
        return self.line("", 4, after=0)

    def _table_of(self, rows: int, shares: list[float]) -> Any:
        from docx.shared import Mm

        table = self.document.add_table(rows, len(shares))
        table.style = self.document.styles["Table Grid"]
        table.autofit = False
        widths = [Mm(_WIDTH_MM * share / sum(shares)) for share in shares]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = width
        return table

    def _table(self, block: dict[str, Any]) -> Any:
        table = self._table_of(1 + len(block["rows"]), block["widths"])
        for cell, words in zip(table.rows[0].cells, block["columns"], strict=True):
            self.into(cell, words, font=_SANS, centred=True)
        # Said to be a header: printed again on every page, and read out as such.
        table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
        for row, cells in zip(table.rows[1:], block["rows"], strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                self.into(cell, words)
        return self.line("", 4, after=0)

    def _signs(self, block: dict[str, Any]) -> Any:
        fields = block["fields"]
        if fields:
            beside = 3 if len(fields) > 2 else 2
            table = self.document.add_table(-(-len(fields) // beside), beside)
            for row in table.rows:
                # A name, its signature and their day stay on one page.
                row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
            for place, field in enumerate(fields):
                self._sign(table.rows[place // beside].cells[place % beside], field)
            for cell in table.rows[-1].cells if block["keeps"] else ():
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        return self.line("", 4, after=0)

    def _sign(self, cell: Any, field: dict[str, Any]) -> None:
        from docx.shared import Emu, Mm, Pt

        self.into(cell, f"{field['label']}：{field['name']}", size=12)
        cell.paragraphs[0].paragraph_format.space_before = Pt(8)
        drawn = cell.add_paragraph()
        if field["picture"]:
            shown = drawn.add_run().add_picture(str(self.folder / field["picture"]), height=Mm(14))
            if shown.width > Mm(44):
                shown.height, shown.width = Emu(int(shown.height * Mm(44) / shown.width)), Mm(44)
            shown._inline.docPr.set("descr", f"{field['name']}的签名")
        else:
            drawn.paragraph_format.space_before = Pt(16)
        drawn.paragraph_format.space_after = Pt(2)
        _underline(drawn)
        self.into(cell, field["note"], size=_TINY, more=True)

    def _stamp(self, block: dict[str, Any]) -> Any:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        for words, before in ((block["body"], 24), (block["note"], 2), (block["day"], 2)):
            made = self.line(words, _BODY, before=before, after=0)
            made.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            made.paragraph_format.keep_with_next = words != block["day"]
        return made

    def _scans(self, block: dict[str, Any]) -> Any:
        from docx.shared import Emu, Mm

        for page in block["pages"]:
            made = self.line(page["name"], 11, font=_SANS)
            made.paragraph_format.page_break_before = True
            if page["picture"]:
                drawn = self.document.add_paragraph()
                drawn.alignment = _CENTRE
                shown = drawn.add_run().add_picture(str(self.folder / page["picture"]), width=Mm(_WIDTH_MM))
                if shown.height > Mm(215):
                    shown.height, shown.width = Mm(215), Emu(int(shown.width * Mm(215) / shown.height))
                shown._inline.docPr.set("descr", page["name"])
        return made

    # --- the whole ---

    def cover(self, said: dict[str, Any]) -> None:
        """封面."""
        cover = said["cover"]
        self.line(cover["body"], 20, centred=True, before=60, after=30)
        self.line(cover["words"], 36, font=_SANS, centred=True, after=50, style="Heading 1")
        self._rows(cover["rows"])

    def contents(self, forms: list[dict[str, Any]], pages: list[list[int]]) -> None:
        """卷内目录."""
        made = self.line("卷内目录", 22, font=_SANS, centred=True, after=12, style="Heading 1")
        made.paragraph_format.page_break_before = True
        table = self._table_of(1 + len(forms), [0.8, 5.0, 1.2, 1.5])
        for cell, words in zip(table.rows[0].cells, ("序号", "文书名称", "页号", "备注"), strict=True):
            self.into(cell, words, font=_SANS, centred=True)
        for place, (row, form) in enumerate(zip(table.rows[1:], forms, strict=True)):
            self.into(row.cells[0], str(place + 1), centred=True)
            self.into(row.cells[1], form["title"])
            self.into(row.cells[3], form["remark"], centred=True)
            _field(row.cells[2].paragraphs[0], f"PAGEREF form{place}", str(pages[place][0]), size=11)
            row.cells[2].paragraphs[0].alignment = _CENTRE

    def back(self, back: dict[str, Any], pages: list[list[int]]) -> None:
        """封底."""
        self.line(back["words"], 22, font=_SANS, centred=True, before=20, after=20, style="Heading 1")
        table = self._rows([("本卷页数", ""), *back["rows"]])
        counted = table.rows[0].cells[1].paragraphs[0]
        _font(counted.add_run("共"), _SERIF, _BODY)
        _field(counted, f"PAGEREF end{len(pages) - 1}", str(pages[-1][1]))
        _font(counted.add_run("页"), _SERIF, _BODY)

    def _rows(self, rows: Iterable[Sequence[str]]) -> Any:
        rows = list(rows)
        table = self._table_of(len(rows), [1.2, 4.0])
        for row, (name, words) in zip(table.rows, rows, strict=True):
            self.into(row.cells[0], name, size=_BODY, font=_SANS, centred=True)
            self.into(row.cells[1], words, size=_BODY)
        return table

    def verification(self, said: dict[str, Any]) -> None:
        """How to verify it: a code to scan, the address and the hash."""
        from docx.shared import Mm

        made = self.document.add_paragraph()
        made.paragraph_format.keep_with_next = True
        code = made.add_run().add_picture(str(self.folder / "code.png"), width=Mm(28))
        code._inline.docPr.set("descr", "核验二维码")
        words = "扫描二维码可以核验本件真伪：只显示案号、日期和是否属实，不显示内容。"
        self.line(words, 9, after=0).paragraph_format.keep_with_next = True
        self.line(f"核验地址：{said['address']}", 9, after=0).paragraph_format.keep_with_next = True
        self.line(f"内容校验值（SHA-256）：{said['sha256']}", 9, after=0)

    def next_section(self, *, numbered: bool) -> None:
        """What follows begins a new page; its pages are counted from one, or not at all."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        section = self.document.add_section()
        section.footer.is_linked_to_previous = False
        if numbered:
            begin = OxmlElement("w:pgNumType")
            begin.set(qn("w:start"), "1")
            section._sectPr.insert_element_before(begin, "w:cols", "w:docGrid")
            self.number_pages()

    def number_pages(self) -> None:
        """— 3 — at the foot."""
        foot = self.document.sections[-1].footer.paragraphs[0]
        foot.alignment = _CENTRE
        _font(foot.add_run("— "), _SERIF, _SMALL)
        _field(foot, "PAGE", "1", dirty=False, size=_SMALL)
        _font(foot.add_run(" —"), _SERIF, _SMALL)

    def saved(self, said: dict[str, Any]) -> bytes:
        """The bytes, the same for the same words."""
        document, written = self.document, datetime(2026, 1, 1, tzinfo=UTC)
        relations = document.part.package.rels
        for key in [key for key, one in relations.items() if one.reltype.endswith("/thumbnail")]:
            del relations[key]
        core = document.core_properties
        core.title, core.author, core.comments = said["title"][:200], said["body"][:200], ""
        core.identifier, core.created, core.modified = said["sha256"], written, written
        out = io.BytesIO()
        document.save(out)
        return dateless(out.getvalue())

    # --- lines ---

    def line(self, words: str, size: float, **more: Any) -> Any:
        """A paragraph of its own."""
        from docx.shared import Pt

        made = self.document.add_paragraph(style=more.get("style"))
        if more.get("centred"):
            made.alignment = _CENTRE
        made.paragraph_format.space_before = Pt(more.get("before", 0))
        made.paragraph_format.space_after = Pt(more.get("after", 4))
        _font(made.add_run(words), more.get("font", _SERIF), size)
        return made

    def into(self, cell: Any, words: str, **more: Any) -> None:
        """Words into a cell, a paragraph for each line."""
        from docx.shared import Pt

        for number, line in enumerate(words.split("\n")):
            made = cell.add_paragraph() if number or more.get("more") else cell.paragraphs[0]
            if more.get("centred"):
                made.alignment = _CENTRE
            made.paragraph_format.space_after = made.paragraph_format.space_before = Pt(2)
            _font(made.add_run(line), more.get("font", _SERIF), more.get("size", 11))

    def _mark(self, paragraph: Any, name: str) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self.marks += 1
        for kind in ("bookmarkStart", "bookmarkEnd"):
            one = OxmlElement(f"w:{kind}")
            one.set(qn("w:id"), str(self.marks))
            if kind == "bookmarkStart":
                one.set(qn("w:name"), name)
            paragraph._p.append(one)


def _element(name: str) -> Any:
    from docx.oxml import OxmlElement

    return OxmlElement(name)


def _field(paragraph: Any, code: str, words: str, *, dirty: bool = True, size: float = _BODY) -> None:
    """A field of Word with what it says until it is reckoned anew."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind, inside in (("begin", ""), ("", code), ("separate", ""), ("words", words), ("end", "")):
        run = paragraph.add_run(inside if kind == "words" else "")
        # A program takes the look of what it reckons from the run that begins the field.
        _font(run, _SERIF, size)
        if kind == "words":
            continue
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
            if kind == "begin" and dirty:
                part.set(qn("w:dirty"), "true")
        else:
            part.text = f" {inside} "
        run._r.append(part)


def _underline(paragraph: Any) -> None:
    """A line to sign on."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    border, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "1F2933")):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(border, "w:spacing", "w:ind", "w:jc")


def _font(of: Any, name: str, size: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    of.font.name, of.font.size = name, Pt(size)
    fonts = of.element.get_or_add_rPr().get_or_add_rFonts()
    for which in ("w:eastAsia", "w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(which), name)
    # A theme's font would win over the name.
    for which in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(which), None)
