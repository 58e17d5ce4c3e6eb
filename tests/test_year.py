"""A small county lives through a year: people act by the forms, the worker is cut down at random, and the laws hold."""

from datetime import timedelta
from random import Random

import pytest

from bench.year import laws
from bench.year.county import Size
from bench.year.course import Year
from bench.year.telling import outside
from linli.events.models import Clock, Event
from linli.events.rules import ENDED, State
from linli.events.testing import NOON, make_event, make_world
from linli.journal.proving import verify_chain
from linli.notices.models import Decision, Delivery
from linli.notices.rules import Decided

SMALL = Size(townships=2, departments=6, villages=1, grids=2, matters=8)


@pytest.fixture
def year(db: None) -> Year:
    """Lived through once for each question: it takes some seconds."""
    with outside(Random(7)) as world:
        year = Year(SMALL, 7, world)
        year.live()
    return year


def test_everything_ends_or_waits_for_somebody_by_name_under_a_running_clock(year: Year) -> None:
    assert year.faults == []
    assert Event.objects.count() >= SMALL.matters
    assert Event.objects.filter(state=State.CLOSED).exists()
    ended = Event.objects.filter(state__in=sorted(ENDED)).count()
    assert ended > SMALL.matters * 0.7
    assert year.worker.done["killed"] > 0
    # People did more than walk the straight way, and were told no now and then.
    assert {"sign_for", "submit_result", "verify", "close"} <= set(year.taken)
    assert year.refused
    assert list(verify_chain()) == []
    # Ways failed, the teller died, and all the same each notice is where it should be.
    done = year.telling.done
    assert done["looks"] > 50
    assert done["delivered"] > 0
    assert done["again"] + done["refused"] + done["unknown"] > 0
    assert not Decision.objects.filter(state=Decided.HELD).exists()
    assert not Delivery.objects.unfinished().exists()


def test_a_clock_nobody_looks_at_is_found_and_one_just_moved_is_not(db: None) -> None:
    event = make_event(make_world(), at=NOON)
    assert laws.broken(NOON + timedelta(minutes=1), names=False) == []
    Clock.objects.filter(event=event).update(next_at=NOON - timedelta(hours=1))
    assert laws.broken(NOON + timedelta(minutes=10), names=False) == []
    (found,) = laws.broken(NOON + timedelta(minutes=21), names=False)
    assert "should have been looked at" in found


def test_a_matter_without_a_clock_is_found(db: None) -> None:
    event = make_event(make_world(), at=NOON)
    Clock.objects.filter(event=event).delete()
    (found,) = laws.broken(NOON, names=False)
    assert event.number in found
