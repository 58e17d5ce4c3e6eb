"""Sets the papers of one dispute in the bounded process of `linli.kit.papers`: PDF by typst, DOCX built from the same blocks."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linli.kit.papers.glyphs import clean, covered_by, everywhere, printable
from linli.kit.papers.inside import to_keep, typst_of
from linli.mediation.dossier.docx import docx_of

_PAPER = Path(__file__).resolve().parent / "paper"
#: Pixels of a picture of a signature: as sent, and as it is kept on paper.
_MOST_PIXELS, _SIDE = 40_000_000, 900
#: Signatures beyond this many take a page of their own.
_MOST_TOGETHER = 12
#: Pages of files that belong to papers: pixels of the longer side (A4 at 150 dpi), how good, and how many there are at most.
_PAGE_SIDE, _PAGE_QUALITY, _MOST_PAGES = 1754, 80, 60


def make(folder: Path, task: dict[str, Any]) -> None:
    """`paper.pdf` and `paper.docx` in the folder; pictures of signatures lie there as they were sent."""
    said = everywhere(clean, task["said"])
    for file in _PAPER.glob("*.typ"):
        shutil.copy(file, folder / file.name)
    _redraw(folder, said)
    _unfold(folder, said, task)
    _draw_code(folder, said["address"])
    _keep_together(said)
    covered = covered_by(task["fonts"])
    sent = {"said": everywhere(lambda words: printable(words, covered), said)}
    compiler = typst_of(task, folder / "paper.typ", sent)
    (folder / "paper.pdf").write_bytes(to_keep(compiler, timestamp=task["timestamp"]))
    pages = _pages(compiler) if said["is"] == "dossier" else []
    (folder / "paper.docx").write_bytes(docx_of(said, pages, folder))


def _keep_together(said: dict[str, Any]) -> None:
    """What stands before signatures or a stamp keeps with them: nobody signs a page that says nothing else."""
    for form in said["forms"]:
        blocks = form["blocks"]
        for block, follower in zip(blocks, [*blocks[1:], {"is": ""}], strict=True):
            fields = follower.get("fields")
            block["keeps"] = follower["is"] == "stamp" or bool(fields) and len(fields) <= _MOST_TOGETHER


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
            plain = _on_white(picture)
    except Exception:  # What a decoder raises for a broken file is of every kind.
        return ""
    plain.save(folder / f"{name}.png", "PNG")
    return f"{name}.png"


def _on_white(picture: Any) -> Any:
    """White paper behind it: what a picture leaves open would be black, and a DOCX is also read on dark screens."""
    from PIL import Image

    clear = picture.convert("RGBA")
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white


def _unfold(folder: Path, said: dict[str, Any], task: dict[str, Any]) -> None:
    """Each page of each file as a picture; what cannot be shown is said to be kept elsewhere."""
    left = _MOST_PAGES
    for form in said["forms"]:
        for block in form["blocks"]:
            if block["is"] != "scans":
                continue
            pages = []
            for one in block["pages"]:
                drawn = _pages_of(folder, one["picture"], task, left)
                left -= len(drawn)
                several = len(drawn) > 1
                pages += [
                    {"name": one["name"] + (f"（第{number}页）" if several else ""), "picture": picture}
                    for number, picture in enumerate(drawn, 1)
                ] or [{"name": f"{one['name']}（此处无法显示，原件存本会电子档案）", "picture": ""}]
            block["pages"] = pages


def _pages_of(folder: Path, name: str, task: dict[str, Any], most: int) -> list[str]:
    """Names of pictures, one a page; none for what is neither picture nor PDF, or where there is no more room."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    made: list[str] = []
    for number, content in zip(range(most), _drawings(folder, name, task), strict=False):
        try:
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
                picture.thumbnail((_PAGE_SIDE, _PAGE_SIDE))
                plain = _on_white(ImageOps.exif_transpose(picture))
        except Exception:  # What a decoder raises for a broken file is of every kind.
            return made
        made.append(f"{name}-{number}.jpg")
        plain.save(folder / made[-1], "JPEG", quality=_PAGE_QUALITY)
    return made


def _drawings(folder: Path, name: str, task: dict[str, Any]) -> Iterator[bytes]:
    """The picture itself; of a PDF, which PDF/A holds none of, each page drawn."""
    content = (folder / name).read_bytes()
    if not content.startswith(b"%PDF-"):
        yield content
        return
    import typst

    shutil.copy(folder / name, folder / "scan.pdf")
    for number in range(1, _MOST_PAGES + 1):
        try:
            compiler = typst_of(task, folder / "scan.typ", {"page": number})
            yield compiler.compile(format="png", ppi=150.0)
        except typst.TypstError:
            # There are no more; or it is encrypted or broken.
            return


def _draw_code(folder: Path, address: str) -> None:
    import segno

    code = segno.make(address, error="m", micro=False)
    code.save(str(folder / "code.svg"), kind="svg", border=0, dark="#1f2933", svgns=True, xmldecl=True)
    out = io.BytesIO()
    code.save(out, kind="png", border=2, scale=8)
    (folder / "code.png").write_bytes(out.getvalue())
