"""What a phone says of itself with everything it sends, and what is kept of that: days, no place.

The one hour that is kept is that of a reminder to come, for as long as something waits: a day after it began to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from linli.intake.models import Device

#: What a phone says beyond these is a slip of its own.
MOST_WAITING, MOST_TRIES, LONGEST_APP = 100_000, 10_000, 20
_SIGNS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+-")
#: What of a device changes by it.
FIELDS = ("last_used_on", "app", "waiting", "tries", "waits_since", "grown_on", "remind_at")
#: So long something waits before its holder is told.
REMIND_AFTER = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """How much is still on the phone, how often it has tried to send the first of it, and the version of its app.

    None and empty: it did not say.
    """

    waiting: int | None = None
    tries: int | None = None
    app: str = ""

    def after(self, former: "Told | None") -> "Told":
        """With what was said before where this says nothing."""
        if former is None:
            return self
        return Told(
            former.waiting if self.waiting is None else self.waiting,
            former.tries if self.tries is None else self.tries,
            self.app or former.app,
        )


def told_by(header: Callable[[str], str]) -> Told:
    """What the headers `Linli-Waiting`, `Linli-Tries` and `Linli-App` say. `header`: its value by name, empty if not sent."""
    app = header("linli-app").strip()
    is_version = 0 < len(app) <= LONGEST_APP and set(app) <= _SIGNS
    return Told(
        _number(header("linli-waiting"), MOST_WAITING),
        _number(header("linli-tries"), MOST_TRIES),
        app if is_version else "",
    )


def _number(said: str, most: int) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 and int(said) <= most else None


def note(device: Device, told: Told, at: datetime) -> None:
    """Write down what it said; mostly that is nothing new, and nothing is written."""
    if takes_over(device, told, at):
        device.save(update_fields=FIELDS)


def takes_over(device: Device, told: Told, at: datetime) -> bool:
    """Put what was told into the row; whether it says anything new."""
    before = _state(device)
    device.last_used_on = max(device.last_used_on, timezone.localdate(at))
    device.app = told.app or device.app
    device.tries = device.tries if told.tries is None else told.tries
    if told.waiting is not None:
        _take_over_queue(device, told.waiting, at)
    return before != _state(device)


def _state(device: Device) -> tuple[Any, ...]:
    return tuple(getattr(device, name) for name in FIELDS)


def _take_over_queue(device: Device, waiting: int, at: datetime) -> None:
    before, device.waiting = device.waiting or 0, waiting
    day = timezone.localdate(at)
    if not waiting:
        device.waits_since = device.grown_on = device.remind_at = None
        device.tries = 0 if device.tries is not None else None
    elif device.waits_since is None or device.grown_on is None:
        device.waits_since = device.grown_on = day
        device.remind_at = _reminded_after(at)
    elif waiting > before:
        device.grown_on = max(device.grown_on, day)
        # Of a queue that was told of already, again.
        device.remind_at = device.remind_at or _reminded_after(at)


def _reminded_after(at: datetime) -> datetime:
    return (at + REMIND_AFTER + _HOUR - timedelta.resolution).replace(minute=0, second=0, microsecond=0)
