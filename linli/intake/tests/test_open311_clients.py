"""The published clients of Open311 work with a running linli: `three`, which was written for Python 2, and `georeport`."""

import io
import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from linli.events.actions.categories import edit_category
from linli.events.models import Event
from linli.events.rules import State
from linli.events.testing import IN_GRID, World, draw_boundaries, make_event, make_world
from linli.intake.tests.open311 import make_key

pytestmark = pytest.mark.django_db(transaction=True)
georeport = pytest.importorskip("georeport")


class FirstKey(dict[str, Any]):
    """A dict as Python 2 had it, whose keys are a list."""

    def keys(self) -> Any:
        return list(super().keys())


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client, given the name and the list it expects of Python 2. What goes over the wire is its own."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    core = pytest.importorskip("three.core")
    parse = core.xml
    monkeypatch.setattr(core, "xml", lambda content: FirstKey(parse(content)))
    return core.Three


@pytest.fixture
def world() -> World:
    world = make_world()
    draw_boundaries(world)
    question = {"code": "width", "ask": "多宽？", "ask_en": "How wide?", "type": "number", "required": False}
    edit_category(world.drain, by=world.cast.county, at=timezone.now(), questions=[question])
    return world


@pytest.fixture
def key(world: World) -> str:
    return make_key()


@pytest.fixture
def root(world: World, live_server: Any) -> str:
    return f"{live_server.url}/open311/v2"


def test_three_reads_and_writes(root: str, key: str, three: Any, world: World) -> None:
    client = three(root, api_key=key)
    lon, lat = IN_GRID
    assert client.discovery()["endpoints"][0]["url"] == root
    assert [one["service_code"] for one in client.services()] == ["C01", "C02"]
    assert client.services("C01")["attributes"][0]["code"] == "width"
    (answer,) = client.post("C01", lat=lat, long=lon, name="Xiaoming Wang", description="村口水沟堵了")
    number = answer["service_request_id"]
    assert client.request(number)[0]["description"] == "村口水沟堵了"
    assert client.token(number)[0]["service_request_id"] == number
    assert [one["service_request_id"] for one in client.requests("C01", count=1, status="open")] == [number]
    assert client.requests("C02") == []


def test_three_sends_a_photo_and_an_address(root: str, key: str, three: Any, world: World) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (90, 90, 90)).save(out, "JPEG")
    client = three(root, api_key=key)
    out.seek(0)
    (answer,) = client.post("C01", address="上县村小学对面", description="水沟堵了", media=out)
    event = Event.objects.get(number=answer["service_request_id"])
    assert (event.area_id, event.pictures.count()) == ("440881101201", 1)


def test_three_understands_a_refusal(root: str, three: Any, world: World) -> None:
    answer = three(root).post("C01", address="上县村", description="水沟堵了")
    assert answer[0]["code"] == 403
    assert three(root, format="xml").post("C01", address="上县村")["error"]["code"] == "403"


def test_three_asks_between_two_days(root: str, three: Any, world: World) -> None:
    at = timezone.now() - timedelta(days=3)
    number = make_event(world, at=at).number
    client = three(root)
    assert [one["service_request_id"] for one in client.requests(start=f"{at - timedelta(days=2):%m-%d-%Y}")] == [
        number
    ]
    days = (f"{at - timedelta(days=9):%m-%d-%Y}", f"{at - timedelta(days=5):%m-%d-%Y}")
    assert client.requests(between=days) == []


def test_three_reads_xml(root: str, key: str, three: Any, world: World) -> None:
    for _number in range(2):
        make_event(world, at=timezone.now() - timedelta(hours=1))
    client = three(root, api_key=key, format="xml")
    assert [one["service_code"] for one in client.services()["service"]] == ["C01", "C02"]
    assert len(client.requests()["request"]) == 2
    (number,) = (client.post("C01", address="上县村")["request"]["service_request_id"],)
    assert client.request(number)["request"]["service_request_id"] == number


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads(root: str, world: World, form: str) -> None:
    events = [
        make_event(world, state, at=timezone.now() - timedelta(hours=1)) for state in (State.REPORTED, State.CLOSED)
    ]
    client = georeport.GeoReport(root + "/", output_format=form)
    assert [one["service_name"] for one in client.get_service_list()] == ["排水管道", "危墙"]
    assert client.get_service_definition("C01")["service_code"] == "C01"
    found = client.get_service_requests(service_code="C01,C02")
    assert {one["service_request_id"] for one in found} == {event.number for event in events}
    one = client.get_service_request(events[1].number)
    assert (one["service_request_id"], one["status"]) == (events[1].number, "closed")
    shut = client.get_service_requests(
        status="closed", start_date=f"{timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    )
    assert (shut[0] if form == "json" else shut)["service_request_id"] == events[1].number
