"""Sets the papers of one dispute in the bounded process of `linli.kit.papers`: PDF by typst, DOCX built from the same blocks."""

import io
import shutil
from pathlib import Path
from typing import Any

from linli.kit.papers.glyphs import clean, covered_by, everywhere, printable
from linli.kit.papers.inside import to_keep, typst_of
from linli.mediation.dossier.docx import docx_of

_PAPER = Path(__file__).resolve().parent / "paper"
#: Pixels of a picture of a signature: as sent, and as it is kept on paper.
_MOST_PIXELS, _SIDE = 40_000_000, 900


def make(folder: Path, task: dict[str, Any]) -> None:
    """`paper.pdf` and `paper.docx` in the folder; pictures of signatures lie there as they were sent."""
    said = everywhere(clean, task["said"])
    _redraw(folder, said)
    _draw_code(folder, said["address"])
    for file in _PAPER.glob("*.typ"):
        shutil.copy(file, folder / file.name)
    covered = covered_by(task["fonts"])
    sent = {"said": everywhere(lambda words: printable(words, covered), said)}
    compiler = typst_of(task, folder / "paper.typ", sent)
    (folder / "paper.pdf").write_bytes(to_keep(compiler, timestamp=task["timestamp"]))
    pages = _pages(compiler) if said["is"] == "dossier" else []
    (folder / "paper.docx").write_bytes(docx_of(said, pages, folder))


def _pages(compiler: Any) -> list[list[int]]:
    """First and last page of each form, as the contents of the PDF say."""
    import json

    return json.loads(compiler.query("<pages>", field="value", one=True))  # type: ignore[no-any-return]


def _redraw(folder: Path, said: dict[str, Any]) -> None:
    """Nothing of what was sent stands on the paper but its pixels; what is no picture is said to be none."""
    drawn: dict[str, str] = {}
    for form in said["forms"]:
        for block in form["blocks"]:
            for field in block.get("fields", []):
                if name := field["picture"]:
                    drawn.setdefault(name, _drawn(folder, name))
                    field["picture"] = drawn[name]
                    if not drawn[name]:
                        field["note"] += "（签名图片无法显示，见电子原件）"


def _drawn(folder: Path, name: str) -> str:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    try:
        with Image.open(folder / name, formats=("PNG", "JPEG")) as picture:
            picture.thumbnail((_SIDE, _SIDE))
            plain = picture.convert("RGBA")
    except Exception:  # What a decoder raises for a broken file is of every kind.
        return ""
    # White paper behind it: a DOCX is also read on dark screens.
    white = Image.new("RGB", plain.size, "white")
    white.paste(plain, mask=plain.getchannel("A"))
    white.save(folder / f"{name}.png", "PNG")
    return f"{name}.png"


def _draw_code(folder: Path, address: str) -> None:
    import segno

    code = segno.make(address, error="m", micro=False)
    code.save(str(folder / "code.svg"), kind="svg", border=0, dark="#1f2933", svgns=True, xmldecl=True)
    out = io.BytesIO()
    code.save(out, kind="png", border=2, scale=8)
    (folder / "code.png").write_bytes(out.getvalue())
