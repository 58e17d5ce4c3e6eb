"""What must hold at every moment of the year; each law says what breaks it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q

from linli.events.models import Clock, Event
from linli.events.rules import PAUSED
from linli.journal.models import Entry

NAMES = (
    "every open matter waits for somebody by name",
    "under a running clock",
    "no clock fires twice or never",
    "every notice is accounted for in each minute",
)


def broken(at: datetime, *, names: bool = True) -> list[str]:
    """All that is broken at a moment, in words; empty when everything holds. `names`: ask of each whom it waits for, too."""
    return [*(_nobody(at) if names else ()), *_no_clock(at), *_late_to_fire(at)]


def _nobody(at: datetime) -> Iterator[str]:
    from bench.year.course import whose_turn

    for event in Event.objects.open().exclude(state__in=sorted(PAUSED)).iterator(500):
        if not whose_turn(event, at):
            yield f"{event.number} ({event.state}) waits for nobody at {at:%Y-%m-%d %H:%M}"


def _no_clock(at: datetime) -> Iterator[str]:
    """An open matter has a clock that runs, or one that stands still for a listed reason."""
    running = Count("clocks", filter=Q(clocks__stopped_at__isnull=True))
    for event in Event.objects.open().annotate(running=running).filter(running=0).order_by()[:20]:
        yield f"{event.number} ({event.state}) has no clock at {at:%Y-%m-%d %H:%M}"


def _late_to_fire(at: datetime) -> Iterator[str]:
    """The worker comes every ten minutes, and a dead one holds its chores for less than another ten.

    An act may put a moment into the past, as when a matter runs on whose clock had run out: then it counts from the act.
    """
    before = at - timedelta(minutes=20)
    for clock in Clock.objects.filter(next_at__lt=before).order_by()[:20]:
        acts = Entry.objects.filter(on_kind="event", on_key=str(clock.event_id), at__gt=before)
        if not acts.exists():
            yield f"the clock {clock.pk} ({clock.kind}) should have been looked at {clock.next_at:%Y-%m-%d %H:%M}"


def fired_twice() -> list[str]:
    """Warnings given more than once.

    A limit that was agreed anew warns anew: extended and reclassified matters are left out, by the journal, since the
    clocks of a part go with it when its department is let off.
    """
    again = Entry.objects.filter(verb__in=["event.extended", "event.classified"])
    moved = set(again.values_list("on_key", flat=True))
    given: Counter[tuple[int, int]] = Counter()
    warned = Entry.objects.filter(facts__has_key="rung").values_list("on_key", "facts")
    for event, facts in warned.iterator(5000):
        if event not in moved:
            for rung in [facts["rung"], *facts.get("passed_over", [])]:
                given[facts["clock"], rung] += 1
    twice = [pair for pair, number in given.items() if number > 1]
    return [f"the clock {clock} gave its warning {rung} more than once" for clock, rung in twice]
