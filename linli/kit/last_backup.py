"""What is known of the last backup, kept in the home beside the store: it is told also when the store is away."""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

#: The clocks of two machines that share a home.
_MAY_DIFFER = timedelta(minutes=10)


@dataclass(frozen=True)
class LastBackup:
    """The last good one, and the last that failed. Moments are of the beginning; `None`: there was none."""

    good_at: datetime | None = None
    verified: bool = False
    #: Its folder.
    path: str = ""
    failed_at: datetime | None = None
    #: The sentence with which it failed.
    why: str = ""

    def as_of(self, at: datetime) -> "LastBackup":
        """Without what lies ahead: it was noted before the clock of this machine was set back, and tells nothing of now."""
        latest = at + _MAY_DIFFER
        return replace(
            self,
            good_at=self.good_at if self.good_at is None or self.good_at <= latest else None,
            failed_at=self.failed_at if self.failed_at is None or self.failed_at <= latest else None,
        )

    @property
    def has_failed_since(self) -> bool:
        """Whether the newest try was none of the good ones."""
        return self.failed_at is not None and (self.good_at is None or self.failed_at > self.good_at)


def last_backup() -> LastBackup:
    """As it was noted; an unreadable note is none."""
    try:
        kept = json.loads(_note().read_text("utf-8"))
        moments = {name: kept[name] and datetime.fromisoformat(kept[name]) for name in ("good_at", "failed_at")}
        return LastBackup(**(kept | moments))
    except (OSError, ValueError, TypeError, KeyError):
        return LastBackup()


def note_good(path: Path, *, at: datetime, verified: bool) -> None:
    """A backup is complete."""
    _write(replace(last_backup(), good_at=at, verified=verified, path=str(path)))


def note_failure(why: str, *, at: datetime) -> None:
    """A backup came to nothing."""
    _write(replace(last_backup(), failed_at=at, why=why))


def age_s(at: datetime) -> float:
    """Seconds since the last good one was begun; infinite if there was none."""
    good_at = last_backup().as_of(at).good_at
    return float("inf") if good_at is None else (at - good_at).total_seconds()


def _write(known: LastBackup) -> None:
    draft = _note().with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(known), default=datetime.isoformat, ensure_ascii=False, indent=1), "utf-8")
    os.replace(draft, _note())


def _note() -> Path:
    return Path(settings.HOME) / "backup.json"
