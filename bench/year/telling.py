"""The notices of the simulated year: people with channels, a world outside that fails, and a worker that dies anywhere.

The worker decides, bundles, sends and writes down what came of it by the same functions as the real one, over the wire to
stand-ins on this machine. The conservation law is looked at in each virtual minute in which anybody did anything; in the
minutes between nothing is written, so that what held before them holds in them.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from bench.year.county import County
from linli.journal.following import place
from linli.journal.models import Notice
from linli.kit.prepared import Prepared
from linli.notices import actions, making
from linli.notices.balance import RunningBalance, balance
from linli.notices.course import Parcel
from linli.notices.models import Channel, Decision, Delivery, Follower
from linli.notices.rules import KEPT_FOR, REPEATABLE, ROBOTS, Group, Kind, Result, State, Verdict
from linli.notices.sending import carry
from linli.notices.testing import LOOPBACK, Killed, MailServer, Receiver, a_channel, mail_server, receiver, work
from linli.people.models import Person
from linli.people.rules import Role

#: The worker looks so often, if anything is due at all.
_TURN = timedelta(minutes=10)
#: A worker that was killed is followed by the next one after this: its lease has run out, and so has its claim on a delivery.
_NEXT_ONE = timedelta(minutes=2)
#: So often it dies at each of the points where it may: between two commits, and before one.
_DIES = 0.002
_EVERY = list(Group.values)
_VERDICTS = (*(Verdict.DELIVERED,) * 17, Verdict.AGAIN, Verdict.REFUSED, Verdict.UNKNOWN)
#: What a stand-in answers for a verdict; None hangs up once it has everything. Robots put the truth into the body.
_HTTP = {
    Verdict.DELIVERED: (200, '{"errcode": 0, "code": 0}'),
    Verdict.AGAIN: (503, ""),
    Verdict.REFUSED: (403, ""),
    Verdict.UNKNOWN: None,
}
_MAIL = {
    Verdict.DELIVERED: "250 ok",
    Verdict.AGAIN: "451 later",
    Verdict.REFUSED: "550 nobody of that name",
    Verdict.UNKNOWN: None,
}


@dataclass
class Outside:
    """What lies outside: a mail server and the robots' hosts, which answer as the seed has it, and the folder of texts."""

    rng: Random
    robots: Receiver
    mail: MailServer

    def send(self, parcel: Parcel) -> Result:
        """Over the wire, and what came of it."""
        verdict = self.rng.choice(_VERDICTS)
        self.robots.answers, self.mail.answers = [_HTTP[verdict]], [_MAIL[verdict]]
        result = carry(parcel)
        self.robots.got.clear()
        self.mail.got.clear()
        return result


@contextmanager
def outside(rng: Random) -> Iterator[Outside]:
    """Stand-ins on free ports, and the settings that lead there, until the end of the block."""
    before = {name: getattr(settings, name) for name in ("ROBOT_HOSTS", "MAIL_OUT", "WEBHOOK_NETWORKS")}
    with receiver() as robots, mail_server() as mail:
        settings.WEBHOOK_NETWORKS = LOOPBACK
        settings.ROBOT_HOSTS = dict.fromkeys(ROBOTS, robots.address)
        settings.MAIL_OUT = f"smtp://linli%40county.example@127.0.0.1:{mail.port}?tls=none"
        try:
            yield Outside(rng, robots, mail)
        finally:
            for name, value in before.items():
                setattr(settings, name, value)


def give_channels(county: County, at: datetime) -> int:
    """Mail for one of each township's desk, text messages for the leaders, robots for departments; how many."""
    for person in Person.objects.filter(appointments__role=Role.DESK, username__endswith="-0").order_by("pk"):
        a_channel(person, Kind.MAIL, at=at, groups=_EVERY, bundle_minutes=60)
    for number, person in enumerate(Person.objects.filter(appointments__role=Role.LEADER).order_by("pk")):
        actions.set_quiet(person, from_time=time(21), to_time=time(7), on_days_off=True, lets_pressing=number == 0)
        a_channel(person, Kind.SMS, at=at, groups=[Group.SUPERVISED, Group.DUE], bundle_minutes=60)
    for number, department in enumerate(county.departments[::3]):
        officer = county.officers[department.pk][0]
        kind = ROBOTS[number % len(ROBOTS)]
        actions.add_robot(
            kind=kind, address=f"robot-token-{department.pk}", name="科室群", by=officer, at=at, department=department
        )
    Channel.objects.filter(department__isnull=False).update(verified_at=at, groups=_EVERY, bundle_minutes=30)
    Delivery.objects.all().delete()
    return Channel.objects.count()


