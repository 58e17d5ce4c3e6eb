"""For tests: what a page would show of a file."""

from linli.kit.media import renditions
from linli.kit.media.storing import store


def shown(sha256: str) -> bytes:
    """The rendition that pages show."""
    with store().open(renditions.view(sha256)) as file:
        return file.read()
