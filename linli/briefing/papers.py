"""The papers of a briefing: PDF and DOCX, set in a bounded process, and the checks of a template that an office sends."""

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.briefing.setting import BAD_TEMPLATE
from linli.kit.addresses import own_address
from linli.kit.refusal import BadInput, Refused

#: What the extra `papers` brings.
_NEEDED = ("typst", "docxtpl", "pylopdf_fonts_zh_cn")
_SETTING = Path(__file__).resolve().parent / "setting.py"
_SECONDS = 90
#: Names of fonts, the first that is there is taken: those of official papers, then those of the extra.
_SERIF = ("FangSong_GB2312", "FangSong", "STFangsong", "FandolFang R", "Noto Serif SC")
_SANS = ("FZXiaoBiaoSong-B05S", "SimHei", "STHeiti", "FandolHei", "Noto Sans SC")
#: Of a template: bytes as sent, bytes unpacked, and how many parts.
LARGEST, _UNPACKED, _PARTS = 2_000_000, 20_000_000, 300


@dataclass(frozen=True)
class Papers:
    """Both files."""

    pdf: bytes
    docx: bytes


def available() -> bool:
    """Whether the extra is installed."""
    return all(find_spec(name) for name in _NEEDED)


def sample() -> bytes:
    """The template of linli itself."""
    return (_SETTING.parent / "paper" / "briefing.docx").read_bytes()


def require_papers() -> None:
    """Raises `Refused` in a home without the extra `papers`."""
    if not available():
        raise Refused(
            "no_papers",
            _("This home makes no PDF and DOCX: install the extra “papers” (docs/briefing.md). The page shows it all."),
        )


def set_papers(paper: dict[str, Any], template: bytes | None, *, at: datetime, pdf: bool = True) -> Papers:
    """Both papers of what a briefing says. `template`: an office's own DOCX. Raises `Refused`; `BadInput` for the template."""
    require_papers()
    with tempfile.TemporaryDirectory(prefix="linli-papers-") as name:
        folder = Path(name)
        (folder / "task.json").write_text(json.dumps(_task(paper, at, pdf), ensure_ascii=False), encoding="utf-8")
        if template is not None:
            (folder / "template.docx").write_bytes(template)
        _run(folder)
        made = folder / "briefing.pdf"
        return Papers(made.read_bytes() if pdf else b"", (folder / "briefing.docx").read_bytes())


def _task(paper: dict[str, Any], at: datetime, pdf: bool) -> dict[str, Any]:
    return {
        "paper": paper,
        "pdf": pdf,
        "timestamp": int(at.timestamp()),
        "fonts": _fonts(),
        "serif": _SERIF,
        "sans": _SANS,
        # Numbers lead to their rows where the home has a name that others reach.
        "base": own_address("") if settings.HOSTS else "",
        "path": [one for one in sys.path if one],
    }


def _fonts() -> list[str]:
    import pylopdf_fonts_zh_cn

    own = [str(settings.PAPER_FONTS)] if settings.PAPER_FONTS else []
    return [*own, str(pylopdf_fonts_zh_cn.serif_path().parent)]


def _run(folder: Path) -> None:
    """Nothing of our environment reaches it but where packages lie."""
    command = [sys.executable, "-I", str(_SETTING), str(folder)]
    try:
        done = subprocess.run(
            command,
            env={"LANG": "C.UTF-8", "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_much() from None
    if done.returncode == BAD_TEMPLATE:
        why = (folder / "why.txt").read_text(encoding="utf-8")
        raise BadInput(
            "template_fails",
            _("The template does not render: %(why)s. Correct it in Word, or take linli's own."),
            why=why,
            field="template",
        )
    if done.returncode < 0 and (folder / "template.docx").exists():
        raise _too_much()
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])


def _too_much() -> BadInput:
    return BadInput(
        "template_too_much",
        _("The template needs too much memory or time. Correct it in Word, or take linli's own."),
        field="template",
    )


# --- a template that somebody sends ------------------------------------------------------------------------------------

#: Kinds of references out of a document that are shown and never fetched when it is opened.
_HARMLESS = "/hyperlink"
_NEVER = ("vbaproject", "/activex/", "/embeddings/", "oleobject", "vbadata")


def check_template(content: bytes) -> None:
    """Whether it is a Word document that does nothing but stand there. Raises `BadInput`."""
    if len(content) > LARGEST:
        raise _bad("template_too_large", _("The template is larger than 2 MB. Make its pictures smaller."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _check_parts(parts)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError):
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
