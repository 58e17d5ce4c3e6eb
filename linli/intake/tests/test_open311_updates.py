"""Updates over Open311, as mySociety has them: what is added to a matter from there, and what is read of it here."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.events import actions
from linli.events.models import Event, Remark
from linli.events.rules import State
from linli.events.testing import World, draw_boundaries, make_event
from linli.intake.tests.open311 import file, filed, get, get_xml, make_key, photo, post
from linli.journal.models import Entry


@pytest.fixture
def world(world: World) -> World:
    draw_boundaries(world)
    return world


@pytest.fixture
def key(world: World) -> str:
    return make_key()


def update(key: str, number: str, status: int = 201, /, **form: Any) -> Any:
    given = {"service_request_id": number, "description": "还在漏水", "status": "OPEN", **form}
    return post(key, status, path="servicerequestupdates", **given)


def test_an_update_is_added_to_its_matter_and_says_whence_it_came(world: World, key: str) -> None:
    event = filed(file(key))
    (answer,) = update(key, event.number, update_id="77", media=photo())
    entry = Entry.objects.get(pk=answer["update_id"])
    assert (entry.verb, entry.on_key) == ("event.supplemented", str(event.pk))
    text = Remark.objects.get(entry=entry).text
    assert "FixMyStreet" in text and "还在漏水" in text
    assert event.pictures.count() == 1


def test_an_update_sent_again_is_one(world: World, key: str) -> None:
    number = file(key)
    assert update(key, number, update_id="77") == update(key, number, 200, update_id="77", description="别的字")
    assert update(key, number, update_id="78") != update(key, number, 200, update_id="77")
    assert update(key, number) == update(key, number, 200)
    assert Remark.objects.count() == 3


def test_an_update_needs_a_key_words_and_a_matter_of_this_door(world: World, key: str) -> None:
    number, inside = file(key), make_event(world, at=timezone.now()).number
    update("", number, 403)
    update(key, number, 400, description="")
    for other in (inside, "x", ""):
        update(key, other, 404)
    update(make_key("新民热线", area="440881102"), number, 404)


def test_a_matter_that_has_ended_takes_no_update_and_says_so(world: World, key: str) -> None:
    event = filed(file(key))
    actions.reject(event, text="不属受理范围", turn_to="请拨打12345", by=world.cast.county, at=timezone.now())
    assert update(key, event.number, 400)[0]["description"]


def test_what_happens_here_is_read_there(world: World, key: str) -> None:
    event = filed(file(key))
    started = timezone.now() - timedelta(minutes=1)
    actions.ask_supplement(event, text="在哪一户门前？", by=world.cast.desk, at=timezone.now())
    update(key, event.number, description="第三户，13800000000")
    actions.reject(
        event_now(event), text="不属受理范围", turn_to="请拨打12345", by=world.cast.county, at=timezone.now()
    )
    window = {"start_date": utc(started), "end_date": utc(timezone.now() + timedelta(minutes=1))}
    rows = get("servicerequestupdates", **window)
    assert [(row["external_status_code"], row["status"]) for row in rows] == [
        ("supplement_asked", "open"),
        ("supplemented", "open"),
        ("rejected", "closed"),
    ]
    assert {row["service_request_id"] for row in rows} == {event.number}
    assert rows[0]["description"] == "在哪一户门前？"
    assert rows[1]["description"] is None
    assert len({row["update_id"] for row in rows}) == 3
    assert [row["update_id"] for row in get_xml("servicerequestupdates", **window)] == [
        row["update_id"] for row in rows
    ]


def test_updates_of_other_matters_come_without_words_and_hidden_ones_not_at_all(world: World) -> None:
    shown = make_event(world, State.CLOSED, at=timezone.now() - timedelta(days=2))
    make_event(world, State.CLOSED, at=timezone.now() - timedelta(days=2), category=world.quarrel)
    rows = get("servicerequestupdates")
    assert {row["service_request_id"] for row in rows} == {shown.number}
    assert {row["description"] for row in rows} == {None}
    assert rows[-1]["external_status_code"] == "closed"
    assert get("servicerequestupdates", start_date=utc(timezone.now() - timedelta(days=1))) == []
    assert len(get("servicerequestupdates", page_size=2, page=2)) == 2


def event_now(event: Event) -> Event:
    return Event.objects.get(pk=event.pk)


def utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
