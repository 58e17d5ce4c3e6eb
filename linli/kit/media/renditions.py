"""What pages show: renditions of the original, made when first asked for, upright and without any hidden data.

They are made in a bounded process, and can be made again at any time: only the original has to be kept.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from linli.kit.media import bounded
from linli.kit.media.storing import of_before, original, store

LONGEST_SIDE = 2048
THUMB_SIDE = 480


def view(sha256: str, type: str = "") -> str:
    """The name in the store of a picture to look at: a JPEG of at most 2048 pixels a side; of a video, its poster.

    Raises `FileNotFoundError` when the original is not here. `type` is that of the original, where the caller has it.
    """
    if store().exists(of_before(sha256)):
        return of_before(sha256)
    return _made(f"views/{sha256[:2]}/{sha256}.jpg", sha256, "picture", bounded.DRAW_S, longest_side=LONGEST_SIDE)


def thumb(sha256: str, type: str = "") -> str:
    """The same, small: at most 480 pixels a side."""
    return _made(f"thumbs/{sha256[:2]}/{sha256}.jpg", sha256, "picture", bounded.DRAW_S, longest_side=THUMB_SIDE)


def film(sha256: str) -> str:
    """The name in the store of a video to play: the same pictures and sound in an MP4 that holds nothing else."""
    return _made(f"views/{sha256[:2]}/{sha256}.mp4", sha256, "film", bounded.FILM_S)


def _made(name: str, sha256: str, what: str, seconds: int, **more: int) -> str:
    kept = store()
    if not kept.exists(name):
        folder = Path(tempfile.mkdtemp(prefix="linli-"))
        draft = folder / "draft"
        try:
            with _original(sha256) as source, draft.open("w+b") as out:
                bounded.ask(what, source, out, seconds=seconds, **more)
            kept.put(name, draft)
        finally:
            draft.unlink(missing_ok=True)
            folder.rmdir()
    return name


def _original(sha256: str) -> IO[bytes]:
    """As a file of this machine. Raises `FileNotFoundError`."""
    kept = store()
    name = original(sha256)
    source = kept.open(name if kept.exists(name) else of_before(sha256))
    try:
        source.fileno()
    except OSError:
        return _near(source)
    return source


def _near(source: IO[bytes]) -> IO[bytes]:
    """What comes from another machine, on this one."""
    near = os.fdopen(os.memfd_create("original"), "w+b")
    with source:
        shutil.copyfileobj(source, near, 1 << 20)
    near.flush()
    return near
