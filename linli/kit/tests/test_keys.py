"""Keys sort by the time they were made, whatever the clock does, and are kept alike on both stores."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import RFC_4122

import pytest

from linli.events.models import Event
from linli.events.testing import World, make_event
from linli.kit.keys import new_key


def test_keys_are_uuids_of_version_seven_and_rise() -> None:
    keys = [new_key() for _n in range(5000)]
    assert keys == sorted(set(keys))
    assert {(key.version, key.variant) for key in keys} == {(7, RFC_4122)}
    assert abs((keys[-1].int >> 80) / 1000 - time.time()) < 60


def test_keys_rise_even_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_key()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert new_key() > before


def test_threads_never_get_the_same_key() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _n: [new_key() for _m in range(500)], range(8)))
    assert len({key for some in made for key in some}) == 8 * 500


def test_the_store_orders_keys_as_they_were_made(world: World) -> None:
    made = [make_event(world).pk for _n in range(20)]
    assert list(Event.objects.order_by("pk").values_list("pk", flat=True)) == made


def test_a_key_is_found_by_its_text_too(world: World) -> None:
    event: Any = make_event(world)
    assert Event.objects.get(pk=str(event.pk)) == event
