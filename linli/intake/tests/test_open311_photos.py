"""What Open311 shows of photos: those somebody has confirmed, as an address that others can load; and search, no further."""

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.events import actions, search
from linli.events.models import Event, Picture
from linli.events.rules import Source
from linli.events.testing import World, draw_boundaries, make_event, make_public
from linli.intake.tests.open311 import ROOT, ago, file, filed, get, get_xml, make_key, photo


@pytest.fixture
def world(world: World) -> World:
    draw_boundaries(world)
    return world


def with_photo(world: World, shade: int = 90) -> Picture:
    reported = actions.report(
        text="村口水沟堵了", area=world.grid, category=world.drain, at=ago(hours=2), source="resident",
        photos=[photo(shade).read()],
    )  # fmt: skip
    return reported.event.pictures.get()


# --- photos -----------------------------------------------------------------------------------------------------------


def test_a_confirmed_photo_has_an_address_that_anybody_can_load(world: World) -> None:
    picture = with_photo(world)
    sha256 = make_public(picture, by=world.cast.desk, at=ago(hours=1))
    (row,) = get("requests", extensions="true")
    assert row["media_url"] == f"http://testserver/photos/{sha256}.jpg"
    (told,) = row["extended_attributes"]["photos"]
    assert (told["media_url"], told["kind"]) == (row["media_url"], "report")
    loaded = Client().get(urlsplit(row["media_url"]).path)
    assert hashlib.sha256(b"".join(loaded)).hexdigest() == sha256  # type: ignore[arg-type]
    assert loaded.headers["Access-Control-Allow-Origin"] == "*"


def test_both_forms_say_the_same_of_photos(world: World) -> None:
    make_public(with_photo(world), by=world.cast.desk, at=ago(hours=1))
    (xml,), (row,) = get_xml("requests", extensions="true"), get("requests", extensions="true")
    assert xml["media_url"] == row["media_url"]
    assert xml["extended_attributes"]["photos"] == row["extended_attributes"]["photos"]


def test_what_is_taken_back_is_told_no_more(world: World) -> None:
    picture = with_photo(world)
    sha256 = make_public(picture, by=world.cast.desk, at=ago(hours=1))
    actions.withdraw_release(picture, by=world.cast.desk, at=ago(minutes=1))
    (row,) = get("requests", extensions="true")
    assert row["media_url"] is None and row["extended_attributes"]["photos"] == []
    assert Client().get(f"/photos/{sha256}.jpg").status_code == 404


def test_a_photo_made_public_is_a_change_that_others_learn_of(world: World) -> None:
    picture = with_photo(world)
    since = timezone.now() - timedelta(minutes=30)
    query = {"updated_after": since.strftime("%Y-%m-%dT%H:%M:%SZ"), "extensions": "true"}
    assert get("requests", **query) == []
    make_public(picture, by=world.cast.desk, at=timezone.now())
    (row,) = get("requests", **query)
    assert row["media_url"] and [note["type"] for note in row["notes"]] == ["submitted", "activity"]
    assert get("servicerequestupdates") == []


def test_a_draft_and_its_withdrawal_are_nobody_elses_business(world: World) -> None:
    picture = with_photo(world)
    actions.prepare_release(picture, by=world.cast.desk, at=ago(minutes=9))
    actions.make_draft(ago(minutes=8), by_hand=True)
    actions.withdraw_release(picture, by=world.cast.desk, at=ago(minutes=7))
    (row,) = get("requests", extensions="true")
    assert [note["type"] for note in row["notes"]] == ["submitted"]


def test_many_photos_take_as_many_queries_as_one(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert Client().get(f"{ROOT}requests.json?extensions=true").status_code == 200
        return len(caught)

    make_public(with_photo(world, 1), by=world.cast.desk, at=ago(hours=1))
    few = queries()
    for shade in range(2, 8):
        make_public(with_photo(world, shade), by=world.cast.desk, at=ago(hours=1))
    assert queries() == few
    assert sum(bool(row["media_url"]) for row in get("requests")) == 7


# --- q ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def key(world: World) -> str:
    return make_key()


def found(question: str) -> list[str]:
    return sorted(row["service_request_id"] for row in get("requests", q=question))


def test_words_are_looked_for_in_what_is_published(world: World, key: str) -> None:
    lamp = file(key, description="学校门口的路灯不亮")
    drain = file(key, description="市场后面水沟堵了")
    assert found("路灯") == [lamp]
    assert found("水沟 市场") == [drain]
    assert found("没有这种事") == []
    search.bring_up_to_date()
    assert found("路灯") == [lamp]


def test_words_that_are_not_published_find_nothing(world: World) -> None:
    make_event(world, text="隔壁王小明家漏水", at=ago(hours=1))
    assert "王小明" not in str(get("requests"))
    assert found("王小明") == []


def test_a_number_that_is_blotted_out_cannot_be_felt_for(world: World, key: str) -> None:
    told = file(key, description="路灯不亮，请打13800138000或138 0013 8001，3号楼旁")
    shown = str(get("requests"))
    assert "13800138000" in filed(told).text and "13800138000" not in shown and "138 0013 8001" not in shown
    for question in ("13800138000", "1380013", "138", "8001", "１３８", "路灯 138"):
        assert found(question) == []
    assert found("路灯") == [told]
    other = file(key, description="3号楼旁井盖缺失")
    assert found("3号楼") == [other]


def test_the_name_of_a_service_and_a_number_are_found_of_every_door(world: World) -> None:
    resident = make_event(world, text="堵了", at=ago(hours=1))
    make_event(world, text="裂了", category=world.wall, at=ago(hours=1))
    make_event(world, text="吵架", category=world.quarrel, at=ago(hours=1))
    assert found("排水管道") == found("drains") == found(resident.number) == [resident.number]
    assert found("邻里纠纷") == []


def test_q_narrows_with_the_other_filters(world: World, key: str) -> None:
    file(key, description="路灯不亮")
    assert len(get("requests", q="路灯", status="open")) == 1
    assert get("requests", q="路灯", status="closed") == []
    assert get("requests", q="路灯", service_code="C02") == []


@pytest.mark.parametrize("question", ["'", '" OR 1', "*", "%", "a" * 300, "(路*", "\u0000"])
def test_signs_of_the_store_are_only_signs(world: World, key: str, question: str) -> None:
    told = file(key, description="路灯不亮")
    assert found(question) == ([told] if question in ("(路*", "\u0000") else [])


def test_the_source_of_words_decides_and_not_who_asks(world: World, key: str) -> None:
    Event.objects.filter(number=file(key, description="路灯不亮")).update(source=Source.RESIDENT)
    assert found("路灯") == []
