"""Where files lie: a folder of the home, or a bucket; by names made of their content, written whole or not at all."""

import errno
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings

from linli.kit.keys import new_key


class Store(Protocol):
    """What every storage can do. Names are like `originals/<aa>/<sha256>`; reading an absent one raises `FileNotFoundError`."""

    def put(self, name: str, content: Path | bytes) -> None:
        """Keep this content under `name`, whole and on the disk when it returns. Again is fine: a name has one content."""

    def open(self, name: str) -> IO[bytes]:
        """The content, from its beginning."""

    def exists(self, name: str) -> bool:
        """Whether something is kept under `name`."""

    def size(self, name: str) -> int:
        """How many bytes it has."""

    def delete(self, name: str) -> None:
        """Remove it; nothing happens when it is gone."""


def store() -> Store:
    """The storage of this home: its folder `media`, or the bucket `LINLI_MEDIA_S3` names."""
    if settings.MEDIA_S3:
        from linli.kit.media.s3 import Bucket

        return Bucket(settings.MEDIA_S3, Path(settings.MEDIA_S3_KEY_FILE))
    return Folder(Path(settings.MEDIA_ROOT))


def try_out() -> None:
    """Write, read and remove a small file. Raises `OSError` or `Refused` when the store does not do it."""
    kept, name, content = store(), f"trial/{new_key()}", b"linli"
    kept.put(name, content)
    try:
        with kept.open(name) as file:
            if file.read() != content:
                raise OSError(errno.EIO, os.strerror(errno.EIO), name)
    finally:
        kept.delete(name)


def original(sha256: str) -> str:
    """The name of what was sent, byte for byte."""
    return f"originals/{sha256[:2]}/{sha256}"


def of_before(sha256: str) -> str:
    """Where homes of the first days have a photo: re-encoded on arrival, original and view in one."""
    return f"{sha256[:2]}/{sha256}.jpg"


class Folder:
    """Files in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, content: Path | bytes) -> None:
        """Written beside its place, brought to the disk, then given its name: a crash leaves the old state or the new."""
        path = self.root / name
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
        try:
            with os.fdopen(handle, "wb") as file, _reading(content) as source:
                shutil.copyfileobj(source, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        _to_the_disk(path.parent)

    def open(self, name: str) -> IO[bytes]:
        """The file itself: it can be sought in, and sent by the kernel."""
        return (self.root / name).open("rb")

    def exists(self, name: str) -> bool:
        """Whether the file is there."""
        return (self.root / name).is_file()

    def size(self, name: str) -> int:
        """Bytes of the file."""
        return (self.root / name).stat().st_size

    def delete(self, name: str) -> None:
        """Unlink it."""
        (self.root / name).unlink(missing_ok=True)


def _reading(content: Path | bytes) -> IO[bytes]:
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def _to_the_disk(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
