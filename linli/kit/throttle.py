"""Slowing down whoever guesses: a count of tries per key and time, kept in the process."""

import threading
import time
from collections import defaultdict, deque

_tries: dict[str, deque[float]] = defaultdict(deque)
_lock = threading.Lock()
_MOST_KEYS = 50_000


def too_many(key: str, *, most: int, within_s: float) -> bool:
    """Note a try under `key`; whether it is one more than `most` in the last `within_s` seconds."""
    now = time.monotonic()
    with _lock:
        if len(_tries) > _MOST_KEYS:
            _tries.clear()
        tries = _tries[key]
        while tries and tries[0] < now - within_s:
            tries.popleft()
        tries.append(now)
        return len(tries) > most


def forget(key: str | None = None) -> None:
    """Begin again for a key, or for all."""
    with _lock:
        if key is None:
            _tries.clear()
        else:
            _tries.pop(key, None)