class Telling:
    """Decides, sends and writes down what is due, and looks at the law."""

    def __init__(self, rng: Random, outside: Outside, at: datetime) -> None:
        self.rng, self.outside = rng, outside
        self.done: Counter[str] = Counter()
        self.broken: list[str] = []
        self._running = RunningBalance()
        self._written, self._mark = 0, _last_notice()
        #: What was handed over, by the key of its delivery: how often.
        self._handed: Counter[str] = Counter()
        #: When something is due next; only the worker's own turns and news change that.
        self._due: datetime | None = None
        self._not_before = self._checked = at
        self._day: date = at.date()
        #: The last minute in which anything was written, until it was looked at.
        self._minute: datetime | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Without the sockets."""
        return self.__dict__ | {"outside": None}

    def until(self, at: datetime) -> None:
        """Every turn of the worker up to a moment; and the law in each minute that is over."""
        while self._due is not None and (turn := max(self._due, self._not_before)) <= at:
            self._look_before(turn)
            self._turn(turn)
        self._look_before(at)

    def acted(self, at: datetime) -> None:
        """Somebody did something: there may be news, and the minute is to be looked at."""
        self._minute = _minute_of(at)
        self._due = min(self._due or at, at)

    def end(self, at: datetime) -> None:
        """Go on until nothing waits any more; then every notice is accounted for. How long at most: three weeks."""
        while self._due is not None and self._due < at + timedelta(days=21):
            self.until(max(self._due, self._not_before))
        if Decision.objects.filter(due_at__isnull=False).exists() or Delivery.objects.unfinished().exists():
            self.broken.append("notices wait after the end")
        self._hold_all(at)

    def told(self) -> list[str]:
        """What was told, in lines."""
        sums = balance()
        states = Counter(Delivery.objects.values_list("state", flat=True))
        counted = f"{self._written:,} notices, {sums.in_inbox_alone:,} in the inbox alone, {sums.decided:,} decided for a channel"
        ended = f"{sums.held:,} held, {sums.given:,} given, {sums.skipped:,} skipped, {sums.forgotten:,} forgotten"
        return [
            f"notices: {counted}: {ended}",
            "deliveries: " + _listed(states) + "; attempts: " + _listed(self.done),
        ]

    # --- the worker ---------------------------------------------------------------------------------------------------

    def _turn(self, at: datetime) -> None:
        self.done["turns"] += 1
        self._minute = _minute_of(at)
        try:
            work(at, self._send, crash=self._may_die(at))
        except Killed:
            self.done["killed"] += 1
            self._not_before = at + _NEXT_ONE
            self._due = self._not_before
        else:
            self._not_before = at + _TURN
            self._due = _next_due()

    def _send(self, parcel: Parcel) -> Result:
        result = self.outside.send(parcel)
        self.done[result.verdict.value] += 1
        self._handed[parcel.key] += result.verdict in (Verdict.DELIVERED, Verdict.UNKNOWN)
        return result

    def _may_die(self, at: datetime) -> Any:
        def crash(point: str) -> None:
            if self.rng.random() >= _DIES:
                return
            if point in _INSIDE:
                # Within the transaction: all of it is undone.
                with transaction.atomic():
                    _INSIDE[point](at)
                    raise Killed(point)
            raise Killed(point)

        return crash

    # --- the law ------------------------------------------------------------------------------------------------------

    def _look_before(self, at: datetime) -> None:
        """Look at the minute written in last, if it is over."""
        if self._minute is None or self._minute == _minute_of(at):
            return
        minute, self._minute = self._minute, None
        self._hold(minute)
        if at.date() != self._day:
            self._day = at.date()
            self._hold_all(at)

    def _hold(self, minute: datetime) -> None:
        """Every notice ever written is still to be followed or counted, and what was counted adds up."""
        self.done["looks"] += 1
        new = _notices_after(self._mark)
        self._written, self._mark = self._written + len(new), max(new, default=self._mark)
        sums = self._running.look()
        faults = sums.faults()
        if sums.notices + _not_followed() != self._written:
            faults.append("written")
        self.broken += [f"notices: {fault} at {minute:%Y-%m-%d %H:%M}" for fault in faults]

    def _hold_all(self, at: datetime) -> None:
        """Once a day: all sums anew, what is finished against what arrived, and what is old is forgotten."""
        sums = balance()
        faults = sums.faults()
        if self._running.look() != sums:
            faults.append("running")
        faults += self._told_too_often(at)
        self.broken += [f"notices: {fault} at {at:%Y-%m-%d}" for fault in faults]
        while making.forget_old(at - KEPT_FOR):
            pass

    def _told_too_often(self, at: datetime) -> Iterator[str]:
        """Delivered ones arrived; others once at most, but where a repeat does no harm."""
        since, self._checked = self._checked, at
        finished = Delivery.objects.filter(finished_at__gt=since, finished_at__lte=at)
        for key, kind, state in finished.values_list("key", "kind", "state"):
            times = self._handed.pop(key.hex, 0)
            if times > (2 if kind in REPEATABLE else 1) or (state == State.DELIVERED and not times):
                yield f"the delivery {key} is {state} and arrived {times} times"


#: Where the worker may die with a transaction open.
_INSIDE: dict[str, Any] = {"before following": making.follow, "after following": making.bundle}


def _minute_of(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _last_notice() -> int:
    return Notice.objects.aggregate(last=Max("pk"))["last"] or 0


@Prepared
def _notices_after(mark: int) -> QuerySet[Any, int]:
    return Notice.objects.filter(pk__gt=mark).values_list("pk", flat=True)


def _next_due() -> datetime | None:
    """When anything is due that the worker knows of."""
    return min([*_held_until(), *_unfinished_until()], default=None)


@Prepared
def _held_until() -> QuerySet[Any, Any]:
    return Decision.objects.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True)[:1]


@Prepared
def _unfinished_until() -> QuerySet[Any, Any]:
    return Delivery.objects.unfinished().order_by("due_at").values_list("due_at", flat=True)[:1]


def _not_followed() -> int:
    """Notices behind the place up to which the journal was followed."""
    followed = _followed_to.one() or {}
    news = [(chain, length) for chain, length in place().items() if length > followed.get(chain, 0)]
    return sum(len(_notices_behind(chain, followed.get(chain, 0))) for chain, _length in news)


@Prepared
def _followed_to() -> QuerySet[Any, dict[str, int]]:
    return Follower.objects.filter(pk=1).values_list("place", flat=True)


@Prepared
def _notices_behind(chain: str, position: int) -> QuerySet[Any, int]:
    rows = Notice.objects.filter(entry__chain=chain, entry__position__gt=position)
    return rows.values_list("pk", flat=True)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.most_common())
