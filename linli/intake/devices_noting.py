"""What phones of staff tell of themselves, written down together every few seconds: no report asks the store for that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from linli.intake.devices_told import FIELDS, Told, takes_over
from linli.intake.models import Device

log = logging.getLogger(__name__)
_EVERY_S = 10.0
#: Rows of one transaction: the hatch waits for it on SQLite.
_AT_ONCE = 50


class Noting:
    """Used in one event loop. `run` asks the store in a thread. What a killed process had not written yet is told again."""

    def __init__(self, run: Callable[[Callable[[], None]], Awaitable[Any]]) -> None:
        self._run = run
        #: What each device has said since the last time.
        self._told: dict[int, Told] = {}
        self._timer: asyncio.TimerHandle | None = None

    def note(self, device: int, told: Told) -> None:
        """It has sent something just now."""
        self._told[device] = told.after(self._told.get(device))
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
            await self._run(lambda: _write(told, timezone.now()))
        except Exception as error:
            # They will tell it again; the reports themselves are not touched by this.
            log.warning("What phones told could not be written: %s", type(error).__name__)

    def _begin(self) -> None:
        self._timer = None
        self._writing = asyncio.ensure_future(self.write())


def _write(told: dict[int, Told], at: datetime) -> None:
    keys = sorted(told)
    for first in range(0, len(keys), _AT_ONCE):
        _write_some(keys[first : first + _AT_ONCE], told, at)


def _write_some(keys: Sequence[int], told: dict[int, Told], at: datetime) -> None:
    # Read without a lock: mostly there is nothing new.
    changed = [one for one in Device.objects.filter(pk__in=keys) if takes_over(one, told[one.pk], at)]
    Device.objects.bulk_update(changed, FIELDS)
