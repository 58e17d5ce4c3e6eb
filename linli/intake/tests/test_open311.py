"""Open311 in the shapes of the contract: services, definitions, discovery, requests, refusals, as XML and as JSON."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linli.areas.models import Area
from linli.events.models import Category
from linli.events.rules import State
from linli.events.testing import IN_GRID, World, draw_boundaries, make_event
from linli.intake.tests.open311 import ROOT, ago, as_text, ask_questions, file, get, get_xml, make_key, post


@pytest.fixture
def world(world: World) -> World:
    draw_boundaries(world)
    return world


# --- the shapes ---------------------------------------------------------------------------------------------------------

TEXT, MAYBE, BOOL, NUMBER, WHEN = (str,), (str, type(None)), (bool,), (int, float, type(None)), "when"
SERVICE = {
    **dict.fromkeys(("service_code", "service_name", "description", "type", "keywords", "group"), TEXT),
    "metadata": BOOL,
}
ATTRIBUTE = {
    **dict.fromkeys(("code", "datatype", "description"), TEXT),
    "variable": BOOL,
    "required": BOOL,
    "order": (int,),
    "datatype_description": MAYBE,
}
REQUEST = {
    **dict.fromkeys(("service_request_id", "status", "service_name", "service_code"), TEXT),
    **dict.fromkeys(("status_notes", "description", "agency_responsible", "service_notice", "zipcode"), MAYBE),
    **dict.fromkeys(("address", "address_id", "media_url"), MAYBE),
    **dict.fromkeys(("requested_datetime", "updated_datetime", "expected_datetime"), WHEN),
    "lat": NUMBER,
    "long": NUMBER,
}


def keeps_to(row: dict[str, Any], shape: dict[str, Any]) -> bool:
    for name, kinds in shape.items():
        value = row[name]
        if kinds == WHEN:
            if value is not None and datetime.fromisoformat(value).tzinfo is None:
                return False
        elif type(value) not in kinds:
            return False
    return True


def test_services_keep_to_their_shape(world: World) -> None:
    ask_questions(world)
    rows = get("services")
    assert [row["service_code"] for row in rows] == ["C01", "C02"]
    assert [keeps_to(row, SERVICE) and set(row) == set(SERVICE) for row in rows] == [True, True]
    assert [(row["metadata"], row["type"], row["group"]) for row in rows] == [
        (True, "realtime", "公共设施"),
        (False, "realtime", "公共设施"),
    ]


def test_what_concerns_people_is_marked_as_private(world: World) -> None:
    Category.objects.filter(pk=world.wall.pk).update(is_public=False)
    assert [row["keywords"] for row in get("services")] == ["", "private"]


def test_a_point_outside_has_no_services(world: World) -> None:
    lon, lat = IN_GRID
    assert len(get("services", lat=lat, long=lon)) == 2
    assert get("services", lat=39.9, long=116.4) == []


def test_a_definition_has_the_questions_in_their_order(world: World) -> None:
    ask_questions(world)
    definition = get("services/C01")
    assert definition["service_code"] == "C01"
    assert all(keeps_to(one, ATTRIBUTE) for one in definition["attributes"])
    told = [(one["code"], one["datatype"], one["required"], one["order"]) for one in definition["attributes"]]
    assert told == [
        ("blocked", "singlevaluelist", True, 1),
        ("width", "number", False, 2),
        ("near", "string", False, 3),
    ]
    assert definition["attributes"][0]["values"] == [{"key": "yes", "name": "是"}, {"key": "no", "name": "否"}]
    assert get("services/C02") == {"service_code": "C02", "attributes": []}


def test_an_unknown_or_closed_service_is_not_found(world: World) -> None:
    for code in ("C99", "C", "c01", "x" * 500):
        assert get(f"services/{code}", 404)[0]["code"] == 404


def test_requests_keep_to_their_shape(world: World) -> None:
    for state in (State.REPORTED, State.HANDLING, State.CLOSED):
        make_event(world, state, at=ago(hours=3))
    file(make_key())
    rows = get("requests")
    assert len(rows) == 4
    assert [row for row in rows if not keeps_to(row, REQUEST) or set(row) != set(REQUEST)] == []


def test_requests_look_like_those_of_a_city_the_clients_know(world: World, shared: Path) -> None:
    ours = get("requests", extensions="true", service_request_id=file(make_key()))[0]
    theirs = json.loads((shared / "data/open311/chicago_requests.json").read_text())
    named = {name for row in theirs for name in row}
    assert named <= set(ours)
    for row in theirs:
        shape = {name: kinds for name, kinds in REQUEST.items() if name in row}
        assert keeps_to(row, shape)
    notes = {name for row in theirs for note in row.get("notes", []) for name in note}
    assert set(ours["notes"][0]) <= notes


def test_xml_says_the_same_as_json(world: World) -> None:
    ask_questions(world)
    make_event(world, State.CLOSED, at=ago(hours=3), category=world.wall)
    number = file(make_key(), **{"attribute[blocked]": "yes", "description": "<b>&水沟</b>"})
    for path, query in (
        *(("discovery", {}), ("services", {}), ("services/C01", {}), ("requests", {})),
        *(("requests", {"extensions": "true"}), (f"requests/{number}", {}), (f"tokens/{number}", {})),
        ("servicerequestupdates", {}),
    ):
        assert get_xml(path, **query) == as_text(get(path, **query)), path
    assert get_xml("requests/x", 404) == as_text(get("requests/x", 404))


def test_the_definition_is_the_root_of_its_xml(world: World) -> None:
    ask_questions(world)
    body = Client().get(f"{ROOT}services/C01.xml").content.decode()
    assert body.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<service_definition><service_code>C01</service_code>'
    )
    assert "<values><value><key>yes</key><name>是</name></value>" in body


# --- discovery ----------------------------------------------------------------------------------------------------------


def test_discovery_is_found_in_three_places_and_names_the_root(world: World) -> None:
    client = Client()
    answers = [client.get(f"{where}.json").json() for where in ("/open311/discovery", "/open311/v2/discovery")]
    assert answers[0] == answers[1]
    assert client.get("/open311/v2/").content == client.get("/open311/v2/discovery.xml").content
    (endpoint,) = answers[0]["endpoints"]
    assert client.get(endpoint["url"].removeprefix("http://testserver") + "/services.xml").status_code == 200
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert endpoint["specification"].endswith("GeoReport_v2")
    assert endpoint["type"] == "production"
    assert answers[0]["contact"] and answers[0]["key_service"]


def test_a_demo_home_says_that_it_is_one(world: World) -> None:
    Area.objects.filter(pk="440881").update(is_demo=True)
    assert get("discovery")["endpoints"][0]["type"] == "test"


def test_the_changeset_moves_when_a_category_changes(world: World) -> None:
    before = get("discovery")
    assert get("discovery") == before
    ask_questions(world)
    after = get("discovery")
    assert after["changeset"] > before["changeset"]
    assert after["endpoints"][0]["changeset"] == after["changeset"]
    assert datetime.fromisoformat(after["changeset"]) <= timezone.now()


# --- the doors around it ------------------------------------------------------------------------------------------------


def test_pages_of_other_sites_may_read_but_not_write(world: World) -> None:
    for path in ("services.json", "requests/x.json", "nothing.xml"):
        assert Client().get(f"{ROOT}{path}").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in Client().post(f"{ROOT}requests.json").headers


@pytest.mark.parametrize(
    "path",
    ["nothing.json", "services.csv", "requests/", "services.xml/", "requests/a/b.json", "x\ny.json", "../v2/x.xml"],
)
def test_whatever_is_not_there_is_told_in_the_form_asked_for(world: World, path: str) -> None:
    for response in (Client().get(ROOT + path), Client().post(ROOT + path, {"a": "b"})):
        assert response.status_code == 404
        kind = "application/json" if path.endswith(".json") else "text/xml"
        assert response.headers["Content-Type"] == f"{kind}; charset=utf-8"


def test_more_than_nine_photos_can_weigh_is_refused_before_it_is_read(world: World) -> None:
    response = Client().post(f"{ROOT}requests.json", b"x", content_type="multipart/form-data", CONTENT_LENGTH=10**9)
    assert (response.status_code, response.json()[0]["code"]) == (413, 413)


def test_a_wrong_method_is_told_which_are_right(world: World) -> None:
    response = Client().delete(f"{ROOT}requests.json")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")
    assert response.json()[0]["code"] == 405


# --- one jurisdiction, or several ---------------------------------------------------------------------------------------


def test_one_county_needs_no_jurisdiction(world: World) -> None:
    make_event(world, at=ago(hours=1))
    assert len(get("requests", jurisdiction_id="anything.gov")) == 1


def test_of_several_counties_one_must_be_named(world: World) -> None:
    event = make_event(world, at=ago(hours=1))
    Area.objects.create(code="440882", name="雷州市", level="county", kind="county")
    key = make_key()
    for path in ("services", "services/C01", "requests", f"requests/{event.number}", "servicerequestupdates"):
        assert get(path, 400)[0]["code"] == 400, path
        assert get(path, 404, jurisdiction_id="330100")[0]["code"] == 404, path
        get(path, jurisdiction_id="440881")
    assert get("requests", jurisdiction_id="440882") == []
    get(f"requests/{event.number}", 404, jurisdiction_id="440882")
    post(key, 400)
    post(key, 404, jurisdiction_id="330100")
    assert "jurisdiction" in post(key, 400, jurisdiction_id="440882")[0]["description"]
    file(key, jurisdiction_id="440881")
