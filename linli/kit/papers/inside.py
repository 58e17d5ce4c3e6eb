"""Inside the process that sets papers, bounded in memory and time: typst for PDF, and what DOCX of ours have in common.

It runs `make(folder, task)` of the module it is told. What comes out lies in the folder; the exit status is 0, or `FAILS` where
what somebody sent cannot be set, with the reason in `why.txt`. A template is somebody's file: nothing of it is executed but what
is allowed here.
"""

import importlib
import io
import json
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any

#: Address space and seconds of processor. typst maps its fonts.
_MOST_MEMORY, _MOST_SECONDS = 3 << 30, 40
FAILS = 3


class SentFails(Exception):
    """What somebody sent cannot be set."""


def main(module: str, folder: str) -> int:
    """Make what the task in the folder asks for."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    where = Path(folder)
    task = json.loads((where / "task.json").read_text(encoding="utf-8"))
    # The program that asks may find its packages elsewhere than an isolated interpreter looks.
    sys.path[:] = [*sys.path, *(one for one in task["path"] if one not in sys.path)]
    try:
        importlib.import_module(module).make(where, task)
    except SentFails as why:
        (where / "why.txt").write_text(str(why)[:400], encoding="utf-8")
        return FAILS
    return 0


def typst_of(task: dict[str, Any], file: Path, sent: dict[str, Any], *, root: Path | None = None) -> Any:
    """A compiler of one of our papers: with our fonts and those of the office, and none of the machine's.

    `sent`: words and numbers, given as one text in JSON, so that none of it is read as markup. `root`: the folder out of which
    it can read nothing; that of the paper by default.
    """
    import typst

    return typst.Compiler(
        str(file),
        root=str(root or file.parent),
        font_paths=[str(one) for one in task["fonts"]],
        ignore_system_fonts=True,
        sys_inputs={
            "sent": json.dumps({"serif": task["serif"], "sans": task["sans"], **sent}, ensure_ascii=False),
        },
    )


def to_keep(compiler: Any, *, timestamp: int) -> bytes:
    """PDF/A-2b: everything that is needed to print it is inside, for as long as it is kept."""
    return compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=timestamp)  # type: ignore[no-any-return]


def narrow_environment() -> Any:
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


def describe(document: Any, words: list[str]) -> None:
    """Say of each picture what it shows, in the order in which they stand; pictures of the template keep their words."""
    ours = [one for one in document.element.body.iter(_PICTURE) if not one.get("descr")]
    for picture, alt in zip(ours, words, strict=False):
        picture.set("descr", alt)


#: What says of a picture in the text how large it is and what it shows.
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def dateless(docx: bytes) -> bytes:
    """The same DOCX with no day of its making in its wrapping: the same content gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
