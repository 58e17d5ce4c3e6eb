"""Rows inserted in bulk are those `bulk_create` would have stored."""

import pytest

from linli.events.models import Event
from linli.events.testing import NOON, World
from linli.journal.models import Entry
from linli.kit.bulk import insert

pytestmark = pytest.mark.django_db


def test_rows_are_stored_as_bulk_create_would(world: World) -> None:
    row = {"number": "1", "area_id": "440881", "state": "reported", "source": "import", "reported_at": NOON}
    row |= {"received_at": NOON, "answers": {"问": "答"}, "lon": 110.5, "lat": 21.5, "category_id": world.drain.pk}
    Event.objects.bulk_create([Event(**row)])
    insert(Event, [row | {"id": Event._meta.pk.get_default(), "number": number} for number in ("2", "3")])
    stored = [dict(event) for event in Event.objects.order_by("number").values()]
    assert [event.pop("number") for event in stored] == ["1", "2", "3"]
    assert len({event.pop("id") for event in stored}) == 3
    assert stored[0] == stored[1] == stored[2]


def test_keys_the_store_gives_are_left_to_it(world: World) -> None:
    row = {"chain": "-", "verb": "home.checked", "on_kind": "home", "on_key": "-", "at": NOON, "recorded_at": NOON}
    insert(Entry, [row | {"position": position, "digest": b"\x00\xff"} for position in (1, 2)])
    first, second = Entry.objects.filter(chain="-").order_by("id")
    assert first.pk < second.pk
    assert (bytes(first.digest), first.facts, first.by, first.area) == (b"\x00\xff", {}, None, None)
    insert(Entry, [])
