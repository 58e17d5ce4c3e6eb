"""Slowing down: how often something was tried of late, by key; kept in the process, in memory that is bounded.

A try is counted for at least the time asked for and at most a twelfth longer: times are kept as counts of a twelfth each, so
that a key costs the same however often it is tried.
"""

import threading
import time
from collections.abc import Callable

_PARTS = 12
#: Keys of one throttle; some 350 bytes each.
MOST_KEYS = 50_000


class _Tries:
    """The tries under one key."""

    __slots__ = ("counts", "part_s", "total")

    def __init__(self, within_s: float) -> None:
        self.part_s = within_s / _PARTS
        #: Number of a part of the time and how many were in it, and so on; the oldest first.
        self.counts: list[int] = []
        self.total = 0

    def expire(self, now: float) -> int:
        """Leave out what is over; how many tries are left."""
        counts = self.counts
        if counts:
            oldest = int(now / self.part_s) - _PARTS
            while counts and counts[0] < oldest:
                self.total -= counts[1]
                del counts[:2]
        return self.total

    def add(self, now: float) -> None:
        """Count one more."""
        counts, part = self.counts, int(now / self.part_s)
        if counts and counts[-2] == part:
            counts[-1] += 1
        else:
            counts += (part, 1)
        self.total += 1

    def take_back(self) -> None:
        """The latest is not counted."""
        self.total -= 1
        self.counts[-1] -= 1
        if not self.counts[-1]:
            del self.counts[-2:]


class Throttle:
    """Counts of tries. All limits on one key have the same time.

    When there are too many keys, one goes that has not come to half its limit: nobody gets rid of a limit by making up other
    keys, short of bringing all of them to half of theirs.
    """

    def __init__(self, most_keys: int = MOST_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_keys, self._clock = most_keys, clock
        self._light: dict[str, _Tries] = {}
        self._heavy: dict[str, _Tries] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._light) + len(self._heavy)

    def too_many(self, key: str, *, most: int, within_s: float) -> bool:
        """Note a try; whether it is one more than `most` in that time. Who goes on trying goes on being refused."""
        with self._lock:
            now = self._clock()
            tries = self._find(key) or self._new(key, within_s, now)
            tries.expire(now)
            self._add(key, tries, most, now)
            return tries.total > most

    def take(self, key: str, most: int, within_s: float) -> bool:
        """Note it and be true, unless it would be more than `most` in that time: what is refused is not counted."""
        with self._lock:
            now = self._clock()
            tries = self._light.get(key) or self._heavy.get(key)
            if tries is None:
                if most < 1:
                    return False
                tries = self._new(key, within_s, now)
            elif tries.expire(now) >= most:
                return False
            self._add(key, tries, most, now)
            return True

    def give_back(self, key: str) -> None:
        """What was taken last came to nothing and is not counted. A key nobody knows is left alone."""
        with self._lock:
            tries = self._find(key)
            if tries is not None and tries.total:
                tries.take_back()

    def count(self, key: str) -> int:
        """How many are counted now."""
        with self._lock:
            tries = self._find(key)
            return tries.expire(self._clock()) if tries else 0

    def wait_s(self, key: str) -> float:
        """Seconds until the oldest that are counted no longer are; 0 if none are."""
        with self._lock:
            tries, now = self._find(key), self._clock()
            if tries is None or not tries.expire(now):
                return 0.0
            return (tries.counts[0] + _PARTS + 1) * tries.part_s - now

    def forget(self, key: str | None = None) -> None:
        """Begin again for a key, or for all."""
        with self._lock:
            for some in (self._light, self._heavy):
                if key is None:
                    some.clear()
                else:
                    some.pop(key, None)

    def _find(self, key: str) -> _Tries | None:
        return self._light.get(key) or self._heavy.get(key)

    def _add(self, key: str, tries: _Tries, most: int, now: float) -> None:
        tries.add(now)
        if tries.total * 2 >= most and key in self._light:
            self._heavy[key] = self._light.pop(key)

    def _new(self, key: str, within_s: float, now: float) -> _Tries:
        """Begin with a key, and look whether two others are over: so none that is over stays for long."""
        for some in (self._light, self._heavy):
            if some:
                first = next(iter(some))
                tries = some.pop(first)
                if tries.expire(now):
                    some[first] = tries
        if len(self) >= self._most_keys:
            some = self._light or self._heavy
            del some[next(iter(some))]
        made = self._light[key] = _Tries(within_s)
        return made


#: For pages where somebody might guess.
_guesses = Throttle()
too_many = _guesses.too_many
forget = _guesses.forget
