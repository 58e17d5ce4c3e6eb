"""The fifteen traps real Open311 servers fall into (civic domain note §2.6), each by its number."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from linli.events.models import Category, Event
from linli.events.rules import State
from linli.events.testing import IN_GRID, PATHS, World, draw_boundaries, make_event
from linli.intake.tests.open311 import ROOT, file, get, get_xml, make_key, photo, post

#: Everything that answers, with what stands in for an id.
READS = ("discovery", "services", "services/C01", "requests", "requests/{id}", "tokens/{id}", "servicerequestupdates")


@pytest.fixture
def world(world: World) -> World:
    draw_boundaries(world)
    return world


@pytest.fixture
def key(world: World) -> str:
    return make_key()


def test_1_lists_are_bare_arrays(world: World, key: str) -> None:
    number = file(key)
    for path in ("services", "requests", "requests/" + number, "tokens/" + number, "servicerequestupdates"):
        assert type(get(path)) is list, path
    assert type(get("requests/x", 404)) is list


def test_2_nothing_found_is_an_empty_list_and_no_error(world: World) -> None:
    assert get("requests") == get("servicerequestupdates") == []
    assert get_xml("requests") == get_xml("servicerequestupdates") == []


def test_3_content_types_are_the_literal_ones(world: World, key: str) -> None:
    number = file(key)
    for path in (*(one.format(id=number) for one in READS), "requests/x"):
        for form, kind in (("xml", "text/xml; charset=utf-8"), ("json", "application/json; charset=utf-8")):
            assert Client().get(f"{ROOT}{path}.{form}").headers["Content-Type"] == kind


def test_4_every_time_has_its_zone(world: World, key: str) -> None:
    make_event(world, State.HANDLING, at=timezone.now() - timedelta(hours=1))
    file(key)
    body = Client().get(f"{ROOT}requests.xml?extensions=true").content.decode()
    times = re.findall(r"<\w*datetime>([^<]+)<", body)
    assert len(times) > 8
    assert [one for one in times if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", one)] == []


def test_5_codes_and_ids_are_strings_even_where_they_are_digits(world: World, key: str) -> None:
    Category.objects.filter(pk=world.drain.pk).update(code="001")
    number = file(key, service_code="001")
    assert '"service_code":"001"' in Client().get(f"{ROOT}services.json").content.decode()
    (row,) = get(f"requests/{number}")
    assert (row["service_code"], row["address_id"]) == ("001", world.grid.code)


def test_6_a_matter_is_open_or_closed_whatever_its_state(world: World) -> None:
    at = timezone.now() - timedelta(hours=2)
    for state in PATHS:
        event = make_event(world, state, at=at)
        (row,) = get(f"requests/{event.number}")
        assert row["status"] == ("open" if event.is_open else "closed"), state


def test_7_a_post_is_neither_redirected_nor_asked_for_a_token_of_a_page(world: World, key: str) -> None:
    client = Client(enforce_csrf_checks=True)
    lon, lat = IN_GRID
    form = {"api_key": key, "service_code": "C01", "lat": lat, "long": lon}
    assert client.post(f"{ROOT}requests.xml", form).status_code == 201
    assert client.post(f"{ROOT}requests.xml/", form).status_code == 404
    assert client.post(f"{ROOT}servicerequestupdates.xml", {}).status_code == 403
    assert client.post("/open311/v2/nothing", form).headers["Content-Type"].startswith("text/xml")


@pytest.mark.parametrize("degrees", ["nan", "inf", "-inf", "91", "181", "1_0", "1e400", "north", "21,7", "0x15"])
def test_8_what_is_no_position_is_refused(world: World, key: str, degrees: str) -> None:
    post(key, 400, lat=degrees)
    get("requests", 400, lat=degrees, long="110.05")
    get("services", 400, lat=degrees, long="110.05")
    if degrees != "91":  # a longitude
        post(key, 400, long=degrees)


def test_9_signs_that_xml_cannot_hold_do_not_reach_it(world: World, key: str) -> None:
    number = file(key, description="水沟\x0b堵\x00了\ufffe\x1f!", address_string="小学\x07对面")
    assert get(f"requests/{number}")[0]["description"] == "水沟堵了!"
    # Half a sign, as some telephones send it, is no UTF-8.
    form = f"api_key={key}&service_code=C01&lat=21.7&long=110.05&description=%ED%A0%BD%E6%B0%B4"
    sent = Client().post(f"{ROOT}requests.json", form, content_type="application/x-www-form-urlencoded; charset=utf-8")
    assert get(f"requests/{sent.json()[0]['service_request_id']}")[0]["description"].endswith("水")
    # What came in by another door is told as clean.
    Event.objects.filter(number=number).update(text="水沟\x08堵了\x1b[0m", outcome="已\x0c办")
    body = Client().get(f"{ROOT}requests.xml?extensions=true").content
    assert "水沟堵了[0m" in [one.text for one in ElementTree.fromstring(body).iter("description")]


@pytest.mark.parametrize(
    "number", ["9" * 400, "-1", "1e999", "x", "' OR 1=1 --", "%", "١٢٣", "440881101-202611-999999", "🙂"]
)
def test_10_ids_that_cannot_be_are_not_found(world: World, number: str) -> None:
    for path in ("requests", "tokens"):
        response = Client().get(f"{ROOT}{path}/{quote(number)}.json")
        assert (response.status_code, response.json()[0]["code"]) == (404, 404)
    assert get("requests", service_request_id=number) == []


def test_10_nul_anywhere_is_no_error_of_ours(world: World, key: str) -> None:
    for name in ("service_request_id", "service_code", "jurisdiction_id", "extensions"):
        assert Client().get(f"{ROOT}requests.json?{name}=a%00b").status_code == 200, name
    for name in ("status", "start_date", "page", "lat", "radius"):
        assert Client().get(f"{ROOT}requests.json?{name}=1%00b&long=1").status_code == 400, name
    assert Client().get(f"{ROOT}requests/a%00b.json").status_code == 404
    for name in ("description", "address_string", "email", "client_reference", "attribute[a\0b]"):
        post(key, **{name: "a\0b"})


def test_11_who_reported_it_is_nowhere(world: World, key: str) -> None:
    number = file(
        key, first_name="小明", last_name="王", phone="13800000000", email="wang@example.org", account_id="u-9"
    )
    make_event(world, State.CLOSED, at=timezone.now() - timedelta(hours=1), by=world.cast.worker)
    for path in READS:
        for form in ("xml", "json"):
            body = Client().get(f"{ROOT}{path.format(id=number)}.{form}?extensions=true").content.decode()
            found = [one for one in ("小明", "13800000000", "wang@", "u-9", *people(world)) if one in body]
            assert found == [], path


def people(world: World) -> list[str]:
    return [str(person) for person in vars(world.cast).values()]


def test_12_links_are_neither_fetched_nor_echoed(world: World, key: str) -> None:
    # A look-up of any host fails the test (conftest.py).
    number = file(key, media_url=["http://photos.invalid/1.jpg", "http://169.254.169.254/latest"])
    post(key, 400, media_url="javascript:alert(1)")
    body = Client().get(f"{ROOT}requests/{number}.xml?extensions=true").content.decode()
    assert "<media_url/>" in body and "photos.invalid" not in body and "169.254" not in body


def test_13_no_photo_is_public_before_somebody_has_looked_at_it(world: World, key: str) -> None:
    number = file(key, media=photo())
    (row,) = get(f"requests/{number}", extensions="true")
    assert row["media_url"] is None and row["extended_attributes"]["photos"] == []
    sha256 = Event.objects.get(number=number).pictures.get().sha256
    assert Client().get(f"/media/{sha256}.jpg").status_code in (302, 404)
    assert sha256 not in str(get("requests", extensions="true"))


def test_14_pages_hold_every_matter_once_though_all_came_at_the_same_moment(world: World) -> None:
    at = timezone.now() - timedelta(hours=1)
    numbers = {make_event(world, at=at).number for _number in range(7)}
    for query in ({}, {"updated_after": (at - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}):
        pages = [get("requests", page=page, page_size=3, **query) for page in (1, 2, 3)]
        rows: list[dict[str, Any]] = [row for page in pages for row in page]
        assert [len(page) for page in pages] == [3, 3, 1]
        assert {row["service_request_id"] for row in rows} == numbers


def test_15_four_thousand_characters_and_not_one_more(world: World, key: str) -> None:
    longest = "水" * 4000
    assert Event.objects.get(number=file(key, description=longest)).text == longest
    assert "4001" in post(key, 400, description=longest + "沟")[0]["description"]
    response = Client().post(f"{ROOT}requests.json", {"api_key": key, "description": "x" * 5_000_000})
    assert response.status_code in (400, 413)
    assert response.json()[0]["code"] == response.status_code
