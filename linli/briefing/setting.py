"""Sets the papers of one briefing in the bounded process of `linli.kit.papers`: PDF by typst, DOCX by a template."""

import io
from pathlib import Path
from typing import Any

from linli.kit.papers.inside import SentFails, describe, narrow_environment, to_keep, typst_of

_PAPER = Path(__file__).resolve().parent / "paper"


def make(folder: Path, task: dict[str, Any]) -> None:
    """`briefing.pdf` and `briefing.docx` in the folder; a template lies there as `template.docx` where there is one."""
    pictures = {chart["code"]: _picture(task, chart) for chart in _charts(task["paper"])}
    if task["pdf"]:
        (folder / "briefing.pdf").write_bytes(_pdf(task))
    template = folder / "template.docx"
    try:
        filled = _docx(template if template.exists() else _PAPER / "briefing.docx", task["paper"], pictures)
    except Exception as why:
        if not template.exists():
            raise
        raise SentFails(f"{type(why).__name__}: {why}") from None
    (folder / "briefing.docx").write_bytes(filled)


def _charts(paper: dict[str, Any]) -> list[dict[str, Any]]:
    return [chart for section in paper["sections"] for chart in section["charts"]]


def _sent(task: dict[str, Any], **more: Any) -> dict[str, Any]:
    english = task["paper"]["language"].startswith("en")
    return {"lang": "en" if english else "zh", "base": task["base"], **more}


def _pdf(task: dict[str, Any]) -> bytes:
    compiler = typst_of(task, _PAPER / "briefing.typ", _sent(task, paper=task["paper"]))
    return to_keep(compiler, timestamp=task["timestamp"])


def _picture(task: dict[str, Any], chart: dict[str, Any]) -> bytes:
    compiler = typst_of(task, _PAPER / "chart.typ", _sent(task, chart=chart))
    return compiler.compile(format="png", ppi=220.0)  # type: ignore[no-any-return]


# --- DOCX --------------------------------------------------------------------------------------------------------------


def _docx(template: Path, paper: dict[str, Any], pictures: dict[str, bytes]) -> bytes:
    """The template with the words of the paper, as plain text, and its charts as pictures with their words beside them."""
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage

    document = DocxTemplate(str(template))

    def drawn(chart: dict[str, Any]) -> Any:
        file = io.BytesIO(pictures[chart["code"]])
        return _Drawn(InlineImage(document, file, width=Mm(150)))

    document.render(_context(paper, drawn), jinja_env=narrow_environment(), autoescape=True)
    describe(document.docx, [chart["alt"] for chart in _charts(paper)])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Drawn:
    """A picture that can be put somewhere, and nothing else: what it is made of can be reached from no template."""

    def __init__(self, image: Any) -> None:
        self._image = image

    def __str__(self) -> str:
        return str(self._image)

    def __html__(self) -> str:
        return str(self._image)


def _context(paper: dict[str, Any], drawn: Any) -> dict[str, Any]:
    """Text, lists of text, and pictures."""

    def text(pieces: list[list[str]]) -> str:
        return "".join(piece[0] for piece in pieces)

    sections = [
        {
            "heading": section["heading"],
            "paragraphs": [text(one) for one in section["paragraphs"]],
            "tables": [
                {
                    "caption": one["caption"],
                    "columns": one["columns"],
                    "rows": [[text(cell) for cell in row] for row in one["rows"]],
                }
                for one in section["tables"]
            ],
            "charts": [{"title": one["title"], "picture": drawn(one)} for one in section["charts"]],
        }
        for section in paper["sections"]
    ]
    plain = ("masthead", "issue", "office", "day", "title", "meanings_heading", "meanings")
    return {
        **{name: paper[name] for name in plain},
        "lead": text(paper["lead"]),
        "sections": sections,
        "notes": [text(one) for one in paper["notes"]],
    }
