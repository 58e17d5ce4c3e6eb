"""Anchors: each day the end of every chain is written into a file outside the database, which is only ever appended to.

Whoever can write the whole table can make a new chain that holds in itself. It does not meet the anchors, if those lie
where that person cannot write: on another machine, or on a medium that is written once. Each line has the digest of the
line before it, and the journal has the number of lines and the digest of the last one: so a shorter file is known, too.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from linli.journal.actions import Act, record_many
from linli.journal.models import ChainHead
from linli.people.models import Person

_FIRST = "0" * 64
_LONGEST = 4096
UNREADABLE = "anchors_unreadable"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line: on this day, the entry of this number was the last of the chain, with this digest."""

    day: str
    chain: str
    number: int
    digest: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Lines that are not as they were appended. `why`: as of a `proving.Break`."""

    line: int
    why: str
    until: int = 0
    day: str = ""


@dataclass
class Anchors:
    """What the file holds."""

    lines: list[Anchor] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _of: dict[str, list[Anchor]] = field(default_factory=dict)

    def of(self, chain: str) -> list[Anchor]:
        """Those of a chain, the oldest first."""
        return self._of.get(chain, [])

    def add(self, one: Anchor) -> None:
        """One more line."""
        self.lines.append(one)
        self._of.setdefault(one.chain, []).append(one)


def anchors_path() -> Path:
    """The file."""
    return Path(settings.ANCHORS) / "journal.jsonl"


def read_anchors() -> Anchors:
    """All anchors, and where the file is not as it was appended."""
    found = Anchors()
    try:
        _read(found)
    except OSError:
        found.faults.insert(0, Fault(0, UNREADABLE))
    return found


def _read(found: Anchors) -> None:
    before, last_line = _FIRST, 0
    for number, line in _lines():
        one = _parsed(line)
        if one is None:  # what a machine wrote that lost its power; the next line tells whether something is gone
            continue
        if one[1] != before:
            found.faults.append(Fault(last_line + 1, "anchors_edited", number, one[0].day))
        found.add(one[0])
        before, last_line = one[0].sha256, number


def _lines() -> Iterator[tuple[int, bytes]]:
    try:
        with anchors_path().open("rb") as file:
            yield from enumerate(iter(lambda: file.readline(_LONGEST), b""), 1)
    except FileNotFoundError:
        return


def _parsed(line: bytes) -> tuple[Anchor, str] | None:
    """A line, and the digest of the one before as it says; None for what is no line of ours."""
    try:
        said = json.loads(line)
        digest, before = str(said["digest"]), str(said["before"])
        bytes.fromhex(digest)
        sha256 = hashlib.sha256(line.rstrip(b"\n")).hexdigest()
        return Anchor(str(said["day"]), str(said["chain"]), int(said["number"]), digest, sha256), before
    except (ValueError, TypeError, KeyError):
        return None


def is_anchored(at: datetime) -> bool:
    """Whether the anchors of this day are there. A later day was written before the clock of this machine was set back."""
    lines = read_anchors().lines
    return bool(lines) and lines[-1].day == timezone.localdate(at).isoformat()


def anchor(at: datetime, by: Person | None = None) -> int:
    """Append the end of every chain, and write that down in the journal; how many lines. Raises `OSError`.

    The file is written first: if the journal is not, the file is longer than the journal says, which is no harm.
    """
    day = timezone.localdate(at).isoformat()
    heads = list(ChainHead.objects.filter(length__gt=0).order_by("chain"))
    if not heads:
        return 0
    path = anchors_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before = read_anchors().lines
        last = before[-1].sha256 if before else _FIRST
        text, last = _text(day, heads, last)
        _write(file.fileno(), (b"" if _ends_well(path) else b"\n") + text)
        os.fsync(file.fileno())
    _sync_folder(path.parent)
    facts = {"day": day, "lines": len(before) + len(heads), "last": last}
    record_many([Act("journal.anchored", "journal", day, None, by.pk if by else None, at, facts)])
    return len(heads)


def _write(file: int, text: bytes) -> None:
    """All of it. A disk that is nearly full takes a part without complaint, and says so when asked for the rest."""
    while text:
        text = text[os.write(file, text) :]


def _text(day: str, heads: list[ChainHead], last: str) -> tuple[bytes, str]:
    """The lines, and the digest of the last of them."""
    text = b""
    for head in heads:
        digest = bytes(head.digest).hex()
        line = {"day": day, "chain": head.chain, "number": head.length, "digest": digest, "before": last}
        written = json.dumps(line, separators=(",", ":")).encode()
        last = hashlib.sha256(written).hexdigest()
        text += written + b"\n"
    return text, last


def _ends_well(path: Path) -> bool:
    """Whether the file ends with a whole line: a machine may have lost its power while it wrote."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return file.read(1) in (b"", b"\n")


def _sync_folder(folder: Path) -> None:
    """The name of a new file is kept with its folder."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
