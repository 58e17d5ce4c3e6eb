"""Failures make one wait, longer each time. Counted in the store, so that all fronts know, and before the try is looked at,
so that a hundred at once are a hundred.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from linli.accounts.models import Tries
from linli.accounts.rules import ADDRESS, FORGOTTEN_AFTER_S, NAME, NAME_AND_ADDRESS, SECOND, Limit

#: Failures further ahead were counted before the clock of this machine was set back: nobody waits until the clock is there again.
_AHEAD = timedelta(hours=1)


@dataclass(frozen=True)
class Try:
    """One try that was counted. `wait`: it is refused unseen, and so long. `locks`: it makes the next wait if it fails."""

    #: Forgotten when the try succeeds, and those of which only this try is taken back.
    own: tuple[str, ...]
    shared: tuple[str, ...] = ()
    wait: timedelta | None = None
    locks: bool = False

    def succeed(self) -> None:
        """The failures before it no longer count."""
        Tries.objects.filter(mark__in=self.own).delete()
        Tries.objects.filter(mark__in=self.shared, count__gt=0).update(count=F("count") - 1, until_at=None)

    @property
    def wait_min(self) -> int:
        """Whole minutes, at least one."""
        return max(1, -int(-(self.wait or timedelta()).total_seconds() // 60))


def try_password(name: str, address: str, at: datetime) -> Try:
    """A user name or telephone number as it was typed, spelled alike. Whether anybody is called so is not asked."""
    pair, alone, place = _mark("pair", f"{name}\0{address}"), _mark("name", name), _mark("address", address)
    return _count({pair: NAME_AND_ADDRESS, alone: NAME, place: ADDRESS}, (pair, alone), (place,), at)


def try_provider(address: str, at: datetime) -> Try:
    """Somebody who comes back from the identity provider: nobody knows yet who they are, so the place alone counts."""
    place = _mark("address", address)
    return _count({place: ADDRESS}, (), (place,), at)


def try_second(person: int, at: datetime) -> Try:
    """Anything besides the password, or the password once more, of somebody who gave it once."""
    mark = _mark("second", str(person))
    return _count({mark: SECOND}, (mark,), (), at)


def forget_old(at: datetime) -> int:
    """Take away failures that no longer count; how many."""
    old = Q(last_at__lt=at - timedelta(seconds=FORGOTTEN_AFTER_S)) | Q(last_at__gt=at + _AHEAD)
    return Tries.objects.filter(old).delete()[0]


def _mark(kind: str, what: str) -> str:
    return salted_hmac(f"linli.accounts.tries.{kind}", what, algorithm="sha256").hexdigest()


@transaction.atomic
def _count(limits: Mapping[str, Limit], own: tuple[str, ...], shared: tuple[str, ...], at: datetime) -> Try:
    marks = sorted(limits)
    # Nothing is written for what is refused: whoever goes on with ever other names fills no table.
    waits = _waits(marks, at)
    if waits:
        return Try(own, shared, wait=max(waits))
    # In one order everywhere, so that two tries never wait for each other crosswise.
    Tries.objects.bulk_create([Tries(mark=mark, last_at=at) for mark in marks], ignore_conflicts=True)
    rows = list(Tries.objects.select_for_update().filter(mark__in=marks).order_by("mark"))
    waits = [row.until_at - at for row in rows if row.until_at and row.until_at > at and not _is_ahead(row, at)]
    if waits:  # another try was quicker
        return Try(own, shared, wait=max(waits))
    for row in rows:
        is_old = (at - row.last_at).total_seconds() > FORGOTTEN_AFTER_S or _is_ahead(row, at)
        row.count = 1 if is_old else row.count + 1
        wait_s = limits[row.mark].wait_s(row.count)
        row.last_at, row.until_at = at, at + timedelta(seconds=wait_s) if wait_s else None
        row.save()
    return Try(own, shared, locks=any(row.until_at for row in rows if row.mark in own))


def _waits(marks: list[str], at: datetime) -> list[timedelta]:
    known = Tries.objects.filter(mark__in=marks, until_at__gt=at, last_at__lte=at + _AHEAD)
    return [end - at for end in known.values_list("until_at", flat=True) if end is not None]


def _is_ahead(row: Tries, at: datetime) -> bool:
    return row.last_at > at + _AHEAD
