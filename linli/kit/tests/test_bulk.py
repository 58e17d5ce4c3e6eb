"""Rows inserted in bulk are those `bulk_create` would have stored."""

import pytest
from django.db import IntegrityError, connection, transaction

from linli.events.models import Event
from linli.events.testing import NOON, World
from linli.journal.models import Entry
from linli.kit.bulk import execute_many, insert
from linli.kit.models import CalendarDay

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


def test_many_rows_of_one_statement_are_all_stored_or_none() -> None:
    table = CalendarDay._meta.db_table
    sql = f'INSERT INTO "{table}" ("day", "is_working", "name", "origin", "note") VALUES (%s, %s, %s, %s, %s)'
    execute_many(sql, [(f"2031-01-0{day}", False, "元旦", "notice", "") for day in (1, 2)])
    with pytest.raises(IntegrityError), transaction.atomic():
        execute_many(sql, [(f"2031-01-0{day}", True, "", "notice", "") for day in (3, 1)])
    execute_many(sql, [])
    assert list(CalendarDay.objects.filter(day__year=2031).values_list("name", flat=True)) == ["元旦", "元旦"]
    assert connection.vendor != "postgresql" or connection.connection.prepare_threshold is None
