"""Keeping what was sent: checked, then stored byte for byte under its SHA-256."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from linli.kit.media.checking import File, inspect, inspect_bytes
from linli.kit.media.storing import original, store
from linli.kit.refusal import Refused


def keep(content: bytes) -> File:
    """Check a photo or video and keep it as it is. Raises `BadInput`; nothing is stored then. From any thread."""
    return _kept(inspect_bytes(content), content)


def keep_file(path: Path, *, as_voice: bool = False) -> File:
    """The same for a file on this machine, which is left where it is. `as_voice`: it was named as a voice note."""
    return _kept(inspect(path, as_voice=as_voice), path)


class NotKept(Refused):
    """The store cannot take it now (HTTP 503); nothing is half-stored, and the same may be sent again."""

    status = 503


def _kept(file: File, content: Path | bytes) -> File:
    try:
        store().put(original(file.sha256), content)
    except OSError as error:
        words = _("Photos and videos cannot be stored just now. Send it again in a few minutes.")
        raise NotKept("media_not_kept", words) from error
    return file
