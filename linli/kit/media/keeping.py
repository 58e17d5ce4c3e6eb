"""Keeping what was sent: checked, then stored byte for byte under its SHA-256."""

from pathlib import Path

from linli.kit.media.checking import File, inspect, inspect_bytes
from linli.kit.media.storing import original, store


def keep(content: bytes) -> File:
    """Check a photo or video and keep it as it is. Raises `BadInput`; nothing is stored then. From any thread."""
    file = inspect_bytes(content)
    store().put(original(file.sha256), content)
    return file


def keep_file(path: Path) -> File:
    """The same for a file on this machine, which is left where it is."""
    file = inspect(path)
    store().put(original(file.sha256), path)
    return file
