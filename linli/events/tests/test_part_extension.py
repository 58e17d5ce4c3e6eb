"""More time for one part: asked by its department, answered by the lead or the desk, in time and within the promise."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.events import actions
from linli.events.models import Clock, Event, Part
from linli.events.rules import ClockKind, State
from linli.events.testing import NOON, World, make_event
from linli.events.tests.pages import desk_of, recent, words_of
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, NotYours, Refused

HOUR = timedelta(hours=1)
ask, extend, refuse = (
    actions.PART_ACTS[name] for name in ("ask_part_extension", "extend_part", "refuse_part_extension")
)


def with_own_limit(world: World, at: datetime = NOON) -> tuple[Event, Part, Clock]:
    """A matter promised for a while yet, whose co-handler has a limit that ends before it."""
    event = make_event(world, State.HANDLING, at=at)
    clock = Clock.objects.unstopped().get(part__department=world.housing, kind=ClockKind.HANDLE, event=event)
    assert event.due_at is not None
    Clock.objects.filter(pk=clock.pk).update(due_at=event.due_at - 30 * HOUR)
    clock.refresh_from_db()
    return event, Part.objects.get(event=event, department=world.housing), clock


def asked(world: World) -> tuple[Event, Part, Clock]:
    event, part, clock = with_own_limit(world)
    ask(part, until=clock.due_at + 10 * HOUR, text="等水泥凝固", by=world.cast.co_handler, at=NOON + HOUR)
    clock.refresh_from_db()
    return event, part, clock


@pytest.mark.parametrize("who", ["handler", "desk"])
def test_the_lead_or_the_desk_grants_what_the_co_handler_asks(world: World, who: str) -> None:
    event, part, clock = asked(world)
    until, was = clock.extension_asked_until, clock.due_at
    extend(part, by=getattr(world.cast, who), at=NOON + 2 * HOUR)
    clock.refresh_from_db()
    assert (clock.due_at, clock.extension_asked_until, clock.extensions) == (until, None, 1) and was < clock.due_at
    event.refresh_from_db()
    assert event.extensions == 0
    assert Entry.objects.filter(on_key=str(event.pk), verb="event.part_extended").count() == 1


def test_a_refusal_has_a_reason_and_leaves_the_limit(world: World) -> None:
    _event, part, clock = asked(world)
    with pytest.raises(BadInput):
        refuse(part, text=" ", by=world.cast.desk, at=NOON + 2 * HOUR)
    refuse(part, text="来得及", by=world.cast.desk, at=NOON + 2 * HOUR)
    was = clock.due_at
    clock.refresh_from_db()
    assert (clock.due_at, clock.extension_asked_until) == (was, None)
    with pytest.raises(Refused):
        extend(part, by=world.cast.desk, at=NOON + 3 * HOUR)


@pytest.mark.parametrize(
    ("later", "at", "code"),
    [
        (-1 * HOUR, NOON + HOUR, "extension_not_later"),
        (31 * HOUR, NOON + HOUR, "later_than_promised"),
        (10 * HOUR, NOON + timedelta(days=20), "too_late_to_extend"),
    ],
)
def test_it_is_asked_in_time_and_never_beyond_the_promise(
    world: World, later: timedelta, at: datetime, code: str
) -> None:
    _event, part, clock = with_own_limit(world)
    with pytest.raises(BadInput) as refused:
        ask(part, until=clock.due_at + later, text="x", by=world.cast.co_handler, at=at)
    assert refused.value.code == code


def test_what_has_run_out_meanwhile_is_not_granted(world: World) -> None:
    _event, part, clock = asked(world)
    with pytest.raises(BadInput) as refused:
        extend(part, by=world.cast.desk, at=clock.due_at + HOUR)
    assert refused.value.code == "too_late_to_extend"


def test_only_the_co_handler_asks_and_never_answers_itself(world: World) -> None:
    _event, part, clock = with_own_limit(world)
    with pytest.raises(NotYours):
        ask(part, until=clock.due_at + HOUR, text="x", by=world.cast.handler, at=NOON + HOUR)
    ask(part, until=clock.due_at + HOUR, text="x", by=world.cast.co_handler, at=NOON + HOUR)
    with pytest.raises(NotYours):
        extend(part, by=world.cast.co_handler, at=NOON + 2 * HOUR)
    with pytest.raises(Refused):
        ask(part, until=clock.due_at + HOUR, text="x", by=world.cast.co_handler, at=NOON + 2 * HOUR)


def test_it_is_asked_and_granted_on_the_joint_page(world: World) -> None:
    event: Any = recent(world, State.HANDLING)
    clock = Clock.objects.unstopped().get(part__department=world.housing, kind=ClockKind.HANDLE, event=event)
    Clock.objects.filter(pk=clock.pk).update(due_at=event.due_at - 30 * HOUR)
    part, co_handler = clock.part, desk_of(world.cast.co_handler)
    assert part is not None
    address = f"/desk/events/{event.pk}/parts/{part.pk}"
    assert f"{address}/ask_part_extension" in words_of(co_handler.get(f"/desk/events/{event.pk}/joint"))
    wrong = co_handler.post(f"{address}/ask_part_extension", {"until": "2001-01-01", "text": "等"})
    assert wrong.status_code == 422
    day = event.due_at.date()
    assert co_handler.post(f"{address}/ask_part_extension", {"until": day, "text": "等"}).status_code == 302
    assert f"{address}/extend_part" in words_of(desk_of(world.cast.handler).get(f"/desk/events/{event.pk}/joint"))
    assert desk_of(world.cast.handler).post(f"{address}/extend_part", {"text": ""}).status_code == 302
    clock.refresh_from_db()
    assert clock.extensions == 1
