"""A progress line on standard error for long work at a terminal; silent elsewhere."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def progress(items: Iterable[T], *, total: int | None = None, label: str = "", every_s: float = 0.2) -> Iterator[T]:
    """The items unchanged, while a line tells how many have passed, of how many, and how many a second."""
    if not sys.stderr.isatty():
        yield from items
        return
    start = shown = time.monotonic()
    count = 0
    for count, item in enumerate(items, 1):
        yield item
        now = time.monotonic()
        if now - shown >= every_s:
            shown = now
            _show(label, count, total, now - start)
    _show(label, count, total, time.monotonic() - start)
    sys.stderr.write("\n")


class Meter:
    """The same line for work that tells by itself how far it has come."""

    def __init__(self, label: str, every_s: float = 0.2) -> None:
        self._label, self._every_s = label, every_s
        self._start = self._shown = time.monotonic()

    def tell(self, count: int, total: int) -> None:
        """So much of so much is done; the last time with both the same."""
        now = time.monotonic()
        if sys.stderr.isatty() and (now - self._shown >= self._every_s or count >= total):
            self._shown = now
            _show(self._label, count, total, now - self._start)
            if count >= total:
                sys.stderr.write("\n")


def _show(label: str, count: int, total: int | None, seconds: float) -> None:
    rate = count / seconds if seconds > 0 else 0.0
    if total:
        filled = min(24, 24 * count // total)
        body = f"[{'#' * filled}{'.' * (24 - filled)}] {100 * count // total:3d} %  {count:,}/{total:,}"
    else:
        body = f"{count:,}"
    sys.stderr.write(f"\r{label} {body}  {rate:,.0f}/s\x1b[K")
    sys.stderr.flush()
