"""The forms as an app draws them are the forms of the desk: the same fields, needed or not, with the same in them."""

from datetime import timedelta
from typing import Any

import pytest
from django import forms

from linli.events import actions, standings
from linli.events.actions.verification_rules import set_rule
from linli.events.forms import ACTS, PART_FORMS
from linli.events.models import Event
from linli.events.rules import OPEN, State, Verification
from linli.events.testing import NOON, World, make_event
from linli.field.describing import AT_THE_DESK, drawn, steps_of
from linli.people.actions import scope_of

pytestmark = pytest.mark.django_db
WHO = ("worker", "cadre", "desk", "county", "handler", "co_handler", "verifier", "leader")
LATER = NOON + timedelta(hours=3)


def as_drawn(form: forms.Form) -> dict[str, Any]:
    return {
        name: (field.required, str(field.label), str(field.help_text), form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
    }


def test_every_description_is_that_of_the_form_itself(world: World) -> None:
    for state in sorted(OPEN):
        make_event(world, state)
    asks = Verification(result_photo=True, check_photo=True, near_m=100)
    set_rule(area=world.grid, category=None, asks=asks, by=world.cast.county, at=NOON)
    read = list(standings.with_parts(Event.objects.order_by("pk")))
    looked_at = set()
    for name in WHO:
        person = getattr(world.cast, name)
        scope = scope_of(person, LATER)
        for one in standings.read(read, person, LATER, scope):
            for step in set(one.steps) - AT_THE_DESK:
                form = ACTS[step].form(event=Event.objects.get(pk=one.event.pk), step=step, scope=scope)
                told = drawn(step, one)
                ours = {
                    key: (field.required, str(field.label), str(field.help_text), told.values.get(key, field.initial))
                    for key, field in told.fields.items()
                }
                assert ours == as_drawn(form), (step, one.event.state)
                looked_at.add(step)
    assert {"accept", "submit_result", "verify", "close", "hand_back", "object", "defer"} <= looked_at


def test_the_kinds_of_fields_are_those_an_app_knows(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    read = standings.with_parts(Event.objects.filter(pk=event.pk))
    scope = scope_of(world.cast.handler, LATER)
    steps = {one["step"]: one for one in steps_of(standings.read(list(read), world.cast.handler, LATER, scope)[0])}
    result = {field["name"]: field for field in steps["submit_result"]["fields"]}
    assert (result["text"]["kind"], result["text"]["required"], result["text"]["max_length"]) == ("text", True, 4000)
    assert (result["photos"]["kind"], result["photos"]["required"]) == ("photos", False)
    assert "without" in result
    assert steps["hand_back"]["is_side"] and not steps["submit_result"]["is_side"]
    asked = {field["name"]: field for field in steps["ask_extension"]["fields"]}
    assert asked["until"]["kind"] == "date"
    assert steps["add_part"]["fields"][0]["choices_from"] == "departments"


def test_a_co_handler_is_told_the_steps_on_their_own_part(world: World) -> None:
    event = make_event(world, State.SIGNED_FOR)
    person = world.cast.co_handler
    read = standings.with_parts(Event.objects.filter(pk=event.pk))
    steps = steps_of(standings.read(list(read), person, LATER, scope_of(person, LATER))[0])
    of_part = {one["step"]: one for one in steps if "part" in one}
    assert {"answer_part", "object_part", "ask_part_extension"} <= set(of_part)
    assert of_part["answer_part"]["part_name"] == "住建局"
    for name, one in of_part.items():
        form = PART_FORMS[name].form(part=event.parts.get(department="housing"))
        assert [field["name"] for field in one["fields"]] == list(form.fields)


def test_a_check_on_the_spot_asks_yes_or_no_in_words(world: World) -> None:
    event = make_event(world, State.CHECKING)
    person = world.cast.worker
    read = standings.with_parts(Event.objects.filter(pk=event.pk))
    steps = {
        one["step"]: one for one in steps_of(standings.read(list(read), person, LATER, scope_of(person, LATER))[0])
    }
    found = steps["check_truth"]["fields"][0]
    assert [choice["value"] for choice in found["choices"]] == ["yes", "no"]
    assert actions.steps_for(event, person, LATER) == [
        name for name in actions.steps_for(event, person, LATER) if name in steps or name in AT_THE_DESK
    ]
