"""For tests: files as cameras, telephones and forgers make them, and what a page would show of one."""

import io
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any

from PIL import Image

from linli.kit.media import renditions
from linli.kit.media.storing import store

Value = tuple[int, Sequence[Any]]


def shown(sha256: str) -> bytes:
    """The rendition that pages show."""
    with store().open(renditions.view(sha256)) as file:
        return file.read()


def picture(
    format: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", colour: Any = "teal", **more: Any
) -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, format, **more)
    return out.getvalue()


def text(words: str) -> Value:
    """A text of EXIF."""
    return 2, [*words.encode(), 0]


def fractions(*pairs: tuple[int, int]) -> Value:
    """Fractions of EXIF, each as what is above and what is below."""
    return 5, pairs


def exif(main: dict[int, Value] | None = None, detail: dict[int, Value] | None = None, gps: dict[int, Value] | None = None,
         order: str = "<") -> bytes:  # fmt: skip
    """An EXIF block written byte by byte, so that it can say what no library would write."""
    body = bytearray((b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8))
    main = dict(main or {})
    places = {}
    for tag, below in ((0x8769, detail), (0x8825, gps)):
        if below:
            main[tag] = 4, [0]
    places = _directory(body, main, order)
    for tag, below in ((0x8769, detail), (0x8825, gps)):
        if below:
            struct.pack_into(order + "I", body, places[tag], len(body))
            _directory(body, below, order)
    return b"Exif\0\0" + bytes(body)


def _directory(body: bytearray, entries: dict[int, Value], order: str) -> dict[int, int]:
    """Append one directory; where the value of each tag lies."""
    start = len(body)
    body += bytes(2 + 12 * len(entries) + 4)
    struct.pack_into(order + "H", body, start, len(entries))
    places = {}
    for index, (tag, (kind, values)) in enumerate(sorted(entries.items())):
        at = start + 2 + 12 * index
        packed = b"".join(_packed(kind, value, order) for value in values)
        struct.pack_into(order + "HHI", body, at, tag, kind, len(values))
        places[tag] = at + 8
        if len(packed) <= 4:
            body[at + 8 : at + 8 + len(packed)] = packed
        else:
            struct.pack_into(order + "I", body, at + 8, len(body))
            body += packed + b"\0" * (len(packed) % 2)
    return places


def _packed(kind: int, value: Any, order: str) -> bytes:
    if kind in (5, 10):
        return struct.pack(order + ("II" if kind == 5 else "ii"), *value)
    return struct.pack(order + {1: "B", 2: "B", 3: "H", 4: "I", 7: "B"}[kind], value)


def box(kind: bytes, body: bytes = b"") -> bytes:
    """An ISO box."""
    return struct.pack(">I4s", 8 + len(body), kind) + body


def video(
    format: str = "mp4", *, black: int = 0, frames: int = 10, sound: bool = True, size: tuple[int, int] = (64, 48),
    tags: dict[str, str] | None = None, pictures: bool = True, options: dict[str, str] | None = None,
) -> bytes:  # fmt: skip
    """A short film, ten pictures a second: first `black` black ones, then red ones; in silence."""
    import av

    frame_of: Any = av.VideoFrame.from_image
    out = io.BytesIO()
    with av.open(out, "w", format=format, options=options or {}) as film:
        film.metadata.update(tags or {})
        if pictures:
            seen: Any = film.add_stream("h264", rate=10)
            seen.width, seen.height = size
            seen.pix_fmt = "yuv420p"
        heard: Any = film.add_stream("aac", rate=8000) if sound else None
        for number in range(frames if pictures else 0):
            image = Image.new("RGB", size, "black" if number < black else "red")
            film.mux(seen.encode(frame_of(image)))
        if pictures:
            film.mux(seen.encode())
        if heard is not None:
            silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            silence.sample_rate = 8000
            silence.planes[0].update(bytes(silence.planes[0].buffer_size))
            for number in range(8):
                silence.pts = number * 1024
                film.mux(heard.encode(silence))
            film.mux(heard.encode())
    return out.getvalue()


def voice(name: str = "chromium.webm") -> bytes:
    """Some three seconds of sound as a recorder made it: one of the files in `tests/voices`; `test_voices` says how."""
    return (Path(__file__).parent / "tests" / "voices" / name).read_bytes()


KEY, SECRET = "linli-test-key", "linli-test-secret"


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """The address of a bucket `linli` of a store that speaks S3, in a process of its own."""
    (folder / "linli").mkdir(parents=True)
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("rclone")
    words = [
        "serve",
        "s3",
        "--addr",
        f"127.0.0.1:{port}",
        "--auth-key",
        f"{KEY},{SECRET}",
        "--config",
        "/dev/null",
        str(folder),
    ]
    running = subprocess.Popen([program, *words], stderr=subprocess.PIPE, text=True)
    try:
        assert running.stderr is not None
        for line in running.stderr:
            if "Starting s3 server" in line:
                break
        yield f"http://127.0.0.1:{port}/linli"
    finally:
        running.kill()
        running.communicate()
