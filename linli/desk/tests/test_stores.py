"""What the tools of a desk ask of the store, on either of them: without pages, so that it runs on PostgreSQL as well."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from linli.desk.models import Handover
from linli.desk.shifts import actions as shifts
from linli.desk.texts import actions as texts
from linli.desk.texts.choosing import offered_for
from linli.events import actions, queue
from linli.events.queue import Filters
from linli.events.repeating import repeats_of
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event, make_world
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import scope_of


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_needs_texts_and_copies_are_read(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    actions.supplement(event, text="又流出来了", by=None, at=NOON + timedelta(hours=1))
    desk = world.cast.desk
    rows = queue.page_of(scope_of(desk, NOON), Filters(), at=NOON, person=desk.pk).rows
    assert len(rows[0].needs) == 3 and all(need.is_mine for need in rows[0].needs)
    texts.load_starting_texts(world.areas["440881"], by=None, at=NOON)
    assert event.number in offered_for(event, "close", at=NOON)[0].filled
    make_event(world, State.CLOSED)
    assert repeats_of(event, "close", "已办结") == 1


def test_constraints_hold_and_leave_the_transaction_usable(world: World) -> None:
    desk, area = world.cast.desk, world.areas["440881101"]
    sent = {"area": area, "step": "close", "title": "办结", "words": "已办。", "by": desk, "at": NOON}
    texts.add_text(**sent)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        texts.add_text(**sent)  # type: ignore[arg-type]
    make_event(world, State.HANDLING)
    over = {
        "next_until": NOON + timedelta(hours=9),
        "words": "",
        "pins": (),
        "by": desk,
        "at": NOON + timedelta(hours=1),
    }
    note = shifts.hand_over(area, **over)  # type: ignore[arg-type]
    assert note.figures["open"]["count"] == 1
    with pytest.raises(Refused):
        shifts.hand_over(area, **over)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.filter(pk=note.pk).update(taken_by=desk, taken_at=NOON + timedelta(hours=2))
