"""What the tests of photos and videos share: a photo, a report that names files, and where they go."""

import hashlib
import io
import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from linli.events.models import Event
from linli.events.testing import GRID
from linli.intake import digest, media_uploads
from linli.intake.testing import Door, a_report
from linli.kit.media.storing import original, store

REPORTS = "/intake/v1/reports"


def a_photo(seed: int = 1) -> bytes:
    """A photo that does not shrink to nothing."""
    out = io.BytesIO()
    Image.frombytes("RGB", (160, 120), random.Random(seed).randbytes(160 * 120 * 3)).save(out, "JPEG", quality=90)
    return out.getvalue()


PHOTO = a_photo()


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def named(*files: bytes) -> list[dict[str, Any]]:
    return [{"sha256": hash_of(one), "size": len(one), "type": "image/jpeg"} for one in files]


def reported(door: Door, *files: bytes, seed: int = 1, **headers: str) -> str:
    """Send the words; the address below which the files go."""
    report = a_report(random.Random(seed), area=GRID, photos=named(*files))
    status, answer = door.post(REPORTS, report, **headers)
    assert status == 201, answer
    return f"{REPORTS}/{report['id']}"


def at(report: str, content: bytes) -> str:
    return f"{report}/media/{hash_of(content)}"


def digested() -> Event:
    digest.digest_all(timezone.now())
    media_uploads.settle_waiting(timezone.now())
    return Event.objects.get()


def states(door: Door, report: str) -> list[tuple[str, int]]:
    return [(one["state"], one["received"]) for one in door.get(report)[1]["media"]]


def lies_in_store(content: bytes) -> bool:
    return store().exists(original(hash_of(content)))


@contextmanager
def mounted(path: Path, size_mb: int) -> Iterator[Path]:
    """A small file system; only root can mount one."""
    path.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("A small file system can be mounted by root only.")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)
