"""The backup of every night: begun by the worker as a process of its own, for it takes minutes, and looked after."""

import logging
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import IO, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.chores.backup import folders
from linli.kit.last_backup import LastBackup, last_backup, note_failure
from linli.kit.refusal import Refused

log = logging.getLogger(__name__)
#: When few are at work; and how long after a failure it is tried again.
NIGHT = time(2, 0)
_AGAIN_AFTER = timedelta(hours=1)
_begun: "_Begun | None" = None


class _Begun(NamedTuple):
    """A backup that is being made, with what it says of itself."""

    process: "subprocess.Popen[bytes]"
    said: IO[bytes]
    at: datetime


def waits() -> bool:
    """Whether there is a backup to begin or to look after."""
    if not settings.BACKUP_TO:
        return False
    return _begun is not None or is_due(last_backup(), timezone.now())


def is_due(last: LastBackup, at: datetime) -> bool:
    """Whether none was made since the last night began. The first one need not wait for the night."""
    last = last.as_of(at)
    if last.has_failed_since and last.failed_at is not None and at < last.failed_at + _AGAIN_AFTER:
        return False
    return last.good_at is None or last.good_at < _night_before(at)


def _night_before(at: datetime) -> datetime:
    local = timezone.localtime(at)
    tonight = timezone.make_aware(datetime.combine(local.date(), NIGHT))
    return tonight if tonight <= local else timezone.make_aware(datetime.combine(local.date() - timedelta(1), NIGHT))


def go_on(at: datetime) -> bool:
    """Begin the backup, or see what has become of it. Raises `Refused` with its last words when it failed."""
    global _begun
    if _begun is None:
        # Asked here too: `linli work --once` does every chore, whether it waits or not.
        if waits() and not folders.is_running(Path(settings.HOME)):
            _begun = _begin(at)
        return False
    if _begun.process.poll() is None:
        return False
    ended, _begun = _begun, None
    if ended.process.returncode:
        why = _last_words(ended)
        # It notes by itself what hindered it while it was made; not that it had no key, or was killed.
        failed_at = last_backup().failed_at
        if failed_at is None or failed_at < ended.at:
            with suppress(OSError):
                note_failure(why, at=at)
        raise Refused("backup_failed", _("The backup failed: %(why)s"), why=why)
    ended.said.close()
    return False


def _last_words(ended: "_Begun") -> str:
    with ended.said as said:
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else gettext("ended by %(code)s") % {"code": ended.process.returncode}


def _begin(at: datetime) -> "_Begun":
    """As somebody would at a terminal, and behind everybody else in the queue for the processor."""
    said = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
    command = [sys.executable, "-m", "linli.command", "backup", "--keep", str(settings.BACKUP_KEEP)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, preexec_fn=lambda: os.nice(10)
    )
    return _Begun(process, said, at)
