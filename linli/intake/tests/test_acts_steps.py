"""Every step of the course is taken by an act from a phone, with the fields and photos of its own form."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.events import actions
from linli.events.models import Event, Picture
from linli.events.testing import World
from linli.events.tests.test_pages_steps import FIELDS, PLACES, prepared, somebody
from linli.intake.testing import Door
from linli.intake.tests.acts import phone_of
from linli.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def values_of(world: World, event: Event, step: str) -> tuple[dict[str, Any], list[bytes]]:
    """What the pages of the step are sent, as a phone sends it: values, and photos apart."""
    sent = FIELDS.get(step, lambda *_: {})(world, event)
    photos = [one.read() for one in sent.pop("photos", []) if isinstance(one, SimpleUploadedFile)]
    return {name: value if isinstance(value, list | int) else str(value) for name, value in sent.items()}, photos


#: Each step once, in the first state that it starts from; every other is walked by the pages.
ONCE = dict(reversed(PLACES))


@pytest.mark.parametrize(("step", "state"), ONCE.items())
def test_every_step_can_be_taken_from_a_phone(door: Door, world: World, step: str, state: str) -> None:
    event = prepared(world, step, state)
    person = somebody(world, event, step)
    assert person is not None
    values, photos = values_of(world, event, step)
    before = Entry.objects.filter(on_key=str(event.pk)).count()
    told = phone_of(door, person).does(event, step, *photos, expected_state=state, values=values)
    assert (told["state"], told["outcome"], told["message"]) == ("taken_in", "done", None), told
    event.refresh_from_db()
    assert (told["event"], told["number"], told["matter_state"]) == (str(event.pk), event.number, event.state)
    entries = Entry.objects.filter(on_key=str(event.pk)).order_by("id")
    assert entries.count() == before + 1
    entry = entries.last()
    assert entry is not None and (entry.verb, entry.by) == (f"event.{actions.course.PAST[step]}", person)
    assert entry.facts["made_at"]
    assert Picture.objects.filter(entry=entry).count() == len(photos)
