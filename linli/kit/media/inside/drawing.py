"""Renditions: a picture of either side, or a film."""

from typing import IO, Any

from linli.kit.media.inside import photos, videos
from linli.kit.media.inside.bad import Bad
from linli.kit.media.inside.look import Found


def draw(task: dict[str, Any], found: Found, source: IO[bytes], out: IO[bytes]) -> None:
    """Write what `task` asks for: a `film`, or a `picture` of at most `longest_side` pixels."""
    is_video = found.duration_s is not None
    if task["name"] == "film":
        if not is_video:
            raise Bad("media_no_video")
        videos.copy(source, out)
    elif is_video:
        videos.draw(source, task["longest_side"], out, found.orientation)
    else:
        photos.draw(source, found.format, task["longest_side"], out, found.orientation)
