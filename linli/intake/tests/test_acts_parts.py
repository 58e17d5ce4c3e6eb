"""Every act on the part of a department is taken from a phone, on the only part that it can mean or on the one named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.events import actions
from linli.events.forms import PART_FORMS
from linli.events.models import Clock, Event, Picture
from linli.events.rules import ClockKind, State
from linli.events.testing import World
from linli.events.tests.pages import recent
from linli.intake.testing import Door
from linli.intake.tests.acts import phone_of, verbs_of
from linli.intake.tests.media import a_photo
from linli.people.actions import scope_of
from linli.people.models import Department, Person

pytestmark = pytest.mark.django_db(transaction=True)


def housing_does(world: World, event: Event, step: str, **more: Any) -> None:
    part = event.parts.get(department=world.housing)
    actions.PART_ACTS[step](part, by=world.cast.co_handler, at=timezone.now(), **more)


def reserved(world: World, event: Event) -> None:
    roads = Department.objects.create(code="roads", name="公路局", area=world.areas["440881"])
    actions.add_part(event, department=roads, later=True, by=world.cast.desk, at=timezone.now())


def called(world: World, event: Event) -> None:
    at = timezone.now()
    be_there_by = at + timedelta(hours=3)
    actions.whistle(event, departments=[world.housing], be_there_by=be_there_by, by=world.cast.desk, at=at)


def objected(world: World, event: Event) -> None:
    housing_does(world, event, "object_part", basis="权责清单第3项")


def answered(world: World, event: Event) -> None:
    housing_does(world, event, "answer_part", text="已加固")


def short(world: World, event: Event) -> None:
    """Its own limit ends before what was promised."""
    assert event.due_at is not None
    running = Clock.objects.unstopped().filter(event=event, part__department=world.housing, kind=ClockKind.HANDLE)
    assert running.update(due_at=event.due_at - timedelta(hours=30))


def asked(world: World, event: Event) -> None:
    short(world, event)
    housing_does(world, event, "ask_part_extension", until=until(event), text="等材料")


def as_it_is(world: World, event: Event) -> None:
    """Nothing beforehand."""


def until(event: Event) -> Any:
    assert event.due_at is not None
    return event.due_at - timedelta(hours=1)


#: Of each act: what was done before, what is sent, and what it is called in the journal.
ACTS: dict[str, tuple[Callable[[World, Event], None], dict[str, Any], str]] = {
    "call_in": (reserved, {}, "part_called_in"),
    "object_part": (as_it_is, {"basis": "权责清单第3项", "next_owner": "water"}, "part_objected"),
    "uphold_part": (objected, {"text": "不需要"}, "part_objection_upheld"),
    "dismiss_part": (objected, {"text": "按权责清单属于贵局"}, "part_objection_dismissed"),
    "answer_part": (as_it_is, {"text": "已加固"}, "part_answered"),
    "send_back_part": (answered, {"text": "还差一处"}, "part_sent_back"),
    "verify_part": (answered, {"text": "看过"}, "part_verified"),
    "drop_part": (as_it_is, {"text": "不需要"}, "part_dropped"),
    "ask_part_extension": (short, {"until": "due", "text": "等材料"}, "part_extension_asked"),
    "extend_part": (asked, {}, "part_extended"),
    "refuse_part_extension": (asked, {"text": "不能再拖"}, "part_extension_refused"),
    "arrive": (called, {"text": "已到"}, "arrived"),
    "excuse": (called, {"text": "另有险情"}, "excused"),
}
PHOTO = a_photo()


def prepared(world: World, step: str) -> tuple[Event, dict[str, Any]]:
    event = recent(world, State.SIGNED_FOR)
    before, values, _past = ACTS[step]
    before(world, event)
    event.refresh_from_db()
    if values.get("until"):
        values = values | {"until": str(timezone.localdate(event.due_at))}
    return event, values


def somebody(world: World, event: Event, step: str) -> Person:
    parts = list(event.parts.select_related("under", "department").prefetch_related("calls__whistle"))
    running, at = Clock.objects.unstopped().filter(event=event), timezone.now()
    for name in ("co_handler", "handler", "desk", "verifier"):
        one = getattr(world.cast, name)
        scope = scope_of(one, at)
        standing = actions.standing_of(event, one, at, scope)
        open_to = actions.steps_of_parts(event, parts, one, scope, standing, running)
        if any(step in steps for steps in open_to.values()):
            return one  # type: ignore[no-any-return]
    raise AssertionError(step)


def test_every_act_on_a_part_is_tried() -> None:
    assert set(ACTS) == set(PART_FORMS)


def test_every_act_on_a_part_can_be_taken_from_a_phone(door: Door, world: World) -> None:
    for step, (_before, _values, past) in ACTS.items():
        event, values = prepared(world, step)
        photos = [PHOTO] if "photos" in PART_FORMS[step].form.base_fields else []
        told = phone_of(door, somebody(world, event, step)).does(event, step, *photos, values=values)
        assert (told["outcome"], told["message"]) == ("done", None), (step, told)
        assert verbs_of(event)[-1] == past
        assert Picture.objects.filter(event=event, entry__verb=f"event.{past}").count() == len(photos)


def test_where_several_parts_could_be_meant_the_phone_says_which(door: Door, world: World) -> None:
    event = recent(world, State.SIGNED_FOR)
    roads = Department.objects.create(code="roads", name="公路局", area=world.areas["440881"])
    actions.add_part(event, department=roads, by=world.cast.desk, at=timezone.now())
    phone = phone_of(door, world.cast.desk)
    told = phone.does(event, "drop_part", text="不需要")
    assert (told["outcome"], told["error"]["code"], told["error"]["field"]) == ("refused", "which_part", "part")
    assert phone.does(event, "drop_part", text="不需要", part="roads")["outcome"] == "done"
    assert event.parts.get(department=roads).state == "dropped"


def test_an_answer_that_comes_after_its_part_was_given_up_is_kept(door: Door, world: World) -> None:
    event = recent(world, State.SIGNED_FOR)
    part = event.parts.get(department=world.housing)
    actions.PART_ACTS["drop_part"](part, text="不等了", by=world.cast.handler, at=timezone.now())
    told = phone_of(door, world.cast.co_handler).does(event, "answer_part", PHOTO, text="已加固")
    assert told["outcome"] == "noted"
    assert verbs_of(event)[-1] == "noted"
    assert Picture.objects.get().kind == "after"
