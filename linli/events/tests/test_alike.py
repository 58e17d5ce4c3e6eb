"""Matters that are perhaps the same: offered with their reasons, within sight, and never joined by the machine."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from linli.events.alike import Told, alike
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import NOON, World, make_event

DRAIN = "村口水沟堵了，污水流到路上"
LIKE_IT = "村口的水沟堵住了，污水漫到路上"
OTHER = "学校门口车辆乱停，接送孩子很不安全"


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


def put(event: Event, metres_east: float = 0, **more: Any) -> Event:
    """At so many metres east of one point."""
    Event.objects.filter(pk=event.pk).update(lon=110.05 + metres_east / 103_300, lat=21.7, **more)
    event.refresh_from_db()
    return event


def found(event: Event) -> list[Event]:
    return [one.event for one in alike(Event.objects.all(), Told.of(event), but=event)]


def test_near_and_in_like_words_is_offered_with_the_reasons(world: World) -> None:
    earlier = put(make_event(world, text=LIKE_IT, at=NOON - timedelta(days=1)), 40)
    (one,) = alike(Event.objects.all(), Told.of(put(make_event(world, text=DRAIN))), but=None)[1:]
    assert one.event == earlier
    assert one.distance_m == pytest.approx(40, abs=1)
    assert one.reasons == ["40 m away", "reported 1 day earlier", "same category", "similar words"]


def test_far_away_or_long_ago_or_of_another_sort_is_not_offered(world: World) -> None:
    event = put(make_event(world, text=DRAIN))
    put(make_event(world, text=LIKE_IT), 600)
    put(make_event(world, text=LIKE_IT, at=NOON - timedelta(days=90)), 10)
    put(make_event(world, text=OTHER, category=world.wall), 10)
    assert found(event) == []


def test_how_near_hangs_on_the_category(world: World) -> None:
    drain, quarrel = put(make_event(world)), put(make_event(world, category=world.quarrel, text=OTHER))
    near_drain = put(make_event(world, text="路面塌了一个坑"), 70)
    put(make_event(world, category=world.quarrel, text="两家又吵起来了"), 70)
    assert found(drain) == [near_drain]
    assert found(quarrel) == []


def test_without_a_position_the_words_must_be_more_alike(world: World) -> None:
    event = make_event(world, text=DRAIN)
    same = make_event(world, text=LIKE_IT, area=world.areas["440881101201006"])
    make_event(world, text=OTHER)
    make_event(world, text=LIKE_IT, area=world.areas["440881101202001"])  # the next village
    assert found(event) == [same]


def test_another_house_number_is_another_matter(world: World) -> None:
    event = make_event(world, text="光明小区23号楼电梯坏了没有人修")
    make_event(world, text="光明小区3号楼电梯坏了没有人修")
    assert found(event) == []


def test_what_was_voided_or_merged_is_not_offered(world: World) -> None:
    event = make_event(world, text=DRAIN)
    for state in (State.VOIDED, State.MERGED, State.REJECTED):
        make_event(world, state, text=LIKE_IT, category=world.wall)
    assert {one.state for one in found(event)} <= {State.REPORTED}


def test_five_at_most_the_most_alike_first(world: World) -> None:
    event = put(make_event(world, text=DRAIN))
    for metres in range(10, 80, 10):
        put(make_event(world, text=DRAIN), metres)
    assert [one.distance_m for one in alike(Event.objects.all(), Told.of(event), but=event)] == pytest.approx(
        [10, 20, 30, 40, 50], abs=1
    )


def test_as_many_queries_for_one_as_for_twenty(world: World) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as caught:
            found(event)
        return len(caught)

    def queries() -> int:
        # Once a second one of them is asked whether the ground has been redrawn, whichever comes then.
        return min(counted(), counted())

    event = put(make_event(world, text=DRAIN))
    put(make_event(world, text=LIKE_IT), 10)
    few = queries()
    for metres in range(20):
        put(make_event(world, text=LIKE_IT), metres)
    assert queries() == few == 3


# --- on the pages -----------------------------------------------------------------------------------------------------


def desk_of(world: World) -> Client:
    client = Client()
    client.force_login(world.cast.desk)
    return client


def test_the_page_of_a_matter_offers_to_merge_it_and_the_form_comes_filled_in(world: World) -> None:
    now = timezone.now() - timedelta(hours=1)
    first = make_event(world, State.ACCEPTED, text=LIKE_IT, at=now)
    second = make_event(world, text=DRAIN, at=now)
    page = desk_of(world).get(f"/desk/events/{second.pk}/").content.decode()
    link = f"/desk/events/{second.pk}/merge?into={first.number}"
    assert "alike-title" in page and link in page
    form = desk_of(world).get(link).content.decode()
    assert f'value="{first.number}"' in form
    second.refresh_from_db()
    assert second.state == State.REPORTED


def test_a_matter_out_of_sight_is_not_offered(world: World) -> None:
    now = timezone.now() - timedelta(hours=1)
    other = make_event(world, text=LIKE_IT, at=now, area=world.areas["440881102201001"])
    mine = make_event(world, text=DRAIN, at=now)
    Event.objects.update(lon=110.05, lat=21.7)
    page = desk_of(world).get(f"/desk/events/{mine.pk}/").content.decode()
    assert other.number not in page


def test_whoever_takes_down_a_report_sees_what_was_reported_already(world: World) -> None:
    known = make_event(world, text=LIKE_IT, at=timezone.now() - timedelta(hours=1))
    client = desk_of(world)
    sent = {"text": DRAIN, "area": world.grid.code}
    assert known.number in client.post("/desk/new/known", sent).content.decode()
    assert known.number not in client.post("/desk/new/known", sent | {"area": "9" * 15}).content.decode()
    assert known.number not in client.post("/desk/new/known", sent | {"text": OTHER}).content.decode()
