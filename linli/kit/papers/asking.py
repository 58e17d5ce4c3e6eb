"""Asking the bounded process for papers: what it needs, what it gets to see, and what it says when it cannot."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings

import linli
from linli.kit.papers.inside import FAILS

#: What the extra `papers` brings.
_NEEDED = ("typst", "docxtpl", "pylopdf_fonts_zh_cn", "segno")
_SECONDS = 90
#: Names of fonts, the first that is there is taken: those of official papers, then those of the extra.
SERIF = ("FangSong_GB2312", "FangSong", "STFangsong", "FandolFang R", "Noto Serif SC")
SANS = ("FZXiaoBiaoSong-B05S", "SimHei", "STHeiti", "FandolHei", "Noto Sans SC")
_CODE = (
    "import sys; sys.path.insert(0, sys.argv[1]); from linli.kit.papers.inside import main; "
    "sys.exit(main(sys.argv[2], sys.argv[3]))"
)


class Fails(Exception):
    """What somebody sent cannot be set; `why` in the words of the program that tried."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TooMuch(Exception):
    """It needs more memory or time than there is."""


def available() -> bool:
    """Whether the extra is installed."""
    return all(find_spec(name) for name in _NEEDED)


def ask(
    module: str, task: Mapping[str, Any], *, files: Mapping[str, bytes] | None = None, makes: tuple[str, ...]
) -> dict[str, bytes]:
    """What `make` of a module makes of a task, by names of files. `files` lie beside the task.

    The task gets the fonts and the names of fonts. Raises `Fails`, `TooMuch`, and `RuntimeError` for a defect of ours.
    """
    with tempfile.TemporaryDirectory(prefix="linli-papers-") as name:
        folder = Path(name)
        (folder / "task.json").write_text(json.dumps({**task, **_common()}, ensure_ascii=False), encoding="utf-8")
        for file, content in (files or {}).items():
            (folder / file).write_bytes(content)
        _run(module, folder)
        return {one: (folder / one).read_bytes() for one in makes}


def _common() -> dict[str, Any]:
    # The process finds its packages where we find them.
    return {"fonts": _fonts(), "serif": SERIF, "sans": SANS, "path": [one for one in sys.path if one]}


def _fonts() -> list[str]:
    import pylopdf_fonts_zh_cn

    own = [str(settings.PAPER_FONTS)] if settings.PAPER_FONTS else []
    return [*own, str(pylopdf_fonts_zh_cn.serif_path().parent)]


def _run(module: str, folder: Path) -> None:
    """Nothing of our environment reaches it but where packages lie."""
    ours = str(Path(linli.__file__).resolve().parent.parent)
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CODE, ours, module, str(folder)],
            env={"LANG": "C.UTF-8", "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooMuch from None
    if done.returncode == FAILS:
        raise Fails((folder / "why.txt").read_text(encoding="utf-8"))
    if done.returncode < 0:
        raise TooMuch
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
