"""What phones of staff tell of themselves, written down together every few seconds: no report asks the store for that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from linli.intake.models import Device

log = logging.getLogger(__name__)
_EVERY_S = 10.0
#: Rows of one transaction: the hatch waits for it on SQLite.
_AT_ONCE = 50
#: What a phone says beyond this is a slip of its own.
MOST_WAITING = 100_000


class Noting:
    """Used in one event loop. `run` asks the store in a thread. What a killed process had not written yet is told again."""

    def __init__(self, run: Callable[[Callable[[], None]], Awaitable[Any]]) -> None:
        self._run = run
        #: How much is still on the phone, by device; None if it did not say.
        self._told: dict[int, int | None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def note(self, device: int, waiting: int | None) -> None:
        """It has sent something just now."""
        self._told[device] = self._told.get(device) if waiting is None else waiting
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_EVERY_S, self._begin)

    async def write(self) -> None:
        """Write down what was told since the last time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        told, self._told = self._told, {}
        if not told:
            return
        try:
            await self._run(lambda: _write(told, timezone.localdate()))
        except Exception as error:
            # They will tell it again; the reports themselves are not touched by this.
            log.warning("What phones told could not be written: %s", type(error).__name__)

    def _begin(self) -> None:
        self._timer = None
        self._writing = asyncio.ensure_future(self.write())


def _write(told: dict[int, int | None], day: date) -> None:
    keys = sorted(told)
    for first in range(0, len(keys), _AT_ONCE):
        _write_some(keys[first : first + _AT_ONCE], told, day)


def _write_some(keys: Sequence[int], told: dict[int, int | None], day: date) -> None:
    # Read without a lock: mostly there is nothing new.
    changed = [one for one in Device.objects.filter(pk__in=keys) if _takes_over(one, told[one.pk], day)]
    Device.objects.bulk_update(changed, ["last_used_on", "waiting"])


def _takes_over(device: Device, waiting: int | None, day: date) -> bool:
    """Put what was told into the row; whether it says anything new."""
    before = device.last_used_on, device.waiting
    device.last_used_on = max(device.last_used_on, day)
    device.waiting = device.waiting if waiting is None else waiting
    return before != (device.last_used_on, device.waiting)
