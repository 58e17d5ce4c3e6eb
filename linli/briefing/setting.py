"""Sets the papers of one briefing in a process of its own, bounded in memory and time: PDF by typst, DOCX by a template.

`python -I setting.py TASK`: the folder TASK holds `task.json`, and a template `template.docx` where there is one. What
comes out lies there as `briefing.pdf` and `briefing.docx`; the exit status is 0, or 3 where the template does not render,
with the reason in `why.txt`. A template is somebody's file: nothing of it is executed but what is allowed here.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

#: Address space and seconds of processor. typst maps its fonts.
_MOST_MEMORY, _MOST_SECONDS = 3 << 30, 40
_PAPER = Path(__file__).resolve().parent / "paper"
BAD_TEMPLATE = 3


def main(folder: Path) -> int:
    """Make what the task asks for."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    # The program that asks may find its packages elsewhere than an isolated interpreter looks.
    sys.path[:] = [*sys.path, *(one for one in task["path"] if one not in sys.path)]
    pictures = {chart["code"]: _picture(task, chart) for chart in _charts(task["paper"])}
    if task["pdf"]:
        (folder / "briefing.pdf").write_bytes(_pdf(task))
    template = folder / "template.docx"
    try:
        filled = _docx(template if template.exists() else _PAPER / "briefing.docx", task["paper"], pictures)
    except Exception as why:
        if not template.exists():
            raise
        (folder / "why.txt").write_text(f"{type(why).__name__}: {why}"[:400], encoding="utf-8")
        return BAD_TEMPLATE
    (folder / "briefing.docx").write_bytes(filled)
    return 0


def _charts(paper: dict[str, Any]) -> list[dict[str, Any]]:
    return [chart for section in paper["sections"] for chart in section["charts"]]


# --- typst -------------------------------------------------------------------------------------------------------------


def _sent(task: dict[str, Any], **more: Any) -> dict[str, str]:
    """Words and numbers as one text in JSON: none of it is read as markup."""
    english = task["paper"]["language"].startswith("en")
    common = {"lang": "en" if english else "zh", "serif": task["serif"], "sans": task["sans"], "base": task["base"]}
    return {"sent": json.dumps({**common, **more}, ensure_ascii=False)}


def _typst(task: dict[str, Any], name: str, sent: dict[str, str]) -> Any:
    """A compiler of one of our papers: with our fonts and those of the office, and none of the machine's."""
    import typst

    fonts = [str(one) for one in task["fonts"]]
    return typst.Compiler(
        str(_PAPER / name), root=str(_PAPER), font_paths=fonts, ignore_system_fonts=True, sys_inputs=sent
    )


def _pdf(task: dict[str, Any]) -> bytes:
    """PDF/A-2b: everything that is needed to print it is inside, for as long as it is kept."""
    compiler = _typst(task, "briefing.typ", _sent(task, paper=task["paper"]))
    return compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=task["timestamp"])  # type: ignore[no-any-return]


def _picture(task: dict[str, Any], chart: dict[str, Any]) -> bytes:
    compiler = _typst(task, "chart.typ", _sent(task, chart=chart))
    return compiler.compile(format="png", ppi=220.0)  # type: ignore[no-any-return]


# --- DOCX --------------------------------------------------------------------------------------------------------------


def _docx(template: Path, paper: dict[str, Any], pictures: dict[str, bytes]) -> bytes:
    """The template with the words of the paper, as plain text, and its charts as pictures with their words beside them."""
    import io

    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage

    document = DocxTemplate(str(template))

    def drawn(chart: dict[str, Any]) -> Any:
        file = io.BytesIO(pictures[chart["code"]])
        return _Drawn(InlineImage(document, file, width=Mm(150)))

    document.render(_context(paper, drawn), jinja_env=_environment(), autoescape=True)
    _describe(document.docx, [chart["alt"] for chart in _charts(paper)])
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


def _environment() -> Any:
    """Jinja that can repeat, choose and print what it is given: no calls, no attributes but keys, no arithmetic, no files."""
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Narrow(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)
        intercepted_unops = frozenset(ImmutableSandboxedEnvironment.default_unop_table)

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            raise SecurityError(f"no {operator} here")

        def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
            raise SecurityError(f"no {operator} here")

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            # Of a loop its plain numbers; of all else nothing: words are found as keys of what is given.
            return type(obj).__name__ == "LoopContext" and attr in ("index", "index0", "first", "last", "length")

        def is_safe_callable(self, obj: Any) -> bool:
            return False

    kept = ("default", "length", "first", "last", "join")
    # What is not there is no empty word: whoever wrote it learns of it.
    narrow = Narrow(autoescape=True, undefined=StrictUndefined)
    narrow.globals.clear()
    narrow.filters = {name: narrow.filters[name] for name in (*kept, "e", "escape", "safe") if name != "safe"}
    narrow.tests = {name: narrow.tests[name] for name in ("defined", "undefined", "none", "odd", "even")}
    return narrow


def _describe(document: Any, words: list[str]) -> None:
    """Say of each picture what it shows, in the order in which they stand; pictures of the template keep their words."""
    ours = [one for one in document.element.body.iter(_PICTURE) if not one.get("descr")]
    for picture, alt in zip(ours, words, strict=False):
        picture.set("descr", alt)


#: What says of a picture in the text how large it is and what it shows.
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
