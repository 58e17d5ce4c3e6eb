"""The key of the backups: a line of text in a file of its own, short enough for a sheet of paper, that notices slips."""

import base64
import binascii
import hashlib
import os
import re
import secrets
import stat
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from linli.kit.reasons import reason
from linli.kit.refusal import Refused

_BYTES, _CHECK = 32, 3
_PREFIX = "linli-backup-key-1"
_NOTE = (
    "# The key of the backups of linli. Without it nobody opens them, with it whoever has them.\n"
    "# Keep a copy on paper, away from this machine and away from the backups.\n"
)


def make(path: Path) -> None:
    """Write a new key to a file that only its owner may read. Raises `Refused` if there is a file."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        words = _("%(file)s exists already. A key that made backups must not be lost: choose another name.")
        raise Refused("key_exists", words, file=str(path)) from None
    with os.fdopen(handle, "w") as file:
        file.write(f"{_NOTE}{_PREFIX} {in_words(secrets.token_bytes(_BYTES))}\n")
        file.flush()
        os.fsync(file.fileno())


def in_words(key: bytes) -> str:
    """Groups of four letters and digits, as people read them out."""
    letters = base64.b32encode(key + _check(key)).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def read(path: Path) -> bytes:
    """The key in a file. Raises `Refused`: `no_key`, `key_open` (to others), `bad_key` (a slip of the pen)."""
    try:
        text = path.read_text("utf-8", errors="replace")
        is_open = stat.S_IMODE(path.stat().st_mode) & 0o077
    except FileNotFoundError:
        words = _("There is no backup key in %(file)s. Make one with: linli backup --new-key %(file)s")
        raise Refused("no_key", words, file=str(path)) from None
    except OSError as error:
        raise Refused("no_key", _("%(file)s: %(reason)s."), file=str(path), reason=reason(error)) from None
    if is_open:
        words = _("Others on this machine can read the backup key. Run: chmod 600 %(file)s")
        raise Refused("key_open", words, file=str(path))
    return _key_in(text, path)


def _key_in(text: str, path: Path) -> bytes:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    letters = re.sub(r"[\s-]", "", lines[0].removeprefix(_PREFIX)) if len(lines) == 1 else ""
    try:
        # 0 and 1 are no letters of this alphabet: whoever copied the sheet meant O and I.
        decoded = base64.b32decode(letters, casefold=True, map01="I")
    except (binascii.Error, ValueError):
        decoded = b""
    key, check = decoded[:_BYTES], decoded[_BYTES:]
    if len(key) != _BYTES or check != _check(key):
        words = _("%(file)s holds no backup key, or one with a slip in it. Compare it with the copy on paper.")
        raise Refused("bad_key", words, file=str(path))
    return key


def _check(key: bytes) -> bytes:
    return hashlib.sha256(b"linli backup key check " + key).digest()[:_CHECK]
