"""What a phone keeps at hand: for whom, what is in it, and that it is told anew when, and only when, it changed."""

import gzip
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.areas.actions import add_place
from linli.areas.models import Area, Place
from linli.events.models import Category
from linli.events.testing import GRID, World, draw_boundaries
from linli.intake import devices
from linli.people.actions import add_leave, appoint
from linli.people.models import Appointment, Person
from linli.people.rules import Role

pytestmark = pytest.mark.django_db


def phone_of(person: Person) -> Client:
    """A phone that knows nothing but its token."""
    token = devices.register(person, UUID(int=person.pk, version=4), name="", session="", at=timezone.now())[1]
    return Client(headers={"authorization": f"Bearer {token}"})


def kept(client: Client, where: str = "/m/reference") -> dict[str, Any]:
    answer = client.get(where)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_a_grid_worker_keeps_their_grid_with_places_and_whoever_is_on_duty(world: World) -> None:
    draw_boundaries(world)
    place = add_place(world.grid, "上县市场", "market")
    Place.objects.filter(pk=place.pk).update(lon=110.05, lat=21.7)
    told = kept(phone_of(world.cast.worker))
    assert told["person"] == {"id": world.cast.worker.pk, "name": "陈小禾"}
    areas = {one["code"]: one for one in told["areas"]}
    assert [code for code, one in areas.items() if one["is_mine"]] == [GRID]
    assert areas[GRID]["outline"]["type"] == "Polygon" and areas[GRID]["level"] == "grid"
    assert areas[GRID]["on_duty"] == [{"name": "陈小禾", "role": "网格员", "role_code": "grid_worker"}]
    assert areas[GRID]["places"] == [
        {"name": "上县市场", "kind": "market", "kind_words": "市场", "lon": 110.05, "lat": 21.7}
    ]
    # Of the areas around it the names and who is on duty, and no outline.
    assert areas["440881101"]["outline"] is None and areas["440881101"]["on_duty"][0]["name"] == "李分拨"
    assert "19900000001" not in json.dumps(told)


def test_a_deputy_stands_in_while_the_holder_is_away(world: World) -> None:
    appointment = Appointment.objects.get(person=world.cast.worker)
    now = timezone.now()
    add_leave(appointment, from_at=now - timedelta(hours=1), to_at=now + timedelta(days=2))
    areas = {one["code"]: one for one in kept(phone_of(world.cast.worker))["areas"]}
    assert [one["name"] for one in areas[GRID]["on_duty"]] == ["林代班"]


def test_a_township_keeps_its_villages_and_grids_and_nothing_of_the_next(world: World) -> None:
    codes = {one["code"] for one in kept(phone_of(world.cast.desk))["areas"] if one["is_mine"]}
    assert codes == set(Area.objects.filter(code__startswith="440881101").values_list("pk", flat=True))


def test_of_a_ground_too_wide_for_a_phone_whole_upper_levels_are_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.field.reference.MOST_AREAS", 4)
    mine = [one for one in kept(phone_of(world.cast.county))["areas"] if one["is_mine"]]
    assert {one["level"] for one in mine} == {"county", "township"}


def test_an_officer_keeps_categories_and_lists_and_no_ground(world: World) -> None:
    told = kept(phone_of(world.cast.handler))
    assert [one for one in told["areas"] if one["is_mine"]] == []
    assert {"value": "water", "label": "水务局"} in told["choices"]["departments"]
    assert list(told["likely"]) == ["440881"]


def test_categories_come_with_their_questions_in_the_language_of_the_phone(world: World) -> None:
    question = {"code": "deep", "ask": "积水多深？", "ask_en": "How deep?", "type": "choice", "required": True}
    choices = [{"code": "knee", "name": "过膝", "name_en": "Above the knee"}]
    Category.objects.filter(pk=world.drain.pk).update(questions=[question | {"choices": choices}], icon="droplets")
    phone = phone_of(world.cast.worker)
    drain = next(one for one in kept(phone)["categories"] if one["code"] == "C01")
    assert (drain["name"], drain["parent"], drain["icon"], drain["is_domain"]) == ("排水管道", "C", "droplets", False)
    assert drain["questions"][0]["ask"] == "积水多深？" and drain["questions"][0]["required"]
    Person.objects.filter(pk=world.cast.worker.pk).update(language="en")
    drain = next(one for one in kept(phone)["categories"] if one["code"] == "C01")
    assert (drain["name"], drain["questions"][0]["choices"][0]["name"]) == ("Drains", "Above the knee")
    phone.cookies["linli_language"] = "zh-hans"
    assert kept(phone)["categories"][0]["name"] != "Neighbours"


def test_it_is_told_again_only_when_it_has_changed(world: World) -> None:
    phone = phone_of(world.cast.worker)
    first = phone.get("/m/reference")
    tag = first.headers["ETag"]
    again = phone.get("/m/reference", headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert phone.get("/m/reference", headers={"if-none-match": f'"other", {tag.removeprefix("W/")}'}).status_code == 304
    appoint(world.cast.nobody, role=Role.CADRE, area=world.areas["440881101201"], from_on=timezone.localdate())
    changed = phone.get("/m/reference", headers={"if-none-match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    assert json.loads(changed.content)["version"] in changed.headers["ETag"]


def test_it_is_packed_for_whoever_can_unpack_it(world: World) -> None:
    draw_boundaries(world)
    phone = phone_of(world.cast.desk)
    plain = phone.get("/m/reference")
    packed = phone.get("/m/reference", headers={"accept-encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip" and len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert packed.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("where", ["/m/reference", "/m/tasks", "/m/grid"])
def test_nobody_else_is_told_anything(world: World, where: str) -> None:
    for phone in (Client(), Client(headers={"authorization": "Bearer linlid_x"})):
        answer = phone.get(where)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "sign_in_again"
        assert answer.headers["Cache-Control"] == "no-store"
    signed_in = Client()
    signed_in.force_login(world.cast.worker)
    assert signed_in.get(where).status_code == 200
    assert phone_of(world.cast.nobody).get(where).status_code == 200


def test_residents_keep_categories_and_coarse_townships_and_no_people(world: World) -> None:
    draw_boundaries(world)
    told = kept(Client(), "/m/reference/public")
    assert {one["code"] for one in told["areas"]} == {"440881", "440881101", "440881102"}
    assert all((one["outline"] is not None) == (one["level"] == "township") for one in told["areas"])
    assert list(told["likely"]) == ["440881"] and len(told["likely"]["440881"]["6-11"]) == 3
    assert "on_duty" not in json.dumps(told) and "陈小禾" not in json.dumps(told, ensure_ascii=False)


def test_a_township_of_grids_takes_as_many_queries_as_one_grid(world: World) -> None:
    draw_boundaries(world)

    def queries(person: Person) -> int:
        phone = phone_of(person)
        phone.get("/m/reference")
        with CaptureQueriesContext(connection) as caught:
            phone.get("/m/reference")
        return len(caught)

    assert queries(world.cast.county) <= queries(world.cast.worker)
