"""The clocks in virtual time: every request of Boston's year is started and stopped at its own moment, and the shares compared.

The shares on time are read from the rows of the clocks, and computed a second time from the file with nothing but `csv` and
`datetime`. Boston's file lies beside the checkout, in `shared`; where it is absent there is nothing to replay.
"""

import csv
import gzip
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

BOSTON = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "requests311" / "boston_2015.csv.gz"
_ZONE = ZoneInfo("America/New_York")
_COUNTY = "250001"
#: How many were on time, of how many: by department or category, each name with what it is a name of.
Shares = dict[tuple[str, str], tuple[int, int]]
#: What the shares are told apart by. The file calls the category of a request its type.
BY = ("department", "category")


@dataclass(frozen=True)
class Request:
    """What the file says of one request: its department and category, when it was opened, promised and closed."""

    department: str
    category: str
    opened_at: datetime
    target_at: datetime | None
    closed_at: datetime | None


def run(say: Callable[[str], None]) -> None:
    """Replay, compare, and say how long it took."""
    from django.core.management import call_command

    if not BOSTON.exists():
        say("not measured: the file of requests lies in shared, which is not here")
        return
    call_command("migrate", verbosity=0)
    start, cpu = time.perf_counter(), time.process_time()
    requests = list(read(BOSTON))
    ours, wrong = replay(requests)
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    plain = shares_of_file(BOSTON)
    on_time, promised = (
        sum(pair[place] for (what, _name), pair in ours.items() if what == "department") for place in (0, 1)
    )
    say(
        f"{len(requests):,} requests, {promised:,} with a promise that was closed: {100 * on_time / promised:.2f} % on time"
    )
    differing = [name for name in plain.keys() | ours.keys() if plain.get(name) != ours.get(name)]
    for what in BY:
        names = {name for kind, name in plain.keys() | ours.keys() if kind == what}
        apart = sum(kind == what for kind, _name in differing)
        say(f"by {what}: {apart} of {len(names)} differ from the plain computation")
    say(f"{wrong} clocks ran at the end without a request that is open")
    say(f"in {seconds:.0f} s, {1e6 * used / len(requests):.0f} µs of processor time a request")
    if differing or wrong:
        raise SystemExit(f"The shares differ: {differing}")


def read(path: Path) -> Iterator[Request]:
    """The requests of the file. One closed before it was opened is taken as closed at once: a clock runs forward."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            opened, target, closed = (_moment(row[name]) for name in ("opened_at", "target_at", "closed_at"))
            assert opened is not None
            yield Request(row["department"], row["type"], opened, target, max(closed, opened) if closed else None)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=_ZONE) if text else None


def replay(requests: list[Request]) -> tuple[Shares, int]:
    """Start and stop every clock in the order of time. The shares, and how many clocks run that should not."""
    from django.db import transaction

    from linli.events.actions.clocks import start_clock, stop_clock
    from linli.events.models import Clock, Event
    from linli.events.rules import ClockKind

    events = _events(requests)
    acts: list[tuple[datetime, int, int]] = [
        (one.opened_at, 0, place) for place, one in enumerate(requests) if one.target_at
    ]
    for place, one in enumerate(requests):
        if one.target_at and one.closed_at:
            acts.append((one.closed_at, 1, place))
    # In UTC: between two moments of one zone Python compares wall clocks, which jump.
    acts.sort(key=lambda act: (act[0].timestamp(), act[1], act[2]))
    for begin in range(0, len(acts), 2000):
        with transaction.atomic():
            for at, kind, place in acts[begin : begin + 2000]:
                event, target = Event(id=events[place]), requests[place].target_at
                if kind:
                    stop_clock(event, ClockKind.HANDLE, at)
                elif target is not None:
                    start_clock(event, ClockKind.HANDLE, at, until=target)
    shares: Counter[tuple[tuple[str, str], bool]] = Counter()
    by_event = {key: [(what, getattr(requests[place], what)) for what in BY] for place, key in enumerate(events)}
    for key, due_at, stopped_at in Clock.objects.filter(stopped_at__isnull=False).values_list(
        "event", "due_at", "stopped_at"
    ):
        for name in by_event[key]:
            shares[name, bool(stopped_at and stopped_at <= due_at)] += 1
    names = {name for name, _kept in shares}
    running = Clock.objects.unstopped().count() - sum(bool(one.target_at and not one.closed_at) for one in requests)
    return {name: (shares[name, True], shares[name, True] + shares[name, False]) for name in names}, abs(running)


def _events(requests: list[Request]) -> list[UUID]:
    """A matter for each request, stored in bulk: what is measured are the clocks."""
    from linli.areas.models import Area, Kind
    from linli.events.models import Event
    from linli.kit.bulk import insert
    from linli.kit.keys import new_key

    first = min(one.opened_at for one in requests)
    Area.objects.create(code=_COUNTY, name="Boston", level="county", kind=Kind.COUNTY, valid_from=first.date())
    rows: list[dict[str, Any]] = [
        {
            "id": new_key(),
            "number": f"{place:07}",
            "area_id": _COUNTY,
            "state": "accepted",
            "source": "import",
            "reported_at": one.opened_at,
            "received_at": one.opened_at,
        }
        for place, one in enumerate(requests)
    ]
    for begin in range(0, len(rows), 20_000):
        insert(Event, rows[begin : begin + 20_000])
    return [row["id"] for row in rows]


def shares_of_file(path: Path) -> Shares:
    """The plain computation: closed no later than promised, by department and by category. Shares nothing with the above."""
    found: dict[tuple[str, str], list[int]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not (row["target_at"] and row["closed_at"]):
                continue
            closed = max(row["closed_at"], row["opened_at"])  # as in the file, these are words that sort by time
            closed_at = datetime.fromisoformat(closed).replace(tzinfo=ZoneInfo("America/New_York")).timestamp()
            target_at = (
                datetime.fromisoformat(row["target_at"]).replace(tzinfo=ZoneInfo("America/New_York")).timestamp()
            )
            opened_at = (
                datetime.fromisoformat(row["opened_at"]).replace(tzinfo=ZoneInfo("America/New_York")).timestamp()
            )
            for what, column in (("department", "department"), ("category", "type")):
                counts = found.setdefault((what, row[column]), [0, 0])
                # A promise that lay before the opening is taken as made with it.
                counts[0] += closed_at <= max(target_at, opened_at)
                counts[1] += 1
    return {name: (counts[0], counts[1]) for name, counts in found.items()}
