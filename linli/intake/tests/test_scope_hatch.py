"""Every door of the hatch × every kind of sender: what was sent is its sender's alone, whoever else knows its id."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from linli.events.models import Event
from linli.events.testing import GRID, World, make_event
from linli.intake import keys
from linli.intake.hatch import DOORS, PREFIX
from linli.intake.models import Kept, Purpose
from linli.intake.testing import Door, a_report
from linli.intake.tests.acts import phone_of, taken_in, verbs_of
from linli.intake.tests.media import PHOTO, at, named

pytestmark = pytest.mark.django_db(transaction=True)

OWNER = "worker's phone"
#: Asks with the headers of a sender for the report of the owner. The answers below: to its owner, to another phone, to whoever
#: has none (anybody, and a system with a key), to a bearer who is nobody.
Asks = Callable[[Door, dict[str, str], str], int]
ROWS: dict[str, tuple[Asks, int, int, int, int]] = {
    "GET schema.json": (lambda door, who, own: door.get(f"{PREFIX}schema.json", **who)[0], 200, 200, 200, 200),
    "POST hooks/": (lambda door, who, own: door.post(f"{PREFIX}hooks/nobody", {}, **who)[0], 401, 401, 401, 401),
    " /media/": (lambda door, who, own: door.put(at(own, PHOTO), PHOTO, **who)[0], 201, 404, 404, 401),
    "GET reports/": (lambda door, who, own: door.get(own, **who)[0], 200, 404, 404, 401),
    "POST reports": (lambda door, who, own: door.post(f"{PREFIX}reports", _another(), **who)[0], 201, 201, 201, 401),
    "POST batch": (lambda door, who, own: door.post(f"{PREFIX}batch", [_another()], **who)[0], 200, 200, 200, 401),
    "POST devices": (lambda door, who, own: door.post(f"{PREFIX}devices", {}, **who)[0], 401, 401, 401, 401),
    "DELETE devices": (
        lambda door, who, own: door.ask("DELETE", f"{PREFIX}devices", b"", **who)[0],
        200,
        200,
        401,
        401,
    ),
    "POST tokens": (lambda door, who, own: door.post(f"{PREFIX}tokens", {}, **who)[0], 201, 201, 201, 201),
}
#: Which of the answers is whose; all others are phones.
KINDS = {OWNER: 0, "a key": 2, "anybody": 2, "a made-up key": 3}
_dice = random.Random(8)


def _another() -> dict[str, Any]:
    return a_report(_dice, area=GRID)


def senders(door: Door, world: World) -> dict[str, dict[str, str]]:
    """By headers. The phones are of people of the same grid, of the next township, of no appointment at all."""
    cast = world.cast
    phones = {OWNER: cast.worker, "neighbour's phone": cast.neighbour, "nobody's phone": cast.nobody}
    found = {name: {"authorization": phone_of(door, person).authorization} for name, person in phones.items()}
    _row, key = keys.create("别县平台", purpose=Purpose.INTAKE, at=timezone.now())
    return found | {"a key": {"authorization": f"Bearer {key}"}, "a made-up key": {"authorization": "Bearer of-nobody"}}


def test_every_door_has_its_row() -> None:
    assert [f"{one.method} {one.path}" for one in DOORS] == list(ROWS)


def test_what_was_sent_is_its_senders_alone(door: Door, world: World) -> None:
    known = senders(door, world) | {"anybody": {}}
    sent = a_report(random.Random(1), area=GRID, photos=named(PHOTO))
    assert door.post(f"{PREFIX}reports", sent, **known[OWNER])[0] == 201
    own = f"{PREFIX}reports/{sent['id']}"
    told, wanted = {}, {}
    # Its owner comes last: by then what is to come is there.
    for name in sorted(known, key=lambda one: one == OWNER):
        kind = KINDS.get(name, 1)
        for row, (ask, *answers) in ROWS.items():
            wanted[row, name] = answers[kind]
            told[row, name] = ask(door, known[name], own)
    assert {one: status for one, status in told.items() if status != wanted[one]} == {}


def test_an_act_on_a_matter_unseen_does_nothing(door: Door, world: World) -> None:
    event = make_event(world)
    before = verbs_of(event)
    for person in (world.cast.neighbour, world.cast.nobody, world.cast.auditor, world.cast.system):
        told = phone_of(door, person).does(event, "note", text="与我无关")
        assert (person.username, told["state"]) == (person.username, "refused"), told
    taken_in()
    assert verbs_of(event) == before
    assert Event.objects.count() == 1
    assert Kept.objects.filter(state="set_aside").count() == 0
