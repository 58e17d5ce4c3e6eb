"""The heartbeat: an outside watcher is called each minute, but only while this home is really well. Its silence is the alarm.

A worker that hangs, a machine without current, a home that takes in nothing: all of them call nobody. What is sent is the
word that all is well and the version, nothing of the county.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from linli import __version__
from linli.chores import serving
from linli.chores.models import Chore
from linli.intake.figures import anchors_age_s, digest_lag_s
from linli.journal.models import Entry
from linli.kit import health, last_backup, posting

NAME = "heartbeat"
_DIGEST_LAG, _BACKUP_AGE, _ANCHORS_AGE = timedelta(minutes=5), timedelta(days=2), timedelta(days=2)
#: A chore that has failed so often in a row does not do its work.
_FAILURES = 3
#: The worker waits for nobody outside longer than this.
_TIMEOUT_S = 3.0


class Unheard(Exception):
    """The watcher was called and did not answer well. Says what came of it, not where it is: its address is a key."""


def beat(at: datetime) -> bool:
    """Call the watcher if all is well; whether it was called. Raises `Unheard`."""
    if troubles(at):
        return False
    body = json.dumps({"well": True, "at": at.isoformat(timespec="seconds"), "version": __version__}).encode()
    answer = posting.send(settings.HEARTBEAT_URL, {}, body, _TIMEOUT_S)
    if answer.outcome != posting.Outcome.ANSWERED or not 200 <= (answer.status or 0) < 300:
        raise Unheard(f"{answer.outcome.value} {answer.status or ''}".strip())
    return True


def troubles(at: datetime) -> list[str]:
    """Words for what is not well; empty when all is."""
    store = health.trouble()
    if store:
        return [store]  # what hangs on it need not be asked
    return [word for word, is_so in _TROUBLES.items() if is_so(at)]


def _front_is_silent(at: datetime) -> bool:
    return bool(settings.HEARTBEAT_FRONT) and not serving.answers(settings.HEARTBEAT_FRONT)


def _digest_stands_still(at: datetime) -> bool:
    return digest_lag_s(at) > _DIGEST_LAG.total_seconds()


def _backup_is_old(at: datetime) -> bool:
    return last_backup.age_s(at) > _BACKUP_AGE.total_seconds()


def _anchors_are_old(at: datetime) -> bool:
    return anchors_age_s(at) > _ANCHORS_AGE.total_seconds() and Entry.objects.exists()


def _chores_fail(at: datetime) -> bool:
    return Chore.objects.filter(failures__gte=_FAILURES).exclude(name=NAME).exists()


_TROUBLES: dict[str, Callable[[datetime], bool]] = {
    "front": _front_is_silent,
    "digest": _digest_stands_still,
    "backup": _backup_is_old,
    "anchors": _anchors_are_old,
    "chores": _chores_fail,
}
